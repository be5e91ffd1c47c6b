"""Papers that nobody wrote: passages of made-up words, as common as words of a language are."""

import random
from collections.abc import Iterator
from itertools import accumulate

VOCABULARY = 8000
PASSAGE_WORDS, HEADING_WORDS, QUESTION_WORDS = 75, 4, 6
ASKED_RANKS = range(50, 2000)  # a question names what is neither everywhere nor nowhere
_ONSETS = "b br c cl d dr f g gl h k l m n p pl qu r s st t tr v w".split()
_VOWELS = "a e i o u ai ea ou".split()
_ENDS = "b ck d g l ll m n nd p r rt st t x".split()


class Author:
    """Writes the same passages and questions each time; words follow Zipf's law."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._words = self._vocabulary()
        self._weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))

    def passages(self, count: int) -> Iterator[tuple[str, str]]:
        """Yield (heading, text) pairs."""
        for number in range(1, count + 1):
            heading = " ".join(self._drawn(HEADING_WORDS)).title()
            yield f"{number}. {heading}", f"{number}. {heading}. {' '.join(self._drawn(PASSAGE_WORDS))}."

    def questions(self, count: int) -> list[str]:
        """Return questions of words that the passages hold."""
        asked = [self._words[rank] for rank in ASKED_RANKS]
        return [" ".join(self._random.sample(asked, QUESTION_WORDS)) + "?" for _ in range(count)]

    def _drawn(self, count: int) -> list[str]:
        return self._random.choices(self._words, cum_weights=self._weights, k=count)

    def _vocabulary(self) -> list[str]:
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            syllables = self._random.choice((1, 2, 2, 3))
            words["".join(map(self._random.choice, (_ONSETS, _VOWELS) * syllables + (_ENDS,)))] = None
        return list(words)
