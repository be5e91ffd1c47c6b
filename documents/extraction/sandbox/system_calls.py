"""A filter of system calls by ctypes: it refuses what Landlock leaves open, and what no reader needs.

See https://docs.kernel.org/userspace-api/seccomp_filter.html, linux/filter.h and linux/seccomp.h. A refused call fails
with EPERM; nothing is killed by it.
"""

import ctypes
import errno
import os
import platform
import sys
from collections.abc import Iterator
from typing import NamedTuple

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_PR_GET_SECCOMP = 21
_ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_X32 = 0x4000_0000  # the mark of the calls of a second table that x86_64 kernels may have

_REFUSED = {
    # to reach sockets that others listen at: Landlock knows TCP, and paths of sockets it knows not
    "connect": (42, 203),
    "io_uring_setup": (425, 425),  # it could connect past this filter
    # to look into other processes, and to change them
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "perf_event_open": (298, 241),
    # memory and messages that all processes of a user share by a number
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    # to have rights again that were given away, in a namespace of one's own
    "unshare": (272, 97),
    "setns": (308, 268),
    # keys of the user, which the kernel keeps
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # large and rarely used parts of the kernel, known for their faults
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    # to change files by their path without opening them: Landlock does not look at these
    "truncate": (76, 45),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    # to leave the group of processes that is killed as one
    "setsid": (112, 157),
    "setpgid": (109, 154),
}
_SOCKET, _SOCKET_PAIR = (41, 198), (53, 199)
_PRLIMIT, _CLONE, _CLONE3 = (302, 261), (56, 220), (435, 435)

_ACCESS, _ACCESS_AT, _ACCESS_AT_2 = (21, None), (269, 48), (439, 439)

_AF_UNIX = 1
_W_OK = 2
_TYPE_OF_SOCKET = 0xF
_STREAM, _PACKETS = 1, 5
_NEW_USER_NAMESPACE = 0x1000_0000

# struct seccomp_data: the lower half of an argument stands first on the architectures above
_NUMBER, _ARCHITECTURE, _ARGUMENTS, _ARGUMENT_BYTES = 0, 4, 16, 8
_LOAD, _EQUAL, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x45, 0x54, 0x06
_ALLOW, _FAIL = 0x7FFF_0000, 0x0005_0000


class Instruction(NamedTuple):
    """One step of the filter: struct sock_filter. The jumps count the steps that are skipped."""

    code: int
    if_so: int
    if_not: int
    value: int


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("if_so", ctypes.c_ubyte),
        ("if_not", ctypes.c_ubyte),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def is_available() -> bool:
    """Say whether this machine has filters of system calls, and this filter knows its numbers."""
    if sys.platform != "linux" or platform.machine() not in _ARCHITECTURES:
        return False
    state: int = ctypes.CDLL(None).prctl(_PR_GET_SECCOMP, 0, 0, 0, 0)
    return state >= 0


def confine() -> None:
    """Refuse these calls to all threads of this process and to what it starts; raise OSError."""
    steps = [_Instruction(*step) for step in program(platform.machine())]
    compiled = _Program(len(steps), (_Instruction * len(steps))(*steps))
    library = ctypes.CDLL(None, use_errno=True)
    number = _SECCOMP[platform.machine()]
    if library.syscall(number, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(compiled)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def program(machine: str) -> list[Instruction]:
    """Return the filter for an architecture."""
    return list(_steps(machine, list(_ARCHITECTURES).index(machine)))


def _steps(machine: str, column: int) -> Iterator[Instruction]:
    fail, allow = _return(_FAIL | errno.EPERM), _return(_ALLOW)
    yield Instruction(_LOAD, 0, 0, _ARCHITECTURE)
    yield from (Instruction(_EQUAL, 1, 0, _ARCHITECTURES[machine]), fail)
    yield Instruction(_LOAD, 0, 0, _NUMBER)
    yield from (Instruction(_ANY_BIT, 0, 1, _X32), fail)
    for numbers in _REFUSED.values():
        if numbers[column] is not None:
            yield from (Instruction(_EQUAL, 0, 1, numbers[column] or 0), fail)
    # The C library then uses clone, whose flags a filter can read.
    yield from (Instruction(_EQUAL, 0, 1, _CLONE3[column]), _return(_FAIL | errno.ENOSYS))
    for number, steps in (
        (_SOCKET[column], [*_unless_local(fail), *_unless_connected(fail), allow]),
        (_SOCKET_PAIR[column], [*_unless_connected(fail), allow]),
        (_PRLIMIT[column], [_argument(0), Instruction(_EQUAL, 1, 0, 0), fail, allow]),
        (_CLONE[column], [_argument(0), Instruction(_ANY_BIT, 0, 1, _NEW_USER_NAMESPACE), fail, allow]),
        (_ACCESS[column], _unless_for_reading(1)),
        (_ACCESS_AT[column], _unless_for_reading(2)),
        (_ACCESS_AT_2[column], _unless_for_reading(2)),
    ):
        if number is not None:
            yield from (Instruction(_EQUAL, 0, len(steps), number), *steps)
    yield allow


def _return(value: int) -> Instruction:
    return Instruction(_RETURN, 0, 0, value)


def _argument(place: int) -> Instruction:
    return Instruction(_LOAD, 0, 0, _ARGUMENTS + _ARGUMENT_BYTES * place)


def _unless_local(fail: Instruction) -> list[Instruction]:
    return [_argument(0), Instruction(_EQUAL, 1, 0, _AF_UNIX), fail]


def _unless_connected(fail: Instruction) -> list[Instruction]:
    """Refuse datagrams: each could bear the path of another socket, which no filter can read."""
    return [
        _argument(1),
        Instruction(_AND, 0, 0, _TYPE_OF_SOCKET),
        Instruction(_EQUAL, 2, 0, _STREAM),
        Instruction(_EQUAL, 1, 0, _PACKETS),
        fail,
    ]


def _unless_for_reading(place: int) -> list[Instruction]:
    """Say of every file that it cannot be written, for `access` knows nothing of Landlock.

    LibreOffice puts its own socket in /tmp unless it hears that, and at OSL_SOCKET_PATH then.
    """
    refusal = _return(_FAIL | errno.EACCES)
    return [_argument(place), Instruction(_ANY_BIT, 0, 1, _W_OK), refusal, _return(_ALLOW)]
