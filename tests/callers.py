"""Whoever calls the API in tests: a browser with a session, or a program with a token."""

import io
from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from accounts import services
from accounts.models import ApiToken, User

PROBLEM = "application/problem+json"
UNLIMITED = "100000/m"


def signed_in(user: User, **options: Any) -> APIClient:
    """Return a browser in which the user has signed in."""
    browser = APIClient(**options)
    browser.force_login(user)
    return browser


def program(user: User, scope: str = "full", **options: Any) -> APIClient:
    """Return a program that holds a token of the user."""
    token = ApiToken(name="a program", scope=scope, expires_at=timezone.now() + timedelta(days=1))
    _token, secret = services.create_token(token, by=user)
    caller = APIClient(**options)
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return caller


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
