"""Read a document in a child process, which a hostile file may crash, hang or fill with impunity."""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from documents.extraction import limits
from documents.extraction.extracted import Extracted, Page, Paragraph
from documents.extraction.refusals import BY_NAME, Damaged, TooComplex

COMMAND = [sys.executable, "-s", "-m", "documents.extraction"]
CHUNK_BYTES = 1_048_576
_CHECKOUT = Path(__file__).resolve().parents[2]


class ChildFailed(RuntimeError):
    """The reading process failed by a fault of its own, not by one of the document."""


def extract_in_child(
    stream: BinaryIO,
    *,
    filename: str,  # noqa: ARG001 - kept out of the child: see below
    seconds: float,
    heartbeat: Callable[[], None] | None = None,
    heartbeat_seconds: float = 5.0,
    memory_limit_mb: int = limits.CHILD_MEMORY_LIMIT_MB,
) -> Extracted:
    """Read the text of a file as `extract` does, in a process of its own.

    A crash is Damaged, more than `seconds` on the clock TooComplex, more than the memory OverLimits.
    `heartbeat` is called every `heartbeat_seconds` while waiting. Raise ChildFailed for a fault of ours.
    """
    # The file name stays here: anyone on the machine can list the arguments of a process.
    arguments = [str(memory_limit_mb), str(math.ceil(seconds) + 1), str(os.getpid())]
    content = _content(stream, heartbeat, heartbeat_seconds)
    with _started(arguments) as child:
        try:
            answer = _wait(child, content, seconds, heartbeat, heartbeat_seconds)
        finally:
            child.kill()
    if child.returncode > 0:
        raise ChildFailed(f"The reading process ended with exit code {child.returncode}.")
    if child.returncode < 0:
        raise Damaged
    return _understood(answer)


def _started(arguments: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - the command is a constant and two numbers
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it may quote the document
        cwd=_CHECKOUT,
        env={"LANG": "C.UTF-8"},
    )


def _content(stream: BinaryIO, heartbeat: Callable[[], None] | None, heartbeat_seconds: float) -> bytes:
    """Read the whole stream, which may come over a slow line, and keep the heart beating meanwhile."""
    chunks, beat_at = [], time.monotonic() + heartbeat_seconds
    while chunk := stream.read(CHUNK_BYTES):
        chunks.append(chunk)
        if heartbeat and time.monotonic() >= beat_at:
            heartbeat()
            beat_at = time.monotonic() + heartbeat_seconds
    return b"".join(chunks)


def _wait(
    child: subprocess.Popen[bytes],
    content: bytes,
    seconds: float,
    heartbeat: Callable[[], None] | None,
    heartbeat_seconds: float,
) -> bytes:
    deadline, unsent = time.monotonic() + seconds, content
    while (left := deadline - time.monotonic()) > 0:
        try:
            return child.communicate(unsent, timeout=min(heartbeat_seconds, left))[0]
        except subprocess.TimeoutExpired:
            unsent = b""
        if heartbeat:
            heartbeat()
    # Raised out here, for the expired timeout holds what the child has said so far.
    raise TooComplex


def _understood(answer: bytes) -> Extracted:
    said = json.loads(answer)
    if "refusal" in said:
        raise BY_NAME[said["refusal"]]
    pages = [Page(**page | {"layout": bytes.fromhex(page["layout"])}) for page in said.pop("pages")]
    paragraphs = [Paragraph(**paragraph) for paragraph in said.pop("paragraphs")]
    return Extracted(pages=pages, paragraphs=paragraphs, **said)
