"""Answers that are followed: how soon the first byte comes, and what fifty open streams cost everybody else."""

import json
import os
import signal
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User
from conversations.models import Message
from conversations.services import begin_answer
from documents.search import search_client
from lexai.system import SYSTEM
from tests.benchmarks.pages import QUESTION, Practice
from tests.benchmarks.storm import serving

STREAMS, STREAMS_OF_ONE, LOOKS, QUESTIONS = 50, 3, 40, 20
SOURCES = 50
FIRST_BYTE_GOAL_MS, CROWD_GOAL = 30, 2
WAIT_SECONDS = 60
PAGES = ["/today/", "/clients/", "/clients/{client}/ask/", "/clients/{client}/documents/"]


def measure(practice: Practice) -> None:
    """Follow answers on the real server, in the firm of the pages."""
    with serving() as root:
        address = root.removesuffix("/api/v1/")
        _measure_first_bytes(address, practice)
        _measure_crowd(address, practice)


def _measure_first_bytes(address: str, practice: Practice) -> None:
    searched = statistics.median(_search_seconds(practice, number) for number in range(QUESTIONS))
    first, spoken = zip(*(_asked(address, practice, number) for number in range(QUESTIONS)), strict=True)
    print(
        f"An answer that is followed, median of {QUESTIONS}: its retrieval takes {1000 * searched:.0f} ms; from asking,"
        f" the first byte comes after {1000 * statistics.median(first):.0f} ms, the first word after"
        f" {1000 * statistics.median(spoken):.0f} ms;\n   the goal is the retrieval and {FIRST_BYTE_GOAL_MS} ms"
    )


def _search_seconds(practice: Practice, number: int) -> float:
    began = time.perf_counter()
    search_client(practice.client, f"{QUESTION} {number}", by=SYSTEM, limit=SOURCES)
    return time.perf_counter() - began


def _asked(address: str, practice: Practice, number: int) -> tuple[float, float]:
    """Return the seconds from asking until the first byte, and until the first word of the answer.

    The line is open before, as that of a browser is; `requests` would add its own milliseconds to the product's.
    """
    with (
        _browser(address, practice.cookie) as browser,
        closing(HTTPConnection(urlsplit(address).netloc, timeout=WAIT_SECONDS)) as line,
    ):
        headers = _headers(browser)
        body = json.dumps({"content": f"{QUESTION} {number}", "stream": True})
        line.connect()
        began = time.perf_counter()
        line.request("POST", f"/api/v1/clients/{practice.client.pk}/conversations/", body, headers)
        events = json.load(line.getresponse())["events"]
        line.request("GET", events, headers=headers)
        answer = line.getresponse()
        answer.readline()
        first = time.perf_counter() - began
        next(read for read in answer if read == b"event: delta\n")
        return first, time.perf_counter() - began


def _browser(address: str, cookie: str) -> requests.Session:
    browser = requests.Session()
    name, _, value = cookie.partition("=")
    browser.cookies.set(name, value)
    browser.headers["Accept"] = "text/event-stream, application/json, text/html"
    token = browser.get(f"{address}/api/v1/auth/csrf/", timeout=WAIT_SECONDS).json()["csrf_token"]
    browser.headers.update({"X-CSRFToken": token, "Referer": address})
    return browser


def _headers(browser: requests.Session) -> dict[str, str]:
    cookies = "; ".join(f"{one.name}={one.value}" for one in browser.cookies)
    return {**browser.headers, "Cookie": cookies, "Content-Type": "application/json"}


def _measure_crowd(address: str, practice: Practice) -> None:
    pages = [page.format(client=practice.client.pk) for page in PAGES]
    with _browser(address, practice.cookie) as browser:
        idle = [_median_seconds(browser, f"{address}{page}") for page in pages]
        with _streams(address, practice):
            busy = [_median_seconds(browser, f"{address}{page}") for page in pages]
    print(
        f"Pages while {STREAMS} answers are followed, median of {LOOKS}; the goal is less than {CROWD_GOAL} times"
    )
    for page, quiet, crowded in zip(PAGES, idle, busy, strict=True):
        print(
            f"   {page:32}{1000 * quiet:7.1f} ms idle,{1000 * crowded:7.1f} ms then: {crowded / quiet:.2f} times"
        )


def _median_seconds(browser: requests.Session, address: str) -> float:
    return statistics.median(_page_seconds(browser, address) for _look in range(LOOKS))


def _page_seconds(browser: requests.Session, address: str) -> float:
    began = time.perf_counter()
    answer = browser.get(address, timeout=WAIT_SECONDS)
    assert answer.ok, (address, answer.status_code)
    return time.perf_counter() - began


@contextmanager
def _streams(address: str, practice: Practice) -> Iterator[None]:
    """Hold answers open that nobody gives: their worker stands still."""
    with _without_answers(), ExitStack() as opened:
        people = _people(practice)
        followers = [people[number // STREAMS_OF_ONE] for number in range(STREAMS)]
        pending = [
            begin_answer(Message(client=practice.client, content=QUESTION), by=one.person)
            for one in followers
        ]
        with ThreadPoolExecutor(STREAMS) as threads:
            streams = list(threads.map(lambda one, answer: _stream(address, one, answer), followers, pending))
        for stream in streams:
            opened.callback(stream.close)
            assert next(stream.iter_content(1))
        yield


def _people(practice: Practice) -> list[Practice]:
    """Make as many colleagues as it takes, each with a session."""
    known = {"firm": practice.person.firm, "password": make_password("a quiet harbour lamp 77")}
    count = -(-STREAMS // STREAMS_OF_ONE)
    made = User.objects.bulk_create(
        User(email=f"follower-{number}@pages.example", password_updated_at=timezone.now(), **known)
        for number in range(count)
    )
    return [Practice(one, practice.client, practice.paper) for one in made]


def _stream(address: str, follower: Practice, pending: Message) -> requests.Response:
    browser = _browser(address, follower.cookie)
    events = f"{address}/api/v1/conversations/{pending.pk}/events/"
    answer = browser.get(events, stream=True, timeout=WAIT_SECONDS)
    assert answer.ok, answer.text
    return answer


@contextmanager
def _without_answers() -> Iterator[None]:
    home = f"LEXAI_HOME={settings.LEXAI_HOME}".encode()
    ours = [
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if b"answers@" in _read(folder / "cmdline") and home in _read(folder / "environ")
    ]
    assert len(ours) == 1, ours
    os.kill(ours[0], signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(ours[0], signal.SIGCONT)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended meanwhile
        return b""
