"""How many may be inside at once: counted in this process, because it is its threads that they hold."""

import threading
from collections.abc import Hashable
from typing import Any
from weakref import WeakSet

from django.http import StreamingHttpResponse

from lexai.errors import Unavailable

REQUESTS_OF_ONE_ADDRESS = 56  # with every stream that is let in, fewer than the threads of a process


class Crowded(Unavailable):
    """Too many requests from your address are still under way. Try again in a few seconds."""

    retry_after_seconds = 5


class Place:
    """A place inside: given up by `leave`, or as soon as nobody holds it any more."""

    def __init__(self, crowd: "Crowd", key: Hashable) -> None:
        self.key = key
        self._crowd = crowd

    def leave(self) -> None:
        self._crowd.leave(self)


class Crowd:
    """At most so many inside at once for each key."""

    def __init__(self, most: int) -> None:
        self.inside: dict[Hashable, WeakSet[Place]] = {}
        self._most = most
        self._lock = threading.Lock()

    def enter(self, key: Hashable) -> Place | None:
        """Return a place, or None when all that this key may have are taken."""
        with self._lock:
            places = self.inside.setdefault(key, WeakSet())
            if len(places) >= self._most:
                return None
            place = Place(self, key)
            places.add(place)
            return place

    def leave(self, place: Place) -> None:
        """Give up a place; to do so twice does no harm."""
        with self._lock:
            places = self.inside.get(place.key, WeakSet())
            places.discard(place)
            if not places:
                self.inside.pop(place.key, None)


class HeldStream(StreamingHttpResponse):
    """A stream that holds places of its own kind until it is closed, read or not."""

    def __init__(self, *streamed: Any, places: list[Place], **options: Any) -> None:
        super().__init__(*streamed, **options)
        self._places = places

    def close(self) -> None:
        super().close()
        for place in self._places:
            place.leave()


requests = Crowd(REQUESTS_OF_ONE_ADDRESS)
