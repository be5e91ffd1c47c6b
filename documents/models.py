"""Documents, their pages and passages, and the search index of each client."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from clients.models import Client
from documents.extraction import limits
from lexai.database import Index
from lexai.encryption.fields import EncryptedBytesField, EncryptedJSONField, EncryptedTextField
from lexai.system import Actor


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the documents of the clients that the user may see."""
        return self.filter(client__in=Client.objects.visible_to(user))

    def ready(self) -> Self:
        return self.filter(status=Document.Status.READY)

    def refused(self) -> Self:
        return self.filter(status=Document.Status.REFUSED)

    def awaiting_text(self) -> Self:
        return self.filter(status__in=[Document.Status.QUEUED, Document.Status.EXTRACTING])

    def of_firm(self, firm_id: int) -> Self:
        """Return all documents of a firm, those behind walls too: to be counted, and shown to nobody."""
        return self.filter(client__firm_id=firm_id)

    def bytes_stored(self) -> int:
        """Return how many bytes the files of these documents take."""
        return self.order_by().aggregate(total=models.Sum("size_bytes"))["total"] or 0

    def due(self) -> Self:
        """Return the documents that no reader holds and no nudge is under way for."""
        return self.awaiting_text().filter(lease_expires_at__lte=timezone.now())


READ_IN_IT = ("text", "paragraphs")


class DocumentManager(models.Manager.from_queryset(DocumentQuerySet)):  # type: ignore[misc]  # made at run time
    """Reads documents without what was read in them: a list of fifty would carry megabytes of it."""

    def get_queryset(self) -> DocumentQuerySet:
        return DocumentQuerySet(self.model, using=self._db).defer(*READ_IN_IT)


class Document(models.Model):
    """A paper of a client: a file in storage, and what was read in it.

    What came in a mail or an archive has that for its `parent`, and stands one deeper. `paragraphs` of a format that
    flows stand as `documents.paragraphs` says, their offsets in code points of the text.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        EXTRACTING = "extracting", "Being read"
        READY = "ready", "Ready"
        REFUSED = "refused", "Refused"

    client = models.ForeignKey(
        Client, models.CASCADE, related_name="documents", db_constraint=False, db_index=False
    )
    filename = models.CharField(
        max_length=255,
        error_messages={
            "blank": "A document needs a file name.",
            "max_length": "The file name is longer than 255 characters. Shorten it.",
        },
    )
    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        related_name="parts",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
    )
    depth = models.SmallIntegerField(default=0, db_default=0)
    text = EncryptedTextField(null=True, blank=True)
    paragraphs = EncryptedJSONField(default=list, blank=True)
    upload_date = models.DateTimeField(default=timezone.now, db_default=Now())
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, db_constraint=False, db_index=False
    )
    storage_key = models.CharField(max_length=40, unique=True)
    sha256 = EncryptedTextField(max_length=64)  # plain, it would tell whoever holds a paper that it is here
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100, blank=True)
    page_count = models.IntegerField(null=True, blank=True)
    pages_read = models.IntegerField(default=0, db_default=0)  # of this attempt
    pages_to_read = models.IntegerField(default=0, db_default=0)  # 0: not known yet
    status = models.CharField(
        max_length=20, choices=Status, default=Status.QUEUED, db_default=Status.QUEUED.value
    )
    attempts = models.SmallIntegerField(default=0, db_default=0)
    claims = models.IntegerField(default=0, db_default=0)  # never lowered: the token of who reads it
    lease_expires_at = models.DateTimeField(default=timezone.now, db_default=Now())
    refusal = models.CharField(max_length=20, blank=True)
    refusal_message = models.CharField(max_length=300, blank=True)
    warnings = EncryptedJSONField(default=list, blank=True)

    objects = DocumentManager()

    class Meta:
        db_table = "documents"
        constraints = [
            models.CheckConstraint(
                condition=~Q(filename=""),
                name="document_named",
                violation_error_message="A document needs a file name.",
            ),
            models.CheckConstraint(
                condition=Q(size_bytes__gt=0),
                name="document_not_empty",
                violation_error_message="The file is empty. Choose the file that holds the document.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "extracting", "ready", "refused"]),
                name="document_status_known",
                violation_error_message="The status must be queued, extracting, ready or refused.",
            ),
            models.CheckConstraint(
                condition=Q(status="refused") ^ Q(refusal=""),
                name="document_refused_for_a_reason",
                violation_error_message="A refused document names its reason, and no other does.",
            ),
            models.CheckConstraint(
                condition=Q(depth__gte=0, depth__lte=limits.DEPTH_LIMIT),
                name="document_not_too_deep",
                violation_error_message="This lies too deep in other files. Take it out of them and add it by itself.",
            ),
        ]
        indexes = [
            # the documents of a client; the newest first; looking up by file name
            Index(fields=["client"], name="ix_documents_client_id"),
            Index(fields=["upload_date"], name="ix_documents_upload_date"),
            Index(fields=["filename"], name="ix_documents_filename"),
            # what came in a mail or an archive, to list it and to delete it along
            Index(fields=["parent"], name="ix_documents_parent_id", condition=Q(parent__isnull=False)),
            # what the queue has to see to
            Index(
                fields=["lease_expires_at"],
                name="ix_documents_due",
                condition=Q(status__in=["queued", "extracting"]),
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"

    @property
    def is_settled(self) -> bool:
        return self.status in {self.Status.READY, self.Status.REFUSED}

    @property
    def progress(self) -> dict[str, int] | None:
        """Return how many pages are read of how many, while that is known."""
        if self.status != self.Status.EXTRACTING or not self.pages_to_read:
            return None
        return {"pages_read": self.pages_read, "pages": self.pages_to_read}

    @property
    def is_claimable(self) -> bool:
        """Say whether a reader may take the document now."""
        is_abandoned = self.status == self.Status.EXTRACTING and self.lease_expires_at <= timezone.now()
        return self.status == self.Status.QUEUED or is_abandoned

    @property
    def wakeup(self) -> str:
        """Return the name under which whoever follows the papers of this client is woken."""
        return f"papers-{self.client_id}"

    def lease(self, seconds: float) -> None:
        """Keep the queue from seeing to this document for some seconds; the caller saves."""
        self.lease_expires_at = timezone.now() + timedelta(seconds=seconds)

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the firm and the client of the document."""
        return self.client.audit_scope()


