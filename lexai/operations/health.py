"""Can requests be served, and can each part that they need be used?"""

import logging
import math
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from celery.app.base import Celery
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS

from lexai.celery import app
from lexai.database import KEY_STORE, is_schema_current
from lexai.encryption.startup import demand_usable_keys
from lexai.scanner import is_scanner_there

PING_LIMIT_SECONDS = 1.0
FRESH_SECONDS = 30.0  # so long what a check found is told while the next one runs
logger = logging.getLogger(__name__)
_checking = threading.Lock()


@dataclass
class Check:
    """What a check has found of each part, and when it was at its end, by the monotonic clock."""

    found: dict[str, bool]
    ended_at: float = -math.inf

    def fresh(self) -> dict[str, bool]:
        """Return what was found; nothing where that is too long ago."""
        return self.found if time.monotonic() - self.ended_at < FRESH_SECONDS else {}


_last = Check({})


def readiness() -> dict[str, bool]:
    """Return for each part whether it can be used; why one cannot stands in the log.

    One check at a time runs in a process, for each takes connections of the broker that others wait for. Whoever
    asks meanwhile is told what the last one found; where that is too long ago, since a check hangs or none has come
    to its end, that nothing can be used.
    """
    checks = CHECKS | ({"scanner": is_scanner_there} if settings.CLAMAV_ADDRESS else {})
    if not _checking.acquire(blocking=False):
        fresh = _last.fresh()
        return {part: fresh.get(part, False) for part in checks}
    try:
        _last.found = {part: _works(part, check) for part, check in checks.items()}
        _last.ended_at = time.monotonic()
        return _last.found
    finally:
        _checking.release()


def is_worker_there() -> bool:
    """Say whether a worker that reads documents answers a ping within a second."""
    return bool(_ping(app, "celery@*"))


def is_answering() -> bool:
    """Say whether a worker that answers questions answers a ping within a second."""
    return bool(_ping(app, "answers@*"))


def _database() -> bool:
    return is_schema_current(DEFAULT_DB_ALIAS)


def _keys() -> bool:
    demand_usable_keys()
    return is_schema_current(KEY_STORE)


def _broker() -> bool:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=PING_LIMIT_SECONDS)
    return True


def _storage() -> bool:
    """Store, read and delete a small file: looking alone succeeds where a disk is full or a bucket is missing."""
    name = default_storage.save(f"readiness-{uuid.uuid4().hex}", ContentFile(b"ready"))
    try:
        with default_storage.open(name) as stored:
            return bool(stored.read() == b"ready")
    finally:
        default_storage.delete(name)


def _ping(celery: Celery, nodes: str) -> list[object]:
    answers: list[object] = celery.control.broadcast(
        "ping", reply=True, timeout=PING_LIMIT_SECONDS, limit=1, pattern=nodes, matcher="glob"
    )
    return answers


def _works(part: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever a part raises means that it cannot be used
        logger.warning("%s cannot be used: %s", part, type(error).__name__)
        return False


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "keys": _keys,
    "broker": _broker,
    "storage": _storage,
    "worker": is_worker_there,
    "answers": is_answering,
}
