"""Questions, answers and what the answers quote."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from clients.models import Client, ClientQuerySet
from documents.models import READ_IN_IT, Document
from lexai.database import Index
from lexai.encryption.fields import DAMAGED, ERASED, EncryptedTextField
from lexai.system import Actor

KEY_MOST = 2**63 - 1  # of any row


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the threads of the clients that the user may see."""
        return self.filter(client__in=Client.objects.visible_to(user))

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class Thread(models.Model):
    """A named line of messages about one client."""

    client = models.ForeignKey(
        Client, models.CASCADE, related_name="threads", db_constraint=False, db_index=False
    )
    title = EncryptedTextField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = ThreadQuerySet.as_manager()

    class Meta:
        db_table = "threads"
        indexes = [
            # the threads of a client, the newest first
            Index(fields=["client", "-created_at"], name="ix_threads_client_created_at"),
        ]

    def __str__(self) -> str:
        return f"thread {self.pk}"

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the firm and the client that the thread is about."""
        return self.client.audit_scope()


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the messages about the clients that the user may see."""
        return self.filter(client__in=Client.objects.visible_to(user))

    def in_order(self) -> Self:
        return self.order_by("timestamp", "pk")

    def questions(self) -> Self:
        return self.filter(role=Message.Role.USER)

    def last_of_each(self, clients: ClientQuerySet) -> Self:
        """Return the last question about each of these clients."""
        asked = Message.objects.questions().filter(client=models.OuterRef("pk"))
        newest = models.Subquery(asked.order_by("-timestamp", "-pk").values("pk")[:1])
        return self.filter(pk__in=clients.annotate(last_question=newest).values("last_question"))

    def with_citations(self) -> Self:
        """Fetch the citations along, in order, with their documents."""
        return self.prefetch_related(
            models.Prefetch("citations", Citation.objects.with_document().order_by("n"))
        )

    def due(self) -> Self:
        """Return the pending answers that nobody works on and no nudge is under way for."""
        return self.filter(status=Message.Status.PENDING, lease_expires_at__lte=timezone.now())


