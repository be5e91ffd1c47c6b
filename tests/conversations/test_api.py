import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from conversations import services
from conversations.models import Message
from lexai.audit.models import AuditEvent
from lexai.encryption.fields import DAMAGED
from tests import factories
from tests.conversations.engines import BreakingEngine
from tests.conversations.following import token

FEES = "1. Fees\n\nThe Tenant pays a monthly rent of $900 to the Landlord on the first day of each month."
QUESTION = "What is the monthly rent?"
PLACE = {"n", "document_id", "filename", "page", "page_end", "start", "end", "quote"}
OUTSIDERS = ["cleo", "dora", "emil"]


@pytest.fixture
def lease(cast):
    return factories.ready_document(cast.restricted, FEES, filename="lease.txt")


def browser(user):
    made = Browser()
    made.force_login(user)
    return made


def messages(client):
    return f"/api/v1/clients/{client.pk}/conversations/"


def post(client, user, **body):
    return browser(user).post(messages(client), body, content_type="application/json")


def asked(client, user, times=1):
    return [services.ask(Message(client=client, content=QUESTION), by=user) for _ in range(times)]


def test_a_question_is_answered_with_its_citations(cast, lease):
    response = post(cast.restricted, cast.ben, content=f"  {QUESTION} ")

    answer = response.json()
    question = Message.objects.get(role="user")
    assert response.status_code == 201
    assert {name: answer[name] for name in ("client_id", "role", "status", "engine", "supported")} == {
        "client_id": cast.restricted.pk,
        "role": "assistant",
        "status": "complete",
        "engine": "quote",
        "supported": True,
    }
    assert (answer["reply_to"], answer["asked_by"], question.asked_by) == (question.pk, None, cast.ben)
    citation = answer["citations"][0]
    assert set(citation) == {*PLACE, "verified"}
    assert (citation["n"], citation["filename"], citation["page"], citation["verified"]) == (
        1,
        "lease.txt",
        1,
        True,
    )
    assert answer == browser(cast.ben).get(f"/api/v1/conversations/{answer['id']}/").json()


def test_a_question_that_is_to_be_followed_waits_for_the_queue(cast, lease):
    response = post(cast.restricted, cast.ben, content=QUESTION, stream=True)

    answer = response.json()
    assert response.status_code == 202
    assert (answer["status"], answer["content"], answer["supported"]) == ("pending", "", None)
    assert answer["events"] == f"/api/v1/conversations/{answer['id']}/events/"
    assert Message.objects.get(pk=answer["id"]).attempts == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "content"),
        ({"content": " "}, "content"),
        ({"content": "x" * 4001}, "content"),
        ({"content": 5}, "content"),
        ({"content": None}, "content"),
        ({"content": "a\0b"}, "content"),
        ({"content": QUESTION, "stream": "true"}, "stream"),
        ({"content": QUESTION, "client_id": "client_1"}, "client_id"),
        ({"content": QUESTION, "asked_by": 1, "status": "complete"}, "asked_by"),
    ],
)
def test_a_bad_question_is_refused_by_the_name_of_its_field(cast, body, field):
    response = post(cast.open, cast.ana, **body)

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["errors"][0]["field"] == field
    assert not Message.objects.exists()


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_behind_a_wall_everything_is_as_if_it_were_absent(cast, lease, outsider):
    (answer,) = asked(cast.restricted, cast.ben)
    user = getattr(cast, outsider)
    absent = browser(user).get("/api/v1/clients/client_0000000000/conversations/")

    assert absent.status_code == 404
    for response in (
        browser(user).get(messages(cast.restricted)),
        post(cast.restricted, user, content=QUESTION),
        post(cast.restricted, user, content=QUESTION, stream=True),
        browser(user).get(f"/api/v1/conversations/{answer.pk}/"),
    ):
        assert (response.status_code, response.content) == (404, absent.content)
    assert Message.objects.count() == 2


def test_each_sees_the_messages_of_the_clients_they_may_see(cast, lease):
    asked(cast.restricted, cast.ben)
    asked(cast.open, cast.cleo)
    asked(cast.foreign, cast.emil)

    for user, client in [(cast.ana, cast.restricted), (cast.dora, cast.open), (cast.emil, cast.foreign)]:
        listed = browser(user).get(messages(client)).json()
        assert (listed["count"], {row["client_id"] for row in listed["results"]}) == (2, {client.pk})


def test_messages_are_listed_narrowed_and_ordered(cast, lease):
    first, second = asked(cast.restricted, cast.ben, 2)
    Message.objects.filter(pk=first.pk).update(status="incomplete")
    whole = [message.pk for message in Message.objects.in_order()]
    ana = browser(cast.ana)

    def listed(**parameters):
        return [row["id"] for row in ana.get(messages(cast.restricted), parameters).json()["results"]]

    assert listed() == listed(ordering="-timestamp") == whole[::-1]
    assert listed(ordering="timestamp") == whole
    assert listed(role="assistant") == [second.pk, first.pk]
    assert listed(status="incomplete") == [first.pk]
    assert listed(since=second.timestamp.isoformat()) == [second.pk]
    assert listed(until=second.timestamp.isoformat(), role="assistant") == [first.pk]
    assert listed(page_size="1", page="2") == [whole[-2]]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("role", "system"),
        ("status", "done"),
        ("since", "yesterday"),
        ("ordering", "content"),
        ("content", "rent"),
        ("page_size", "0"),
    ],
)
def test_a_bad_filter_is_refused_by_its_name(cast, parameter, value):
    response = browser(cast.ana).get(messages(cast.open), {parameter: value})

    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, parameter)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00"]
)
def test_a_moment_at_the_edge_of_time_breaks_nothing(cast, moment):
    for name in ("since", "until"):
        assert browser(cast.ana).get(messages(cast.open), {name: moment}).status_code in {200, 400}


