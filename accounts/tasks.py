"""What the queue does for accounts; every task may come twice, late or never."""

import logging
from typing import Any

from celery import shared_task

from accounts import services
from accounts.models import User
from lexai.system import SYSTEM

logger = logging.getLogger(__name__)


@shared_task
def send_link(*, user_id: int, **_later: Any) -> None:
    user = User.objects.visible_to(SYSTEM).filter(pk=user_id).first()
    if user is None:
        logger.info("user %s is gone", user_id)
        return
    services.send_link(user, by=SYSTEM)


@shared_task
def dispatch_links(**_later: Any) -> None:
    services.dispatch_links(by=SYSTEM)


@shared_task
def sweep_sign_ins(**_later: Any) -> None:
    services.sweep_sign_ins(by=SYSTEM)
