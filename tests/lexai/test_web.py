"""What every page shares: the caller's address, the ends of a session, and errors as pages and as problems."""

import logging
import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts import sessions
from lexai.logs import RouteFilter
from lexai.operations import health
from lexai.web import addresses, answers, refusals

PROXY, CALLER = "10.0.0.1", "203.0.113.7"


def seen_address(**headers):
    """Return the address that views see of a request with these headers."""
    request = RequestFactory().get("/", **headers)
    addresses.ClientAddressMiddleware(lambda _request: HttpResponse())(request)
    return request.META["REMOTE_ADDR"]


def test_without_a_proxy_nobody_names_an_address_but_the_line(settings):
    settings.PROXY_COUNT = 0

    assert seen_address(REMOTE_ADDR=CALLER, HTTP_X_FORWARDED_FOR="198.51.100.1") == CALLER


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (1, CALLER, CALLER),
        (1, f"198.51.100.1, {CALLER}", CALLER),
        (1, f"198.51.100.1,198.51.100.2,{CALLER}", CALLER),
        (2, f"{CALLER}, 10.0.0.2", CALLER),
        (2, f"198.51.100.1, {CALLER}, 10.0.0.2", CALLER),
        (2, f"::1, 127.0.0.1 , {CALLER} ,10.0.0.2", CALLER),
        (2, CALLER, PROXY),  # one of the two has not spoken
        (3, f"{CALLER}, 10.0.0.2", PROXY),
        (1, "", PROXY),
        (1, " , ,", PROXY),
        (1, f", {CALLER},", CALLER),
    ],
)
def test_behind_proxies_the_address_is_counted_from_the_right(settings, proxies, forwarded, seen):
    settings.PROXY_COUNT = proxies

    assert seen_address(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=forwarded) == seen


def test_behind_a_proxy_that_says_nothing_the_address_is_the_proxys(settings):
    settings.PROXY_COUNT = 1

    assert seen_address(REMOTE_ADDR=PROXY) == PROXY


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:DB8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
        ("::ffff:203.0.113.7", CALLER),
        (CALLER, CALLER),
        ("", addresses.NO_ADDRESS),
        ("unknown", addresses.NO_ADDRESS),
        ("203.0.113.7:4711", addresses.NO_ADDRESS),
        ("0x7f.1", addresses.NO_ADDRESS),
        ("203.0.113.007", addresses.NO_ADDRESS),
        ("' OR 1=1", addresses.NO_ADDRESS),
        ("\u0661.2.3.4", addresses.NO_ADDRESS),
    ],
)
def test_an_address_is_counted_in_one_spelling_and_ipv6_by_its_network(address, counted):
    assert seen_address(REMOTE_ADDR=address) == counted


@pytest.fixture
def clock(monkeypatch):
    """Give a test a clock that it can put forward."""
    now = [time.time()]
    monkeypatch.setattr(sessions.time, "time", lambda: now[0])
    return now


def is_inside(browser):
    return browser.get("/admin/").status_code == 200


def test_a_session_that_is_used_lasts_until_it_is_too_old(cast, client, clock, settings):
    settings.SESSION_IDLE_MINUTES, settings.SESSION_COOKIE_AGE = 60, 3 * 3600
    client.force_login(cast.dora)

    inside = []
    for _ in range(8):
        inside.append(is_inside(client))
        clock[0] += 30 * 60

    assert inside == [True] * 7 + [False]
    assert not client.session.items()


@pytest.mark.parametrize(("idle_seconds", "lasts"), [(3600 - 1, True), (3600 + 1, False)])
def test_a_session_that_nobody_uses_ends(cast, client, clock, idle_seconds, lasts):
    client.force_login(cast.dora)
    assert is_inside(client)

    clock[0] += idle_seconds

    assert is_inside(client) is lasts


