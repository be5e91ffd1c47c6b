"""`seed-demo`: two fictional firms with people, clients and papers."""

from typing import Any

from accounts.services import renew_password
from lexai import commands
from lexai.operations.management import demonstration
from lexai.system import SYSTEM


class Command(commands.Command):
    help = "Make the fictional firms of the demonstration; again: only new passwords."
    acts_for_a_user = False

    def act(self, *, by: Any, **options: Any) -> None:
        seeded = demonstration.seed()
        passwords = {user.email: renew_password(user, by=SYSTEM) for user in seeded.people}
        if options["json"]:
            self.say_json(_as_json(seeded, passwords))
            return
        for user in seeded.people:
            password = passwords[user.email]
            self.say(f"{user.firm.name}: {user.email} ({user.role}) signs in with {password}")
        for client in seeded.clients:
            self.say(f"{client.pk}: {client.name}, {client.case_number}")


def _as_json(seeded: demonstration.Seeded, passwords: dict[str, str]) -> dict[str, object]:
    return {
        "accounts": [
            {
                "email": user.email,
                "password": passwords[user.email],
                "role": user.role,
                "firm": user.firm.name,
            }
            for user in seeded.people
        ],
        "clients": [{"id": client.pk, "name": client.name} for client in seeded.clients],
    }
