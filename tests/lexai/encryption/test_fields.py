"""Sealed fields: used like plain ones on a row, refused to the database, opened nowhere else than in their place."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Count, F, Q, Value
from django.db.models.expressions import Col
from django.db.models.functions import Length
from django.test import Client as Browser
from django.test.utils import isolate_apps

from clients.models import Client, Member
from clients.services import change_client
from conversations.models import Citation, Conversation, Message, Thread
from documents.models import Document, Passage
from lexai.audit.models import AuditEvent
from lexai.database import insert, insert_all
from lexai.encryption import keyring
from lexai.encryption.core.values import Sealed
from lexai.encryption.errors import KeyErased, SealedFieldMisused, Tampered
from lexai.encryption.fields import (
    DAMAGED,
    ERASED,
    Ciphers,
    EncryptedJSONField,
    EncryptedTextField,
    SealedColumn,
    bound,
    damage_shown,
    opened_column,
)
from lexai.encryption.models import DataKey
from lexai.errors import NotAcceptable, require_valid
from tests import factories
from tests.callers import program

EMAIL = "marker@smith.example"
NOTE = "1. Fees\n\nThe monthly fee is $900, due on the first day of each month."

MISUSES = {
    "filter": lambda rows: rows.filter(email=EMAIL),
    "filter by NULL": lambda rows: rows.filter(email=None),
    "filter by part": lambda rows: rows.filter(email__icontains="marker"),
    "filter by a transform": lambda rows: rows.filter(email__lower=EMAIL),
    "Q": lambda rows: rows.filter(Q(name="x") | Q(email=EMAIL)),
    "exclude": lambda rows: rows.exclude(email=EMAIL),
    "get": lambda rows: rows.get(email=EMAIL),
    "order_by": lambda rows: rows.order_by("email"),
    "order_by downwards": lambda rows: rows.order_by("-email"),
    "latest": lambda rows: rows.latest("email"),
    "distinct": lambda rows: rows.distinct("email"),
    "values": lambda rows: rows.values("email"),
    "all values": lambda rows: rows.values(),
    "values_list": lambda rows: rows.values_list("email", flat=True),
    "a subquery": lambda rows: rows.filter(name__in=rows.values("email")),
    "annotate": lambda rows: rows.annotate(address=F("email")),
    "a function": lambda rows: rows.annotate(length=Length("email")),
    "Count": lambda rows: rows.aggregate(Count("email")),
    "a comparison with F": lambda rows: rows.filter(name=F("email")),
    "across a relation": lambda _rows: Member.objects.filter(client__email=EMAIL),
    "an order across a relation": lambda _rows: Member.objects.order_by("client__email"),
    "values across a relation": lambda _rows: Member.objects.values("client__email"),
    "update": lambda rows: rows.update(email=EMAIL),
    "update to NULL": lambda rows: rows.update(email=None),
    "update by Value": lambda rows: rows.update(email=Value(EMAIL)),
    "update by F": lambda rows: rows.update(email=F("name")),
    "update of another column": lambda rows: rows.update(name=F("email")),
    "bulk_update": lambda rows: rows.bulk_update(list(rows), ["email"]),
}


@pytest.fixture
def client(cast):
    return factories.client(cast.ana, "Jane Smith", email=EMAIL, phone="+1 555 0100", notes="Marked note.")


def stored(table, column, row_id):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [row_id])
        return cursor.fetchone()[0]


def store(table, column, row_id, content):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [content, row_id])


def erase(scope):
    DataKey.objects.of(scope).delete()
    keyring.forget_keys()


# On a row, a sealed field is like any other


def test_words_are_sealed_in_the_table_and_read_from_the_row(client):
    sealed = stored("clients", "email", client.pk)

    assert (sealed[:3], len(sealed)) == (b"\x01\x00\x01", 3 + 12 + 64 + 16)
    assert EMAIL.encode() not in sealed
    assert Client.objects.get(pk=client.pk).email == EMAIL


def test_the_length_of_a_short_text_is_not_told_and_no_two_sealings_are_alike(cast):
    clients = [factories.client(cast.ana, "Equal", phone=phone) for phone in ("1", "1", "+44 20 7946 0000")]
    sealed = [stored("clients", "phone", client.pk) for client in clients]

    assert {len(value) for value in sealed} == {95}
    assert len({bytes(value[15:]) for value in sealed}) == 3


@pytest.mark.parametrize(
    "words", ["", "a", "x" * 63, "x" * 64, "Ångström ⚖ 漢字", "ends in zeros\0\0", "\0", "é" * 500_000]
)
def test_any_text_comes_back_as_it_was(cast, words):
    message = Message(client=cast.open, role="user", status="pending", content=words)
    insert_all([message])

    assert Message.objects.get(pk=message.pk).content == words


def test_null_and_no_words_are_told_apart(cast):
    nothing, empty = factories.client(cast.ana, "Null"), factories.client(cast.ana, "Empty", phone="")

    assert (stored("clients", "phone", nothing.pk), len(stored("clients", "phone", empty.pk))) == (None, 95)
    assert [Client.objects.get(pk=one.pk).phone for one in (nothing, empty)] == [None, ""]
    assert set(Client.objects.filter(name__in=["Null", "Empty"], phone__isnull=True)) == {nothing}
    assert set(Client.objects.filter(name__in=["Null", "Empty"], phone__isnull=False)) == {empty}


def test_a_value_is_set_to_null_again(client):
    row = Client.objects.get(pk=client.pk)
    row.email = None
    row.save(update_fields=["email"])

    assert stored("clients", "email", client.pk) is None


def test_an_untouched_value_is_saved_as_it_stood_and_a_changed_one_is_sealed_anew(client):
    before = {column: stored("clients", column, client.pk) for column in ("email", "phone", "notes")}
    row = Client.objects.get(pk=client.pk)
    row.phone = "555"
    row.save()
    after = {column: stored("clients", column, client.pk) for column in before}

    assert [column for column in before if before[column] != after[column]] == ["phone"]
    assert Client.objects.get(pk=client.pk).phone == "555"


def test_only_the_named_fields_are_saved(client):
    row = Client.objects.get(pk=client.pk)
    row.email, row.phone = "other@smith.example", "556"
    row.save(update_fields=["phone"])

    row.refresh_from_db()
    assert (row.email, row.phone) == (EMAIL, "556")


def test_a_deferred_value_is_fetched_when_it_is_read(client, django_assert_num_queries):
    row = Client.objects.defer("notes").get(pk=client.pk)

    with django_assert_num_queries(1):
        assert (row.notes, row.notes) == ("Marked note.", "Marked note.")
    assert Client.objects.only("pk", "email").get(pk=client.pk).email == EMAIL


def test_a_proxy_and_a_joined_row_open_the_same_value(client, cast):
    insert(Message(client=client, role="user", content="How much?"))
    factories.ready_document(client, NOTE)

    assert Conversation.objects.visible_to(cast.ana).counted().get(pk=client.pk).email == EMAIL
    assert Message.objects.select_related("client").get(client=client).client.notes == "Marked note."
    assert Passage.objects.with_document().get(client=client).document.warnings == []


def test_rows_inserted_together_are_each_sealed_under_their_own_id(cast):
    threads = [Thread(client=cast.open, title=f"Thread {number}") for number in range(3)]
    insert_all(threads)

    found = Thread.objects.in_bulk([thread.pk for thread in threads])
    assert [found[thread.pk].title for thread in threads] == ["Thread 0", "Thread 1", "Thread 2"]


def test_a_row_without_an_id_is_not_sealed(cast):
    with pytest.raises(SealedFieldMisused, match="insert"):
        Thread(client=cast.open, title="Thread").save()


def test_a_list_of_remarks_is_sealed_whole(cast):
    document = factories.ready_document(cast.open, NOTE)
    document.warnings = ["Page 2 needs OCR.", "Ä"]
    document.save(update_fields=["warnings"])

    assert b"OCR" not in stored("documents", "warnings", document.pk)
    assert Document.objects.get(pk=document.pk).warnings == ["Page 2 needs OCR.", "Ä"]


def test_a_list_of_documents_fetches_no_text(cast):
    document = factories.ready_document(cast.open, NOTE)
    row = Document.objects.get(pk=document.pk)

    assert row.get_deferred_fields() == {"paragraphs", "text"}
    assert row.text == NOTE


def test_too_long_a_value_is_refused_by_the_length_of_its_words(cast):
    with pytest.raises(ValidationError) as refusal:
        Client(firm=cast.firm, name="Long", phone="5" * 21).clean_fields()

    assert refusal.value.message_dict == {
        "phone": ["Ensure this value has at most 20 characters (it has 21)."]
    }


def test_a_change_is_told_by_the_words_and_not_by_the_bytes(client, cast):
    row = Client.objects.get(pk=client.pk)

    assert change_client(row, by=cast.ana, changed=["email", "phone", "notes"]).version == 1
    row.notes = "Another note."
    assert change_client(row, by=cast.ana, changed=["email", "phone", "notes"]).version == 2


# The database cannot read it


@pytest.mark.parametrize("misuse", MISUSES)
def test_what_the_database_would_have_to_read_is_refused(client, misuse):
    with pytest.raises(SealedFieldMisused, match=r"clients\.Client\.email is sealed"), transaction.atomic():
        list(MISUSES[misuse](Client.objects.all()))

    assert Client.objects.get(pk=client.pk).email == EMAIL


def test_what_does_not_look_at_the_words_is_allowed(client):
    rows = Client.objects.filter(email__isnull=False)

    assert (rows.count(), rows.exists(), rows.get().pk) == (1, True, client.pk)
    assert list(rows.distinct().values_list("name", flat=True)) == ["Jane Smith"]
    assert rows.annotate(papers=Count("documents")).get().email == EMAIL


# It opens in its place, and nowhere else


def tampered(read):
    with pytest.raises(Tampered) as refusal:
        read()
    return refusal.value


def test_a_value_moved_to_another_client_does_not_open(client, cast):
    store("clients", "email", cast.open.pk, stored("clients", "email", client.pk))
    row = Client.objects.get(pk=cast.open.pk)

    refusal = tampered(lambda: row.email)

    assert (refusal.status, refusal.client_ids) == (409, [cast.open.pk])
    assert refusal.facts["place"] == f"clients.email of {cast.open.pk}"
    assert EMAIL not in str(refusal)


def test_a_value_moved_to_another_column_does_not_open(client):
    store("clients", "notes", client.pk, stored("clients", "email", client.pk))

    tampered(lambda: Client.objects.get(pk=client.pk).notes)


def test_a_value_moved_to_another_row_of_the_same_client_does_not_open(cast):
    threads = [Thread(client=cast.open, title=title) for title in ("One", "Two")]
    insert_all(threads)
    store("threads", "title", threads[1].pk, stored("threads", "title", threads[0].pk))

    tampered(lambda: Thread.objects.get(pk=threads[1].pk).title)


def test_a_row_moved_to_another_client_does_not_open(cast):
    thread = Thread(client=cast.restricted, title="Hidden")
    insert(thread)
    store("threads", "client_id", thread.pk, cast.open.pk)

    tampered(lambda: Thread.objects.get(pk=thread.pk).title)


CLAIMS = {
    "document_id": None,
    "page": 2,
    "page_end": 2,
    "start": 1,
    "end": 4,
    "is_verified": True,
    "kind": "see_also",
    "message_id": 0,
}


@pytest.fixture
def citation(cast):
    """Return the citation of words that were not found in the document."""
    document = factories.ready_document(cast.open, NOTE)
    answer = Message(client=cast.open, role="assistant", content="[1]")
    insert(answer)
    claims = {"page": 1, "page_end": 1, "start": 0, "end": 3, "is_verified": False, "kind": "quotation"}
    citation = Citation(client=cast.open, message=answer, n=1, document=document, quote="Fees", **claims)
    insert(citation)
    return citation


@pytest.mark.parametrize("column", CLAIMS)
def test_what_is_claimed_of_a_quotation_cannot_be_changed_in_the_database(cast, citation, column):
    assert Citation.objects.get(pk=citation.pk).quote == "Fees"
    other = Message(client=cast.open, role="assistant", content="Another answer.")
    insert(other)
    store("citations", f'"{column}"', citation.pk, other.pk if column == "message_id" else CLAIMS[column])

    tampered(lambda: Citation.objects.get(pk=citation.pk).quote)


@pytest.mark.parametrize("column", ["document_id", "start", "end", "page", "page_end"])
def test_the_place_of_a_passage_cannot_be_changed_in_the_database(cast, column):
    factories.ready_document(cast.open, NOTE)
    other = factories.ready_document(cast.open, "Another paper.")
    other.passages.all().delete()
    passage = Passage.objects.get()
    assert (passage.text, Passage.objects.defer(column).get(pk=passage.pk).text) == (NOTE, NOTE)
    store("passages", f'"{column}"', passage.pk, other.pk if column == "document_id" else 7)

    tampered(lambda: Passage.objects.get(pk=passage.pk).text)
    tampered(lambda: Passage.objects.get(pk=passage.pk).heading)


def test_a_column_of_bound_words_opens_with_the_columns_beside_it(citation):
    assert list(opened_column(Citation.objects.all(), "quote")) == [(citation.pk, "Fees")]


@pytest.mark.parametrize("place", [0, 1, 2, 3, 14, 15, 40, -1])
def test_one_bit_flipped_anywhere_is_noticed(client, place):
    sealed = bytearray(stored("clients", "email", client.pk))
    sealed[place] ^= 1
    store("clients", "email", client.pk, bytes(sealed))

    tampered(lambda: Client.objects.get(pk=client.pk).email)


@pytest.mark.parametrize(
    "content", [b"", b"\x01", b"plain", b"\x01\x00\x01" + bytes(12), b"marker@smith.example" * 5]
)
def test_what_was_never_sealed_does_not_open(client, content):
    store("clients", "email", client.pk, content)

    tampered(lambda: Client.objects.get(pk=client.pk).email)


# What is damaged stands alone


def broken_seals():
    events = AuditEvent.objects.filter(verb="seal.broken").order_by("pk")
    return [(event.actor, event.client_ids, event.facts) for event in events]


def broken_seal(by, client, place, door):
    return (by.email, [client.pk], {"refusal": "Tampered", "door": f"api {door}", "place": place})


@pytest.mark.parametrize("content", [b"", b"garbage"])
@pytest.mark.parametrize("query", ["", "?ordering=name"])
def test_a_damaged_value_leaves_a_list_standing_and_one_row_in_the_audit(client, cast, query, content):
    store("clients", "email", client.pk, content)

    answer = program(cast.ana).get(f"/api/v1/clients/{query}")

    listed = {row["id"]: row["email"] for row in answer.json()["results"]}
    shown = {cast.open.pk: cast.open.email, cast.restricted.pk: cast.restricted.email, client.pk: DAMAGED}
    assert (answer.status_code, listed) == (200, shown)
    place = f"clients.email of {client.pk}"
    assert broken_seals() == [broken_seal(cast.ana, client, place, "ClientViewSet")]


def test_a_damaged_value_leaves_a_list_of_documents_standing(client, cast):
    document, other = (factories.ready_document(client, words) for words in (NOTE, "Another paper."))
    store("documents", "warnings", document.pk, b"garbage")
    store("documents", "sha256", document.pk, b"garbage")

    answer = program(cast.ana).get(f"/api/v1/clients/{client.pk}/documents/")

    listed = {row["id"]: (row["warnings"], row["sha256"]) for row in answer.json()["results"]}
    assert listed == {document.pk: ([DAMAGED], DAMAGED), other.pk: ([], other.sha256)}
    assert sorted(facts["place"] for _actor, _clients, facts in broken_seals()) == [
        f"documents.sha256 of {document.pk}",
        f"documents.warnings of {document.pk}",
    ]


def test_one_client_that_is_damaged_is_refused_by_itself(client, cast):
    store("clients", "notes", client.pk, b"garbage")

    answer = program(cast.ana).get(f"/api/v1/clients/{client.pk}/")

    assert (answer.status_code, answer.json()["status"]) == (409, 409)
    assert [facts["place"] for *_rest, facts in broken_seals()] == [f"clients.notes of {client.pk}"]


def test_damage_is_raised_again_behind_the_list_that_showed_it(client):
    store("clients", "email", client.pk, b"garbage")
    row = Client.objects.get(pk=client.pk)

    with damage_shown() as found:
        assert row.email == DAMAGED

    assert list(found) == [f"clients.email of {client.pk}"]
    tampered(lambda: row.email)


def test_what_is_not_opened_is_neither_validated_nor_sealed_anew(client):
    before = stored("clients", "email", client.pk)
    row = Client.objects.get(pk=client.pk)
    row.name = "Renamed"

    require_valid(row)
    row.save()

    assert isinstance(row.__dict__["email"], Sealed)
    assert stored("clients", "email", client.pk) == before


def test_what_was_set_is_still_validated(client):
    row = Client.objects.get(pk=client.pk)
    row.phone = "5" * 21

    with pytest.raises(NotAcceptable, match="phone: Ensure this value has at most 20 characters"):
        require_valid(row)


# What an erased key leaves


def test_an_erased_client_reads_as_erased_and_keeps_its_bytes(client):
    before = stored("clients", "email", client.pk)
    erase(client.pk)
    row = Client.objects.get(pk=client.pk)

    assert [row.email, row.phone, row.notes] == [ERASED] * 3
    row.name = "Renamed"
    row.save()
    assert stored("clients", "email", client.pk) == before


def test_nothing_is_sealed_for_an_erased_client(client):
    erase(client.pk)
    row = Client.objects.get(pk=client.pk)
    row.email = "new@smith.example"

    with pytest.raises(KeyErased), transaction.atomic():
        row.save()
    row = Client.objects.defer("notes").get(pk=client.pk)
    assert row.notes == ERASED
    with pytest.raises(KeyErased), transaction.atomic():
        row.save(update_fields=["notes"])


def test_the_doors_show_what_is_erased_as_erased(client, cast):
    document = factories.ready_document(client, NOTE)
    erase(client.pk)
    ana = program(cast.ana)
    address = f"/api/v1/clients/{client.pk}/"

    listed = {row["id"]: row["email"] for row in ana.get("/api/v1/clients/").json()["results"]}
    shown = ana.get(address).json()
    paper = ana.get(f"/api/v1/documents/{document.pk}/").json()

    assert listed[client.pk] == ERASED
    assert [shown[name] for name in ("email", "phone", "notes")] == [ERASED] * 3
    assert (paper["warnings"], paper["sha256"]) == ([ERASED], ERASED)
    assert ana.patch(address, {"name": "Renamed"}).status_code == 200
    assert ana.patch(address, {"email": "new@smith.example"}).status_code == 410


def test_the_back_office_shows_and_saves_sealed_words(client, cast):
    dora = Browser()
    dora.force_login(cast.dora)
    address = f"/admin/clients/client/{client.pk}/change/"
    page = dora.get(address)
    form = {**page.context_data["adminform"].form.initial, "phone": "556", "email": "", "case_number": ""}
    form |= {"case_type": "", "member_set-TOTAL_FORMS": 0, "member_set-INITIAL_FORMS": 0}

    saved = dora.post(address, form)

    row = Client.objects.get(pk=client.pk)
    assert f'name="email" value="{EMAIL}"' in page.content.decode()
    assert saved.status_code == 302
    assert (row.email, row.phone, row.notes, row.version) == (None, "556", "Marked note.", 2)


# What a model must have


@isolate_apps("clients")
def test_a_model_without_the_column_of_its_owner_is_refused():
    class Homeless(models.Model):  # noqa: DJ008 - never shown
        words = EncryptedTextField()

        class Meta:
            app_label = "clients"

    assert [fault.id for fault in Homeless.check()] == ["lexai.E010"]


@isolate_apps("clients")
def test_a_rule_that_looks_at_sealed_words_is_refused():
    class Ruled(models.Model):  # noqa: DJ008 - never shown
        client_id = models.CharField(max_length=50)
        words = EncryptedTextField()
        remarks = EncryptedJSONField(default=list)

        class Meta:
            app_label = "clients"
            constraints = [
                models.CheckConstraint(condition=~Q(words=""), name="has_words"),
                models.UniqueConstraint(fields=["remarks"], name="remarked_once"),
                models.CheckConstraint(condition=~Q(client_id=""), name="has_client"),
            ]

    assert [(fault.id, fault.msg) for fault in Ruled.check()] == [
        ("lexai.E011", f"The database cannot read a sealed field, and {rule} asks it to.")
        for rule in ("has_words", "remarked_once")
    ]


def test_a_row_of_a_firm_is_sealed_under_the_key_of_the_firm(db):
    keyring.make_key("firm_7")
    field = EncryptedTextField(owner="firm_id")
    field.set_attributes_from_name("words")
    field.model = Client

    sealed = field.sealed("Of the firm.", bound(1, "firm_7"))

    assert isinstance(sealed, Sealed)
    assert field.opened(sealed, bound(1, "firm_7"), Ciphers()) == "Of the firm."
    with pytest.raises(Tampered):
        field.opened(sealed, bound(2, "firm_7"), Ciphers())


@isolate_apps("clients")
def test_a_release_of_django_that_asks_for_columns_otherwise_is_noticed(monkeypatch):
    class Served(models.Model):  # noqa: DJ008 - never shown
        client_id = models.CharField(max_length=50)
        words = EncryptedTextField()

        class Meta:
            app_label = "clients"

    def faults():
        return [fault.id for fault in Served.check()]

    assert faults() == []
    for column in (Col, SealedColumn):  # as if it took every question for one kind
        monkeypatch.setattr(
            EncryptedTextField,
            "get_col",
            lambda field, alias, _output=None, column=column: column(alias, field),
        )
        assert faults() == ["lexai.E012"]
