import threading
import time

import pytest
import requests

from conversations import services
from conversations.assistant.engines import Quotation, Verdict
from conversations.models import Message
from lexai.audit.models import AuditEvent
from tests import factories
from tests.conversations.engines import answering, say
from tests.conversations.following import opened, parsed, token, told
from tests.lexai.embedded.observing import eventually

FEES = "1. Fees\n\nThe Tenant pays a monthly rent of $900 to the Landlord on the first day of each month."
QUESTION = "What is the monthly rent?"


@pytest.fixture
def answer(cast):
    factories.ready_document(cast.restricted, FEES, filename="lease.txt")
    return services.ask(Message(client=cast.restricted, content=QUESTION), by=cast.ben)


def events(client, message, last_event_id=""):
    headers = {"HTTP_LAST_EVENT_ID": last_event_id} if last_event_id else {}
    response = client.get(f"/api/v1/conversations/{message.pk}/events/", **headers)
    assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
    return list(parsed(b"".join(response.streaming_content).decode().splitlines()))


@pytest.fixture
def ben(cast, client):
    client.force_login(cast.ben)
    return client


def test_a_settled_answer_is_told_whole(ben, answer):
    passages, delta, *citations, done = events(ben, answer)

    assert [event.name for event in (passages, delta, done)] == ["passages", "delta", "done"]
    assert delta.payload == {"text": answer.content}
    assert [event.payload for event in citations] == done.payload["message"]["citations"]
    assert done.payload["message"] == ben.get(f"/api/v1/conversations/{answer.pk}/").json()


def test_the_passages_are_those_that_were_found_best_first(ben, answer):
    results = events(ben, answer)[0].payload["results"]

    first = answer.citations.quotations().first().document.passages.get(pk=answer.passage_ids[0])
    assert [result["passage_id"] for result in results] == answer.passage_ids
    assert results[0] == {
        "passage_id": first.pk,
        "document_id": first.document_id,
        "filename": "lease.txt",
        "page": 1,
        "page_end": 1,
        "start": first.start,
        "end": first.end,
        "heading": first.heading,
        "text": first.text,
    }


def test_from_every_event_on_the_rest_is_exactly_the_rest(ben, answer):
    whole = events(ben, answer)

    for place, event in enumerate(whole[:-1], 1):
        assert events(ben, answer, event.id) == whole[place:]
    assert events(ben, answer, whole[-1].id) == whole[-1:]


def test_from_the_middle_of_the_words_on_the_rest_is_exactly_the_rest(ben, answer):
    rest = events(ben, answer, "1-7-0")

    assert (rest[0].name, rest[0].payload) == ("delta", {"text": answer.content[7:]})


@pytest.mark.parametrize(
    "last_event_id",
    ["x", "1", "1-2", "-1-0-0", "1-99999-0", "2-0-0", "1-" + "9" * 400 + "-0", "1-5-0 ", "١-٥-٠"],
)
def test_an_id_that_names_no_place_starts_from_the_beginning(ben, answer, last_event_id):
    assert events(ben, answer, last_event_id.encode().decode("latin-1")) == events(ben, answer)


def test_a_question_and_an_answer_that_failed_are_told_too(ben, cast, answer):
    answer.reply_to.refresh_from_db()
    assert [event.name for event in events(ben, answer.reply_to)] == ["passages", "delta", "done"]

    Message.objects.filter(pk=answer.pk).update(status="incomplete")
    assert events(ben, answer)[-1].payload["message"]["status"] == "incomplete"


def test_following_leaves_one_row_in_the_audit(ben, answer):
    events(ben, answer)

    rows = AuditEvent.objects.filter(verb="conversation.viewed")
    assert list(rows.values_list("actor", "target_id", "client_ids")) == [
        ("ben@hart.example", str(answer.pk), [answer.client_id])
    ]


@pytest.mark.parametrize("accept", ["text/event-stream", "*/*", "text/html,*/*;q=0.8"])
def test_a_stream_is_given_to_whoever_takes_one(ben, answer, accept):
    response = ben.get(f"/api/v1/conversations/{answer.pk}/events/", HTTP_ACCEPT=accept)

    assert (response.status_code, response["Cache-Control"], response["X-Accel-Buffering"]) == (
        200,
        "no-store",
        "no",
    )


def test_whoever_takes_no_stream_gets_a_problem(ben, answer):
    response = ben.get(f"/api/v1/conversations/{answer.pk}/events/", HTTP_ACCEPT="application/json")

    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")


