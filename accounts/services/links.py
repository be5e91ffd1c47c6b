"""What happens when a one-time link is asked for, mailed and used: a lost password, or an invitation."""

import hashlib
import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import admission, lockouts, policies, tasks
from accounts.models import ApiToken, User, one_spelling
from accounts.services.passwords import encode_password, set_password
from accounts.services.sign_in import UnknownAccount
from lexai import audit
from lexai.celery import nudge
from lexai.characters import storable
from lexai.database import locked
from lexai.errors import DomainError, WrongState, require
from lexai.system import STRANGER, SystemUser

NONCE_BYTES = 24
SEAL_LENGTH = 32
ANSWER_SECONDS = 0.05  # several times what noting a request takes
logger = logging.getLogger(__name__)


class LinkDead(DomainError):
    """This link is no longer valid. Ask for a new one, and use the newest mail."""

    status = 410


class NoLinkDue(WrongState):
    """No mail with a link waits to be sent."""


class MailUndelivered(WrongState):
    """The mail could not be delivered. It will be tried again."""


class NoAccount(WrongState):
    """This user is deactivated. Reactivate the account first."""


def request_link(email: str, *, address: str) -> None:
    """Have a link mailed to whoever lost the password; it looks and lasts the same where nobody has that address.

    Raises TooManyRequests by the caller's address and by the account asked for; Unavailable.
    """
    spelled = one_spelling(email)
    lockouts.count_attempt(address)
    lockouts.count_link(spelled)
    with _lasting(ANSWER_SECONDS), transaction.atomic():
        asked = User.objects.filter(email=spelled, is_active=True)
        asked.update(link_requested_at=timezone.now())
        audit.record("link.requested", asked.first() or UnknownAccount(), by=STRANGER, address=address)
        nudge(tasks.dispatch_links)


@contextmanager
def _lasting(seconds: float) -> Iterator[None]:
    """Let what is done here last so long at least: that a row was written must not show."""
    ends_at = time.monotonic() + seconds
    yield
    time.sleep(max(0, ends_at - time.monotonic()))


@transaction.atomic
def order_link(user: User, *, by: User | SystemUser) -> User:
    """Have a link mailed to a person of the firm: an invitation anew, or one for a lost password."""
    user = locked(user)
    require(policies.can_manage_users(by, user.firm_id))
    if not user.is_active:
        raise NoAccount
    user.link_requested_at = timezone.now()
    user.save(update_fields=["link_requested_at"])
    audit.record("link.requested", user, by=by)
    nudge_mail(user)
    return user


def nudge_mail(user: User) -> None:
    """Tell the queue that the person's mail is due; the caller's transaction has noted so."""
    nudge(tasks.send_link, user_id=user.pk)


@transaction.atomic
def dispatch_links(*, by: SystemUser) -> int:
    """Nudge the queue for every mail that is due, and give up those that waited too long; return how many."""
    require(policies.can_dispatch(by))
    given_up = User.objects.with_links_outlived().update(link_requested_at=None)
    if given_up:
        logger.warning("%s mails with links could not be sent in time; they are given up", given_up)
    due = list(User.objects.with_links_due().values_list("pk", flat=True))
    for user_id in due:
        nudge(tasks.send_link, user_id=user_id)
    return len(due)


def send_link(user: User, *, by: SystemUser) -> None:
    """Mail a new one-time link; the one before is dead from then on.

    Raises NoLinkDue when it was sent already, is being sent, or waited for longer than it would have lived;
    MailUndelivered, and the row waits for the next dispatch.
    """
    user, token = _claim(user, by=by)
    try:
        _mail(user, token)
    except (SMTPException, OSError) as error:
        logger.warning("the link of user %s could not be mailed: %s", user.pk, type(error).__name__)
        raise MailUndelivered from error
    _note_sent(user, by=by)


def link_owner(token: str) -> User | None:
    """Return whose account a link still opens; nothing is changed."""
    return _owner(token)


def set_password_by_link(token: str, new: str, *, address: str, ends_tokens: bool = True) -> User:
    """Let whoever holds a link choose the password, once; every session of the account ends.

    So do its API tokens, unless that is not wished; those that end with the password do in any case.

    Raises LinkDead; NotAcceptable for a weak password; TooManyRequests, Busy, Unavailable.
    """
    lockouts.count_attempt(address)
    with admission.turn():
        owner = _owner(token)
        if owner is None:
            raise LinkDead
        encoded = encode_password(new, owner)
    return _use(token, encoded, ends_tokens=ends_tokens)


@transaction.atomic
def _claim(user: User, *, by: SystemUser) -> tuple[User, str]:
    """Give the person a new token and return it."""
    require(policies.can_dispatch(by))
    row = User.objects.with_links_due().select_for_update().filter(pk=user.pk).first()
    if row is None or row.link_requested_at is None:
        raise NoLinkDue
    now = timezone.now()
    token = _made_token(row)
    row.reset_token, row.reset_token_expires = _sha256(token), now + row.link_lifetime
    row.save(update_fields=["reset_token", "reset_token_expires"])
    return row, token


def _mail(user: User, token: str) -> None:
    kind = "reset" if user.password_updated_at else "invitation"
    words = {"user": user, "link": settings.PUBLIC_URL + reverse("reset-set", args=[token])}
    subject, _, body = render_to_string(f"accounts/mail/{kind}.txt", words).partition("\n")
    send_mail(subject, body.lstrip("\n"), None, [user.email])


@transaction.atomic
def _note_sent(user: User, *, by: SystemUser) -> None:
    """Note that the mail is out, unless it was asked for once more meanwhile."""
    asked = User.objects.filter(pk=user.pk, link_requested_at=user.link_requested_at)
    asked.update(link_requested_at=None)
    audit.record("link.sent", user, by=by)


@transaction.atomic
def _use(token: str, encoded: str, *, ends_tokens: bool = True) -> User:
    """Store the password under the row's lock: of many who hold the link, one comes first."""
    user = _owner(token, is_locking=True)
    if user is None:
        raise LinkDead
    set_password(user, encoded, by=user)
    if ends_tokens:
        ApiToken.objects.filter(user=user).delete()
    lockouts.forget_failures(user)  # whoever holds the mailbox is not the guesser
    return user


def _made_token(user: User) -> str:
    """Return a token that ends with the address and the password it was made for."""
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    return nonce + _seal(nonce, user)


def _seal(nonce: str, user: User) -> str:
    sealed = f"{nonce} {user.pk} {user.email} {user.password}"
    return salted_hmac("accounts.links", sealed, algorithm="sha256").hexdigest()[:SEAL_LENGTH]


def _owner(token: str, *, is_locking: bool = False) -> User | None:
    """Return whose account a living link opens."""
    alive = User.objects.filter(
        reset_token=_sha256(token), reset_token_expires__gt=timezone.now(), is_active=True
    )
    user: User | None = (alive.select_for_update() if is_locking else alive).first()
    if user is None or not constant_time_compare(token[-SEAL_LENGTH:], _seal(token[:-SEAL_LENGTH], user)):
        return None
    return user


def _sha256(token: str) -> str:
    return hashlib.sha256(storable(token).encode()).hexdigest()
