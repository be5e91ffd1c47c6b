"""Clients and the walls around them."""

import re
import secrets
import unicodedata
from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, Min, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Firm, one_spelling
from lexai.audit.models import AuditEvent, AuditEventQuerySet
from lexai.audit.verbs import Verb
from lexai.database import Index, SortKey
from lexai.encryption.fields import EncryptedTextField, opened_column
from lexai.queries import BuiltQuery, Given, OneOf, kept
from lexai.system import Actor

CHANGES = [
    Verb.CLIENT_OPENED,
    Verb.CLIENT_CHANGED,
    Verb.CLIENT_RESTRICTED,
    Verb.CLIENT_UNRESTRICTED,
    Verb.DOCUMENT_ADDED,
]
CASE_TYPES_MOST = 200  # that are offered, or narrowed by
CHANGES_LOOKED_AT = 200  # the last ones: enough to name the clients of some days
NOT_DIGITS = re.compile(r"\D+")
PHONE = re.compile(r"[\d\s+().\-/]{5,}")
ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: nothing that is misread on paper


def digits_of(phone: str) -> str:
    """Return the digits of a telephone number: the one spelling under which it is compared."""
    return NOT_DIGITS.sub("", unicodedata.normalize("NFKC", phone))


SPELLINGS: dict[str, Callable[[str], str]] = {"email": one_spelling, "phone": digits_of}


def new_client_id() -> str:
    """Return an id such as `client_7h2k9m4q1x`: 50 random bits."""
    return "client_" + "".join(secrets.choice(ID_ALPHABET) for _ in range(10))


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the firm's clients, restricted ones to their members only; the system sees all."""
        if not user.is_active:
            return self.none()
        if user.is_system:
            return self
        is_member = Exists(Member.objects.filter(client=OuterRef("pk"), user=user.pk))
        return self.filter(Q(is_restricted=False) | is_member, firm_id=user.firm_id)

    def known_as(self, text: str) -> Self:
        """Return the clients with this id, case number, name or e-mail address."""
        known = Q(pk=text) | Q(case_number=text) | Q(name=text)
        return self.filter(known | Q(pk__in=self._ids_with("email", text)) if "@" in text else known)

    def with_email(self, email: str) -> Self:
        """Return the clients with this e-mail address, however it is spelled."""
        return self.filter(pk__in=self._ids_with("email", email))

    def with_phone(self, phone: str) -> Self:
        """Return the clients whose telephone number has these digits."""
        return self.filter(pk__in=self._ids_with("phone", phone))

    def reached_at(self, text: str) -> Self:
        """Return the clients with this e-mail address or telephone number; none when the text is neither."""
        if "@" in text:
            return self.with_email(text)
        return self.with_phone(text) if PHONE.fullmatch(text.strip()) else self.none()

    def found_by(self, words: str) -> Self:
        """Return the clients with each of the words in name or case number, or whom all of them reach."""
        named = Q()
        for word in words.split():
            named &= Q(name__holds=word) | Q(case_number__holds=word)
        reached = list(self.reached_at(words).values_list("pk", flat=True)) if words else []
        return self.filter(named | Q(pk__in=reached))

    def _ids_with(self, column: str, wanted: str) -> list[str]:
        """Open one sealed column of all these clients; return the ids of those where it says what is wanted."""
        spelling = SPELLINGS[column]
        sought = spelling(wanted)
        found = opened_column(self, column) if sought else ()
        return [key for key, words in found if spelling(words) == sought]

    def newest_first(self) -> Self:
        return self.order_by("-updated_at", "pk")


