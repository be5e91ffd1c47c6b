"""What the product's list of clients is measured against; this is also the URLconf of the benchmark."""

from collections.abc import Iterator
from contextlib import contextmanager

import orjson
from django.db import connection, models
from django.urls import include, path
from psycopg_pool import ConnectionPool
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ModelViewSet

from clients.api import ClientViewSet
from clients.models import Client, ClientQuerySet
from clients.serializers import ClientSummary
from lexai.database import Index

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


class PlainClient(models.Model):
    """The clients in the open, as the product had them before it sealed anything."""

    id = models.CharField(primary_key=True, max_length=50)
    firm_id = models.BigIntegerField()
    name = models.CharField(max_length=100)
    case_number = models.CharField(max_length=50, null=True)
    email = models.CharField(max_length=100, null=True)
    phone = models.CharField(max_length=20, null=True)
    case_type = models.CharField(max_length=50, null=True)
    notes = models.TextField(null=True)
    is_restricted = models.BooleanField()
    version = models.IntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ClientQuerySet.as_manager()

    class Meta:
        app_label = "benchmarks"
        db_table = "plain_clients"
        indexes = [Index(fields=["firm_id", "-updated_at"], name="ix_plain_clients_firm_updated_at")]

    def __str__(self) -> str:
        return str(self.pk)


class PlainSummary(ClientSummary):
    class Meta(ClientSummary.Meta):
        model = PlainClient


class PlainClientViewSet(ClientViewSet):
    """The product's own list, of those."""

    model = PlainClient

    def get_serializer_class(self):
        return PlainSummary


@contextmanager
def plain_clients() -> Iterator[None]:
    """Have a table of all clients in the open for a while."""
    with connection.schema_editor() as editor:
        editor.create_model(PlainClient)
    columns = [field.attname for field in PlainClient._meta.concrete_fields]
    rows = [{column: getattr(client, column) for column in columns} for client in Client.objects.all()]
    PlainClient.objects.bulk_create(PlainClient(**row) for row in rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE clients, plain_clients")
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(PlainClient)


class BareApplication:
    """A list without a framework: one pool, two statements, one encoder; nothing sealed, and whoever asks is let in."""

    def __init__(self) -> None:
        address = connection.get_connection_params()
        names = ("host", "port", "user", "password", "dbname")
        known = {name: address[name] for name in names if address.get(name)}
        self.pool = ConnectionPool(kwargs={**known, "autocommit": True}, min_size=1, max_size=2, open=True)

    def __call__(self, environ, start_response):
        with self.pool.connection() as connection:
            count = connection.execute("SELECT count(*) FROM plain_clients").fetchone()[0]
            rows = connection.execute(
                f"SELECT {', '.join(COLUMNS)} FROM plain_clients ORDER BY updated_at DESC, id LIMIT {PAGE_SIZE}"
            ).fetchall()
        results = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [orjson.dumps({"count": count, "results": results}, option=orjson.OPT_UTC_Z)]


router = SimpleRouter()
router.register("plain", PlainClientViewSet, basename="plain")
router.register("stock", StockViewSet, basename="stock")
urlpatterns = [path("api/", include(router.urls)), path("", include("lexai.urls"))]
