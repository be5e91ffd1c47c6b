"""Starting, sharing and stopping the embedded servers."""

import os
import shutil
import signal
import time

import pytest

from lexai import embedded
from tests.lexai.embedded.observing import (
    another_user,
    answers_ping,
    answers_sql,
    keepers,
    log,
    query,
    running,
    until_none_left,
    valkey,
)


@pytest.mark.slow
def test_the_first_start_gives_a_database_and_a_valkey_that_answer(home):
    with embedded.hold(home):
        role = "SELECT current_user::text, rolcreatedb, rolsuper FROM pg_roles WHERE rolname = current_user"

        assert query(home, role) == [("lexai", True, False)]
        assert answers_ping(home)


@pytest.mark.slow
def test_a_restart_keeps_what_was_written(home):
    with embedded.hold(home) as first:
        query(home, "CREATE TABLE note AS SELECT 'kept' AS text")
        with valkey(home) as client:
            client.set("note", "kept")
        first.release(wait=True)
    between = running(home.parent)

    with embedded.hold(home), valkey(home) as client:
        assert (between, query(home, "SELECT text FROM note"), client.get("note")) == (
            {},
            [("kept",)],
            "kept",
        )


@pytest.mark.slow
def test_two_starters_at_once_share_one_keeper(home):
    with another_user(home) as one, another_user(home) as two:
        said = [one.stdout.readline(), two.stdout.readline()]

        assert said == ["held\n", "held\n"]
        assert len(keepers(home)) == 1
        assert answers_sql(home)


@pytest.mark.slow
def test_one_claim_of_several_keeps_the_servers(home):
    first, second = embedded.hold(home), embedded.hold(home)
    before = keepers(home)

    first.release(wait=True)
    time.sleep(0.5)

    assert (keepers(home), answers_sql(home)) == (before, True)
    second.release(wait=True)
    assert running(home.parent) == {}


@pytest.mark.slow
def test_a_newcomer_while_the_servers_stop_gets_new_ones(home):
    embedded.hold(home).release()
    time.sleep(0.15)  # within this time the keeper has begun to stop, or is about to

    with embedded.hold(home):
        assert answers_sql(home)
        assert answers_ping(home)


@pytest.mark.slow
def test_the_servers_stop_when_their_home_is_removed(home):
    with embedded.hold(home):
        while home.exists():  # PostgreSQL may remove a file at the same moment
            shutil.rmtree(home, ignore_errors=True)

        assert until_none_left(home.parent) == {}


@pytest.mark.slow
def test_a_keeper_that_is_told_to_end_stops_its_servers_in_good_order(home):
    with embedded.hold(home):
        os.kill(keepers(home)[0], signal.SIGTERM)

        assert until_none_left(home.parent) == {}
        assert not (home / "data" / "postmaster.pid").exists()
        assert "database system is shut down" in log(home)
