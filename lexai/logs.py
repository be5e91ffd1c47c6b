"""The form of log lines: ids and places in the code, never what a client's paper or a person's entry said."""

import logging
import traceback
from http import HTTPStatus
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class RouteFilter(logging.Filter):
    """Name a request by its route: its address may hold the secret of a link, and words that were searched for."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "(no route)"
            record.args = tuple(route if one == path else one for one in record.args)
        return True


class RefusalFilter(logging.Filter):
    """Drop refusals for lack of room: strangers cause them at will, and nothing failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != HTTPStatus.SERVICE_UNAVAILABLE


class AddressFilter(logging.Filter):
    """Cut method and address from what the web server says of a request that failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith("Error handling request"):
            record.msg, record.args = "Error handling request", ()
        return True


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
