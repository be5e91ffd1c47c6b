"""`release-lockout EMAIL`: let an account sign in again that too many failures have locked."""

from argparse import ArgumentParser
from typing import Any

from accounts import services
from lexai import commands


class Command(commands.Command):
    help = "Let an account sign in again, from everywhere, that was locked after too many failures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("email", metavar="EMAIL", help="the user's e-mail address")

    def act(self, *, by: Any, **options: Any) -> None:
        user = services.release_lockout(services.person(options["email"], by=by), by=by)
        if options["json"]:
            self.say_json({"email": user.email})
        else:
            self.say(f"{user.email} can sign in again.")
