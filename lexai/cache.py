"""The cache in Valkey, at the price of one round trip a command."""

from functools import cached_property
from typing import Any

from django.core.cache.backends import redis
from redis import Redis


class Client(redis.RedisCacheClient):
    """Keep one client and its connection: Django makes a client for each command, which costs more than that.

    There is one of these for each thread of the web server.
    """

    @cached_property
    def _kept(self) -> Any:
        pool = self._get_connection_pool(write=True)  # type: ignore[attr-defined]  # the stubs lack it
        return Redis(connection_pool=pool, single_connection_client=True)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._kept

    def incr(self, key: Any, delta: int) -> int:
        """Add to a number in one step; raise ValueError when there is none."""
        client = self.get_client(key, write=True)
        number: int = client.incr(key, delta)
        if number == delta:  # it had expired, and would now stay forever
            client.delete(key)
            raise ValueError(f"There is no {key} to add to.")
        return number

    def lay(self, key: Any, content: bytes, seconds: int) -> None:
        """Keep bytes as they are for so many seconds."""
        self.get_client(key, write=True).set(key, content, ex=seconds)

    def take(self, key: Any) -> bytes | None:
        """Return the bytes that were laid here and remove them, in one step; None where there are none."""
        found: bytes | None = self.get_client(key, write=True).getdel(key)
        return found

    def publish(self, channel: str, words: str) -> None:
        """Send words to whoever listens to a channel at this moment."""
        self.get_client(write=True).publish(channel, words)


class Cache(redis.RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client

    def lay(self, key: str, content: bytes, seconds: int) -> None:
        """Keep bytes as they are for so many seconds."""
        self._cache.lay(self.make_and_validate_key(key), content, seconds)  # type: ignore[attr-defined]  # ours

    def take(self, key: str) -> bytes | None:
        """Return the bytes that were laid here and remove them, in one step; None where there are none."""
        found: bytes | None = self._cache.take(self.make_and_validate_key(key))  # type: ignore[attr-defined]  # ours
        return found

    def publish(self, channel: str, words: str) -> None:
        """Send words to whoever listens to a channel at this moment; no prefix, no version."""
        self._cache.publish(channel, words)  # type: ignore[attr-defined]  # ours
