"""Whoever waits for a row hears of its change at once, and looks by the clock where nobody can be heard."""

import threading
import time

import pytest
from django.core.cache import cache
from django.db import transaction

from lexai import wakeups


@pytest.fixture
def listener():
    """Return a listener that hears already."""
    listener = wakeups.Listener()
    with listener.bell("first") as bell:
        assert bell.wait(10)  # rung when it begins to hear
        yield listener


def test_a_wake_up_rings_those_who_wait_for_it_and_nobody_else(listener):
    with (
        listener.bell("answer-1") as waited,
        listener.bell("answer-1") as beside,
        listener.bell("answer-2") as other,
    ):
        cache.publish(wakeups.CHANNEL, "answer-1")

        assert (waited.wait(5), beside.wait(5)) == (True, True)
        assert other.is_set() is False


@pytest.mark.django_db(transaction=True)
def test_a_wake_up_is_told_with_the_commit_and_not_before(listener):
    with listener.bell("answer-1") as bell:
        with transaction.atomic():
            wakeups.tell("answer-1")
            assert bell.wait(0.05) is False

        assert bell.wait(5) is True


def test_who_waits_no_more_is_forgotten(listener):
    with listener.bell("answer-1"):
        pass

    assert set(listener._bells) == {"first"}


def test_one_thread_hears_for_all_who_wait(listener):
    def hearing():
        return [thread for thread in threading.enumerate() if thread is listener._thread]

    with listener.bell("answer-1"), listener.bell("answer-2"):
        assert len(hearing()) == 1


def test_without_valkey_one_looks_more_often(settings, listener):
    assert listener.patience_seconds == wakeups.HEARING_SECONDS
    deaf = wakeups.Listener()
    settings.CACHES = {"default": {"LOCATION": "redis://127.0.0.1:1/0"}}
    with deaf.bell("answer-1") as bell:
        assert bell.wait(0.1) is False
        assert deaf.patience_seconds == wakeups.DEAF_SECONDS


@pytest.mark.slow
def test_what_may_have_been_missed_rings_when_the_line_is_mended(listener):
    with listener.bell("answer-1") as bell:
        cache._cache.get_client(write=True).execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        started = time.monotonic()

        assert bell.wait(10) is True
        assert listener.patience_seconds == wakeups.HEARING_SECONDS
        assert time.monotonic() - started >= wakeups.AGAIN_SECONDS / 2
