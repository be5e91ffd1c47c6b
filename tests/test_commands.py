"""The commands as a person or a program runs them: real processes, their words and their exit codes."""

import json
import os
import re

import pytest
from django.core.management import get_commands
from django.db import connection

from accounts.services import WrongCredentials, sign_in
from conversations.models import Message
from documents.models import Document
from lexai.audit.models import AuditEvent
from manage import INSTEAD
from tests import factories, papers
from tests.browsing import Browser, password_of
from tests.conftest import environment, manage

NOTE = "1. Fees\n\nThe monthly fee is $900, due on the first day of each month."

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db):
    return factories.cast()


@pytest.mark.parametrize("spelling", ["create-firm", "create_firm"])
def test_a_firm_is_created_in_either_spelling(spelling, transactional_db):
    done = manage(spelling, "New Firm", "--admin", "New@Firm.example", "--json")

    printed = json.loads(done.stdout)
    assert (done.returncode, printed["name"], printed["admin"]) == (0, "New Firm", "new@firm.example")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create-firm", "", "--admin", "a@b.example"), "name: A firm needs a name."),
        (("create-firm", "X", "--admin", "nonsense"), "The e-mail address is not valid."),
        (("renew-password", "nobody@x.example"), "There is no user with this e-mail address."),
        (("ask", "nobody", "Who pays?"), "There is no such client, or you may not see it."),
        (("ask", "Harbour Bakery", " "), "A question needs words."),
        (("import-documents", "nobody", "README.md"), "There is no such client, or you may not see it."),
        (("search", " "), "A search needs words."),
        (("search", "fee", "--client", "nobody"), "There is no such client, or you may not see it."),
        (("search", "fee", "--as", "nobody@x.example"), "--as: there is no user nobody@x.example."),
        (("extract-file", "absent.pdf"), "absent.pdf: No such file or directory."),
        (("extract-file", "tests"), "tests is no ordinary file."),
        (("extract-file", "/dev/zero"), "/dev/zero is no ordinary file."),
        (("ask", "Jane\udcff", "Who pays?"), "There is no such client, or you may not see it."),
        (("search", "fee", "--as", "\udcff@x.example"), "--as: there is no user"),
        (("run", "--port", "99999"), "The port must be from 1 to 65535."),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_1(cast, arguments, sentence):
    done = manage(*arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_renewed_password_ends_sessions_and_is_in_the_audit(cast):
    old = password_of(cast.ana)
    browser = Browser()
    browser.sign_in(cast.ana.email, old)

    done = manage("renew-password", "ANA@hart.example", "--json")
    printed = json.loads(done.stdout)

    assert (done.returncode, printed["email"], browser.is_in()) == (0, "ana@hart.example", False)
    assert sign_in(cast.ana.email, printed["password"], address="192.0.2.1") == cast.ana
    assert AuditEvent.objects.filter(verb="password.set", actor="system").count() == 2


def test_a_lockout_is_released_by_whoever_runs_the_machine(cast):
    with pytest.raises(WrongCredentials):
        sign_in(cast.ana.email, "wrong", address="192.0.2.1")

    released, again, foreign = (
        manage("release-lockout", cast.ana.email, *more) for more in ((), (), ("--as", cast.emil.email))
    )

    assert (released.returncode, released.stdout) == (0, "ana@hart.example can sign in again.\n")
    assert (again.returncode, again.stdout) == (1, "")
    assert foreign.stderr == "CommandError: There is no user with this e-mail address. Check its spelling.\n"
    assert AuditEvent.objects.filter(verb="lockout.released").count() == 1


@pytest.mark.parametrize("command", ["changepassword", "createsuperuser", "axes_reset", "axes-reset-ip"])
def test_a_command_that_would_pass_by_the_services_names_ours(cast, command):
    done = manage(command, "ana@hart.example")

    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"Run: manage.py (renew-password|create-firm|release-lockout) ", done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1


def test_no_command_of_others_is_left_that_writes_accounts_or_lockouts():
    foreign = {name for name, app in get_commands().items() if app in {"axes", "django.contrib.auth"}}

    assert foreign - set(INSTEAD) == {"axes_list_attempts"}
    assert set(INSTEAD) <= foreign


def test_each_file_has_its_line_and_a_mixed_import_is_done_in_part(cast, tmp_path, worker):
    files = {
        "note.txt": NOTE.encode(),
        "empty.txt": b"",
        "truncated.pdf": papers.pdf([NOTE])[:300],
        "scan.pdf": papers.scan_pdf(),
        "lease.pdf": papers.pdf([NOTE]),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    paths = [str(tmp_path / name) for name in [*files, "absent.txt"]]

    done = manage("import-documents", cast.open.pk, *paths, "--wait", "--json")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["status"], line["refusal"]) for line in lines] == [
        ("ready", None),
        ("refused", "not-taken"),
        ("refused", "damaged"),
        ("refused", "unsupported"),
        ("ready", None),
        ("refused", "not-taken"),
    ]
    assert done.returncode == 2
    assert lines[1]["message"] == "The file is empty. Choose the file that holds the document."
    assert [line["id"] is None for line in lines] == [False, True, False, False, False, True]
    assert Document.objects.count() == 4


