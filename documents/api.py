"""Clients with all that deleting one takes along, their documents, and search, over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from clients import api
from documents import services
from lexai.api.views import IF_MATCH


class ClientViewSet(api.ClientViewSet):
    """The clients of the firm, restricted ones for their members only."""

    @extend_schema(parameters=[IF_MATCH])
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a client with its documents and conversations."""
        services.delete_client(self.get_object(), by=self.by, version=self.demanded_version())
        return Response(status=status.HTTP_204_NO_CONTENT)
