"""Server-sent events: who may follow how many at once, and the loop that tells what changes."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from lexai import crowds, wakeups
from lexai.api.bodies import JSONRenderer
from lexai.api.refusals import events_told
from lexai.crowds import HeldStream
from lexai.errors import Unavailable
from lexai.limits import TooManyRequests
from lexai.system import Actor

EVENT_STREAM = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
PING_SECONDS = 15
STREAM_SECONDS = 600
RECONNECT_MILLISECONDS = 1000
RETRY_SECONDS = 5
STREAMS_OF_ONE_USER, STREAMS_OF_ALL = 4, 32  # in each process: a stream holds one of its threads
Look = Callable[[], tuple[Sequence[bytes], bool]]


class TooManyStreams(TooManyRequests):
    """You follow too many things at once. Close one of them and try again."""

    def __init__(self) -> None:
        super().__init__(RETRY_SECONDS)


class NoStreamFree(Unavailable):
    """Too many streams are being followed at this moment. Try again in a few seconds."""

    retry_after_seconds = RETRY_SECONDS


_of_users, _of_all = crowds.Crowd(STREAMS_OF_ONE_USER), crowds.Crowd(STREAMS_OF_ALL)


class EventStreamRenderer(JSONRenderer):
    """Admit those who ask for a stream; what it renders are the problems that come before one."""

    media_type = EVENT_STREAM
    format = "events"


def described(*names: str, is_resumable: bool = False) -> dict[str, Any]:
    """Return the description of one event for the schema."""
    fields: dict[str, Any] = {
        "event": {"type": "string", "enum": [*names, "problem"]},
        "data": {"type": "string"},
    }
    if is_resumable:
        fields = {"id": {"type": "string"}, **fields}
    return {
        "type": "object",
        "description": "One server-sent event; `data` is JSON.",
        "properties": fields,
        "required": list(fields),
    }


def event(name: str, payload: Any, *, number: str = "") -> bytes:
    """Return one event as it is sent; `number` is its id, where a reader can go on from it."""
    head = f"id: {number}\n" if number else ""
    written = orjson.dumps(payload, default=str, option=orjson.OPT_UTC_Z)
    return b"%sevent: %s\ndata: %s\n\n" % (head.encode(), name.encode(), written)


def admit(*, by: Actor) -> list[crowds.Place]:
    """Return the places that one more stream holds; raise TooManyStreams, or NoStreamFree."""
    own = _of_users.enter(by.pk)
    if own is None:
        raise TooManyStreams
    common = _of_all.enter("everybody")
    if common is None:
        own.leave()
        raise NoStreamFree
    return [own, common]


def answer(
    request: Request, look: Look, *, name: str, by: Actor, door: str, recorded: Callable[[], None]
) -> HttpResponseBase:
    """Return the stream of what `look` finds; the read is `recorded` once there is a place for it.

    `look` returns the events that are new, and whether they are the last; it runs at each wake-up of `name`.
    Raises TooManyStreams, NoStreamFree.
    """
    places = admit(by=by) if request.method != "HEAD" else []
    recorded()
    if request.method == "HEAD":
        return HttpResponse(content_type=EVENT_STREAM, headers=HEADERS)
    events = events_told(follow(look, name=name), by=by, door=door)
    return HeldStream(events, places=places, content_type=EVENT_STREAM, headers=HEADERS)


def follow(look: Look, *, name: str) -> Iterator[bytes]:
    """Yield what `look` finds until it says that this was all; no database connection is held meanwhile."""
    yield f"retry: {RECONNECT_MILLISECONDS}\n\n".encode()
    spoke_at = time.monotonic()
    ends_at = spoke_at + STREAM_SECONDS
    with wakeups.listener.bell(name) as bell:
        while time.monotonic() < ends_at:
            bell.clear()
            events, is_over = look()
            _let_go_of_the_database()
            yield from events
            if is_over:
                return
            if events:
                spoke_at = time.monotonic()
            elif time.monotonic() - spoke_at > PING_SECONDS:
                yield b": ping\n\n"
                spoke_at = time.monotonic()
            bell.wait(wakeups.listener.patience_seconds)


def _let_go_of_the_database() -> None:
    """Give the connection back to the pool; inside a caller's transaction it is the caller's."""
    if not connection.in_atomic_block:
        connection.close()
