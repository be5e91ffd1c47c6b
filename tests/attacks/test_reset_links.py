"""Attacks on the links with which passwords are set."""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import admission, services
from accounts.models import ApiToken, User
from lexai.audit.models import AuditEvent
from lexai.system import SYSTEM
from tests import factories
from tests.browsing import Browser, password_of, signed_in, together

NEW = "harbour violin cactus 9"
ADDRESS = "192.0.2.1"


def link_to(user, mailoutbox):
    """Ask for a link as a stranger would, and return the token that was mailed."""
    services.request_link(user.email, address=ADDRESS)
    User.objects.filter(pk=user.pk).update(reset_token_expires=None)  # as if the last mail were a while ago
    services.send_link(user, by=SYSTEM)
    return token_in(mailoutbox[-1])


def token_in(mail):
    return re.search(r"/reset/([\w-]+)/", mail.body)[1]


def use(token, new=NEW):
    return services.set_password_by_link(token, new, address=ADDRESS)


def refused(token):
    with pytest.raises(services.LinkDead):
        use(token)
    return True


# S12


@pytest.mark.slow
def test_s12_a_link_works_once_and_ends_every_session_and_token(cast, mailoutbox):
    browser = signed_in(cast.ana)
    services.create_token(factories.token(ends_with_password=False), by=cast.ana)
    token = link_to(cast.ana, mailoutbox)

    assert use(token) == cast.ana

    assert refused(token)
    assert not browser.is_in()
    assert not ApiToken.objects.exists()
    assert Browser().sign_in(cast.ana.email, NEW).status_code == 200
    assert AuditEvent.objects.filter(verb="password.set", actor=cast.ana.email).count() == 1


def test_s12_only_the_hash_of_a_link_is_kept(cast, mailoutbox):
    token = link_to(cast.ana, mailoutbox)

    cast.ana.refresh_from_db()
    assert re.fullmatch(r"[0-9a-f]{64}", cast.ana.reset_token)
    assert token not in str(User.objects.values())
    assert token not in str(list(AuditEvent.objects.values()))


def test_s12_a_newer_link_ends_the_one_before_and_using_it_ends_both(cast, mailoutbox):
    first, second = link_to(cast.ana, mailoutbox), link_to(cast.ana, mailoutbox)

    assert refused(first)
    use(second)
    assert refused(first)
    assert refused(second)


def test_s12_a_link_ends_when_the_address_changes(cast, mailoutbox):
    token = link_to(cast.ana, mailoutbox)
    User.objects.filter(pk=cast.ana.pk).update(email="ana.new@hart.example")

    assert refused(token)


def test_s12_a_link_ends_with_a_successful_sign_in(cast, mailoutbox):
    password = password_of(cast.ana)
    token = link_to(cast.ana, mailoutbox)

    services.sign_in(cast.ana.email, password, address=ADDRESS)

    assert refused(token)


def test_s12_a_link_ends_with_a_changed_password_and_with_deactivation(cast, mailoutbox):
    password = password_of(cast.ana)
    first, second = link_to(cast.ana, mailoutbox), link_to(cast.ben, mailoutbox)

    services.change_password(cast.ana, password, NEW, by=cast.ana, address=ADDRESS)
    services.deactivate_user(cast.ben, by=cast.dora)

    assert refused(first)
    assert refused(second)


@pytest.mark.parametrize(("minutes", "is_alive"), [(59, True), (61, False)])
def test_s12_a_link_of_more_than_an_hour_is_dead(cast, mailoutbox, minutes, is_alive):
    token = link_to(cast.ana, mailoutbox)
    cast.ana.refresh_from_db()
    left = cast.ana.reset_token_expires - timedelta(minutes=minutes)
    User.objects.filter(pk=cast.ana.pk).update(reset_token_expires=left)

    assert (services.link_owner(token) is not None) is is_alive
    if not is_alive:
        assert refused(token)


