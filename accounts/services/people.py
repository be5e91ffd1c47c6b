"""What happens when a person joins a firm, changes, leaves or comes back."""

import unicodedata
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts import policies
from accounts.models import ApiToken, Firm, Session, User, one_spelling
from accounts.passwords import generated_password
from accounts.services import links
from lexai import audit
from lexai.characters import storable
from lexai.database import insert, locked, locked_all
from lexai.errors import DomainError, NotAcceptable, WrongState, require, require_valid
from lexai.system import SystemUser

CHANGEABLE = policies.OWN | {"role", "subscription_tier", "subscription_expires"}
# What apps above know against shutting a person out: each raises a refusal; they add theirs when they are ready.
BEFORE_DEACTIVATION: list[Callable[[User], None]] = []
SUBSCRIPTIONS_END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class BadEmail(NotAcceptable):
    """The e-mail address is not valid. Write it as name@example.com, at most 120 characters."""


class UnknownColleague(NotAcceptable):
    """There is nobody with this e-mail address in your firm."""


class UnknownUser(DomainError):
    """There is no user with this e-mail address. Check its spelling."""

    status = 404


class OwnRole(WrongState):
    """Nobody changes the own role or ends the own account. Ask another administrator of the firm."""


class LastAdministrator(WrongState):
    """A firm needs an active administrator. Make somebody else one first."""


class AlreadyDeactivated(WrongState):
    """This user is deactivated already."""


class AlreadyActive(WrongState):
    """This user is active already."""


@transaction.atomic
def add_user(user: User, *, by: User | SystemUser) -> str:
    """Add a person to their firm; return the generated password, shown this once.

    Raises BadEmail, or NotAcceptable when the address is taken.
    """
    require(policies.can_give_password(by))
    password = generated_password()
    user.set_password(password)
    user.password_updated_at = timezone.now()
    _join(user)
    audit.record("user.added", user, by=by)
    return password


@transaction.atomic
def invite_user(user: User, *, by: User | SystemUser) -> User:
    """Add a person to their firm and mail a link with which they choose the password themselves.

    Raises BadEmail, or NotAcceptable when the address is taken.
    """
    require(policies.can_manage_users(by, user.firm_id))
    user.set_unusable_password()
    user.link_requested_at = timezone.now()
    _join(user)
    audit.record("user.invited", user, by=by, role=user.role)
    links.nudge_mail(user)
    return user


@transaction.atomic
def change_user(user: User, *, by: User | SystemUser, changed: Collection[str]) -> User:
    """Save the fields of `user` that `changed` names; raise NotAcceptable in the model's own sentences.

    Raises OwnRole, and LastAdministrator when the firm would be left without one. A new role ends the
    person's sessions and tokens.
    """
    row, fields = _locked_in_firm(user), set(changed) & CHANGEABLE
    require(policies.can_change_user(by, row, fields))
    if "role" in fields and user.role != row.role:
        _demand_other_administrator(row, by=by)
        row.role_changed_at = timezone.now()
        ApiToken.objects.filter(user=row).delete()
        Session.objects.filter(user=row).delete()
    if "subscription_expires" in fields:
        _demand_date(user.subscription_expires)
    for field in fields:
        setattr(row, field, getattr(user, field))
    require_valid(row)
    row.save(update_fields={*fields, "role_changed_at"})
    audit.record("user.changed", row, by=by, fields=sorted(fields))
    return row


@transaction.atomic
def deactivate_user(user: User, *, by: User | SystemUser) -> User:
    """Shut a person out: password, sessions, tokens and links end for good; what they did stays.

    Raises AlreadyDeactivated, OwnRole, LastAdministrator, and what BEFORE_DEACTIVATION raises.
    """
    user = _locked_in_firm(user)
    require(policies.can_manage_users(by, user.firm_id))
    if not user.is_active:
        raise AlreadyDeactivated
    _demand_other_administrator(user, by=by)
    for demand in BEFORE_DEACTIVATION:
        demand(user)
    user.is_active = False
    _end_credentials(user)
    user.save(update_fields=["is_active", "password", "password_updated_at", *User.LINK_FIELDS])
    audit.record("user.deactivated", user, by=by)
    return user


@transaction.atomic
def reactivate_user(user: User, *, by: User | SystemUser) -> User:
    """Let a person back in: a link for a new password is mailed, as to whoever is invited. Raises AlreadyActive."""
    user = _locked_in_firm(user)
    require(policies.can_manage_users(by, user.firm_id))
    if user.is_active:
        raise AlreadyActive
    user.is_active, user.link_requested_at = True, timezone.now()
    user.save(update_fields=["is_active", "link_requested_at"])
    audit.record("user.reactivated", user, by=by)
    links.nudge_mail(user)
    return user


def normalised_email(email: str) -> str:
    """Return the one spelling under which an address is kept; raise BadEmail.

    An address that only folding makes valid is refused: its mail would go to somebody else.
    """
    spelled = one_spelling(email)
    try:
        validate_email(spelled)
    except ValidationError as error:
        raise BadEmail.of("email") from error
    most: int = User._meta.get_field("email").max_length  # type: ignore[assignment]  # set on the field
    if len(spelled) > most or not _is_plain(email.strip()):
        raise BadEmail.of("email")
    return spelled


def colleague(email: str, *, by: User | SystemUser, field: str = "email") -> User:
    """Return the person of one's own firm whom an address names; raise UnknownColleague, naming the `field`."""
    found: User | None = User.objects.visible_to(by).filter(email=one_spelling(storable(email))).first()
    if found is None:
        raise UnknownColleague.of(field)
    return found


def person(email: str, *, by: User | SystemUser) -> User:
    """Return whom an address names, of those that `by` sees; raise UnknownUser."""
    found: User | None = User.objects.visible_to(by).filter(email=one_spelling(storable(email))).first()
    if found is None:
        raise UnknownUser
    return found


def _is_plain(email: str) -> bool:
    """Say whether folding changes nothing but capitals."""
    return unicodedata.normalize("NFKC", email) == email and one_spelling(email) == email.lower()


def _join(user: User) -> None:
    user.email = normalised_email(user.email)
    user.firm_name = user.firm.name
    user.subscription_tier = User.Tier.PREMIUM if user.role == User.Role.PREMIUM else User.Tier.FREE
    insert(user)


def _locked_in_firm(user: User) -> User:
    """Lock the firm, then the person: so two administrators cannot dismiss each other at once.

    Rows that only point at the person, such as papers on their way in, need not wait.
    """
    locked(Firm(pk=user.firm_id))
    return locked_all([user])[0]


def _demand_other_administrator(user: User, *, by: User | SystemUser) -> None:
    """Raise OwnRole for oneself, LastAdministrator when nobody else could administer the firm afterwards."""
    if user.pk == by.pk:
        raise OwnRole
    others = User.objects.administrators().filter(firm=user.firm_id).exclude(pk=user.pk)
    if user.is_staff and not others.exists():
        raise LastAdministrator


def _end_credentials(user: User) -> None:
    user.password = make_password(None)
    user.password_updated_at = None
    user.drop_link()
    ApiToken.objects.filter(user=user).delete()
    Session.objects.filter(user=user).delete()


def _demand_date(moment: datetime | None) -> None:
    earliest, latest = SUBSCRIPTIONS_END
    if moment and not earliest <= moment <= latest:
        raise NotAcceptable(errors={"subscription_expires": ["Give a time between 2000 and 2100."]})
