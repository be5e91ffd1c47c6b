"""Every table in the back office: read-only, within the firm, and at a constant price."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations import services
from conversations.models import Message, Thread
from documents.services import index_client
from lexai.system import SYSTEM
from tests import factories

OURS = ["accounts", "clients", "documents", "conversations", "audit"]
TABLES = [model for model in apps.get_models() if model._meta.app_label in OURS]
NOTE = "1. Fees\n\nThe monthly fee is $900, due on the first day of each month."


def address(model, page="changelist", *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


@pytest.fixture
def dora(cast, client):
    client.force_login(cast.dora)
    return client


def fill(cast, times):
    for _ in range(times):
        opened = factories.client(cast.ana, "Another client")
        factories.ready_document(opened, NOTE)
        index_client(opened, by=SYSTEM)
        Thread.objects.create(client=opened, title="Rent")
        services.ask(Message(client=opened, content="How much is the fee?"), by=cast.ana)
        factories.user(cast.firm, f"{opened.pk}@hart.example")
        factories.restrict_client(opened, by=cast.dora, members=[cast.ana])


def test_every_table_has_its_page():
    assert {model for model in TABLES if model in admin.site._registry} == set(TABLES)


@pytest.mark.slow
@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_with_one_row_and_with_three(cast, dora, model):
    counts = []
    for times in (1, 2):
        fill(cast, times)
        with CaptureQueriesContext(connection) as queries:
            assert dora.get(address(model)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert not [query["sql"] for query in queries if '"documents"."text"' in query["sql"]]


@pytest.mark.slow
@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_row_can_be_read_and_neither_added_changed_nor_deleted(cast, dora, model):
    fill(cast, 1)
    row = model.objects.visible_to(cast.dora).first()

    assert dora.get(address(model, "change", row.pk)).status_code == 200
    assert dora.get(address(model, "add")).status_code == 403
    assert dora.post(address(model, "change", row.pk), {"name": "x"}).status_code == 403
    assert dora.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    dora.post(address(model), {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.slow
@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_nothing_of_another_firm_or_behind_a_wall_is_on_any_page(cast, dora, model):
    for client, marker in [(cast.foreign, "foreign-marker"), (cast.restricted, "walled-marker")]:
        document = factories.ready_document(client, f"{NOTE} {marker}", filename=f"{marker}.txt")
        index_client(client, by=SYSTEM)
        services.ask(Message(client=client, content=f"What is {marker}?"), by=SYSTEM)
        assert document.status == "ready"

    page = dora.get(address(model)).content.decode()

    assert "marker" not in page
    if model.__name__ != "AuditEvent":  # the firm's own audit names its clients by id
        assert cast.restricted.pk not in page
    assert cast.foreign.pk not in page
    assert "emil" not in page


@pytest.mark.parametrize(
    "lookup",
    [
        "password__startswith=bcrypt",
        "reset_token__startswith=a",
        "firm__users__password__startswith=b",
        "id__gt=0",
    ],
)
def test_no_column_can_be_read_letter_by_letter(cast, dora, lookup):
    assert dora.get(f"{address(type(cast.ana))}?{lookup}").status_code == 400
    assert dora.get(f"{address(type(cast.ana))}?role__exact=user").status_code == 200


@pytest.mark.parametrize(
    "path", ["/admin/clients/client/%00/change/", "/admin/clients/client/?case_type=%00", "/%00"]
)
def test_an_address_that_is_no_text_is_a_bad_request(dora, path):
    assert dora.get(path).status_code == 400


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "nonsense"])
def test_a_form_in_another_code_is_refused(client, charset):
    content_type = f"application/x-www-form-urlencoded; charset={charset}"

    assert client.generic("POST", "/admin/login/", b"username=x", content_type).status_code == 415


def test_no_page_shows_a_password_hash(cast, dora):
    page = dora.get(address(type(cast.ana), "change", cast.ana.pk)).content.decode()

    assert "bcrypt" not in page
    assert cast.ana.email in page


def test_no_door_of_djangos_own_writes_past_the_services(cast, dora):
    assert "password_change" not in dora.get("/admin/").content.decode()
    assert dora.get("/admin/password_change/").status_code == 404
    assert dora.post("/admin/password_change/", {"new_password1": "x"}).status_code == 404


@pytest.mark.django_db
def test_the_admins_own_styles_are_served(client):
    page = client.get("/static/admin/css/base.css")

    assert (page.status_code, page["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    page.close()
