import re

from clients import services
from clients.models import Client
from clients.views.activity import ENTRIES_A_PAGE
from documents import services as documents
from lexai import audit
from lexai.audit.models import AuditEvent
from lexai.audit.verbs import Verb
from lexai.audit.words import VAGUE, WORDS, told
from tests import factories
from tests.browsing import let_in


def address(client, query="?kind=all"):
    return f"/clients/{client.pk}/activity/{query}"


def entries_of(page):
    return [f"{entry.actor} {entry.words}" for entry in page.context["entries"]]


def times_of(page):
    return [entry.times for entry in page.context["entries"]]


def test_every_verb_has_its_words():
    assert set(WORDS) == set(Verb)
    assert [verb for verb in Verb if not told(verb).format(**VAGUE).strip()] == []


def test_the_activity_tells_in_plain_words_who_did_what(cast):
    cast.ana.first_name, cast.ana.last_name = "Ana", "Moss"
    cast.ana.save(update_fields=["first_name", "last_name"])
    client = factories.client(cast.ana, "Ines Carvalho")
    factories.ready_document(client, "A lease.", by=cast.ana, filename="Lease.txt")
    changed = Client(pk=client.pk, notes="New.", case_number="7")
    services.change_client(changed, by=cast.ana, changed=["notes", "case_number"])
    services.restrict_client(client, by=cast.ana, members=[cast.ben])
    let_in(cast.cleo).get(f"/clients/{client.pk}/case/")

    page = let_in(cast.ben).get(address(client))

    assert entries_of(page) == [
        "First Last was refused: There is nothing here that you may see.",
        "Ana Moss made Ana Moss a member of the client",
        "Ana Moss made First Last a member of the client",
        "Ana Moss restricted the client to its members",
        "Ana Moss changed the case number and the notes of the client",
        "LexAI finished reading Lease.txt",
        "Ana Moss added Lease.txt",
        "Ana Moss opened the client’s file",
    ]


def test_a_deleted_document_is_told_without_its_name(cast):
    paper = factories.document(cast.open, "A lease.", by=cast.ana, filename="Lease.txt")
    documents.delete_document(paper, by=cast.ana)

    page = let_in(cast.ana).get(address(cast.open))

    assert entries_of(page)[:2] == ["First Last deleted a document", "First Last added a document"]


def test_the_activity_of_another_client_is_not_told(cast):
    audit.record("client.viewed", cast.restricted, by=cast.ana)

    page = let_in(cast.cleo).get(address(cast.open))

    assert entries_of(page) == ["First Last opened the client’s file"]


def test_what_another_firm_tried_is_not_told(cast):
    let_in(cast.emil).get(address(cast.open))

    page = let_in(cast.ana).get(address(cast.open))

    assert entries_of(page) == ["First Last opened the client’s file"]


def test_looking_at_the_activity_is_recorded_once(cast):
    let_in(cast.ana).get(address(cast.open))

    looked = AuditEvent.objects.filter(verb="audit.listed")
    assert [(one.actor, one.client_ids, one.target_id) for one in looked] == [
        ("ana@hart.example", [cast.open.pk], cast.open.pk)
    ]


def test_the_kinds_part_the_activity(cast):
    audit.record("client.viewed", cast.open, by=cast.ana)
    browser = let_in(cast.ana)

    told_of = {
        kind: entries_of(browser.get(address(cast.open, f"?kind={kind}")))
        for kind in ("", "reads", "refused", "all")
    }

    opened, looked = "First Last opened the client’s file", "First Last looked at the case"
    assert (told_of[""], told_of["refused"]) == ([opened], [])
    assert told_of["reads"][-1] == looked
    assert told_of["all"][-2:] == [looked, opened]


def test_the_activity_opens_on_what_was_changed_and_asked(cast):
    audit.record("client.viewed", cast.open, by=cast.ana)

    page = let_in(cast.ana).get(address(cast.open, ""))

    assert entries_of(page) == ["First Last opened the client’s file"]
    assert (
        re.findall(r'aria-current="page">([^<]*)</a>', page.content.decode())[-1] == "Changes and questions"
    )


def test_older_activity_follows_page_by_page(cast):
    for _ in range(ENTRIES_A_PAGE):
        audit.record("client.viewed", cast.open, by=cast.ana)
    browser = let_in(cast.ana)

    first = browser.get(address(cast.open))
    second = browser.get(address(cast.open, f"?kind=all&before={first.context['older']}"))

    assert (entries_of(first), times_of(first)) == (["First Last looked at the case"], [ENTRIES_A_PAGE])
    assert entries_of(second) == ["First Last opened the client’s file"]
    assert second.context["older"] is None


def test_the_activity_takes_as_many_queries_with_one_event_as_with_many(cast, django_assert_num_queries):
    browser = let_in(cast.ana)
    browser.get(address(cast.open))
    for number in range(20):
        factories.document(cast.open, "A lease.", by=cast.ben, filename=f"{number}.txt")

    with django_assert_num_queries(8):
        page = browser.get(address(cast.open))

    assert len(entries_of(page)) == 22
