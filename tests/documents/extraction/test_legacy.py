import subprocess
import time
from pathlib import Path

import pytest

from documents import extraction
from documents.extraction import limits, sandbox
from documents.extraction.office import legacy, rich_text
from documents.extraction.refusals import NeedsLibreOffice
from tests.documents.extraction.reading import extract
from tests.outlook_papers import compound

needs_libreoffice = pytest.mark.skipif(not legacy.libreoffice(), reason="needs the program soffice")

LEASE = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman\fcharset0 Times New Roman;}}{\header\pard The header\par}"
    rb"\pard R\'e4umung\par \u1044\'3f\u1072\'3f{\footnote\pard The note\par}\par "
    rb"\trowd\cellx2000\cellx4000\intbl Ana\cell 1\'80\cell\row \pard end\par}"
)
WORDS = "Räumung\nДа\nAna\t1€\nend"
WARNING = [legacy.WITHOUT_LIBREOFFICE]


@pytest.fixture
def without_programs(monkeypatch, tmp_path):
    """Stand on a machine that has neither LibreOffice nor catdoc."""
    monkeypatch.setenv("PATH", str(tmp_path))


@needs_libreoffice
@pytest.mark.slow
def test_rich_text_is_read_by_libreoffice_and_leaves_nothing_behind():
    extracted = extract(LEASE)

    assert extracted.text.startswith("Räumung\nДа[1]\nAna\t1€\nend")
    assert {"The header", "[1] The note"} <= set(extracted.text.split("\n"))
    assert extracted.media_type == "application/rtf"
    assert extracted.warnings == []
    assert list(sandbox.scratch().iterdir()) == []


@pytest.fixture(scope="module")
def lease_doc(tmp_path_factory) -> bytes:
    """Let LibreOffice save the lease as Word did before 2007."""
    folder: Path = tmp_path_factory.mktemp("doc")
    (folder / "lease.rtf").write_bytes(LEASE)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "doc",
        "--outdir",
        folder,
        folder / "lease.rtf",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return (folder / "lease.doc").read_bytes()


@needs_libreoffice
@pytest.mark.slow
def test_a_word_document_of_before_2007_is_read_by_libreoffice(lease_doc):
    extracted = extract(lease_doc)

    assert extracted.text.startswith("Räumung\nДа[1]\nAna\t1€\nend")
    assert {"The header", "[1] The note"} <= set(extracted.text.split("\n"))
    assert extracted.media_type == "application/msword"


@needs_libreoffice
@pytest.mark.slow
def test_a_word_document_without_libreoffice_is_refused_with_a_remedy(lease_doc, without_programs):
    with pytest.raises(NeedsLibreOffice, match="Ask your administrator"):
        extract(lease_doc)


def test_rich_text_without_libreoffice_is_read_with_a_warning(without_programs):
    extracted = extract(LEASE)

    assert extracted.text == WORDS
    assert extracted.warnings == WARNING


def test_a_word_document_that_is_protected_asks_for_its_password():
    head = b"\xec\xa5\xc1\x00" + b"\0" * 6 + b"\x00\x01" + b"\0" * 5_000

    with pytest.raises(extraction.PasswordProtected):
        extract(compound({"WordDocument": head}))


def test_a_converter_that_dies_or_hangs_is_a_named_refusal(monkeypatch, tmp_path):
    program = tmp_path / "soffice"
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(legacy, "SECONDS", 0.3)

    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(extraction.Damaged):
        extract(LEASE)
    program.write_text("#!/bin/sh\nexit 81\n")
    with pytest.raises(extraction.Damaged):
        extract(LEASE)
    program.write_text(f"#!/bin/sh\n(sleep 30; touch {tmp_path}/alive) &\nsleep 30\n")
    started = time.monotonic()
    with pytest.raises(extraction.TooComplex):
        extract(LEASE)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (rb"{\rtf1 a{\pict\pngblip 89504e47{\bin}00}b}", "ab"),
        (rb"{\rtf1 a{\*\shppict{\pict 8950\}4e47}}b\{\}", "ab{}"),
        (b"{\\rtf1 a{\\object\\bin3 }}}}b}", "ab"),
        (rb"{\rtf1 a\bin2000000000 b}", "a"),
        (rb"{\rtf1 \u-10179?\u-8704?}", "😀"),
        (rb"{\rtf1 a}", "a"),
        (rb"{\rtf1 a{{{{b", "ab"),
    ],
)
def test_what_is_no_text_is_cut_out_of_rich_text(source, words):
    assert rich_text.text(source)[0] == words