class Client(models.Model):
    """One case of one person or company; a second case is a second client."""

    id = models.CharField(primary_key=True, max_length=50, default=new_client_id, editable=False)
    firm = models.ForeignKey(
        Firm, models.PROTECT, related_name="clients", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=100, error_messages={"blank": "A client needs a name."})
    case_number = models.CharField(max_length=50, null=True, blank=True)
    email = EncryptedTextField(max_length=100, null=True, blank=True, owner="id")
    phone = EncryptedTextField(max_length=20, null=True, blank=True, owner="id")
    case_type = models.CharField(max_length=50, null=True, blank=True)
    notes = EncryptedTextField(null=True, blank=True, owner="id")
    is_restricted = models.BooleanField(default=False, db_default=False)
    version = models.IntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Member", related_name="walled_clients"
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        db_table = "clients"
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""), name="client_named", violation_error_message="A client needs a name."
            ),
        ]
        indexes = [
            # sorting and looking up by name; filtering by type of case; the newest first
            Index(fields=["name"], name="ix_clients_name"),
            Index(fields=["case_type"], name="ix_clients_case_type"),
            Index(fields=["-updated_at"], name="ix_clients_updated_at"),
            # the clients of a firm, the newest first; and by name
            Index(fields=["firm", "-updated_at"], name="ix_clients_firm_updated_at"),
            Index("firm", SortKey("name"), "id", name="ix_clients_firm_name"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the client's firm and the client."""
        return self.firm_id, [self.pk]

    def deeds(self) -> AuditEventQuerySet:
        """Return all that was done to the client and its papers, for whoever may see it."""
        return AuditEvent.objects.of_client(self.pk, self.firm_id)


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the members of the clients that the user may see."""
        return self.filter(client__in=Client.objects.visible_to(user))

    def active(self) -> Self:
        """Return those who are not deactivated: the others see nothing."""
        return self.filter(user__is_active=True)


class Member(models.Model):
    """A user who may see a restricted client."""

    client = models.ForeignKey(Client, models.CASCADE, db_constraint=False, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_constraint=False, db_index=False)
    added_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = MemberQuerySet.as_manager()

    class Meta:
        db_table = "client_members"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "user"],
                name="ix_client_members_client_user",
                violation_error_message="This user is a member of the client already.",
            ),
        ]
        indexes = [
            # the restricted clients of one user
            Index(fields=["user"], name="ix_client_members_user_id"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} / {self.user_id}"

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the client's firm and the client."""
        return self.client.audit_scope()


@cache
def _changes() -> BuiltQuery:
    changes = AuditEvent.objects.filter(actor_id=Given("actor_id"), verb__in=CHANGES).order_by("-occurred_at")
    return BuiltQuery(changes.values_list("client_ids", "occurred_at")).demand_lasting()


def changes_by(actor: Actor) -> dict[str, datetime]:
    """Return which clients somebody last changed, and when; they may not see all of them any more."""
    latest: dict[str, datetime] = {}
    for client_ids, occurred_at in _changes().fetch(limit=CHANGES_LOOKED_AT, actor_id=actor.pk):
        for client_id in client_ids:
            latest.setdefault(client_id, occurred_at)
    return latest


@kept
def _case_types(by: Any) -> BuiltQuery:
    used = Client.objects.visible_to(by).exclude(case_type=None).exclude(case_type="").order_by()
    # a key is made for each type, not for each client
    types = used.values("case_type").annotate(key=SortKey(Min("case_type")))
    return BuiltQuery(types.order_by("key", "case_type").values_list("case_type"))


def case_types(*, by: Actor) -> list[str]:
    """Return the types of case that are in use among the clients that somebody sees, in the order of their names."""
    return [case_type for (case_type,) in _case_types(by, limit=CASE_TYPES_MOST)]


@kept
def _named(by: Any) -> BuiltQuery:
    chosen = Client.objects.visible_to(by).filter(OneOf("pk", "client_ids"))
    return BuiltQuery(chosen.values_list("pk", "name"))


def names_of(client_ids: Collection[str], *, by: Actor) -> dict[str, str]:
    """Return the names of those of these clients that somebody sees, by their ids."""
    found = _named(by, limit=len(client_ids), client_ids=list(client_ids))
    return {client_id: name for client_id, name in found}  # noqa: C416 - mypy knows no rows of two
