"""Many at once: strangers who send slowly, and users who follow too much, leave room for everybody else."""

import contextlib
import select
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests
from django.test import RequestFactory

from conversations import services
from conversations.models import Message
from lexai import crowds, incoming
from lexai.api import streams
from lexai.wsgi import Answer, application
from tests import factories
from tests.conversations.following import opened, token
from tests.lexai.embedded.observing import eventually

SLOW_LINES = 300
DRIPS = 6
WITHIN_SECONDS = 2
QUESTION = "What is the monthly rent?"
SLOW_SIGN_IN = (
    f"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrf={'a' * 32}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na="
).encode()
ELSEWHERE = {"X-Forwarded-For": "198.51.100.9"}


@pytest.fixture
def behind_a_proxy(monkeypatch):
    monkeypatch.setenv("PROXY_COUNT", "1")


@pytest.fixture
def followed(transactional_db):
    """Return the cast, and an answer that nobody gives."""
    cast = factories.cast()
    return cast, services.begin_answer(Message(client=cast.open, content=QUESTION), by=cast.ana)


@contextlib.contextmanager
def lines_to(web, number, sent):
    address = urlsplit(web)
    with contextlib.ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection((address.hostname, address.port)))
            for _ in range(number)
        ]
        for line in lines:
            line.sendall(sent)
        yield lines


def drip(lines):
    for line in lines:
        with contextlib.suppress(OSError):  # some were refused
            line.sendall(b"b")


def seconds_of(address, **given):
    began = time.monotonic()
    response = requests.get(address, timeout=30, **given)
    assert response.status_code == 200, response.content
    return time.monotonic() - began


def said_on(line):
    with contextlib.suppress(OSError):
        return line.recv(12) if select.select([line], [], [], 0)[0] else b""
    return b"reset"


# Strangers who send slowly


@pytest.mark.slow
def test_r29_three_hundred_slow_bodies_from_one_address_leave_others_quick(behind_a_proxy, followed, web):
    cast, _answer = followed
    header = {**token(cast.ana)[1], **ELSEWHERE}
    took = []
    with lines_to(web, SLOW_LINES, SLOW_SIGN_IN) as lines:
        for _ in range(DRIPS):
            time.sleep(1)
            drip(lines)
            took += [seconds_of(f"{web}/healthz"), seconds_of(f"{web}/api/v1/clients/", headers=header)]
        told = Counter(map(said_on, lines))

    assert max(took) < WITHIN_SECONDS
    assert told[b""] <= 2 * crowds.REQUESTS_OF_ONE_ADDRESS
    assert told[b""] + told[b"HTTP/1.1 503"] + told[b"reset"] == SLOW_LINES


@pytest.mark.slow
def test_r29_whoever_hung_up_is_counted_no_more(followed, web):
    with lines_to(web, SLOW_LINES, SLOW_SIGN_IN) as lines:
        time.sleep(1)
        drip(lines)

    # each process counts for itself; the lines would be waited for far longer
    assert eventually(
        lambda: all(requests.get(f"{web}/sign-in/", timeout=5).ok for _ in range(20)), seconds=10
    )


def test_a_crowded_address_is_refused_and_another_is_not(db, client, caplog):
    held = [crowds.requests.enter("127.0.0.1") for _ in range(crowds.REQUESTS_OF_ONE_ADDRESS)]
    page, problem = client.get("/sign-in/"), client.get("/api/v1/clients/")

    assert None not in held
    assert (page.status_code, page["Retry-After"], page["X-Frame-Options"]) == (503, "5", "DENY")
    assert (problem.status_code, problem["Retry-After"]) == (503, "5")
    assert (problem["Content-Type"], problem.json()["type"]) == (
        "application/problem+json",
        "urn:lexai:problem:crowded",
    )
    assert client.get("/sign-in/", REMOTE_ADDR="198.51.100.9").status_code == 200
    assert client.get("/healthz").status_code == 200
    assert caplog.records == []  # strangers do not write the log
    held[0].leave()
    assert client.get("/sign-in/").status_code == 200


