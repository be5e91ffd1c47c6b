"""Forms that break, files that pretend, names that trick: refused in a 4xx, or stored and sent back harmless."""

import re
import socket
import time
from urllib.parse import unquote

import pytest
from django.core.files.storage import default_storage

from documents.models import Document
from lexai import processes
from lexai.operations import supervisor
from tests import factories, papers
from tests.callers import faults, file, key_of, program, signed_in
from tests.callers import unlimited as unlimited
from tests.conftest import CHECKOUT, environment
from tests.hostile.texts import EICAR

FORM = "multipart/form-data; boundary=X"
END = b"--X--\r\n"


def part(name, content=b"x", filename=None, more=""):
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--X\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{more}\r\n'
    return head.encode() + content + b"\r\n"


def sent(caller, client, body, content_type=FORM):
    return caller.generic("POST", f"/api/v1/clients/{client.pk}/documents/", body, content_type=content_type)


def stored_files():
    return sorted(default_storage.listdir("")[1])


# Broken forms


@pytest.mark.parametrize("caller", [program, signed_in])
@pytest.mark.parametrize(
    ("form", "status", "fields"),
    [
        ((part("file", filename="a.txt") + END, "multipart/form-data"), 400, ["body"]),
        ((part("file", filename="a.txt") + END, "multipart/form-data; boundary="), 400, ["body"]),
        ((part("file", filename="a.txt") + END, f"{FORM}{'y' * 300}"), 415, []),
        ((b"--X\r\nrubbish", FORM), 400, ["file"]),
        ((b"\x00\xff" * 2000, FORM), 400, ["body"]),
        ((END, FORM), 400, ["file"]),
        ((b"", FORM), 400, ["file"]),
        ((part("file"), FORM), 400, ["file"]),
        ((part("file", filename="") + END, FORM), 400, ["file"]),
        ((part("file", filename="../..") + END, FORM), 400, ["file"]),
        ((part("file", b"", "a.txt") + END, FORM), 400, ["file"]),
        ((part("FILE", filename="a.txt") + END, FORM), 400, ["FILE"]),
        ((part("file", filename="a.txt") * 2 + END, FORM), 400, ["file"]),
        ((part("file", filename="a.txt") + part("file") + END, FORM), 400, ["file"]),
        ((part("file", filename="a.txt") + part("id", b"1") + END, FORM), 400, ["id"]),
        ((b"".join(part(f"f{n}") for n in range(1001)) + END, FORM), 400, ["body"]),
        ((b"".join(part("file", filename="a") for _ in range(101)) + END, FORM), 400, ["body"]),
        ((part("note", b"y" * 3_000_000) + END, FORM), 413, ["body"]),
        ((part("file", b"!!!", "a.txt", "Content-Transfer-Encoding: base64\r\n") + END, FORM), 400, ["body"]),
        ((b"--X\r\n" + b"A" * 5000 + b": x\r\n\r\nx\r\n" + END, FORM), 400, ["body"]),
        ((part("file", filename="n" * 300) + END, FORM), 400, ["filename"]),
        ((part("file", filename="a.txt") + END, f"{FORM}; charset=bogus"), 415, []),
        ((b'{"file": "a"}', "application/json"), 415, []),
        ((b"file=a", "application/x-www-form-urlencoded"), 415, []),
        ((b"a", "text/plain"), 415, []),
        ((b"a", "multipart/mixed; boundary=X"), 415, []),
        ((b"a", ""), 415, []),
    ],
    ids=[
        "no-boundary",
        "empty-boundary",
        "long-boundary",
        "rubbish",
        "noise",
        "no-part",
        "nothing",
        "no-end",
        "no-name",
        "only-dots",
        "empty",
        "capitals",
        "two-files",
        "file-and-text",
        "one-more-field",
        "1001-fields",
        "101-files",
        "long-field",
        "bad-base64",
        "long-header",
        "long-name",
        "bogus-charset",
        "json",
        "urlencoded",
        "text",
        "mixed",
        "no-type",
    ],
)
def test_s29_a_broken_form_is_refused_by_name_and_nothing_is_kept(cast, caller, form, status, fields):
    body, content_type = form
    answer = sent(caller(cast.ana), cast.open, body, content_type)

    assert [name for name in faults(answer, status) if name in fields] == fields
    assert (stored_files(), Document.objects.count()) == ([], 0)


