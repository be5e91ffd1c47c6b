import pytest
from django.test import Client as Browser

from lexai.operations import health

pytestmark = pytest.mark.django_db(transaction=True)


def test_requests_can_be_served(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.slow
def test_everything_can_be_used_while_a_worker_runs(worker, client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"database": True, "broker": True, "storage": True, "worker": True},
    )


@pytest.mark.slow
@pytest.mark.parametrize("part", ["database", "broker", "storage", "worker"])
def test_a_part_that_fails_is_named_and_the_answer_is_503(worker, client, monkeypatch, part):
    def broken():
        raise ConnectionError("secret address")

    monkeypatch.setitem(health.CHECKS, part, broken)
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()[part]) == (503, False)
    assert sum(answer.json().values()) == 3
    assert "secret" not in answer.content.decode()


def test_without_a_worker_it_is_not_ready(transactional_db, client, monkeypatch):
    monkeypatch.setattr(health, "PING_LIMIT_SECONDS", 0.2)
    monkeypatch.setattr(health, "_ping", lambda _app: [])

    assert client.get("/readyz").json()["worker"] is False


def test_only_reading_is_answered():
    browser = Browser(enforce_csrf_checks=True)

    assert {browser.post(path).status_code for path in ("/healthz", "/readyz")} <= {403, 405}
