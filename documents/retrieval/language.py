"""Turn text into words and stems, and a question into what to look for."""

import re
import threading
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import Stemmer

from documents.retrieval.thesaurus import CONCEPTS
from documents.retrieval.thesaurus.concept import Concept

_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad\ufffe][ \t]{0,20}\r?\n[ \t]{0,20}(?=[^\W\d_])")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]{3,})?")
_MARK = "[\u0300-\u036f]"
# with the marks that follow a letter; more than eight are no writing, and slow to put in order
_MARKED_WORD = re.compile(rf"(?:[^\W_]{_MARK}{{0,8}})+(?:['’](?:[^\W\d_]{_MARK}{{0,8}}){{3,}})?")
_HAS_MARK = re.compile(_MARK)
_SENTENCE_END = re.compile(
    r"[.?!][\"”’')\]]{0,3}(?=\s)|;(?=\s)|:(?=[ \t]{0,9}\n)|\n[ \t]{0,40}\n"
    r"|\n(?=[ \t]{0,40}(?:\(?[a-z0-9]{1,4}\)|\d{1,3}\.)[ \t\d])"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:inc|corp|co|ltd|llc|no|nos|sec|art|para|mr|mrs|ms|dr|st|vs?|etc|e\.g|i\.e|u\.s|u\.k|d\.c|jr|sr"
    r"|[a-z]|(?:[a-z]\.){1,4}[a-z]|\d{1,3}(?:\.\d{1,3}){0,4})\.$",
    re.IGNORECASE,
)
_ABBREVIATION_CHARACTERS = 14
PHRASE_GAP = 4
EXPANSION_WEIGHT = 0.5
_local = threading.local()

QUESTION_WORDS = frozenset(
    """
    a about according agreement all also am an and any are arrangement as at be been being between both but
    by can clause contain contract could describe did do document does done each either entitled event exist
    file find for from further get give given had happen happens has have he her here herein him his how i
    if in include included into is it its itself let made many may me mention mine more much must my not of
    off on one or other our out over own paper papers please provide provided provision regard regarding
    require required said say shall she should show so some state such tell than that the their them then
    there these they this those through to try under until up upon us was we were what when where whether
    which while who whom whose why will with within would yes you your
    """.split()
)
_IRREGULAR = dict(
    pair.split("/")
    for pair in """
    ate/eat began/begin begun/begin bore/bear bought/buy born/birth broke/break broken/break brought/bring
    built/build came/come caught/catch children/child chose/choose chosen/choose drew/draw drawn/draw
    driven/drive drove/drive fell/fall fallen/fall felt/feel forgave/forgive forgiven/forgive fought/fight
    found/find gave/give given/give gone/go grew/grow grown/grow heard/hear held/hold hidden/hide kept/keep
    knew/know known/know laid/lay led/lead lent/lend lost/lose made/make men/man met/meet paid/pay ran/run
    rose/rise said/say sat/sit saw/see seen/see sent/send shown/show slept/sleep sold/sell sought/seek
    spent/spend spoke/speak spoken/speak stole/steal stolen/steal struck/strike swore/swear sworn/swear
    taken/take taught/teach told/tell took/take tore/tear torn/tear went/go withdrawn/withdraw
    withdrew/withdraw withheld/withhold women/woman won/win wore/wear worn/wear written/write wrote/write
    """.split()
)


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, irregular forms as their base form ("paid": "pay").

    A word broken by a hyphen at a line's end is joined; one is the same however its accents are written.
    """
    lowered = mended(text).lower()
    return [_base(word) for word in _pattern(lowered).findall(lowered)]


def _pattern(text: str) -> re.Pattern[str]:
    """Return what finds the words of a text; most texts have no marks apart, and need the quick one alone."""
    return _MARKED_WORD if _HAS_MARK.search(text) else _WORD


def _base(word: str) -> str:
    composed = word if word.isascii() else unicodedata.normalize("NFC", word)
    return _IRREGULAR.get(composed, composed)


def mended(text: str) -> str:
    """Return the text with each word joined that a hyphen breaks at a line's end."""
    return _BROKEN_WORD.sub("", text)


