"""The suite runs on real servers: embedded ones of its own, or those that DATABASE_URL and REDIS_URL name."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import pytest
import requests
from psycopg.conninfo import make_conninfo

from lexai import embedded, processes

if os.environ.get("DJANGO_SETTINGS_MODULE"):
    raise pytest.UsageError(
        "Unset DJANGO_SETTINGS_MODULE: the suite chooses its servers before it loads the settings."
    )

# Each process of a parallel run has a database, a broker and a storage folder of its own.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CHECKOUT = Path(__file__).resolve().parent.parent

# What a parallel run's first process was given; the others inherit what it made of that.
GIVEN_HOME = os.environ.setdefault("GIVEN_LEXAI_HOME", str(embedded.home()))
GIVEN_REDIS_URL = os.environ.setdefault("GIVEN_REDIS_URL", os.environ.get("REDIS_URL", ""))
os.environ["LEXAI_HOME"] = f"{GIVEN_HOME}/tests"
os.environ["STORAGE_URL"] = (embedded.home() / f"documents-{WORKER}").as_uri()
os.environ["DJANGO_SETTINGS_MODULE"] = "lexai.settings"
os.environ.setdefault("SECRET_KEY", "for the tests alone, where nothing is worth a secret of its own")
if not (os.environ.get("DATABASE_URL") and GIVEN_REDIS_URL):
    SERVERS = embedded.hold(embedded.home())
address = urlsplit(GIVEN_REDIS_URL or f"unix://{embedded.redis_socket(embedded.home())}")
number = 2 * WORKER  # Valkey has 16 databases, which `make test` minds with --maxprocesses
own = {"query": f"db={number}"} if address.scheme == "unix" else {"path": f"/{number}"}
os.environ["REDIS_URL"] = address._replace(**own).geturl()
django.setup()

from django.conf import settings  # noqa: E402 - the settings read the addresses above
from django.core.cache import cache  # noqa: E402 - as above
from django.db import connection, connections  # noqa: E402 - as above
from whitenoise.middleware import WhiteNoiseMiddleware  # noqa: E402 - as above

from lexai import crowds  # noqa: E402 - as above
from lexai.api import streams  # noqa: E402 - as above
from lexai.celery import app  # noqa: E402 - as above
from lexai.encryption import keyring  # noqa: E402 - as above
from lexai.encryption.core.root import make_root  # noqa: E402 - as above
from lexai.operations import health, supervisor  # noqa: E402 - as above
from tests import factories  # noqa: E402 - as above

del os.environ["DJANGO_SETTINGS_MODULE"]  # pytest-django would load it in a parallel process before this file
settings.PASSWORD_HASHERS = ["tests.hashers.QuickBCryptHasher"]


DATABASE_FIXTURES = {"db", "transactional_db"}


def pytest_collection_modifyitems(items):
    """Give every test that has the database the key store too: there is no row without a key."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            given = {**(marker.kwargs if marker else {}), "databases": ["default", "keys"]}
            item.add_marker(pytest.mark.django_db(**given), append=False)


@pytest.fixture(scope="session", autouse=True)
def root_key():
    """Give the suite a root key, as every start of the product does."""
    make_root(settings.ROOT_KEY_FILE)


@pytest.fixture(scope="session", autouse=True)
def static_files():
    """Let WhiteNoise look through the static files once: it would anew for the first request of each client."""
    files = WhiteNoiseMiddleware(lambda _request: None).files
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", lambda self: self.files.update(files))
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let Django's flush truncate the audit; test_audit builds the trigger again and proves it."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS audit_events_untruncated ON audit_events")


@pytest.fixture(autouse=True)
def empty_storage():
    """Start every test with an empty storage folder."""
    shutil.rmtree(settings.STORAGES["default"]["OPTIONS"]["location"], ignore_errors=True)


@pytest.fixture(autouse=True)
def empty_counters():
    """Start every test with no request counted: all tests come from one address."""
    cache.clear()
    for crowd in (crowds.requests, streams._of_users, streams._of_all):
        crowd.inside.clear()  # tests leave streams unread


@pytest.fixture(autouse=True)
def no_keys_held():
    """Start every test with no key in memory: the store of the last one is gone."""
    keyring.forget_keys()


@pytest.fixture
def cast(db):
    """Ana leads the case, Ben works on it, Cleo must never see it, Dora runs the back office, Emil is elsewhere."""
    return factories.cast()


def environment() -> dict[str, str]:
    """Return the environment in which a process of the product uses this test's database, broker and storage."""
    database = connection.settings_dict
    names = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT", "dbname": "NAME"}
    address = {name: database[key] for name, key in names.items() if database[key]}
    return {
        **os.environ,
        "DATABASE_URL": make_conninfo(**address),
        "KEYS_DATABASE_URL": f"sqlite://{connections['keys'].settings_dict['NAME']}",
        "SECRET_KEY": settings.SECRET_KEY,
        "LEASE_SECONDS": "3",
        "DISPATCH_SECONDS": "1",
    }


@pytest.fixture
def worker(transactional_db):
    """Give a test a real worker and an empty queue; it ends with the test, lest it reads the papers of others."""
    app.control.purge()
    with _running(supervisor.worker(), health.is_worker_there) as process:
        yield process


@pytest.fixture
def answers(transactional_db):
    """Give a test the real worker that answers questions."""
    name = f"answers@{socket.gethostname()}"
    with _running(supervisor.answers(), lambda: app.control.ping(destination=[name])) as process:
        yield process


@pytest.fixture
def web(transactional_db):
    """Give a test the real web server; return its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with _running(supervisor.web("127.0.0.1", port), lambda: _is_healthy(address)):
        yield address


@contextmanager
def _running(child: supervisor.Child, is_there: Callable[[], Any]) -> Iterator[subprocess.Popen[bytes]]:
    process = processes.spawn(child.command, cwd=CHECKOUT, env=environment())
    try:
        _await(process, is_there)
        yield process
    finally:
        processes.stop(process, signal.SIGTERM, 10)


def _is_healthy(address: str) -> bool:
    try:
        return requests.get(f"{address}/healthz", timeout=5).ok
    except OSError:
        return False


def _await(process: subprocess.Popen[bytes], is_there: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not is_there():
        assert process.poll() is None, f"the process ended with {process.returncode}"
        assert time.monotonic() < deadline, "the process did not answer within 30 seconds"
        time.sleep(0.05)


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` as a person would, on this test's database."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env={**environment(), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
