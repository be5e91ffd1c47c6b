"""Who asks the API: a token of a program, or the session of a browser."""

from typing import Any

from django.conf import settings
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts import services
from accounts.models import ApiToken, User
from lexai import limits
from lexai.errors import DomainError

SCHEME = "Bearer"


class TokenReadsOnly(DomainError):
    """This token may only read. Use one whose scope is full."""

    status = 403


class PasswordNeeded(DomainError):
    """A token may not do this. Sign in with your password."""

    status = 403


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer lexai_...`; a refused one counts against its address."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        token = services.find_token(secret.strip())
        if token is None:
            address = request.META["REMOTE_ADDR"]
            limits.count(request, "token", key=address, rate=settings.SIGN_IN_RATE, fails_open=True)
            raise AuthenticationFailed
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session; every request that changes something must carry the CSRF token."""


class SignedIn(BasePermission):
    """Let active users in, and tokens as far as their scope goes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        token: Any = request.auth
        if token and token.scope == ApiToken.Scope.READ and request.method not in SAFE_METHODS:
            raise TokenReadsOnly
        return True


class SignedInWithPassword(SignedIn):
    """Let in whoever signed in with the password: what a stolen token must not reach."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if request.auth:
            raise PasswordNeeded
        return True


class FromOwnPage(BasePermission):
    """Let in whoever brings the CSRF token: nobody is signed in yet for whom the session would demand it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        SessionAuthentication().enforce_csrf(request)
        return True
