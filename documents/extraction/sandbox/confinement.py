"""What the child may do: nothing but compute, read what programs are made of, and use its scratch folder."""

import ctypes
import math
import os
import resource
import signal
import sys
import sysconfig
from pathlib import Path

from documents.extraction.sandbox import landlock, system_calls

LANDLOCK, SCOPES, FILTER = "landlock", "scopes", "filter"
FILE_LIMIT_BYTES = 300_000_000
OPEN_FILES_LIMIT = 512
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CAPABILITY_VERSION = 0x2008_0522
_PACKAGE = Path(__file__).resolve().parents[1]
# What Python, LibreOffice, tesseract and the loader of libraries read. No folder is named that might hold LEXAI_HOME.
_READABLE = (
    *("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64"),
    *("/usr/libexec", "/usr/share", "/usr/local/bin", "/usr/local/lib", "/usr/local/share"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/fonts"),
    *("/etc/libreoffice", "/opt/libreoffice", "/var/lib/libreoffice", "/var/spool/libreoffice"),
    *("/etc/alternatives", "/var/cache/fontconfig"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
)
_WRITABLE = ("/dev/null",)


def missing() -> list[str]:
    """Return which of LANDLOCK, SCOPES (of Landlock) and FILTER (of system calls) this machine lacks."""
    return lacking(landlock.version(), has_filter=system_calls.is_available())


def lacking(landlock_version: int, *, has_filter: bool) -> list[str]:
    """Return what `missing` does, of a machine like this."""
    is_lacking = {
        LANDLOCK: landlock_version == 0,
        SCOPES: 0 < landlock_version < landlock.SCOPE_VERSION,
        FILTER: not has_filter,
    }
    return [name for name, is_so in is_lacking.items() if is_so]


def die_with(parent: int) -> None:
    """End when the parent ends in any way, kill -9 included; only Linux can tell."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before the kernel was told
            sys.exit(1)


def confine(*, memory_mb: int, scratch: Path) -> list[str]:
    """Take from this process, for good, what no reader needs; return the names of the protections that are missing.

    Raise OSError where the machine has a protection and refuses it.
    """
    for kind, most in (
        (resource.RLIMIT_AS, memory_mb * 1_048_576),
        (resource.RLIMIT_FSIZE, FILE_LIMIT_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT),
        (resource.RLIMIT_CORE, 0),  # a core dump would hold the document
    ):
        resource.setrlimit(kind, (most, most))
    if sys.platform == "linux":
        _confine_by_kernel(scratch)
    return missing()


def _confine_by_kernel(scratch: Path) -> None:
    _demand_one_thread()
    if ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError("This machine has no PR_SET_NO_NEW_PRIVS.")
    if landlock.version():
        landlock.confine(readable=_readable(), writable=map(Path, _WRITABLE), folders=[scratch])
    _drop_capabilities()
    if system_calls.is_available():
        system_calls.confine()


def _demand_one_thread() -> None:
    """Landlock holds the calling thread alone: one that a library has started before would go free."""
    threads = Path("/proc/self/task")
    if threads.exists() and len(list(threads.iterdir())) != 1:
        raise OSError("A library has started threads before they could be confined.")


def _readable() -> list[Path]:
    python = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return [*map(Path, _READABLE), *map(Path, sorted(python)), Path(sys.base_prefix, "lib"), _PACKAGE]


def _drop_capabilities() -> None:
    """Give away what root may do beyond others, for a server that is run by root (linux/capability.h, version 3)."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None).capset(header, nothing) != 0:
        raise OSError("The capabilities of this process cannot be given away.")


def allow_seconds(seconds: float) -> None:
    """Give this process so many seconds of processor time from now on; the parent's clock is the other limit."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
