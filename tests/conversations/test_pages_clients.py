import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from clients.models import Client
from conversations import services
from conversations.models import Message
from conversations.views.clients import Wanted
from lexai.audit.models import AuditEvent
from tests import factories
from tests.browsing import let_in

PART = {"HX-Request": "true", "HX-Target": "clients"}


def names(page):
    return [row.name for row in page.context["rows"]]


def age(client, period):
    """Have a client look as if it had not been changed for some time: else the database sees to the moment."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clients DISABLE TRIGGER clients_updated_at")
        Client.objects.filter(pk=client.pk).update(updated_at=timezone.now() - period)
        cursor.execute("ALTER TABLE clients ENABLE TRIGGER clients_updated_at")


def ask(client, words, by):
    return services.ask(Message(client=client, content=words), by=by)


def test_the_list_shows_what_somebody_may_see_and_no_more(cast):
    seen = {
        user.email: set(names(let_in(user).get("/clients/"))) for user in (cast.ben, cast.cleo, cast.emil)
    }

    assert seen == {
        "ben@hart.example": {"Jane Smith", "Harbour Bakery"},
        "cleo@hart.example": {"Harbour Bakery"},
        "emil@partners.example": {"Marcus Vale"},
    }


def test_a_row_tells_how_the_papers_stand_and_what_was_last_asked(cast):
    factories.ready_document(cast.open, "The rent is 4,200 dollars.")
    factories.ready_document(cast.open, b"\x00\x01\x02\x03 nothing that can be read")
    factories.document(cast.open, "Not read yet.")
    ask(cast.open, "When does it end?", cast.ana)
    ask(cast.open, "What is the rent?", cast.ben)

    (row,) = let_in(cast.cleo).get("/clients/").context["rows"]

    assert (row.papers.ready, row.papers.refused, row.papers.waiting) == (1, 1, 1)
    assert row.question == "What is the rent?"


def test_the_list_is_recorded_once_with_the_clients_it_shows(cast):
    let_in(cast.cleo).get("/clients/?q=bakery")

    (read,) = AuditEvent.objects.filter(verb="client.listed")
    assert (read.client_ids, read.facts) == ([cast.open.pk], {"rows": 1})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=carv", {"Ines Carvalho"}),
        ("q=carvalho+emp", {"Ines Carvalho"}),
        ("q=carvalho+fam", set()),
        ("q=EMP-009", {"Ines Carvalho"}),
        ("q=INES@carvalho.example", {"Ines Carvalho"}),
        ("q=ines@carvalho", set()),
        ("q=030+12-34", {"Ines Carvalho"}),
        ("q=%25", set()),
        ("type=Employment", {"Ines Carvalho"}),
        ("type=Employment&updated=7", set()),
        ("type=Employment&updated=365", {"Ines Carvalho"}),
        ("updated=7", {"Harbour Bakery"}),
        ("updated=never", {"Harbour Bakery", "Ines Carvalho"}),
    ],
)
def test_clients_are_found_and_narrowed(cast, query, found):
    fields = {"case_number": "2024-EMP-009", "email": "ines@carvalho.example", "phone": "(030) 1234"}
    client = factories.client(cast.ana, "Ines Carvalho", case_type="Employment", **fields)
    age(client, timedelta(days=40))

    page = let_in(cast.cleo).get(f"/clients/?{query}")

    assert set(names(page)) == found


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("name", "aster"),
        ("-name", "Zander"),
        ("-updated", "Zander"),
        ("updated", "Harbour Bakery"),
        ("type", "Zander"),
    ],
)
def test_the_list_is_ordered_as_asked(cast, order, first):
    factories.client(cast.ana, "aster")
    factories.client(cast.ana, "Zander", case_type="Tax")

    assert names(let_in(cast.cleo).get(f"/clients/?sort={order}"))[0] == first


def test_names_stand_as_people_sort_them_and_no_name_on_two_pages(cast):
    names_wanted = ["Ähnlich", "aster", "Berg", "Élan", "elder", "Zander"]
    for name in reversed(names_wanted):
        factories.client(cast.ana, name, case_type=name)
    Client.objects.bulk_create(Client(firm=cast.firm, name="same") for _ in range(60))
    browser = let_in(cast.cleo)

    first, second = (browser.get(f"/clients/?sort=name&page={page}") for page in (1, 2))

    shown = [row.client_id for page in (first, second) for row in page.context["rows"]]
    named = [name for page in (first, second) for name in names(page)]
    assert [name for name in named if name in names_wanted] == names_wanted
    assert len(set(shown)) == len(shown) == 67
    assert [one.value for one in first.context["types"]] == names_wanted


def test_the_list_by_name_is_read_along_its_index(cast):
    found = Wanted(sort="name").found(by=cast.cleo)[:50]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        plan = found.explain()

    assert "ix_clients_firm_name" in plan
    assert "Sort" not in plan


def test_a_page_keeps_its_place_in_the_address(cast):
    Client.objects.bulk_create(
        Client(firm=cast.firm, name=f"Client {number:02}", case_type="Tax") for number in range(60)
    )

    page = let_in(cast.cleo).get("/clients/?type=Tax&sort=name&q=client&page=2")

    assert names(page) == [f"Client {number}" for number in range(50, 60)]
    assert page.context["previous"] == "/clients/?q=client&type=Tax&sort=name"
    assert page.context["next"] is False
    assert page.context["heads"]["name"].address == "/clients/?q=client&type=Tax&sort=-name"


def test_htmx_gets_the_list_alone_and_the_address_it_stands_at(cast):
    browser = let_in(cast.cleo)

    typed = browser.get("/clients/?q=bakery&type=&sort=-updated", headers={**PART, "HX-Trigger-Name": "q"})
    turned = browser.get("/clients/?q=bakery&sort=name", headers=PART)

    assert (typed["HX-Replace-Url"], turned["HX-Push-Url"]) == (
        "/clients/?q=bakery",
        "/clients/?q=bakery&sort=name",
    )
    assert ("HX-Push-Url" in typed, "HX-Replace-Url" in turned) == (False, False)
    assert "<html" not in typed.content.decode()
    assert re.search(r'id="count"[^>]*hx-swap-oob="innerHTML">1 client<', typed.content.decode())


def test_the_types_that_are_offered_are_those_of_visible_clients(cast):
    Client.objects.filter(pk=cast.restricted.pk).update(case_type="Family Law")
    Client.objects.filter(pk=cast.open.pk).update(case_type="Commercial")

    offered = [one.value for one in let_in(cast.cleo).get("/clients/").context["types"]]

    assert offered == ["Commercial"]


def test_an_empty_list_says_what_to_do_next(cast):
    browser = let_in(cast.cleo)
    nothing_fits = browser.get("/clients/?q=nobody").content.decode()
    Client.objects.all().delete()

    assert "Show all clients" in nothing_fits
    assert "open the first" in browser.get("/clients/").content.decode()


def test_the_list_takes_as_many_queries_with_one_client_as_with_several(cast, django_assert_num_queries):
    browser = let_in(cast.cleo)
    browser.get("/clients/")
    for number in range(3):
        client = factories.client(cast.ana, f"Client {number}")
        ask(client, "What is the rent?", cast.ana)
        factories.document(client, "A lease.")

    with django_assert_num_queries(8):
        page = browser.get("/clients/")

    assert [row.question for row in page.context["rows"]] == ["What is the rent?"] * 3 + [""]
