"""The addresses that an administrator sets, turned into what Django and Celery want."""

from typing import Any
from urllib.parse import SplitResult, parse_qs, parse_qsl, unquote, urlencode, urlsplit

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

BUCKET_SENTENCE = "STORAGE_URL must be file:///folder or s3://KEY:SECRET@host/bucket."


def database(url: str, *, pool_size: int) -> dict[str, Any]:
    """Return Django's settings for a libpq address, with a connection pool; raise ImproperlyConfigured.

    The pool needs CONN_MAX_AGE=0, and bare `True` would mean four connections a process.
    """
    try:
        address = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL must be postgresql://user:password@host:port/name."
        ) from error
    known = {name.upper(): address.pop(name, "") for name in ("user", "password", "host", "port")}
    pool = {"min_size": min(2, pool_size), "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.pop("dbname", "lexai"),
        **known,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": pool, "server_side_binding": True, **address},
    }


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
