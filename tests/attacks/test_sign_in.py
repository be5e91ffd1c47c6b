"""Attacks on the sign-in: guessing, enumerating, forging, redirecting, flooding."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import NormalDist, median

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import admission, services
from accounts.models import User
from lexai.audit.models import AuditEvent
from lexai.limits import TooManyRequests
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import LOGIN, ME, Browser, password_of, signed_in, together
from tests.callers import bearer

WRONG = "The e-mail address or the password is wrong."
SPELLINGS = [
    "ANA@Hart.Example",
    "  ana@hart.example ",
    "\uff41\uff4e\uff41@hart.example",  # full width
    "a\u200bna@hart.example",  # zero width space
    "ana\u00ad@hart.example",  # soft hyphen
    "ana@hart\uff0eexample",  # full width dot
    "\u2060ana@hart.example\ufeff",
]


def detail(answer):
    return answer.json()["detail"]


def fail(browser, email, times=1):
    return [browser.sign_in(email, "wrong password") for _ in range(times)]


def failed(email, address, times=1):
    for _ in range(times):
        with pytest.raises(services.WrongCredentials):
            services.sign_in(email, "wrong password", address=address)


# S7


def is_somebody_waiting():
    """Say whether a connection to this database waits for another's lock."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connection.cursor() as cursor:
        cursor.execute(waiting)
        return cursor.fetchone() is not None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [{"password": "another"}, {"is_active": False}], ids=str)
def test_s7_whoever_loses_the_password_or_the_account_while_signing_in_does_not_get_in(change):
    cast = factories.cast()
    password = password_of(cast.ana)

    def attempt():
        try:
            return services.sign_in(cast.ana.email, password, address="192.0.2.1")
        except services.WrongCredentials:
            return "WrongCredentials"
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=cast.ana.pk)
            signing_in = pool.submit(attempt)  # it proves the password, and waits for the row
            deadline = time.monotonic() + 20
            while not is_somebody_waiting():
                assert time.monotonic() < deadline
                time.sleep(0.01)
            User.objects.filter(pk=cast.ana.pk).update(**change)

        assert signing_in.result() == "WrongCredentials"
    assert not AuditEvent.objects.filter(verb="session.started").exists()


@pytest.mark.slow
def test_s7_nobody_signs_in_before_choosing_a_password_or_after_being_deactivated(cast):
    invited = services.invite_user(
        User(firm=cast.firm, email="ida@hart.example", first_name="I", last_name="D"), by=cast.dora
    )
    password = password_of(cast.ben)
    services.deactivate_user(cast.ben, by=cast.dora)

    answers = [
        Browser().sign_in(email, given)
        for email, given in [
            (invited.email, ""),
            (invited.email, "!"),
            (invited.email, invited.password),
            (cast.ben.email, password),
            ("nobody@hart.example", password),
        ]
    ]

    assert [answer.status_code for answer in answers] == [400, 401, 401, 401, 401]
    assert {detail(answer) for answer in answers[1:]} == {WRONG}


def test_s7_an_invited_person_gets_no_token_and_is_no_administrator_yet(cast):
    invited = User(firm=cast.firm, email="ida@hart.example", first_name="I", last_name="D", role="admin")
    services.invite_user(invited, by=cast.dora)

    with pytest.raises(services.LastAdministrator):
        services.deactivate_user(cast.dora, by=SYSTEM)


# S8


def test_s8_a_foreign_page_cannot_sign_a_browser_in(cast):
    browser, password = Browser(), password_of(cast.ana)
    body = {"email": cast.ana.email, "password": password}

    bare = browser.post(LOGIN, body, "application/json")
    browser.csrf()
    without = browser.post(LOGIN, body, "application/json")
    foreign = browser.send(LOGIN, body, Origin="https://evil.example")
    plain = browser.generic(
        "POST", LOGIN, b'{"email":"x"}', "text/plain", headers={"X-CSRFToken": browser.csrf()}
    )
    page = browser.post("/sign-in/", body)

    assert [answer.status_code for answer in (bare, without, foreign, plain, page)] == [
        403,
        403,
        403,
        415,
        403,
    ]
    assert not browser.is_in()
    assert browser.sign_in(cast.ana.email, password).status_code == 200


