"""`rebuild-search [--client C]`: the search index of one client, or of all, written anew from the papers."""

from argparse import ArgumentParser
from functools import partial
from typing import Any

from clients.models import Client
from clients.services import find_client
from documents import services
from lexai import commands


class Command(commands.Command):
    help = "Write the search index of one client, or of all, anew; searches go on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--client", help="the client's id, case number, name or e-mail address")

    def act(self, *, by: Any, **options: Any) -> int | None:
        clients = (
            [find_client(options["client"], by=by)]
            if options["client"]
            else list(Client.objects.visible_to(by).order_by("-created_at", "pk"))
        )
        refused = 0
        for place, client in enumerate(clients, start=1):
            _done, refusal = self.attempt(partial(services.rebuild_index, client, by=by), by=by)
            if refusal:
                refused += 1
                self.stderr.write(f"{client.pk}: {refusal}")
            self.show_progress(place, len(clients))
        done = len(clients) - refused
        if options["json"]:
            self.say_json({"rebuilt": done, "refused": refused})
        else:
            self.say(f"Rebuilt {done:,} of {len(clients):,} indexes.")
        if not refused:
            return None
        return commands.DONE_IN_PART if done else commands.COULD_NOT
