"""What happens when a firm or one of its people comes or changes."""

import secrets

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts import policies
from accounts.models import Firm, User, one_spelling
from lexai import audit
from lexai.database import insert, locked
from lexai.errors import DomainError, require
from lexai.system import SystemUser

GENERATED_PASSWORD_BYTES = 15


class BadEmail(DomainError):
    """The e-mail address is not valid. Write it as name@example.com, at most 120 characters."""


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
