"""Errors as people meet them: in the look, in plain words, without the database, saying what to do next."""

import re
from functools import partial

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.test import RequestFactory

from lexai.crowds import Crowded
from lexai.errors import StaleVersion, WrongState
from lexai.limits import TooManyRequests
from lexai.web import answers

PATH = "/clients/"


def request(**environment):
    return RequestFactory().get(PATH, **environment)


def failing(error):
    """Return what is answered while an exception is being handled, as Django calls the last resort."""
    try:
        raise error
    except type(error):
        return answers.failed(request())


PAGES = {
    400: lambda: answers.bad_request(request(), ValueError()),
    403: lambda: answers.forbidden(request(), ValueError()),
    404: lambda: answers.not_found(request(), ValueError()),
    405: lambda: answers.error_response(request(), 405),
    409: lambda: answers.refusal_response(request(), WrongState()),
    412: lambda: answers.refusal_response(request(), StaleVersion()),
    413: lambda: answers.bad_request(request(), RequestDataTooBig()),
    429: lambda: answers.refusal_response(request(), TooManyRequests(90)),
    500: lambda: failing(ValueError()),
    503: lambda: failing(OperationalError()),
}


@pytest.mark.parametrize("status", PAGES)
def test_an_error_page_needs_no_database_and_says_what_to_do_next(status):
    """No database fixture: the test fails if the page asks for anything."""
    answer = PAGES[status]()

    page = answer.content.decode()
    title, advice = answers.PAGES[status]
    assert answer.status_code == status
    assert re.findall(r"<h1>(.*?)</h1>", page) == [title]
    assert f"<p>{advice}</p>" in page
    assert re.findall(r'<a class="button[^"]*" href="([^"]*)"', page) == ["/", "/sign-in/"]
    assert [
        word for word in ("<style", " style=", "<script", "Traceback", "ValueError") if word in page
    ] == []


@pytest.mark.parametrize("status", PAGES)
def test_whoever_is_signed_in_is_not_sent_to_the_sign_in(status, monkeypatch):
    cookie = f"{settings.SESSION_COOKIE_NAME}=one"
    monkeypatch.setitem(globals(), "request", partial(request, HTTP_COOKIE=cookie))

    page = PAGES[status]().content.decode()

    assert re.findall(r'<a class="button[^"]*" href="([^"]*)"', page) == ["/"]


def test_whoever_must_wait_is_told_how_long():
    late = PAGES[429]()
    crowded = answers.refusal_response(request(), Crowded())

    assert (late["Retry-After"], "Try again in 2 minutes." in late.content.decode()) == ("90", True)
    assert crowded["Retry-After"] == "5"


def test_only_a_fault_says_when_it_happened():
    shown = {status: "It happened on" in page().content.decode() for status, page in PAGES.items()}

    assert [status for status, is_shown in shown.items() if is_shown] == [500]


def test_what_is_missing_and_what_is_hidden_look_alike(cast, client):
    client.force_login(cast.emil)

    absent, hidden = (client.get(f"/firm/users/{pk}/") for pk in (10**9, cast.ana.pk))

    assert (absent.status_code, absent.content) == (404, hidden.content)
