"""Which papers a question names, by the names of their files."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from documents.retrieval import language

PREFIX_CHARACTERS = 4  # so much of a word that is written together with others tells it
JOINED_PARTS = 4
JOINED_CHARACTERS = 6  # so long are words that are written together, at least
BEST_SHARE = 0.5  # of what the best name holds of the question
_APART = re.compile(r"[\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def papers_named(question: str, names: Mapping[int, str]) -> dict[int, frozenset[str]]:
    """Return the papers that a question names, each with those of the question's stems that its file name holds.

    A paper is named by proper names and numbers, and by words that its name writes together: "lease" alone may be
    what the question is about. Of `names`, the file names of all papers, those count that hold most of the question,
    rare stems more than common ones; a stem that all of them hold tells no paper from another.
    """
    words = [(question[start:end].lower(), stem) for start, end, stem in language.word_places(question)]
    telling = set(language.question_stems(question))
    joined = _joined(words, names.values())
    proper = _proper(question).union(*joined.values())
    asked = [(word, stem) for word, stem in words if stem in telling]
    held = {key: _held(asked, joined, name) for key, name in names.items()} if proper & telling else {}
    frequency = Counter(stem for some in held.values() for stem in some)
    rarity = {stem: math.log(len(held) / count) for stem, count in frequency.items()}
    named = {key: frozenset(stem for stem in some if rarity[stem]) for key, some in held.items()}
    scores = {key: sum(rarity[stem] for stem in some) for key, some in named.items()}
    best = max(scores.values(), default=0.0)
    return {key: some for key, some in named.items() if some & proper and scores[key] >= BEST_SHARE * best}


def _proper(question: str) -> set[str]:
    """Return the stems of the words that are names or numbers; a capital at the very beginning tells nothing."""
    return {
        stem
        for start, end, stem in language.word_places(question)
        if re.search(r"\d|(?<=.)[A-Z]" if start == 0 else r"\d|[A-Z]", question[start:end])
    }


def _joined(words: Sequence[tuple[str, str]], names: Iterable[str]) -> dict[str, set[str]]:
    """Return the words beside each other in a question that a name seems to write together, each with their stems."""
    listed = "\n".join(names).lower()
    runs = [
        words[first:last]
        for first in range(len(words))
        for last in range(first + 2, min(len(words), first + JOINED_PARTS) + 1)
    ]
    joined = {"".join(word for word, _stem in run): {stem for _word, stem in run} for run in runs}
    return {run: stems for run, stems in joined.items() if len(run) >= JOINED_CHARACTERS and run in listed}


def _held(asked: Sequence[tuple[str, str]], joined: Mapping[str, set[str]], name: str) -> set[str]:
    """Return the stems that the name of a file holds, words written together among them: "MillLaneLease.pdf"."""
    lowered = name.lower()
    likely = [(word, stem) for word, stem in asked if stem[:PREFIX_CHARACTERS] in lowered]
    if not likely:  # most names, and cheaply found out
        return set()
    chunks = [chunk for chunk in _APART.split(PurePath(name).stem) if chunk]
    whole = set(language.stems(" ".join(part for chunk in chunks for part in _words(chunk))))
    begun = [chunk.lower() for chunk in chunks]
    held = {stem for word, stem in likely if stem in whole or _begins(begun, word, stem)}
    together = [stems for run, stems in joined.items() if any(chunk.startswith(run) for chunk in begun)]
    return held.union(*together).intersection(stem for _word, stem in asked)


def _begins(chunks: Sequence[str], word: str, stem: str) -> bool:
    return len(stem) >= PREFIX_CHARACTERS and any(chunk.startswith((word, stem)) for chunk in chunks)


def _words(chunk: str) -> list[str]:
    """Return the words that may be meant by some written together: each, and those beside each other joined."""
    parts = _HUMP.split(chunk)
    return [
        "".join(parts[first:last])
        for first in range(len(parts))
        for last in range(first + 1, min(len(parts), first + JOINED_PARTS) + 1)
    ]
