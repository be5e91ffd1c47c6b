"""What comes in a mail or an archive: sealed into storage while that is read, before any row names it."""

import io
from collections import defaultdict
from contextlib import suppress
from typing import Self

from documents.extraction import limits
from documents.extraction.parts import harmless, named
from documents.models import Document
from documents.nesting import places_left
from documents.storage import StorageUnavailable
from documents.uploads import Upload, receive
from lexai.characters import is_visible
from lexai.errors import DomainError

UNNAMED = "attachment"
EMPTY = "it holds nothing"
SAME = "the same file is in it already"
TOO_DEEP = f"more than {limits.DEPTH_LIMIT} files lie around it"
TOO_MANY = f"one upload may bring along {limits.ATTACHMENT_LIMIT:,} files in all"
UNAVAILABLE = 503


class Parts:
    """The attachments of one document while it is read; those that no document took are removed at the end.

    The same file twice in one document is taken once. One that the client has elsewhere is taken: each document goes
    with its own attachments, and takes away no other's.
    """

    def __init__(self, document: Document) -> None:
        self.uploads: list[Upload] = []
        self.refusals: list[DomainError] = []
        self._document = document
        self._places: int | None = None  # as they were when the first part came
        self._surplus: list[Upload] = []
        self._hashes: set[str] = set()
        self._left_out: defaultdict[str, list[str]] = defaultdict(list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for upload in self.uploads + self._surplus:
            _remove(upload)

    def take(self, filename: str, content: bytes) -> None:
        """Seal a part into storage, or leave it out; raise what makes that impossible for the moment."""
        name = harmless(filename)  # whatever the reader made of it: it reads hostile files
        name = name if is_visible(name) else UNNAMED
        if self._document.depth >= limits.DEPTH_LIMIT:
            self._left_out[TOO_DEEP].append(name)
        elif not content:
            self._left_out[EMPTY].append(name)
        elif len(self.uploads) >= self._places_left():
            self._left_out[TOO_MANY].append(name)
        else:
            self._receive(name, content)

    def _places_left(self) -> int:
        if self._places is None:
            self._places = places_left(self._document)
        return self._places

    def _receive(self, name: str, content: bytes) -> None:
        upload = receive(io.BytesIO(content), filename=name, client=self._document.client)
        if upload.refusal is None and upload.sha256 in self._hashes:
            self._left_out[SAME].append(upload.filename)
            _remove(upload)
        elif upload.refusal is None:
            self._hashes.add(upload.sha256)
            self.uploads.append(upload)
        elif upload.refusal.status == UNAVAILABLE:
            raise upload.refusal
        else:
            self.refusals.append(upload.refusal)
            self._left_out[f"it was refused ({str(upload.refusal).rstrip('.')})"].append(name)

    def keep_within(self, most: int) -> None:
        """Leave out the parts beyond so many."""
        self._left_out[TOO_MANY] += [upload.filename for upload in self.uploads[most:]]
        self._surplus += self.uploads[most:]
        del self.uploads[most:]

    def kept(self) -> None:
        """Leave the parts in storage: committed rows name them."""
        self.uploads.clear()

    def warnings(self) -> list[str]:
        """Return a sentence for each reason why parts were left out, with their names."""
        return [
            f"Left out, because {reason}: {named(names)}."
            for reason, names in self._left_out.items()
            if names
        ]


def _remove(upload: Upload) -> None:
    with suppress(StorageUnavailable):  # the sweep finds what cannot be removed now
        upload.close()