UNSAFE = [
    ("POST", "/api/v1/auth/logout/"),
    ("PATCH", "/api/v1/auth/me/"),
    ("POST", "/api/v1/auth/password/"),
    ("POST", "/api/v1/auth/tokens/"),
    ("DELETE", "/api/v1/auth/tokens/1/"),
    ("POST", "/api/v1/users/"),
    ("PATCH", "/api/v1/users/{ana}/"),
    ("POST", "/api/v1/users/{ana}/deactivate/"),
    ("POST", "/api/v1/users/{ana}/reactivate/"),
    ("POST", "/api/v1/users/{ana}/send-link/"),
    ("POST", "/api/v1/users/{ana}/release-lockout/"),
    ("POST", "/sign-out/"),
    ("POST", "/admin/logout/"),
    ("POST", "/account/names/"),
    ("POST", "/account/password/"),
    ("POST", "/account/sessions/end-others/"),
    ("POST", "/account/sessions/none/end/"),
    ("POST", "/account/tokens/"),
    ("POST", "/account/tokens/1/revoke/"),
    ("POST", "/firm/users/new/"),
    ("POST", "/firm/users/{ana}/"),
    ("POST", "/firm/users/{ana}/deactivate/"),
    ("POST", "/firm/users/{ana}/reactivate/"),
    ("POST", "/firm/users/{ana}/send-link/"),
    ("POST", "/firm/users/{ana}/release-lockout/"),
]


@pytest.mark.slow
def test_s8_no_changing_request_of_a_session_passes_without_its_token_or_from_another_origin(cast):
    browser = signed_in(cast.dora)
    before = list(User.objects.order_by("pk").values_list("is_active", "role", "first_name", "password"))

    for method, pattern in UNSAFE:
        path = pattern.format(ana=cast.ana.pk)
        bare = browser.generic(method, path, b"{}", "application/json")
        foreign = browser.send(path, {}, method, Origin="https://evil.example")
        overridden = browser.generic(
            "GET", path, headers={"X-HTTP-Method-Override": method, "X-Method-Override": method}
        )
        disguised = browser.generic("POST", path, b'{"first_name":"x"}', "text/plain")
        assert (path, bare.status_code, foreign.status_code) == (path, 403, 403)
        assert overridden.status_code in {200, 302, 405}  # 302 leads to a page that shows the form
        assert disguised.status_code in {403, 405, 415}

    assert browser.is_in()
    now = list(User.objects.order_by("pk").values_list("is_active", "role", "first_name", "password"))
    assert now == before


# S13


def mann_whitney(first, second):
    """Return the two-sided p of the U test (normal approximation): do both samples come from one distribution?"""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    rank_sum = sum(rank for rank, (_, of) in enumerate(ranked, 1) if of == 0)
    count, others = len(first), len(second)
    u = rank_sum - count * (count + 1) / 2
    spread = (count * others * (count + others + 1) / 12) ** 0.5
    return 2 * NormalDist().cdf(-abs((u - count * others / 2) / spread))


def assert_as_slow(known, unknown):
    gap = abs(median(known) - median(unknown)) / median(known)
    assert mann_whitney(known, unknown) > 0.01 or gap < 0.05, f"median gap {gap:.1%}"


def timed(deed):
    started = time.perf_counter()
    answer = deed()
    return time.perf_counter() - started, answer


def sampled(first, second, times=200):
    """Time two deeds in turn, so that a busy moment meets both; return the times and the distinct answers."""
    times_of, answers = ([], []), (set(), set())
    for number in range(times + 10):
        for which, deed in enumerate((first, second)):
            taken, answer = timed(lambda deed=deed, number=number: deed(number))
            if number >= 10:
                times_of[which].append(taken)
            kept = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
            answers[which].add((answer.status_code, answer.content, str(kept)))
    return times_of, answers


@pytest.mark.slow
def test_s13_a_failed_sign_in_tells_nothing_about_the_account(cast, settings):
    settings.SIGN_IN_RATE, settings.ACCOUNT_FAILURES_AN_HOUR = "10000/m", 10_000
    settings.API_RATE = "10000/m"
    browser = Browser()
    token = browser.csrf()

    def attempt(email):
        def deed(number):
            return browser.post(
                LOGIN,
                {"email": email, "password": "wrong password"},
                "application/json",
                REMOTE_ADDR=f"10.0.{number}.1",
                headers={"X-CSRFToken": token},
            )

        return deed

    (known, unknown), answers = sampled(attempt(cast.ana.email), attempt("nobody@hart.example"))

    assert answers[0] == answers[1]
    assert len(answers[0]) == 1
    assert_as_slow(known, unknown)


