"""Engines for tests: a dishonest one, and one that breaks off."""

from collections.abc import Iterator
from dataclasses import dataclass

from conversations.assistant.engines import Delta, Event, Quotation, Retrieval, Verdict


@dataclass
class DishonestEngine:
    """Claim what it is told to claim, whatever the papers say."""

    claims: list[Quotation]
    name: str = "dishonest"

    def answer(self, retrieval: Retrieval) -> Iterator[Event]:
        for claim in self.claims:
            yield claim
            yield Delta(f"So it stands written. [{claim.n}] ")
        yield Verdict(supported=True, support=1.0)


@dataclass
class BreakingEngine:
    """Break off in the middle of a sentence."""

    name: str = "breaking"

    def answer(self, retrieval: Retrieval) -> Iterator[Event]:
        yield Delta("The answer is")
        raise ConnectionError("the line broke")
