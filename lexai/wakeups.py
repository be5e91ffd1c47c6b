"""Wake-ups through Valkey: whoever waits for a row hears at once that it changed, instead of asking again and again."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from redis import Redis
from redis.exceptions import RedisError

CHANNEL = "wakeups"
AGAIN_SECONDS = 1.0
HEARING_SECONDS, DEAF_SECONDS = 1.0, 0.2  # at most so long until one looks without having been woken


def tell(name: str) -> None:
    """Wake, after the commit, whoever waits for `name`, which holds ids alone; nobody while Valkey is away."""
    transaction.on_commit(partial(_publish, name), robust=True)


def _publish(name: str) -> None:
    with suppress(RedisError):
        cache.publish(CHANNEL, name)  # type: ignore[attr-defined]  # ours


class Listener:
    """Hears all wake-ups in one thread of this process, and rings those who wait for them."""

    def __init__(self) -> None:
        self._is_hearing = False
        self._bells: defaultdict[str, set[threading.Event]] = defaultdict(set)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def bell(self, name: str) -> Iterator[threading.Event]:
        """Give a bell that rings at each wake-up of this name, and whenever some may have been missed."""
        bell = threading.Event()
        with self._lock:
            self._bells[name].add(bell)
            self._start()
        try:
            yield bell
        finally:
            with self._lock:
                self._bells[name].discard(bell)
                if not self._bells[name]:
                    del self._bells[name]

    @property
    def patience_seconds(self) -> float:
        """Return how long to wait for a bell before looking all the same."""
        return HEARING_SECONDS if self._is_hearing else DEAF_SECONDS

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._hear, name="wakeups", daemon=True)
            self._thread.start()

    def _hear(self) -> None:
        while True:
            try:
                with suppress(RedisError):
                    self._subscribe()
            finally:
                self._is_hearing = False
            time.sleep(AGAIN_SECONDS)

    def _subscribe(self) -> None:
        with Redis.from_url(str(settings.CACHES["default"]["LOCATION"])) as server, server.pubsub() as heard:
            heard.subscribe(CHANNEL)
            for message in heard.listen():
                if message["type"] == "message":
                    self._ring(message["data"].decode())
                else:  # from now on nothing is missed
                    self._is_hearing = True
                    self._ring_all()

    def _ring(self, name: str) -> None:
        with self._lock:
            for bell in self._bells.get(name, ()):
                bell.set()

    def _ring_all(self) -> None:
        with self._lock:
            for bells in self._bells.values():
                for bell in bells:
                    bell.set()


listener = Listener()
