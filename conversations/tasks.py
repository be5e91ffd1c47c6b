"""What the queue does with questions; every task may come twice, late or never."""

import logging
from typing import Any

from celery import shared_task

from conversations import services
from conversations.models import Message
from lexai.system import SYSTEM

logger = logging.getLogger(__name__)


@shared_task
def answer_question(*, message_id: int, **_later: Any) -> None:
    pending = Message.objects.visible_to(SYSTEM).filter(pk=message_id).first()
    if pending is None:
        logger.info("message %s is gone", message_id)
        return
    services.answer(pending, by=SYSTEM)


@shared_task
def dispatch_answers(**_later: Any) -> None:
    services.dispatch_answers(by=SYSTEM)