class PageQuerySet(models.QuerySet["Page"]):
    def with_text(self) -> Self:
        """Fetch each page's document along, with its text and without its paragraphs."""
        return self.select_related("document").defer("document__paragraphs")

    def visible_to(self, user: Actor) -> Self:
        """Return the pages of the clients that the user may see."""
        return self.filter(client__in=Client.objects.visible_to(user))


class Page(models.Model):
    """A page of a document: where it stands in the text (code points), its size in points, the boxes of its words.

    Those are packed as `extraction.layout` says; where the format flows there are none.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    document = models.ForeignKey(
        Document, models.CASCADE, related_name="pages", db_constraint=False, db_index=False
    )
    number = models.IntegerField()
    start = models.IntegerField()
    end = models.IntegerField()
    width = models.FloatField()
    height = models.FloatField()
    layout = EncryptedBytesField(
        default=bytes, blank=True, bound=("document_id", "number", "start", "end", "width", "height")
    )

    objects = PageQuerySet.as_manager()

    class Meta:
        db_table = "pages"
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="ix_pages_document_number"),
        ]
        indexes = [
            # all pages of a client, to seal their boxes anew, or when it is deleted
            Index(fields=["client"], name="ix_pages_client_id"),
        ]

    def __str__(self) -> str:
        return f"page {self.number} of document {self.document_id}"


class PassageQuerySet(models.QuerySet["Passage"]):
    def with_document(self) -> Self:
        """Fetch each document along, without its text: fifty passages would carry it fifty times."""
        return self.select_related("document").defer(*(f"document__{name}" for name in READ_IN_IT))

    def visible_to(self, user: Actor) -> Self:
        """Return the passages of the clients that the user may see."""
        return self.filter(client__in=Client.objects.visible_to(user))


PLACE = ("document_id", "start", "end", "page", "page_end")  # what the words of a passage are sealed with


class Passage(models.Model):
    """A stretch of a document's text: the unit of search and of citation. Offsets are code points."""

    client = models.ForeignKey(Client, models.CASCADE, db_constraint=False, db_index=False)
    document = models.ForeignKey(
        Document, models.CASCADE, related_name="passages", db_constraint=False, db_index=False
    )
    start = models.IntegerField()
    end = models.IntegerField()
    page = models.IntegerField()
    page_end = models.IntegerField()
    heading = EncryptedTextField(max_length=200, blank=True, bound=PLACE)
    text = EncryptedTextField(bound=PLACE)

    objects = PassageQuerySet.as_manager()

    class Meta:
        db_table = "passages"
        constraints = [
            models.UniqueConstraint(fields=["document", "start"], name="ix_passages_document_start"),
        ]
        indexes = [
            # all passages of a client, to build its index
            Index(fields=["client"], name="ix_passages_client_id"),
        ]

    def __str__(self) -> str:
        return f"passage {self.pk} of document {self.document_id}"


class SearchIndexQuerySet(models.QuerySet["SearchIndex"]):
    def visible_to(self, user: Actor) -> Self:
        """Return the indexes of the clients that the user may see."""
        return self.filter(client__in=Client.objects.visible_to(user))


class SearchIndex(models.Model):
    """One part of the full-text index of a client's passages, sealed; most clients have one part only.

    A part that did not open any more holds nothing, and says so, until it is written anew.
    """

    client = models.ForeignKey(Client, models.CASCADE, db_constraint=False, db_index=False)
    part = models.IntegerField(default=1, db_default=1)
    version = models.IntegerField(default=0, db_default=0)  # raised with every change, and never lowered
    document_ids = ArrayField(models.BigIntegerField(), default=list)
    passage_count = models.IntegerField(default=0, db_default=0)
    content = models.BinaryField(default=bytes)
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = SearchIndexQuerySet.as_manager()

    class Meta:
        db_table = "search_indexes"
        verbose_name_plural = "search indexes"
        constraints = [
            models.UniqueConstraint(fields=["client", "part"], name="ix_search_indexes_client_part"),
        ]

    def __str__(self) -> str:
        return f"part {self.part} of the index of {self.client_id}"

    def audit_scope(self) -> tuple[int | None, list[str]]:
        """Return the firm and the client of the index."""
        return self.client.audit_scope()