def test_s12_an_invitation_lasts_seven_days(cast, mailoutbox):
    invited = User(firm=cast.firm, email="ida@hart.example", first_name="I", last_name="D")
    services.invite_user(invited, by=cast.dora)
    services.send_link(invited, by=SYSTEM)
    invited.refresh_from_db()

    assert abs(invited.reset_token_expires - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)
    assert (invited.status, use(token_in(mailoutbox[0])).status) == ("invited", "active")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_s12_twenty_uses_at_once_are_one_success(mailoutbox):
    cast = factories.cast()
    token = link_to(cast.ana, mailoutbox)

    def attempt(number):
        try:
            return services.set_password_by_link(token, f"{NEW} {number}", address=f"10.4.{number}.1").pk
        except (services.LinkDead, admission.Busy) as refusal:
            return type(refusal).__name__

    answers = together(20, attempt)

    assert answers.count(cast.ana.pk) == 1
    assert set(answers) <= {cast.ana.pk, "LinkDead", "Busy"}
    assert AuditEvent.objects.filter(verb="password.set").count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_s12_two_processes_that_store_at_once_are_one_success(mailoutbox):
    cast = factories.cast()
    token = link_to(cast.ana, mailoutbox)

    def store(number):
        try:
            return services.links._use(token, f"!{number}").pk
        except services.LinkDead:
            return None

    assert sorted(together(12, store), key=str) == [cast.ana.pk, *[None] * 11]


def test_s12_looking_at_a_link_uses_nothing_up_and_a_dead_one_says_so(cast, mailoutbox):
    token = link_to(cast.ana, mailoutbox)
    browser = Browser()

    seen = [browser.get(f"/reset/{token}/").status_code for _ in range(3)]
    weak = browser.submit(f"/reset/{token}/", new="password")
    done = browser.submit(f"/reset/{token}/", new=NEW)
    again = browser.submit(f"/reset/{token}/", new=NEW)

    assert seen == [200, 200, 200]
    assert (weak.status_code, "too easy to guess" in weak.content.decode()) == (400, True)
    assert (done.status_code, done["Location"]) == (302, "/sign-in/?told=welcome")
    assert (again.status_code, browser.get(f"/reset/{token}/").status_code) == (410, 410)
    assert not browser.is_in()


@pytest.mark.parametrize("token", ["x", "x" * 56, "\ud800", "a\x00b", "'--", "%s" * 20])
def test_s12_what_is_no_link_is_refused(cast, token):
    assert refused(token)
    assert services.link_owner(token) is None


# S13


def test_s13_every_request_for_a_link_gets_the_same_answer_and_only_an_active_account_a_mail(cast):
    services.deactivate_user(cast.ben, by=cast.dora)
    browser = Browser()
    browser.csrf()
    token = browser.cookies["csrf"].value

    answers = [
        browser.post("/reset/", {"email": email, "csrfmiddlewaretoken": token})
        for email in (cast.ana.email, cast.ben.email, "nobody@hart.example")
    ]

    assert len({(answer.status_code, answer.content, str(answer.headers)) for answer in answers}) == 1
    due = User.objects.filter(link_requested_at__isnull=False)
    assert list(due) == [cast.ana]


@pytest.mark.slow
def test_s13_an_account_is_sent_five_mails_an_hour_at_most_and_an_unknown_one_is_refused_alike(cast):
    browser = Browser()

    for email in (cast.ana.email, "nobody@hart.example"):
        statuses = [browser.submit("/reset/", email=email).status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]


@pytest.fixture
def dead_mail_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1


