"""Errors of the API, and what they leave in the log."""

import io
import logging
import subprocess
import sys

import pytest

from lexai.audit.models import AuditEvent
from lexai.logs import PrivateFormatter
from tests.callers import PROBLEM, faults, signed_in
from tests.callers import ana as ana
from tests.callers import unlimited as unlimited
from tests.conftest import CHECKOUT, environment
from tests.lexai.urls_that_fail import MARKER

CLIENTS = "/api/v1/clients/"


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/nothing/", "/api/v1/clients", "/api/v2/clients/", "/api/%00"]
)
def test_an_address_that_is_not_there_is_a_problem_document(client, path):
    answer = client.get(path)

    faults(answer, 400 if "%00" in path else 404)


def test_an_address_outside_the_api_that_is_not_there_is_a_page(client):
    answer = client.get("/nothing/")

    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("call", "status", "fields"),
    [
        (lambda ana: ana.put(CLIENTS, {}), 405, []),
        (lambda ana: ana.generic("BREW", CLIENTS), 405, []),
        (lambda ana: ana.get(CLIENTS, headers={"Accept": "text/html"}), 406, []),
        (lambda ana: ana.post(CLIENTS, b"x" * 1_048_577, content_type="application/json"), 413, ["body"]),
        (lambda ana: ana.post(CLIENTS, b"<a/>", content_type="application/xml"), 415, []),
        (lambda ana: ana.get(CLIENTS, headers={"Host": "evil.example"}), 400, ["Host"]),
    ],
    ids=["405", "405-brew", "406", "413", "415", "400-host"],
)
def test_each_error_is_a_problem_document(ana, call, status, fields):
    assert list(faults(call(ana), status)) == fields


@pytest.mark.parametrize("path", ["", "?ordering=name", "{}/members/", "{}/documents/", "{}/conversations/"])
def test_a_page_that_a_list_does_not_have_is_absent_and_no_refusal(cast, ana, path):
    path = CLIENTS + path.format(cast.open.pk)
    before = AuditEvent.objects.count()

    assert faults(ana.get(f"{path}{'&' if '?' in path else '?'}page=9"), 404) == {}

    assert AuditEvent.objects.count() == before


def test_a_wrong_method_says_which_are_right(ana):
    assert ana.put(CLIENTS, {})["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.urls("tests.lexai.urls_that_fail")
@pytest.mark.parametrize("path", ["/api/v1/broken/", "/api/v1/twice/", "/api/v1/plain/", "/plain/"])
def test_what_breaks_is_told_without_a_word_of_what_it_was(cast, path):
    caller = signed_in(cast.ana, raise_request_exception=False)
    answer = caller.get(path)

    assert answer.status_code == 500
    assert (answer["Content-Type"] == PROBLEM) == path.startswith("/api/")
    for word in (MARKER, "RuntimeError", "IntegrityError", "Traceback", "urls_that_fail"):
        assert word not in answer.content.decode()


@pytest.mark.urls("tests.lexai.urls_that_fail")
@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/api/v1/broken/", "builtins.RuntimeError"),
        ("/api/v1/twice/", "django.db.utils.IntegrityError"),
        ("/api/v1/plain/", "django.db.utils.DataError"),
    ],
)
def test_the_log_says_where_it_broke_and_not_on_what(cast, path, error):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(PrivateFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger("django.request").addHandler(handler)
    try:
        signed_in(cast.ana, raise_request_exception=False).get(path)
    finally:
        logging.getLogger("django.request").removeHandler(handler)

    log = written.getvalue()
    assert log.splitlines()[0] == f"ERROR django.request: Internal Server Error: {path}"
    assert log.splitlines()[-1].startswith(error)
    assert "urls_that_fail.py" in log
    assert MARKER not in log


DATABASE_AWAY = """
import django
django.setup()
from django.test import Client
for path, headers in [
    ("/api/v1/clients/", {"Authorization": "Bearer lexai_unknown"}),
    ("/api/v1/clients/", {"Cookie": "session=" + "a" * 32}),
    ("/admin/", {"Cookie": "session=" + "a" * 32}),
]:
    answer = Client(raise_request_exception=False, headers={"Host": "localhost", **headers}).get(path)
    print(answer.status_code, answer.get("Retry-After"), answer["Content-Type"])
"""


@pytest.mark.slow
@pytest.mark.django_db
def test_while_the_database_is_away_the_answer_is_503_and_says_when_to_come_back():
    away = {
        **environment(),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1",
        "DJANGO_SETTINGS_MODULE": "lexai.settings",
        "DATABASE_WAIT_SECONDS": "1",
    }
    told = subprocess.run(
        [sys.executable, "-c", DATABASE_AWAY],
        cwd=CHECKOUT,
        env=away,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )

    assert told.stdout.splitlines() == [
        f"503 30 {PROBLEM}",
        f"503 30 {PROBLEM}",
        "503 30 text/html; charset=utf-8",
    ]
    assert "lexai_unknown" not in told.stderr
