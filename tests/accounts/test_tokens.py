"""API tokens: made and revoked by their user, shown once, hashed, ending."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services
from accounts.models import ApiToken, User
from lexai.audit.models import AuditEvent
from lexai.errors import NotAllowed
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import ME, Browser, signed_in
from tests.callers import bearer

TOKENS = "/api/v1/auth/tokens/"


def status_with(secret, path=ME):
    return Browser().get(path, headers=bearer(secret)).status_code


@pytest.fixture
def anas(cast):
    return signed_in(cast.ana)


def test_a_token_is_shown_once_and_only_its_hash_is_kept(cast, anas):
    made = anas.send(TOKENS, {"name": "Scanner", "scope": "full"}).json()
    listed = anas.get(TOKENS)

    assert made["secret"].startswith(made["prefix"])
    assert made["secret"] not in listed.content.decode()
    assert [token["prefix"] for token in listed.json()["results"]] == [made["prefix"]]
    assert made["secret"] not in str(list(ApiToken.objects.values()))
    assert made["secret"] not in str(list(AuditEvent.objects.values()))
    assert status_with(made["secret"]) == 200
    assert anas.get(TOKENS).json()["results"][0]["last_used_at"] is not None


def test_a_token_lives_for_ninety_days_unless_said_otherwise_and_for_a_year_at_most(cast, anas):
    made = anas.send(TOKENS, {"name": "Scanner"}).json()
    token = ApiToken.objects.get(pk=made["id"])

    assert abs(token.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)
    assert (token.scope, token.ends_with_password) == ("read", True)
    for days in (367, 0, -1):
        moment = (timezone.now() + timedelta(days=days)).isoformat()
        answer = anas.send(TOKENS, {"name": "x", "expires_at": moment})
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:lexai:problem:token-lifetime")


def test_a_reading_token_reads_and_changes_nothing(cast):
    _token, secret = services.create_token(factories.token(scope="read"), by=cast.ana)
    body = '{"name":"New"}'

    refused = Browser().post("/api/v1/clients/", body, "application/json", headers=bearer(secret))

    assert status_with(secret, "/api/v1/clients/") == 200
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:lexai:problem:token-reads-only")


def test_a_full_token_needs_no_csrf_token_and_reaches_neither_password_nor_new_tokens(cast):
    _token, secret = services.create_token(factories.token(), by=cast.ana)
    send = Browser()

    opened = send.post("/api/v1/clients/", '{"name":"New"}', "application/json", headers=bearer(secret))
    refused = [
        send.post(path, "{}", "application/json", headers=bearer(secret))
        for path in (TOKENS, "/api/v1/auth/password/", "/api/v1/auth/logout/")
    ]

    assert opened.status_code == 201
    assert [(answer.status_code, answer.json()["type"]) for answer in refused] == [
        (403, "urn:lexai:problem:password-needed")
    ] * 3


def test_an_expired_a_revoked_and_an_invented_token_are_refused_alike(cast, anas):
    old, expired = services.create_token(factories.token(), by=cast.ana)
    ApiToken.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    token, revoked = services.create_token(factories.token(), by=cast.ana)
    assert status_with(revoked) == 200
    assert anas.send(f"{TOKENS}{token.pk}/", None, "DELETE").status_code == 204

    answers = [Browser().get(ME, headers=bearer(one)) for one in (expired, revoked, "lexai_invented", "")]

    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert answers[0]["WWW-Authenticate"] == "Bearer"


def test_a_token_expires_although_its_query_was_built_long_before(cast):
    token, secret = services.create_token(factories.token(), by=cast.ana)
    assert status_with(secret) == 200
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())

    assert status_with(secret) == 401


def test_a_token_dies_with_the_role_and_with_its_user(cast):
    _first, anas = services.create_token(factories.token(), by=cast.ana)
    _second, bens = services.create_token(factories.token(), by=cast.ben)

    User.objects.filter(pk=cast.ana.pk).update(role="premium")
    User.objects.filter(pk=cast.ben.pk).update(is_active=False)

    assert (status_with(anas), status_with(bens)) == (401, 401)


@pytest.mark.parametrize("who", ["ana", "dora", "emil"])
def test_the_service_itself_lets_nobody_revoke_the_tokens_of_others(cast, who):
    bens, secret = services.create_token(factories.token(), by=cast.ben)

    with pytest.raises(NotAllowed):
        services.revoke_token(bens, by=getattr(cast, who))

    assert status_with(secret) == 200
    assert not AuditEvent.objects.filter(verb="token.revoked").exists()


def test_the_system_revokes_a_token_of_anybody(cast):
    bens, secret = services.create_token(factories.token(), by=cast.ben)

    services.revoke_token(bens, by=SYSTEM)

    assert status_with(secret) == 401
    assert [one.actor for one in AuditEvent.objects.filter(verb="token.revoked")] == ["system"]


def test_nobody_sees_or_revokes_the_tokens_of_others(cast, anas):
    others, _secret = services.create_token(factories.token(), by=cast.dora)

    foreign = anas.send(f"{TOKENS}{others.pk}/", None, "DELETE")
    absent = anas.send(f"{TOKENS}999999999/", None, "DELETE")
    page = anas.submit(f"/account/tokens/{others.pk}/revoke/")

    assert anas.get(TOKENS).json()["count"] == 0
    assert (foreign.status_code, foreign.content) == (404, absent.content)
    assert page.status_code == 404
    assert ApiToken.objects.filter(pk=others.pk).exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "x", "scope": "root"}, "scope"),
        ({"name": "x", "role": "admin"}, "role"),
        ({"name": "x", "user": 1}, "user"),
        ({"name": "x", "expires_at": "soon"}, "expires_at"),
        ({"name": "x", "sha256": "0" * 64}, "sha256"),
    ],
)
def test_a_bad_token_is_refused_by_the_name_of_its_field(cast, anas, body, field):
    answer = anas.send(TOKENS, body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not ApiToken.objects.exists()


def test_the_page_of_the_account_makes_shows_and_revokes_tokens(cast, anas):
    made = anas.submit("/account/tokens/", name="Scanner <b>", scope="full", days="30")
    token = ApiToken.objects.get()
    shown, page = made.content.decode(), anas.get("/account/").content.decode()

    assert (made.status_code, made["Cache-Control"]) == (200, "no-store")
    assert ("it is not shown again" in shown, f">{token.prefix}" in shown) == (True, True)
    assert ("it is not shown again" in page, "Scanner &lt;b&gt;" in page) == (False, True)
    assert token.prefix not in str(dict(anas.session.items()))
    assert anas.submit("/account/tokens/", name="x", scope="full", days="999").status_code == 400
    assert anas.submit(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    assert not ApiToken.objects.exists()


def test_the_addresses_of_the_accounts_forms_lead_back_to_the_account(cast, anas):
    for path in ("/account/password/", "/account/tokens/"):
        answer = anas.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/account/")
