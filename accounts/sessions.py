"""Sessions of browsers: every door that signs somebody in opens them here, and here they end by the clock."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse

from accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
STARTED_AT, SEEN_AT = "started_at", "seen_at"  # where a session keeps its clock, in seconds since 1970
SEEN_SECONDS = 60  # a session's last use is noted this often at most


def begin(request: HttpRequest, user: User) -> None:
    """Open a new session; whatever the browser brought along is forgotten."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[STARTED_AT] = request.session[SEEN_AT] = time.time()


def renew(request: HttpRequest, user: User) -> None:
    """Keep this session, under a new key, when the password was changed in it; all others are dead."""
    update_session_auth_hash(request, user)


def end(request: HttpRequest) -> None:
    logout(request)


class SessionLimitsMiddleware:
    """End a session that was idle for too long, or that is too old."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if SESSION_KEY in session:
            now = time.time()
            seen_at = session.get(SEEN_AT, now)
            is_idle = now - seen_at > settings.SESSION_IDLE_MINUTES * 60
            if is_idle or now - session.setdefault(STARTED_AT, now) > settings.SESSION_COOKIE_AGE:
                session.flush()
            elif now - seen_at > SEEN_SECONDS or SEEN_AT not in session:
                session[SEEN_AT] = now
        return self.get_response(request)
