"""`import-documents CLIENT FILE... [--wait]`: files of this machine into a client's papers."""

import time
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from clients.services import find_client
from documents import services, uploads
from documents.models import Document
from lexai import commands
from lexai.errors import DomainError
from lexai.operations import health

POLL_SECONDS = 0.2
PATIENCE_SECONDS = 10  # without any change, before asking whether there is a worker at all


class Command(commands.Command):
    help = "Add files to a client's papers; print a line a file: id, status, refusal, and whether it was there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("client", help="the client's id, case number, name or e-mail address")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--wait", action="store_true", help="wait until every file is read or refused")

    def act(self, *, by: Any, **options: Any) -> int | None:
        client = find_client(options["client"], by=by)
        taken: dict[int, Document] = {}
        known: set[int] = set()  # the places of the files that the client had already
        refused: dict[int, DomainError] = {}
        for place, path in enumerate(options["files"]):
            new = Document(client=client)
            document, refusal = self.attempt(partial(_import, path, new, by=by), by=by)
            if document:
                taken[place] = document
                known |= {place} if document is not new else set()
            elif refusal:
                refused[place] = refusal
        if options["wait"]:
            taken = self._settled(taken, by=by)
        for place, path in enumerate(options["files"]):
            self._tell(
                path,
                taken.get(place),
                refused.get(place),
                is_known=place in known,
                as_json=options["json"],
            )
        return _exit_code(list(taken.values()), len(refused), waited=options["wait"])

    def _settled(self, taken: dict[int, Document], *, by: Any) -> dict[int, Document]:
        """Wait until every document is read or refused, or nobody is there to read it."""
        unsettled, changed_at = len(taken), time.monotonic()
        while unsettled:
            time.sleep(POLL_SECONDS)
            rows = Document.objects.visible_to(by).in_bulk([document.pk for document in taken.values()])
            taken = {place: rows[document.pk] for place, document in taken.items() if document.pk in rows}
            left = sum(not document.is_settled for document in taken.values())
            if left != unsettled:
                unsettled, changed_at = left, time.monotonic()
            elif time.monotonic() - changed_at > PATIENCE_SECONDS:
                if not health.is_worker_there():
                    self.stderr.write(
                        "No worker is running. Start one with `make run`; the queue keeps the files."
                    )
                    break
                changed_at = time.monotonic()
        return taken

    def _tell(
        self,
        path: Path,
        document: Document | None,
        refusal: DomainError | None,
        *,
        is_known: bool,
        as_json: bool,
    ) -> None:
        code = document.refusal if document else "not-taken"
        sentence = str(refusal) if refusal else document.refusal_message if document else ""
        if is_known:
            sentence = f"The client had this file already. {sentence}".strip()
        if as_json:
            self.say_json(
                {
                    "file": commands.printable(path),
                    "id": document.pk if document else None,
                    "status": document.status if document else "refused",
                    "duplicate": is_known,
                    "refusal": code or None,
                    "message": sentence or None,
                }
            )
        else:
            number = document.pk if document else "-"
            status = document.status if document else "refused"
            self.say(
                f"{number}\t{status}\t{code}\t{commands.printable(path)}{': ' if sentence else ''}{sentence}"
            )


def _import(path: Path, document: Document, *, by: Any) -> Document:
    with commands.opened(path) as stream:
        upload = uploads.receive(stream, filename=path.name, client=document.client)
    return services.add_document(document, upload, by=by)


def _exit_code(taken: list[Document], not_taken: int, *, waited: bool) -> int | None:
    """Return None when every file was taken (and read, where waited for), 1 when all are refused, else 2."""
    read = [one for one in taken if one.status == Document.Status.READY]
    if not not_taken and (not waited or len(read) == len(taken)):
        return None
    good = [one for one in taken if one.status != Document.Status.REFUSED]
    return commands.DONE_IN_PART if good else commands.COULD_NOT
