"""`extract-file FILE`: what would be read in a file, without storing anything."""

import sys
from argparse import ArgumentParser
from dataclasses import asdict
from getpass import getpass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from documents import extraction
from documents.extraction.layout import unpack
from documents.uploads import MEGABYTE
from lexai import commands


class Command(commands.Command):
    help = "Show the text that is read in a file. Nothing is stored, and no server is needed."
    needs_servers = False
    acts_for_a_user = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="the file to read")
        # never as an argument: everybody on the machine can list those
        secret = parser.add_mutually_exclusive_group()
        secret.add_argument("--password", action="store_true", help="ask for the file's password")
        secret.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of the input"
        )

    def act(self, *, by: Any, **options: Any) -> int | None:
        password = _password(options)
        try:
            with commands.opened(options["file"]) as stream:
                if options["file"].stat().st_size > settings.UPLOAD_LIMIT_MB * MEGABYTE:
                    raise extraction.OverLimits
                extracted, parts = _extract(stream, options["file"].name, password)
        except extraction.Refusal as refusal:
            return self._tell_refusal(refusal, as_json=options["json"])
        self._tell(extracted, parts, as_json=options["json"])
        return None

    def _tell(self, extracted: extraction.Extracted, parts: list[str], *, as_json: bool) -> None:
        if as_json:
            self.say_json({"refusal": None, "message": None, **_as_json(extracted), "parts": parts})
            return
        self.say(extracted.text)
        for name in parts:
            self.say(f"Attachment: {name}")
        for warning in extracted.warnings:
            self.stderr.write(f"Warning: {warning}")

    def _tell_refusal(self, refusal: extraction.Refusal, *, as_json: bool) -> int:
        if as_json:
            self.say_json(
                {
                    "refusal": refusal.code,
                    "message": str(refusal),
                    "media_type": None,
                    "text": None,
                    "pages": [],
                    "paragraphs": [],
                    "page_count": None,
                    "warnings": [],
                    "parts": [],
                }
            )
        else:
            self.stderr.write(f"{refusal.code}: {refusal}")
        return commands.COULD_NOT


def _password(options: dict[str, Any]) -> str:
    if options["password"]:
        return getpass("Password of the file: ")
    return sys.stdin.readline().rstrip("\n") if options["password_stdin"] else ""


def _extract(stream: BinaryIO, filename: str, password: str) -> tuple[extraction.Extracted, list[str]]:
    """Return what is read in a file, and the names of what it brings along."""
    parts: list[str] = []
    job = extraction.Job(
        password=password,
        languages=settings.OCR_LANGUAGES,
        part=lambda name, _content: parts.append(name),
    )
    extracted = extraction.extract_in_child(
        stream,
        filename=filename,
        seconds=settings.READING_LIMIT_SECONDS,
        job=job,
        memory_limit_mb=settings.CHILD_MEMORY_MB,
    )
    return extracted, parts


def _as_json(extracted: extraction.Extracted) -> dict[str, Any]:
    """Return what was read with the words of each page: start, end, left, top, right, bottom and confidence."""
    pages = [
        {
            "number": page.number,
            "start": page.start,
            "end": page.end,
            "width": page.width,
            "height": page.height,
            "words": list(
                unpack(page.layout, start=page.start, end=page.end, width=page.width, height=page.height)
            ),
        }
        for page in extracted.pages
    ]
    return {**asdict(extracted), "pages": pages}