@pytest.mark.slow
def test_s13_asking_for_a_link_tells_nothing_about_the_account(cast, settings):
    settings.SIGN_IN_RATE = settings.LINK_RATE = "10000/m"
    browser = Browser()
    browser.csrf()
    token = browser.cookies["csrf"].value

    def ask(email):
        return lambda _number: browser.post("/reset/", {"email": email, "csrfmiddlewaretoken": token})

    (known, unknown), answers = sampled(ask(cast.ana.email), ask("nobody@hart.example"))

    assert answers[0] == answers[1]
    assert {status for status, *_ in answers[0]} == {200}
    assert_as_slow(known, unknown)


def test_s13_known_and_unknown_accounts_cost_the_same_queries(cast):
    costs = []
    for number, email in enumerate([cast.ana.email, "nobody@hart.example", cast.ben.email]):
        if email == cast.ben.email:
            services.deactivate_user(cast.ben, by=cast.dora)
        with CaptureQueriesContext(connection) as queries, pytest.raises(services.WrongCredentials):
            services.sign_in(email, "wrong password", address=f"10.1.{number}.1")
        costs.append([query["sql"].split()[0] for query in queries])

    assert costs[0] == costs[1] == costs[2]


def test_s13_what_was_typed_for_no_account_is_kept_nowhere(cast):
    failed("my secret password", "192.0.2.9")

    event = AuditEvent.objects.get(verb="sign_in.failed")
    assert (event.firm_id, event.actor, event.target_id) == (None, "nobody", "")
    assert "secret" not in str(event.facts)
    for row in [*AccessAttempt.objects.all(), *AccessFailureLog.objects.all()]:
        assert "secret" not in str(row.__dict__)


def test_a_failure_shows_in_the_audit_of_the_accounts_own_firm(cast):
    failed(cast.ana.email, "192.0.2.9")

    event = AuditEvent.objects.visible_to(cast.dora).get(verb="sign_in.failed")
    assert (event.target_id, event.facts) == (
        str(cast.ana.pk),
        {"address": "192.0.2.9", "is_locked_out": False},
    )


# S15


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_s15_every_spelling_is_one_account(cast, spelling):
    assert services.sign_in(spelling, password_of(cast.ana), address="192.0.2.1") == cast.ana


@pytest.mark.parametrize("typed", ["ana@hart.example\x00", "\x00", "\ud800", "a" * 5000, "'; --", "*"])
def test_s15_what_is_no_address_is_refused_without_a_fault(cast, typed):
    browser = Browser()

    assert browser.submit("/sign-in/", email=typed.replace("\ud800", ""), password="x").status_code in {
        400,
        401,
    }
    with pytest.raises((services.WrongCredentials, services.LinkDead)):
        services.sign_in(typed, "x", address="192.0.2.1")


@pytest.mark.parametrize(
    "typed",
    [
        "stra\u00dfe@hart.example",
        "\uff41nna@hart.example",
        "a\u200bnna@hart.example",
        "\u212aarl@hart.example",
        "anna@hart.example\x00",
    ],
)
def test_s15_no_address_is_kept_that_only_folding_makes_plain(cast, typed):
    with pytest.raises(services.BadEmail):
        services.invite_user(User(firm=cast.firm, email=typed, first_name="A", last_name="B"), by=cast.dora)


def test_s15_a_mail_goes_to_the_stored_address_only(cast, mailoutbox):
    services.request_link("\uff21NA@hart.example", address="192.0.2.1")
    services.send_link(cast.ana, by=SYSTEM)

    assert [mail.to for mail in mailoutbox] == [["ana@hart.example"]]


# S16


def test_s16_after_five_failures_the_right_password_is_refused_with_the_same_text(cast):
    browser, password = Browser(), password_of(cast.ana)

    failures = fail(browser, cast.ana.email, 5)
    wrong, right = fail(browser, cast.ana.email)[0], browser.sign_in(cast.ana.email, password)

    assert [answer.status_code for answer in failures] == [401] * 5
    assert (wrong.status_code, right.status_code) == (429, 429)
    assert wrong.content == right.content
    assert 890 <= int(right["Retry-After"]) <= 900
    assert not browser.is_in()


@pytest.mark.slow
def test_s16_an_unknown_account_locks_alike(cast):
    browser = Browser()

    known = [answer.status_code for answer in fail(browser, cast.ana.email, 6)]
    unknown = [answer.status_code for answer in fail(browser, "nobody@hart.example", 6)]

    assert known == unknown == [401] * 5 + [429]