def test_a_list_of_three_costs_as_many_queries_as_a_list_of_one(cast, lease):
    ana = browser(cast.ana)
    ana.get(messages(cast.restricted))  # the first visit notes when the session was last used
    counts = []
    for times in (1, 2):
        asked(cast.restricted, cast.ben, times)
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(messages(cast.restricted)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_list_and_a_look_leave_one_row_each_in_the_audit(cast, lease):
    (answer,) = asked(cast.restricted, cast.ben)
    ana = browser(cast.ana)
    ana.get(messages(cast.restricted))
    ana.get(f"/api/v1/conversations/{answer.pk}/")

    rows = AuditEvent.objects.filter(actor="ana@hart.example", verb__startswith="conversation.")
    assert list(rows.order_by("pk").values_list("verb", "client_ids")) == [
        ("conversation.listed", [cast.restricted.pk]),
        ("conversation.viewed", [cast.restricted.pk]),
    ]


def test_a_token_that_may_only_read_reads_and_does_not_ask(cast, lease, client):
    (answer,) = asked(cast.restricted, cast.ben)
    _, header = token(cast.ben, scope="read")

    assert client.get(f"/api/v1/conversations/{answer.pk}/", headers=header).status_code == 200
    refused = client.post(
        messages(cast.restricted), {"content": QUESTION}, content_type="application/json", headers=header
    )
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:lexai:problem:token-reads-only")


def test_an_engine_that_breaks_off_is_told_and_its_answer_stays_as_incomplete(cast, lease, monkeypatch):
    monkeypatch.setattr("conversations.services.questions.QuoteEngine", BreakingEngine)
    response = post(cast.restricted, cast.ben, content=QUESTION)

    answer = Message.objects.get(role="assistant")
    assert (response.status_code, response.json()["type"]) == (503, "urn:lexai:problem:engine-failed")
    assert (answer.status, answer.content) == ("incomplete", "The answer is")


def test_a_quotation_that_was_forged_in_the_database_is_shown_damaged_and_not_verified(cast, lease):
    (answer,) = asked(cast.restricted, cast.ana)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE citations SET page = 7, page_end = 7 WHERE message_id = %s AND n = 1", [answer.pk]
        )

    listed = browser(cast.ana).get(messages(cast.restricted), {"role": "assistant"})
    shown = browser(cast.ana).get(f"/api/v1/conversations/{answer.pk}/")

    (told,) = listed.json()["results"]
    citation = told["citations"][0]
    assert (citation["quote"], citation["verified"]) == (DAMAGED, False)
    assert told["content"] == answer.content
    assert shown.status_code == 409


def test_a_question_goes_on_with_a_thread_and_is_limited_to_documents(cast, lease):
    first = post(cast.restricted, cast.ben, content=QUESTION).json()

    second = post(
        cast.restricted, cast.ben, content=QUESTION, thread=first["thread"], documents=[lease.pk]
    ).json()

    question = browser(cast.ben).get(f"/api/v1/conversations/{second['reply_to']}/").json()
    assert (second["thread"], question["thread"]) == (first["thread"], first["thread"])
    assert (first["documents"], question["documents"]) == ([], [lease.pk])
    listed = browser(cast.ben).get(f"{messages(cast.restricted)}?thread={first['thread']}").json()
    assert listed["count"] == 4


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"thread": 10**9}, "thread"),
        ({"thread": "1"}, "thread"),
        ({"thread": 10**30}, "thread"),
        ({"documents": [10**9]}, "documents"),
        ({"documents": [True]}, "documents"),
        ({"documents": 5}, "documents"),
        ({"documents": [1] * 1001}, "documents"),
    ],
)
def test_a_thread_or_a_document_that_is_not_there_is_named(cast, lease, body, field):
    refused = post(cast.restricted, cast.ben, content=QUESTION, **body)

    named = {error["field"].partition(".")[0] for error in refused.json()["errors"]}
    assert (refused.status_code, named) == (400, {field})
    assert Message.objects.count() == 0


def test_the_threads_of_a_client_are_listed_and_audited(cast, lease):
    older, newer = asked(cast.restricted, cast.ben, times=2)

    listed = browser(cast.ben).get(f"/api/v1/clients/{cast.restricted.pk}/threads/").json()

    assert [(one["id"], one["title"]) for one in listed["results"]] == [
        (newer.thread_id, QUESTION),
        (older.thread_id, QUESTION),
    ]
    event = AuditEvent.objects.get(verb="thread.listed")
    assert (event.actor, event.client_ids) == ("ben@hart.example", [cast.restricted.pk])


@pytest.mark.parametrize("who", OUTSIDERS)
def test_whoever_may_not_see_the_client_finds_no_thread_and_stops_nothing(cast, lease, who):
    pending = post(cast.restricted, cast.ben, content=QUESTION, stream=True).json()
    outsider = browser(getattr(cast, who))

    assert outsider.get(f"/api/v1/clients/{cast.restricted.pk}/threads/").status_code == 404
    assert outsider.post(f"/api/v1/conversations/{pending['id']}/stop/").status_code == 404
    assert Message.objects.get(pk=pending["id"]).status == "pending"


def test_an_answer_under_way_is_stopped_once(cast, lease):
    pending = post(cast.restricted, cast.ben, content=QUESTION, stream=True).json()
    address = f"/api/v1/conversations/{pending['id']}/stop/"

    stopped = browser(cast.ben).post(address)
    again = browser(cast.ben).post(address)

    assert (stopped.status_code, stopped.json()["status"]) == (200, "incomplete")
    assert (again.status_code, again.json()["type"]) == (409, "urn:lexai:problem:answer-settled")
