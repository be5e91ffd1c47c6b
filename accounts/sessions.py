"""Sessions of browsers: every door that signs somebody in opens them here, and here they end by the clock."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login, logout, update_session_auth_hash
from django.contrib.sessions.backends import db
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.models import Session, User
from lexai.characters import storable

BACKEND = "django.contrib.auth.backends.ModelBackend"
STARTED_AT, SEEN_AT = "started_at", "seen_at"  # where a session keeps its clock, in seconds since 1970
ADDRESS, USER_AGENT = "address", "user_agent"  # where from it was used last, and with what
SEEN_SECONDS = 60  # a session's last use is noted this often at most
REFERENCE_LENGTH, USER_AGENT_LENGTH = 32, 200


class SessionStore(db.SessionStore):
    """Django's sessions in the database, in rows that know whose they are: they can be found by their user."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.reference = _reference(row.session_key)
        row.started_at, row.seen_at = _moment(data.get(STARTED_AT)), _moment(data.get(SEEN_AT))
        row.address, row.user_agent = data.get(ADDRESS, ""), data.get(USER_AGENT, "")
        return row  # type: ignore[no-any-return]  # the stubs know of Django's own model


def begin(request: HttpRequest, user: User) -> None:
    """Open a new session; whatever the browser brought along is forgotten."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[STARTED_AT] = now = time.time()
    _note_use(request, now)


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
                _note_use(request, now)
        return self.get_response(request)


def _note_use(request: HttpRequest, now: float) -> None:
    """Note when, where from and with what the session is used; its row is written with the answer."""
    session = request.session
    session[SEEN_AT], session[ADDRESS] = now, request.META["REMOTE_ADDR"]
    session[USER_AGENT] = storable(request.headers.get("User-Agent", ""))[:USER_AGENT_LENGTH]


def _reference(session_key: str) -> str:
    return salted_hmac("accounts.sessions", session_key, algorithm="sha256").hexdigest()[:REFERENCE_LENGTH]


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