@pytest.mark.slow
def test_s16_all_spellings_and_all_doors_share_one_counter(cast):
    browser, password = Browser(), password_of(cast.ana)
    for spelling in SPELLINGS[:3]:
        assert browser.sign_in(spelling, "wrong").status_code == 401
    for spelling in SPELLINGS[3:5]:
        assert browser.submit("/sign-in/", email=spelling, password="wrong").status_code == 401

    assert browser.sign_in(cast.ana.email, password).status_code == 429
    page = browser.submit("/sign-in/", email=cast.ana.email, password=password)
    assert (page.status_code, "Too many sign-ins" in page.content.decode()) == (429, True)
    assert int(page["Retry-After"]) > 800


@pytest.mark.slow
def test_s16_the_password_change_shares_the_counter(cast):
    browser = signed_in(cast.ana)
    for _ in range(5):
        answer = browser.send("/api/v1/auth/password/", {"current": "wrong", "new": "a sound new phrase 77"})
        assert answer.status_code == 400

    assert browser.send("/api/v1/auth/password/", {"current": "wrong", "new": "x" * 20}).status_code == 429
    assert Browser().sign_in(cast.ana.email, "x").status_code == 429


@pytest.mark.slow
def test_s16_neither_a_forged_header_nor_another_user_agent_opens_a_new_counter(cast):
    answers = []
    for number in range(6):
        browser = Browser(headers={"User-Agent": f"agent {number}", "X-Forwarded-For": f"203.0.113.{number}"})
        answers += fail(browser, cast.ana.email)

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


@pytest.mark.slow
def test_s16_behind_a_proxy_only_its_own_word_counts(cast, settings):
    settings.PROXY_COUNT = 1
    forged = [f"203.0.113.{number}, 192.0.2.50" for number in range(6)]
    answers = [fail(Browser(headers={"X-Forwarded-For": one}), cast.ana.email)[0] for one in forged]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


@pytest.mark.slow
def test_s16_an_ipv6_network_is_one_address(cast):
    answers = [fail(Browser(f"2001:db8:0:1::{number:x}"), cast.ana.email)[0] for number in range(1, 7)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert fail(Browser("2001:db8:0:2::1"), cast.ana.email)[0].status_code == 401


@pytest.mark.slow
def test_s16_a_crowd_of_addresses_is_stopped_and_cannot_shut_out_whom_it_is_after(cast, settings):
    settings.ACCOUNT_FAILURES_AN_HOUR = 12
    own = signed_in(cast.ana, "192.0.2.200")
    password = password_of(cast.ana)
    for number in range(12):
        failed(cast.ana.email, f"10.2.{number}.1")

    stranger = Browser("10.2.99.1").sign_in(cast.ana.email, password)
    other_account = Browser("10.2.99.1").sign_in(cast.ben.email, password_of(cast.ben))

    assert (stranger.status_code, other_account.status_code) == (429, 200)
    assert 3500 <= int(stranger["Retry-After"]) <= 3600
    assert own.sign_in(cast.ana.email, password).status_code == 200  # its device cookie tells


def test_s16_the_device_cookie_of_another_account_or_of_ones_own_making_helps_nobody(cast, settings):
    settings.ACCOUNT_FAILURES_AN_HOUR = 3
    bens = signed_in(cast.ben)
    forger = Browser()
    forger.cookies["device"] = bens.cookies["device"].value[:-2] + "xx"
    password = password_of(cast.ana)
    for number in range(3):
        failed(cast.ana.email, f"10.3.{number}.1")

    assert bens.sign_in(cast.ana.email, password).status_code == 429
    assert forger.sign_in(cast.ana.email, password).status_code == 429
    assert bens.cookies["device"]["httponly"] is True


def test_s16_the_lockout_ends_with_the_cool_off_and_not_before(cast):
    password = password_of(cast.ana)
    failed(cast.ana.email, "192.0.2.1", 5)
    almost, over = timedelta(minutes=14, seconds=50), timedelta(seconds=20)

    AccessAttempt.objects.update(attempt_time=F("attempt_time") - almost)
    with pytest.raises(services.LockedOut):
        services.sign_in(cast.ana.email, password, address="192.0.2.1")
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - over)

    assert services.sign_in(cast.ana.email, password, address="192.0.2.1") == cast.ana


