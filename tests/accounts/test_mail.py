"""Mails: where they go, and that the queue sends them."""

import stat
import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import send_mail

from accounts import services, tasks
from accounts.models import User
from lexai import addresses
from lexai.system import SYSTEM
from tests import factories


def test_without_a_server_mails_go_into_a_private_folder(settings, tmp_path):
    settings.LEXAI_HOME = tmp_path
    settings.EMAIL_BACKEND = addresses.email("")["EMAIL_BACKEND"]

    send_mail("Subject", "Body", None, ["ana@hart.example"])

    folder = tmp_path / "mail"
    [mail] = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "To: ana@hart.example" in mail.read_text()


@pytest.mark.parametrize(
    ("url", "server", "account", "tls"),
    [
        ("smtp://mail.example", ("mail.example", 25), ("", ""), (False, False)),
        ("smtp://mail.example?tls=1", ("mail.example", 587), ("", ""), (False, True)),
        (
            "smtp://ana%40x:p%2Fw@mail.example:2525?tls=1",
            ("mail.example", 2525),
            ("ana@x", "p/w"),
            (False, True),
        ),
        ("smtps://ana:pw@mail.example", ("mail.example", 465), ("ana", "pw"), (True, False)),
    ],
)
def test_a_mail_server_is_named_by_one_address(url, server, account, tls):
    found = addresses.email(url)

    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == server
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == account
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == tls


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port"]
)
def test_a_wrong_address_of_a_mail_server_says_what_is_right(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must be"):
        addresses.email(url)


def test_a_task_for_somebody_who_is_gone_or_was_served_does_nothing(cast, mailoutbox):
    tasks.send_link(user_id=10**9)
    services.order_link(cast.ana, by=cast.dora)

    for _ in range(3):
        tasks.send_link(user_id=cast.ana.pk, from_a_later_release=True)

    assert len(mailoutbox) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_mails_an_invitation(worker):
    cast = factories.cast()
    ida = User(firm=cast.firm, email="ida@hart.example", first_name="Ida", last_name="Dow")
    services.invite_user(ida, by=cast.dora)

    deadline = time.monotonic() + 20
    while User.objects.filter(pk=ida.pk, link_requested_at__isnull=False).exists():
        assert time.monotonic() < deadline, "no mail was sent within 20 seconds"
        time.sleep(0.1)

    ida.refresh_from_db()
    assert len(ida.reset_token) == 64
    assert services.dispatch_links(by=SYSTEM) == 0
