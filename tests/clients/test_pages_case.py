import re

import pytest
from django.db import connection

from clients import services
from clients.models import Client, Member
from documents.models import Document
from lexai.audit.models import AuditEvent
from tests import factories
from tests.browsing import let_in


def case(client, rest=""):
    return f"/clients/{client.pk}/case/{rest}"


def values_of(page):
    """Return what the fields of a page would send, as a browser reads them."""
    html = page.content.decode()
    found = {}
    for tag in re.findall(r"<input [^>]*>", html):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        is_off = 'type="radio"' in tag and "checked" not in tag
        if name and not is_off and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = value[1] if value else ""
    texts = re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    return {**found, **dict(texts)}


def test_a_new_client_is_opened_and_its_documents_are_next(cast):
    answer = let_in(cast.ana).post("/clients/new/", {"name": "Ines Carvalho", "case_number": "2024-EMP-009"})

    client = Client.objects.get(name="Ines Carvalho")
    assert (answer.status_code, answer["Location"]) == (302, f"/clients/{client.pk}/documents/")
    assert (client.firm, client.case_number, client.email) == (cast.firm, "2024-EMP-009", None)


def test_a_client_without_a_name_comes_back_with_the_sentence_and_all_that_was_typed(cast):
    page = let_in(cast.ana).post(
        "/clients/new/", {"name": " ", "notes": "Met at the harbour.", "phone": "0" * 21}
    )

    assert page.status_code == 400
    assert page.context["form"].errors == {
        "name": ["A client needs a name."],
        "phone": ["Ensure this value has at most 20 characters (it has 21)."],
    }
    assert (values_of(page)["notes"], values_of(page)["phone"]) == ("Met at the harbour.", "0" * 21)


def test_a_refusal_of_the_service_stands_beside_its_field(cast):
    page = let_in(cast.ana).post("/clients/new/", {"name": "Ines\u202eCarvalho"})

    assert page.status_code == 400
    assert page.context["form"].errors == {"name": ["It holds characters that are not text. Remove them."]}


def test_the_case_shows_the_details_and_records_the_read_once(cast):
    client = factories.client(cast.ana, "Ines Carvalho", notes="First line.\nSecond line.", phone="030 1234")
    before = AuditEvent.objects.count()

    page = let_in(cast.cleo).get(case(client))

    assert "First line.<br>Second line." in page.content.decode()
    read = AuditEvent.objects.order_by("-pk")[0]
    assert AuditEvent.objects.count() == before + 1
    assert (read.verb, read.actor, read.client_ids) == ("client.viewed", "cleo@hart.example", [client.pk])


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("case/members/", {"member": "0"}),
        ("case/restrict/", {"members": "999"}),
        ("case/change/", {"name": "", "version": "1"}),
        ("case/change/", {"name": "Jane Smith", "version": "0"}),
        ("delete/", {"name": "somebody else"}),
    ],
)
def test_a_form_that_comes_back_with_what_is_known_of_a_client_records_that_read(cast, address, sent):
    let_in(cast.ana).post(f"/clients/{cast.restricted.pk}/{address}", sent)

    reads = AuditEvent.objects.filter(verb="client.viewed", actor=cast.ana.email)
    assert list(reads.values_list("client_ids", flat=True)) == [[cast.restricted.pk]]


def test_a_change_saves_what_was_changed_and_nothing_else(cast):
    browser = let_in(cast.ana)
    sent = values_of(browser.get(case(cast.open, "change/")))

    answer = browser.post(case(cast.open, "change/"), {**sent, "case_number": "2024-COM-117"})

    assert (answer.status_code, answer["Location"]) == (302, case(cast.open))
    cast.open.refresh_from_db()
    assert (cast.open.name, cast.open.case_number, cast.open.version) == ("Harbour Bakery", "2024-COM-117", 2)
    assert AuditEvent.objects.order_by("-pk")[0].facts == {"fields": ["case_number"]}


def test_a_stale_edit_shows_both_versions_and_loses_no_typing(cast):
    browser = let_in(cast.ana)
    sent = values_of(browser.get(case(cast.open, "change/")))
    first = Client(pk=cast.open.pk, notes="Ben was here.", phone="040 777")
    services.change_client(first, by=cast.ben, changed=["notes", "phone"])

    page = browser.post(case(cast.open, "change/"), {**sent, "notes": "Ana was here.", "case_type": "Lease"})

    assert page.status_code == 412
    fields = [entry for entry in page.context["form"].entries() if entry.theirs is not None]
    shown = {one.field.name: (one.field.value(), one.theirs, one.kept) for one in fields}
    assert shown == {
        "case_type": ("Lease", "", "mine"),
        "notes": ("Ana was here.", "Ben was here.", "mine"),
        "phone": ("", "040 777", "theirs"),
    }
    cast.open.refresh_from_db()
    assert (cast.open.notes, cast.open.version) == ("Ben was here.", 2)