class Message(models.Model):
    """A question of a user, or the assistant's answer to one."""

    class Role(models.TextChoices):
        USER = "user", "User"
        ASSISTANT = "assistant", "Assistant"

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        COMPLETE = "complete", "Complete"
        INCOMPLETE = "incomplete", "Incomplete"

    client = models.ForeignKey(
        Client, models.CASCADE, related_name="messages", db_constraint=False, db_index=False
    )
    role = models.CharField(max_length=20, choices=Role)
    content = EncryptedTextField(blank=True)
    timestamp = models.DateTimeField(default=timezone.now, db_default=Now())
    thread = models.ForeignKey(
        Thread, models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, db_constraint=False, db_index=False
    )
    reply_to = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, db_constraint=False, db_index=False
    )
    status = models.CharField(
        max_length=20, choices=Status, default=Status.COMPLETE, db_default=Status.COMPLETE.value
    )
    engine = models.CharField(max_length=50, blank=True, default="", db_default="")
    is_supported = models.BooleanField(null=True, blank=True)
    support = models.FloatField(null=True, blank=True)
    document_ids = ArrayField(
        models.BigIntegerField(), default=list, blank=True
    )  # what it is limited to; none: all
    passage_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)  # what was found, best first
    sent_as = models.UUIDField(null=True, blank=True)  # the form that a question was sent with
    attempts = models.SmallIntegerField(default=0, db_default=0)
    lease_expires_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = MessageQuerySet.as_manager()

    class Meta:
        db_table = "conversations"
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["user", "assistant"]),
                name="message_role_known",
                violation_error_message="The role must be user or assistant.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "complete", "incomplete"]),
                name="message_status_known",
                violation_error_message="The status must be pending, complete or incomplete.",
            ),
        ]
        indexes = [
            Index(fields=["client"], name="ix_conversations_client_id"),
            Index(fields=["timestamp"], name="ix_conversations_timestamp"),
            Index(fields=["role"], name="ix_conversations_role"),
            # a client's conversation, the newest first
            Index(fields=["client", "-timestamp"], name="ix_conversations_client_timestamp"),
            # what a user asked, for when the account goes
            Index(fields=["asked_by", "timestamp"], name="ix_conversations_asked_by_timestamp"),
            # the answers that are under way
            Index(
                fields=["lease_expires_at"],
                name="ix_conversations_pending",
                condition=Q(status="pending"),
            ),
            # the cascades from threads and questions
            Index(fields=["thread"], name="ix_conversations_thread_id"),
            Index(fields=["reply_to"], name="ix_conversations_reply_to_id"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def is_settled(self) -> bool:
        return self.status != self.Status.PENDING

    @property
    def wakeup(self) -> str:
        """Return the name under which whoever follows this answer is woken."""
        return f"answer-{self.pk}"

    def lease(self, seconds: float) -> None:
        """Keep the queue from seeing to this answer for some seconds; the caller saves."""
        self.lease_expires_at = timezone.now() + timedelta(seconds=seconds)

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the firm and the client that the message is about."""
        return self.client.audit_scope()


class CitationQuerySet(models.QuerySet["Citation"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the citations about the clients that the user may see."""
        return self.filter(client__in=Client.objects.visible_to(user))

    def with_document(self) -> Self:
        """Fetch each document along, without its text."""
        return self.select_related("document").defer(*(f"document__{name}" for name in READ_IN_IT))

    def quotations(self) -> Self:
        return self.filter(kind=Citation.Kind.QUOTATION).order_by("n")

    def see_also(self) -> Self:
        return self.filter(kind=Citation.Kind.SEE_ALSO).order_by("n")


class Citation(models.Model):
    """What an answer quotes, or points at: the words, and where they were found, if they were.

    The words are sealed together with all that is claimed of them. Where the paper was deleted there are none: of its
    text only what the answer itself says is left, and a citation that says so (the database sees to that).
    """

    class Kind(models.TextChoices):
        QUOTATION = "quotation", "Quotation"
        SEE_ALSO = "see_also", "See also"

    client = models.ForeignKey(Client, models.CASCADE, db_constraint=False, db_index=False)
    message = models.ForeignKey(
        Message, models.CASCADE, related_name="citations", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.QUOTATION)
    n = models.IntegerField()
    document = models.ForeignKey(
        Document, models.DO_NOTHING, null=True, blank=True, db_constraint=False, db_index=False
    )
    page = models.IntegerField(null=True, blank=True)
    page_end = models.IntegerField(null=True, blank=True)
    start = models.IntegerField(null=True, blank=True)
    end = models.IntegerField(null=True, blank=True)
    quote = EncryptedTextField(
        null=True,
        bound=("document_id", "page", "page_end", "start", "end", "is_verified", "kind", "message_id"),
    )
    is_verified = models.BooleanField()

    objects = CitationQuerySet.as_manager()

    class Meta:
        db_table = "citations"
        constraints = [
            models.UniqueConstraint(fields=["message", "kind", "n"], name="ix_citations_message_kind_n"),
            models.CheckConstraint(
                condition=Q(is_verified=False) | Q(document__isnull=False, page__isnull=False),
                name="citation_verified_in_a_document",
                violation_error_message="A verified citation names the document and the page it was found on.",
            ),
        ]
        indexes = [
            # what forgets a deleted document, and the cascade from clients
            Index(fields=["document"], name="ix_citations_document_id"),
            Index(fields=["client"], name="ix_citations_client_id"),
        ]

    def __str__(self) -> str:
        return f"citation {self.n} of message {self.message_id}"

    @property
    def is_readable(self) -> bool:
        return self.quote not in {DAMAGED, ERASED}

    @property
    def is_found(self) -> bool:
        """Say whether the words were found: the claim is sealed with them, and falls with them."""
        return self.is_verified and self.is_readable


class ConversationQuerySet(ClientQuerySet):
    """The queries of clients, which a conversation is one of."""

    def visible_to(self, user: Actor) -> Self:
        """Return those of the clients that the user may see about whom something was asked."""
        asked = Message.objects.filter(client=models.OuterRef("pk"))
        return super().visible_to(user).filter(models.Exists(asked))

    def counted(self) -> Self:
        """Return each with the number of questions and of unsupported answers, the first and last question.

        Each is a query of its own beside the row: joined, they would multiply one another.
        """
        asked = Message.objects.filter(client=models.OuterRef("pk"), role=Message.Role.USER).order_by()
        unsupported = Message.objects.filter(
            client=models.OuterRef("pk"), role=Message.Role.ASSISTANT, is_supported=False
        ).order_by()
        return self.annotate(
            questions=_one(asked, models.Count("pk")),
            unsupported=_one(unsupported, models.Count("pk")),
            first_asked_at=_one(asked, models.Min("timestamp")),
            last_asked_at=_one(asked, models.Max("timestamp")),
        )


def _one(messages: MessageQuerySet, counted: models.Aggregate) -> Coalesce | models.Subquery:
    """Return what an aggregate makes of the messages of one client; nothing counts as 0."""
    of_client = messages.values("client").annotate(counted=counted).values("counted")
    found = models.Subquery(of_client)
    return Coalesce(found, 0) if isinstance(counted, models.Count) else found


class Conversation(Client):
    """All that was asked about one client."""

    objects = ConversationQuerySet.as_manager()  # type: ignore[misc]  # a proxy has a manager of its own

    class Meta:
        proxy = True
