"""The people of the firm over REST, for its administrators."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import policies, services
from accounts.models import User, UserQuerySet
from accounts.serializers import InvitationSerializer, UserSerializer
from lexai.api.fields import StableOrdering, TruthFilter
from lexai.api.views import Listed, PracticeViewSet, Shown
from lexai.errors import require


class UserFilters(filters.FilterSet):
    """How a list of people can be narrowed and ordered."""

    search = filters.CharFilter(
        method="matching", max_length=120, help_text="part of a name or of the address"
    )
    role = filters.ChoiceFilter(choices=User.Role.choices)
    is_active = TruthFilter()
    subscription_tier = filters.ChoiceFilter(choices=User.Tier.choices)
    ordering = StableOrdering(fields=["email", "last_name", "created_at", "last_login"])

    def matching(self, rows: UserQuerySet, _name: str, words: str) -> UserQuerySet:
        return rows.matching(words)


class UserViewSet(Listed, Shown, PracticeViewSet):
    """The people of the firm; administrators alone see and change them here."""

    model = User
    noun = "user"
    default_ordering = ("email",)
    serializer_class = UserSerializer
    filterset_class = UserFilters

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require(policies.can_manage_users(self.by, self.by.firm_id))

    @extend_schema(request=InvitationSerializer, responses={201: UserSerializer})
    def create(self, request: Request) -> Response:
        """Invite somebody: a link goes to the address, with which they choose the password."""
        serializer = InvitationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = User(**serializer.validated_data, firm=self.by.firm)
        return self._answer(services.invite_user(user, by=self.by), status.HTTP_201_CREATED)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change names, role or subscription; a new role ends the person's sessions and tokens."""
        user = self.get_object()
        serializer = self.get_serializer(user, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        for field, value in serializer.validated_data.items():
            setattr(user, field, value)
        return self._answer(services.change_user(user, by=self.by, changed=serializer.validated_data))

    @extend_schema(request=None, responses=UserSerializer)
    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Shut a person out for good: password, sessions, tokens and links end."""
        return self._answer(services.deactivate_user(self.get_object(), by=self.by))

    @extend_schema(request=None, responses=UserSerializer)
    @action(detail=True, methods=["post"])
    def reactivate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let a person back in: a link for a new password goes to their address."""
        return self._answer(services.reactivate_user(self.get_object(), by=self.by))

    @extend_schema(request=None, responses=UserSerializer)
    @action(detail=True, methods=["post"], url_path="send-link")
    def send_link(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Mail a new link: an invitation to whoever has not come yet, else one for a lost password."""
        return self._answer(services.order_link(self.get_object(), by=self.by))

    @extend_schema(request=None, responses=UserSerializer)
    @action(detail=True, methods=["post"], url_path="release-lockout")
    def release_lockout(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let the person sign in again at once, after too many failures."""
        return self._answer(services.release_lockout(self.get_object(), by=self.by))

    def _answer(self, user: User, code: int = status.HTTP_200_OK) -> Response:
        return Response(UserSerializer(user).data, code)
