"""How often something may be asked: counted in Valkey, one step that no parallel request gets between."""

import math
from typing import Any

from django.http import HttpRequest
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

from lexai.errors import TooSoon, Unavailable


class TooManyRequests(TooSoon):
    """You have asked too often. Try again later."""


def count(request: HttpRequest, group: str, *, key: str, rate: str, fails_open: bool) -> None:
    """Count one request of `key` in `group`; raise TooManyRequests beyond `rate` (such as `120/m`).

    Without Valkey it lets everything pass when it `fails_open`, else it raises Unavailable.
    """
    try:
        usage: dict[str, Any] | None = get_usage(
            request, group=group, key=lambda _group, _request: key, rate=rate, increment=True
        )
    except RedisError as error:
        if fails_open:
            return
        raise Unavailable from error
    if usage and usage["should_limit"]:
        raise TooManyRequests(max(1, math.ceil(usage["time_left"])))
