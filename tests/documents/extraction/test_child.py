import os
import sys
import threading
from io import BytesIO
from pathlib import Path
from time import monotonic

import pytest

from documents import extraction
from documents.extraction import child
from tests import papers

SAY = "import json, os, sys; content = sys.stdin.buffer.read(); "
ANSWER = "print(json.dumps({'text': text, 'pages': [], 'media_type': '', 'warnings': []}))"


def extract(content: bytes = b"Words", **options) -> extraction.Extracted:
    options = {"filename": "paper", "seconds": 20} | options
    return extraction.extract_in_child(BytesIO(content), **options)


@pytest.fixture
def play(monkeypatch):
    """Let a child of this script take the place of the reader."""

    def script(code: str) -> None:
        monkeypatch.setattr(child, "COMMAND", [sys.executable, "-c", code])

    return script


@pytest.fixture
def started(monkeypatch):
    """Collect the children that are started."""
    children, start = [], child._started

    def remember(arguments):
        children.append(start(arguments))
        return children[-1]

    monkeypatch.setattr(child, "_started", remember)
    return children


@pytest.mark.parametrize(
    "content",
    [
        papers.lines_pdf(["One 😀", "", "Three"]),
        papers.docx(["# Title", "Words"]),
        "Frist “März”".encode("windows-1252"),
    ],
)
def test_the_child_reads_what_this_process_reads(content):
    assert extract(content) == extraction.extract(BytesIO(content), filename="paper")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", extraction.Empty),
        (papers.encrypted_pdf("secret"), extraction.PasswordProtected),
        (papers.scan_pdf(), extraction.OnlyPictures),
        (papers.entity_bomb(), extraction.OverLimits),
    ],
)
def test_the_refusals_of_the_child_are_raised_here(content, refusal):
    with pytest.raises(refusal) as raised:
        extract(content)

    assert type(raised.value) is refusal


def test_it_works_from_any_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert extract().text == "Words"


@pytest.mark.parametrize("death", ["os.abort()", "os.kill(os.getpid(), 11)", "os.kill(os.getpid(), 9)"])
def test_a_child_that_crashes_means_a_damaged_file(play, death):
    play(f"import os; {death}")

    with pytest.raises(extraction.Damaged):
        extract(b"x" * 1_000_000)


def test_a_fault_of_the_child_itself_is_no_refusal(play):
    play("raise ValueError('client text')")

    with pytest.raises(extraction.ChildFailed) as raised:
        extract()
    assert str(raised.value) == "The reading process ended with exit code 1."


def test_a_child_that_hangs_is_ended_in_time(play, started):
    play("import time; print('client text', flush=True); time.sleep(60)")
    begun = monotonic()

    with pytest.raises(extraction.TooComplex) as raised:
        extract(seconds=0.3)

    assert monotonic() - begun < 5
    assert started[0].returncode == -9
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].pid, 0)
    assert raised.value.__context__ is None


@pytest.mark.slow
def test_the_heart_beats_while_the_child_works(play):
    play(SAY + "import time; time.sleep(0.5); text = content.decode(); " + ANSWER)
    beats = []

    extracted = extract(b"x" * 500_000, heartbeat=lambda: beats.append(monotonic()), heartbeat_seconds=0.1)

    assert len(extracted.text) == 500_000
    assert len(beats) >= 2


def test_a_heart_that_fails_ends_the_child(play, started):
    play("import time; time.sleep(60)")

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        extract(heartbeat=stop, heartbeat_seconds=0.1)
    assert started[0].returncode == -9


@pytest.mark.slow
def test_too_little_memory_is_over_the_limits():
    text = "語".encode() * 30_000_000

    assert extract(text[:3_000], memory_limit_mb=250).text == "語" * 1_000
    with pytest.raises(extraction.OverLimits):
        extract(text, memory_limit_mb=250)
    assert len(extract(text).text) == 30_000_000


def test_the_child_inherits_neither_environment_nor_descriptors(play, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "secret")
    play(SAY + "text = ' '.join([*sorted(os.environ), *sorted(os.listdir('/proc/self/fd'))]); " + ANSWER)

    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        said = extract().text

    # Descriptor 3 is the listing itself.
    assert [name for name in said.split() if name != "LC_CTYPE"] == ["LANG", "0", "1", "2", "3"]


def test_the_child_is_not_told_the_file_name(play):
    play(SAY + "text = ' '.join(sys.argv[1:]); " + ANSWER)

    assert (
        extract(filename="Smith divorce.pdf", seconds=20, memory_limit_mb=100).text == f"100 21 {os.getpid()}"
    )


def test_what_the_child_complains_about_is_not_shown(play, capfd):
    play(SAY + "sys.stderr.write('client text'); text = ''; " + ANSWER)

    extract()

    assert capfd.readouterr() == ("", "")


def test_children_of_several_threads_do_not_mix():
    texts: dict[str, str] = {}

    def read(word: str) -> None:
        texts[word] = extract(papers.lines_pdf([word])).text

    threads = [threading.Thread(target=read, args=(word,)) for word in ("ana", "ben", "cleo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert texts == {"ana": "ana", "ben": "ben", "cleo": "cleo"}


def test_the_core_imports_no_django():
    sources = Path(child.__file__).parent.glob("*.py")

    assert [source.name for source in sources if "django" in source.read_text()] == []
