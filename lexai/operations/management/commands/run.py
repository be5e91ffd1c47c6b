"""`run [--port 8000]`: web, worker and beat in the foreground, under one supervisor."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from lexai import commands, embedded
from lexai.operations import supervisor


class Command(commands.Command):
    help = "Serve LexAI in the foreground: web server, worker and beat. Ctrl-C stops everything."
    acts_for_a_user = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen at")
        parser.add_argument("--port", type=int, default=8000)

    def act(self, *, by: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if port not in range(1, 65536):
            raise CommandError("The port must be from 1 to 65535.")
        if fault := supervisor.listening_fault(host, port):
            raise CommandError(
                f"LexAI cannot listen at {host}:{port} ({fault}). Choose another: make run PORT=8765"
            )
        self.say(f"LexAI is at http://{host}:{port}/ (Ctrl-C stops it)")
        self.stdout.flush()
        supervisor.watch([supervisor.web(host, port), supervisor.worker(), supervisor.beat()], _tend_servers)


def _tend_servers() -> None:
    """Start the embedded servers again if even their keeper was killed."""
    if settings.NEEDS_SERVERS:
        embedded.hold(settings.LEXAI_HOME).release()
