"""A child that lies: what it says is believed only where it can be true."""

import json
from collections import deque
from itertools import starmap

import pytest

from documents import extraction
from documents.extraction import layout, limits
from documents.extraction.sandbox import frames
from documents.extraction.sandbox.answers import Answer, Parts
from documents.extraction.sandbox.frames import BadFrame, Kind
from tests.documents.extraction.children import extract

# A child that says it is ready, hears out the request, and then says what the test wants.
LIAR = """
import struct, sys, time
from documents.extraction.sandbox import frames
from documents.extraction.sandbox.frames import Kind

def say(kind, payload=b""):
    sys.stdout.buffer.write(frames.frame(kind, payload))
    sys.stdout.buffer.flush()

say(Kind.READY, b"[]")
while frames.opened(sys.stdin.buffer.read(5))[0] is not Kind.READ: sys.stdin.buffer.read(WORDS)
{lie}
time.sleep(20)
"""


@pytest.mark.parametrize(
    "lie",
    [
        'sys.stdout.buffer.write(b"nonsense" * 10); sys.stdout.buffer.flush()',
        'sys.stdout.buffer.write(struct.pack(">BI", Kind.TEXT, 2**31)); sys.stdout.buffer.flush()',
        'say(Kind.REFUSED, b"SystemExit")',
        'say(Kind.REFUSED, b"\\xff")',
        "say(Kind.READY)",
        "say(Kind.CONTENT)",
        'say(Kind.RESULT, b"{")',
        'say(Kind.RESULT, b"[" * 100_000)',
        'say(Kind.PROGRESS, b"[2, 1]")',
        'say(Kind.PROGRESS, b"[true, 1]")',
        'say(Kind.PART, b"[]")',
        'say(Kind.PICTURE, b"")',
    ],
)
def test_what_cannot_be_true_means_a_damaged_file(play, lie):
    play(LIAR.replace("{lie}", lie).replace("WORDS", str(len("Words"))))

    with pytest.raises(extraction.Damaged) as raised:
        extract()
    assert type(raised.value) is extraction.Damaged


@pytest.mark.parametrize("said", [b"[]", b'["x y", "z", 1]', b'{"a": 1}', b'["ValueError", "docx.py", 3, 4]'])
def test_an_error_of_ours_is_told_only_by_its_type_and_place(play, said):
    play(LIAR.replace("{lie}", f"say(Kind.FAILED, {said!r})").replace("WORDS", str(len("Words"))))

    with pytest.raises(extraction.ChildFailed) as raised:
        extract()
    assert str(raised.value) == "The reading process failed."


def test_a_child_that_says_the_same_for_ever_is_ended_in_time(play):
    lie = 'while True: say(Kind.PROGRESS, b"[1, 2]")'
    play(LIAR.replace("{lie}", lie).replace("WORDS", str(len("Words"))))

    with pytest.raises(extraction.TooComplex):
        extract(seconds=0.3)


WORDS = layout.pack([layout.Word(0, 5, 1, 1, 9, 9)], start=0, width=10, height=10)


def answered(**changes: object) -> extraction.Extracted:
    """Take an answer that is sound but for the changes."""
    said: dict[str, object] = {
        "text": "Words\n",
        "pages": [[1, 0, 6, 10, 10.5], [2, 6, 6, 0, 0]],
        "layouts": [(0, WORDS)],
        "paragraphs": [[0, 3, []], [3, 5, ["Title", "Part"]]],
        "result": {"media_type": "text/plain", "warnings": ["Beware."], "page_count": 2},
    } | changes
    answer = Answer()
    answer.take(Kind.TEXT, str(said["text"]).encode("utf-8", "surrogatepass"))
    answer.take(Kind.PAGES, json.dumps(said["pages"]).encode())
    for place, packed in said["layouts"]:  # type: ignore[attr-defined]
        answer.take(Kind.LAYOUT, frames.PLACE.pack(place) + packed)
    answer.take(Kind.PARAGRAPHS, json.dumps(said["paragraphs"]).encode())
    answer.take(Kind.RESULT, json.dumps(said["result"]).encode())
    assert answer.extracted
    return answer.extracted


def test_an_answer_is_put_together_from_its_frames():
    assert answered() == extraction.Extracted(
        text="Words\n",
        pages=[extraction.Page(1, 0, 6, 10, 10.5, WORDS), extraction.Page(2, 6, 6, 0, 0)],
        media_type="text/plain",
        warnings=["Beware."],
        paragraphs=[extraction.Paragraph(0, 3, ()), extraction.Paragraph(3, 5, ("Title", "Part"))],
        page_count=2,
    )


RESULT = {"media_type": "text/plain", "warnings": [], "page_count": 2}


