"""A child that is in the hands of the document's author, and what it gets hold of."""

import json
import os
import platform
import socket
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from documents.extraction.sandbox import confinement, landlock, system_calls
from lexai.checks import unconfined
from tests.documents.extraction.children import extract

# A reader that does what the document says, which is what an exploited one does.
OBEDIENT = """
import ctypes, errno, json, select, signal, socket, subprocess

library = ctypes.CDLL(None, use_errno=True)

def call(number, *arguments):
    if library.syscall(ctypes.c_long(number), *arguments) < 0:
        raise OSError(ctypes.get_errno(), "")

def capset(header, sets):
    if library.capset(header, sets) < 0:
        raise OSError(ctypes.get_errno(), "")

def connect(family, address):
    with socket.socket(family) as tried:
        tried.settimeout(2)
        tried.connect(address)

def outcome(attempt):
    try:
        eval(attempt)
    except OSError as error:
        return errno.errorcode[error.errno]
    except (subprocess.CalledProcessError, ValueError):
        return "failed"
    return "done"

def read(content, job):
    return said(json.dumps([outcome(attempt) for attempt in json.loads(content)]))
"""


@pytest.fixture
def attempted(play_reader):
    """Return what becomes of some lines of Python in the child: "done", or the name of the error."""
    if missing := confinement.missing():
        pytest.skip(f"This machine lacks {', '.join(missing)}.")
    play_reader(OBEDIENT)

    def outcomes(*attempts: str) -> list[str]:
        told: list[str] = json.loads(extract(json.dumps(attempts).encode()).text)
        return told

    return outcomes


def number(name: str) -> int | None:
    """Return the number of a system call on this machine."""
    return system_calls._REFUSED[name][["x86_64", "aarch64"].index(platform.machine())]


def test_the_keys_and_the_files_of_others_cannot_be_read(attempted, tmp_path):
    root_key = settings.ROOT_KEY_FILE
    client_file = tmp_path / "file"
    client_file.write_bytes(b"client text")
    assert root_key.is_file()

    told = attempted(
        f"open({str(root_key)!r}, 'rb')",
        f"open({str(client_file)!r}, 'rb')",
        f"os.listdir({str(tmp_path)!r})",
        "open('/etc/shadow')",
        f"open('/proc/{os.getpid()}/environ')",
        f"open({str(Path(settings.BASE_DIR) / 'manage.py')!r})",
        f"os.link({str(client_file)!r}, scratch() / 'link')",
        f"os.symlink({str(client_file)!r}, scratch() / 'link') or open(scratch() / 'link')",
    )

    assert told == ["EACCES"] * 6 + ["EXDEV", "EACCES"]


def test_nothing_can_be_written_but_in_the_scratch_folder(attempted, tmp_path):
    own = tmp_path / "own"
    own.write_bytes(b"kept")

    told = attempted(
        "open(scratch() / 'file', 'w')",
        "open('/etc/passwd', 'a')",
        f"open({str(tmp_path / 'new')!r}, 'w')",
        f"open({str(own)!r}, 'w')",
        f"os.truncate({str(own)!r}, 0)",
        f"os.unlink({str(own)!r})",
        f"os.rename({str(own)!r}, {str(tmp_path / 'other')!r})",
        f"os.chmod({str(own)!r}, 0o777)",
        f"os.chown({str(own)!r}, 1, 1)",
        f"os.utime({str(own)!r})",
        f"os.setxattr({str(own)!r}, 'user.name', b'x')",
        "open('/dev/shm/lexai-new', 'w')",
        "open('/usr/local/lib/new', 'w')",
    )

    assert told == [
        "done", "EACCES", "EACCES", "EACCES", "EPERM", "EACCES", "EACCES", "EPERM", "EPERM", "EPERM", "EPERM",
        "EACCES", "EACCES",
    ]  # fmt: skip
    assert own.read_bytes() == b"kept"


