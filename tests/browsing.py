"""A browser that signs in through the doors, with CSRF demanded as in production."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from django.db import connections
from django.test import Client

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


def together(times: int, deed: Any) -> list[Any]:
    """Do a deed many times at once, each in a thread and a connection of its own; return what each returned."""

    def one(number: int) -> Any:
        try:
            return deed(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))
