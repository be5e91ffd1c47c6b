"""The queue: Celery's application, the base of every task, and the nudge."""

import logging
import os
from typing import Any

from celery import Celery, Task
from django.db import transaction
from kombu.exceptions import OperationalError

from lexai import audit
from lexai.errors import DomainError, WrongState
from lexai.system import SYSTEM

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lexai.settings")
logger = logging.getLogger(__name__)
LAST = 9  # of the steps that Kombu keeps in Redis; 0 comes first


class DomainTask(Task):
    """A task that translates a refusal: one line in the log, one row in the audit, no retry.

    A wrong state is no refusal here: messages come twice, and the second finds the work done.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().__call__(*args, **kwargs)
        except WrongState as state:
            logger.info("%s %s: nothing to do (%s)", self.name, kwargs, type(state).__name__)
        except DomainError as error:
            logger.warning("%s %s refused: %s", self.name, kwargs, type(error).__name__)
            audit.record_refusal(error, by=SYSTEM, door=self.name)


app = Celery("lexai", task_cls=DomainTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def nudge(task: Task, *, priority: int = 0, **ids: Any) -> None:
    """Tell the queue, after the commit, that a row wants attention; the row is the record.

    Whatever has LAST for its `priority` waits until nothing else does. Never fails the request: when the broker is
    down, beat finds the row by its lease.
    """
    transaction.on_commit(lambda: _send(task, ids, priority), robust=True)


def _send(task: Task, ids: dict[str, Any], priority: int) -> None:
    try:
        task.apply_async(kwargs=ids, retry=False, priority=priority)
    except OperationalError:
        logger.warning("broker unreachable; %s %s waits for the next dispatch", task.name, ids)
