"""An answer as a stream of server-sent events, told from the state of its row.

Every event's id says how far its reader has come, so that a reload, a second tab and a broken line are one case.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import orjson
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, Q
from django.utils import timezone
from rest_framework.request import Request

from accounts.models import ApiToken, User
from conversations.models import Message
from conversations.serializers import MessageSerializer, PassageSerializer
from documents.models import Passage
from lexai import crowds
from lexai.errors import Unavailable
from lexai.limits import TooManyRequests

POLL_SECONDS = 0.2
PING_SECONDS = 15
STREAM_SECONDS = 600
RECONNECT_MILLISECONDS = 1000
RETRY_SECONDS = 5
STREAMS_OF_ONE_USER, STREAMS_OF_ALL = 4, 32  # in each process: a stream holds one of its threads
Admission = Callable[[], Q | Exists]


class TooManyStreams(TooManyRequests):
    """You follow too many answers at once. Close one of them and try again."""

    def __init__(self) -> None:
        super().__init__(RETRY_SECONDS)


class NoStreamFree(Unavailable):
    """Too many answers are being followed at this moment. Try again in a few seconds."""

    retry_after_seconds = RETRY_SECONDS


_of_users, _of_all = crowds.Crowd(STREAMS_OF_ONE_USER), crowds.Crowd(STREAMS_OF_ALL)


def admit(*, by: User) -> list[crowds.Place]:
    """Return the places that one more stream holds; raise TooManyStreams, or NoStreamFree."""
    own = _of_users.enter(by.pk)
    if own is None:
        raise TooManyStreams
    common = _of_all.enter("everybody")
    if common is None:
        own.leave()
        raise NoStreamFree
    return [own, common]


@dataclass(frozen=True)
class Place:
    """How far a reader has come: the passages (0 or 1), characters of the content, citations."""

    passages: int = 0
    characters: int = 0
    citations: int = 0

    def __str__(self) -> str:
        return f"{self.passages}-{self.characters}-{self.citations}"

    @classmethod
    def of(cls, event_id: str) -> Self:
        """Return the place that an event's id names; the beginning for whatever is none of ours."""
        found = re.fullmatch(r"([01])-([0-9]{1,9})-([0-9]{1,9})", event_id)
        return cls(*map(int, found.groups())) if found else cls()


@dataclass(frozen=True)
class Event:
    """One event, and the place to which it takes its reader."""

    place: Place
    name: str
    payload: dict[str, Any]

    def __bytes__(self) -> bytes:
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (
            str(self.place).encode(),
            self.name.encode(),
            orjson.dumps(self.payload, default=str, option=orjson.OPT_UTC_Z),
        )


def admission(request: Request, *, by: User) -> Admission:
    """Return the condition under which whoever asks would still be let in, to be asked anew at every poll.

    It names the token or the session, not only the user: what is revoked or signed out ends its streams. A
    session ends with the password and with the role.
    """
    token, session_key = request.auth, request.session.session_key
    if isinstance(token, ApiToken):
        return lambda: Exists(ApiToken.objects.alive().filter(pk=token.pk))
    person = User.objects.with_credentials_of(by)
    return lambda: Q(
        Exists(person),
        Exists(Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now())),
    )


def follow(answer: Message, place: Place, *, by: User, admitted: Admission) -> Iterator[bytes]:
    """Yield an answer's events after `place` until it is settled, or until it may no longer be read.

    No database connection is held while it waits or sends.
    """
    yield f"retry: {RECONNECT_MILLISECONDS}\n\n".encode()
    spoke_at = time.monotonic()
    ends_at = spoke_at + STREAM_SECONDS
    while time.monotonic() < ends_at:
        now = Message.objects.visible_to(by).filter(admitted(), pk=answer.pk).first()
        events = list(_events(now, place, by=by)) if now else []
        _let_go_of_the_database()
        yield from map(bytes, events)
        if now is None or now.is_settled:
            return
        if events:
            place, spoke_at = events[-1].place, time.monotonic()
        elif time.monotonic() - spoke_at > PING_SECONDS:
            yield b": ping\n\n"
            spoke_at = time.monotonic()
        time.sleep(POLL_SECONDS)


def _let_go_of_the_database() -> None:
    """Give the connection back to the pool; inside a caller's transaction it is the caller's."""
    if not connection.in_atomic_block:
        connection.close()


def _events(now: Message, place: Place, *, by: User) -> Iterator[Event]:
    """Yield what the row holds beyond a place."""
    if place.characters > len(now.content):
        place = Place()  # no id of ours names what is not stored
    if not place.passages and (now.passage_ids or now.content):
        place = replace(place, passages=1)
        yield Event(place, "passages", {"results": _passages(now, by=by)})
    if place.characters < len(now.content):
        text = now.content[place.characters :]
        place = replace(place, characters=len(now.content))
        yield Event(place, "delta", {"text": text})
    if now.is_settled:
        yield from _ending(now, place, by=by)


def _passages(now: Message, *, by: User) -> Any:
    found = (
        Passage.objects.visible_to(by).filter(client=now.client_id).with_document().in_bulk(now.passage_ids)
    )
    ranked = [found[passage_id] for passage_id in now.passage_ids if passage_id in found]
    return PassageSerializer(ranked, many=True).data


def _ending(now: Message, place: Place, *, by: User) -> Iterator[Event]:
    whole = Message.objects.visible_to(by).with_citations().filter(pk=now.pk).first()
    if whole is None:
        return
    message = MessageSerializer(whole).data
    for count, citation in enumerate(message["citations"], 1):
        if count > place.citations:
            place = replace(place, citations=count)
            yield Event(place, "citation", citation)
    yield Event(place, "done", {"message": message})
