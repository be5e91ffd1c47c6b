"""The form of log lines: ids and places in the code, never what a client's paper or a person's entry said."""

import logging
import traceback
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PrivateFormatter(logging.Formatter):
    """Show where an error came from and of which kind, without its message: messages quote rows and entries."""

    def formatException(self, ei: Raised) -> str:  # noqa: N802 - the name is logging's
        """Return the frames and the types of the error and of its causes, the first cause first."""
        lines = []
        error = ei[1]
        while error is not None:
            constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
            named = f" ({constraint})" if constraint else ""
            frames = traceback.extract_tb(error.__traceback__)
            places = "".join(f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in frames)
            lines.append(f"{places}{type(error).__module__}.{type(error).__qualname__}{named}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nled to\n".join(reversed(lines))
