"""Trying a protected paper again, with its password."""

import json

import pytest
from django.core.cache import cache
from django.db import connection

from documents import passwords, services
from documents.models import Document
from documents.storage import StorageUnavailable
from lexai.audit.models import AuditEvent
from lexai.celery import app
from lexai.system import SYSTEM
from tests import factories, papers
from tests.callers import faults, program
from tests.callers import unlimited as unlimited

PASSWORD = "a heron by the lake"


@pytest.fixture
def protected(cast):
    return factories.ready_document(cast.restricted, papers.encrypted_pdf(PASSWORD), filename="deed.pdf")


def retry(caller, document, **body):
    return caller.post(f"/api/v1/documents/{document.pk}/retry/", body, format="json")


def everything_stored():
    """Return every row of every table of ours as text."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if "migrations" not in name]
        rows = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += cursor.fetchall()
    return repr(rows)


def test_a_protected_paper_is_read_with_its_password(cast, protected):
    assert (protected.status, protected.refusal) == ("refused", "password")
    answer = retry(program(cast.ben), protected, password=PASSWORD)

    assert (answer.status_code, answer.json()["status"]) == (200, "queued")
    assert services.read_document(protected, by=SYSTEM).status == "ready"
    assert AuditEvent.objects.get(verb="document.retried").facts == {"with_password": True}


def test_a_wrong_password_is_said_to_be_wrong(cast, protected):
    retry(program(cast.ben), protected, password="a cormorant")
    document = services.read_document(protected, by=SYSTEM)

    assert (document.status, document.refusal) == ("refused", "password")
    assert document.refusal_message.startswith("The password does not open this file.")


def test_a_password_is_nowhere_in_clear_and_gone_once_it_was_used(cast, protected, caplog):
    key = cache.make_key(passwords._key(protected))
    valkey = cache._cache.get_client()
    retry(program(cast.ben), protected, password=PASSWORD)

    kept = valkey.get(key)
    assert PASSWORD.encode() not in kept
    assert 0 < valkey.ttl(key) <= 600
    services.read_document(protected, by=SYSTEM)
    assert valkey.get(key) is None
    assert PASSWORD not in everything_stored()
    assert PASSWORD not in caplog.text


def test_a_password_opens_one_attempt_of_one_document_alone(cast, protected):
    other = factories.ready_document(cast.restricted, papers.encrypted_pdf(PASSWORD))
    valkey = cache._cache.get_client()
    retry(program(cast.ben), protected, password=PASSWORD)
    retry(program(cast.ben), other)
    valkey.rename(cache.make_key(passwords._key(protected)), cache.make_key(passwords._key(other)))

    assert services.read_document(other, by=SYSTEM).refusal == "password"
    assert services.read_document(protected, by=SYSTEM).refusal == "password"


def test_an_attempt_that_was_not_the_next_one_gets_no_password(cast, protected):
    retry(program(cast.ben), protected, password=PASSWORD)
    Document.objects.filter(pk=protected.pk).update(attempts=1)

    assert services.read_document(protected, by=SYSTEM).refusal == "password"


def test_a_password_is_there_again_after_an_attempt_that_does_not_count(cast, protected, monkeypatch):
    retry(program(cast.ben), protected, password=PASSWORD)

    def away(*_given, **_options):
        raise StorageUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(services.reading.extraction, "extract_in_child", away)
        with pytest.raises(StorageUnavailable):
            services.read_document(protected, by=SYSTEM)

    key = cache.make_key(passwords._key(protected))
    assert 0 < cache._cache.get_client().ttl(key) <= 600
    assert services.read_document(protected, by=SYSTEM).status == "ready"


def test_a_retry_without_a_password_forgets_the_one_before(cast, protected):
    retry(program(cast.ben), protected, password=PASSWORD)
    Document.objects.filter(pk=protected.pk).update(status="refused", refusal="password")
    retry(program(cast.ben), protected)

    assert services.read_document(protected, by=SYSTEM).refusal == "password"


@pytest.mark.django_db(transaction=True)
def test_a_password_stands_in_no_message_of_the_queue():
    cast = factories.cast()
    protected = factories.ready_document(cast.restricted, papers.encrypted_pdf(PASSWORD))
    app.control.purge()
    retry(program(cast.ben), protected, password=PASSWORD)

    with app.connection_for_read() as line:
        message = line.SimpleQueue(app.conf.task_default_queue).get(timeout=5)
    assert message.payload[1] == {"document_id": protected.pk}
    assert PASSWORD not in json.dumps([message.payload, message.headers], default=str)
    app.control.purge()


@pytest.mark.parametrize("body", [{"password": "x" * 1001}, {"password": 7}, {"passwort": "x"}])
def test_a_password_that_is_none_is_refused_by_name(cast, protected, body):
    assert list(faults(retry(program(cast.ben), protected, **body))) == list(body)
    assert Document.objects.get(pk=protected.pk).status == "refused"


@pytest.mark.parametrize("who", ["cleo", "dora", "emil"])
def test_nobody_tries_passwords_behind_a_wall(cast, protected, who):
    assert faults(retry(program(getattr(cast, who)), protected, password=PASSWORD), 404) == {}
    assert cache._cache.get_client().get(cache.make_key(passwords._key(protected))) is None
