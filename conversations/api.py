"""Conversations over REST: asking, reading, and following an answer while it is given."""

from functools import partial
from typing import Any, cast

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.followers import admission
from clients.models import Client
from conversations import services
from conversations.models import Message, MessageQuerySet, Thread, ThreadQuerySet
from conversations.serializers import (
    MessageSerializer,
    NewQuestionSerializer,
    PendingMessageSerializer,
    ThreadSerializer,
)
from conversations.streams import Place, looking
from lexai import audit
from lexai.api import streams
from lexai.api.fields import KeyFilter
from lexai.api.views import Listed, PracticeViewSet, Shown

EVENT = streams.described("passages", "delta", "citation", "done", is_resumable=True)
LAST_EVENT_ID = OpenApiParameter(
    "Last-Event-ID", str, OpenApiParameter.HEADER, description="the id of the last event that was received"
)


class MessageFilters(filters.FilterSet):
    """How a client's messages can be narrowed and ordered."""

    role = filters.ChoiceFilter(choices=Message.Role.choices)
    status = filters.ChoiceFilter(choices=Message.Status.choices)
    thread = KeyFilter(help_text="the number of a thread")
    since = filters.IsoDateTimeFilter(field_name="timestamp", lookup_expr="gte")
    until = filters.IsoDateTimeFilter(
        field_name="timestamp", lookup_expr="lt", help_text="this moment excluded"
    )
    ordering = filters.ChoiceFilter(
        choices=[("timestamp", "the oldest first"), ("-timestamp", "the newest first")], method="ordered"
    )

    def ordered(self, rows: QuerySet[Message], _name: str, ordering: str) -> QuerySet[Message]:
        return rows.order_by(ordering, ordering.replace("timestamp", "pk"))


class ConversationViewSet(Listed, PracticeViewSet):
    """The questions and answers about one client."""

    model = Message
    noun = "conversation"
    client_id_column = "client_id"
    default_ordering = ("-timestamp", "-pk")
    serializer_class = MessageSerializer
    filterset_class = MessageFilters

    def get_queryset(self) -> QuerySet[Message]:
        messages = cast("MessageQuerySet", super().get_queryset())
        return messages.filter(client=self._client().pk).with_citations()

    @extend_schema(
        request=NewQuestionSerializer, responses={201: MessageSerializer, 202: PendingMessageSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask a question: wait for the whole answer (201), or with `stream` follow it at `events` (202)."""
        client = self._client()
        serializer = NewQuestionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        is_followed = serializer.validated_data.pop("stream")
        question = Message(client=client, **serializer.validated_data)
        if is_followed:
            pending = services.begin_answer(question, by=self.by)
            return Response(PendingMessageSerializer(pending).data, status.HTTP_202_ACCEPTED)
        answer = get_object_or_404(self.get_queryset(), pk=services.ask(question, by=self.by).pk)
        return Response(self.get_serializer(answer).data, status.HTTP_201_CREATED)

    def _client(self) -> Client:
        """Return the client in the address: a conversation is found through it alone."""
        return get_object_or_404(Client.objects.visible_to(self.by), pk=self.kwargs["client_id"])


class ThreadViewSet(Listed, PracticeViewSet):
    """The threads of one client, the newest first."""

    model = Thread
    noun = "thread"
    client_id_column = "client_id"
    default_ordering = ("-created_at", "-pk")
    serializer_class = ThreadSerializer

    def get_queryset(self) -> QuerySet[Thread]:
        client = get_object_or_404(Client.objects.visible_to(self.by), pk=self.kwargs["client_id"])
        return cast("ThreadQuerySet", super().get_queryset()).filter(client=client)


class MessageViewSet(Shown, PracticeViewSet):
    """One question or answer with its citations."""

    model = Message
    noun = "conversation"
    client_id_column = "client_id"
    serializer_class = MessageSerializer

    def get_queryset(self) -> QuerySet[Message]:
        return cast("MessageQuerySet", super().get_queryset()).with_citations()

    @extend_schema(request=None, responses=MessageSerializer)
    def stop(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Stop an answer under way: it is settled as `incomplete`, with what has come of it."""
        stopped = services.stop_answer(self.get_object(), by=self.by)
        return Response(self.get_serializer(stopped).data)


class EventsViewSet(PracticeViewSet):
    """An answer while it is given."""

    model = Message
    serializer_class = MessageSerializer
    renderer_classes = [streams.EventStreamRenderer]

    @extend_schema(parameters=[LAST_EVENT_ID], responses={(200, streams.EVENT_STREAM): EVENT})
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Follow an answer as server-sent events: `passages`, `delta`, `citation` and at last `done`.

        After a broken line, ask again with the `Last-Event-ID`: what follows is exactly the rest. An answer
        that is settled is told whole. The stream ends with `done`, when it may no longer be read, or after ten
        minutes; with `problem`, a problem document, where what is stored does not open. Nobody can follow more than
        a few answers at once.
        """
        followed = self.get_object()
        place = Place.of(request.headers.get("Last-Event-ID", ""))
        return streams.answer(
            request,
            looking(followed, place, by=self.by, admitted=admission(request, by=self.by)),
            name=followed.wakeup,
            by=self.by,
            door="api EventsViewSet",
            recorded=partial(
                audit.record_read,
                "conversation.viewed",
                by=self.by,
                client_ids=[followed.client_id],
                target=followed,
            ),
        )
