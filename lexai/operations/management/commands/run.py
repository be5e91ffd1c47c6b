"""`run [PART] [--port 8000]`: web, workers and beat in the foreground, under one supervisor; or one of them."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from lexai import checks, commands, embedded
from lexai.operations import supervisor

MAIL_FOLDER = "accounts.mail.FolderBackend"
PARTS = ["web", *supervisor.PARTS]


class Command(commands.Command):
    help = "Serve LexAI in the foreground: web server, workers and beat. Ctrl-C stops everything."
    acts_for_a_user = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("part", nargs="?", choices=PARTS, help="become this one process; all without it")
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen at")
        parser.add_argument("--port", type=int, default=8000)

    def act(self, *, by: Any, **options: Any) -> None:
        host, port, part = options["host"], options["port"], options["part"]
        if part not in supervisor.PARTS:  # those listen nowhere
            _demand_address(host, port)
        _name_public_address(host, port)
        if part:
            self._become(supervisor.part(part, host, port))
        self.say(f"LexAI is at http://{host}:{port}/ (Ctrl-C stops it)")
        self.say(_where_mails_go())
        self.stdout.flush()
        supervisor.watch([supervisor.part(one, host, port) for one in PARTS], _tend_servers)

    def _become(self, child: supervisor.Child) -> None:
        """Replace this process, so that whoever started it, such as a container, starts it again and stops it."""
        if settings.NEEDS_SERVERS:
            raise CommandError(
                "One part alone needs servers that all parts share. Set DATABASE_URL and REDIS_URL."
            )
        self.stdout.flush()
        os.chdir(settings.BASE_DIR)
        os.execv(child.command[0], list(child.command))  # noqa: S606 - there is no shell, and the words are ours


def _demand_address(host: str, port: int) -> None:
    if port not in range(1, 65536):
        raise CommandError("The port must be from 1 to 65535.")
    if not settings.LEXAI_TLS and not checks.is_loopback(host):
        raise CommandError(
            f"{host} can be reached from other machines, and LEXAI_TLS is off. Put a proxy that ends TLS in front "
            "and set LEXAI_TLS=1."
        )
    if fault := supervisor.listening_fault(host, port):
        raise CommandError(
            f"LexAI cannot listen at {host}:{port} ({fault}). Choose another: make run PORT=8765"
        )


def _name_public_address(host: str, port: int) -> None:
    """Tell the processes to come where links in mails point, unless that is set or a proxy's own address."""
    is_set = os.environ.get("PUBLIC_URL") or os.environ.get("PUBLIC_URL_FILE")
    if not is_set and not settings.LEXAI_TLS:
        os.environ["PUBLIC_URL"] = f"http://{host}:{port}"


def _where_mails_go() -> str:
    if settings.EMAIL_BACKEND == MAIL_FOLDER:
        return f"No EMAIL_URL is set: mails become files in {settings.LEXAI_HOME / 'mail'}"
    return f"Mails go out through {settings.EMAIL_HOST}"


def _tend_servers() -> None:
    """Start the embedded servers again if even their keeper was killed."""
    if settings.NEEDS_SERVERS:
        embedded.hold(settings.LEXAI_HOME).release()
