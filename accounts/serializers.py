"""The shapes of accounts and of the audit."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.utils import timezone
from rest_framework import serializers

from accounts.models import ApiToken, User
from accounts.passwords import ADDRESS_LENGTH_MOST, LENGTH_MOST, TYPED_LENGTH_MOST
from lexai.api.fields import EmailAddress, Text
from lexai.api.views import StrictModelSerializer, StrictSerializer
from lexai.audit.models import AuditEvent


class AuditEventSerializer(StrictModelSerializer):
    """One deed: who did what to which row, and the clients that it touched."""

    facts = serializers.DictField(read_only=True)

    class Meta:
        model = AuditEvent
        fields: ClassVar[list[str]] = [
            "id",
            "occurred_at",
            "actor",
            "actor_id",
            "verb",
            "target_type",
            "target_id",
            "client_ids",
            "facts",
        ]
        read_only_fields: ClassVar[list[str]] = fields


TOKEN_LIFETIME = timedelta(days=90)


def _in_ninety_days() -> datetime:
    return timezone.now() + TOKEN_LIFETIME


class CsrfSerializer(serializers.Serializer):
    """The token that every changing request of a browser carries in the header X-CSRFToken."""

    csrf_token = serializers.CharField(read_only=True)


class SignInSerializer(StrictSerializer):
    """Who signs in."""

    email = Text(max_length=ADDRESS_LENGTH_MOST)
    password = Text(max_length=TYPED_LENGTH_MOST, trim_whitespace=False, write_only=True)


class MeSerializer(StrictModelSerializer):
    """Whoever asks."""

    firm = serializers.CharField(source="firm_name", read_only=True, allow_null=True)

    class Meta:
        model = User
        fields: ClassVar[list[str]] = [
            "id",
            "email",
            "first_name",
            "last_name",
            "firm",
            "role",
            "subscription_tier",
            "subscription_expires",
            "last_login",
        ]
        read_only_fields: ClassVar[list[str]] = [
            "id",
            "email",
            "role",
            "subscription_tier",
            "subscription_expires",
            "last_login",
        ]


class SessionSerializer(CsrfSerializer):
    """A session that has begun; the CSRF token before it is dead."""

    user = MeSerializer(read_only=True)


class PasswordSerializer(StrictSerializer):
    """The password as it is, and as it shall be."""

    current = Text(max_length=TYPED_LENGTH_MOST, trim_whitespace=False, write_only=True)
    new = Text(
        max_length=LENGTH_MOST,
        trim_whitespace=False,
        write_only=True,
        help_text="hard to guess: several words that do not belong together are best",
    )


class TokenSerializer(StrictModelSerializer):
    """A token, without its secret."""

    expires_at = serializers.DateTimeField(
        default=_in_ninety_days, help_text="within a year; 90 days from now unless said otherwise"
    )

    class Meta:
        model = ApiToken
        fields: ClassVar[list[str]] = [
            "id",
            "name",
            "prefix",
            "scope",
            "ends_with_password",
            "expires_at",
            "last_used_at",
            "created_at",
        ]
        read_only_fields: ClassVar[list[str]] = ["id", "prefix", "last_used_at", "created_at"]


class NewTokenSerializer(TokenSerializer):
    """A token with its secret, which is shown this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields: ClassVar[list[str]] = [*TokenSerializer.Meta.fields, "secret"]


class UserSerializer(StrictModelSerializer):
    """A person of the firm; the address stays as it was invited."""

    status = serializers.ChoiceField(choices=User.Status.choices, read_only=True)
    subscription_tier = serializers.ChoiceField(choices=User.Tier.choices, required=False)

    class Meta:
        model = User
        fields: ClassVar[list[str]] = [
            "id",
            "email",
            "first_name",
            "last_name",
            "role",
            "status",
            "subscription_tier",
            "subscription_expires",
            "created_at",
            "last_login",
        ]
        read_only_fields: ClassVar[list[str]] = ["id", "email", "created_at", "last_login"]


class InvitationSerializer(StrictModelSerializer):
    """Whom to invite; they choose the password themselves."""

    email = EmailAddress(max_length=120)

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["email", "first_name", "last_name", "role"]
