"""What `run` tells, before it serves."""

import os

import pytest

from lexai.operations.management.commands import run


@pytest.fixture
def prepared(monkeypatch):
    """Prepare a run with these variables; return where links in mails would point."""

    def prepare(host="127.0.0.1", port=8821, **variables):
        for name in ("PUBLIC_URL", "PUBLIC_URL_FILE"):
            monkeypatch.setenv(name, variables.get(name, ""))
        run._name_public_address(host, port)
        return os.environ["PUBLIC_URL"]

    return prepare


def test_links_in_mails_point_to_the_port_that_is_served(prepared):
    assert prepared() == "http://127.0.0.1:8821"


def test_an_address_that_is_set_is_kept(prepared, settings):
    assert prepared(PUBLIC_URL="http://localhost:9000") == "http://localhost:9000"
    assert prepared(PUBLIC_URL_FILE="/run/secrets/public_url") == ""
    settings.LEXAI_TLS = True
    assert prepared() == ""


def test_a_run_says_where_mails_go(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = run.MAIL_FOLDER, "mail.example"
    without_server = run._where_mails_go()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert without_server == f"No EMAIL_URL is set: mails become files in {settings.LEXAI_HOME / 'mail'}"
    assert run._where_mails_go() == "Mails go out through mail.example"
