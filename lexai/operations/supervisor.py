"""One parent for the processes of the product: web, workers and beat."""

import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from django.conf import settings

from lexai import processes

POLL_SECONDS = 0.2
STOP_SECONDS = 15
BACKOFF_SECONDS = 1.0
WEB_WORKERS = 2
WEB_THREADS = 96  # more than all streams and all requests of one address together
REQUEST_LINE_BYTES = 8190  # the most that gunicorn takes
ANSWERS_AT_ONCE = 8
_WORKER = ["worker", "--pool=threads", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
logger = logging.getLogger(__name__)


@dataclass
class Child:
    """A process that is started again when it ends."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    due_at: float = field(default_factory=time.monotonic)

    def start(self, output: IO[bytes] | None = None) -> None:
        self.process = processes.spawn(self.command, cwd=settings.BASE_DIR, stdout=output, stderr=output)

    def revive(self) -> None:
        """Start the process again, a moment after it ended."""
        if self.process and self.process.poll() is not None:
            logger.warning(
                "%s ended with exit code %s; starting it again", self.name, self.process.returncode
            )
            self.process, self.due_at = None, time.monotonic() + BACKOFF_SECONDS
        if self.process is None and time.monotonic() >= self.due_at:
            self.start()


def web(host: str, port: int) -> Child:
    options = ["--bind", f"{host}:{port}", "--worker-class", "gthread", "--workers", str(WEB_WORKERS)]
    options += ["--threads", str(WEB_THREADS), "--no-control-socket"]
    options += ["--log-level", "error"]  # its warnings quote what strangers sent
    options += ["--limit-request-line", str(REQUEST_LINE_BYTES)]
    options += ["--forwarder-headers", ""]  # no header of a caller becomes a part of our own addresses
    return Child("web", [sys.executable, "-m", "gunicorn", "lexai.wsgi", *options])


def worker() -> Child:
    """Return the worker that reads documents and does all that nobody waits for."""
    return Child("worker", [*_celery(), *_WORKER, "--queues=celery"])


def answers() -> Child:
    """Return the worker that answers questions, apart from the documents, which take minutes."""
    options = ["--queues=answers", "--hostname=answers@%h", f"--concurrency={ANSWERS_AT_ONCE}"]
    return Child("answers", [*_celery(), *_WORKER, *options])


def beat() -> Child:
    """Return the clock of the queue; a process of its own, because one inside the worker outlives a killed worker."""
    folder = settings.LEXAI_HOME / "beat"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Child(
        "beat", [*_celery(), "beat", "--loglevel=WARNING", "--pidfile=", "-s", str(folder / "schedule")]
    )


def _celery() -> list[str]:
    # Celery warns of root at each start; a container runs it so, and pickle, the reason, is off.
    return [
        sys.executable,
        "-W",
        "ignore:You're running the worker",
        "-m",
        "celery",
        "-A",
        "lexai.celery",
        "--quiet",
    ]


PARTS = {"worker": worker, "answers": answers, "beat": beat}


def part(name: str, host: str, port: int) -> Child:
    """Return one process of the product; only the web server listens, at host and port."""
    return PARTS[name]() if name in PARTS else web(host, port)


@contextmanager
def running(children: Sequence[Child], output: IO[bytes] | None = None) -> Iterator[None]:
    """Start the processes, and stop every one of them at the end, whatever happens."""
    try:
        for child in children:
            child.start(output)
        yield
    finally:
        for child in children:
            if child.process:
                child.process.send_signal(signal.SIGTERM)
        for child in children:
            if child.process:
                processes.stop(child.process, signal.SIGTERM, STOP_SECONDS)


def watch(children: Sequence[Child], tend: Callable[[], None]) -> None:
    """Keep the processes running until this one is told to stop by SIGINT or SIGTERM.

    `tend` is called now and then, to see to what the processes need.
    """
    for ending in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # a shell starts what runs in its background deaf to SIGINT
        signal.signal(ending, _interrupt)
    try:
        with running(children):
            while True:
                for child in children:
                    child.revive()
                tend()
                time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        logger.info("stopped")


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def listening_fault(host: str, port: int) -> str:
    """Return why no server can listen at this address, or nothing when one can."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""
