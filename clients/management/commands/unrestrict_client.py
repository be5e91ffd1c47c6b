"""`unrestrict-client CLIENT`: the way back to a client whose members are all out of reach."""

from argparse import ArgumentParser
from typing import Any

from clients import services
from lexai import commands


class Command(commands.Command):
    help = "Take the wall around a client down: its whole firm sees it again, and its members are forgotten."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("client", help="the client's id, case number, name or e-mail address")

    def act(self, *, by: Any, **options: Any) -> None:
        client = services.unrestrict_client(services.find_client(options["client"], by=by), by=by)
        if options["json"]:
            self.say_json({"id": client.pk, "is_restricted": client.is_restricted})
        else:
            self.say(f"{client.pk} is open to its whole firm.")
