"""Signing in and out over REST, and the own account."""

from typing import Any

from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import devices, services, sessions
from accounts.authentication import FromOwnPage, SignedIn, SignedInWithPassword
from accounts.serializers import (
    CsrfSerializer,
    MeSerializer,
    PasswordSerializer,
    SessionSerializer,
    SignInSerializer,
)
from lexai.api.lists import Limited


class CsrfView(Limited, APIView):
    """The token that a browser's changing requests carry."""

    permission_classes = [AllowAny]

    @extend_schema(responses=CsrfSerializer, auth=[], operation_id="auth_csrf")
    def get(self, request: Request) -> Response:
        """Set the CSRF cookie and return its token, for the header X-CSRFToken."""
        return Response({"csrf_token": get_token(request)})


class SignInView(Limited, APIView):
    """The sign-in of browsers; programs use tokens."""

    permission_classes = [FromOwnPage]

    @extend_schema(request=SignInSerializer, responses=SessionSerializer, auth=[], operation_id="auth_login")
    def post(self, request: Request) -> Response:
        """Open a session; needs the CSRF token. The answer brings a new one."""
        serializer = SignInSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        typed = serializer.validated_data
        user = services.sign_in(
            typed["email"],
            typed["password"],
            address=request.META["REMOTE_ADDR"],
            is_known_device=devices.is_known(request, typed["email"]),
        )
        sessions.begin(request, user)
        response = Response({"csrf_token": get_token(request), "user": MeSerializer(user).data})
        devices.remember(request, response, user)
        return response


class SignOutView(Limited, APIView):
    """The end of a browser's session."""

    permission_classes = [SignedInWithPassword]

    @extend_schema(request=None, responses={204: None}, operation_id="auth_logout")
    def post(self, request: Request) -> Response:
        """End the session."""
        by: Any = request.user
        services.sign_out(by, by=by)
        sessions.end(request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(Limited, APIView):
    """The account of whoever asks."""

    permission_classes = [SignedIn]

    @extend_schema(responses=MeSerializer, operation_id="auth_me")
    def get(self, request: Request) -> Response:
        """Say who asks."""
        return Response(MeSerializer(request.user).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer, operation_id="auth_me_change")
    def patch(self, request: Request) -> Response:
        """Change the own names."""
        by: Any = request.user
        serializer = MeSerializer(by, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        for field, value in serializer.validated_data.items():
            setattr(by, field, value)
        return Response(MeSerializer(services.change_user(by, by=by, changed=serializer.validated_data)).data)


class PasswordView(Limited, APIView):
    """The password of whoever asks."""

    permission_classes = [SignedInWithPassword]

    @extend_schema(request=PasswordSerializer, responses={204: None}, operation_id="auth_password")
    def post(self, request: Request) -> Response:
        """Change the password: every other session ends, and each token that ends with the password."""
        serializer = PasswordSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        by: Any = request.user
        user = services.change_password(
            by, **serializer.validated_data, by=by, address=request.META["REMOTE_ADDR"]
        )
        sessions.renew(request, user)
        return Response(status=status.HTTP_204_NO_CONTENT)