def test_neither_the_database_nor_another_server_can_be_reached(attempted, tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as server, listening(tmp_path / "socket") as local:
        port = server.getsockname()[1]
        told = attempted(
            f"connect(socket.AF_UNIX, {str(local)!r})",
            f"connect(socket.AF_UNIX, {database_socket()!r})",
            "connect(socket.AF_UNIX, chr(0) + 'abstract')",
            f"connect(socket.AF_INET, ('127.0.0.1', {port}))",
            f"connect(socket.AF_INET6, ('::1', {port}))",
            "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
            "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
            "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
            "socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW)",
            "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
            "socket.create_server(('127.0.0.1', 0))",
            "socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)",
        )

    assert told == ["EPERM"] * 11 + ["done"]


class listening:  # noqa: N801 - it reads as a word of its sentence
    """A socket that takes connections at a path."""

    def __init__(self, path: Path) -> None:
        self._path, self._server = path, socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Path:
        self._server.bind(str(self._path))
        self._server.listen()
        return self._path

    def __exit__(self, *_error: object) -> None:
        self._server.close()


def database_socket() -> str:
    """Return the socket of the suite's own PostgreSQL, or where it would be."""
    return f"{settings.DATABASES['default']['HOST']}/.s.PGSQL.5432"


def test_other_processes_cannot_be_seen_into_or_stopped(attempted):
    told = attempted(
        f"os.kill({os.getpid()}, 0)",
        f"os.kill({os.getpid()}, signal.SIGWINCH)",
        f"open('/proc/{os.getpid()}/mem', 'r+b')",
        f"call({number('ptrace')}, 16, {os.getpid()}, 0, 0)",
        f"call({number('process_vm_readv')}, os.getppid(), None, 0, None, 0, 0)",
        "__import__('resource').prlimit(os.getppid(), 7)",
        "os.setsid()",
        "os.setpgid(0, 0)",
        "os.kill(subprocess.Popen(['sleep', '9']).pid, signal.SIGKILL)",
    )

    assert told == ["EPERM", "EPERM", "EACCES", "EPERM", "EPERM", "EPERM", "EPERM", "EPERM", "done"]


def test_no_right_comes_back_by_a_namespace_or_another_program(attempted):
    told = attempted(
        f"call({number('unshare')}, 0x10000000)",  # CLONE_NEWUSER
        f"call({number('io_uring_setup')}, 8, None)",
        "subprocess.run(['cat', '/etc/shadow'], check=True, stdout=-1)",
        "subprocess.run(['unshare', '-U', 'true'], check=True)",
        "capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[1] * 6))",
        "os.mknod(scratch() / 'disk', 0o60600, os.makedev(254, 0))",
        "os.chroot(scratch())",
    )

    assert told == ["EPERM"] * 2 + ["failed"] * 2 + ["EPERM"] * 3


def test_the_limits_of_files_hold(attempted):
    told = attempted(
        "open(scratch() / 'large', 'wb').truncate(300_000_001)",
        "[os.open('/dev/null', 0) for _ in range(600)]",
        "__import__('resource').setrlimit(4, (1, 1))",
    )

    assert told == ["EFBIG", "EMFILE", "failed"]


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_a_program_that_ends_on_every_architecture(machine):
    steps = system_calls.program(machine)
    returns = [place for place, step in enumerate(steps) if step.code == system_calls._RETURN]

    reached = {0}
    for place, step in enumerate(steps):
        if place in reached and place not in returns:
            reached |= {place + 1 + step.if_so, place + 1 + step.if_not}

    assert reached == set(range(len(steps)))
    assert all(0 <= step.value < 2**32 and max(step.if_so, step.if_not) < 256 for step in steps)


@pytest.mark.parametrize(
    ("version", "rights"), [(1, 0x1FFF), (2, 0x3FFF), (3, 0x7FFF), (4, 0x7FFF), (5, 0xFFFF), (9, 0xFFFF)]
)
def test_an_older_landlock_is_asked_for_no_right_that_it_does_not_know(version, rights):
    assert landlock.file_rights(version) == rights


@pytest.mark.parametrize(
    ("version", "has_filter", "ids"),
    [
        (0, False, ["lexai.W001", "lexai.W002"]),
        (0, True, ["lexai.W001"]),
        (5, True, ["lexai.I001"]),
        (6, True, []),
        (7, False, ["lexai.W002"]),
    ],
)
def test_a_system_check_says_what_a_machine_lacks(version, has_filter, ids):
    missing = confinement.lacking(version, has_filter=has_filter)

    assert [message.id for message in unconfined(missing)] == ids