@pytest.mark.parametrize(("kept", "saved"), [("mine", "Ana was here."), ("theirs", "Ben was here.")])
def test_whoever_sees_both_versions_chooses(cast, kept, saved):
    browser = let_in(cast.ana)
    sent = values_of(browser.get(case(cast.open, "change/")))
    first = Client(pk=cast.open.pk, notes="Ben was here.", phone="040 777")
    services.change_client(first, by=cast.ben, changed=["notes", "phone"])
    page = browser.post(case(cast.open, "change/"), {**sent, "notes": "Ana was here.", "case_type": "Lease"})

    answer = browser.post(case(cast.open, "change/"), {**values_of(page), "keep-notes": kept})

    assert answer.status_code == 302
    cast.open.refresh_from_db()
    assert (cast.open.notes, cast.open.phone, cast.open.case_type) == (saved, "040 777", "Lease")


def test_a_value_that_does_not_open_is_shown_as_damaged_and_kept(cast):
    client = factories.client(cast.ana, "Ines Carvalho", notes="Secret.", phone="030 1234")
    other = factories.client(cast.ana, "Other", notes="Other.")
    _swap_notes(client, other)
    browser = let_in(cast.ana)

    page = browser.get(case(client))
    sent = values_of(browser.get(case(client, "change/")))
    answer = browser.post(case(client, "change/"), {**sent, "phone": "040 777"})

    assert "[damaged]" in page.content.decode()
    assert (page.status_code, answer.status_code) == (200, 302)
    told = AuditEvent.objects.filter(verb="seal.broken").values_list("client_ids", flat=True)
    assert set(map(tuple, told)) == {(client.pk,)}
    row = Client.objects.get(pk=client.pk)
    assert row.phone == "040 777"


def _swap_notes(client, other):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clients SET notes = (SELECT notes FROM clients WHERE id = %s) WHERE id = %s",
            [other.pk, client.pk],
        )


def test_a_client_is_restricted_to_chosen_colleagues(cast):
    answer = let_in(cast.ana).post(case(cast.open, "restrict/"), {"members": [cast.ben.pk]})

    assert answer["Location"] == case(cast.open)
    members = Member.objects.filter(client=cast.open).values_list("user__email", flat=True)
    assert set(members) == {"ana@hart.example", "ben@hart.example"}
    assert let_in(cast.cleo).get(case(cast.open)).status_code == 404


def test_somebody_of_another_firm_cannot_be_chosen(cast):
    page = let_in(cast.ana).post(case(cast.open, "restrict/"), {"members": [cast.emil.pk]})

    assert page.status_code == 400
    assert not Member.objects.filter(client=cast.open).exists()
    assert "emil@partners.example" not in page.content.decode()


def test_a_member_is_added_and_removed(cast):
    browser = let_in(cast.ana)

    browser.post(case(cast.restricted, "members/"), {"member": cast.cleo.pk})
    added = list(Member.objects.filter(client=cast.restricted).values_list("user_id", flat=True))
    browser.post(case(cast.restricted, f"members/{cast.ben.pk}/remove/"))
    left = list(Member.objects.filter(client=cast.restricted).values_list("user_id", flat=True))

    assert set(added) == {cast.ana.pk, cast.ben.pk, cast.cleo.pk}
    assert set(left) == {cast.ana.pk, cast.cleo.pk}


def test_whoever_leaves_is_led_away_from_the_client(cast):
    answer = let_in(cast.ana).post(case(cast.restricted, f"members/{cast.ana.pk}/remove/"))

    assert answer["Location"] == "/clients/"


def test_the_last_member_stays_and_the_page_says_why(cast):
    browser = let_in(cast.ana)
    browser.post(case(cast.restricted, f"members/{cast.ben.pk}/remove/"))

    page = browser.post(case(cast.restricted, f"members/{cast.ana.pk}/remove/"))

    assert page.status_code == 409
    assert str(services.LastMember()) in page.content.decode()


def test_the_restriction_is_lifted(cast):
    let_in(cast.ben).post(case(cast.restricted, "unrestrict/"))

    assert let_in(cast.cleo).get(case(cast.restricted)).status_code == 200


def test_a_client_is_deleted_once_its_name_is_typed(cast):
    factories.document(cast.open, "A lease.", by=cast.ana)
    browser = let_in(cast.ana)

    refused = browser.post(f"/clients/{cast.open.pk}/delete/", {"name": "Harbour"})
    is_there = Client.objects.filter(pk=cast.open.pk).exists()
    done = browser.post(f"/clients/{cast.open.pk}/delete/", {"name": "harbour  bakery"})

    assert (refused.status_code, is_there) == (400, True)
    assert refused.context["name_form"].errors == {
        "name": ["This is not the name of the client. Nothing was deleted."]
    }
    assert done["Location"] == "/clients/?told=deleted"
    assert not Client.objects.filter(pk=cast.open.pk).exists()
    assert not Document.objects.filter(client=cast.open.pk).exists()
    assert "The client has been deleted." in browser.get(done["Location"]).content.decode()


@pytest.mark.parametrize("rest", ["", "change/"])
def test_script_in_every_field_stays_text(cast, rest):
    hostile = "<script>alert(1)</script>"
    fields = dict.fromkeys(("case_number", "case_type", "email", "notes"), hostile)
    client = factories.client(cast.ana, hostile, **fields)

    page = let_in(cast.ana).get(case(client, rest)).content.decode()

    assert page.count("&lt;script&gt;") > 4
    assert hostile not in page
