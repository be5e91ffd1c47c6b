"""`create-firm NAME --admin EMAIL`: a firm and its first administrator."""

from argparse import ArgumentParser
from typing import Any

from accounts import services
from accounts.models import Firm, User
from lexai import commands


class Command(commands.Command):
    help = "Create a firm with its first administrator, and print the administrator's password once."
    acts_for_a_user = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", help="the firm's name")
        parser.add_argument(
            "--admin", required=True, metavar="EMAIL", help="the administrator's e-mail address"
        )

    def act(self, *, by: Any, **options: Any) -> None:
        administrator = User(email=options["admin"], first_name="Firm", last_name="Administrator")
        firm, password = services.create_firm(Firm(name=options["name"].strip()), administrator, by=by)
        if options["json"]:
            self.say_json(
                {"id": firm.pk, "name": firm.name, "admin": administrator.email, "password": password}
            )
        else:
            self.say(
                f"Created {firm.name}. {administrator.email} signs in with {password} (shown this once)."
            )
