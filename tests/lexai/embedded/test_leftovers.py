"""What a killed machine leaves behind does not stop the next start."""

import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lexai import embedded
from lexai.embedded import paths
from tests.lexai.embedded.observing import IS_ROOT, answers_sql, postmaster, until_none_left


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
