"""Reading and writing JSON."""

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

import orjson
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.metadata import BaseMetadata
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import BaseRenderer

from lexai.characters import is_storable
from lexai.errors import sentence_of

JSON_LIMIT_BYTES = 1024 * 1024
JSON_DEPTH = 32
DIGITS_QUOTED = 20
UNREADABLE_FORM = "The form cannot be read. Send it as multipart/form-data, with its boundary."
Place = tuple[Any, Any] | None  # the place around it, and its own name


class TooLarge(APIException):
    """The body is larger than 1 MB. Send less at once."""

    status_code = 413
    default_detail = sentence_of(__doc__)


class JSONParser(BaseParser):
    """Read a JSON body strictly: bounded in bytes and depth, keys once each, numbers finite, text storable."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the parsed body; raise TooLarge, ParseError, or ValidationError naming the field."""
        body = stream.read(JSON_LIMIT_BYTES + 1)
        if len(body) > JSON_LIMIT_BYTES:
            raise TooLarge
        try:
            text = (
                body.decode()
            )  # given bytes, `json` would guess among codes and let half characters through
            parsed = json.loads(
                text, object_pairs_hook=_unique, parse_constant=_not_finite, parse_float=_finite
            )
        except (ValueError, RecursionError) as error:
            raise ParseError("The body is not valid JSON.") from error
        _demand_text(parsed, None, JSON_DEPTH)
        return parsed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ParseError("The body names a field twice.")
    return found


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _not_finite(digits)


def _not_finite(constant: str) -> NoReturn:
    raise ParseError(f"{constant[:DIGITS_QUOTED]} is no number that can be read.")


def _demand_text(value: Any, place: Place, depth: int) -> None:
    """Raise ValidationError naming the field that holds what is not text, or is nested too deeply.

    A place is a chain of names, joined when one is at fault only: joined at each step they would cost minutes.
    """
    if not depth:
        raise ValidationError({_named(place): f"It is nested more than {JSON_DEPTH} levels deep."})
    if isinstance(value, str) and not is_storable(value):
        raise ValidationError({_named(place): "It holds characters that are not text. Remove them."})
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for name, one in inner:
        if isinstance(name, str) and not is_storable(name):
            raise ValidationError(
                {_named(place): "The name of a field in it holds characters that are not text."}
            )
        _demand_text(one, (place, name), depth - 1)


def _named(place: Place) -> str:
    names: list[str] = []
    while place is not None:
        place, name = place
        names.append(str(name))
    return ".".join(reversed(names)) or "body"


class FormParser(MultiPartParser):
    """Read a form with files; where they go, the upload handler knows."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return fields and files; raise ParseError for what is no such form."""
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as error:
            raise ParseError(UNREADABLE_FORM) from error


class MethodsOnly(BaseMetadata):
    """Answer OPTIONS with the header Allow alone: the shapes stand in the schema."""

    def determine_metadata(self, request: Any, view: Any) -> None:
        """Return nothing, so that the body is empty."""


class JSONRenderer(BaseRenderer):
    """Write JSON in UTF-8; moments in UTC as RFC 3339."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)