def test_s16_trying_while_locked_out_does_not_make_it_longer(cast):
    failed(cast.ana.email, "192.0.2.1", 5)
    before = AccessAttempt.objects.get().attempt_time

    for _ in range(3):
        with pytest.raises(services.LockedOut):
            services.sign_in(cast.ana.email, "wrong", address="192.0.2.1")

    assert AccessAttempt.objects.get().attempt_time == before
    assert AuditEvent.objects.filter(facts__is_locked_out=True).count() == 3


def test_s16_a_victim_comes_in_from_another_address_and_an_administrator_releases(cast):
    password = password_of(cast.ana)
    failed(cast.ana.email, "192.0.2.1", 5)

    assert services.sign_in(cast.ana.email, password, address="192.0.2.2") == cast.ana
    services.release_lockout(cast.ana, by=cast.dora)
    assert services.sign_in(cast.ana.email, password, address="192.0.2.1") == cast.ana


def test_s16_a_flushed_valkey_releases_nobody(cast):
    password = password_of(cast.ana)
    failed(cast.ana.email, "192.0.2.1", 5)

    cache.clear()

    with pytest.raises(services.LockedOut):
        services.sign_in(cast.ana.email, password, address="192.0.2.1")


@pytest.mark.slow
def test_s16_a_success_forgets_the_failures_before(cast):
    browser, password = Browser(), password_of(cast.ana)
    for _ in range(2):
        fail(browser, cast.ana.email, 4)
        assert browser.sign_in(cast.ana.email, password).status_code == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_s16_forty_guesses_at_once_get_five_tries(settings):
    factories.cast()
    settings.SIGN_IN_RATE = "1000/m"
    answers = together(40, lambda _number: _outcome("ana@hart.example"))

    assert answers.count("WrongCredentials") <= 5
    assert set(answers) <= {"WrongCredentials", "LockedOut", "Busy"}
    assert AccessAttempt.objects.get().failures_since_start <= 5


def _outcome(email, address="192.0.2.1"):
    try:
        services.sign_in(email, "wrong password", address=address)
    except (services.WrongCredentials, services.LockedOut, admission.Busy, TooManyRequests) as refusal:
        return type(refusal).__name__
    return "in"


# S17


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_s17_the_limit_of_sign_ins_is_exact_under_forty_at_once(settings):
    factories.cast()
    settings.SIGN_IN_RATE = "7/m"
    answers = together(40, lambda number: _outcome(f"nobody-{number}@hart.example"))

    assert answers.count("TooManyRequests") == 33


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_s17_the_limit_of_the_api_is_exact_under_forty_at_once(settings):
    cast = factories.cast()
    browser = Browser()
    browser.force_login(cast.ana)
    settings.API_RATE = "11/m"

    def ask(_number):
        one = Browser()
        one.cookies = browser.cookies
        return one.get(ME)

    answers = together(40, ask)

    assert [answer.status_code for answer in answers].count(200) == 11
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 29
    assert all(1 <= int(answer["Retry-After"]) <= 60 for answer in refused)


@pytest.mark.slow
def test_s17_no_header_method_path_or_second_door_gets_past_the_limit_of_sign_ins(cast, settings):
    settings.SIGN_IN_RATE = "3/m"
    tries = [
        Browser().sign_in("a@x.example", "wrong"),
        Browser(headers={"X-Forwarded-For": "203.0.113.1"}).submit(
            "/sign-in/", email="b@x.example", password="w"
        ),
        Browser(headers={"X-Real-IP": "203.0.113.1"}).submit("/reset/", email="c@x.example"),
    ]
    late = [
        Browser(headers={"X-Forwarded-For": "203.0.113.2"}).sign_in("d@x.example", "wrong"),
        Browser().submit("/sign-in/", email="e@x.example", password="w"),
        Browser().submit("/reset/", email="f@x.example"),
        Browser().submit("/reset/made-up-token/", new="a sound new phrase 77"),
        Browser().sign_in(cast.ana.email, password_of(cast.ana)),
    ]
    elsewhere = [
        Browser().send("/API/v1/auth/login/", {}),
        Browser().send("/api/v1/auth/login", {}),
        Browser().send("/api/v1/auth/%6cogin/", {"email": "g@x.example", "password": "w"}),
        Browser().send(LOGIN, {"email": "g@x.example", "password": "w"}, "PUT"),
    ]

    assert [answer.status_code for answer in tries] == [401, 401, 200]
    assert [answer.status_code for answer in late] == [429] * 5
    assert [answer.status_code for answer in elsewhere] == [404, 404, 429, 405]
    assert all(int(answer["Retry-After"]) <= 60 for answer in late)


