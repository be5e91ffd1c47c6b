"""What happens when somebody signs in or out, or fails to."""

from django.contrib.auth import authenticate
from django.db import transaction

from accounts import admission, lockouts, policies
from accounts.models import Lockout, User, one_spelling
from accounts.sessions import SessionStore
from lexai import audit
from lexai.characters import storable
from lexai.database import locked
from lexai.errors import DomainError, Gone, WrongState, require
from lexai.system import STRANGER, SystemUser


class WrongCredentials(DomainError):
    """The e-mail address or the password is wrong."""

    status = 401


class NotLockedOut(WrongState):
    """Nothing is locked here; no sign-in to this account has failed lately."""


class UnknownAccount:
    """Whom somebody meant who has no account; what was typed is not kept: it may be a password."""

    pk = ""

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return no firm and no client."""
        return None, []


def sign_in(email: str, password: str, *, address: str, is_known_device: bool = False) -> User:
    """Return whom the address and the password belong to; the door then opens a session.

    Raises WrongCredentials alike for whoever is unknown, invited or deactivated; LockedOut, whatever the
    password; TooManyRequests, Busy, and Unavailable while the attempt cannot be counted.
    """
    lockouts.count_attempt(address)
    with admission.turn():
        user = prove(email, password, address=address, is_known_device=is_known_device)
    if user is None:
        raise WrongCredentials
    return _started(user, address=address)


def prove(email: str, password: str, *, address: str, is_known_device: bool) -> User | None:
    """Return whose password this is, or None; every failure is counted and audited. Raises LockedOut.

    It does the same work for accounts that do not exist, and runs in a turn of the admission.
    """
    spelled = one_spelling(email)
    user = User.objects.filter(email=spelled).first()
    attempted = lockouts.attempt(spelled, user, address=address)
    try:
        lockouts.demand_open(attempted, is_known_device=is_known_device)
    except lockouts.LockedOut:
        _note_failure(user, address=address, is_locked_out=True)
        raise
    proven = authenticate(attempted, username=spelled, password=storable(password))
    if proven is None:
        _note_failure(user, address=address, is_locked_out=False)
    return proven if isinstance(proven, User) else None


def sign_out(user: User, *, by: User) -> None:
    """Note that a session ends; the door forgets it."""
    require(policies.can_sign_out(by, user))
    audit.record("session.ended", user, by=by)


@transaction.atomic
def release_lockout(locked_out: User | Lockout, *, by: User | SystemUser) -> User:
    """Let an account sign in again from everywhere; return whose it is. Raises NotLockedOut."""
    email = locked_out.email
    user: User | None = User.objects.visible_to(by).filter(email=email).first()
    if user is None:
        raise Gone
    require(policies.can_manage_users(by, user.firm_id))
    if not lockouts.forget_failures(user):
        raise NotLockedOut
    audit.record("lockout.released", user, by=by)
    return user


@transaction.atomic
def sweep_sign_ins(*, by: SystemUser) -> None:
    """Delete failures that count no longer, and sessions that have expired."""
    require(policies.can_dispatch(by))
    lockouts.sweep()
    SessionStore.clear_expired()


@transaction.atomic
def _started(proven: User, *, address: str) -> User:
    """Note the session; a link that waits in somebody's mailbox ends with it. Raises WrongCredentials."""
    user = locked(proven)
    if not user.is_active or user.password != proven.password:
        raise WrongCredentials
    if user.reset_token or user.link_requested_at:
        user.drop_link()
        user.save(update_fields=User.LINK_FIELDS)
    audit.record("session.started", user, by=user, address=address)
    proven.drop_link()
    return proven


def _note_failure(user: User | None, *, address: str, is_locked_out: bool) -> None:
    target = user or UnknownAccount()
    audit.record("sign_in.failed", target, by=STRANGER, address=address, is_locked_out=is_locked_out)
