"""Look for planted words in all that lies on a machine: in files, and in those that live for a moment only."""

import base64
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Self

OVERLAP_BYTES = 256  # longer than any form of a planted word
POLL_SECONDS = 0.002
IN_MEMORY = "/memfd:"
OF_OTHER_TESTS = ("lexai-", "pytest-")  # homes and folders that parallel tests make in /tmp
FAMILY_SECONDS = 0.2  # after which the watcher asks anew which processes there are


class Searcher:
    """Finds words that begin with one marker, in any case, as UTF-8, UTF-16, hexadecimal digits or base64."""

    def __init__(self, marker: str) -> None:
        """Take a marker of at least nine lower-case ASCII letters: what base64 makes of it depends on its place."""
        self._folded = {
            "UTF-8": marker.encode(),
            "UTF-16": marker.encode("utf-16-le")[:-1],  # without its last zero it stands in UTF-16 BE too
            "hexadecimal": marker.encode().hex().encode(),
        }
        self._exact = {f"base64 {place}": _base64(marker.encode(), place) for place in range(3)}

    def forms_in(self, content: bytes) -> list[str]:
        """Return the names of the forms in which the marker stands in some bytes."""
        folded = content.lower()
        found = [name for name, form in self._folded.items() if form in folded]
        return found + [name for name, form in self._exact.items() if form in content]

    def found_under(self, folder: Path) -> list[str]:
        """Return every file below a folder that holds the marker, with the forms in which it does."""
        found = []
        for path in sorted(folder.rglob("*")):
            content = _content(path)
            found += [f"{path.relative_to(folder)}: {form}" for form in self.forms_in(content)]
        return found


def _base64(word: bytes, place: int) -> bytes:
    """Return the digits that a word always has in base64 when it starts `place` bytes after a group of three."""
    digits = base64.b64encode(bytes(place) + word)
    first = -(-place * 8 // 6)
    return digits[first : (place + len(word)) * 8 // 6]


def _content(path: Path) -> bytes:
    """Return what an ordinary file holds: nothing if it is another thing, or has gone meanwhile."""
    try:
        return path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else b""
    except FileNotFoundError:
        return b""


class Watcher(threading.Thread):
    """Reads every file that appears or grows in some folders, and every file that some processes hold open.

    The latter finds what has no name: a temporary file that was deleted when it was opened. What is there already
    when the watch begins is not read; `found` names for each searcher what held its marker.
    """

    def __init__(
        self, searchers: Iterable[Searcher], folders: Iterable[Path], processes: Callable[[], Iterable[int]]
    ) -> None:
        super().__init__(name="watcher", daemon=True)
        self.folders, self.processes = list(folders), processes
        self.found: dict[Searcher, set[str]] = {searcher: set() for searcher in searchers}
        there = [entry for folder in self.folders for entry in _entries(folder)]
        self._known_folders = {entry.path for entry in there if entry.is_dir(follow_symlinks=False)}
        self._read_bytes: dict[tuple[str, int], int] = {}  # by path and number of the file
        for entry in there:
            if status := _status(Path(entry)):
                self._read_bytes[entry.path, status.st_ino] = status.st_size
        self._is_over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self.join()

    def run(self) -> None:
        family, asked_at = list[int](), 0.0
        while not self._is_over.wait(POLL_SECONDS):
            if time.monotonic() - asked_at > FAMILY_SECONDS:
                family, asked_at = with_descendants(self.processes()), time.monotonic()
            for folder in self.folders:
                self._look_at_folder(folder)
            for pid in family:
                self._look_at_open_files(pid)

    def _look_at_folder(self, folder: Path) -> None:
        """Look at the files in a folder, and at all that is in the new folders below."""
        for entry in _entries(folder):
            if not entry.is_dir(follow_symlinks=False):
                self._read(Path(entry))
            elif entry.path not in self._known_folders and not entry.name.startswith(OF_OTHER_TESTS):
                for place, _folders, names in os.walk(entry.path):
                    for name in names:
                        self._read(Path(place, name))

    def _look_at_open_files(self, pid: int) -> None:
        for link in _entries(Path(f"/proc/{pid}/fd")):
            try:
                name = str(Path(link).readlink())
            except OSError:
                continue
            if name.endswith(" (deleted)") and not name.startswith(IN_MEMORY):
                self._read(Path(link), name)

    def _read(self, path: Path, name: str = "") -> None:
        """Read what a file has gained since it was last read."""
        status = _status(path)
        if status is None:
            return
        file_id = name or str(path), status.st_ino
        start = self._read_bytes.get(file_id, 0)
        if status.st_size == start:
            return
        try:
            with path.open("rb") as file:
                file.seek(max(0, start - OVERLAP_BYTES) if start < status.st_size else 0)
                content = file.read()
                self._read_bytes[file_id] = file.tell()
        except OSError:
            return
        for searcher, found in self.found.items():
            found.update(f"{file_id[0]}: {form}" for form in searcher.forms_in(content))


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from list(entries)
    except OSError:  # it has gone, or its process has
        return


def _status(path: Path) -> os.stat_result | None:
    """Return the status of an ordinary file that is still there; links of /proc lead to one."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def with_descendants(pids: Iterable[int]) -> list[int]:
    """Return the processes and all that they have started."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(") ")[2].split()[1])
        except OSError:  # it ended meanwhile
            continue
        children.setdefault(parent, []).append(int(folder.name))
    found, waiting = set[int](), list(pids)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children.get(pid, [])
    return sorted(found)
