"""The shapes of messages and citations; `ask --json` prints the same."""

from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from conversations.models import KEY_MOST, Citation, Message, Thread
from conversations.services import QUESTION_CHARACTERS
from documents.models import Passage
from lexai.api.fields import Several, Text, Truth
from lexai.api.views import StrictModelSerializer, StrictSerializer
from lexai.characters import SEEN

DOCUMENTS_CHOSEN = 1000


class ThreadSerializer(StrictModelSerializer):
    """A named line of questions and answers about one client."""

    class Meta:
        model = Thread
        fields: ClassVar[list[str]] = ["id", "client_id", "title", "created_at"]
        read_only_fields: ClassVar[list[str]] = fields


class PlaceSerializer(StrictModelSerializer):
    """Where something stands in the client's papers; null where it was not found.

    Without a `quote`, too, the paper was deleted, and with it the words.
    """

    filename = serializers.CharField(
        source="document.filename", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = Citation
        fields: ClassVar[list[str]] = [
            "n",
            "document_id",
            "filename",
            "page",
            "page_end",
            "start",
            "end",
            "quote",
        ]
        read_only_fields: ClassVar[list[str]] = fields


class CitationSerializer(PlaceSerializer):
    """What the marker [n] of an answer means; `verified`: the document says so there, word for word."""

    verified = serializers.SerializerMethodField()

    class Meta(PlaceSerializer.Meta):
        fields: ClassVar[list[str]] = [*PlaceSerializer.Meta.fields, "verified"]

    def get_verified(self, citation: Citation) -> bool:
        return citation.is_found


class MessageSerializer(StrictModelSerializer):
    """A question, or an answer with its citations."""

    asked_by = serializers.IntegerField(source="asked_by_id", read_only=True, allow_null=True)
    reply_to = serializers.IntegerField(source="reply_to_id", read_only=True, allow_null=True)
    thread = serializers.IntegerField(source="thread_id", read_only=True, allow_null=True)
    documents = serializers.ListField(
        child=serializers.IntegerField(),
        source="document_ids",
        read_only=True,
        help_text="the documents that a question was limited to; none: all of the client's",
    )
    supported = serializers.BooleanField(source="is_supported", read_only=True, allow_null=True)
    citations = serializers.SerializerMethodField()
    see_also = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields: ClassVar[list[str]] = [
            "id",
            "client_id",
            "role",
            "status",
            "content",
            "timestamp",
            "asked_by",
            "reply_to",
            "thread",
            "documents",
            "engine",
            "supported",
            "citations",
            "see_also",
        ]
        read_only_fields: ClassVar[list[str]] = fields

    @extend_schema_field(CitationSerializer(many=True))
    def get_citations(self, message: Message) -> list[dict[str, Any]]:
        return _shaped(message, Citation.Kind.QUOTATION, CitationSerializer)

    @extend_schema_field(PlaceSerializer(many=True))
    def get_see_also(self, message: Message) -> list[dict[str, Any]]:
        return _shaped(message, Citation.Kind.SEE_ALSO, PlaceSerializer)


class PendingMessageSerializer(MessageSerializer):
    """An answer that is on its way, and the address at which it can be followed."""

    events = serializers.SerializerMethodField()

    class Meta(MessageSerializer.Meta):
        fields: ClassVar[list[str]] = [*MessageSerializer.Meta.fields, "events"]

    def get_events(self, message: Message) -> str:
        return reverse("conversations:conversation-events", args=[message.pk])


@extend_schema_field({"type": "string", "maxLength": QUESTION_CHARACTERS, "pattern": SEEN})
class QuestionField(Text):
    """A question has words."""


class Key(serializers.IntegerField):
    """The number of a row; a truth value or a word is none, where REST framework would read it as one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=KEY_MOST, **options)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        number: int = super().to_internal_value(data)
        return number


class NewQuestionSerializer(StrictSerializer):
    """What is asked about a client, and whether to wait for the answer or to follow it.

    Without a `thread` the question begins one; with `documents`, only those are looked into.
    """

    content = QuestionField(max_length=QUESTION_CHARACTERS)
    stream = Truth(default=False)
    thread = Key(source="thread_id", allow_null=True, default=None)
    documents = Several(source="document_ids", child=Key(), max_length=DOCUMENTS_CHOSEN, default=list)


class PassageSerializer(StrictModelSerializer):
    """A passage that was found for a question."""

    passage_id = serializers.IntegerField(source="pk", read_only=True)
    filename = serializers.CharField(source="document.filename", read_only=True)

    class Meta:
        model = Passage
        fields: ClassVar[list[str]] = [
            "passage_id",
            "document_id",
            "filename",
            "page",
            "page_end",
            "start",
            "end",
            "heading",
            "text",
        ]
        read_only_fields: ClassVar[list[str]] = fields


def _shaped(message: Message, kind: Citation.Kind, shape: type[PlaceSerializer]) -> list[dict[str, Any]]:
    cited = message.citations.all() if message.is_settled else ()  # they are stored when it is settled
    chosen = [citation for citation in cited if citation.kind == kind]
    return [dict(each) for each in shape(chosen, many=True).data]
