"""The own sessions: listed, ended one by one or all others at once, and never those of anybody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services, sessions
from accounts.models import Session
from lexai.audit.models import AuditEvent
from lexai.errors import Gone, NotAllowed
from lexai.system import SYSTEM
from tests.browsing import Browser, password_of, signed_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605"


def key_of(browser):
    return browser.cookies["session"].value


@pytest.fixture
def two(cast):
    """Sign Ana in twice; return here and elsewhere."""
    password = password_of(cast.ana)
    browsers = [Browser("198.51.100.7"), Browser("203.0.113.9")]
    for browser, user_agent in zip(browsers, (FIREFOX, SAFARI), strict=True):
        browser.defaults["HTTP_USER_AGENT"] = user_agent
        assert browser.sign_in(cast.ana.email, password).status_code == 200
    return browsers


def test_a_session_is_a_row_that_knows_whose_it_is_and_where_it_was_used(cast, two):
    here = Session.objects.get(pk=key_of(two[0]))

    assert (here.user, here.address, here.browser) == (cast.ana, "198.51.100.7", "Firefox on Linux")
    assert here.started_at == here.seen_at
    assert timezone.now() - here.seen_at < timedelta(seconds=5)
    assert list(Session.objects.visible_to(cast.ben)) == []
    assert Session.objects.visible_to(SYSTEM).filter(user=cast.ana).count() == 2


def test_what_a_browser_says_of_itself_is_cut_and_harmless(cast):
    browser = Browser()
    browser.defaults["HTTP_USER_AGENT"] = "<b>\x00" + "x" * 500

    browser.sign_in(cast.ana.email, password_of(cast.ana))

    assert Session.objects.get(user=cast.ana).user_agent == "<b>\ufffd" + "x" * 196


def test_the_account_lists_the_own_sessions_and_marks_this_one(cast, two):
    signed_in(cast.ben, "192.0.2.77")

    page = two[0].get("/account/").content.decode()

    assert page.count("Sign out:") == 1
    assert page.count("this browser") == 1
    told = [words in page for words in ("Firefox on Linux", "Safari on a Mac", "203.0.113.9", "192.0.2.77")]
    assert told == [True, True, True, False]


def test_no_page_tells_the_key_of_a_session(cast, two):
    page = two[0].get("/account/").content.decode()

    assert [key_of(browser) in page for browser in two] == [False, False]


def test_one_session_elsewhere_is_ended_and_this_one_goes_on(cast, two):
    here, elsewhere = two
    reference = Session.objects.get(pk=key_of(elsewhere)).reference

    answer = here.submit(f"/account/sessions/{reference}/end/")

    assert (answer.status_code, answer["Location"]) == (302, "/account/?told=sessions")
    assert (here.is_in(), elsewhere.is_in()) == (True, False)
    assert AuditEvent.objects.get(verb="session.ended").facts == {"elsewhere": 1}
    assert here.submit(f"/account/sessions/{reference}/end/").status_code == 404


def test_this_session_ends_by_signing_out_alone(cast, two):
    here = Session.objects.get(pk=key_of(two[0]))

    assert two[0].submit(f"/account/sessions/{here.reference}/end/").status_code == 404
    assert two[0].is_in()


def test_all_other_sessions_end_at_once_and_those_of_others_go_on(cast, two):
    here, elsewhere = two
    bens = signed_in(cast.ben)

    answer = here.submit("/account/sessions/end-others/")

    assert (answer.status_code, answer["Location"]) == (302, "/account/?told=sessions")
    assert (here.is_in(), elsewhere.is_in(), bens.is_in()) == (True, False, True)
    assert AuditEvent.objects.get(verb="session.ended").facts == {"elsewhere": 1}


def test_nobody_ends_the_session_of_another(cast, two):
    bens = signed_in(cast.ben)
    anas = Session.objects.get(pk=key_of(two[0]))

    foreign = bens.submit(f"/account/sessions/{anas.reference}/end/")
    absent = bens.submit("/account/sessions/none-such/end/")

    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.content == absent.content
    for by in (cast.ben, cast.dora, cast.emil):
        with pytest.raises(NotAllowed):
            services.end_session(anas, by=by)
    assert two[0].is_in()


def test_a_session_that_is_gone_is_ended_by_nobody_twice(cast, two):
    session = Session.objects.get(pk=key_of(two[1]))
    services.end_session(session, by=cast.ana)

    with pytest.raises(Gone):
        services.end_session(session, by=cast.ana)
    assert AuditEvent.objects.filter(verb="session.ended").count() == 1


def test_sessions_that_no_longer_open_the_door_are_not_listed(cast, two, settings):
    idle = timezone.now() - timedelta(minutes=settings.SESSION_IDLE_MINUTES, seconds=1)
    Session.objects.filter(pk=key_of(two[1])).update(seen_at=idle)
    old = Session.objects.create(
        session_key="old",
        user=cast.ana,
        seen_at=timezone.now(),
        started_at=timezone.now() - timedelta(hours=13),
        expire_date=timezone.now() + timedelta(hours=1),
    )

    assert [one.pk for one in Session.objects.visible_to(cast.ana).alive()] == [key_of(two[0])]
    assert old in Session.objects.visible_to(cast.ana)


@pytest.mark.slow
def test_a_new_password_a_new_role_and_deactivation_leave_no_session_in_the_database(cast, two):
    services.renew_password(cast.ana, by=SYSTEM)
    assert not Session.objects.filter(user=cast.ana).exists()

    signed_in(cast.ben)
    cast.ben.role = "premium"
    services.change_user(cast.ben, by=cast.dora, changed={"role"})
    assert not Session.objects.filter(user=cast.ben).exists()

    signed_in(cast.cleo)
    services.deactivate_user(cast.cleo, by=cast.dora)
    assert not Session.objects.filter(user=cast.cleo).exists()


def test_a_changed_password_leaves_the_session_at_hand_alone(cast):
    password = password_of(cast.ana)
    here, elsewhere = Browser(), Browser()
    for browser in (here, elsewhere):
        browser.sign_in(cast.ana.email, password)
    before = key_of(here)

    here.submit("/account/password/", current=password, new="harbour violin cactus 9")

    assert [one.pk for one in Session.objects.filter(user=cast.ana)] == [key_of(here)]
    assert key_of(here) != before


@pytest.mark.parametrize(
    ("seconds", "statements"), [(0, ["SELECT"]), (sessions.SEEN_SECONDS + 1, ["SELECT", "UPDATE"])]
)
def test_a_session_costs_one_query_a_request_and_one_write_a_minute(cast, monkeypatch, seconds, statements):
    browser = signed_in(cast.ana)
    browser.get("/api/v1/clients/")
    later = sessions.time.time() + seconds
    monkeypatch.setattr(sessions.time, "time", lambda: later)

    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/api/v1/clients/").status_code == 200

    asked = [query["sql"].split()[0] for query in queries if '"sessions"' in query["sql"]]
    assert asked == statements


def test_whoever_was_signed_out_before_pressing_a_button_lands_on_the_account(cast, two):
    here, elsewhere = two
    reference = Session.objects.get(pk=key_of(elsewhere)).reference
    form = {"csrfmiddlewaretoken": here.csrf()}
    Session.objects.filter(pk=key_of(here)).delete()
    addresses = [
        f"/account/sessions/{reference}/end/",
        "/account/sessions/end-others/",
        "/account/tokens/1/revoke/",
    ]

    goals = [here.post(address, form)["Location"] for address in addresses]
    password = password_of(cast.ana)
    landed = [
        here.submit(goal, email=cast.ana.email, password=password, next=address)["Location"]
        for goal, address in zip(goals, addresses, strict=True)
    ]

    assert goals == [f"/sign-in/?next={address}" for address in addresses]
    assert landed == addresses
    assert [here.get(address)["Location"] for address in addresses] == ["/account/"] * 3
