import threading
import time

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client as Browser
from kombu import Connection

from lexai import addresses
from lexai.celery import app
from lexai.operations import health

PATIENCE_SECONDS = 30
pytestmark = pytest.mark.django_db(transaction=True)


def test_requests_can_be_served(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.slow
def test_everything_can_be_used_while_both_workers_run(worker, answers, client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"database": True, "keys": True, "broker": True, "storage": True, "worker": True, "answers": True},
    )


@pytest.mark.slow
def test_a_worker_that_only_answers_reads_no_documents(answers, client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["worker"], answer.json()["answers"]) == (503, False, True)
    assert not health.is_worker_there()


@pytest.mark.slow
def test_a_worker_that_only_reads_gives_no_answers(worker, client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["worker"], answer.json()["answers"]) == (503, True, False)


@pytest.mark.slow
def test_without_a_worker_it_is_not_ready(transactional_db, client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["worker"], answer.json()["database"]) == (503, False, True)


@pytest.mark.slow
@pytest.mark.parametrize("url", ["file:///proc/nowhere", "s3://key:secret@127.0.0.1:1/papers?tls=0"])
def test_a_storage_that_takes_no_file_is_not_usable(transactional_db, client, settings, url):
    settings.STORAGES = {**settings.STORAGES, "default": addresses.storage(url)}
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["storage"], answer.json()["database"]) == (503, False, True)
    assert "secret" not in answer.content.decode()


@pytest.mark.slow
def test_a_broker_that_is_gone_is_not_usable(transactional_db, client, monkeypatch):
    monkeypatch.setattr(app, "connection_for_write", lambda: Connection("redis://127.0.0.1:1/0"))

    assert client.get("/readyz").json()["broker"] is False


@pytest.mark.slow
def test_a_crowd_that_asks_at_once_stops_nobody(worker, answers):
    crowd = [threading.Thread(target=_ask, daemon=True) for _each in range(40)]
    for one in crowd:
        one.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for one in crowd:
        one.join(max(0, deadline - time.monotonic()))

    assert not any(one.is_alive() for one in crowd)
    assert all(health.readiness().values())
    assert app.control.ping(timeout=1)


def test_while_a_check_hangs_what_the_last_one_found_is_told_for_so_long_only(monkeypatch):
    monkeypatch.setattr(health, "CHECKS", {"storage": lambda: True})
    monkeypatch.setattr(health, "_last", health.Check({}))
    assert health.readiness() == {"storage": True}

    with health._checking:
        assert health.readiness() == {"storage": True}
        monkeypatch.setattr(health, "FRESH_SECONDS", 0)
        assert health.readiness() == {"storage": False}


def _ask():
    health.readiness()
    connection.close()


def test_a_database_without_a_table_of_ours_is_not_usable(transactional_db, client):
    MigrationRecorder(connection).record_unapplied("conversations", "0001_initial")
    try:
        assert client.get("/readyz").json()["database"] is False
    finally:
        MigrationRecorder(connection).record_applied("conversations", "0001_initial")


def test_only_reading_is_answered():
    browser = Browser(enforce_csrf_checks=True)

    assert {browser.post(path).status_code for path in ("/healthz", "/readyz")} == {405}