def test_a_request_is_under_way_until_its_answer_is_closed(db):
    handler = RequestFactory().get("/sign-in/").environ
    answer = application(handler, lambda *_: None)

    assert len(crowds.requests.inside) == 1
    answer.close()
    assert len(crowds.requests.inside) == 0


@pytest.fixture
def line():
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.makefile("rb") as stream:
        yield ours, theirs, stream


@pytest.mark.slow
@pytest.mark.parametrize("reading", ["read", "readline"])
def test_a_body_that_never_comes_is_given_up(line, monkeypatch, reading):
    ours, theirs, stream = line
    monkeypatch.setattr(incoming, "GRACE_SECONDS", 0.2)
    body = incoming.WholeBody(_Body(stream), 1000, ours)
    theirs.sendall(b"a=")
    began = time.monotonic()

    assert getattr(body, reading)(2) == b"a="
    with pytest.raises(ConnectionResetError):
        getattr(body, reading)()

    assert time.monotonic() - began < 5
    assert body._stream.failed is True  # so gunicorn takes no further request from this line


@pytest.mark.slow
def test_a_body_may_take_as_long_as_its_size_allows(line, monkeypatch):
    ours, theirs, stream = line
    monkeypatch.setattr(incoming, "GRACE_SECONDS", 0)
    monkeypatch.setattr(incoming, "BYTES_A_SECOND", 10)
    body = incoming.WholeBody(_Body(stream), 40, ours)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(body.read, 40)
        for _ in range(4):
            time.sleep(0.6)
            theirs.sendall(b"0123456789")

        assert found.result() == b"0123456789" * 4


@pytest.mark.slow
def test_what_we_do_ourselves_between_two_reads_is_not_held_against_the_caller(line, monkeypatch):
    ours, theirs, stream = line
    monkeypatch.setattr(incoming, "GRACE_SECONDS", 1)
    body = incoming.WholeBody(_Body(stream), 4, ours)
    theirs.sendall(b"ab")
    assert body.read(2) == b"ab"

    time.sleep(2.5)
    theirs.sendall(b"cd")
    assert body.read(2) == b"cd"


@pytest.mark.slow
def test_a_rest_that_nobody_read_ends_its_line(line):
    ours, _theirs, stream = line
    body = incoming.WholeBody(_Body(stream), 10, ours)
    began = time.monotonic()
    body.finish()

    assert time.monotonic() - began < 3
    assert (ours.recv(1), body._stream.failed) == (b"", True)


def test_a_rest_that_is_there_leaves_its_line_usable(line):
    ours, theirs, stream = line
    body = incoming.WholeBody(_Body(stream), 4, ours)
    theirs.sendall(b"rest")
    body.finish()

    assert body._stream.failed is False


class _Body:
    """What gunicorn gives for a body."""

    failed = False

    def __init__(self, stream):
        self.read, self.readline = stream.read, stream.readline


# Users who follow too much


@pytest.mark.slow
def test_two_users_who_follow_all_they_can_leave_others_quick(behind_a_proxy, followed, web):
    cast, pending = followed
    greedy = [token(cast.ana)[1], token(cast.ben)[1]] * 85
    header = {**token(cast.cleo)[1], **ELSEWHERE}
    with contextlib.ExitStack() as stack:
        with ThreadPoolExecutor(40) as pool:
            responses = list(pool.map(lambda one: opened(web, pending.pk, headers=one), greedy))
        for response in responses:
            stack.callback(response.close)
        took = [seconds_of(f"{web}/healthz"), seconds_of(f"{web}/api/v1/clients/", headers=header)]
        told = Counter(response.status_code for response in responses)

        assert max(took) < WITHIN_SECONDS
        assert set(told) == {200, 429}
        assert told[200] <= 2 * 2 * streams.STREAMS_OF_ONE_USER
        assert {
            (one.headers["Content-Type"], one.headers["Retry-After"])
            for one in responses
            if one.status_code == 429
        } == {("application/problem+json", "5")}


