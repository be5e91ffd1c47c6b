"""A reader of server-sent events, as a browser or a program would be one."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.services import create_token

PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Told:
    """One event as it came."""

    id: str
    name: str
    payload: dict[str, Any]


def parsed(lines: Iterable[str]) -> Iterator[Told]:
    """Yield the events of a stream, line by line, as the standard says."""
    fields: dict[str, str] = {}
    for line in lines:
        if not line and "data" in fields:
            yield Told(fields.get("id", ""), fields["event"], json.loads(fields["data"]))
        if not line:
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value


def opened(address: str, message_id: int, *, last_event_id: str = "", **given: Any) -> requests.Response:
    """Open the stream of an answer; `given` are headers or cookies."""
    headers = {"Accept": "text/event-stream", **given.pop("headers", {})}
    if last_event_id:
        headers["Last-Event-ID"] = last_event_id
    url = f"{address}/api/v1/conversations/{message_id}/events/"
    return requests.get(url, headers=headers, stream=True, timeout=PATIENCE_SECONDS, **given)


def told(response: requests.Response) -> Iterator[Told]:
    """Yield the events as they come."""
    return parsed(line.decode() for line in response.iter_lines(chunk_size=1))


def token(user: User, scope: str = "full") -> tuple[ApiToken, dict[str, str]]:
    """Return a token of the user, and the header that shows it."""
    made = ApiToken(name="a program", scope=scope, expires_at=timezone.now() + timedelta(days=1))
    made, secret = create_token(made, by=user)
    return made, {"Authorization": f"Bearer {secret}"}
