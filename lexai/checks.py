"""System checks: what this machine and these settings must have."""

import ipaddress
import sqlite3
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from django.core.checks import CheckMessage, Error, Info, register
from django.core.checks import Warning as Caution
from django.http.request import validate_host
from django.utils.module_loading import import_string

from documents.extraction.sandbox import confinement
from lexai import addresses


@register()
def check_full_text_search(**_options: Any) -> list[CheckMessage]:
    """Demand a SQLite with FTS5: the search index of every client is one."""
    with sqlite3.connect(":memory:") as memory:
        has_fts5 = memory.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0]
    if has_fts5:
        return []
    return [
        Error(
            "This Python's SQLite was built without FTS5.",
            hint="Use a Python whose sqlite3 module has it, such as your system's own.",
            id="lexai.E001",
        )
    ]


@register()
def check_transport(**_options: Any) -> list[CheckMessage]:
    """Demand TLS for everything but this machine itself, and settings that agree about the public address."""
    return [*_faults_with_tls()] if settings.LEXAI_TLS else [*_faults_without_tls()]


def _faults_without_tls() -> Iterator[Error]:
    for host in (*settings.ALLOWED_HOSTS, _public_host()):
        if not is_loopback(host):
            yield Error(
                f"{host or 'PUBLIC_URL'} can be reached from other machines, and LEXAI_TLS is off.",
                hint="Put a proxy that ends TLS in front and set LEXAI_TLS=1, or name loopback hosts only in "
                "ALLOWED_HOSTS and PUBLIC_URL.",
                id="lexai.E002",
            )


def _faults_with_tls() -> Iterator[Error]:
    if urlsplit(settings.PUBLIC_URL).scheme != "https" or not _public_host():
        yield Error(
            f"LEXAI_TLS is on, and PUBLIC_URL is {settings.PUBLIC_URL}.",
            hint="Set PUBLIC_URL to the address that people type, such as https://lexai.example.",
            id="lexai.E003",
        )
    elif not validate_host(_public_host(), settings.ALLOWED_HOSTS):
        yield Error(
            f"ALLOWED_HOSTS does not name {_public_host()}, the host of PUBLIC_URL.",
            hint="Name it in ALLOWED_HOSTS.",
            id="lexai.E004",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS lets every host in.", hint="Name the hosts that people type.", id="lexai.E005"
        )
    if not settings.PROXY_COUNT:
        yield Error(
            "LEXAI_TLS is on, and PROXY_COUNT says that no proxy stands in front.",
            hint="LexAI's own server speaks no TLS. Set PROXY_COUNT to the number of your proxies.",
            id="lexai.E006",
        )


@register()
def check_debug(**_options: Any) -> list[CheckMessage]:
    """Refuse to show settings and rows on error pages that others can see."""
    if not settings.DEBUG or all(map(is_loopback, settings.ALLOWED_HOSTS)):
        return []
    return [
        Error(
            "DEBUG is on where other machines can see its pages.",
            hint="Remove DEBUG=1, or name loopback hosts only in ALLOWED_HOSTS.",
            id="lexai.E007",
        )
    ]


@register()
def check_cache(**_options: Any) -> list[CheckMessage]:
    """Demand the one cache in which a limit is counted once for all processes."""
    if issubclass(import_string(str(settings.CACHES["default"]["BACKEND"])), RedisCache):
        return []
    return [
        Error(
            "The cache is not kept in Valkey: every process would count the limits for itself.",
            hint="Leave CACHES to REDIS_URL.",
            id="lexai.E008",
        )
    ]


@register()
def check_mail(**_options: Any) -> list[CheckMessage]:
    """Demand a mail server of an installation that serves others: without one nobody can be invited."""
    has_mail = addresses.email("")["EMAIL_BACKEND"] != settings.EMAIL_BACKEND
    if has_mail or settings.IS_EMBEDDED or not settings.LEXAI_TLS:
        return []
    return [
        Error(
            "There is no mail server: invitations and links for lost passwords reach nobody.",
            hint="Set EMAIL_URL, such as smtp://user:password@mail.example:587?tls=1.",
            id="lexai.E009",
        )
    ]


@register()
def check_confinement(**_options: Any) -> list[CheckMessage]:
    """Tell what keeps a hostile document from the keys and the database, and is not on this machine."""
    return unconfined(confinement.missing())


def unconfined(missing: list[str]) -> list[CheckMessage]:
    """Return what is to be said of a machine that lacks these protections."""
    found: list[CheckMessage] = []
    if confinement.LANDLOCK in missing:
        found.append(
            Caution(
                "This machine has no Landlock: a document that takes over its reader could read the files of the user "
                "who runs LexAI, the root key among them, and change them.",
                hint="Run LexAI on Linux 5.13 or newer, with landlock in the list of /sys/kernel/security/lsm.",
                id="lexai.W001",
            )
        )
    if confinement.FILTER in missing:
        found.append(
            Caution(
                "This machine has no filter of system calls: a document that takes over its reader could connect to "
                "the database and to other servers.",
                hint="Run LexAI on Linux with seccomp, on x86_64 or aarch64.",
                id="lexai.W002",
            )
        )
    if confinement.SCOPES in missing:
        found.append(
            Info(
                "The Landlock of this machine does not know signals: a document that takes over its reader could stop "
                "other processes of the user who runs LexAI.",
                hint="Run LexAI on Linux 6.12 or newer.",
                id="lexai.I001",
            )
        )
    return found


def is_loopback(host: str) -> bool:
    """Say whether a host of ALLOWED_HOSTS names this machine; a wildcard names others too."""
    name = host.strip("[]")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower().rstrip(".") == "localhost"


def _public_host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or ""
