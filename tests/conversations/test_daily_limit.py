from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
from django.test import Client as Browser
from django.utils import timezone

from conversations import services
from conversations.models import Message
from documents.services import delete_client
from lexai.audit.models import AuditEvent
from lexai.errors import in_time
from lexai.system import SYSTEM
from tests import factories
from tests.conversations.following import token

QUESTION = "What is the monthly rent?"


@pytest.fixture
def three_a_day(settings):
    settings.FREE_QUESTIONS_A_DAY = 3


def ask(client, user):
    return services.ask(Message(client=client, content=QUESTION), by=user)


def subscribe(user, tier, expires=None):
    type(user).objects.filter(pk=user.pk).update(subscription_tier=tier, subscription_expires=expires)


def test_a_free_user_has_so_many_questions_a_day_over_all_clients(cast, three_a_day):
    for client in (cast.restricted, cast.open, cast.open):
        ask(client, cast.ana)

    for verb in (services.ask, services.begin_answer):
        with pytest.raises(services.DailyLimitReached):
            verb(Message(client=cast.restricted, content=QUESTION), by=cast.ana)
    assert Message.objects.filter(role="user").count() == 3
    assert ask(cast.restricted, cast.ben).status == "complete"


def test_the_limit_ends_at_midnight(cast, three_a_day):
    now = timezone.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(3):
        AuditEvent.objects.create(
            verb="question.asked", actor_id=cast.ana.pk, occurred_at=midnight - timedelta(seconds=1)
        )
    for _ in range(3):
        ask(cast.open, cast.ana)

    with pytest.raises(services.DailyLimitReached) as refusal:
        ask(cast.open, cast.ana)

    left = (midnight + timedelta(days=1) - now).total_seconds()
    seconds = refusal.value.retry_after_seconds
    assert left - 30 < seconds <= left + 1
    assert str(refusal.value) == (
        f"Your questions of today are used up. Ask again {in_time(seconds)}, or have your subscription raised."
    )


def test_a_deleted_client_frees_no_questions(cast, three_a_day):
    for _ in range(3):
        ask(cast.open, cast.ana)
    delete_client(cast.open, by=cast.ana)

    with pytest.raises(services.DailyLimitReached):
        ask(cast.restricted, cast.ana)


@pytest.mark.parametrize(
    ("tier", "days", "is_limited"),
    [
        ("premium", None, False),
        ("premium", 1, False),
        ("premium", -1, True),
        ("free", 1, True),
        (None, None, True),
    ],
)
def test_a_premium_subscription_lifts_the_limit_while_it_lasts(cast, three_a_day, tier, days, is_limited):
    subscribe(cast.ana, tier, timezone.now() + timedelta(days=days) if days else None)
    for _ in range(3):
        ask(cast.open, cast.ana)

    if is_limited:
        with pytest.raises(services.DailyLimitReached):
            ask(cast.open, cast.ana)
    else:
        assert ask(cast.open, cast.ana).status == "complete"


def test_whoever_runs_the_machine_has_no_limit(cast, three_a_day):
    for _ in range(5):
        ask(cast.open, SYSTEM)

    assert Message.objects.filter(role="user").count() == 5


@pytest.mark.parametrize("stream", [True, False])
def test_the_refusal_says_when_to_come_back(cast, settings, stream):
    settings.FREE_QUESTIONS_A_DAY = 1
    ask(cast.open, cast.ana)
    browser = Browser()
    browser.force_login(cast.ana)
    body = {"content": QUESTION, "stream": stream}

    response = browser.post(
        f"/api/v1/clients/{cast.open.pk}/conversations/", body, content_type="application/json"
    )

    assert (response.status_code, response.json()["type"]) == (429, "urn:lexai:problem:daily-limit-reached")
    assert 0 < int(response["Retry-After"]) <= 24 * 3600


@pytest.mark.slow
def test_the_limit_is_exact_under_40_parallel_questions_about_40_clients(
    transactional_db, monkeypatch, request
):
    monkeypatch.setenv("FREE_QUESTIONS_A_DAY", "7")
    web = request.getfixturevalue("web")
    cast = factories.cast()
    clients = [factories.client(cast.ana, f"Client {number}") for number in range(40)]  # no lock in common
    _, header = token(cast.ana)

    def post(number):
        return requests.post(
            f"{web}/api/v1/clients/{clients[number].pk}/conversations/",
            json={"content": QUESTION, "stream": number % 4 == 0},
            headers=header,
            timeout=60,
        ).status_code

    with ThreadPoolExecutor(40) as pool:
        codes = Counter(pool.map(post, range(40)))

    assert codes[201] + codes[202] == 7
    assert codes[429] == 33
    assert Message.objects.filter(role="user", asked_by=cast.ana).count() == 7
