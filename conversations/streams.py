"""An answer as a stream of server-sent events, told from the state of its row.

Every event's id says how far its reader has come, so that a reload, a second tab and a broken line are one case.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

from accounts.followers import Admission
from accounts.models import User
from conversations.models import Message
from conversations.serializers import MessageSerializer, PassageSerializer
from documents.models import Passage
from lexai.api import streams


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
        return streams.event(self.name, self.payload, number=str(self.place))


def looking(answer: Message, place: Place, *, by: User, admitted: Admission) -> streams.Look:
    """Return what tells an answer's events after `place`, until it is settled or may no longer be read."""

    def look() -> tuple[list[bytes], bool]:
        nonlocal place
        now = Message.objects.visible_to(by).filter(admitted(), pk=answer.pk).first()
        if now is None:
            return [], True
        events = list(_events(now, place, by=by))
        place = events[-1].place if events else place
        return [bytes(event) for event in events], now.is_settled

    return look


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