def test_using_a_session_is_not_written_down_at_every_request(cast, client, clock):
    client.force_login(cast.dora)
    assert is_inside(client)

    with CaptureQueriesContext(connection) as queries:
        clock[0] += sessions.SEEN_SECONDS - 1
        assert is_inside(client)
    assert not [query for query in queries if "sessions" in query["sql"] and "UPDATE" in query["sql"]]


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/healthz", "/api/v1/clients/", "/nowhere/"])
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "local host", "a" * 300, "[::1", ""]
)
def test_s14_an_unknown_host_is_a_bad_request_wherever_it_is_named(db, client, path, host):
    answer = client.get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert host not in answer.content.decode() or host == ""


@pytest.mark.parametrize("tls", [False, True])
def test_s14_a_forwarded_host_is_ignored(db, settings, tls):
    settings.SECURE_SSL_REDIRECT = tls
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Host": "evil.example"}
    answer = Browser().get("/account/", headers=forged)

    assert answer.status_code in {301, 302}
    assert "evil" not in answer["Location"] + answer.content.decode() + str(answer.headers)


def both_answers(status, request_of):
    """Return a page and a problem document of the same status."""
    browser = Browser(raise_request_exception=False)
    page, problem = (request_of(browser, path) for path in ("/healthz", "/api/v1/schema/"))
    assert (page.status_code, problem.status_code) == (status, status)
    return page, problem


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "request_of"),
    [
        (400, lambda browser, path: browser.get(f"{path}?name=%00")),
        (400, lambda browser, path: browser.get(path, headers={"Host": "evil.example"})),
        (404, lambda browser, path: browser.get(f"{path}nowhere/")),
        (405, lambda browser, path: browser.generic("TRACE", path)),
        (405, lambda browser, path: browser.generic("PROPFIND", path)),
        (405, lambda browser, path: browser.delete(path)),
        (415, lambda browser, path: browser.post(path, "x", content_type="text/plain; charset=utf-7")),
    ],
)
def test_people_get_a_page_and_programs_a_problem(status, request_of):
    page, problem = both_answers(status, request_of)

    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert [word for word in ("<style", " style=", "<script") if word in page.content.decode()] == []
    assert problem["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == status
    assert ("Allow" in page, "Allow" in problem) == (status == 405, status == 405)


def test_a_fault_gets_its_page_without_asking_the_database(monkeypatch, client):
    """No database fixture: the test fails if the page asks for anything."""
    monkeypatch.setattr(health, "CHECKS", None)
    client.raise_request_exception = False
    answer = client.get("/readyz")

    assert (answer.status_code, answer["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert answers.SENTENCES[500] in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_a_fault_is_told_to_a_program_as_a_problem():
    request = RequestFactory().get("/api/v1/clients/")
    request.user = AnonymousUser()

    answer = answers.failed(request)

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


@pytest.mark.parametrize("path", ["/admin/", "/api/v1/clients/"])
def test_while_the_database_is_away_the_answer_says_when_to_come_again(path):
    answer = refusals.DomainErrorMiddleware(None).process_exception(
        RequestFactory().get(path), OperationalError()
    )

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")


@pytest.mark.django_db
def test_what_callers_do_wrong_is_not_logged_and_a_fault_names_the_route(monkeypatch, client, caplog):
    client.raise_request_exception = False
    client.get("/nowhere/?q=secret")
    client.get("/api/v1/clients/?q=secret")
    client.get("/", headers={"Host": "secret.example"})
    client.post("/admin/login/", {"password": "secret"})
    assert caplog.records == []

    monkeypatch.setattr(health, "CHECKS", None)
    client.get("/readyz?q=secret")
    record = caplog.records[0]
    RouteFilter().filter(record)
    assert [one.getMessage() for one in caplog.records] == ["Internal Server Error: /readyz"]


def test_a_logged_request_is_named_by_its_route(rf, make_record):
    request = rf.get("/reset/the-secret-of-a-link/")
    record = make_record("%s: %s", "Internal Server Error", request.path)
    record.request = request
    assert RouteFilter().filter(record) is True
    assert record.getMessage() == "Internal Server Error: (no route)"


@pytest.fixture
def make_record():
    return lambda message, *args: logging.LogRecord("django.request", 40, "", 0, message, args, None)
