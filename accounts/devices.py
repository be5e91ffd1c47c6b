"""Browsers that have signed in to an account before: a signed cookie remembers the accounts, as digests."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.models import User, one_spelling

SALT = "accounts.devices"
LIFETIME_SECONDS = 365 * 24 * 3600
ACCOUNTS_MOST = 5


def cookie_name() -> str:
    return "__Host-device" if settings.LEXAI_TLS else "device"


def is_known(request: HttpRequest, email: str) -> bool:
    """Say whether this browser has signed in to the account before."""
    return _digest(email) in _accounts(request)


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser prove from now on that it has signed in to the account."""
    own = _digest(user.email)
    accounts = [own, *(account for account in _accounts(request) if account != own)][:ACCOUNTS_MOST]
    response.set_cookie(
        cookie_name(),
        signing.dumps(accounts, salt=SALT),
        max_age=LIFETIME_SECONDS,
        secure=settings.LEXAI_TLS,
        httponly=True,
        samesite="Lax",
    )


def _accounts(request: HttpRequest) -> list[str]:
    try:
        known = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=LIFETIME_SECONDS)
    except signing.BadSignature:
        return []
    return [str(account) for account in known]


def _digest(email: str) -> str:
    return salted_hmac(SALT, one_spelling(email), algorithm="sha256").hexdigest()[:32]
