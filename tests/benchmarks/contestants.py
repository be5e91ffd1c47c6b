"""What the product's list of clients is measured against; this is also the URLconf of the benchmark."""

import orjson
from django.db import connection
from django.urls import include, path
from psycopg_pool import ConnectionPool
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ModelViewSet

from clients.models import Client
from clients.serializers import ClientSummary

PAGE_SIZE = 50
COLUMNS = ClientSummary.Meta.fields


class StockSerializer(serializers.ModelSerializer):
    class Meta:
        model = Client
        fields = COLUMNS


class StockPages(PageNumberPagination):
    page_size = PAGE_SIZE


class StockViewSet(ModelViewSet):
    """REST framework as its tutorial shows it: no limits, no audit, no walls; sign-in as the product has it."""

    queryset = Client.objects.order_by("-updated_at", "pk")
    serializer_class = StockSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = StockPages
    renderer_classes = [JSONRenderer]
    content_negotiation_class = DefaultContentNegotiation
    filter_backends = []
    throttle_classes = []


class BareApplication:
    """A list without a framework: one pool, two statements, one encoder; whoever asks is let in."""

    def __init__(self) -> None:
        address = connection.get_connection_params()
        names = ("host", "port", "user", "password", "dbname")
        known = {name: address[name] for name in names if address.get(name)}
        self.pool = ConnectionPool(kwargs={**known, "autocommit": True}, min_size=1, max_size=2, open=True)

    def __call__(self, environ, start_response):
        with self.pool.connection() as connection:
            count = connection.execute("SELECT count(*) FROM clients").fetchone()[0]
            rows = connection.execute(
                f"SELECT {', '.join(COLUMNS)} FROM clients ORDER BY updated_at DESC, id LIMIT {PAGE_SIZE}"
            ).fetchall()
        results = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [orjson.dumps({"count": count, "results": results}, option=orjson.OPT_UTC_Z)]


router = SimpleRouter()
router.register("stock", StockViewSet, basename="stock")
urlpatterns = [path("api/", include(router.urls)), path("", include("lexai.urls"))]
