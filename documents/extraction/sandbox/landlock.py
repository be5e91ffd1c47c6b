"""Landlock by ctypes: which files, sockets and processes this process, and what it starts, may still reach.

See https://docs.kernel.org/userspace-api/landlock.html and linux/landlock.h. A kernel knows a version of it, 1 (5.13)
to 7 (6.15) and newer; what a version does not know is left to the filter of system calls.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

# These numbers are the same on every architecture that Linux has.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_TELL_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEVICE = 1 << 14, 1 << 15
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_CONNECT_OR_BIND_TCP = 0b11
_ABSTRACT_SOCKETS, _SIGNALS = 1 << 0, 1 << 1

NETWORK_VERSION, SCOPE_VERSION = 4, 6
# How many of the rights for files, counted from the lowest bit, a version knows.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}


class _Ruleset(ctypes.Structure):
    """struct landlock_ruleset_attr, of which an older kernel takes the beginning."""

    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    """struct landlock_path_beneath_attr."""

    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Return the version of Landlock that this machine has; 0 without one."""
    if sys.platform != "linux":
        return 0
    told: int = ctypes.CDLL(None, use_errno=True).syscall(_CREATE_RULESET, None, 0, _TELL_VERSION)
    return max(0, told)


def confine(*, readable: Iterable[Path], writable: Iterable[Path], folders: Iterable[Path]) -> None:
    """Leave this thread, and what it starts from now on, but these files and folders, and no network.

    What lies below `readable` may be read and executed, `writable` are devices, and below `folders` all may be done
    but to execute. Paths that do not exist are skipped. no_new_privs must be set. Raise OSError.
    """
    known = version()
    rights = file_rights(known)
    size = ctypes.sizeof(ctypes.c_uint64) * (1 + (known >= NETWORK_VERSION) + (known >= SCOPE_VERSION))
    ruleset = _Ruleset(rights, _CONNECT_OR_BIND_TCP, _ABSTRACT_SOCKETS | _SIGNALS)
    with closing(_Descriptor(_call(_CREATE_RULESET, ctypes.byref(ruleset), size, 0))) as rules:
        _allow(rules.number, readable, _READ & rights)
        _allow(rules.number, writable, (_READ_FILE | _WRITE_FILE | _TRUNCATE) & rights)
        _allow(rules.number, folders, rights & ~_EXECUTE & ~_IOCTL_DEVICE)
        _call(_RESTRICT_SELF, rules.number, 0)


def file_rights(known: int) -> int:
    """Return all rights for files that a version can take away."""
    return (1 << _FILE_RIGHTS.get(known, max(_FILE_RIGHTS.values()))) - 1


class _Descriptor:
    def __init__(self, number: int) -> None:
        self.number = number

    def close(self) -> None:
        os.close(self.number)


def _allow(rules: int, paths: Iterable[Path], rights: int) -> None:
    for path in paths:
        try:
            parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        with closing(_Descriptor(parent)):
            allowed = rights if path.is_dir() else rights & _OF_A_FILE
            _call(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(_PathBeneath(allowed, parent)), 0)


def _call(number: int, *arguments: object) -> int:
    """Make a system call; raise OSError where it fails."""
    library = ctypes.CDLL(None, use_errno=True)
    result: int = library.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
