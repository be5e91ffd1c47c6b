import os
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from time import monotonic, process_time, sleep

import pytest
from PIL import Image, ImageDraw, ImageFont

from documents import extraction
from documents.extraction import limits, pictures
from documents.extraction.sandbox import folders, pool, reading
from documents.extraction.sandbox.clock import Clock
from documents.extraction.sandbox.process import Heart
from tests import papers
from tests.documents.extraction.children import extract
from tests.processes import has_ended, is_alive

UNREAD = "These pages could not be read, because they are damaged or too complex:"
CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    "content",
    [
        papers.lines_pdf(["One 😀", "Two"]),
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
        (b"  \n", extraction.NoText),
        (papers.entity_bomb(), extraction.Bomb),
    ],
)
def test_the_refusals_of_the_child_are_raised_here(content, refusal):
    with pytest.raises(refusal) as raised:
        extract(content)

    assert type(raised.value) is refusal


def test_it_works_from_any_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    pool.end_idle()

    assert extract().text == "Words"


@pytest.mark.parametrize("death", ["os.abort()", "os.kill(os.getpid(), 11)"])
def test_a_child_that_crashes_means_a_damaged_file(play_reader, death):
    play_reader(f"def read(content, job): {death}")

    with pytest.raises(extraction.Damaged):
        extract(b"x" * 1_000_000)


def test_a_child_that_is_killed_from_outside_is_no_fault_of_the_document(play_reader):
    play_reader("def read(content, job): os.kill(os.getpid(), 9)")

    with pytest.raises(extraction.ChildFailed, match=r"^The reading process was killed\.$"):
        extract()


def test_a_fault_of_ours_is_no_refusal_and_quotes_nothing_of_the_document(play_reader):
    play_reader("def read(content, job): raise ValueError(content.decode())")

    with pytest.raises(extraction.ChildFailed, match=r"^The reading process failed: ValueError at .*\d\.$"):
        extract(b"client text")


def test_a_reader_that_recurses_too_deep_has_met_a_file_that_is_too_complex(play_reader):
    play_reader("def read(content, job): return read(content, job)")

    with pytest.raises(extraction.TooComplex):
        extract()


def test_a_child_that_does_not_start_is_a_fault_of_ours(play):
    play("import sys; sys.exit(3)")

    with pytest.raises(extraction.ChildFailed, match="ended with exit code 3"):
        extract()


@pytest.mark.slow
def test_a_child_that_hangs_is_ended_in_time_with_all_that_it_started(play_reader):
    play_reader("""
def read(content, job):
    import subprocess
    sleeper = subprocess.Popen(["sleep", "60"])
    job.part(f"{os.getpid()} {sleeper.pid}", b"")
    time.sleep(60)
""")
    told: list[str] = []
    begun = monotonic()

    with pytest.raises(extraction.TooComplex):
        extract(seconds=0.5, job=extraction.Job(part=lambda filename, _content: told.append(filename)))

    assert monotonic() - begun < 5
    assert all(has_ended(int(pid)) for pid in told[0].split())


@pytest.mark.slow
def test_a_child_that_uses_the_processor_for_too_long_is_ended_by_the_system(play_reader):
    play_reader("""
def read(content, job):
    import resource, signal
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    limit = resource.getrlimit(resource.RLIMIT_CPU)[0]
    resource.setrlimit(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))
    if limit > 30: return said(limit)
    while True: pass
""")

    with pytest.raises(extraction.TooComplex):
        extract(seconds=20)


def test_the_heart_beats_while_the_child_works(play_reader):
    play_reader("""
def read(content, job):
    time.sleep(0.4)
    return said(content.decode())
""")
    beats: list[float] = []

    extracted = extract(b"x" * 500_000, heartbeat=lambda: beats.append(monotonic()), heartbeat_seconds=0.1)

    assert len(extracted.text) == 500_000
    assert len(beats) >= 2


class SlowStream(BytesIO):
    """A file at the end of a slow line."""

    def read(self, size: int | None = -1, /) -> bytes:
        sleep(0.05)
        return super().read(min(size or 0, 100))


@pytest.mark.slow
def test_the_heart_beats_while_the_document_is_sent_and_that_time_is_not_the_readers():
    stream, beats = SlowStream(b"x" * 1_500), []

    extraction.extract_in_child(
        stream, filename="", seconds=0.6, heartbeat=lambda: beats.append(1), heartbeat_seconds=0.1
    )

    assert len(beats) >= 3


