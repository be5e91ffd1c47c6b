import threading
import time
from types import SimpleNamespace

import pytest

from lexai.encryption.core import cache as caching
from lexai.encryption.core.cache import ByteCache

LIFE_SECONDS = 60


@pytest.fixture
def clock(monkeypatch):
    """Give the cache a clock that stands still until the test sets it forward."""
    clock = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(caching, "time", SimpleNamespace(monotonic=lambda: clock.seconds))
    return clock


def test_what_was_put_is_there_until_it_is_discarded():
    cache = ByteCache(100, 60)
    cache.put("a", b"x", 10)
    assert (cache.get("a"), cache.get("b"), cache.size_bytes) == (b"x", None, 10)

    cache.discard("a")
    cache.discard("a")

    assert (cache.get("a"), cache.size_bytes) == (None, 0)


def test_what_was_used_last_stays_when_there_is_no_room():
    cache = ByteCache(30, 60)
    for name in "abc":
        cache.put(name, name, 10)
    cache.get("a")
    cache.put("d", "d", 20)

    assert {name: cache.get(name) for name in "abcd"} == {"a": "a", "b": None, "c": None, "d": "d"}
    assert cache.size_bytes == 30


def test_what_is_larger_than_the_limit_is_not_kept_and_drops_nothing_else():
    cache = ByteCache(30, 60)
    cache.put("a", "a", 10)
    cache.put("b", "b", 31)

    assert (cache.get("a"), cache.get("b"), cache.size_bytes) == ("a", None, 10)


def test_an_entry_that_is_put_again_counts_once():
    cache = ByteCache(100, 60)
    for size in (10, 40, 20):
        cache.put("a", size, size)

    assert (cache.get("a"), cache.size_bytes) == (20, 20)


def test_an_entry_expires_and_gives_its_room_back(clock):
    cache = ByteCache(100, LIFE_SECONDS)
    cache.put("a", "a", 10)
    clock.seconds += LIFE_SECONDS

    assert (cache.get("a"), cache.size_bytes) == (None, 0)


def test_using_an_entry_does_not_prolong_its_life(clock):
    cache = ByteCache(100, LIFE_SECONDS)
    cache.put("a", "a", 10)
    clock.seconds += LIFE_SECONDS - 1
    assert cache.get("a") == "a"
    clock.seconds += 1

    assert cache.get("a") is None


def test_what_is_taken_is_taken_once():
    cache = ByteCache(100, 60)
    cache.put("a", "a", 10)

    entry, _expires_at = cache.take("a")
    assert (entry, cache.take("a"), cache.size_bytes) == ("a", None, 0)


def test_taking_an_entry_and_putting_it_back_does_not_prolong_its_life(clock):
    cache = ByteCache(100, LIFE_SECONDS)
    cache.put("a", "a", 10)
    clock.seconds += LIFE_SECONDS - 1
    cache.put("b", "b", 10)
    entry, expires_at = cache.take("a")
    cache.put("a", entry, 10, expires_at=expires_at)
    assert cache.get("a") == "a"
    clock.seconds += 1

    assert (cache.get("a"), cache.get("b"), cache.size_bytes) == (None, "b", 10)


def test_what_expired_while_it_was_taken_is_not_kept(clock):
    cache = ByteCache(100, LIFE_SECONDS)
    cache.put("a", "a", 10)
    entry, expires_at = cache.take("a")
    clock.seconds += LIFE_SECONDS
    cache.put("a", entry, 10, expires_at=expires_at)

    assert cache.get("a") is None


def test_many_threads_leave_the_count_right():
    cache = ByteCache(500, 60)

    def work(number):
        for turn in range(500):
            cache.put((number, turn % 7), b"", 10)
            cache.get((number + 1, turn % 7))
            cache.discard((number, turn % 3))

    workers = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    there = sum(cache.get((number, turn)) is not None for number in range(9) for turn in range(7))
    assert cache.size_bytes == 10 * there <= 500
    cache.clear()
    assert (cache.size_bytes, cache.get((0, 0))) == (0, None)


def test_what_has_expired_goes_at_the_next_use_of_another_entry(clock):
    cache = ByteCache(100, LIFE_SECONDS)
    cache.put("a", "a", 10)
    clock.seconds += LIFE_SECONDS - 1
    cache.put("b", "b", 20)
    cache.put("b", "b", 20)
    clock.seconds += 1

    assert (cache.get("b"), cache.size_bytes) == ("b", 20)


def test_what_has_expired_goes_by_itself_where_nobody_uses_the_cache():
    cache = ByteCache(100, 0.05)
    for _again in range(2):
        cache.put("a", "a", 10)
        deadline = time.monotonic() + 5
        while cache.size_bytes and time.monotonic() < deadline:
            time.sleep(0.01)

        assert cache.size_bytes == 0
