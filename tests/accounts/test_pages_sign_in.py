"""The pages before the door: what a refused form says, keeps and leads to."""

import re

import pytest

from accounts import services
from accounts.lockouts import LockedOut
from accounts.models import ApiToken, Session, User
from lexai.errors import in_time
from lexai.limits import TooManyRequests
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import Browser, password_of, signed_in

NEW = "harbour violin cactus 9"


def errors_of(answer):
    """Return the sentences at the form."""
    alert = re.search(r'role="alert">(.*?)</div>', answer.content.decode(), re.DOTALL)
    return re.findall(r"<p>(.*?)</p>", alert[1]) if alert else []


def typed(answer, name):
    """Return what stands in a field of the page."""
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', answer.content.decode())[0]
    value = re.search(r'value="([^"]*)"', field)
    return value and value[1]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "in a second"),
        (59, "in 59 seconds"),
        (60, "in a minute"),
        (61, "in 2 minutes"),
        (14 * 60, "in 14 minutes"),
        (7199, "in 120 minutes"),
        (7200, "in 2 hours"),
        (7201, "in 3 hours"),
    ],
)
def test_how_long_to_wait_is_told_in_words_and_never_too_short(seconds, words):
    assert in_time(seconds) == words


def test_whoever_is_locked_out_is_told_at_the_form_how_long_and_keeps_what_was_typed(cast):
    browser = Browser()
    for _ in range(5):
        wrong = browser.submit("/sign-in/", email="Ana@hart.example", password="wrong")

    locked = browser.submit("/sign-in/", email="Ana@hart.example", password="wrong", next="/today/")

    assert (wrong.status_code, errors_of(wrong)) == (401, ["The e-mail address or the password is wrong."])
    sentence = "Try again in 15 minutes, or ask your administrator to release it."
    assert locked.status_code == 429
    assert errors_of(locked) == [f"Too many sign-ins to this account have failed. {sentence}"]
    assert 14 * 60 < int(locked["Retry-After"]) <= 15 * 60
    assert (typed(locked, "email"), typed(locked, "password"), typed(locked, "next")) == (
        "Ana@hart.example",
        None,
        "/today/",
    )


def test_whoever_asks_too_often_is_told_at_the_form_how_long(cast, settings):
    settings.SIGN_IN_RATE = "1/h"
    browser = Browser()
    browser.submit("/reset/", email=cast.ana.email)

    limited = browser.submit("/reset/", email=cast.ana.email)

    [sentence] = errors_of(limited)
    assert limited.status_code == 429
    assert sentence == str(TooManyRequests(int(limited["Retry-After"])))
    assert typed(limited, "email") == cast.ana.email


def test_only_the_password_is_asked_for_anew(cast):
    page = Browser().submit("/sign-in/", email=cast.ana.email, password="wrong").content.decode()

    assert re.findall(r'name="(\w+)"[^>]*autofocus', page) == ["password"]


def test_an_empty_form_says_at_each_field_what_is_missing(db):
    page = Browser().submit("/sign-in/").content.decode()

    assert page.count("This field is required.") == 2
    assert page.count('aria-invalid="true"') == 2


def test_a_lockout_says_the_same_to_programs(cast):
    for _ in range(5):
        Browser().sign_in(cast.ana.email, "wrong")

    answer = Browser().sign_in(cast.ana.email, "wrong")

    assert answer.json()["detail"].startswith(
        "Too many sign-ins to this account have failed. Try again in 15 min"
    )
    assert LockedOut.__doc__.startswith("Too many sign-ins")


def test_whoever_signs_out_is_told_and_so_are_the_other_tabs(cast):
    browser = signed_in(cast.ana)

    answer = browser.submit("/sign-out/")
    page = browser.get(answer["Location"]).content.decode()

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?told=signed_out")
    assert ("You are signed out" in page, "signed_out.js" in page) == (True, True)
    assert "signed_out.js" not in browser.get("/sign-in/").content.decode()
    passing = signed_in(cast.ana).get(answer["Location"])
    assert passing["Location"] == "/"  # nobody is signed out by an address


