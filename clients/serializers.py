"""The shapes of clients and their members."""

from typing import ClassVar

from rest_framework import serializers

from clients.models import Client, Member
from lexai.api.fields import Name, Several
from lexai.api.views import StrictModelSerializer, StrictSerializer


class ClientSummary(StrictModelSerializer):
    """A client in a list: everything but the notes."""

    class Meta:
        model = Client
        fields: ClassVar[list[str]] = [
            "id",
            "name",
            "case_number",
            "case_type",
            "email",
            "phone",
            "is_restricted",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields: ClassVar[list[str]] = ["id", "is_restricted", "version", "created_at", "updated_at"]


class ClientSerializer(ClientSummary):
    """A client with its notes."""

    class Meta(ClientSummary.Meta):
        fields: ClassVar[list[str]] = [*ClientSummary.Meta.fields, "notes"]


class MemberSerializer(StrictSerializer):
    """A user who may see the client; `email` names whom to add."""

    id = serializers.IntegerField(source="user.pk", read_only=True)
    email = Name(source="user.email", max_length=120)
    first_name = serializers.CharField(source="user.first_name", read_only=True)
    last_name = serializers.CharField(source="user.last_name", read_only=True)
    added_at = serializers.DateTimeField(read_only=True)

    class Meta:
        model = Member


class MembersSerializer(StrictSerializer):
    """The people who shall see a client beside whoever restricts it."""

    members = Several(
        child=Name(max_length=120),
        max_length=200,
        default=list,
        help_text="e-mail addresses",
    )
