"""`seed-demo`: two fictional firms with people, clients and papers."""

from typing import Any

from lexai import commands
from lexai.operations.management import demonstration


class Command(commands.Command):
    help = "Make the fictional firms of the demonstration; again: only new passwords."
    acts_for_a_user = False

    def act(self, *, by: Any, **options: Any) -> None:
        seeded = demonstration.seed()
        if options["json"]:
            self.say_json(_as_json(seeded))
            return
        for user, password in seeded.accounts:
            self.say(f"{user.firm.name}: {user.email} ({user.role}) signs in with {password}")
        for client in seeded.clients:
            self.say(f"{client.pk}: {client.name}, {client.case_number}")


def _as_json(seeded: demonstration.Seeded) -> dict[str, object]:
    return {
        "accounts": [
            {"email": user.email, "password": password, "role": user.role, "firm": user.firm.name}
            for user, password in seeded.accounts
        ],
        "clients": [{"id": client.pk, "name": client.name} for client in seeded.clients],
    }
