"""The shapes of documents, of what was read in them, and of what a search finds."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.utils.datastructures import MultiValueDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from clients.models import Client
from documents import paragraphs
from documents.extraction import layout
from documents.models import Document, Page
from documents.passwords import PASSWORD_CHARACTERS_MOST
from documents.services import QUESTION_CHARACTERS_MOST
from lexai.api.fields import Name, Text
from lexai.api.openapi import PROBLEM
from lexai.api.views import StrictModelSerializer, StrictSerializer
from lexai.encryption.errors import Tampered

PASSAGES_SHOWN = 10
PASSAGES_SHOWN_MOST = 50
BOX_DECIMALS = 2  # of a point
WORD = {
    "type": "array",
    "description": "start and end in the document's text; left, top, right, bottom in points from the upper left "
    "corner; confidence in percent, or null where the file itself holds the word",
    "items": {"type": "number", "nullable": True},
    "minItems": 7,
    "maxItems": 7,
}


class ProgressSerializer(StrictSerializer):
    """How far the reading of a document has come."""

    pages_read = serializers.IntegerField(read_only=True)
    pages = serializers.IntegerField(read_only=True)


class DocumentSerializer(StrictModelSerializer):
    """A document as the practice knows it; its file and its text have addresses of their own."""

    client_id = serializers.CharField(read_only=True)
    parent_id = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="the mail or archive in which it came"
    )
    progress = ProgressSerializer(read_only=True, allow_null=True, help_text="while it is read")
    warnings = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="what may be missing in the text"
    )

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = [
            "id",
            "client_id",
            "parent_id",
            "depth",
            "filename",
            "status",
            "progress",
            "refusal",
            "refusal_message",
            "media_type",
            "size_bytes",
            "sha256",
            "page_count",
            "warnings",
            "uploaded_by",
            "upload_date",
        ]
        read_only_fields = fields


class UploadSerializer(StrictSerializer):
    """One file."""

    file = serializers.FileField(help_text="the document")

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, MultiValueDict) and len(data.getlist("file")) > 1:
            raise ValidationError({"file": "Send one file here, or several to `documents/batch/`."})
        return super().to_internal_value(data)


class BatchSerializer(StrictSerializer):
    """Several files."""

    file = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), min_length=1, help_text="the documents"
    )  # an empty one has a problem of its own, and keeps back no other


@extend_schema_field(PROBLEM)
class ProblemField(serializers.JSONField):
    """A problem document."""


class BatchResultSerializer(StrictSerializer):
    """What became of one file: the document, or the problem that kept it from being added."""

    filename = serializers.CharField(read_only=True)
    document = DocumentSerializer(read_only=True, allow_null=True)
    problem = ProblemField(read_only=True, allow_null=True)


class BatchAnswerSerializer(StrictSerializer):
    """What became of each file, in the order in which they were sent."""

    results = BatchResultSerializer(many=True, read_only=True)


class RetrySerializer(StrictSerializer):
    """What may help to read a document that was refused."""

    password = Text(
        max_length=PASSWORD_CHARACTERS_MOST,
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text="used once and not stored",
    )


class DocumentStateSerializer(StrictModelSerializer):
    """What changes in a document while it is read."""

    progress = ProgressSerializer(read_only=True)

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = ["id", "status", "progress", "refusal"]
        read_only_fields = fields


class PageSerializer(StrictModelSerializer):
    """Where a page stands in the text, in code points, and its size in points."""

    class Meta:
        model = Page
        fields: ClassVar[list[str]] = ["number", "start", "end", "width", "height"]
        read_only_fields = fields


class PageWithWordsSerializer(StrictModelSerializer):
    """A page with its text and the boxes of its words; where the format flows there are none."""

    text = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()

    class Meta:
        model = Page
        fields: ClassVar[list[str]] = ["number", "start", "end", "width", "height", "text", "words"]

    def get_text(self, page: Page) -> str:
        return (page.document.text or "")[page.start : page.end]

    @extend_schema_field({"type": "array", "items": WORD})
    def get_words(self, page: Page) -> list[list[float | None]]:
        words = layout.unpack(
            page.layout, start=page.start, end=page.end, width=page.width, height=page.height
        )
        try:
            return [_word(word) for word in words]
        except layout.BadLayout as error:
            raise Tampered(f"pages.layout of {page.pk}", page.client_id) from error


def _word(word: layout.Word) -> list[float | None]:
    start, end, *box, confidence = word
    return [start, end, *(round(edge, BOX_DECIMALS) for edge in box), confidence]


class ParagraphSerializer(StrictSerializer):
    """Where a paragraph stands in the text, in code points, and the headings above it, the outermost first."""

    start = serializers.IntegerField(read_only=True)
    end = serializers.IntegerField(read_only=True)
    headings = serializers.ListField(child=serializers.CharField(), read_only=True)


class TextSerializer(StrictModelSerializer):
    """What was read in a document."""

    text = serializers.CharField(read_only=True)
    pages = PageSerializer(many=True, read_only=True)
    paragraphs = serializers.SerializerMethodField(help_text="of formats that flow")
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = ["text", "pages", "paragraphs", "warnings"]

    @extend_schema_field(ParagraphSerializer(many=True))
    def get_paragraphs(self, document: Document) -> list[dict[str, Any]]:
        return [asdict(paragraph) for paragraph in paragraphs.unpacked(document.paragraphs)]


class QuestionSerializer(StrictSerializer):
    """What to look for, and where."""

    q = Name(max_length=QUESTION_CHARACTERS_MOST, help_text="words to look for")
    client = serializers.CharField(
        max_length=50, required=False, help_text="the id of the client whose papers are searched; else all"
    )
    limit = serializers.IntegerField(
        min_value=1,
        max_value=PASSAGES_SHOWN_MOST,
        default=PASSAGES_SHOWN,
        help_text="passages shown of each client",
    )
    cursor = serializers.CharField(
        max_length=500, required=False, help_text="where to go on: stands in `next` of the part before"
    )


class FoundSerializer(StrictSerializer):
    """A passage that was found; scores compare within one client only."""

    client_id = serializers.CharField(source="passage.client_id", read_only=True)
    document_id = serializers.IntegerField(source="passage.document_id", read_only=True)
    filename = serializers.CharField(source="passage.document.filename", read_only=True)
    page = serializers.IntegerField(source="passage.page", read_only=True)
    page_end = serializers.IntegerField(source="passage.page_end", read_only=True)
    start = serializers.IntegerField(source="passage.start", read_only=True)
    end = serializers.IntegerField(source="passage.end", read_only=True)
    heading = serializers.CharField(source="passage.heading", read_only=True)
    text = serializers.CharField(source="passage.text", read_only=True)
    score = serializers.FloatField(read_only=True)


class NamedClientSerializer(StrictModelSerializer):
    """A client whose name or case number holds the words."""

    class Meta:
        model = Client
        fields: ClassVar[list[str]] = ["id", "name", "case_number"]
        read_only_fields = fields


class NamedDocumentSerializer(StrictModelSerializer):
    """A document whose file name holds the words."""

    client_id = serializers.CharField(read_only=True)

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = ["id", "client_id", "filename"]
        read_only_fields = fields


class SearchSerializer(StrictSerializer):
    """What a part of a search found: client by client, each one's best passages first."""

    results = FoundSerializer(many=True, read_only=True)
    clients = NamedClientSerializer(many=True, read_only=True, help_text="with the first part")
    documents = NamedDocumentSerializer(many=True, read_only=True, help_text="with the first part")
    unreadable = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="ids of clients of which something does not open and is left out; the audit says what",
    )
    searched = serializers.IntegerField(read_only=True, help_text="clients done, earlier parts included")
    total = serializers.IntegerField(read_only=True, help_text="clients in all")
    next = serializers.URLField(read_only=True, allow_null=True, help_text="where the search goes on")
