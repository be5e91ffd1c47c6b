"""Guesses at passwords: what django-axes counts, and how long a lockout lasts.

Two counters stand in PostgreSQL: failures of an account from one address (axes locks the pair), and failures of
an account from everywhere within an hour, for guessers with many addresses. A browser that has signed in to
the account before is exempt from the second, so that no crowd of guessers shuts out whom it is after.
"""

from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessFailureLog
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Lockout, User, one_spelling
from lexai import limits
from lexai.errors import TooSoon

ACCOUNT_WINDOW = timedelta(hours=1)


class LockedOut(TooSoon):
    """Too many sign-ins to this account have failed. Try again later, or ask your administrator to release it."""

    def __init__(self, ends_at: datetime) -> None:
        super().__init__(max(1, round((ends_at - timezone.now()).total_seconds())))


def attempt(email: str, user: User | None, *, address: str) -> HttpRequest:
    """Return the request that axes counts: address and account, and nothing else that the caller wrote.

    Whoever has no account is counted alike, under a digest: what was typed may be a password.
    """
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    request.counted_name = user.email if user else _digest(email)  # type: ignore[attr-defined]  # axes asks for it
    return request


def counted_name(request: Any, credentials: dict[str, Any] | None) -> str:
    """Return under which name axes counts: the one set above, or the account that has just signed in."""
    given = credentials or {}
    typed = given.get(User.USERNAME_FIELD) or given.get("username") or ""
    return getattr(request, "counted_name", "") or one_spelling(str(typed))


def count_attempt(address: str) -> None:
    """Count one use of any door that takes a password or a link; raise TooManyRequests, Unavailable."""
    limits.count(HttpRequest(), "sign-in", key=address, rate=settings.SIGN_IN_RATE, fails_open=False)


def count_link(email: str) -> None:
    """Count one mail with a link that an account is to be sent; raise TooManyRequests, Unavailable."""
    limits.count(HttpRequest(), "link", key=_digest(email), rate=settings.LINK_RATE, fails_open=False)


def demand_open(attempted: HttpRequest, *, is_known_device: bool) -> None:
    """Raise LockedOut while an account has failed too often, from this address or from everywhere."""
    name = counted_name(attempted, None)
    address = attempted.META["REMOTE_ADDR"]
    locked = Lockout.objects.holding().filter(username=name, ip_address=address).first()
    if locked:
        raise LockedOut(locked.ends_at)
    oldest = _oldest_of_too_many(name)
    if oldest and not is_known_device:
        raise LockedOut(oldest + ACCOUNT_WINDOW)


def is_locked_out() -> Any:
    """Return the condition, for a query of users, that somebody new would be refused as LockedOut somewhere."""
    from_one_address = Lockout.objects.holding().filter(username=OuterRef("email"))
    return Exists(from_one_address) | Exists(_too_many(OuterRef("email")))


def forget_failures(user: User) -> int:
    """Delete every failure of an account, wherever it came from; return how many rows that were."""
    attempts: int = Lockout.objects.filter(username=user.email).delete()[0]
    logged: int = AccessFailureLog.objects.filter(username=user.email).delete()[0]
    return attempts + logged


def sweep() -> None:
    """Delete the failures that count no longer."""
    now = timezone.now()
    Lockout.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
    AccessFailureLog.objects.filter(attempt_time__lt=now - ACCOUNT_WINDOW).delete()


def _oldest_of_too_many(name: str) -> datetime | None:
    """Return when the oldest of the failures happened that fill an account's measure, if they fill it."""
    oldest: list[datetime] = list(_too_many(name).values_list("attempt_time", flat=True))
    return oldest[0] if oldest else None


def _too_many(name: Any) -> QuerySet[Any]:
    """Return the failure that filled an account's measure, or nothing."""
    most: int = settings.ACCOUNT_FAILURES_AN_HOUR
    logged: QuerySet[Any] = AccessFailureLog.objects.filter(username=name)
    recent = logged.filter(attempt_time__gt=Now() - ACCOUNT_WINDOW)
    return recent.order_by("-attempt_time")[most - 1 : most]


def _digest(email: str) -> str:
    return salted_hmac("accounts.lockouts", one_spelling(email), algorithm="sha256").hexdigest()
