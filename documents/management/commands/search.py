"""`search QUERY [--client C]`: passages of the papers that the acting user may read."""

from argparse import ArgumentParser
from collections.abc import Iterator
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
        parser.add_argument("--client", help="the client's id, case number, name or e-mail address")

    def act(self, *, by: Any, **options: Any) -> None:
        client = find_client(options["client"], by=by) if options["client"] else None
        parts = _parts(options["query"], client, by=by)
        if options["json"]:
            self.say_json(_as_json(list(parts)))
            return
        has_found = False
        for part in parts:
            self._print(part)
            has_found = has_found or bool(part.found or part.clients or part.documents)
            for client_id in part.unreadable:
                self.say(f"{client_id}: something does not open and is left out; the audit says what")
            if client is None:
                self.say(f"searched {part.searched:,} of {part.total:,} clients")
        if not has_found:
            self.say("Nothing was found.")

    def _print(self, part: services.PapersFound) -> None:
        for client in part.clients:
            self.say(f"client {client.name} ({client.pk})")
        for document in part.documents:
            self.say(f"file {document.filename} ({document.client_id})")
        for client, passages in part.found:
            self.say(f"{client.name} ({client.pk})")
            for found in passages:
                passage = found.passage
                self.say(
                    f"  {passage.document.filename}, page {passage.page}: {' '.join(passage.text.split())}"
                )


def _parts(words: str, client: Client | None, *, by: Any) -> Iterator[services.PapersFound]:
    """Yield what each part of the search found, until all clients are searched."""
    cursor: str | None = ""
    while cursor is not None:
        part = services.search_papers(words, by=by, client=client, limit=PASSAGES_SHOWN, cursor=cursor)
        yield part
        cursor = str(part.next) if part.next else None


def _as_json(parts: list[services.PapersFound]) -> dict[str, Any]:
    """Return all parts in the shape in which the API answers one."""
    return {
        "results": [_passage(found) for part in parts for _client, some in part.found for found in some],
        "clients": [
            {"id": one.pk, "name": one.name, "case_number": one.case_number} for one in parts[0].clients
        ],
        "documents": [
            {"id": one.pk, "client_id": one.client_id, "filename": one.filename} for one in parts[0].documents
        ],
        "unreadable": [client_id for part in parts for client_id in part.unreadable],
        "searched": parts[-1].searched,
        "total": parts[-1].total,
        "next": None,
    }


def _passage(found: Found) -> dict[str, Any]:
    passage = found.passage
    return {
        "client_id": passage.client_id,
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
