"""Lists that look again every few seconds, in the audit."""

from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from lexai import audit
from lexai.audit.record import Audited

LOOK_SECONDS = 60


def record_look(
    verb: str,
    request: Any,
    *,
    client_ids: list[str],
    target: Audited | None = None,
    page: object = 1,
    **facts: Any,
) -> None:
    """Record a read as `record_read` does; of a fragment that looks again by itself, one look at a page a minute.

    `page` tells apart what one address shows, by numbers alone: a cache reads it. While the cache is away every look
    is recorded.
    """
    name = f"look-{verb}-{request.user.pk}-{request.path}-{page}"
    if not (request.htmx and _was_recorded(name)):
        audit.record_read(verb, by=request.user, client_ids=client_ids, target=target, **facts)


def _was_recorded(name: str) -> bool:
    try:
        return not cache.add(name, 1, LOOK_SECONDS)
    except RedisError:
        return False