def mended_places(text: str, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield where stretches of `mended(text)` stand in the text; none begins or ends where a word was joined."""
    joints, lengths = [], [0]
    for broken in _BROKEN_WORD.finditer(text):
        joints.append(broken.start() - lengths[-1])
        lengths.append(lengths[-1] + broken.end() - broken.start())
    for start, end in places:
        yield start + lengths[bisect_left(joints, start)], end + lengths[bisect_left(joints, end)]


def stems(text: str) -> list[str]:
    """Return the Snowball (English) stems of all words of a text, in order."""
    stemmed: list[str] = _stemmer().stemWords(words(text))
    return stemmed


def word_places(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, stem) of the words of a text that is mended."""
    places = [(found.start(), found.end()) for found in _pattern(text).finditer(text)]
    found_stems = _stemmer().stemWords([_base(text[start:end].lower()) for start, end in places])
    for (start, end), stem in zip(places, found_stems, strict=True):
        yield start, end, stem


def question_stems(question: str) -> list[str]:
    """Return the distinct stems of a question's telling words, in order, without question words.

    A question that has nothing but question words keeps them all.
    """
    telling = [word for word in words(question) if word not in QUESTION_WORDS]
    return list(dict.fromkeys(_stemmer().stemWords(telling or words(question))))


def sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of the sentences of a text, without outer white space; long lists part at semicolons."""
    spans, start = [], 0
    for found in _SENTENCE_END.finditer(text):
        if not _is_abbreviation(text, found):
            spans.append((start, found.end()))
            start = found.end()
    spans.append((start, len(text)))
    return [piece for span in spans for piece in stripped(text, *span)]


def _is_abbreviation(text: str, found: re.Match[str]) -> bool:
    if found[0][0] != ".":
        return False
    before = text[max(0, found.start() - _ABBREVIATION_CHARACTERS) : found.start() + 1]
    return bool(_ABBREVIATION.search(before)) or text[found.end() : found.end() + 2].strip()[:1].islower()


def stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield text[start:end] as (start, end) without outer white space; nothing when there is nothing else."""
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _stemmer() -> Stemmer.Stemmer:
    """Return this thread's stemmer: one object must not be used by two threads at once."""
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english")
    return _local.stemmer


@dataclass(frozen=True, slots=True)
class Subject:
    """A thesaurus concept in stems: the phrases by which it is asked for, and its strong and weak wordings."""

    name: str
    asked: tuple[tuple[str, ...], ...]
    strong: tuple[tuple[str, ...], ...]
    weak: tuple[tuple[str, ...], ...]


def subjects(question: str) -> list[tuple[Subject, frozenset[str]]]:
    """Return the subjects of law that a question names, each with the question's stems that name it.

    A narrower name ("notice of renewal") hides a wider one ("renewal").
    """
    asked = stems(question)
    named = [(subject, _named_stems(asked, subject)) for subject in _subjects()]
    named = [(subject, found) for subject, found in named if found]
    return [(subject, found) for subject, found in named if not any(found < other for _, other in named)]


def _named_stems(asked: Sequence[str], subject: Subject) -> frozenset[str]:
    """Return the stems of those of the subject's names that stand in the question."""
    return frozenset(stem for name in subject.asked if holds(asked, name) for stem in name)


@cache
def _subjects() -> tuple[Subject, ...]:
    return tuple(
        Subject(concept.name, *(tuple(tuple(stems(text)) for text in group) for group in _wordings(concept)))
        for concept in CONCEPTS
    )


def _wordings(concept: Concept) -> tuple[tuple[str, ...], ...]:
    return concept.asked, concept.strong, concept.weak


def holds(text: Sequence[str], phrase: Sequence[str], gap: int = PHRASE_GAP) -> bool:
    """Tell whether the stems of a phrase stand in a text in order, each at most `gap` words after the one before."""
    ends = [place for place, stem in enumerate(text) if stem == phrase[0]]
    for wanted in phrase[1:]:
        ends = [
            place
            for place in range(len(text))
            if text[place] == wanted and any(0 < place - end <= gap + 1 for end in ends)
        ]
    return bool(ends)


def query_terms(question: str) -> dict[str, float]:
    """Return the stems to look for with their weights: the question's own, and those of its subjects' wordings."""
    own = question_stems(question)
    weights: dict[str, float] = {}
    for subject, named in subjects(question):
        share = len(named.intersection(own)) / len(own)
        for stem in {
            stem for wording in (*subject.strong, *subject.weak) for stem in wording
        } - _COMMON_STEMS:
            weights[stem] = max(weights.get(stem, 0.0), EXPANSION_WEIGHT * share)
    return weights | dict.fromkeys(own, 1.0)


_COMMON_STEMS = frozenset(_stemmer().stemWords(sorted(QUESTION_WORDS)))
