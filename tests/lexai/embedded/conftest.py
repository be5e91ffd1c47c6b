"""Homes of their own for the tests of the embedded servers."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lexai.embedded.observing import (
    until_none_left,
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that every user can enter; at the end nothing may still run in it."""
    path = Path(tempfile.mkdtemp(prefix="lexai-", dir="/tmp"))  # socket paths must be short
    path.chmod(0o711)
    yield path
    left = until_none_left(path)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(path)
    assert left == {}


@pytest.fixture
def home(folder: Path) -> Path:
    return folder / "home"