def test_a_heart_that_fails_ends_the_child(play_reader):
    play_reader("def read(content, job): job.part(str(os.getpid()), b''); time.sleep(60)")
    told: list[str] = []

    def stop() -> None:
        if told:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        extract(
            heartbeat=stop,
            heartbeat_seconds=0.1,
            job=extraction.Job(part=lambda filename, _content: told.append(filename)),
        )

    assert not is_alive(int(told[0]))


@pytest.mark.parametrize(
    "fate",
    [
        "raise MemoryError",
        "raise OSError(28, 'No space left on device')",
        "(scratch() / 'large').open('wb').truncate(10**12)",
        "[__import__('threading').Thread(target=time.sleep, args=(9,), daemon=True).start() for _ in range(9_999)]",
    ],
)
def test_a_limit_that_is_met_means_a_file_over_the_limits(play_reader, fate):
    play_reader(f"def read(content, job): {fate}")

    with pytest.raises(extraction.OverLimits):
        extract()


@pytest.mark.slow
def test_too_little_memory_is_over_the_limits():
    text = "語".encode() * 30_000_000

    assert extract(text[:3_000], memory_limit_mb=300).text == "語" * 1_000
    with pytest.raises(extraction.OverLimits):
        extract(text, memory_limit_mb=300)
    assert len(extract(text).text) == 30_000_000


def test_the_child_inherits_neither_environment_nor_descriptors(play_reader, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "secret")
    play_reader("""
def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True

def read(content, job):
    return said(" ".join([*sorted(os.environ), *(str(number) for number in range(512) if is_open(number))]))
""")

    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        told = extract().text.split()

    # Descriptors 3 and 4 are the pipes.
    assert [name for name in told if name != "LC_CTYPE"] == [
        "HOME", "LANG", "LEXAI_SCRATCH", "OMP_THREAD_LIMIT", "OSL_SOCKET_PATH", "PATH", "TMPDIR",
        "0", "1", "2", "3", "4",
    ]  # fmt: skip


def test_the_child_is_not_told_the_file_name(play_reader):
    play_reader("def read(content, job): return said(' '.join(sys.orig_argv[4:]))")

    told = extract(filename="Smith divorce.pdf", memory_limit_mb=700).text

    assert told == f"700 {os.getpid()}"


def test_what_readers_print_is_neither_shown_nor_taken_for_an_answer(play_reader, capfd):
    play_reader("""
def read(content, job):
    os.write(1, b"client text")
    os.write(2, b"client text")
    return said("Words")
""")

    assert extract().text == "Words"
    assert capfd.readouterr() == ("", "")


def test_many_threads_share_few_children_and_their_documents_do_not_mix():
    words = [f"word{number}" for number in range(60)]

    with ThreadPoolExecutor(20) as readers:
        texts = list(readers.map(lambda word: extract(word.encode()).text, words))

    assert texts == words
    assert len(pool._idle) <= pool.CHILDREN_LIMIT