def test_an_import_where_all_is_well_exits_0_and_one_where_nothing_is_exits_1(cast, tmp_path, worker):
    good, empty = tmp_path / "note.txt", tmp_path / "empty.txt"
    good.write_text(NOTE)
    empty.write_bytes(b"")

    assert manage("import-documents", "Harbour Bakery", str(good), "--wait").returncode == 0
    assert manage("import-documents", "Harbour Bakery", str(empty), "--wait").returncode == 1


def test_an_oversized_file_and_a_long_name_are_not_taken_and_leave_nothing(cast, tmp_path):
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * (1024 * 1024 + 1))
    done = manage("import-documents", cast.open.pk, str(large), UPLOAD_LIMIT_MB="1")

    assert (done.returncode, Document.objects.count()) == (1, 0)
    assert "larger than this system accepts" in done.stdout

    done = manage("import-documents", cast.open.pk, str(tmp_path / ("n" * 300 + ".txt")))
    assert done.returncode == 1
    assert "File name too long" in done.stdout


def test_a_file_name_that_is_no_text_is_refused(cast, tmp_path):
    path = os.fsencode(tmp_path) + b"/bad-\xff.txt"
    with open(path, "wb") as file:  # noqa: PTH123 - pathlib has no bytes
        file.write(b"x")

    done = manage("import-documents", cast.open.pk, os.fsdecode(path))

    assert (done.returncode, Document.objects.count()) == (1, 0)
    assert "characters that are not text" in done.stdout


def test_an_answer_has_the_fixed_names(cast):
    document = factories.ready_document(cast.open, papers.pdf([NOTE]), filename="fees.pdf")
    done = manage("ask", cast.open.pk, "How much is the monthly fee?", "--json")

    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert set(answer) == {
        "id", "client_id", "thread", "role", "status", "content", "timestamp", "asked_by", "reply_to", "documents",
        "engine", "supported", "citations", "see_also",
    }  # fmt: skip
    assert (answer["role"], answer["engine"], answer["supported"]) == ("assistant", "quote", True)
    first = answer["citations"][0]
    assert set(first) == {
        "n", "document_id", "filename", "page", "page_end", "start", "end", "quote", "verified",
    }  # fmt: skip
    assert (first["n"], first["document_id"], first["filename"], first["page"]) == (
        1,
        document.pk,
        "fees.pdf",
        1,
    )
    assert first["verified"] is True
    assert "[1]" in answer["content"]
    assert Message.objects.filter(pk=answer["id"], role="assistant").exists()


def test_an_answer_for_people_shows_file_page_quotation_and_verified(cast):
    factories.ready_document(cast.open, papers.pdf([NOTE]), filename="fees.pdf")
    done = manage("ask", "Harbour Bakery", "How much is the monthly fee?")

    assert done.returncode == 0
    assert "[1] fees.pdf, page 1: verified" in done.stdout
    assert "The monthly fee is $900" in done.stdout


