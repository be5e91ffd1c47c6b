"""Folders in memory for what a program can only take from a file: no disk ever holds a document in the clear."""

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

VARIABLE = "LEXAI_SCRATCH"
_PREFIX = "lexai-scratch-"
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a random name, for its owner alone, is made in it


def scratch() -> Path:
    """Return a private folder that programs may write to: the child's own, which is emptied after each document.

    Outside a child it is removed at the end of the process.
    """
    own = os.environ.get(VARIABLE)
    return Path(own) if own else _scratch_of_this_process()


@cache
def _scratch_of_this_process() -> Path:
    folder = Folder()
    atexit.register(folder.remove)
    return folder.path


class Folder:
    """A folder that is removed with its owner, or by the next process that makes one if its owner was killed."""

    def __init__(self) -> None:
        parent = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
        _sweep(parent)
        self.path, self._lock = _locked_folder(parent)

    def remove(self) -> None:
        """Remove the folder with all that it holds; calling it twice does no harm."""
        if self._lock < 0:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)
        self._lock = -1


def _locked_folder(parent: Path) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        with contextlib.suppress(FileNotFoundError):  # another process may sweep it before it is locked
            lock = os.open(path, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                return path, lock
            os.close(lock)


def empty(folder: Path) -> None:
    """Remove what a folder holds."""
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            Path(entry.path).unlink(missing_ok=True)


def _sweep(parent: Path) -> None:
    """Remove the folders of processes that were killed: nobody holds their locks."""
    for left in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(lock).st_uid == os.geteuid():
                    shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)
