"""Attacks on what is open already: fixed, copied and stale sessions, and rights that were taken away."""

import re
import time

import pytest

from accounts import services
from accounts.models import ApiToken, Session, User
from lexai.audit.models import AuditEvent
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import ME, Browser, password_of, signed_in
from tests.callers import key_of

NEW = "harbour violin cactus 9"


def session_key(browser):
    return browser.cookies["session"].value


def holding(key):
    """Return a browser with a copied session cookie."""
    thief = Browser()
    thief.cookies["session"] = key
    return thief


def me(headers):
    return Browser().get(ME, headers=headers).status_code


# S6


@pytest.mark.slow
def test_s6_a_new_role_ends_sessions_and_tokens_at_the_next_request(cast):
    doras = signed_in(cast.dora)
    erin = factories.user(cast.firm, "erin@hart.example", role="admin")
    erins, headers = signed_in(erin), key_of(erin)
    assert (erins.get("/api/v1/users/").status_code, me(headers)) == (200, 200)

    answer = doras.send(f"/api/v1/users/{erin.pk}/", {"role": "user"}, "PATCH")

    assert answer.status_code == 200
    assert (erins.get("/api/v1/users/").status_code, erins.is_in(), me(headers)) == (401, False, 401)
    assert signed_in(erin).get("/api/v1/users/").status_code == 403


def test_s6_a_role_that_is_given_back_revives_no_session_and_no_token(cast):
    doras = signed_in(cast.dora)
    erin = factories.user(cast.firm, "erin@hart.example", role="admin")
    erins, headers = signed_in(erin), key_of(erin)

    for role in ("user", "admin"):
        assert doras.send(f"/api/v1/users/{erin.pk}/", {"role": role}, "PATCH").status_code == 200

    assert (erins.get("/api/v1/users/").status_code, me(headers)) == (401, 401)


@pytest.mark.slow
def test_s6_a_deactivated_user_is_out_at_the_next_request_and_stays_out_when_reactivated(cast):
    doras, anas, headers = signed_in(cast.dora), signed_in(cast.ana), key_of(cast.ana)
    pages = signed_in(cast.ana)

    assert doras.send(f"/api/v1/users/{cast.ana.pk}/deactivate/").status_code == 200
    out = (anas.get("/api/v1/clients/").status_code, pages.get("/account/").status_code, me(headers))
    assert doras.send(f"/api/v1/users/{cast.ana.pk}/reactivate/").status_code == 200
    still_out = (anas.get("/api/v1/clients/").status_code, pages.get("/account/").status_code, me(headers))

    assert out == still_out == (401, 302, 401)
    assert not ApiToken.objects.filter(user=cast.ana).exists()


@pytest.mark.slow
def test_s6_a_password_change_ends_every_other_session_and_the_tokens_that_end_with_it(cast):
    password = password_of(cast.ana)
    here, elsewhere = Browser(), Browser()
    for browser in (here, elsewhere):
        assert browser.sign_in(cast.ana.email, password).status_code == 200
    ending, lasting = key_of(cast.ana), key_of(cast.ana, ends_with_password=False)
    key = session_key(here)

    answer = here.send("/api/v1/auth/password/", {"current": password, "new": NEW})

    assert answer.status_code == 204
    assert (here.is_in(), elsewhere.is_in(), holding(key).is_in()) == (True, False, False)
    assert (me(ending), me(lasting)) == (401, 200)
    assert (Browser().sign_in(cast.ana.email, password).status_code) == 401
    assert (Browser().sign_in(cast.ana.email, NEW).status_code) == 200


def test_s6_the_password_changes_on_the_page_too_and_a_weak_one_comes_back_with_a_sentence(cast):
    password = password_of(cast.ana)
    browser = Browser()
    browser.sign_in(cast.ana.email, password)

    weak = browser.submit("/account/password/", current=password, new="password1")
    wrong = browser.submit("/account/password/", current="wrong", new=NEW)
    done = browser.submit("/account/password/", current=password, new=NEW)

    assert (weak.status_code, "too common" in weak.content.decode()) == (400, True)
    assert (wrong.status_code, "The current password is wrong." in wrong.content.decode()) == (400, True)
    assert (done.status_code, done["Location"]) == (302, "/account/?told=password")
    assert browser.is_in()


# S10


def test_s10_a_session_set_before_sign_in_is_not_kept(cast):
    planted = Browser()
    planted.session.save()
    stranger = Browser()
    session = stranger.session
    session["planted"] = "yes"
    session.save()
    stranger.cookies["session"] = session.session_key

    stranger.sign_in(cast.ana.email, password_of(cast.ana))

    assert stranger.is_in()
    assert session_key(stranger) != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists()
    assert "planted" not in stranger.session
    assert not holding(session.session_key).is_in()


