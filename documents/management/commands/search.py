"""`search QUERY [--client C]`: passages of the papers that the acting user may read."""

from argparse import ArgumentParser
from typing import Any

from clients.models import Client
from clients.services import find_client
from documents import services
from documents.search import Found
from lexai import commands

PASSAGES_SHOWN = 10


class Command(commands.Command):
    help = "Search the papers of one client, or of all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("query", help="words to look for")
        parser.add_argument("--client", help="the client's id, case number or name")

    def act(self, *, by: Any, **options: Any) -> None:
        client = find_client(options["client"], by=by) if options["client"] else None
        results = services.search_papers(options["query"], by=by, client=client, limit=PASSAGES_SHOWN)
        if options["json"]:
            self.say_json(
                {"results": [_as_json(one, found) for one, passages in results for found in passages]}
            )
        elif not results:
            self.say("Nothing was found.")
        else:
            self._print(results)

    def _print(self, results: list[tuple[Client, list[Found]]]) -> None:
        for client, passages in results:
            self.say(f"{client.name} ({client.pk})")
            for found in passages:
                passage = found.passage
                self.say(
                    f"  {passage.document.filename}, page {passage.page}: {' '.join(passage.text.split())}"
                )


def _as_json(client: Client, found: Found) -> dict[str, object]:
    passage = found.passage
    return {
        "client_id": client.pk,
        "document_id": passage.document_id,
        "filename": passage.document.filename,
        "page": passage.page,
        "page_end": passage.page_end,
        "start": passage.start,
        "end": passage.end,
        "heading": passage.heading,
        "text": passage.text,
        "score": found.score,
    }
