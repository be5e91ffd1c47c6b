"""Sessions of browsers: every door that signs somebody in opens them here."""

import time

from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest

from accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin(request: HttpRequest, user: User) -> None:
    """Open a new session; whatever the browser brought along is forgotten."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session["started_at"] = request.session["seen_at"] = time.time()


def renew(request: HttpRequest, user: User) -> None:
    """Keep this session, under a new key, when the password was changed in it; all others are dead."""
    update_session_auth_hash(request, user)


def end(request: HttpRequest) -> None:
    logout(request)