def test_a_search_gives_places_and_respects_the_wall(cast):
    factories.ready_document(cast.restricted, NOTE, filename="secret.txt")
    factories.ready_document(cast.open, NOTE, filename="open.txt")

    everything = json.loads(manage("search", "fee", "--json").stdout)["results"]
    as_cleo = json.loads(manage("search", "fee", "--json", "--as", "cleo@hart.example").stdout)["results"]

    assert {result["filename"] for result in everything} == {"secret.txt", "open.txt"}
    assert {result["filename"] for result in as_cleo} == {"open.txt"}
    assert "fees" in manage("search", "fee", "--client", cast.open.pk).stdout.lower()
    assert manage("search", "zebra").stdout == "searched 3 of 3 clients\nNothing was found.\n"


def test_the_indexes_of_all_clients_are_built_anew(cast):
    factories.ready_document(cast.restricted, NOTE)

    done = manage("rebuild-search")
    one = manage("rebuild-search", "--client", "Harbour Bakery", "--json")
    refused = manage("rebuild-search", "--client", cast.open.pk, "--as", "cleo@hart.example")

    assert (done.returncode, done.stdout) == (0, "Rebuilt 3 of 3 indexes.\n")
    assert json.loads(one.stdout) == {"rebuilt": 1, "refused": 0}
    assert (refused.returncode, AuditEvent.objects.filter(verb="index.rebuilt").count()) == (1, 4)


def test_a_refused_colleague_is_in_the_audit_and_learns_nothing(cast):
    done = manage("ask", cast.restricted.pk, "Who pays?", "--as", "cleo@hart.example")

    absent = manage("ask", "client_0000000000", "Who pays?", "--as", "cleo@hart.example")
    assert (done.returncode, done.stderr, done.stdout) == (1, absent.stderr, "")
    events = AuditEvent.objects.filter(verb="access.refused", actor="cleo@hart.example")
    assert [event.facts for event in events] == [{"refusal": "UnknownClient", "door": "ask"}] * 2


def test_a_file_is_shown_without_any_server(tmp_path):
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(papers.pdf(["First page.", "Second page."]))
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}

    done = manage("extract-file", str(paper), "--json", **nowhere)

    shown = json.loads(done.stdout)
    assert set(shown) == {
        *(
            "media_type",
            "refusal",
            "message",
            "text",
            "pages",
            "page_count",
            "paragraphs",
            "parts",
            "warnings",
        )
    }
    assert (done.returncode, shown["refusal"], shown["media_type"]) == (0, None, "application/pdf")
    assert set(shown["pages"][0]) == {"number", "start", "end", "width", "height", "words"}
    second = shown["pages"][1]
    assert "Second page." in shown["text"][second["start"] : second["end"]]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", "damaged"),
        (papers.encrypted_pdf("secret"), "password"),
        (b"GIF89a" + bytes(32), "unsupported"),
    ],
)
def test_a_file_that_cannot_be_shown_names_its_refusal(tmp_path, content, refusal):
    paper = tmp_path / "paper"
    paper.write_bytes(content)
    done = manage("extract-file", str(paper), "--json")

    shown = json.loads(done.stdout)
    assert (done.returncode, shown["refusal"], shown["text"], shown["pages"]) == (1, refusal, None, [])
    assert shown["message"].endswith(".")


def test_the_demonstration_is_seeded_again_and_again_with_working_passwords(transactional_db):
    first, second = (json.loads(manage("seed-demo", "--json").stdout.splitlines()[-1]) for _ in range(2))

    assert [account["email"] for account in first["accounts"]] == [
        account["email"] for account in second["accounts"]
    ]
    assert {account["role"] for account in second["accounts"]} == {"user", "admin", "premium"}
    assert len({account["firm"] for account in second["accounts"]}) == 2
    assert first["clients"] == second["clients"]
    for account in second["accounts"]:
        assert sign_in(account["email"], account["password"], address="192.0.2.1").email == account["email"]
    for account in first["accounts"]:
        with pytest.raises(WrongCredentials):
            sign_in(account["email"], account["password"], address="192.0.2.1")


def test_a_schema_that_is_behind_is_said_in_a_sentence(transactional_db):
    done = manage("search", "fee", DATABASE_URL=_empty_database())

    assert (done.returncode, done.stderr.strip()) == (
        1,
        "CommandError: The database's schema is not up to date. Run `manage.py migrate` first.",
    )


def _empty_database():
    return environment()["DATABASE_URL"].replace(connection.settings_dict["NAME"], "template1")
