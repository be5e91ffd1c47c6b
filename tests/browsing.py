"""Browsers: one that signs in through the doors, with CSRF demanded as in production, and one let in at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import orjson
from django.contrib.admin.utils import quote
from django.contrib.messages import get_messages
from django.db import connections
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.services import renew_password
from lexai.system import SYSTEM

ADDRESS = "198.51.100.7"
LOGIN = "/api/v1/auth/login/"
ME = "/api/v1/auth/me/"


class Browser(Client):
    """Django's test client that fetches a CSRF token before it sends, as a page would."""

    def __init__(self, address: str = ADDRESS, **extra: Any) -> None:
        super().__init__(enforce_csrf_checks=True, REMOTE_ADDR=address, **extra)

    def csrf(self) -> str:
        return self.get("/api/v1/auth/csrf/").json()["csrf_token"]

    def send(self, path: str, body: Any = None, method: str = "POST", **headers: str) -> Any:
        """Send JSON with the CSRF token."""
        headers = {"X-CSRFToken": self.csrf(), **headers}
        return self.generic(method, path, _json(body), "application/json", headers=headers)

    def submit(self, path: str, **fields: str) -> Any:
        """Send a form with the CSRF token."""
        return self.post(path, {**fields, "csrfmiddlewaretoken": self.csrf()})

    def sign_in(self, email: str, password: str) -> Any:
        return self.send(LOGIN, {"email": email, "password": password})

    def is_in(self) -> bool:
        return self.get(ME).status_code == 200


def _json(body: Any) -> str:
    return "" if body is None else orjson.dumps(body).decode()


def password_of(user: Any) -> str:
    """Give somebody a password that the test knows."""
    return renew_password(user, by=SYSTEM)


def signed_in(user: Any, address: str = ADDRESS) -> Browser:
    browser = Browser(address)
    assert browser.sign_in(user.email, password_of(user)).status_code == 200
    return browser


def let_in(user: Any, **options: Any) -> Client:
    """Return a browser that is signed in already, and of which no CSRF token is demanded."""
    browser = Client(**options)
    browser.force_login(user)
    return browser


def office(model: type[Model], page: str = "changelist", *keys: Any) -> str:
    """Return the address of a page of the back office; ids stand quoted in it, as its own links write them."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=[quote(key) for key in keys])


def messages_told(answer: Any) -> list[str]:
    """Return the messages that the next page will show."""
    return [str(message) for message in get_messages(answer.wsgi_request)._queued_messages]


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do several deeds at once, each in a thread and a connection of its own; return what each returned."""

    def done(deed: Callable[[], Any]) -> Any:
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(done, deeds))


def together(times: int, deed: Callable[[int], Any]) -> list[Any]:
    """Do one deed many times at once, given its number; return what each returned."""
    return at_once(*(partial(deed, number) for number in range(times)))