@pytest.mark.parametrize("who", ["ana", "ben"])
def test_s10_a_session_that_somebody_is_in_is_replaced_at_the_next_sign_in(cast, who):
    browser = signed_in(cast.ana)
    old = session_key(browser)

    browser.sign_in(getattr(cast, who).email, password_of(getattr(cast, who)))

    assert session_key(browser) != old
    assert (browser.get(ME).json()["email"], holding(old).is_in()) == (getattr(cast, who).email, False)


def test_s10_an_invented_session_key_is_not_taken_over(cast):
    browser = holding("attackerchosenkey000000000000000")

    browser.sign_in(cast.ana.email, password_of(cast.ana))

    assert session_key(browser) != "attackerchosenkey000000000000000"


# S11


@pytest.mark.slow
def test_s11_after_signing_out_a_copied_cookie_is_dead(cast):
    for leave in ("/api/v1/auth/logout/", "/sign-out/", "/admin/logout/"):
        browser = signed_in(cast.dora)
        key = session_key(browser)
        assert holding(key).is_in()

        answer = browser.send(leave) if leave.startswith("/api") else browser.submit(leave)

        assert answer.status_code in {204, 302}
        assert (browser.is_in(), holding(key).is_in()) == (False, False)
        assert not Session.objects.filter(pk=key).exists()
    assert AuditEvent.objects.filter(verb="session.ended", actor=cast.dora.email).count() == 3


@pytest.mark.parametrize(
    ("aged", "is_alive"),
    [
        ({"seen_at": 59 * 60}, True),
        ({"seen_at": 61 * 60}, False),
        ({"seen_at": 0, "started_at": 12 * 3600 - 60}, True),
        ({"seen_at": 0, "started_at": 12 * 3600 + 60}, False),
    ],
)
def test_s11_an_idle_session_and_an_old_one_are_dead_on_the_server(cast, aged, is_alive):
    browser = signed_in(cast.ana)
    session = browser.session
    for mark, seconds in aged.items():
        session[mark] = time.time() - seconds
    session.save()

    assert browser.is_in() is is_alive
    assert Session.objects.filter(pk=session.session_key).exists() is is_alive


def test_s11_signing_in_starts_both_clocks(cast):
    session = signed_in(cast.ana).session

    assert abs(session["started_at"] - time.time()) < 5
    assert session["seen_at"] == session["started_at"]
    assert AuditEvent.objects.get(verb="session.started").facts == {"address": "198.51.100.7"}


# Roles and the back office


def test_whoever_may_not_enter_the_back_office_is_told_so_and_not_sent_in_circles(cast):
    browser = signed_in(cast.ana)

    sent = browser.get("/admin/")
    told = browser.get(sent["Location"])

    assert (sent.status_code, sent["Location"]) == (302, "/admin/login/?next=/admin/")
    assert told.status_code == 403
    assert signed_in(cast.dora).get("/admin/login/?next=/admin/")["Location"] == "/admin/"


def test_the_first_sign_in_leads_everybody_to_where_they_may_go(cast):
    landed = {}
    for user in (cast.ana, cast.dora):
        browser = Browser()
        sent = browser.submit("/sign-in/", email=user.email, password=password_of(user))
        page = browser.get(sent["Location"], follow=True)
        landed[user] = (sent["Location"], page.redirect_chain[-1][0], page.status_code)

    assert landed == {cast.ana: ("/", "/today/", 200), cast.dora: ("/", "/today/", 200)}
    assert Browser().get("/")["Location"] == "/sign-in/"


def test_an_error_leads_on_to_pages_that_open(cast):
    browser = signed_in(cast.ana)

    refused = browser.get("/admin/", follow=True)
    links = re.findall(r'href="(/[^"]*)"', refused.content.decode().partition("<main")[2])
    opened = [browser.get(link, follow=True).status_code for link in links]

    assert (refused.status_code, links) == (403, ["/"])  # whoever is in is offered no sign-in
    assert opened == [200]


def test_whoever_is_in_is_not_asked_to_sign_in_again(cast):
    browser = signed_in(cast.ana)

    assert browser.get("/sign-in/")["Location"] == "/"
    assert browser.get("/sign-in/?next=/account/")["Location"] == "/account/"
    # a link was used, perhaps by another person
    assert browser.get("/sign-in/?told=welcome").status_code == 200


def test_a_page_of_the_account_sends_a_stranger_to_the_sign_in(db):
    answer = Browser().get("/account/")

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/account/")


def test_a_role_that_changes_while_somebody_signs_in_gives_no_old_session(cast):
    browser = signed_in(cast.ana)
    User.objects.filter(pk=cast.ana.pk).update(role="admin")

    assert not browser.is_in()
    assert services.renew_password(cast.ana, by=SYSTEM)