# Files that pretend


@pytest.mark.parametrize(
    ("content", "name", "kind", "code"),
    [
        (b"MZ\x90\x00" + bytes(200), "contract.pdf", "application/pdf", "unsupported"),
        (b"<html><script>alert(1)</script></html>", "page.pdf", "application/pdf", "unsupported"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "picture.svg",
            "image/svg+xml",
            "unsupported",
        ),
        (b"%PDF-1.7\n<script>alert(1)</script>", "both.html", "text/html", "damaged"),
        (papers.encrypted_pdf("secret"), "locked.pdf", "application/pdf", "password"),
        (b"PK\x03\x04" + bytes(200), "paper.docx", "text/html", "damaged"),
        (EICAR, "e.com", "text/html", ""),
    ],
    ids=["program", "page", "picture", "two-kinds", "locked", "archive", "eicar"],
)
@pytest.mark.django_db(transaction=True)
def test_s21_s26_what_pretends_is_refused_or_sent_back_as_a_file_to_save(content, name, kind, code):
    cast = factories.cast()
    ana = program(cast.ana)
    answer = sent(ana, cast.open, part("file", content, name, f"Content-Type: {kind}\r\n") + END)
    document = factories.services.read_document(
        Document.objects.get(pk=answer.json()["id"]), by=factories.SYSTEM
    )
    back = ana.get(f"/api/v1/documents/{document.pk}/file/")

    assert document.refusal == code
    assert b"".join(back) == content
    assert back["Content-Type"] in {"text/plain", "application/octet-stream"}
    assert back["Content-Disposition"].startswith("attachment;")
    assert (back["Content-Security-Policy"], back["X-Content-Type-Options"]) == ("sandbox", "nosniff")


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/html; x", "\r\nA: b"]
)
def test_s21_a_kind_that_is_not_ours_is_never_told_to_a_browser(cast, kind):
    document = factories.ready_document(cast.open, "A note.")
    Document.objects.filter(pk=document.pk).update(media_type=kind)

    answer = signed_in(cast.ana).get(f"/api/v1/documents/{document.pk}/file/")
    assert (answer["Content-Type"], b"".join(answer)) == ("application/octet-stream", b"A note.")