def test_a_head_request_waits_for_nothing(ben, cast):
    pending = services.begin_answer(Message(client=cast.open, content=QUESTION), by=cast.ben)
    response = ben.head(f"/api/v1/conversations/{pending.pk}/events/")

    assert (response.status_code, response["Content-Type"], response.content) == (
        200,
        "text/event-stream",
        b"",
    )


@pytest.mark.parametrize("outsider", ["cleo", "dora", "emil"])
def test_a_foreign_stream_and_an_absent_one_are_the_same_problem(cast, client, answer, outsider):
    client.force_login(getattr(cast, outsider))
    for accept in ("text/event-stream", "*/*"):
        foreign = client.get(f"/api/v1/conversations/{answer.pk}/events/", HTTP_ACCEPT=accept)
        absent = client.get("/api/v1/conversations/999999999/events/", HTTP_ACCEPT=accept)

        assert (foreign.status_code, foreign["Content-Type"]) == (404, "application/problem+json")
        assert foreign.content == absent.content


def test_nobody_follows_without_signing_in(client, answer):
    response = client.get(f"/api/v1/conversations/{answer.pk}/events/", HTTP_ACCEPT="text/event-stream")

    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")


@pytest.fixture
def live(transactional_db):
    cast = factories.cast()
    factories.ready_document(cast.restricted, FEES, filename="lease.txt")
    return cast


@pytest.mark.slow
def test_a_question_asked_over_the_wire_is_answered_by_the_worker(live, web, answers):
    _, header = token(live.ben)
    asked_at = time.monotonic()
    asked = requests.post(
        f"{web}/api/v1/clients/{live.restricted.pk}/conversations/",
        json={"content": QUESTION, "stream": True},
        headers=header,
        timeout=10,
    )
    pending = asked.json()
    assert (asked.status_code, pending["status"], pending["role"]) == (202, "pending", "assistant")
    assert pending["events"] == f"/api/v1/conversations/{pending['id']}/events/"

    with opened(web, pending["id"], headers=header) as response:
        stream = told(response)
        first = next(stream)
        first_after = time.monotonic() - asked_at
        rest = list(stream)

    assert (first.name, first.payload["results"][0]["filename"]) == ("passages", "lease.txt")
    assert first_after < 5
    assert [event.name for event in rest] == ["delta", "citation", "done"]
    assert rest[-1].payload["message"]["supported"] is True
    assert "$900" in rest[1].payload["quote"]
    with opened(web, pending["id"], headers=header) as response:
        assert list(told(response)) == [first, *rest]


@pytest.mark.slow
def test_two_tabs_see_the_same_and_a_broken_line_is_mended(live, web):
    _, header = token(live.ben)
    document = live.restricted.documents.get()
    text = type(document).objects.defer(None).get(pk=document.pk).text
    start = text.index("The Tenant")
    pending = services.begin_answer(Message(client=live.restricted, content=QUESTION), by=live.ben)
    tabs: list[list] = [[], []]

    def watch(tab):
        with opened(web, pending.pk, headers=header) as response:
            for event in told(response):
                tab.append(event)

    threads = [threading.Thread(target=watch, args=(tab,)) for tab in tabs]
    for thread in threads:
        thread.start()
    with answering(pending) as engine:
        for number, word in enumerate(("One ", "two ", "three "), 1):
            say(engine, word)
            assert eventually(lambda wanted=number: len(_deltas(tabs[0])) == wanted)
        for word in ("fo", "ur [1]"):
            say(engine, word)
        with opened(web, pending.pk, headers=header) as broken:
            stream = told(broken)
            seen = [next(stream), next(stream)]
        engine.dictated.put(Quotation(1, document.pk, start, start + 10, text[start : start + 10]))
        engine.dictated.put(Verdict(supported=True, support=1.0))
    for thread in threads:
        thread.join(30)
    with opened(web, pending.pk, headers=header, last_event_id=seen[-1].id) as response:
        rest = list(told(response))

    assert "".join(_deltas(tabs[0])) == "One two three four [1]"
    for tab in (tabs[1], seen + rest):
        assert _summed(tab) == _summed(tabs[0])


def _summed(events):
    """Return what a reader has at the end: the passages, the words, the citations and the message."""
    return "".join(_deltas(events)), [event for event in events if event.name != "delta"]


def _deltas(events):
    return [event.payload["text"] for event in events if event.name == "delta"]
