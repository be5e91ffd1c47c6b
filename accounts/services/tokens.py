"""What happens when a program is given a key, uses it, or loses it."""

import hashlib
import secrets
from datetime import timedelta
from functools import cache

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from accounts import policies
from accounts.models import ApiToken, User
from lexai import audit
from lexai.characters import storable
from lexai.database import insert, locked
from lexai.errors import DomainError, require
from lexai.queries import BuiltQuery, Given, plain_columns
from lexai.system import SystemUser

TOKEN_PREFIX, TOKEN_BYTES = "lexai_", 32
TOKEN_LIFETIME_MOST = timedelta(days=366)
LAST_USE_NOTED = timedelta(minutes=1)


class TokenLifetime(DomainError):
    """A token must expire: at a time to come, within a year."""


@cache
def _living_token() -> BuiltQuery:
    """Return the query of one living token and its user, built at the first request."""
    of_user = [f"user__{column}" for column in plain_columns(User)]
    living = ApiToken.objects.alive().filter(sha256=Given("sha256"))
    return BuiltQuery(living.values_list(*plain_columns(ApiToken), *of_user)).demand_lasting()


def find_token(secret: str) -> ApiToken | None:
    """Return the living token of this secret with its user, and note its use; None when there is none."""
    sha256 = hashlib.sha256(storable(secret).encode()).hexdigest()
    columns = plain_columns(ApiToken)
    for row in _living_token().fetch(limit=1, sha256=sha256):
        token = ApiToken.from_db(DEFAULT_DB_ALIAS, columns, row[: len(columns)])
        token.user = User.from_db(DEFAULT_DB_ALIAS, plain_columns(User), row[len(columns) :])
        _note_use(token)
        return token
    return None


def _note_use(token: ApiToken) -> None:
    if token.last_used_at is None or timezone.now() - token.last_used_at > LAST_USE_NOTED:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())


@transaction.atomic
def create_token(token: ApiToken, *, by: User) -> tuple[ApiToken, str]:
    """Create a token for whoever asks; return it and its secret, shown this once.

    Raises NotAcceptable; TokenLifetime when it would live for longer than a year or not at all.
    """
    user = locked(by)
    require(policies.can_create_token(user))
    if not timezone.now() < token.expires_at <= timezone.now() + TOKEN_LIFETIME_MOST:
        raise TokenLifetime
    secret = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token.user, token.role = user, user.role
    token.prefix, token.sha256 = secret[:12], hashlib.sha256(secret.encode()).hexdigest()
    insert(token)
    audit.record("token.created", token, by=by, scope=token.scope)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User | SystemUser) -> None:
    """Delete a token; the next request with it is refused."""
    token = locked(token)
    require(policies.can_revoke_token(by, token))
    audit.record("token.revoked", token, by=by)
    token.delete()
