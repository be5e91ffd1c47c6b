"""What is refused is counted too: nobody fills the audit, or the database, with refusals."""

import pytest

from accounts import services
from lexai.audit.models import AuditEvent
from tests import factories
from tests.browsing import signed_in
from tests.callers import bearer

pytestmark = pytest.mark.django_db


def refusals():
    return AuditEvent.objects.filter(verb="access.refused").count()


def test_s17_who_is_refused_is_counted_as_well(cast, settings):
    settings.API_RATE = "3/m"
    colleague = signed_in(cast.ana)

    statuses = [colleague.get("/api/v1/users/").status_code for _ in range(6)]

    assert statuses == [403, 403, 403, 429, 429, 429]
    assert refusals() == 3


def test_s17_a_stranger_is_counted_by_address(client, settings):
    settings.API_RATE = "3/m"

    assert [client.get("/api/v1/clients/").status_code for _ in range(5)] == [401, 401, 401, 429, 429]


def test_s17_a_token_that_may_only_read_is_counted_when_it_writes(cast, client, settings):
    settings.API_RATE = "2/m"
    secret = services.create_token(factories.token(scope="read"), by=cast.ana)[1]
    headers = bearer(secret)

    written = [client.post("/api/v1/clients/", {"name": "x"}, headers=headers).status_code for _ in range(4)]

    assert written == [403, 403, 429, 429]
