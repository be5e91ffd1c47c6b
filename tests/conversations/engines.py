"""Engines for tests: a dishonest one, one that breaks off, and one that speaks when it is told to."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

from conversations import services
from conversations.assistant.engines import Delta, Event, Quotation, Retrieval, Verdict
from conversations.models import Message
from lexai.errors import DomainError
from lexai.system import SYSTEM


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


@dataclass
class DictatedEngine:
    """Say what a test dictates, when it dictates it; None ends the answer."""

    name: str = "dictated"
    dictated: queue.SimpleQueue[Event | None] = field(default_factory=queue.SimpleQueue)
    begun: threading.Event = field(default_factory=threading.Event)

    def answer(self, retrieval: Retrieval) -> Iterator[Event]:
        self.begun.set()
        while (event := self.dictated.get(timeout=60)) is not None:
            yield event


def say(engine: DictatedEngine, text: str) -> None:
    """Let an engine say something that is stored at once, because nothing was stored for a while."""
    time.sleep(services.SAVING_SECONDS + 0.05)
    engine.dictated.put(Delta(text))


@contextmanager
def answering(pending: Message) -> Iterator[DictatedEngine]:
    """Answer in a thread of its own, as a worker would, until the test has said all."""
    engine = DictatedEngine()
    thread = threading.Thread(target=_answer, args=(pending, engine))
    thread.start()
    try:
        assert engine.begun.wait(30)
        yield engine
    finally:
        engine.dictated.put(None)
        thread.join(30)


def _answer(pending: Message, engine: DictatedEngine) -> None:
    try:
        services.answer(pending, by=SYSTEM, engine=engine)
    except DomainError:
        pass  # the row tells what became of it
    finally:
        connection.close()
