"""What the queue does with documents; every task may come twice, late or never."""

import logging
from typing import Any

from celery import shared_task

from clients.models import Client
from documents import services
from documents.models import Document
from lexai.system import SYSTEM

logger = logging.getLogger(__name__)


@shared_task
def read_document(*, document_id: int, **_later: Any) -> None:
    document = Document.objects.visible_to(SYSTEM).filter(pk=document_id).first()
    if document is None:
        logger.info("document %s is gone", document_id)
        return
    services.read_document(document, by=SYSTEM)


@shared_task
def index_client(*, client_id: str, **_later: Any) -> None:
    client = Client.objects.visible_to(SYSTEM).filter(pk=client_id).first()
    if client is None:
        logger.info("client %s is gone", client_id)
        return
    services.index_client(client, by=SYSTEM)


@shared_task
def dispatch_due(**_later: Any) -> None:
    services.dispatch_due(by=SYSTEM)


@shared_task
def dispatch_stale_indexes(**_later: Any) -> None:
    services.dispatch_stale_indexes(by=SYSTEM)


@shared_task
def sweep_storage(**_later: Any) -> None:
    services.sweep_storage(by=SYSTEM)