@pytest.mark.parametrize(
    "lie",
    [
        {"text": "\x00ords\n"},
        {"text": "\ud800ords\n"},
        {"pages": {}},
        {"pages": [[1, 0, 6, 10]]},
        {"pages": [[1, 0, 5, 10, 10], [2, 6, 6, 0, 0]]},
        {"pages": [[1, 0, 6, 10, 10], [3, 6, 6, 0, 0]]},
        {"pages": [[1, 0, 7, 10, 10], [2, 7, 6, 0, 0]]},
        {"pages": [[1, 0, 6, 10, 10], [2, 6, 7, 0, 0]]},
        {"pages": [[0, 0, 6, 10, 10], [1, 6, 6, 0, 0]]},
        {"pages": [[1, 0, 6, -1, 10], [2, 6, 6, 0, 0]]},
        {"pages": [[1, 0, 6, float("nan"), 10], [2, 6, 6, 0, 0]]},
        {"pages": [[1, 0, 6, float("inf"), 10], [2, 6, 6, 0, 0]]},
        {"pages": [[True, 0, 6, 10, 10], [2, 6, 6, 0, 0]]},
        {"pages": [["1", 0, 6, 10, 10], [2, 6, 6, 0, 0]]},
        {"pages": [[1, 0, 6, 10, 10]] * (limits.PAGE_LIMIT + 1)},
        {"layouts": [(2, WORDS)]},
        {"layouts": [(0, b"")]},
        {"layouts": [(0, b"\x03")]},
        {"layouts": [(0, WORDS[:-1])]},
        {"layouts": [(0, WORDS), (0, WORDS)]},
        {"layouts": [(0, b"\x01" + b"\xff" * 12)]},
        {"layouts": [(0, b"\x01" + bytes(10) * 100)]},
        {"layouts": [(1, WORDS)]},
        {"paragraphs": [[0, 7, []]]},
        {"paragraphs": [[3, 5, []], [0, 3, []]]},
        {"paragraphs": [[0, 5, "Title"]]},
        {"paragraphs": [[0, 5, [1]]]},
        {"paragraphs": [[0, 5, ["x\x00"]]]},
        {"paragraphs": [[0, 5, ["x"] * 21]]},
        {"paragraphs": [[0, 5]]},
        {"result": RESULT | {"media_type": "text"}},
        {"result": RESULT | {"media_type": None}},
        {"result": RESULT | {"warnings": "Beware."}},
        {"result": RESULT | {"warnings": ["x" * 2_001]}},
        {"result": RESULT | {"warnings": ["\udc80"]}},
        {"result": RESULT | {"warnings": ["x"] * 1_001}},
        {"result": RESULT | {"page_count": -1}},
        {"result": RESULT | {"page_count": 2.0}},
        {"result": RESULT | {"text": "x"}},
        {"result": []},
    ],
)
def test_an_answer_in_which_one_thing_cannot_be_true_is_none(lie):
    with pytest.raises(BadFrame):
        answered(**lie)


@pytest.mark.parametrize(
    "limit",
    [
        "limits.CHARACTER_LIMIT",
        "limits.PARAGRAPH_LIMIT",
        "sandbox.answers.LAYOUT_LIMIT_BYTES",
        "sandbox.answers.HEADINGS_LIMIT",
        "sandbox.answers.SENTENCES_LIMIT",
    ],
)
def test_an_answer_has_bounds(monkeypatch, limit):
    monkeypatch.setattr(f"documents.extraction.{limit}", 1)

    with pytest.raises(BadFrame):
        answered()


def test_headings_that_stand_above_many_paragraphs_count_once(monkeypatch):
    monkeypatch.setattr("documents.extraction.sandbox.answers.HEADINGS_LIMIT", len("Title"))
    paragraphs = [[place, place + 1, ["Title"]] for place in range(3)]

    assert [found.headings for found in answered(paragraphs=paragraphs).paragraphs] == [("Title",)] * 3


def test_many_small_attachments_and_few_large_ones_have_bounds(monkeypatch):
    monkeypatch.setattr(limits, "ATTACHMENT_LIMIT", 2)
    monkeypatch.setattr(limits, "PART_LIMIT_BYTES", 5)
    monkeypatch.setattr(limits, "WHOLE_LIMIT_BYTES", 8)

    assert kept_of(b"", b"", b"") == 2
    assert kept_of(b"12345", b"123456") == 1
    assert kept_of(b"12345", b"1234") == 1


def kept_of(*parts: bytes) -> int:
    """Return how many of these attachments are kept until one is too much."""
    kept: list[tuple[str, bytes]] = []
    attachments = Parts(lambda filename, content: kept.append((filename, content)))
    said = [frame for part in parts for frame in ((Kind.PIECE, part), (Kind.PART, b'"name"'))]
    with pytest.raises(BadFrame):
        deque(starmap(attachments.take, said), maxlen=0)
    return len(kept)
