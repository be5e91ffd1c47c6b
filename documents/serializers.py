"""The shapes of documents, of what was read in them, and of what a search finds."""

from typing import Any, ClassVar

from django.utils.datastructures import MultiValueDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from clients.models import Client
from documents.models import Document, Page
from lexai.api.fields import Name
from lexai.api.views import StrictModelSerializer, StrictSerializer

PASSAGES_SHOWN = 10
PASSAGES_SHOWN_MOST = 50
QUESTION_CHARACTERS_MOST = 1000


class DocumentSerializer(StrictModelSerializer):
    """A document as the practice knows it; its file and its text have addresses of their own."""

    client_id = serializers.CharField(read_only=True)
    warnings = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="what may be missing in the text"
    )

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = [
            "id",
            "client_id",
            "filename",
            "status",
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

    file = serializers.FileField(help_text="the document: PDF, DOCX or plain text")

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, MultiValueDict) and len(data.getlist("file")) > 1:
            raise ValidationError({"file": "Send one file at a time."})
        return super().to_internal_value(data)


class PageSerializer(StrictModelSerializer):
    """Where a page stands in the text, in code points, and its size in points."""

    class Meta:
        model = Page
        fields: ClassVar[list[str]] = ["number", "start", "end", "width", "height"]
        read_only_fields = fields


class TextSerializer(StrictModelSerializer):
    """What was read in a document."""

    text = serializers.CharField(read_only=True)
    pages = PageSerializer(many=True, read_only=True)
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = ["text", "pages", "warnings"]


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
