"""Whoever calls the API in tests: a browser with a session, or a program with a token."""

import io
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import services
from accounts.models import User
from tests import factories

PROBLEM = "application/problem+json"
UNLIMITED = "100000/m"


def signed_in(user: User, **options: Any) -> APIClient:
    """Return a browser in which the user has signed in."""
    browser = APIClient(**options)
    browser.force_login(user)
    return browser


def bearer(secret: str) -> dict[str, str]:
    """Return the header that shows a token."""
    return {"Authorization": f"Bearer {secret}"}


def key_of(user: User, **fields: Any) -> dict[str, str]:
    """Return the header of a new token of the user."""
    _token, secret = services.create_token(factories.token(**fields), by=user)
    return bearer(secret)


def program(user: User, scope: str = "full", **options: Any) -> APIClient:
    """Return a program that holds a token of the user."""
    return APIClient(headers=key_of(user, scope=scope), **options)


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    """Let callers ask as often as a test needs; a test file that imports this has it."""
    settings.API_RATE = UNLIMITED


@pytest.fixture
def ana(cast: factories.Cast) -> APIClient:
    return program(cast.ana)


def file(content: bytes | str, name: str = "note.txt") -> io.BytesIO:
    """Return a file as a form sends it."""
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    stream.name = name
    return stream


def faults(answer: Any, status: int = 400) -> dict[str, str]:
    """Return what a problem document says of each field, after a look at its form."""
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    problem = answer.json()
    assert (problem["status"], bool(problem["title"]), bool(problem["detail"])) == (status, True, True)
    return {one["field"]: one["detail"] for one in problem.get("errors", [])}
