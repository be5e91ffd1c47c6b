"""Which papers a question names, by the names of their files."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from documents.retrieval import language

PREFIX_CHARACTERS = 4  # so much of a word that is written together with others tells it
JOINED_PARTS = 4
JOINED_CHARACTERS = 6  # so long are words that are written together, at least
BEST_SHARE = 0.5  # of what the best name holds of the question
WORDS_LOOKED_AT = 150  # of a question: each is looked for in the names of all papers
DESCRIBING_WORDS = 2  # between a name and the kind of paper: "the Jones commercial lease"
KINDS = """
    addendum affidavit agreement amendment annex appendix attachment bill brief complaint contract decree deed
    deposition document email exhibit file invoice judgment lease letter licence license mail memo memorandum minutes
    motion paper policy receipt report schedule settlement statement tenancy testament transcript
"""
_BEFORE_NUMBERS = frozenset("and dated no nr number of the".split())
_BEFORE_NAMES = _BEFORE_NUMBERS.union("at between by for from on s to with".split())
_APART = re.compile(r"[\W_]+")
_UPPER, _LOWER = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_HUMP = re.compile(f"(?<=[{_LOWER}])(?=[{_UPPER}])|(?<=[{_UPPER}])(?=[{_UPPER}][{_LOWER}])")
_KINDS = frozenset(language.stems(KINDS))


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a question; a capital at the very beginning makes no proper name."""

    text: str
    stem: str
    is_proper: bool

    @classmethod
    def at(cls, question: str, start: int, end: int, stem: str) -> "_Word":
        text = question[start:end]
        telling = text[1:] if start == 0 and not text[0].isdigit() else text
        is_marked = any(letter.isupper() or letter.isdigit() for letter in telling)
        return cls(text.lower(), stem, is_marked and text.lower() not in language.QUESTION_WORDS)

    @property
    def is_kind(self) -> bool:
        return self.stem in _KINDS

    def leads_to(self, name: "_Word") -> bool:
        """Say whether the word may stand between a kind of paper and its name: "the letter from Mrs Jones"."""
        return self.is_proper or self.text in (_BEFORE_NUMBERS if name.text[0].isdigit() else _BEFORE_NAMES)


def papers_named(question: str, names: Mapping[int, str]) -> dict[int, frozenset[str]]:
    """Return the papers that a question names, each with those of the question's stems that its file name holds.

    A paper is named by its file name written out, or where the question speaks of a kind of paper by a proper name,
    a number, or words that the file name writes together: "the Jones lease", "the letter to Jones". Jones alone is
    a person, of whom any paper may tell. Of `names`, the file names of all papers, those count that hold most of
    the question, rare stems more than common ones; a stem that all of them hold tells no paper from another.
    """
    question = unicodedata.normalize("NFC", question)
    names = {key: unicodedata.normalize("NFC", name) for key, name in names.items()}
    words = [_Word.at(question, *place) for place in islice(language.word_places(question), WORDS_LOOKED_AT)]
    joined = _joined(words, names.values())
    naming = _naming(words, frozenset[str]().union(*joined.values()))
    written_out = {key for key, name in names.items() if name.lower() in question.lower()}
    if not (naming or written_out):
        return {}
    telling = set(language.question_stems(question))
    asked = [word for word in words if word.stem in telling]
    held = {key: _held(asked, joined, name) for key, name in names.items()}
    frequency = Counter(stem for some in held.values() for stem in some)
    rarity = {stem: math.log(len(held) / count) for stem, count in frequency.items()}
    named = {key: frozenset(stem for stem in some if rarity[stem]) for key, some in held.items()}
    scores = {key: sum(rarity[stem] for stem in some) for key, some in named.items()}
    best = max(scores.values(), default=0.0)
    return {
        key: some
        for key, some in named.items()
        if (some & naming or key in written_out) and scores[key] >= BEST_SHARE * best
    }


def _naming(words: Sequence[_Word], joined: frozenset[str]) -> set[str]:
    """Return the stems of the names by which a question speaks of a kind of paper."""
    return {
        word.stem
        for place, word in enumerate(words)
        if (word.is_proper or word.stem in joined)
        and (_is_described(words[place + 1 :]) or _is_led_to(word, words[:place]))
    }


def _is_described(behind: Sequence[_Word]) -> bool:
    """Say whether a kind of paper follows a name, behind other names and a few words that describe it."""
    following = [word for word in behind if word.is_kind or not (word.is_proper or word.text in {"and", "s"})]
    reach = following[: DESCRIBING_WORDS + 1]
    end = next((word for word in reach if word.is_kind or word.text in language.QUESTION_WORDS), None)
    return end is not None and end.is_kind


def _is_led_to(name: _Word, before: Sequence[_Word]) -> bool:
    """Say whether a kind of paper stands before a name, with nothing between but what leads from one to the other."""
    end = next((word for word in reversed(before) if word.is_kind or not word.leads_to(name)), None)
    return end is not None and end.is_kind


def _joined(words: Sequence[_Word], names: Iterable[str]) -> dict[str, set[str]]:
    """Return the words beside each other in a question that a name seems to write together, each with their stems."""
    listed = "\n".join(names).lower()
    runs = [
        words[first:last]
        for first in range(len(words))
        for last in range(first + 2, min(len(words), first + JOINED_PARTS) + 1)
    ]
    joined = {"".join(word.text for word in run): {word.stem for word in run} for run in runs}
    return {run: stems for run, stems in joined.items() if len(run) >= JOINED_CHARACTERS and run in listed}


def _held(asked: Sequence[_Word], joined: Mapping[str, set[str]], name: str) -> set[str]:
    """Return the stems that the name of a file holds, words written together among them: "MillLaneLease.pdf"."""
    lowered = name.lower()
    likely = {word.stem: word for word in asked if word.stem[:PREFIX_CHARACTERS] in lowered}.values()
    if not likely:  # most names, and cheaply found out
        return set()
    chunks = [chunk for chunk in _APART.split(PurePath(name).stem) if chunk]
    whole = set(language.stems(" ".join(part for chunk in chunks for part in _words(chunk))))
    begun = [chunk.lower() for chunk in chunks]
    held = {word.stem for word in likely if word.stem in whole or _begins(begun, word)}
    together = [stems for run, stems in joined.items() if any(chunk.startswith(run) for chunk in begun)]
    return held.union(*together).intersection(word.stem for word in asked)


def _begins(chunks: Sequence[str], word: _Word) -> bool:
    is_long = len(word.stem) >= PREFIX_CHARACTERS
    return is_long and any(chunk.startswith((word.text, word.stem)) for chunk in chunks)


def _words(chunk: str) -> list[str]:
    """Return the words that may be meant by some written together: each, and those beside each other joined."""
    parts = _HUMP.split(chunk)
    return [
        "".join(parts[first:last])
        for first in range(len(parts))
        for last in range(first + 1, min(len(parts), first + JOINED_PARTS) + 1)
    ]
