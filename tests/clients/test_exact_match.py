"""Clients found by an e-mail address or a telephone number, which are sealed: every visible one is opened."""

import pytest
from django.db import connection
from django.test import Client as Browser

from clients import services
from clients.models import Client
from documents.services import delete_client
from lexai.audit.models import AuditEvent
from lexai.encryption import keyring
from lexai.encryption.fields import DAMAGED, ERASED
from lexai.encryption.models import DataKey
from lexai.system import SYSTEM
from tests import factories
from tests.callers import faults, signed_in, unlimited

__all__ = ["unlimited"]

EMAIL, PHONE = "jane@smith.example", "+1 555 0100"


@pytest.fixture
def jane(cast):
    """Return a client behind the wall, with an address that one of another firm has too."""
    services.change_client(given(cast.restricted), by=cast.ana, changed=["email", "phone"])
    services.change_client(given(cast.foreign), by=cast.emil, changed=["email", "phone"])
    return Client.objects.get(pk=cast.restricted.pk)


def given(client):
    client.email, client.phone = EMAIL, PHONE
    return client


@pytest.mark.parametrize(
    ("person", "found"),
    [("ana", ["restricted"]), ("ben", ["restricted"]), ("cleo", []), ("dora", []), ("emil", ["foreign"])],
)
def test_whom_an_address_or_a_number_finds_depends_on_who_asks(cast, jane, person, found):
    user = getattr(cast, person)
    wanted = [getattr(cast, name).pk for name in found]
    listed = [
        [row["id"] for row in signed_in(user).get("/api/v1/clients/", query).json()["results"]]
        for query in ({"email": EMAIL}, {"phone": PHONE})
    ]
    visible = Client.objects.visible_to(user)

    assert [one.pk for one in visible.with_email(EMAIL)] == wanted
    assert [one.pk for one in visible.with_phone(PHONE)] == wanted
    assert listed == [wanted, wanted]


@pytest.mark.parametrize(
    "email", [EMAIL, "JANE@Smith.example", " jane@smith.example ", "ｊane@smith.example"]
)
def test_an_address_is_found_in_any_spelling(cast, jane, email):
    assert list(Client.objects.visible_to(cast.ana).with_email(email)) == [jane]


@pytest.mark.parametrize("phone", [PHONE, "+15550100", "1-555-0100", "(1) 555.0100", "１５５５０１００"])
def test_a_number_is_found_by_its_digits(cast, jane, phone):
    assert list(Client.objects.visible_to(cast.ana).with_phone(phone)) == [jane]


@pytest.mark.parametrize(
    "words", ["jane@smith", "smith.example", "", "%", "jane@smith.example.org", "\0", "\ud800"]
)
def test_a_part_of_an_address_finds_nobody(cast, jane, words):
    factories.client(cast.ana, "Empty", email="", phone="")

    assert not Client.objects.visible_to(cast.ana).with_email(words).exists()


@pytest.mark.parametrize("phone", ["5550100", "+1 555 0101", "", "nobody", "+"])
def test_other_digits_find_nobody(cast, jane, phone):
    factories.client(cast.ana, "Without digits", phone="ask Jane")

    assert not Client.objects.visible_to(cast.ana).with_phone(phone).exists()


def test_several_with_one_address_are_all_found_and_filters_narrow_them(cast, jane):
    other = factories.client(cast.ana, "John Smith", email="Jane@Smith.Example", case_type="Lease")
    ana = signed_in(cast.ana)
    rows = ana.get("/api/v1/clients/", {"email": EMAIL, "ordering": "name"}).json()
    leases = ana.get("/api/v1/clients/", {"email": EMAIL, "case_type": "Lease"}).json()

    assert [row["id"] for row in rows["results"]] == [jane.pk, other.pk]
    assert [row["id"] for row in leases["results"]] == [other.pk]
    assert set(faults(ana.get("/api/v1/clients/?email="))) == {"email"}
    with pytest.raises(services.AmbiguousClient):
        services.find_client(EMAIL, by=cast.ana)


def test_a_client_is_named_by_its_address_to_whoever_sees_it(cast, jane):
    assert services.find_client(EMAIL.upper(), by=cast.ben) == jane
    assert services.find_client(EMAIL, by=cast.emil) == cast.foreign
    for outsider in (cast.cleo, cast.dora):
        with pytest.raises(services.UnknownClient):
            services.find_client(EMAIL, by=outsider)
    with pytest.raises(services.AmbiguousClient):
        services.find_client(EMAIL, by=SYSTEM)


@pytest.mark.parametrize("words", [EMAIL, PHONE, "Jane Smith"])
def test_the_search_box_of_the_back_office_finds_whom_its_user_sees(cast, jane, words):
    shown = factories.client(cast.dora, "Jane Smith", email=EMAIL, phone=PHONE)
    factories.client(cast.dora, "Somebody Else")
    browser = Browser()
    browser.force_login(cast.dora)

    page = browser.get("/admin/clients/client/", {"q": words}).context_data["cl"]

    assert [row.pk for row in page.result_list] == [shown.pk]


def test_an_erased_client_is_found_by_nothing_and_hides_nobody(cast, jane):
    other = factories.client(cast.ana, "John Smith", email=EMAIL)
    DataKey.objects.of(jane.pk).delete()
    keyring.forget_keys()

    assert list(Client.objects.visible_to(cast.ana).with_email(EMAIL)) == [other]
    delete_client(jane, by=cast.ana)
    assert list(Client.objects.visible_to(cast.ana).with_email(EMAIL)) == [other]


@pytest.mark.parametrize("words", [ERASED, DAMAGED])
def test_what_stands_for_unreadable_words_finds_nobody(cast, jane, words):
    other = factories.client(cast.ana, "John Smith", email=EMAIL)
    DataKey.objects.of(jane.pk).delete()
    keyring.forget_keys()
    damage(other)

    assert not Client.objects.visible_to(cast.ana).with_email(words).exists()
    assert signed_in(cast.ana).get("/api/v1/clients/", {"email": words}).json()["count"] == 0


def test_a_damaged_address_matches_nothing_hides_nobody_and_is_told(cast, jane):
    other = factories.client(cast.ana, "John Smith", email=EMAIL)
    damage(other)

    found = signed_in(cast.ana).get("/api/v1/clients/", {"email": EMAIL}).json()["results"]

    assert [row["id"] for row in found] == [jane.pk]
    told = AuditEvent.objects.filter(verb="seal.broken").values_list("client_ids", "facts__place")
    assert list(told) == [([other.pk], f"clients.email of {other.pk}")]
    assert services.find_client(EMAIL, by=cast.ana) == jane


def damage(client):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients SET email = %s WHERE id = %s", [b"garbage", client.pk])


def test_the_keys_of_all_are_fetched_in_few_questions(cast, django_assert_num_queries):
    for number in range(20):
        factories.client(cast.ana, f"Client {number}", email=f"{number}@x.example")
    keyring.forget_keys()

    with django_assert_num_queries(1, using="keys"):
        assert Client.objects.visible_to(cast.ana).with_email("7@x.example").count() == 1