def test_the_fifth_stream_of_one_user_is_refused_until_one_is_closed(followed, client):
    cast, pending = followed
    client.force_login(cast.ana)
    address = f"/api/v1/conversations/{pending.pk}/events/"
    unread = [client.get(address) for _ in range(streams.STREAMS_OF_ONE_USER)]
    refused = client.get(address)

    assert {one.status_code for one in unread} == {200}
    assert (refused.status_code, refused["Retry-After"], refused["Content-Type"]) == (
        429,
        "5",
        "application/problem+json",
    )
    assert refused.json()["type"] == "urn:lexai:problem:too-many-streams"
    assert client.head(address).status_code == 200
    client.force_login(cast.ben)
    assert client.get(address).status_code == 200  # another user is not shut out
    client.force_login(cast.ana)
    unread[0].close()
    assert client.get(address).status_code == 200


def test_all_users_together_have_a_limit_of_streams(followed, client):
    cast, pending = followed
    held = [streams._of_all.enter("everybody") for _ in range(streams.STREAMS_OF_ALL)]
    client.force_login(cast.ana)
    refused = client.get(f"/api/v1/conversations/{pending.pk}/events/")

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert refused.json()["type"] == "urn:lexai:problem:no-stream-free"
    assert len(streams._of_users.inside) == 0
    assert None not in held


def test_an_open_stream_takes_no_place_of_its_address(followed, client):
    cast, pending = followed
    client.force_login(cast.ana)
    stream = client.get(f"/api/v1/conversations/{pending.pk}/events/")

    assert stream.status_code == 200
    assert len(crowds.requests.inside) == 0


# What strangers can write into the log, and how long an address may be


@pytest.mark.slow
def test_the_log_quotes_no_request(capfd, followed, request):
    web = request.getfixturevalue("web")  # started now: its own log is captured for the test only
    with lines_to(web, 1, b"GET /api/v1/search/?q=secret words HTTP/1.1\r\n\r\n") as [line]:
        assert line.recv(12) == b"HTTP/1.1 400"
    assert requests.get(f"{web}/sign-in/?q=secret{'x' * 9000}", timeout=5).status_code == 414
    heads = [
        requests.head(f"{web}{path}", timeout=5)
        for path in ("/api/v1/clients/", "/sign-in/", "/api/v1/schema/")
    ]

    assert [(one.status_code, one.content, "Content-Length" in one.headers) for one in heads] == [
        (401, b"", True),
        (200, b"", True),
        (200, b"", True),
    ]
    assert capfd.readouterr().err == ""


@pytest.mark.slow
def test_the_longest_words_to_search_for_fit_into_an_address(followed, web):
    cast, _answer = followed

    answer = requests.get(
        f"{web}/api/v1/search/", params={"q": "\u00fc" * 1000}, headers=token(cast.ana)[1], timeout=10
    )
    assert answer.status_code == 200


def test_an_answer_to_head_sends_nothing_and_is_closed():
    closed = []

    class Sent(list):
        def close(self):
            closed.append(True)

    answer = Answer(Sent([b"body"]), None, "HEAD")

    assert list(answer) == []
    answer.close()
    assert closed == [True]


@pytest.mark.slow
def test_a_slow_body_is_refused_after_its_time_and_nothing_is_kept(followed, web):
    """The same as above with the product's own patience of half a minute."""
    with lines_to(web, 3, SLOW_SIGN_IN) as lines:
        began = time.monotonic()
        while not said_on_all(lines) and time.monotonic() - began < 40:
            drip(lines)
            time.sleep(2)
        took = time.monotonic() - began
        told = [line.recv(12) for line in lines]

    assert incoming.GRACE_SECONDS <= took < incoming.GRACE_SECONDS + 5
    assert told == [b"HTTP/1.1 403"] * 3


def said_on_all(lines):
    return len(select.select(lines, [], [], 0)[0]) == len(lines)


@pytest.mark.slow
def test_the_next_request_on_the_same_line_is_served(followed, web):
    cast, _answer = followed
    with requests.Session() as session:
        refused = session.post(f"{web}/api/v1/clients/", json={"name": "x" * 1000}, timeout=5)
        assert refused.status_code in {401, 403}
        answer = session.post(
            f"{web}/api/v1/clients/", json={"name": "Ruth"}, headers=token(cast.ana)[1], timeout=5
        )
    assert answer.status_code == 201