# A lost password


def link_of(user, mailoutbox):
    services.request_link(user.email, address="192.0.2.1")
    services.send_link(user, by=SYSTEM)
    return re.search(r"/reset/[\w-]+/", mailoutbox[-1].body)[0]


def submitted(path, **fields):
    return Browser().submit(path, new=NEW, **fields)


def test_the_page_of_a_link_says_whose_password_is_chosen(cast, mailoutbox):
    page = Browser().get(link_of(cast.ana, mailoutbox)).content.decode()

    assert ("For ana@hart.example." in page, "End my API tokens" in page) == (True, True)


def test_whoever_is_invited_has_no_sessions_and_no_tokens_to_end(cast, mailoutbox):
    invited = User(firm=cast.firm, email="ida@hart.example", first_name="I", last_name="D")
    services.send_link(services.invite_user(invited, by=cast.dora), by=SYSTEM)
    link = re.search(r"/reset/[\w-]+/", mailoutbox[-1].body)[0]

    page = Browser().get(link).content.decode()

    assert ("For ida@hart.example." in page, "tokens" in page, "sessions" in page) == (True, False, False)
    assert submitted(link).status_code == 302


@pytest.mark.parametrize(("ticked", "left"), [({"ends_tokens": "on"}, []), ({}, ["Lasting"])])
def test_a_link_ends_the_tokens_if_that_is_wished_and_those_of_the_password_in_any_case(
    cast, mailoutbox, ticked, left
):
    for name, ends in (("Lasting", False), ("Ending", True)):
        services.create_token(factories.token(name=name, ends_with_password=ends), by=cast.ana)
    link = link_of(cast.ana, mailoutbox)

    answer = submitted(link, **ticked)

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?told=welcome")
    assert [token.name for token in ApiToken.objects.alive()] == left
    assert Browser().sign_in(cast.ana.email, NEW).status_code == 200


@pytest.mark.parametrize("use", [Browser().get, submitted], ids=["looked at", "used"])
def test_a_dead_link_leads_to_a_new_one(cast, mailoutbox, use):
    link = link_of(cast.ana, mailoutbox)
    assert submitted(link).status_code == 302

    answer = use(link)

    page = answer.content.decode()
    assert (answer.status_code, "This link is no longer valid" in page) == (410, True)
    assert ('href="/reset/"' in page, 'name="new"' in page) == (True, False)


def test_a_weak_password_comes_back_with_its_sentence_at_the_field(cast, mailoutbox):
    link = link_of(cast.ana, mailoutbox)

    answer = Browser().submit(link, new="password")

    page = answer.content.decode()
    assert answer.status_code == 400
    assert re.search(r'id="id_new_error"><li>This password is too common\.</li>', page)
    assert errors_of(answer) == []
    assert not User.objects.get(pk=cast.ana.pk).check_password("password")


def test_a_link_used_where_one_has_been_signed_in_for_long_signs_out_there(cast, mailoutbox):
    browser, link = signed_in(cast.ana), link_of(cast.ana, mailoutbox)
    form = {"new": NEW, "csrfmiddlewaretoken": browser.csrf()}
    session = browser.session
    session["seen_at"] -= 120  # so long ago that the next request notes the session's use
    session.save()

    answer = browser.post(link, form)

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?told=welcome")
    assert "Your password is set." in browser.get(answer["Location"]).content.decode()
    assert (browser.is_in(), Session.objects.filter(user=cast.ana).count()) == (False, 0)


def test_whoever_signs_in_lands_where_they_wanted_to_go(cast):
    answer = Browser().submit(
        "/sign-in/", email=cast.ana.email, password=password_of(cast.ana), next="/account/?x=1"
    )

    assert (answer.status_code, answer["Location"]) == (302, "/account/?x=1")