def test_a_reading_waits_for_its_turn_with_a_beating_heart_and_a_picture_does_not(monkeypatch):
    monkeypatch.setattr(pool, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr("documents.extraction.sandbox.pictures.PATIENCE_SECONDS", 0.1)
    beats: list[int] = []

    with ThreadPoolExecutor(1) as reader:
        with pool.place(heart=Heart()):
            waiting = reader.submit(extract, heartbeat=lambda: beats.append(1), heartbeat_seconds=0.05)
            with pytest.raises(extraction.Busy):
                extraction.picture_in_child(BytesIO(b"Words"), page=1, seconds=5)
            sleep(0.1)

        assert waiting.result().text == "Words"
    assert len(beats) >= 2


def pid_of_the_child() -> int:
    return int(extract().text)


@pytest.mark.slow
def test_a_warm_child_is_used_again_until_it_has_had_its_share(play_reader, monkeypatch):
    play_reader("def read(content, job): return said(os.getpid())")
    monkeypatch.setattr(pool, "DOCUMENT_LIMIT", 3)

    first, second, third, fourth = (pid_of_the_child() for _ in range(4))

    assert first == second == third != fourth
    assert not is_alive(first)


@pytest.mark.slow
def test_a_child_that_holds_much_memory_is_replaced(play_reader):
    play_reader("""
kept = []
def read(content, job):
    kept.append(b"x" * int(content))
    return said(os.getpid())
""")

    first = extract(b"1").text
    second = extract(b"300000000").text
    third = extract(b"1").text

    assert first == second != third


def test_a_warm_child_that_was_killed_while_it_waited_is_replaced(play_reader):
    play_reader("def read(content, job): return said(os.getpid())")

    first = pid_of_the_child()
    sleep(0.2)  # until it has said that it is ready for more
    os.kill(first, signal.SIGKILL)

    assert pid_of_the_child() != first


def test_a_child_that_nobody_asks_anything_ends_and_is_replaced(play_reader):
    play_reader("""
def read(content, job):
    sys.modules["__main__"].IDLE_SECONDS = 0.05
    return said(os.getpid())
""")

    first = pid_of_the_child()

    assert has_ended(first)
    assert pid_of_the_child() != first


def test_the_scratch_folder_is_in_memory_and_empty_for_every_document_and_goes_with_its_child(play_reader):
    play_reader("""
def read(content, job):
    found = os.listdir(scratch())
    (scratch() / "folder").mkdir()
    (scratch() / "folder" / "file").write_bytes(content)
    return said([str(scratch()), found])
""")

    first, second = (extract(b"client text").text for _ in range(2))
    folder = Path(first.split("'")[1])

    assert first == second == f"['{folder}', []]"
    assert folder.parent == folders._IN_MEMORY
    pool.end_idle()
    assert not folder.exists()


def test_a_folder_that_a_killed_process_left_is_removed_and_one_that_is_used_stays():
    used = folders.Folder()
    left = subprocess.run(
        [sys.executable, "-c", KILLED_WITH_A_FOLDER],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    assert Path(left).is_dir()

    folders.Folder().remove()

    assert (used.path.is_dir(), Path(left).exists()) == (True, False)
    used.remove()


def test_many_that_make_folders_at_once_sweep_none_that_is_used():
    def is_there(_number: int) -> bool:
        folder = folders.Folder()
        is_kept = folder.path.is_dir()
        folder.remove()
        return is_kept

    with ThreadPoolExecutor(16) as makers:
        assert all(makers.map(is_there, range(1000)))


KILLED_WITH_A_FOLDER = """
import os
from documents.extraction.sandbox import folders
folder = folders.Folder()
print(folder.path, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.slow
def test_a_child_ends_with_the_process_that_started_it():
    parent = subprocess.Popen(
        [sys.executable, "-c", KILLED_WITH_A_CHILD], cwd=CHECKOUT, stdout=subprocess.PIPE
    )
    with parent:
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()

    assert has_ended(pid)


KILLED_WITH_A_CHILD = """
import io, threading, time
from documents import extraction
from documents.extraction.sandbox import pool
thread = threading.Thread(target=lambda: extraction.extract_in_child(io.BytesIO(b"x"), filename="", seconds=20))
thread.start()
thread.join()  # it ends, and the child does not
time.sleep(0.2)
extraction.extract_in_child(io.BytesIO(b"x"), filename="", seconds=20)
assert len(pool._idle) == 1
print(pool._idle[0].pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of the end of its parent")
def test_a_program_of_a_reader_ends_with_the_reader_that_is_killed():
    reader = subprocess.Popen(
        [sys.executable, "-c", KILLED_WITH_A_PROGRAM], cwd=CHECKOUT, stdout=subprocess.PIPE
    )
    with reader:
        pid = int(reader.stdout.readline())
        assert is_alive(pid)
        reader.kill()

        assert has_ended(pid)


KILLED_WITH_A_PROGRAM = """
import subprocess, sys
from documents.extraction.sandbox.programs import ending_with_this_process
subprocess.run(
    [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(10)"],
    preexec_fn=ending_with_this_process(),
)
"""


def test_the_attachments_are_handed_over_as_they_are_found(play_reader):
    play_reader("""
def read(content, job):
    job.part("Größe.txt", b"x" * 3_000_000)
    job.part("", b"")
    return said("Words")
""")
    parts: list[tuple[str, int]] = []

    extract(job=extraction.Job(part=lambda filename, content: parts.append((filename, len(content)))))

    assert parts == [("Größe.txt", 3_000_000), ("", 0)]


def test_a_job_reaches_the_reader_and_its_progress_this_process(play_reader):
    play_reader("""
def read(content, job):
    job.progress(1, 2)
    return said([job.password, job.languages])
""")
    progress: list[tuple[int, int]] = []

    extracted = extract(
        job=extraction.Job(password="söcret", languages="deu", progress=lambda *told: progress.append(told))
    )

    assert extracted.text == "['söcret', 'deu']"
    assert progress == [(1, 2)]


@pytest.fixture
def short_ranges(monkeypatch):
    monkeypatch.setattr(limits, "RANGE_PAGES", 3)


def page_texts(extracted: extraction.Extracted) -> list[str]:
    return [extracted.text[page.start : page.end].strip() for page in extracted.pages]


@pytest.mark.usefixtures("short_ranges")
def test_a_long_paper_is_read_in_ranges_by_one_child(play_reader):
    play_reader("""
asked = []
def read(content, job):
    asked.append((job.first_page, job.last_page))
    if job.last_page == 8: raise ValueError
    job.part(str(asked), b"")
    return paged(job, 8)
""")
    told: list[str] = []
    job = extraction.Job(part=lambda filename, _content: told.append(filename), last_page=7)

    extracted = extract(b"%PDF-", job=job)

    assert told[-1] == "[(1, 3), (4, 6), (7, 7)]"
    assert page_texts(extracted) == list("1234567")
    assert [page.number for page in extracted.pages] == list(range(1, 8))
    assert (extracted.page_count, extracted.warnings) == (8, [])


@pytest.mark.slow
@pytest.mark.parametrize(
    "fate",
    [
        "os.abort()",
        "time.sleep(60)",
        "[b'x' * 10**8 for _ in range(100)]",
        "(_ for _ in ()).throw(Damaged())",
    ],
)
def test_a_bomb_costs_the_range_in_which_it_stands(play_reader, monkeypatch, fate):
    monkeypatch.setattr(limits, "RANGE_PAGES", 20)
    play_reader(f"""
from documents.extraction.refusals import Damaged
def visit(number):
    if number == 25: {fate}
def read(content, job): return paged(job, 50, visit)
""")
    extracted = extract(b"%PDF-" + b"x" * 2_000_000, seconds=1)

    assert page_texts(extracted) == [
        str(number) if number not in range(21, 41) else "" for number in range(1, 51)
    ]
    assert extracted.warnings == [f"{UNREAD} 21-40."]
    assert (extracted.media_type, extracted.page_count) == ("application/pdf", 50)


@pytest.mark.slow
@pytest.mark.usefixtures("short_ranges")
@pytest.mark.parametrize(("count", "texts"), [(5, ["", "", "", "4", "5"]), (2, None)])
def test_a_crash_in_the_first_range_is_followed_by_the_second_if_there_is_one(play_reader, count, texts):
    play_reader(f"""
def visit(number):
    if number == 1: os.abort()
def read(content, job): return paged(job, {count}, visit)
""")

    if texts is None:
        with pytest.raises(extraction.Damaged):
            extract(b"%PDF-")
    else:
        assert page_texts(extract(b"%PDF-")) == texts


@pytest.mark.slow
@pytest.mark.usefixtures("short_ranges")
def test_a_paper_of_which_no_range_can_be_read_is_refused_for_the_first(play_reader):
    play_reader("""
def visit(number): os.abort() if number < 4 else time.sleep(60)
def read(content, job): return paged(job, 9, visit)
""")

    with pytest.raises(extraction.Damaged):
        extract(b"%PDF-", seconds=1)


@pytest.mark.usefixtures("short_ranges")
def test_ranges_without_text_come_to_the_refusal_of_a_whole_without_text(play_reader):
    play_reader("""
def read(content, job):
    first, last = job.first_page, min(job.last_page, 4)
    pages = [Page(number, number - first, number - first + (number < last), 9, 9) for number in range(first, last + 1)]
    return Extracted("\\n" * (last - first), pages, "application/pdf", [], page_count=4)
""")

    with pytest.raises(extraction.NoText):
        extract(b"%PDF-")


@pytest.mark.slow
@pytest.mark.usefixtures("short_ranges")
def test_a_long_paper_is_not_refused_for_being_long(play_reader):
    play_reader("def read(content, job): return paged(job, 30, lambda number: time.sleep(0.05))")

    assert len(extract(b"%PDF-", seconds=1).pages) == 30


@pytest.mark.slow
@pytest.mark.usefixtures("short_ranges")
def test_what_is_read_when_all_the_time_is_over_is_kept(play_reader):
    play_reader(
        "def read(content, job): return paged(job, 9, lambda number: time.sleep(0 if number < 4 else 9))"
    )

    extracted = extract(b"%PDF-", seconds=1)

    assert page_texts(extracted) == ["1", "2", "3", *[""] * 6]
    assert extracted.warnings == [f"{UNREAD} 4-9."]


def test_the_time_grows_with_the_pages_that_are_done_and_not_without_end():
    clock, begun = Clock(20), monotonic()

    first = clock.deadline
    clock.pages_done(2)
    with_two = clock.deadline
    clock._started_at = clock._moved_at = begun - 19
    clock.start_over()

    assert first == pytest.approx(begun + 20, abs=1)
    assert with_two == pytest.approx(begun + 20, abs=1)  # of the next page
    assert clock.deadline == pytest.approx(begun - 19 + 22, abs=0.1)  # of the whole
    clock.pages_done(10**9)
    assert clock._whole_ends_at == pytest.approx(begun - 19 + 20 * (1 + limits.PAGE_LIMIT / 20), abs=0.1)


@pytest.mark.slow
def test_the_time_that_an_attachment_takes_to_be_kept_is_not_the_readers(play_reader):
    play_reader(
        "def read(content, job): [job.part('name', bytes(2_000_000)) for _ in range(8)]; return said('Words')"
    )

    assert extract(seconds=1, job=extraction.Job(part=lambda _filename, _content: sleep(0.2))).text == "Words"


@pytest.mark.usefixtures("short_ranges")
def test_what_all_ranges_say_of_their_pages_is_said_once(play_reader):
    play_reader("""
from dataclasses import replace
def read(content, job):
    extracted = paged(job, 5)
    numbers = f"{job.first_page}-{extracted.pages[-1].number}"
    return replace(extracted, warnings=["Beware.", f"These are pages: {numbers}."])
""")

    assert extract(b"%PDF-").warnings == ["Beware.", "These are pages: 1-5."]


def test_page_numbers_that_a_child_invents_cost_nothing():
    runs = ", ".join(["1-9999"] * 240)
    warnings = [f"{number}: {runs}." for number in range(30)]
    begun_at = process_time()

    merged = reading._merged([*warnings, "Torn: 2-9999.", "Torn: 1."], page_count=3)

    assert merged == [*warnings, "Torn: 1-3."]
    assert process_time() - begun_at < 0.5


@pytest.mark.parametrize("content", [papers.lines_pdf(["One", "Two"]), papers.scan_pdf()])
def test_a_page_is_drawn_in_a_child(content):
    drawn = extraction.picture_in_child(BytesIO(content), page=1, seconds=20)

    assert drawn == pictures.picture(content, page=1)
    assert Image.open(BytesIO(drawn)).format == "WEBP"


@pytest.mark.parametrize(
    ("content", "page", "refusal"),
    [
        (b"Words", 1, extraction.NoPicture),
        (papers.lines_pdf(["One"]), 2, extraction.NoPicture),
        (papers.encrypted_pdf("secret"), 1, extraction.PasswordProtected),
        (b"", 1, extraction.Empty),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_its_name(content, page, refusal):
    with pytest.raises(refusal) as raised:
        extraction.picture_in_child(BytesIO(content), page=page, seconds=20)
    assert type(raised.value) is refusal


def test_a_page_that_takes_too_long_to_draw_is_refused(play_reader):
    play_reader("""
from documents.extraction import pictures
pictures.picture = lambda content, page, password: time.sleep(60)
read = None
""")

    with pytest.raises(extraction.TooComplex):
        extraction.picture_in_child(BytesIO(b"%PDF-"), page=1, seconds=0.3)


def scan(words: str) -> bytes:
    """Return a picture of words."""
    image, file = Image.new("L", (900, 200), 255), BytesIO()
    ImageDraw.Draw(image).text((40, 60), words, font=ImageFont.load_default(60))
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "content"),
    [("tesseract", scan("Words of law")), ("soffice", b"{\\rtf1 Words of {\\b law}.}")],
)
def test_programs_run_in_the_sandbox_as_they_do_outside(program, content):
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")

    extracted = extract(content, seconds=60)

    assert extracted.text.strip().rstrip(".") == "Words of law"
    assert extracted == extraction.extract(BytesIO(content), filename="paper")
