"""Which papers a question names, by the names of their files."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from documents.retrieval import language

PREFIX_CHARACTERS = 4  # so much of a word that is written together with others tells it
JOINED_PARTS = 4
BEST_SHARE = 0.5  # of what the best name holds of the question
_APART = re.compile(r"[\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def papers_named(question: str, names: Mapping[int, str]) -> dict[int, frozenset[str]]:
    """Return the papers that a question names, each with those of the question's stems that its file name holds.

    A paper is named by proper names and numbers alone: "lease" may be what the question is about. Of `names`, the
    file names of all papers, those count that hold most of the question, rare stems more than common ones; a stem
    that all of them hold tells no paper from another.
    """
    stems = language.question_stems(question)
    held = {key: _held(stems, name) for key, name in names.items()} if _proper(question) & set(stems) else {}
    frequency = Counter(stem for some in held.values() for stem in some)
    rarity = {stem: math.log(len(held) / count) for stem, count in frequency.items()}
    telling = {key: frozenset(stem for stem in some if rarity[stem]) for key, some in held.items()}
    scores = {key: sum(rarity[stem] for stem in some) for key, some in telling.items()}
    best = max(scores.values(), default=0.0)
    return {
        key: some
        for key, some in telling.items()
        if some & _proper(question) and scores[key] >= BEST_SHARE * best
    }


def _proper(question: str) -> set[str]:
    """Return the stems of the words that are names or numbers; a capital at the very beginning tells nothing."""
    return {
        stem
        for start, end, stem in language.word_places(question)
        if re.search(r"\d|(?<=.)[A-Z]" if start == 0 else r"\d|[A-Z]", question[start:end])
    }


def _held(stems: Sequence[str], name: str) -> set[str]:
    """Return the stems that the name of a file holds, words written together among them: "MillLaneLease.pdf"."""
    lowered = name.lower()
    likely = [stem for stem in stems if stem[:PREFIX_CHARACTERS] in lowered]
    if not likely:  # most names, and cheaply found out
        return set()
    chunks = [chunk for chunk in _APART.split(PurePath(name).stem) if chunk]
    whole = set(language.stems(" ".join(word for chunk in chunks for word in _words(chunk))))
    begun = tuple(chunk.lower() for chunk in chunks)
    return {
        stem
        for stem in likely
        if stem in whole
        or (len(stem) >= PREFIX_CHARACTERS and any(chunk.startswith(stem) for chunk in begun))
    }


def _words(chunk: str) -> list[str]:
    """Return the words that may be meant by some written together: each, and those beside each other joined."""
    parts = _HUMP.split(chunk)
    return [
        "".join(parts[first:last])
        for first in range(len(parts))
        for last in range(first + 1, min(len(parts), first + JOINED_PARTS) + 1)
    ]
