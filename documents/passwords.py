"""Passwords of protected papers on their way to the reader: sealed, for minutes, and taken out once."""

from contextlib import suppress
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from documents.models import Document
from lexai.encryption import keyring
from lexai.encryption.core import values
from lexai.encryption.core.errors import TamperError
from lexai.encryption.core.keys import Purpose
from lexai.errors import Unavailable

KEPT_SECONDS = 600
PASSWORD_CHARACTERS_MOST = 1000
_cache: Any = cache  # ours has more methods than Django's


def lay_ready(document: Document, password: str) -> None:
    """Keep a password for the next attempt to read a document, in place of any other; an empty one is none.

    Raises Unavailable, KeyErased, KeysUnavailable.
    """
    try:
        if password:
            _cache.lay(_key(document), _sealed(document, password), KEPT_SECONDS)
        else:
            _cache.take(_key(document))
    except RedisError as error:
        raise Unavailable from error


def _sealed(document: Document, password: str) -> bytes:
    version, cipher = keyring.sealing_cipher(document.client_id, Purpose.FIELD)
    content = values.padded(password.encode())
    return values.seal(cipher, version, content, _context(document, document.attempts + 1))


def taken(document: Document) -> bytes | None:
    """Return the password for the next attempt as it was sealed, None where there is none, and keep it no longer."""
    try:
        sealed: bytes | None = _cache.take(_key(document))
    except RedisError:
        return None
    return sealed


def lay_again(document: Document, sealed: bytes | None) -> None:
    """Keep a password for ten minutes more, whose attempt does not count; where it cannot be kept it is lost."""
    if sealed:
        with suppress(RedisError):
            _cache.lay(_key(document), sealed, KEPT_SECONDS)


def opened(document: Document, sealed: bytes | None) -> str:
    """Return a password that was taken for this attempt, "" where there is none.

    Raises KeyErased, KeysUnavailable.
    """
    if not sealed:
        return ""
    try:
        version = values.key_version(sealed)
        cipher = keyring.opening_cipher(document.client_id, Purpose.FIELD, version)
        return values.unpadded(values.unseal(cipher, sealed, _context(document, document.attempts))).decode()
    except TamperError:  # changed in the cache, or meant for another attempt
        return ""


def _key(document: Document) -> str:
    return f"password-{document.pk}"


def _context(document: Document, attempt: int) -> bytes:
    return f"password|{document.pk}|{document.client_id}|{attempt}".encode()
