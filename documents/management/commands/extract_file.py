"""`extract-file FILE`: what would be read in a file, without storing anything."""

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from documents import extraction
from documents.uploads import MEGABYTE
from lexai import commands


class Command(commands.Command):
    help = "Show the text that is read in a file. Nothing is stored, and no server is needed."
    needs_servers = False
    acts_for_a_user = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="the file to read")

    def act(self, *, by: Any, **options: Any) -> int | None:
        try:
            with commands.opened(options["file"]) as stream:
                if options["file"].stat().st_size > settings.UPLOAD_LIMIT_MB * MEGABYTE:
                    raise extraction.OverLimits
                extracted = extraction.extract_in_child(
                    stream, filename=options["file"].name, seconds=settings.READING_LIMIT_SECONDS
                )
        except extraction.Refusal as refusal:
            return self._tell_refusal(refusal, as_json=options["json"])
        self._tell(extracted, as_json=options["json"])
        return None

    def _tell(self, extracted: extraction.Extracted, *, as_json: bool) -> None:
        if as_json:
            self.say_json({"refusal": None, "message": None, **asdict(extracted)})
            return
        self.say(extracted.text)
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
                    "warnings": [],
                }
            )
        else:
            self.stderr.write(f"{refusal.code}: {refusal}")
        return commands.COULD_NOT