# Names that trick


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\ana\\\\will.pdf", "will.pdf"),
        ("a\x00b.txt", "ab.txt"),
        ("a\tb\x1bc.txt", "abc.txt"),
        ("&lt;b&gt;.txt", "<b>.txt"),
        ("CON", "CON"),
        ("\U0001f600 \u4e2d\u6587.txt", "\U0001f600 \u4e2d\u6587.txt"),
        ("caf\u00e9 \u201cfinal\u201d.txt", "caf\u00e9 \u201cfinal\u201d.txt"),
        (".htaccess", ".htaccess"),
        ("a%00%0d%0a.txt", "a%00%0d%0a.txt"),
        ("a\u200b.txt", "a.txt"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_s26_a_name_is_kept_without_its_folders_and_the_file_lies_under_a_key(given, stored):
    cast = factories.cast()
    answer = sent(program(cast.ana), cast.open, part("file", filename=given) + END)

    assert (answer.status_code, answer.json().get("filename")) == (201, stored)
    assert [re.fullmatch(r"lexai-[0-9a-f]{32}", key) is not None for key in stored_files()] == [True]


@pytest.mark.parametrize("turn", ["\u202e", "\u202a", "\u2066", "\u2069", "\x85"])
def test_s26_a_name_that_turns_the_writing_is_refused_or_straightened(cast, turn):
    answer = program(cast.ana).post(
        f"/api/v1/clients/{cast.open.pk}/documents/",
        {"file": file("x", f"a{turn}fdp.exe")},
        format="multipart",
    )

    if answer.status_code == 201:
        assert answer.json()["filename"] == "afdp.exe"
    else:
        assert list(faults(answer)) == ["filename"]


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="b.exe',
        "a\r\nSet-Cookie: stolen=1",
        "a\u202efdp.exe",
        "caf\u00e9.txt",
        "\U0001f600.txt",
        "a;b=c,d'e%20f.txt",
        "back\\slash.txt",
        "\ud7ff\ue000.txt",
        "n" * 255,
    ],
)
def test_s26_whatever_an_old_row_holds_the_header_carries_one_harmless_name(cast, name):
    document = factories.document(cast.open, "A note.")
    Document.objects.filter(pk=document.pk).update(filename=name)

    answer = signed_in(cast.ana).get(f"/api/v1/documents/{document.pk}/file/")
    header = answer["Content-Disposition"]
    found = re.fullmatch(
        r"attachment; filename=\"([A-Za-z0-9 ._-]+)\"; filename\*=UTF-8''([A-Za-z0-9%._~-]+)", header
    )

    assert found
    assert b"".join(answer) == b"A note."
    assert unquote(found[2]) == re.sub(
        "[\r\n\u202e]", lambda one: one[0] if one[0] == "\n" else "\ufffd", name
    )
    assert "Set-Cookie" not in answer


# A real web server, and lines that break


@pytest.fixture
def server(transactional_db):
    """Serve this test's database with the product's own web server; return its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    process = processes.spawn(supervisor.web(*address).command, cwd=CHECKOUT, env=environment())
    deadline = time.monotonic() + 60
    while not is_answering(address):
        assert time.monotonic() < deadline, "the web server did not start within a minute"
        time.sleep(0.2)
    yield address
    processes.stop(process, 15, 20)


def is_answering(address):
    try:
        return b" 200 OK" in spoken(address, b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
    except OSError:
        return False


def spoken(address, request, *, hangs_up=False):
    """Say something to the server; return what it answers until it closes the line."""
    with socket.create_connection(address, timeout=30) as line:
        line.sendall(request)
        if hangs_up:
            line.shutdown(socket.SHUT_WR)
        answer = b""
        while heard := line.recv(65536):
            answer += heard
        return answer


def post(path, token, body, *headers):
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", token, *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_s29_a_line_that_breaks_leaves_no_half_paper(server):
    cast = factories.cast()
    token = f"Authorization: {key_of(cast.ana)['Authorization']}"
    path = f"/api/v1/clients/{cast.open.pk}/documents/"
    whole = part("file", b"x" * 300_000, "a.txt") + END
    form = f"Content-Type: {FORM}"

    broken = spoken(
        server, post(path, token, whole[:200_000], form, f"Content-Length: {len(whole)}"), hangs_up=True
    )
    lied = spoken(server, post(path, token, whole[:-4], form, f"Content-Length: {len(whole)}"), hangs_up=True)
    chunked = spoken(
        server, post(path, token, b"400\r\nabc", form, "Transfer-Encoding: chunked"), hangs_up=True
    )
    cut = spoken(
        server,
        post(
            "/api/v1/clients/",
            token,
            b'{"name": "Cut"}',
            "Content-Type: application/json",
            "Content-Length: 99",
        ),
        hangs_up=True,
    )

    statuses = [answer.split(b" ", 2)[1] for answer in (broken, lied, chunked, cut)]
    assert statuses == [b"400", b"400", b"411", b"400"]
    assert b"broke off" in broken
    assert all(b"application/problem+json" in answer for answer in (broken, lied, chunked, cut))
    assert (stored_files(), Document.objects.count()) == ([], 0)
    kept = spoken(server, post(path, token, whole, form, f"Content-Length: {len(whole)}"))
    assert kept.startswith(b"HTTP/1.1 201")
    assert Document.objects.get().size_bytes == 300_000
