"""Every file of the catalogue goes through the sandbox: it ends within its limit, and nothing stays behind."""

import math
import os
import re
import socket
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from documents import extraction
from documents.extraction import limits
from documents.extraction.sandbox import pool
from tests.hostile import archives, images, mails, markup, observed, offices, pdfs, sheets, texts
from tests.hostile.catalogue import CATALOGUE, TEXT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory and processes are looked up in /proc"),
]
MAKERS = (archives, images, mails, markup, offices, pdfs, sheets, texts)
GRACE_SECONDS = 5  # for starting a child, on a busy machine
MEMORY_GROWTH_LIMIT_MB = 250  # of a process that has about a hundred before, and may have 400
NEVER_TEXT = re.compile("[\0\u200b\u2060-\u2064\ufeff\ud800-\udfff\U000e0000-\U000e007f]")
NEVER_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069/\\]")


def read(content, seconds=20.0):
    """Read through the sandbox; return how it ended, what was read, and the parts that came along."""
    parts = []
    job = extraction.Job(part=lambda name, inside: parts.append((name, len(inside))))
    try:
        extracted = extraction.extract_in_child(BytesIO(content), filename="paper", seconds=seconds, job=job)
    except extraction.Refusal as refusal:
        return type(refusal).__name__, None, parts
    return TEXT, extracted, parts


def assert_nothing_is_left():
    """Demand that no child of the sandbox works on, and that those that are kept warm have started nothing."""
    deadline = time.monotonic() + 5
    while any(map(observed.children_of, observed.sandboxes_of(os.getpid()))):
        assert time.monotonic() < deadline, "a program of the sandbox runs on"
        time.sleep(0.05)
    assert len(observed.sandboxes_of(os.getpid())) <= pool.CHILDREN_LIMIT


def test_there_are_more_than_fifty_of_every_kind():
    assert len(CATALOGUE) >= 100
    assert len({one.name for one in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.name)
def test_a_hostile_file_ends_within_its_limit_with_text_or_its_refusal(one):
    content = one.make()
    Path("/proc/self/clear_refs").write_text("5")  # forget the most memory that was ever held (man 5 proc)
    before_mb, begun = observed.memory_mb("self", "VmRSS"), time.monotonic()

    end, extracted, parts = read(content, one.seconds)

    assert end in one.ends
    assert time.monotonic() - begun < one.seconds + GRACE_SECONDS
    assert observed.memory_mb("self", "VmHWM") - before_mb < MEMORY_GROWTH_LIMIT_MB
    assert_harmless_parts(parts)
    if extracted:
        assert_harmless(extracted)
    assert_nothing_is_left()


def assert_harmless(extracted):
    text = extracted.text
    assert len(text) <= limits.CHARACTER_LIMIT
    assert not NEVER_TEXT.search(text)
    assert "root:" not in text  # /etc/passwd was asked for
    assert [page.start for page in extracted.pages] == [0, *(page.end for page in extracted.pages[:-1])]
    assert extracted.pages[-1].end == len(text)
    assert all(
        math.isfinite(size) and size >= 0 for page in extracted.pages for size in (page.width, page.height)
    )


def assert_harmless_parts(parts):
    assert len(parts) <= limits.ATTACHMENT_LIMIT
    assert sum(size for _name, size in parts) <= limits.WHOLE_LIMIT_BYTES
    assert [name for name, _size in parts if NEVER_IN_A_NAME.search(name) or not 0 < len(name) <= 255] == []


PICTURED = [one for one in CATALOGUE if re.match("pdf-p|png|jpeg|tiff|pdf-forms|pdf-million-words", one.name)]


@pytest.mark.parametrize("one", PICTURED, ids=lambda one: one.name)
def test_a_page_of_a_hostile_file_is_a_small_picture_or_none(one):
    begun = time.monotonic()
    try:
        content = extraction.picture_in_child(BytesIO(one.make()), page=1, seconds=2)
    except extraction.Refusal:
        content = b""

    assert time.monotonic() - begun < 2 + GRACE_SECONDS
    assert_nothing_is_left()
    if content:
        with Image.open(BytesIO(content)) as picture:
            assert picture.format == "WEBP"
            assert 0 < picture.width * picture.height <= limits.PICTURE_LIMIT_PIXELS


def docx_that_calls(address):
    doctype = f'<!DOCTYPE a SYSTEM "{address}" [<!ENTITY % a SYSTEM "{address}"> %a;]>'
    return offices.docx(offices.WORDS, doctype=doctype)


def odt_that_calls(address):
    link = f'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{address}"'
    return offices.odt(f"<text:p>The fee<text:section-source {link}/></text:p>")


def html_that_calls(address):
    return markup.PAGE + f'<link href="{address}" rel="stylesheet"><img src="{address}">'.encode()


def rtf_that_calls(address):
    field = rf'{{\field{{\*\fldinst INCLUDEPICTURE "{address}"}}}}{{\field{{\*\fldinst INCLUDETEXT "{address}"}}}}'
    return markup.RTF + field.encode() + b"}"


def mail_that_calls(address):
    body = f'Content-Type: message/external-body; access-type=URL; URL="{address}"\r\n\r\nThe fee'
    return mails.HEAD + body.encode()


@pytest.mark.parametrize(
    "made", [docx_that_calls, odt_that_calls, html_that_calls, rtf_that_calls, mail_that_calls]
)
def test_no_paper_has_this_machine_call_another(made):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        read(made(f"http://127.0.0.1:{listener.getsockname()[1]}/fee"))
        listener.settimeout(0.2)

        with pytest.raises(TimeoutError):
            listener.accept()