@pytest.mark.parametrize(
    "source", [b"{\\rtf1" + b"{" * 1_000_000, b"{\\rtf1" + b"{\\b" * 1_000_000 + b"x" + b"}" * 1_000_000]
)
def test_a_million_braces_end_at_once(source):
    started = time.monotonic()

    with pytest.raises(extraction.TooComplex):
        extract(source)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "hostile",
    [
        rb"{\fonttbl" + rb"\f1\fcharset0" * 100_000 + b"}",
        rb"{\fonttbl" + rb"\f1" * 100_000 + b"}",
        rb"{\fonttbl" + b"".join(rb"{\f%d\fcharset204 a;}" % number for number in range(20_000)) + b"}",
        rb"{\field{\*\fldinst{" + b'HYPERLINK "a" ' * 20_000 + b"}}",
        rb"{\field{\*\fldinst{ HYPERLINK " + b'"' * 100_000 + b"}}",
    ],
    ids=["charsets", "fonts without charsets", "many fonts", "links", "quotes"],
)
def test_rich_text_that_makes_patterns_try_all_pairs_is_read_at_once(hostile):
    started = time.monotonic()

    assert rich_text.text(rb"{\rtf1\ansi" + hostile + b"Words}")[0] == "Words"
    assert time.monotonic() - started < 4


def test_a_font_table_after_many_words_in_its_own_group_is_refused():
    with pytest.raises(extraction.TooComplex):
        rich_text.text(rb"{\rtf1" + rb"\f1\fcharset0" * 100_000 + rb"\fonttbl Words}")


def test_the_letters_of_rich_text_are_those_of_their_fonts():
    fonts = (
        rb"{\fonttbl{\f0\fnil Arial;}{\f1\fswiss\fcharset204{\*\panose 02}Arial \{C\};}{\f2\fcharset161 B;}}"
    )
    source = rb"{\rtf1\ansi\deff0" + fonts + rb"\f0 \'e4 {\f1 \'c4\'e0} \f2 \'e1}"

    assert rich_text.text(source)[0] == "ä Да α"


def test_a_link_in_rich_text_shows_its_words_and_not_its_address():
    link = rb'{\field{\*\fldinst{HYPERLINK "https://example.org"}}{\fldrslt{\ul the plan}}}'

    assert rich_text.text(rb"{\rtf1\ansi See " + link + b" here}")[0] == "See the plan here"


def test_rich_text_over_the_limit_is_refused(monkeypatch, without_programs):
    monkeypatch.setattr(limits, "CHARACTER_LIMIT", 4)

    assert extract(rb"{\rtf1 four}").text == "four"
    with pytest.raises(extraction.OverLimits):
        extract(rb"{\rtf1 fives}")


@pytest.mark.parametrize(
    ("source", "text", "passages"),
    [
        (rb"{\rtf1 The rent is {\strike \b $900\'e4 \b0 more }$950\par}", "The rent is $950", 1),
        (rb"{\rtf1 \strike old \u246?\strike0 new \striked1 older\plain  newer}", "new  newer", 2),
        (rb"{\rtf1 \strike0 all stands}", "all stands", 0),
    ],
)
def test_what_is_struck_out_in_rich_text_is_left_out_and_counted(source, text, passages):
    assert rich_text.text(source) == (text, passages)
