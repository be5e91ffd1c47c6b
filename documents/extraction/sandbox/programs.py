"""Programs that readers start, such as tesseract and LibreOffice: they end with the child that started them."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None  # loaded before any fork


def ending_with_this_process() -> Callable[[], None] | None:
    """Return what a program is to do before it begins (`preexec_fn`), so that it ends when this process is killed.

    Whoever kills a worker with -9 kills its child by the kernel's hand, but of what the child started the kernel knows
    only by this. It means the thread that starts the program, which is to wait for it. None where only Linux could.
    """
    parent = os.getpid()

    def prepare() -> None:
        if _PRCTL is not None:
            _PRCTL(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before the kernel was told
            os._exit(1)

    return prepare if _PRCTL is not None else None
