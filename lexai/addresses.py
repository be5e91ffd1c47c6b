"""The addresses that an administrator sets, turned into what Django and Celery want."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

BUCKET_SENTENCE = "STORAGE_URL must be file:///folder or s3://KEY:SECRET@host/bucket."
CLAMD_PORT = 3310
SCANNER_SENTENCE = "CLAMAV_URL must be tcp://host:3310 or unix:///path/of/the/socket."
EMAIL_SENTENCE = "EMAIL_URL must be smtp://user:password@host:587?tls=1 or smtps://user:password@host:465."


def database(url: str, *, password: str = "", pool_size: int) -> dict[str, Any]:
    """Return Django's settings for a libpq address, with a connection pool; raise ImproperlyConfigured.

    `password` is that of an address without one, so that a file can hold it alone.
    The pool needs CONN_MAX_AGE=0, and bare `True` would mean four connections a process.
    """
    try:
        address = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL must be postgresql://user:password@host:port/name."
        ) from error
    address.setdefault("password", password)
    known = {name.upper(): address.pop(name, "") for name in ("user", "password", "host", "port")}
    pool = {"min_size": min(2, pool_size), "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.pop("dbname", "lexai"),
        **known,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": pool, "server_side_binding": True, **address},
    }


def key_store(url: str) -> dict[str, Any]:
    """Return Django's settings for the database of the keys; raise ImproperlyConfigured.

    `sqlite:///folder/file`, where what is deleted is overwritten, or a libpq address as for `database`. SQLite
    opens the file and makes none (`mode=rw`, sqlite.org/uri.html): an empty one would hide that it is lost.
    """
    parts = urlsplit(url)
    if parts.scheme != "sqlite":
        return database(url, pool_size=2)
    path = unquote(parts.path)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"file:{quote(path)}?mode=rw",
        "OPTIONS": {
            "timeout": 10,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA secure_delete=ON; PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;",
        },
        "TEST": {"NAME": f"{path}.test"},
    }


def sqlite_file(name: str) -> Path:
    """Return the file of a database in SQLite from its NAME, which is a path or `file:path?mode=rw`."""
    return Path(unquote(urlsplit(name).path)) if name.startswith("file:") else Path(name)


def broker(url: str) -> str:
    """Return the address of the broker in Celery's spelling; raise ImproperlyConfigured."""
    parts, number = _redis(url)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host={number}"
    return parts._replace(path=f"/{number}", query=_verified(parts)).geturl()


def cache(url: str) -> str:
    """Return the address of the cache, in the database after the broker's; raise ImproperlyConfigured."""
    parts, number = _redis(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number + 1}"
    return parts._replace(path=f"/{number + 1}", query=_verified(parts)).geturl()


def _redis(url: str) -> tuple[SplitResult, int]:
    """Split an address and find the number of its database."""
    parts = urlsplit(url)
    in_path = parts.path.strip("/") if parts.scheme != "unix" else ""
    number = in_path or parse_qs(parts.query).get("db", ["0"])[0]
    if parts.scheme not in {"redis", "rediss", "unix"} or not number.isdecimal():
        raise ImproperlyConfigured(
            "REDIS_URL must be redis://host:6379/0, rediss://... or unix:///path?db=0."
        )
    return parts, int(number)


def _verified(parts: SplitResult) -> str:
    """Return the query; over TLS it demands a certificate unless it says otherwise."""
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "db"]
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in dict(query):
        query.append(("ssl_cert_reqs", "required"))
    return urlencode(query)


def storage(url: str) -> dict[str, Any]:
    """Return Django's settings for the place of the documents' files; raise ImproperlyConfigured.

    `file:///folder`, or `s3://KEY:SECRET@host:port/bucket?region=NAME&tls=0`; without a host it is AWS.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return {"BACKEND": "documents.storage.FolderStorage", "OPTIONS": {"location": unquote(parts.path)}}
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not bucket or "/" in bucket:
        raise ImproperlyConfigured(BUCKET_SENTENCE)
    options = parse_qs(parts.query)
    host = parts.netloc.rpartition("@")[2]
    scheme = "http" if options.get("tls") == ["0"] else "https"
    return {
        "BACKEND": "documents.storage.BucketStorage",
        "OPTIONS": {
            "bucket_name": bucket,
            "access_key": unquote(parts.username or "") or None,
            "secret_key": unquote(parts.password or "") or None,
            "endpoint_url": f"{scheme}://{host}" if host else None,
            "region_name": options.get("region", ["us-east-1"])[0],
        },
    }


def email(url: str) -> dict[str, Any]:
    """Return Django's settings for the mail server, or for a folder without one; raise ImproperlyConfigured."""
    if not url:
        return {"EMAIL_BACKEND": "accounts.mail.FolderBackend"}
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(EMAIL_SENTENCE) from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(EMAIL_SENTENCE)
    is_upgraded = parse_qs(parts.query).get("tls") == ["1"]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if parts.scheme == "smtps" else 587 if is_upgraded else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": is_upgraded and parts.scheme == "smtp",
    }


def scanner(url: str) -> str | tuple[str, int] | None:
    """Return where a virus scanner listens: a path, a host with its port, or None; raise ImproperlyConfigured."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
        return unquote(parts.path)
    try:
        port = parts.port or CLAMD_PORT
    except ValueError as error:
        raise ImproperlyConfigured(SCANNER_SENTENCE) from error
    if parts.scheme != "tcp" or not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(SCANNER_SENTENCE)
    return parts.hostname, port
