"""A real clamd with one signature of our own making looks at every file before it is kept."""

import io
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.core.management import call_command

from documents import extraction, services, uploads
from documents.models import Document
from lexai import addresses, scanner
from lexai.audit.models import AuditEvent
from lexai.operations import health
from lexai.system import SYSTEM
from tests import factories
from tests.callers import faults, file, program, signed_in
from tests.hostile.mails import HEAD, NOTE, attachment, mixed
from tests.hostile.texts import EICAR

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("clamd"), reason="clamd is not installed"),
]
MEGABYTE = 1024 * 1024
CONFIGURATION = """
DatabaseDirectory {folder}
LocalSocket {folder}/socket
TCPSocket {port}
TCPAddr 127.0.0.1
StreamMaxLength 2M
TemporaryDirectory {folder}
Foreground yes
"""


@pytest.fixture(scope="module")
def clamd():
    """Run a clamd; give its process and its two addresses."""
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder, socket.socket() as probe:
        Path(folder).chmod(0o755)  # clamd may give up being root
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        Path(folder, "eicar.ndb").write_text(f"Eicar-Made-Here:0:*:{EICAR.hex()}\n")
        Path(folder, "clamd.conf").write_text(CONFIGURATION.format(folder=folder, port=port))
        process = subprocess.Popen(
            ["clamd", "--config-file", f"{folder}/clamd.conf"], stdout=subprocess.DEVNULL
        )
        try:
            _await_line(process, f"{folder}/socket")
            yield process, f"{folder}/socket", ("127.0.0.1", port)
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(20)


def _await_line(process, path):
    deadline = time.monotonic() + 30
    while True:
        assert process.poll() is None, "clamd ended"
        assert time.monotonic() < deadline, "clamd did not listen within 30 seconds"
        with socket.socket(socket.AF_UNIX) as line:
            if line.connect_ex(path) == 0:
                return
        time.sleep(0.05)


@pytest.fixture(params=["unix", "tcp"])
def address(clamd, request, settings):
    settings.CLAMAV_ADDRESS = clamd[1] if request.param == "unix" else clamd[2]


@pytest.fixture
def scanned(clamd, settings):
    """Have files looked at by the running clamd; return its process."""
    settings.CLAMAV_ADDRESS = clamd[1]
    return clamd[0]


def stored_files():
    return sorted(default_storage.listdir("")[1])


def received(client, content):
    return uploads.receive(io.BytesIO(content), filename="paper.txt", client=client)


def posted(caller, client, content):
    return caller.post(
        f"/api/v1/clients/{client.pk}/documents/", {"file": file(content, "paper.txt")}, format="multipart"
    )


