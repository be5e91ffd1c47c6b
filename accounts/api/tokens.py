"""The tokens of whoever asks, over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.authentication import SignedInWithPassword
from accounts.models import ApiToken
from accounts.serializers import NewTokenSerializer, TokenSerializer
from lexai.api.views import Listed, PracticeViewSet


class TokenViewSet(Listed, PracticeViewSet):
    """The keys with which programs act for whoever asks."""

    model = ApiToken
    noun = "token"
    serializer_class = TokenSerializer

    def get_permissions(self) -> Any:
        return [SignedInWithPassword()] if self.action == "create" else super().get_permissions()

    @extend_schema(request=TokenSerializer, responses={201: NewTokenSerializer})
    def create(self, request: Request) -> Response:
        """Create a token; its secret is in this answer and nowhere else. Needs a session."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        token, secret = services.create_token(ApiToken(**serializer.validated_data), by=self.by)
        shown = {**TokenSerializer(token).data, "secret": secret}
        return Response(shown, status.HTTP_201_CREATED)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Revoke a token; the next request with it is refused."""
        services.revoke_token(self.get_object(), by=self.by)
        return Response(status=status.HTTP_204_NO_CONTENT)
