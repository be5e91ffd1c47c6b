"""Clients and their members over REST."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.services import colleague
from clients import services
from clients.models import Client, ClientQuerySet, Member
from clients.serializers import ClientSerializer, ClientSummary, MemberSerializer, MembersSerializer
from lexai.api.fields import StableOrdering, TruthFilter
from lexai.api.views import IF_MATCH, Listed, PracticeViewSet, Shown
from lexai.database import require_version


class ClientFilters(filters.FilterSet):
    """How a list of clients can be narrowed and ordered."""

    search = filters.CharFilter(method="matching", help_text="part of the name or of the case number")
    case_number = filters.CharFilter()
    case_type = filters.CharFilter()
    email = filters.CharFilter(method="with_email", help_text="the whole address, in any spelling")
    phone = filters.CharFilter(method="with_phone", help_text="the whole number; its digits alone count")
    is_restricted = TruthFilter()
    updated_after = filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gt")
    ordering = StableOrdering(fields=["name", "case_number", "created_at", "updated_at"])

    def with_email(self, rows: ClientQuerySet, _name: str, email: str) -> ClientQuerySet:
        return rows.with_email(email)

    def with_phone(self, rows: ClientQuerySet, _name: str, phone: str) -> ClientQuerySet:
        return rows.with_phone(phone)

    def matching(self, rows: QuerySet[Client], _name: str, words: str) -> QuerySet[Client]:
        return rows.filter(Q(name__holds=words) | Q(case_number__holds=words))


class ClientViewSet(Listed, Shown, PracticeViewSet):
    """The clients of the firm, restricted ones for their members only."""

    model = Client
    noun = "client"
    client_id_column = "id"
    default_ordering = ("-updated_at", "pk")
    serializer_class = ClientSerializer
    filterset_class = ClientFilters

    def get_serializer_class(self) -> type[ClientSummary]:
        return ClientSummary if self.action == "list" else ClientSerializer

    def create(self, request: Request) -> Response:
        """Open a client's file."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        client = Client(**serializer.validated_data, firm_id=self.by.firm_id)
        client = services.open_client(client, by=self.by)
        return self._answer(client, status.HTTP_201_CREATED)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change some fields; with If-Match only the version that it names, else the last write wins."""
        return self._changed(request, partial=True)

    @extend_schema(parameters=[IF_MATCH])
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a client; what is left out stays as it is."""
        return self._changed(request, partial=False)

    @extend_schema(parameters=[IF_MATCH], request=MembersSerializer, responses=ClientSerializer)
    @action(detail=True, methods=["post"])
    def restrict(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Wall a client off, so that only its members see it."""
        client = self.get_object()
        serializer = MembersSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        emails = serializer.validated_data["members"]
        members = [colleague(email, by=self.by, field="members") for email in emails]
        version = self.demanded_version()
        return self._answer(services.restrict_client(client, by=self.by, members=members, version=version))

    @extend_schema(parameters=[IF_MATCH], request=None, responses=ClientSerializer)
    @action(detail=True, methods=["post"])
    def unrestrict(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take the wall down: the whole firm sees the client again."""
        version = self.demanded_version()
        return self._answer(services.unrestrict_client(self.get_object(), by=self.by, version=version))

    def _changed(self, request: Request, *, partial: bool) -> Response:
        client, version = self.get_object(), self.demanded_version()
        require_version(
            client, version
        )  # else a stale body would be told of its fields, and not that it is stale
        serializer = self.get_serializer(client, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        for field, value in serializer.validated_data.items():
            setattr(client, field, value)
        row = services.change_client(client, by=self.by, changed=serializer.validated_data, version=version)
        if row.version != client.version:
            return self._answer(row)
        with self.damage_shown():
            return self.shown(row)  # no deed is recorded, but it is shown all the same

    def _answer(self, client: Client, code: int = status.HTTP_200_OK) -> Response:
        with self.damage_shown():  # the deed is done, whatever else of the client does not open
            return Response(self.get_serializer(client).data, code, headers=self.version_headers(client))


class MemberViewSet(PracticeViewSet):
    """The people who may see one restricted client."""

    model = Member
    noun = "member"
    client_id_column = "client_id"
    default_ordering = ("added_at", "pk")
    serializer_class = MemberSerializer

    def get_queryset(self) -> QuerySet[Member]:
        return super().get_queryset().select_related("user")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the people who may see the client while it is restricted."""
        client = self._client()
        return self.listed(self.get_queryset().filter(client=client.pk), target=client)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let a colleague through the wall."""
        client = self._client()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = colleague(serializer.validated_data["user"]["email"], by=self.by)
        member = services.add_member(client, user, by=self.by)
        return Response(self.get_serializer(member).data, status.HTTP_201_CREATED)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Shut the wall to a colleague."""
        client = self._client()
        user = get_object_or_404(User.objects.visible_to(self.by), pk=self.kwargs["user_id"])
        services.remove_member(client, user, by=self.by)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _client(self) -> Client:
        """Return the client in the address: a member's row is found through it alone."""
        clients = Client.objects.visible_to(self.by)
        return get_object_or_404(clients, pk=self.kwargs["client_id"])