def test_a_clean_file_of_many_pieces_is_kept_as_it_came(cast, address):
    upload = received(cast.open, b"The fee is $900." * (MEGABYTE // 12))

    assert (upload.refusal, len(stored_files())) == (None, 1)


def test_an_infected_file_is_refused_and_nothing_of_it_is_kept(cast, address):
    upload = received(cast.open, b"x" * MEGABYTE + EICAR)

    assert (type(upload.refusal), stored_files()) == (scanner.Infected, [])


def test_a_file_beyond_the_scanners_limit_is_refused_as_too_large(cast, address):
    upload = received(cast.open, b"x" * (4 * MEGABYTE))

    assert (type(upload.refusal), stored_files()) == (scanner.TooLargeToScan, [])


@pytest.mark.parametrize("caller", [program, signed_in])
def test_the_api_refuses_an_infected_file_with_a_sentence_and_the_audit_names_the_signature(
    cast, scanned, caller
):
    answer = posted(caller(cast.ana), cast.open, b"A note. " + EICAR)
    event = AuditEvent.objects.latest("id")

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:lexai:problem:infected")
    assert answer.json()["detail"].startswith("The virus scanner found harmful software in this file.")
    assert (event.verb, event.actor, event.client_ids) == (
        "infection.found",
        cast.ana.email,
        [cast.open.pk],
    )
    assert event.facts["signature"] == "Eicar-Made-Here.UNOFFICIAL"
    assert (stored_files(), Document.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_sound_file_becomes_a_document(cast, scanned):
    answer = posted(program(cast.ana), cast.open, b"The fee is $900.")

    assert (answer.status_code, len(stored_files())) == (201, 1)


def test_the_import_passes_over_an_infected_file_and_says_why(cast, scanned, tmp_path):
    paper = tmp_path / "paper.txt"
    paper.write_bytes(EICAR)

    with pytest.raises(SystemExit):
        call_command("import_documents", cast.open.pk, str(paper), stdout=(said := io.StringIO()))
    assert said.getvalue().startswith("-\trefused\tnot-taken\tpaper.txt: The virus scanner found harmful")
    assert (stored_files(), Document.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_an_infected_attachment_never_becomes_a_document(clamd, settings):
    cast = factories.cast()
    parts = [NOTE, attachment(b"term.txt", b"The term is a year."), attachment(b"fee.txt", EICAR)]
    mail = factories.document(cast.open, HEAD + mixed(parts))  # taken before there was a scanner
    settings.CLAMAV_ADDRESS = clamd[1]

    mail = services.read_document(mail, by=SYSTEM)

    assert (mail.status, len(mail.warnings)) == ("ready", 1)
    assert "The virus scanner found harmful software" in mail.warnings[0]
    assert list(Document.objects.order_by("pk").values_list("filename", flat=True)[1:]) == ["term.txt"]
    assert (len(stored_files()), AuditEvent.objects.filter(verb="infection.found").count()) == (2, 1)


def test_an_infected_part_of_a_paper_that_is_refused_is_in_the_audit(cast, scanned, monkeypatch):
    mail = factories.document(cast.open, HEAD + mixed([NOTE, attachment(b"term.txt")]))

    def breaks_off(_stream, *, job, **_options):
        job.part("virus.com", EICAR)
        raise extraction.Damaged

    monkeypatch.setattr(extraction, "extract_in_child", breaks_off)
    settled = services.read_document(mail, by=SYSTEM)

    assert (settled.status, settled.refusal) == ("refused", "damaged")
    event = AuditEvent.objects.get(verb="infection.found")
    assert (event.target_id, event.client_ids) == (str(mail.pk), [cast.open.pk])


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_read_later_while_the_scanner_is_away(settings):
    cast = factories.cast()
    mail = factories.document(cast.open, HEAD + mixed([NOTE, attachment(b"term.txt")]))
    settings.CLAMAV_ADDRESS = "/nowhere/clamd.socket"

    with pytest.raises(scanner.ScannerUnavailable):
        services.read_document(mail, by=SYSTEM)

    mail.refresh_from_db()
    assert (mail.status, mail.attempts, len(stored_files())) == ("queued", 0, 1)


def test_while_the_scanner_is_away_no_file_is_taken(cast, settings):
    settings.CLAMAV_ADDRESS = "/nowhere/clamd.socket"
    answer = posted(program(cast.ana), cast.open, b"The fee is $900.")

    assert list(faults(answer, 503)) == []
    assert answer.json()["detail"] == (
        "The virus scanner of this system cannot be reached. Nothing was stored; try again later."
    )
    assert (answer["Retry-After"], stored_files(), Document.objects.count()) == ("30", [], 0)


def test_a_scanner_that_hangs_is_waited_for_so_long_and_no_longer(cast, scanned, monkeypatch):
    monkeypatch.setattr(scanner, "VERDICT_LIMIT_SECONDS", 0.3)
    scanned.send_signal(signal.SIGSTOP)
    begun = time.monotonic()
    try:
        upload = received(cast.open, b"The fee is $900.")
    finally:
        scanned.send_signal(signal.SIGCONT)

    assert (type(upload.refusal), stored_files()) == (scanner.ScannerUnavailable, [])
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (b"", scanner.ScannerUnavailable),
        (b"stream: OK but", scanner.ScannerUnavailable),
        (b"UNKNOWN COMMAND\0", scanner.ScannerUnavailable),
        (b"x" * 100_000, scanner.ScannerUnavailable),
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", scanner.TooLargeToScan),
        (b"stream: Name\r\nof \xff" + b"x" * 500 + b" FOUND\0", scanner.Infected),
    ],
)
def test_what_is_not_called_clean_is_refused(cast, settings, said, refusal):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.CLAMAV_ADDRESS = listener.getsockname()
        talker = threading.Thread(target=_say, args=(listener, said))
        talker.start()
        upload = received(cast.open, b"The fee is $900.")
        talker.join()

    assert (type(upload.refusal), stored_files()) == (refusal, [])
    assert len(upload.refusal.facts.get("signature", "")) <= scanner.SIGNATURE_CHARACTERS


def _say(listener, said):
    line = listener.accept()[0]
    with line:
        line.settimeout(10)
        heard = b""
        while not heard.endswith(b"900.\0\0\0\0"):
            heard += line.recv(65536)
        line.sendall(said)


def test_readiness_tells_whether_the_scanner_answers_where_there_is_one(settings, address, monkeypatch):
    monkeypatch.setattr(health, "CHECKS", {})
    assert health.readiness() == {"scanner": True}

    settings.CLAMAV_ADDRESS = "/nowhere/clamd.socket"
    assert health.readiness() == {"scanner": False}

    settings.CLAMAV_ADDRESS = None
    assert health.readiness() == {}


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("", None),
        ("unix:///run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("tcp://clamd", ("clamd", 3310)),
        ("tcp://[::1]:3311", ("::1", 3311)),
    ],
)
def test_an_address_names_a_socket_or_a_host(given, address):
    assert addresses.scanner(given) == address


@pytest.mark.parametrize("given", ["clamd:3310", "unix://run/clamd", "tcp://", "tcp://a:b", "http://clamd"])
def test_a_wrong_address_says_what_is_right(given):
    with pytest.raises(ImproperlyConfigured, match="CLAMAV_URL must be"):
        addresses.scanner(given)
