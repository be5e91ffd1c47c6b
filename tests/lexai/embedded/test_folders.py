"""Where the servers and their sockets live."""

import shutil
from pathlib import Path

import pytest

from lexai import embedded
from lexai.embedded import paths
from tests.lexai.embedded.observing import answers_ping, answers_sql, needs_root


def test_addresses_are_computed_without_touching_anything(home):
    assert (
        embedded.database_url(home)
        == f"postgresql://lexai@/lexai?host={str(home).replace('/', '%2F')}%2Fsockets&port=5432"
    )
    assert embedded.redis_socket(home) == home / "sockets" / "valkey.sock"
    assert not home.exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["long" * 25, "odd, it's 100 % name"], ids=["long", "odd"])
def test_a_home_whose_path_is_no_socket_address_gets_a_folder_for_its_sockets(name, folder):
    home = folder / name

    with embedded.hold(home) as hold:
        socket_folder = embedded.redis_socket(home).parent
        answers = (answers_sql(home), answers_ping(home))
        mode = oct(socket_folder.stat().st_mode & 0o777)
        hold.release(wait=True)
    socket_folder.rmdir()

    assert (socket_folder.parent, answers, mode) == (Path("/tmp"), (True, True), "0o700")  # noqa: S108 - the place that is looked for


@pytest.mark.slow
@needs_root
def test_a_socket_folder_that_somebody_else_made_first_is_refused(folder):
    home = folder / ("long" * 25)
    planted = embedded.redis_socket(home).parent
    planted.mkdir()
    shutil.chown(planted, "daemon")

    with pytest.raises(embedded.ServersUnavailable) as refusal:
        embedded.hold(home)

    planted.rmdir()
    assert f"{planted} belongs to somebody else." in str(refusal.value)


def test_the_home_is_what_the_environment_says(monkeypatch, folder):
    monkeypatch.setenv("LEXAI_HOME", str(folder / "elsewhere"))

    assert embedded.home() == folder / "elsewhere"


def test_the_home_is_var_where_the_servers_can_get_there(folder):
    assert paths.default_home(folder) == folder / "var"


@pytest.mark.slow
@needs_root
def test_root_with_a_checkout_in_a_closed_home_gets_servers_elsewhere(folder):
    checkout = folder / "closed" / "checkout"
    checkout.mkdir(parents=True)
    (folder / "closed").chmod(0o700)

    home = paths.default_home(checkout)

    try:
        with embedded.hold(home) as hold:
            assert home.parent == Path("/var/lib/lexai")
            assert answers_sql(home)
            hold.release(wait=True)
    finally:
        shutil.rmtree(home)


@needs_root
def test_an_explicit_home_that_the_servers_cannot_reach_is_refused_in_a_clear_sentence(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(embedded.ServersUnavailable) as refusal:
        embedded.hold(closed / "home")

    user = paths.server_user().pw_name
    assert str(refusal.value) == (
        f"PostgreSQL runs as the user {user}, who cannot enter {closed}. Set LEXAI_HOME to a folder "
        "outside it, for example /var/lib/lexai."
    )


@needs_root
def test_a_home_that_belongs_to_somebody_else_is_refused_in_a_clear_sentence(home):
    home.mkdir()
    shutil.chown(home, "daemon")

    with pytest.raises(embedded.ServersUnavailable) as refusal:
        embedded.hold(home)

    assert str(refusal.value) == (
        f"The folder {home} is not LexAI's own. Run LexAI as the user whom it belongs to, or set LEXAI_HOME "
        "to a new folder."
    )


def test_a_home_that_cannot_be_made_is_refused_in_a_clear_sentence(folder):
    (folder / "file").write_text("")

    with pytest.raises(embedded.ServersUnavailable) as refusal:
        embedded.hold(folder / "file" / "home")

    assert str(refusal.value) == (
        f"LexAI cannot use the folder {folder}/file/home (Not a directory). Set LEXAI_HOME to a folder that "
        "belongs to the user who runs LexAI."
    )
