"""What happens when a password is chosen anew by whoever is signed in."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import admission, lockouts, policies
from accounts.models import Session, User
from accounts.passwords import generated_password
from accounts.services.sign_in import prove
from lexai import audit
from lexai.database import locked
from lexai.errors import NotAcceptable, WrongState, require
from lexai.system import Actor, SystemUser


class WrongPassword(NotAcceptable):
    """The current password is wrong."""


class SamePassword(NotAcceptable):
    """The new password is the current one. Choose another."""


class PasswordChanged(WrongState):
    """The password has been changed meanwhile. Sign in with the new one."""


def change_password(user: User, current: str, new: str, *, by: User, address: str) -> User:
    """Give oneself a new password; all other sessions end, and the tokens that end with the password.

    Raises WrongPassword, which counts like a failed sign-in; LockedOut; SamePassword; NotAcceptable for a weak one.
    The door renews the session at hand.
    """
    require(policies.can_change_password(by, user))
    lockouts.count_attempt(address)
    with admission.turn():
        proven = prove(user.email, current, address=address, is_known_device=True)
        if proven is None:
            raise WrongPassword.of("current")
        if new == current:
            raise SamePassword.of("new")
        encoded = encode_password(new, proven)
    return _store(proven, encoded, by=by)


@transaction.atomic
def renew_password(user: User, *, by: User | SystemUser) -> str:
    """Give a person a new generated password and return it, shown this once; for whoever runs the machine."""
    user = locked(user)
    require(policies.can_give_password(by))
    password = generated_password()
    set_password(user, make_password(password), by=by)
    return password


def encode_password(password: str, user: User) -> str:
    """Return the hash of a password, in a turn of the admission; raise NotAcceptable for a weak one."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise NotAcceptable(errors={"new": error.messages}) from error
    return make_password(password)


def set_password(user: User, encoded: str, *, by: Actor) -> None:
    """Store the hash of a locked user's new password; with the old one end its sessions, and links in a mailbox."""
    user.password, user.password_updated_at = encoded, timezone.now()
    user.drop_link()
    user.save(update_fields=["password", "password_updated_at", *User.LINK_FIELDS])
    Session.objects.filter(user=user).delete()
    audit.record("password.set", user, by=by)


@transaction.atomic
def _store(proven: User, encoded: str, *, by: User) -> User:
    user = locked(proven)
    if user.password != proven.password or not user.is_active:
        raise PasswordChanged
    set_password(user, encoded, by=by)
    return user
