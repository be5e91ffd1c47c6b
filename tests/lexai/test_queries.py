"""Queries that are kept: they say what `visible_to` says, for whoever asks, at the moment of asking."""

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone
from rest_framework import serializers

from accounts.models import User
from accounts.serializers import TokenSerializer
from clients.models import Client
from clients.serializers import ClientSummary
from clients.services import add_member, remove_member
from lexai.api.bodies import JSONRenderer
from lexai.api.views import PracticeViewSet, StrictModelSerializer, plain_columns_of
from lexai.audit.models import AuditEvent
from lexai.queries import BuiltQuery, Given, OneOf, kept
from lexai.system import SYSTEM
from tests import factories
from tests.access.routes import resolved
from tests.callers import program, signed_in

PEOPLE = ["ana", "ben", "cleo", "dora", "emil"]


def view_sets(base=PracticeViewSet):
    for view in base.__subclasses__():
        yield view
        yield from view_sets(view)


def kept_keys(view, user):
    """Return the keys that the kept query of a view finds for a user."""
    shape = type(
        "Shape", (StrictModelSerializer,), {"Meta": SimpleNamespace(model=view.model, fields=["id"])}
    )
    query = view._all_visible(shape, is_staff=user.is_staff)
    rows = query.fetch(limit=1000, user_id=user.pk, firm_id=user.firm_id)
    return [row[0] for row in rows]


@pytest.mark.parametrize("person", PEOPLE)
def test_what_is_kept_of_each_rule_finds_what_the_rule_finds(cast, person):
    user = getattr(cast, person)
    for client in (cast.restricted, cast.open, cast.foreign):
        factories.document(client, "The rent is 900 euros.")
    resolved()  # all views are imported
    views = [view for view in view_sets() if view.__dict__.get("model")]

    assert {view.model.__name__ for view in views} >= {"AuditEvent", "Client", "Document", "Member", "User"}
    for view in views:
        rows = view.model.objects.visible_to(user).order_by(*view.default_ordering)
        assert kept_keys(view, user) == list(rows.values_list("pk", flat=True)), view.__name__


@pytest.mark.parametrize(
    ("address", "shape", "order"),
    [
        ("clients/", ClientSummary, ["-updated_at", "pk"]),
        ("clients/?ordering=name&case_type=Lease", ClientSummary, ["name", "pk"]),
        ("auth/tokens/", TokenSerializer, ["-pk"]),
    ],
)
def test_a_list_is_byte_for_byte_what_its_shape_makes_of_the_rows(cast, address, shape, order):
    for name in ("Ångström & Söhne", "Zoë"):
        factories.client(cast.ana, name, case_type="Lease", phone="")
        program(cast.ana)
    rows = shape.Meta.model.objects.visible_to(cast.ana).order_by(*order)
    rows = rows.filter(case_type="Lease") if "Lease" in address else rows
    shaped = JSONRenderer().render(shape(rows, many=True).data)

    answer = signed_in(cast.ana).get(f"/api/v1/{address}")

    assert plain_columns_of(shape, shape.Meta.model)
    assert answer.content.partition(b'"results":')[2] == shaped + b"}"


def test_a_kept_query_knows_at_once_who_came_to_a_wall_and_who_left(cast):
    cleo, seen = signed_in(cast.cleo), []
    for change in (None, add_member, remove_member):
        if change:
            change(cast.restricted, cast.cleo, by=cast.ana)
        seen.append(cleo.get("/api/v1/clients/").json()["count"])

    assert seen == [1, 2, 1]


def test_a_shape_is_plain_only_when_every_field_tells_its_column_as_it_is():
    class Loud(serializers.CharField):
        def to_representation(self, value):
            return value.upper()

    class Shouted(StrictModelSerializer):
        name = Loud()

        class Meta:
            model = Client
            fields = ["id", "name"]

    class Secretive(StrictModelSerializer):
        class Meta:
            model = Client
            fields = ["id", "notes"]
            extra_kwargs = {"notes": {"write_only": True}}

    class Audited(StrictModelSerializer):
        class Meta:
            model = AuditEvent
            fields = ["id", "facts"]

    assert plain_columns_of(Shouted, Client) == {}
    assert plain_columns_of(Secretive, Client) == {"id": "id"}
    assert plain_columns_of(Audited, AuditEvent) == {}


@kept
def _chosen(by):
    visible = Client.objects.visible_to(by).filter(OneOf("pk", "wanted"))
    return BuiltQuery(visible.order_by("pk").values_list("pk"))


def test_a_kept_query_asks_for_the_rows_that_are_given_and_for_whoever_asks(cast, django_assert_num_queries):
    clients = [cast.restricted.pk, cast.open.pk, cast.foreign.pk]
    User.objects.filter(pk=cast.ben.pk).update(is_active=False)
    cast.ben.refresh_from_db()

    for by in (cast.ana, cast.ben, cast.cleo, cast.dora, cast.emil, SYSTEM):
        for wanted in (clients, clients[:1], []):
            found = [key for (key,) in _chosen(by, limit=10, wanted=wanted)]
            visible = Client.objects.visible_to(by).filter(pk__in=wanted).order_by("pk")
            assert found == list(visible.values_list("pk", flat=True)), by.email

    with django_assert_num_queries(1):
        assert _chosen(cast.ana, limit=1, wanted=clients) == [(min(clients[:2]),)]


def test_a_query_with_the_moment_of_its_building_is_not_kept(db):
    rows = User.objects.filter(created_at__lt=timezone.now(), email=Given("email")).values_list("pk")

    with pytest.raises(TypeError, match="Now"):
        BuiltQuery(rows).demand_lasting()


def test_a_query_that_can_find_nothing_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert BuiltQuery(User.objects.filter(Q(pk__in=[])).values_list("pk")).fetch(limit=1) == []


def test_a_counter_that_has_expired_is_not_raised_and_does_not_stay():
    with pytest.raises(ValueError, match="counter"):
        cache.incr("counter")

    assert cache.get("counter") is None
    assert cache.add("counter", 1, 60)
    assert [cache.incr("counter"), cache.get("counter")] == [2, 2]