# S18


@pytest.mark.parametrize(
    "goal",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "http:///evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\n/evil.example",
        "data:text/html,x",
        "javascript:alert(1)",
        "https://testserver@evil.example/",
        "//testserver@evil.example/",
        "\x00//evil.example",
        "account/",
    ],
)
def test_s18_the_sign_in_leads_nowhere_else(cast, goal):
    browser = Browser()
    password = password_of(cast.ana)

    answer = browser.submit("/sign-in/", email=cast.ana.email, password=password, next=goal)
    passing = browser.get("/sign-in/", {"next": goal})
    page = Browser().get("/sign-in/", {"next": goal})

    assert answer.status_code in {302, 400}
    assert answer.headers.get("Location", "/") == "/"
    assert passing.headers.get("Location", "/") == "/"
    assert "evil" not in page.content.decode()
    assert "evil" not in Browser().get("/admin/login/", {"next": goal}).headers.get("Location", "")


def test_s18_the_sign_in_leads_to_where_one_wanted_to_go(cast):
    asked = Browser().get("/admin/clients/client/?q=x")
    sent = Browser().get(asked["Location"])
    answer = Browser().submit(
        "/sign-in/", email=cast.dora.email, password=password_of(cast.dora), next="/admin/clients/client/?q=x"
    )

    assert sent["Location"] == "/sign-in/?next=%2Fadmin%2Fclients%2Fclient%2F%3Fq%3Dx"
    assert answer["Location"] == "/admin/clients/client/?q=x"


# R10 and R28


@pytest.mark.slow
def test_r10_without_valkey_nobody_signs_in_and_everybody_inside_goes_on(cast, settings):
    inside, password = signed_in(cast.ana), password_of(cast.ben)
    _token, secret = services.create_token(factories.token(), by=cast.ana)
    away = "unix:///nowhere/valkey.sock?db=0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": away}}

    for answer in (
        Browser().sign_in(cast.ben.email, password),
        Browser().submit("/sign-in/", email=cast.ben.email, password=password),
        Browser().submit("/reset/", email=cast.ben.email),
    ):
        assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert inside.get("/api/v1/clients/").status_code == 200
    assert Browser().get("/api/v1/clients/", headers=bearer(secret)).status_code == 200


@pytest.mark.slow
def test_r28_the_ninth_who_waits_is_sent_away_at_once(cast):
    inside, ready = threading.Event(), threading.Semaphore(0)

    def hold(_number):
        with admission.turn():
            ready.release()
            inside.wait(10)

    waiting = [threading.Thread(target=hold, args=(number,)) for number in range(9)]
    for thread in waiting:
        thread.start()
    try:
        ready.acquire(timeout=5)
        _await(lambda: admission._places._value == 0)
        password = password_of(cast.ana)
        started = time.monotonic()
        answer = Browser().sign_in(cast.ana.email, password)
        taken = time.monotonic() - started
    finally:
        inside.set()
        for thread in waiting:
            thread.join()

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert taken < 1
    assert Browser().sign_in(cast.ana.email, password).status_code == 200


def _await(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# Passwords of every length


@pytest.mark.parametrize("length", [8, 72, 73, 128, 200, 4096])
def test_a_password_of_any_length_is_wrong_or_right_and_never_a_fault(cast, length):
    answer = Browser().sign_in(cast.ana.email, "pässwörd"[:1] * length)

    assert (answer.status_code, detail(answer)) == (401, WRONG)


def test_a_password_longer_than_any_is_refused_as_a_field(cast):
    assert Browser().sign_in(cast.ana.email, "x" * 4097).status_code == 400


def test_the_sweep_forgets_what_counts_no_longer(cast):
    failed(cast.ana.email, "192.0.2.1", 2)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(hours=2))
    AccessFailureLog.objects.update(attempt_time=timezone.now() - timedelta(hours=2))
    failed(cast.ben.email, "192.0.2.1")

    services.sweep_sign_ins(by=SYSTEM)

    assert set(AccessFailureLog.objects.values_list("username", flat=True)) == {cast.ben.email}
    assert set(AccessAttempt.objects.values_list("username", flat=True)) == {cast.ben.email}
