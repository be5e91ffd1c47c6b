"""What happens when a firm or one of its people comes or changes."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts import policies
from accounts.models import ApiToken, Firm, User, one_spelling
from lexai import audit
from lexai.database import insert, locked
from lexai.errors import DomainError, NotAcceptable, require, storable
from lexai.system import SystemUser

GENERATED_PASSWORD_BYTES = 15
TOKEN_PREFIX, TOKEN_BYTES = "lexai_", 32
TOKEN_LIFETIME_MOST = timedelta(days=366)
LAST_USE_NOTED = timedelta(minutes=1)


class BadEmail(DomainError):
    """The e-mail address is not valid. Write it as name@example.com, at most 120 characters."""


class TokenLifetime(DomainError):
    """A token must expire: at a time to come, within a year."""


@transaction.atomic
def create_firm(firm: Firm, administrator: User, *, by: User | SystemUser) -> tuple[Firm, str]:
    """Create a firm with its first administrator; return it and the generated password, shown this once.

    Raises BadEmail, or NotAcceptable when the name or the address is taken.
    """
    require(policies.can_create_firm(by))
    insert(firm)
    audit.record("firm.created", firm, by=by)
    administrator.firm, administrator.role = firm, User.Role.ADMIN
    password = add_user(administrator, by=by)
    return firm, password


@transaction.atomic
def add_user(user: User, *, by: User | SystemUser) -> str:
    """Add a person to their firm; return the generated password, shown this once.

    Raises BadEmail, or NotAcceptable when the address is taken.
    """
    require(policies.can_manage_users(by, user.firm_id))
    user.email = normalised_email(user.email)
    user.firm_name = user.firm.name
    user.subscription_tier = User.Tier.PREMIUM if user.role == User.Role.PREMIUM else User.Tier.FREE
    password = _give_password(user)
    insert(user)
    audit.record("user.added", user, by=by)
    return password


@transaction.atomic
def renew_password(user: User, *, by: User | SystemUser) -> str:
    """Give a person a new generated password and return it, shown this once."""
    user = locked(user)
    require(policies.can_manage_users(by, user.firm_id))
    password = _give_password(user)
    user.save(update_fields=["password", "password_updated_at"])
    audit.record("password.set", user, by=by)
    return password


def normalised_email(email: str) -> str:
    """Return the one spelling under which an address is kept; raise BadEmail."""
    email = one_spelling(email)
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadEmail from error
    if len(email) > User._meta.get_field("email").max_length:  # type: ignore[operator]  # set on the field
        raise BadEmail
    return email


def _give_password(user: User) -> str:
    password = secrets.token_urlsafe(GENERATED_PASSWORD_BYTES)
    user.set_password(password)
    user.password_updated_at = timezone.now()
    return password


class UnknownColleague(NotAcceptable):
    """There is nobody with this e-mail address in your firm."""


def colleague(email: str, *, by: User | SystemUser) -> User:
    """Return the person of one's own firm whom an address names; raise UnknownColleague."""
    found: User | None = User.objects.visible_to(by).filter(email=one_spelling(storable(email))).first()
    if found is None:
        raise UnknownColleague
    return found


def find_token(secret: str) -> ApiToken | None:
    """Return the living token of this secret with its user, and note its use; None when there is none."""
    sha256 = hashlib.sha256(storable(secret).encode()).hexdigest()
    token = ApiToken.objects.alive().select_related("user").filter(sha256=sha256).first()
    if token and (token.last_used_at is None or timezone.now() - token.last_used_at > LAST_USE_NOTED):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
    return token


@transaction.atomic
def create_token(token: ApiToken, *, by: User) -> tuple[ApiToken, str]:
    """Create a token for whoever asks; return it and its secret, shown this once.

    Raises NotAcceptable; TokenLifetime when it would live for longer than a year or not at all.
    """
    if not timezone.now() < token.expires_at <= timezone.now() + TOKEN_LIFETIME_MOST:
        raise TokenLifetime
    secret = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token.user, token.role = by, by.role
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
