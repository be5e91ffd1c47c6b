"""S38: what every answer tells browsers, on each route, error page and file; and what no answer tells anybody."""

import re
import signal
import socket
from contextlib import contextmanager

import pytest
import requests
from django.conf import settings as current
from django.test import Client as Browser

from documents.models import Document
from lexai import processes
from lexai.operations import health, supervisor
from tests.access import routes
from tests.access.matrix import ROWS
from tests.access.world import build
from tests.conftest import CHECKOUT, _await, environment

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), payment=(), usb=()",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload"}
POLICY = {
    "default-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}
POLICIES = {
    "api/v1/docs/": POLICY | {"img-src 'self' data:"},
    "api/v1/documents/<int:pk>/file/": {"sandbox"},
}
FILES = [
    "admin/css/base.css",
    "admin/js/theme.js",
    "lexai/lexai.css",
    "lexai/api.js",
    "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js",
]
METHODS = ["GET", "HEAD", "OPTIONS", "TRACE", "POST"]
TELLTALES = re.compile(r"gunicorn/|django/|python|whitenoise|celery|postgres|werkzeug", re.IGNORECASE)


def addresses(ids):
    """Return each route with an address of it, of rows that are there wherever the matrix knows of some."""
    rows = {row.pattern: row for row in ROWS}
    for pattern in routes.resolved():
        row = rows.get(pattern)
        filled = row.path(ids) if row else "/" + re.sub(r"<[^>]*>|\(\?P.*\)\$", "1", pattern)
        yield pattern, filled


def policy_for(pattern, method, status):
    """Return the policy of an answer: that of its page, or the common one of everything that is no page."""
    return POLICIES.get(pattern, POLICY) if (method, status) in {("GET", 200), ("HEAD", 200)} else POLICY


def policy_of(headers):
    return {part.strip() for part in headers["Content-Security-Policy"].split(";")}


def faults(headers, *, policy=POLICY, is_secure=False, is_file=False):
    """Return what is wrong with the headers of an answer; nothing when they are as they should be."""
    expected = ALWAYS | (HSTS if is_secure else {})
    wrong = {name: headers.get(name) for name, value in expected.items() if headers.get(name) != value}
    if policy_of(headers) != policy:
        wrong["Content-Security-Policy"] = headers["Content-Security-Policy"]
    cached = headers.get("Cache-Control", "")
    if cached != "max-age=60, public" if is_file else "no-store" not in cached:
        wrong["Cache-Control"] = cached
    if not is_secure and "Strict-Transport-Security" in headers:
        wrong["Strict-Transport-Security"] = headers["Strict-Transport-Security"]
    if "X-Powered-By" in headers or TELLTALES.search(headers.get("Server", "")):
        wrong["Server"] = headers.get("Server")
    return wrong


@pytest.fixture
def tls(settings):
    """Give the test the settings that LEXAI_TLS=1 makes; the test on the real server proves that it makes them."""
    settings.LEXAI_TLS = True
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


@pytest.mark.slow
@pytest.mark.parametrize("is_secure", [False, True])
def test_s38_every_route_carries_every_header(world, request, monkeypatch, is_secure):
    monkeypatch.setattr(health, "PING_LIMIT_SECONDS", 0.01)
    if is_secure:
        request.getfixturevalue("tls")
    stranger, dora = (Browser(enforce_csrf_checks=True, raise_request_exception=False) for _ in range(2))
    dora.force_login(world.cast.dora)

    wrong, statuses = [], set()
    for pattern, address in addresses(world.ids["own"]):
        for browser in (stranger, dora):
            for method in METHODS:
                answer = browser.generic(method, address, secure=is_secure)
                told = faults(
                    answer.headers,
                    policy=policy_for(pattern, method, answer.status_code),
                    is_secure=is_secure,
                )
                statuses.add(answer.status_code)
                wrong += [(method, pattern, answer.status_code, told)] if told else []
                answer.close()

    assert wrong == []
    assert {200, 302, 401, 403, 404, 405} <= statuses
    assert max(statuses - {503}) < 500


def test_s38_a_method_that_no_door_knows_is_refused(world):
    dora = Browser()
    dora.force_login(world.cast.dora)

    answers = {
        dora.generic(method, address).status_code
        for _pattern, address in addresses(world.ids["own"])
        for method in ("TRACE", "CONNECT", "PROPFIND")
    }

    assert answers == {405}


@pytest.mark.django_db
@pytest.mark.parametrize("is_secure", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_s38_files_carry_every_header(name, is_secure, request):
    if is_secure:
        request.getfixturevalue("tls")
    answer = Browser().get(f"/static/{name}", secure=is_secure)

    assert (answer.status_code, faults(answer.headers, is_secure=is_secure, is_file=True)) == (200, {})
    answer.close()


def broken(browser, monkeypatch):
    monkeypatch.setattr(health, "CHECKS", None)
    return browser.get("/readyz", secure=True)


def too_large(browser, _monkeypatch):
    browser.handler.enforce_csrf_checks = False
    body = "x" * (current.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    return browser.post("/sign-in/", body, "application/x-www-form-urlencoded", secure=True)


ERRORS = {
    "unknown host": (400, lambda browser, _: browser.get("/", headers={"Host": "evil.example"}, secure=True)),
    "unknown host, not yet secure": (
        400,
        lambda browser, _: browser.get("/", headers={"Host": "evil.example"}),
    ),
    "no text": (400, lambda browser, _: browser.get("/sign-in/?next=%00", secure=True)),
    "no token": (403, lambda browser, _: browser.post("/sign-in/", secure=True)),
    "absent": (404, lambda browser, _: browser.get("/nowhere/", secure=True)),
    "absent for a program": (404, lambda browser, _: browser.get("/api/v1/nowhere/", secure=True)),
    "absent file": (404, lambda browser, _: browser.get("/static/nowhere.css", secure=True)),
    "wrong method": (405, lambda browser, _: browser.put("/healthz", secure=True)),
    "wrong method of a file": (405, lambda browser, _: browser.post("/static/lexai/lexai.css", secure=True)),
    "wrong code": (
        415,
        lambda browser, _: browser.post("/sign-in/", "x", "text/plain; charset=utf-7", secure=True),
    ),
    "too large": (413, too_large),
    "fault": (500, broken),
    "redirect to TLS": (301, lambda browser, _: browser.get("/sign-in/")),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ERRORS)
def test_s38_every_error_page_and_redirect_carries_every_header(kind, tls, monkeypatch):
    status, ask = ERRORS[kind]
    browser = Browser(enforce_csrf_checks=True, raise_request_exception=False)
    answer = ask(browser, monkeypatch)
    is_secure = kind not in {"unknown host, not yet secure", "redirect to TLS"}

    assert answer.status_code == status
    assert faults(answer.headers, is_secure=is_secure) == {}
    answer.close()


TLS = {
    "LEXAI_TLS": "1",
    "ALLOWED_HOSTS": "lexai.example",
    "PUBLIC_URL": "https://lexai.example",
    "API_REQUESTS_A_MINUTE": "100000",
}


@contextmanager
def served():
    """Serve LexAI as behind its proxy; yield a function that asks as the proxy would."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = supervisor.web("127.0.0.1", port).command
    process = processes.spawn(command, cwd=CHECKOUT, env={**environment(), **TLS})
    session = requests.Session()
    session.headers.update(
        {"Host": "lexai.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    )

    def ask(method, path, **options):
        return session.request(
            method, f"http://127.0.0.1:{port}{path}", allow_redirects=False, timeout=30, **options
        )

    def is_there():
        try:
            return ask("GET", "/healthz").ok
        except OSError:
            return False

    try:
        _await(process, is_there)
        yield ask
    finally:
        processes.stop(process, signal.SIGTERM, 10)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_s38_the_real_server_says_the_same_with_tls_on(client):
    world = build()
    Document.objects.update(status=Document.Status.READY)  # else whoever follows them waits for a worker
    client.force_login(world.cast.dora)
    cookie = {"Cookie": f"__Host-session={client.cookies[current.SESSION_COOKIE_NAME].value}"}

    wrong, cookies, statuses = [], [], set()
    with served() as ask:
        for pattern, address in addresses(world.ids["own"]):
            for method, headers in (("GET", cookie), ("HEAD", {}), ("POST", cookie)):
                answer = ask(method, address, headers=headers)
                policy = policy_for(pattern, method, answer.status_code)
                told = faults(answer.headers, policy=policy, is_secure=True)
                wrong += [(method, pattern, answer.status_code, told)] if told else []
                cookies += re.split(r", (?=\w+=)", answer.headers.get("Set-Cookie", ""))
                statuses.add(answer.status_code)
        wrong += [
            (name, told)
            for name in FILES
            if (told := faults(ask("GET", f"/static/{name}").headers, is_secure=True, is_file=True))
        ]
        unknown = ask("GET", "/", headers={"Host": "evil.example"})
        plain = ask("GET", "/sign-in/?next=/admin/", headers={"X-Forwarded-Proto": "http"})
        slashes = ask("GET", "//evil.example/sign-in/", headers={"X-Forwarded-Proto": "http"})
        inside = ask("GET", "/healthz", headers={"X-Forwarded-Proto": "http"})

    assert wrong == []
    assert {200, 302, 401, 403, 404} <= statuses
    assert max(statuses - {503}) < 500
    assert (unknown.status_code, faults(unknown.headers, is_secure=True)) == (400, {})
    assert (plain.status_code, plain.headers["Location"]) == (
        301,
        "https://lexai.example/sign-in/?next=/admin/",
    )
    assert slashes.headers["Location"].startswith("https://lexai.example/")
    assert inside.status_code == 200
    assert_guarded([cookie for cookie in cookies if cookie])


def assert_guarded(cookies):
    """Demand of every cookie that only this host gets it, over TLS, and no script of ours reads it."""
    assert cookies
    for cookie in cookies:
        name, _, rest = cookie.partition("=")
        attributes = {part.strip().lower() for part in rest.split(";")[1:]}
        assert name.startswith("__Host-"), cookie
        assert {"secure", "path=/", "httponly", "samesite=lax"} <= attributes, cookie
        assert not [one for one in attributes if one.startswith("domain")], cookie
