"""The papers of a corpus, and what its manifest says that each must give."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from documents.extraction import Damaged, OverLimits, PasswordProtected, Refusal
from tests.benchmarks.reading.scoring import unmarked

_REFUSALS = {"password": PasswordProtected, "corrupt": Damaged, "limits": OverLimits}


@dataclass(frozen=True)
class Paper:
    """One file, with the texts that stand in it or the refusal that it must meet.

    `truth` is None where only snippets are known. `refusal` is what must be raised; None where text must come.
    `may_refuse` allows any refusal in the place of text.
    """

    path: Path
    kind: str
    snippets: tuple[str, ...]
    truth: str | None
    refusal: type[Refusal] | None
    may_refuse: bool

    @property
    def is_born_digital(self) -> bool:
        """Say whether this is a PDF that holds text and should be read."""
        return self.kind == "pdf"

    @property
    def is_picture(self) -> bool:
        """Say whether its text is in pictures alone."""
        return self.kind in {"pdf-scan", "image"}


def papers(folder: Path) -> Iterator[Paper]:
    """Yield the papers of a corpus in the order of its manifest."""
    for entry in json.loads((folder / "manifest.json").read_text())["files_list"]:
        outcome, _, reason = entry["expected_outcome"].partition(":")
        yield Paper(
            path=folder / entry["file"],
            kind=entry["type"],
            snippets=tuple(entry.get("expected_snippets", ())),
            truth=_truth(folder / entry["truth_file"]) if "truth_file" in entry else None,
            refusal=_REFUSALS[reason] if outcome == "error" else None,
            may_refuse=outcome == "text-or-error",
        )


def _truth(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return unmarked(text) if path.suffix == ".md" else text
