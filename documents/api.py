"""Clients with all that deleting one takes along, their documents, and search, over REST."""

from collections.abc import Collection
from functools import partial
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.followers import admission
from clients import api
from clients.models import Client
from documents import services
from documents.extraction import kinds, markup
from documents.models import Document
from documents.serializers import (
    BatchAnswerSerializer,
    BatchResultSerializer,
    BatchSerializer,
    DocumentSerializer,
    PageWithWordsSerializer,
    QuestionSerializer,
    RetrySerializer,
    SearchSerializer,
    TextSerializer,
    UploadSerializer,
)
from documents.streams import looking
from documents.uploads import MEGABYTE, Upload
from lexai import audit
from lexai.api import streams
from lexai.api.bodies import FormParser
from lexai.api.fields import KeyFilter, StableOrdering
from lexai.api.refusals import OutgoingFile, attempted
from lexai.api.views import IF_MATCH, PracticeViewSet, Shown
from lexai.web.downloads import attachment

PICTURE_TYPE = "image/webp"
LOOK = OpenApiParameter(
    "look",
    {"type": "string", "minLength": 1},
    description="given out by pages of the workplace: this look stands in the audit already",
)
UNKNOWN_MEDIA_TYPE = "application/octet-stream"
MEDIA_TYPES = kinds.MEDIA_TYPES - {markup.MEDIA_TYPE}  # no browser is told that a client's paper is a page


