"""Reading and writing JSON."""

import json
from collections.abc import Iterable
from typing import Any, NoReturn

import orjson
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from lexai.errors import is_storable

JSON_LIMIT_BYTES = 1024 * 1024
JSON_DEPTH = 32


class TooLarge(APIException):
    """The body is larger than 1 MB. Send less at once."""

    status_code = 413
    default_detail = " ".join((__doc__ or "").split())


class JSONParser(BaseParser):
    """Read a JSON body strictly: bounded in bytes and depth, keys once each, numbers finite, text storable."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the parsed body; raise TooLarge, ParseError, or ValidationError naming the field."""
        body = stream.read(JSON_LIMIT_BYTES + 1)
        if len(body) > JSON_LIMIT_BYTES:
            raise TooLarge
        try:
            parsed = json.loads(body, object_pairs_hook=_unique, parse_constant=_not_finite)
        except (ValueError, RecursionError) as error:
            raise ParseError("The body is not valid JSON.") from error
        _demand_text(parsed, "body", JSON_DEPTH)
        return parsed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ParseError("The body names a field twice.")
    return found


def _not_finite(constant: str) -> NoReturn:
    raise ParseError(f"{constant} is no number of JSON.")


def _demand_text(value: Any, field: str, depth: int) -> None:
    """Raise ValidationError naming the field that holds what is not text, or is nested too deeply."""
    if not depth:
        raise ValidationError({field: f"It is nested more than {JSON_DEPTH} levels deep."})
    if isinstance(value, str) and not is_storable(value):
        raise ValidationError({field: "It holds characters that are not text. Remove them."})
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for name, one in inner:
        if not is_storable(str(name)):
            raise ValidationError({field: "The name of a field holds characters that are not text."})
        _demand_text(one, str(name) if field == "body" else f"{field}.{name}", depth - 1)


class JSONRenderer(BaseRenderer):
    """Write JSON in UTF-8; moments in UTC as RFC 3339."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)
