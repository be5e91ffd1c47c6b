"""Open streams: what they tell, whom, and for how long; and what many of them cost the others."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import pytest
import requests
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import ApiToken, Session, User
from accounts.services import revoke_token
from clients.services import remove_member, restrict_client
from conversations import services
from conversations.models import Message
from lexai.system import SYSTEM
from tests import factories
from tests.conversations.engines import answering, say
from tests.conversations.following import opened, parsed, token, told

QUESTION = "What is the monthly rent of the secret flat?"
OURS = "The Tenant of the secret flat pays a monthly rent of $900 to the Landlord."
WALLED = "Zanzibar: the tenant of the secret flat pays a monthly rent of $111."
FOREIGN = "Quetzal: the tenant of the secret flat pays a monthly rent of $222."
ENDS_WITHIN_SECONDS = 3
STREAMS = 50

pytestmark = pytest.mark.slow


@pytest.fixture
def live(transactional_db):
    return factories.cast()


def test_s5_a_stream_tells_nothing_of_other_clients_behind_a_wall_or_of_another_firm(db, client):
    cast = factories.cast()
    factories.ready_document(cast.open, OURS, filename="ours.txt")
    factories.ready_document(cast.restricted, WALLED, filename="zanzibar.txt")
    factories.ready_document(cast.foreign, FOREIGN, filename="quetzal.txt")
    client.force_login(cast.cleo)

    asked = client.post(
        f"/api/v1/clients/{cast.open.pk}/conversations/",
        {"content": QUESTION},
        content_type="application/json",
    )
    answer = asked.json()
    stream = b"".join(client.get(f"/api/v1/conversations/{answer['id']}/events/").streaming_content).decode()
    listed = client.get(f"/api/v1/clients/{cast.open.pk}/conversations/").content.decode()

    passages = next(parsed(stream.splitlines())).payload["results"]
    assert [passage["filename"] for passage in passages] == ["ours.txt"]
    assert {citation["filename"] for citation in answer["citations"]} == {"ours.txt"}
    for text in (asked.content.decode(), stream, listed):
        assert "$900" in text
        for canary in ("anzibar", "uetzal", "$111", "$222"):
            assert canary not in text


def test_s5_passages_of_other_clients_are_not_told_even_if_the_row_names_them(db, client):
    cast = factories.cast()
    walled = factories.ready_document(cast.restricted, WALLED).passages.get()
    foreign = factories.ready_document(cast.foreign, FOREIGN).passages.get()
    ours = factories.ready_document(cast.open, OURS).passages.get()
    answer = services.ask(Message(client=cast.open, content=QUESTION), by=cast.ana)
    Message.objects.filter(pk=answer.pk).update(passage_ids=[walled.pk, ours.pk, foreign.pk])
    client.force_login(cast.ana)  # she may see the walled client too, but this is no answer about it

    response = client.get(f"/api/v1/conversations/{answer.pk}/events/")

    passages = next(parsed(b"".join(response.streaming_content).decode().splitlines())).payload["results"]
    assert [passage["passage_id"] for passage in passages] == [ours.pk]


def by_token(cast):
    return Browser(), token(cast.ben)[1]


def by_session(cast):
    browser = Browser()
    browser.force_login(cast.ben)
    return browser, {}


def events_of(response):
    return parsed(line for chunk in response.streaming_content for line in chunk.decode().splitlines())


def removed_from_the_matter(cast):
    remove_member(cast.restricted, cast.ben, by=cast.ana)


def walled_off(cast):
    restrict_client(cast.open, by=cast.ana, members=[])


def deactivated(cast):
    User.objects.filter(pk=cast.ben.pk).update(is_active=False)


def signed_out(cast):
    Session.objects.all().delete()


def given_another_password(cast):
    User.objects.filter(pk=cast.ben.pk).update(password="another", password_updated_at=timezone.now())


def given_another_role(cast):
    User.objects.filter(pk=cast.ben.pk).update(role="admin")


def revoked(cast):
    revoke_token(ApiToken.objects.get(user=cast.ben), by=cast.ben)


def expired(cast):
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("way_in", "ending"),
    [
        (by_token, removed_from_the_matter),
        (by_session, removed_from_the_matter),
        (by_session, walled_off),
        (by_token, deactivated),
        (by_session, deactivated),
        (by_session, signed_out),
        (by_session, given_another_password),
        (by_token, given_another_password),
        (by_session, given_another_role),
        (by_token, given_another_role),
        (by_token, revoked),
        (by_token, expired),
    ],
)
def test_s6_an_open_stream_ends_with_the_right_to_read_it(live, way_in, ending):
    client = live.open if ending is walled_off else live.restricted
    pending = services.begin_answer(Message(client=client, content=QUESTION), by=live.ana)
    address = f"/api/v1/conversations/{pending.pk}/events/"
    browser, headers = way_in(live)
    with answering(pending) as engine:
        stream = events_of(browser.get(address, headers=headers))
        say(engine, "The first half")
        assert [next(stream).name, next(stream).payload] == ["passages", {"text": "The first half"}]

        ending(live)
        say(engine, " and the second")
        ended_from = time.monotonic()
        rest = list(stream)

        assert time.monotonic() - ended_from < ENDS_WITHIN_SECONDS
    assert rest == []
    assert browser.get(address, headers=headers).status_code in {401, 404}


@pytest.mark.parametrize("ending", [removed_from_the_matter, signed_out])
def test_s6_an_open_stream_ends_over_the_wire_too(live, web, ending):
    pending = services.begin_answer(Message(client=live.restricted, content=QUESTION), by=live.ana)
    given = {"cookies": {name: morsel.value for name, morsel in by_session(live)[0].cookies.items()}}
    with answering(pending) as engine, opened(web, pending.pk, **given) as response:
        stream = told(response)
        say(engine, "The first half")
        assert [next(stream).name, next(stream).payload] == ["passages", {"text": "The first half"}]

        ending(live)
        say(engine, " and the second")

        assert list(stream) == []
        assert opened(web, pending.pk, **given).status_code in {401, 404}


def test_s6_a_stream_that_may_be_read_stays_open(live):
    """The same without an ending: so the endings above are what ended the streams."""
    pending = services.begin_answer(Message(client=live.restricted, content=QUESTION), by=live.ana)
    browser, _ = by_session(live)
    with answering(pending) as engine:
        stream = events_of(browser.get(f"/api/v1/conversations/{pending.pk}/events/"))
        say(engine, "The first half")
        assert [next(stream).name, next(stream).payload] == ["passages", {"text": "The first half"}]
        say(engine, " and the second")
        assert next(stream).payload == {"text": " and the second"}
        engine.dictated.put(None)
        assert [event.name for event in stream] == ["done"]


def test_r19_fifty_open_streams_leave_other_pages_quick(live, web):
    factories.ready_document(live.open, OURS)
    pending = services.begin_answer(Message(client=live.open, content=QUESTION), by=live.ana)
    _, header = token(live.ana)
    readers = [
        token(factories.user(live.ana.firm, f"reader{number}@hart.example"))[1] for number in range(STREAMS)
    ]

    def let_in(reader):
        """Ask until one of the web server's processes has room: each takes 32."""
        while True:
            response = opened(web, pending.pk, headers=reader)
            if response.status_code != 503:
                return response
            time.sleep(0.05)

    def seconds(_number):
        began = time.monotonic()
        response = requests.get(f"{web}/api/v1/clients/", headers=header, timeout=30)
        assert response.status_code == 200
        return time.monotonic() - began

    alone = [seconds(number) for number in range(20)]
    with ExitStack() as stack:
        with ThreadPoolExecutor(STREAMS) as pool:
            responses = list(pool.map(let_in, readers))
        for response in responses:
            stack.enter_context(response)
        assert [response.status_code for response in responses] == [200] * STREAMS
        time.sleep(1)
        beside = [seconds(number) for number in range(40)]
        services.answer(pending, by=SYSTEM)
        ends = [list(told(response))[-1].name for response in responses]

    print(f"median alone {statistics.median(alone):.3f} s, beside {statistics.median(beside):.3f} s")
    assert sorted(beside)[int(0.95 * len(beside))] < 1
    assert ends == ["done"] * STREAMS