class ClientViewSet(api.ClientViewSet):
    """The clients of the firm, restricted ones for their members only."""

    @extend_schema(parameters=[IF_MATCH])
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a client with its documents and conversations."""
        services.delete_client(self.get_object(), by=self.by, version=self.demanded_version())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DocumentFilters(filters.FilterSet):
    """How a list of documents can be narrowed and ordered."""

    status = filters.ChoiceFilter(choices=Document.Status.choices)
    parent = KeyFilter(help_text="the id of the mail or archive in which they came")
    search = filters.CharFilter(field_name="filename", lookup_expr="holds", help_text="part of the name")
    uploaded_after = filters.IsoDateTimeFilter(field_name="upload_date", lookup_expr="gt")
    uploaded_before = filters.IsoDateTimeFilter(field_name="upload_date", lookup_expr="lt")
    ordering = StableOrdering(fields=["filename", "upload_date", "size_bytes"])


class ClientDocumentsViewSet(PracticeViewSet):
    """The documents of one client."""

    model = Document
    noun = "document"
    client_id_column = "client_id"
    default_ordering = ("-upload_date", "-pk")
    serializer_class = DocumentSerializer
    filterset_class = DocumentFilters
    parser_classes = (FormParser,)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the client's documents."""
        client = self._client()
        return self.listed(self.get_queryset().filter(client=client.pk), target=client)

    @extend_schema(
        request={"multipart/form-data": UploadSerializer},
        responses={200: DocumentSerializer, 201: DocumentSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a file to the client's papers; it is queued to be read.

        Where the client has the same file already, that document is the answer (200); one that came in a mail or an
        archive stands by itself from then on.
        """
        client = self._client()  # before the body is touched: nobody stores a file at a client he cannot see
        serializer = UploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        new = Document(client=client)
        added = services.add_document(new, serializer.validated_data["file"], by=self.by)
        answer = status.HTTP_201_CREATED if added is new else status.HTTP_200_OK
        return Response(self.get_serializer(added).data, answer)

    @extend_schema(request={"multipart/form-data": BatchSerializer}, responses=BatchAnswerSerializer)
    def batch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add several files, each by itself: one that is refused keeps no other from being added."""
        client = self._client()
        serializer = BatchSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        results = [self._attempted(upload, client) for upload in serializer.validated_data["file"]]
        return Response({"results": BatchResultSerializer(results, many=True).data})

    def _attempted(self, upload: Upload, client: Client) -> dict[str, Any]:
        deed = partial(services.add_document, Document(client=client), upload, by=self.by)
        document, problem = attempted(deed, request=self.request, view=self)
        return {"filename": upload.filename, "document": document, "problem": problem}

    def _client(self) -> Client:
        return get_object_or_404(Client.objects.visible_to(self.by), pk=self.kwargs["client_id"])


class DocumentEventsViewSet(PracticeViewSet):
    """The documents of one client while they are read."""

    model = Document
    renderer_classes = [streams.EventStreamRenderer]

    @extend_schema(responses={(200, streams.EVENT_STREAM): streams.described("document", "idle")})
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Follow the documents that are queued or read as server-sent events.

        `document` tells id, status, progress and refusal of each, at first and whenever they change, until it is
        settled; `idle` comes last, when none is left. The stream ends, too, when the client may no longer be seen, or
        after ten minutes. Nobody can follow more than a few streams at once.
        """
        client = get_object_or_404(Client.objects.visible_to(self.by), pk=self.kwargs["client_id"])
        return streams.answer(
            request,
            looking(client, by=self.by, admitted=admission(request, by=self.by)),
            name=Document(client=client).wakeup,
            by=self.by,
            door=f"api {type(self).__name__}",
            recorded=partial(
                audit.record_read, "document.listed", by=self.by, client_ids=[client.pk], target=client
            ),
        )


class DocumentViewSet(Shown, PracticeViewSet):
    """One document."""

    model = Document
    noun = "document"
    client_id_column = "client_id"
    serializer_class = DocumentSerializer

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Refuse nobody a file or a picture for what they accept: it is the only form that there is."""
        is_only_form = self.action in {"file", "picture"}
        return super().perform_content_negotiation(request, force=force or is_only_form)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a document with its file, what came in it, and all that was read in them."""
        services.delete_document(self.get_object(), by=self.by)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True)
    def file(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the uploaded file as it came, to be saved and never to be shown in place."""
        document = self.get_object()
        is_known = document.media_type in MEDIA_TYPES
        answer = self._head(document) if request.method == "HEAD" else self._body(document)
        answer["Content-Type"] = document.media_type if is_known else UNKNOWN_MEDIA_TYPE
        answer["Content-Disposition"] = attachment(document.filename)
        answer["Content-Security-Policy"] = "sandbox"
        return answer

    def _head(self, document: Document) -> HttpResponseBase:
        """Say what a download would bring, which is no download."""
        self.shown(document)
        return HttpResponse(headers={"Content-Length": str(document.size_bytes)})

    def _body(self, document: Document) -> HttpResponseBase:
        original = services.open_original(document, by=self.by)
        answer = FileResponse(OutgoingFile(original, self.request, f"api {type(self).__name__}"))
        answer.block_size = MEGABYTE
        return answer

    @extend_schema(responses=TextSerializer)
    @action(detail=True)
    def text(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show what was read in the document, and where its pages stand in it."""
        return Response(TextSerializer(services.read_text(self.get_object(), by=self.by)).data)

    @extend_schema(responses=PageWithWordsSerializer)
    @action(detail=True)
    def page(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a page with its text and where its words lie on it."""
        page = services.read_page(self.get_object(), self.kwargs["number"], by=self.by)
        return Response(PageWithWordsSerializer(page).data)

    @property
    def row_parameters(self) -> Collection[str]:  # type: ignore[override]  # it depends on the action
        return {LOOK.name} if self.action == "picture" else ()

    @extend_schema(parameters=[LOOK], responses={(200, PICTURE_TYPE): OpenApiTypes.BINARY})
    @action(detail=True)
    def picture(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show a page as it looks; there is none where the format flows."""
        look = request.query_params.get(LOOK.name, "")
        drawn = services.draw_page(self.get_object(), self.kwargs["number"], by=self.by, look=look)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": "sandbox"}
        return HttpResponse(drawn, content_type=PICTURE_TYPE, headers=headers)

    @extend_schema(request=RetrySerializer, responses=DocumentSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Queue a document again that could not be read, with its password where it has one."""
        document = self.get_object()
        serializer = RetrySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        document = services.retry_document(document, by=self.by, **serializer.validated_data)
        return Response(self.get_serializer(document).data)


class SearchViewSet(PracticeViewSet):
    """Search in the papers of one client, or of all that the user may see."""

    model = Document
    serializer_class = SearchSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(parameters=[QuestionSerializer], responses=SearchSerializer)
    def find(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Find the passages that fit the words best, in all clients part by part: `next` goes on."""
        question = QuestionSerializer(data=request.query_params.dict())
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        clients = Client.objects.visible_to(self.by)
        client = get_object_or_404(clients, pk=asked["client"]) if "client" in asked else None
        part = services.search_papers(
            asked["q"], by=self.by, client=client, limit=asked["limit"], cursor=asked.get("cursor", "")
        )
        return Response(self.get_serializer(self._shown(part)).data)

    def _shown(self, part: services.PapersFound) -> dict[str, Any]:
        following = replace_query_param(self.request.build_absolute_uri(), "cursor", str(part.next))
        return {
            "results": [one for _client, passages in part.found for one in passages],
            "clients": part.clients,
            "documents": part.documents,
            "unreadable": part.unreadable,
            "searched": part.searched,
            "total": part.total,
            "next": following if part.next else None,
        }