def test_s13_a_dead_mail_server_changes_no_answer_and_the_mail_goes_out_later(
    cast, settings, mailoutbox, dead_mail_server
):
    before = Browser().submit("/reset/", email="nobody@hart.example")
    during = Browser().submit("/reset/", email=cast.ana.email)
    with pytest.raises(services.MailUndelivered):
        services.send_link(cast.ana, by=SYSTEM)

    assert before.status_code == during.status_code == 200
    cast.ana.refresh_from_db()
    assert cast.ana.link_requested_at is not None
    with pytest.raises(services.links.NoLinkDue):
        services.send_link(cast.ana, by=SYSTEM)  # not again within the minute

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.filter(pk=cast.ana.pk).update(
        reset_token_expires=cast.ana.reset_token_expires - timedelta(seconds=61)
    )
    assert services.dispatch_links(by=SYSTEM) == 1
    services.send_link(cast.ana, by=SYSTEM)
    assert use(token_in(mailoutbox[-1])) == cast.ana
    assert services.dispatch_links(by=SYSTEM) == 0


def test_s13_a_mail_that_waited_for_longer_than_its_link_would_live_is_given_up(cast, mailoutbox):
    services.request_link(cast.ana.email, address=ADDRESS)
    late = timezone.now() - timedelta(minutes=61)
    User.objects.filter(pk=cast.ana.pk).update(link_requested_at=late)

    services.dispatch_links(by=SYSTEM)

    cast.ana.refresh_from_db()
    assert (cast.ana.link_requested_at, mailoutbox) == (None, [])


def test_s13_a_mail_comes_once_however_often_the_queue_says_so(cast, mailoutbox):
    services.request_link(cast.ana.email, address=ADDRESS)
    services.send_link(cast.ana, by=SYSTEM)
    for _ in range(4):
        with pytest.raises(services.links.NoLinkDue):
            services.send_link(cast.ana, by=SYSTEM)

    assert len(mailoutbox) == 1


# S14


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Host": "evil.example", "X-Forwarded-Server": "evil.example"},
        {"X-Original-URL": "//evil.example/"},
        {"Host": "testserver:80@evil.example"},
    ],
)
def test_s14_no_header_gets_into_a_link(cast, mailoutbox, headers):
    browser = Browser()
    token = browser.csrf()

    answer = browser.post("/reset/", {"email": cast.ana.email, "csrfmiddlewaretoken": token}, headers=headers)
    if answer.status_code == 200:
        services.send_link(cast.ana, by=SYSTEM)

    assert answer.status_code == (400 if "Host" in headers else 200)
    assert "evil" not in answer.content.decode() + str(answer.headers)
    assert ["http://127.0.0.1:8000/reset/" in mail.body for mail in mailoutbox] == [True] * len(mailoutbox)
    assert "evil" not in "".join(mail.body for mail in mailoutbox)


def test_s14_redirects_do_not_name_a_host(cast):
    browser = Browser(headers={"X-Forwarded-Host": "evil.example"})

    answers = [browser.get("/admin/"), browser.get("/account/"), browser.submit("/sign-out/")]

    assert [answer["Location"].startswith("/") for answer in answers] == [True] * 3
    assert "evil" not in "".join(answer["Location"] for answer in answers)


@pytest.mark.slow
def test_s14_a_mail_names_the_person_the_firm_and_one_address(cast, mailoutbox):
    invited = User(firm=cast.firm, email="ida@hart.example", first_name="I", last_name="D")
    services.invite_user(invited, by=cast.dora)
    services.send_link(invited, by=SYSTEM)
    [mail] = mailoutbox

    assert (mail.subject, mail.to) == ("Your account with Hart Law", ["ida@hart.example"])
    assert len(re.findall(r"https?://", mail.body)) == 1
    started = time.monotonic()
    services.request_link("nobody@hart.example", address=ADDRESS)
    assert time.monotonic() - started > 0.05


def test_s12_a_link_releases_the_lockout_of_whoever_holds_the_mailbox(cast, mailoutbox):
    token = link_to(cast.ana, mailoutbox)
    for _ in range(5):
        with pytest.raises(services.WrongCredentials):
            services.sign_in(cast.ana.email, "wrong", address=ADDRESS)

    use(token)

    assert Browser().sign_in(cast.ana.email, NEW).status_code == 200
