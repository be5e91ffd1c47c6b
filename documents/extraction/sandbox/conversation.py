"""What is asked about one document, and of which child: the one that dies over it is followed by another."""

import re
import signal
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, BinaryIO, NoReturn, Self

from documents.extraction import kinds
from documents.extraction.refusals import BY_NAME, Damaged, Empty, OverLimits, TooComplex
from documents.extraction.sandbox import frames, pool
from documents.extraction.sandbox.clock import Clock
from documents.extraction.sandbox.frames import BadFrame, Kind
from documents.extraction.sandbox.process import Child, ChildFailed, Ended, Heart, Silent

_FAULT_FIELDS = 3
_NAME_LIMIT = 60

Taker = Callable[[Kind, bytes], bool]


class Lost(Exception):
    """The child did not survive the question; `refusal` says what that means for the document."""

    def __init__(self, refusal: Damaged | OverLimits | TooComplex) -> None:
        super().__init__()
        self.refusal = refusal


class Conversation:
    """Questions about the document in a stream, which is sent to a child once; use it in a `with` block."""

    def __init__(self, stream: BinaryIO, *, clock: Clock, heart: Heart, memory_mb: int) -> None:
        self._stream, self._clock, self._heart, self._memory_mb = stream, clock, heart, memory_mb
        self._child: Child | None = None
        self._has_been_read = False
        self.is_about_a_pdf = False

    def __enter__(self) -> Self:
        """Wait for the first question."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let the child forget the document."""
        child, self._child = self._child, None
        if child:
            pool.give_back(child, heart=self._heart)

    def ask(self, kind: Kind, question: dict[str, Any], take: Taker) -> None:
        """Ask about the document, and hand each frame of the answer to `take` until it returns True.

        Raise the Refusal that the child names, Lost when there is no child any more, ChildFailed for a fault of
        ours, and what the stream, the heart and `take` raise, which ends the child too; BadFrame counts as Lost.
        """
        request = frames.written(question | {"seconds": self._clock.seconds})
        try:
            with self._clock.standing():
                child = self._child or self._introduced()
            child.send(kind, request, deadline=self._clock.deadline, heart=self._heart)
            while not self._is_last(*self._next(child), take):
                pass
        except BadFrame:
            self._lose(Damaged())
        except Silent:
            self._lose(TooComplex())
        except Ended:
            self._mourn()
        except BaseException as error:
            if type(error) not in BY_NAME.values():
                self._end()
            raise

    def _introduced(self) -> Child:
        """Return a child that knows the document."""
        if self._has_been_read:
            self._stream.seek(0)
        piece = self._stream.read(frames.LIMIT_BYTES)
        if not piece:
            raise Empty
        self.is_about_a_pdf = kinds.is_pdf(piece)
        self._child = child = pool.take(memory_mb=self._memory_mb, heart=self._heart)
        self._has_been_read = True
        while piece:
            deadline = time.monotonic() + self._clock.seconds
            child.send(Kind.CONTENT, piece, deadline=deadline, heart=self._heart)
            self._heart.beat_if_due()
            piece = self._stream.read(frames.LIMIT_BYTES)
        return child

    def _next(self, child: Child) -> tuple[Kind, bytes]:
        return child.receive(deadline=self._clock.deadline, heart=self._heart)

    def _is_last(self, kind: Kind, payload: bytes, take: Taker) -> bool:
        if kind is Kind.REFUSED:
            raise _refusal(payload)
        if kind is Kind.FAILED:
            raise ChildFailed(_fault(frames.understood(payload)))
        return take(kind, payload)

    def _mourn(self) -> NoReturn:
        """Say why the child has ended."""
        child, self._child = self._child, None
        code = child.exit_code() if child else 0
        if code == frames.FILLED:
            raise Lost(OverLimits())
        if code >= 0:
            raise ChildFailed(f"The reading process ended with exit code {code}.")
        if (
            code == -signal.SIGKILL
        ):  # by the system, which was short of memory, or by a person: not by the document
            raise ChildFailed("The reading process was killed.")
        raise Lost(TooComplex() if code == -signal.SIGXCPU else Damaged())

    def _lose(self, refusal: Damaged | OverLimits | TooComplex) -> NoReturn:
        self._end()
        # What led here holds what the child has said so far, and is not to be shown with it.
        raise Lost(refusal) from None

    def _end(self) -> None:
        child, self._child = self._child, None
        if child:
            child.end()


def _refusal(payload: bytes) -> Exception:
    refusal = BY_NAME.get(payload.decode(errors="replace"))
    return refusal() if refusal else BadFrame()


def _fault(said: Any) -> str:
    """Return what may be told of an error of ours: its type and its place, if that is what they are."""
    if isinstance(said, list) and len(said) == _FAULT_FIELDS and all(_is_name(str(word)) for word in said):
        return "The reading process failed: {} at {}:{}.".format(*said)
    return "The reading process failed."


def _is_name(word: str) -> bool:
    return len(word) <= _NAME_LIMIT and re.fullmatch(r"[A-Za-z0-9_.<>]+", word) is not None
