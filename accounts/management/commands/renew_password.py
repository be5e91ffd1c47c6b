"""`renew-password EMAIL`: a generated password for whoever lost theirs and gets no mail."""

from argparse import ArgumentParser
from typing import Any

from accounts import services
from lexai import commands


class Command(commands.Command):
    help = "Give a user a generated password, printed once; sessions, and tokens that end with it, are over."
    acts_for_a_user = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("email", metavar="EMAIL", help="the user's e-mail address")

    def act(self, *, by: Any, **options: Any) -> None:
        user = services.person(options["email"], by=by)
        password = services.renew_password(user, by=by)
        if options["json"]:
            self.say_json({"email": user.email, "password": password})
        else:
            self.say(f"{user.email} signs in with {password} (shown this once).")
