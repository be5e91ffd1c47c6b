"""A virus scanner that looks at files as they pass: clamd, by its command INSTREAM (man 8 clamd).

It fails closed: what the scanner does not call clean is refused, and so is everything while it is away.
"""

import contextlib
import re
import socket
from typing import Self

from django.conf import settings

from lexai.errors import DomainError, Unavailable

CONNECT_LIMIT_SECONDS = 5
SEND_LIMIT_SECONDS = 30
VERDICT_LIMIT_SECONDS = 120  # clamd's own limit of time for one file (MaxScanTime)
PING_LIMIT_SECONDS = 2
PIECE_BYTES = 262_144
REPLY_LIMIT_BYTES = 4_096
CLEAN, FOUND = "stream: OK", re.compile(r"stream: (.+) FOUND", re.DOTALL)
TOO_LARGE = re.compile(r"size limit exceeded|Heuristics\.Limits\.Exceeded")
UNPRINTABLE = re.compile(r"[^A-Za-z0-9._/-]")
SIGNATURE_CHARACTERS = 100


class ScannerUnavailable(Unavailable):
    """The virus scanner of this system cannot be reached. Nothing was stored; try again later."""


class Infected(DomainError):
    """The virus scanner found harmful software in this file. Nothing of it was stored; warn whoever sent it to you."""

    status = 422
    verb = "infection.found"

    def __init__(self, signature: str) -> None:
        """Name the scanner's signature, for the audit alone."""
        super().__init__()
        self.facts = {"signature": UNPRINTABLE.sub("_", signature)[:SIGNATURE_CHARACTERS]}


class TooLargeToScan(DomainError):
    """The file is larger than the virus scanner of this system looks at. Split it, or ask the administrator."""

    status = 413


class Scan:
    """One file on its way through the scanner: write its bytes, then ask for the verdict; close in any case."""

    def __init__(self) -> None:
        """Connect to the scanner; raise ScannerUnavailable."""
        self._line = _connected(CONNECT_LIMIT_SECONDS)
        try:
            self._send(b"zINSTREAM\0")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def write(self, content: bytes) -> None:
        """Let the scanner see the next bytes; raise ScannerUnavailable, or TooLargeToScan as it says so."""
        for start in range(0, len(content), PIECE_BYTES):
            piece = content[start : start + PIECE_BYTES]
            self._send(len(piece).to_bytes(4, "big") + piece)

    def demand_clean(self) -> None:
        """Wait for the verdict; raise Infected, TooLargeToScan or ScannerUnavailable unless the file is clean."""
        self._send(bytes(4))
        self._judge(_reply(self._line, VERDICT_LIMIT_SECONDS))

    def close(self) -> None:
        self._line.close()

    def _send(self, content: bytes) -> None:
        try:
            self._line.settimeout(SEND_LIMIT_SECONDS)
            self._line.sendall(content)
        except TimeoutError as error:
            raise ScannerUnavailable from error
        except OSError as error:
            # It hangs up on a file that is too large, and says so before.
            self._judge(_reply(self._line, CONNECT_LIMIT_SECONDS))
            raise ScannerUnavailable from error

    @staticmethod
    def _judge(reply: str) -> None:
        if reply == CLEAN:
            return
        if TOO_LARGE.search(reply):
            raise TooLargeToScan
        if found := FOUND.fullmatch(reply):
            raise Infected(found[1])
        raise ScannerUnavailable


def is_scanner_there() -> bool:
    """Say whether the scanner answers a ping; raise ScannerUnavailable when it cannot be reached."""
    with contextlib.closing(_connected(PING_LIMIT_SECONDS)) as line:
        try:
            line.sendall(b"zPING\0")
        except OSError as error:
            raise ScannerUnavailable from error
        return _reply(line, PING_LIMIT_SECONDS) == "PONG"


def _connected(seconds: float) -> socket.socket:
    address = settings.CLAMAV_ADDRESS
    try:
        if isinstance(address, tuple):
            return socket.create_connection(address, timeout=seconds)
        line = socket.socket(socket.AF_UNIX)
    except OSError as error:
        raise ScannerUnavailable from error
    try:
        line.settimeout(seconds)
        line.connect(str(address))
    except OSError as error:
        line.close()
        raise ScannerUnavailable from error
    return line


def _reply(line: socket.socket, seconds: float) -> str:
    """Return what the scanner says up to its NUL, or to where it hangs up."""
    said = b""
    try:
        line.settimeout(seconds)
        while b"\0" not in said and len(said) < REPLY_LIMIT_BYTES:
            heard = line.recv(REPLY_LIMIT_BYTES)
            if not heard:
                break
            said += heard
    except OSError as error:
        raise ScannerUnavailable from error
    return said.partition(b"\0")[0].decode(errors="replace")
