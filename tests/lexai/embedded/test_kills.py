"""Kill -9 of a user, a server, the keeper: nothing is lost, nothing is left behind."""

import os
import signal
import sys
import time

import pytest

from lexai import embedded
from tests.lexai.embedded.observing import (
    another_user,
    answers_ping,
    answers_sql,
    eventually,
    keepers,
    kill,
    postmaster,
    query,
    running,
    until_none_left,
    valkey,
)
from tests.processes import has_ended


@pytest.mark.slow
def test_a_killed_user_leaves_the_servers_to_the_others(home):
    with another_user(home) as one, another_user(home) as two:
        one.stdout.readline()
        two.stdout.readline()
        before = keepers(home)

        one.kill()
        one.wait()
        time.sleep(1)

        assert (keepers(home), answers_sql(home), answers_ping(home)) == (before, True, True)


@pytest.mark.slow
def test_everything_stops_after_the_last_user_was_killed(home):
    with another_user(home) as user:
        user.stdout.readline()
        names = set(running(home.parent).values())

        user.kill()

    assert names >= {"keeper", "postgres", "valkey-server"}
    assert until_none_left(home.parent) == {}


@pytest.mark.slow
def test_a_killed_postgresql_comes_back_with_every_committed_row(home):
    with embedded.hold(home):
        query(home, "CREATE TABLE note AS SELECT 'kept' AS text")
        killed = postmaster(home)

        kill(killed)

        assert eventually(lambda: answers_sql(home))
        assert query(home, "SELECT text FROM note") == [("kept",)]
        assert postmaster(home) != killed


@pytest.mark.slow
def test_a_killed_valkey_comes_back_with_every_key(home):
    with embedded.hold(home):
        with valkey(home) as client:
            client.set("note", "kept")
            killed = client.info()["process_id"]

        kill(killed)

        assert eventually(lambda: answers_ping(home))
        with valkey(home) as client:
            assert client.get("note") == "kept"
            assert client.info()["process_id"] != killed


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_killed_keeper_takes_its_servers_along_and_the_next_hold_starts_anew(home):
    with embedded.hold(home):
        query(home, "CREATE TABLE note AS SELECT 'kept' AS text")

        kill(keepers(home)[0])
        left = until_none_left(home.parent)

        with embedded.hold(home):
            assert (left, query(home, "SELECT text FROM note"), answers_ping(home)) == ({}, [("kept",)], True)


@pytest.mark.slow
def test_a_hold_after_the_keeper_was_killed_waits_for_its_servers_to_go(home):
    with embedded.hold(home):
        with valkey(home) as client:
            lingering = client.info()["process_id"]
        os.kill(lingering, signal.SIGSTOP)
        keeper = keepers(home)[0]
        kill(keeper)
        assert has_ended(keeper)

        with another_user(home) as user:
            assert eventually(lambda: keepers(home))
            time.sleep(1)
            meanwhile = list(running(home.parent).values()).count("valkey-server")
            os.kill(lingering, signal.SIGCONT)
            said = user.stdout.readline()

            assert (meanwhile, said, answers_sql(home), answers_ping(home)) == (1, "held\n", True, True)


@pytest.mark.slow
def test_a_first_start_that_was_killed_half_way_is_begun_again(home):
    with another_user(home) as user:
        assert eventually((home / "data.new").exists)
        kill(keepers(home)[0])
        user.kill()
    was_half_made = not (home / "data").exists()

    with embedded.hold(home):
        assert (was_half_made, answers_sql(home)) == (True, True)
