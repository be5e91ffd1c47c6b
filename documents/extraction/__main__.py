"""The child: a file on standard input, its text or the name of a refusal as JSON on standard output.

Usage: python -m documents.extraction <memory limit in MB> <processor limit in seconds> <parent's process id>
"""

import ctypes
import json
import os
import resource
import signal
import sys
from dataclasses import asdict

from documents.extraction.reading import extract
from documents.extraction.refusals import OverLimits, Refusal

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Read one file within the limits that the arguments tell, and answer."""
    memory_mb, processor_seconds, parent = map(int, sys.argv[1:])
    _die_with(parent)
    _limit(resource.RLIMIT_AS, memory_mb * 1_048_576)
    _limit(resource.RLIMIT_CPU, processor_seconds)
    _limit(resource.RLIMIT_CORE, 0)  # a core dump would hold the document
    sys.stdout.buffer.write(_answer())


def _die_with(parent: int) -> None:
    """End when the parent ends in any way, kill -9 included; only Linux can tell."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before the kernel was told
            sys.exit(1)


def _limit(kind: int, most: int) -> None:
    resource.setrlimit(kind, (most, most))


def _answer() -> bytes:
    try:
        answer = asdict(extract(sys.stdin.buffer, filename=""))
        return json.dumps(answer, ensure_ascii=False, default=bytes.hex).encode()
    except Refusal as refusal:
        return json.dumps({"refusal": type(refusal).__name__}).encode()
    except MemoryError:
        return json.dumps({"refusal": OverLimits.__name__}).encode()


main()
