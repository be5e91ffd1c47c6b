"""Children of the sandbox that are real, and whose reader, or all of which, is a script of the test."""

import sys
from collections.abc import Callable, Iterator

import pytest

from documents.extraction.sandbox import pool, process

Play = Callable[[str], None]

# All of the real child but its choice of a reader.
_AS_READER = """
import os, runpy, sys, time
from pathlib import Path
from documents.extraction import kinds
from documents.extraction.extracted import Extracted, Page, flowing
from documents.extraction.sandbox import scratch

def said(text):
    return flowing(str(text), media_type="text/plain", warnings=[])

def paged(job, count, visit=lambda number: None):
    last = min(job.last_page or count, count)
    pages, start = [], 0
    numbers = range(job.first_page, last + 1)
    for number in numbers:
        visit(number)
        job.progress(number, count)
        end = start + len(str(number)) + (number < last)
        pages.append(Page(number, start, end, 100, 200))
        start = end
    return Extracted("\\n".join(map(str, numbers)), pages, "application/pdf", [], page_count=count)

{code}

kinds.reader = lambda content: read
runpy.run_module("documents.extraction.sandbox", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def play(monkeypatch) -> Iterator[Play]:
    """Let a script take the place of the child."""

    def script(code: str) -> None:
        pool.end_idle()
        monkeypatch.setattr(process, "COMMAND", [sys.executable, "-s", "-c", code])

    yield script
    pool.end_idle()


@pytest.fixture
def play_reader(play) -> Play:
    """Let a function `read(content, job)` take the place of all readers in a child that is real otherwise."""
    return lambda code: play(_AS_READER.replace("{code}", code))
