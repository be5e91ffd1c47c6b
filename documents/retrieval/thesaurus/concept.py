"""One subject of law and the words for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concept:
    """A subject of law and its wordings, as phrases."""

    name: str
    asked: tuple[str, ...]
    strong: tuple[str, ...]
    weak: tuple[str, ...]


def concept(name: str, *, asked: str, strong: str, weak: str) -> Concept:
    """Make a concept from phrases parted by "|"."""
    return Concept(name, _phrases(asked), _phrases(strong), _phrases(weak))


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("|"))
