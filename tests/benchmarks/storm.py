"""200 people sign in at the same moment while others work: who is turned away, and who has to wait."""

import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

import requests
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.utils import timezone

from accounts.models import ApiToken, Firm, User
from accounts.services import create_firm, create_token
from clients.models import Client
from clients.services import open_client
from lexai import processes
from lexai.system import SYSTEM

PEOPLE, CLIENTS = 200, 60
EVERY_SECONDS, GOAL_SECONDS = 0.1, 2.0
LIMIT_SECONDS = 120
NO_ANSWER = 0
PASSWORD = secrets.token_urlsafe()


@dataclass(frozen=True)
class Answer:
    """What a request got: its status, whether it says when to come again, and how long that took."""

    status: int
    says_when: bool
    seconds: float

    @property
    def is_failure(self) -> bool:
        """Say whether this is neither a sign-in nor a refusal that says when to come again."""
        return self.status != 200 and not (self.status in {429, 503} and self.says_when)


def measure() -> None:
    """Let all sign in at once at a real server, and print who was answered how."""
    call_command("migrate", verbosity=0)
    secret = _fill()
    with serving() as root, ThreadPoolExecutor(PEOPLE) as people:
        browsers = list(people.map(lambda number: Browser(root, number), range(PEOPLE)))
        is_over, others = threading.Event(), list[Answer]()
        work = threading.Thread(target=_work, args=(root, secret, is_over, others))
        work.start()
        started = time.monotonic()
        answers = list(people.map(Browser.sign_in, browsers))
        seconds = time.monotonic() - started
        is_over.set()
        work.join()
    _report(answers, others, seconds)


class Browser(requests.Session):
    """A browser of one person at an address of their own, with the sign-in page open."""

    together = threading.Barrier(PEOPLE)

    def __init__(self, root: str, number: int) -> None:
        super().__init__()
        self.root, self.email = root, _email(number)
        self.headers["Connection"] = "close"  # the server ends a line that has been quiet for two seconds
        self.headers["X-Forwarded-For"] = f"198.18.0.{number}"  # as a proxy in front would write it
        answer = self.get(f"{root}auth/csrf/", timeout=LIMIT_SECONDS)
        self.headers["X-CSRFToken"] = answer.json()["csrf_token"]

    def sign_in(self) -> Answer:
        credentials = {"email": self.email, "password": PASSWORD}
        self.together.wait()
        return _timed(lambda: self.post(f"{self.root}auth/login/", json=credentials, timeout=LIMIT_SECONDS))


def _work(root: str, secret: str, is_over: threading.Event, answers: list[Answer]) -> None:
    """List the clients again and again until all have signed in."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {secret}"
        while not is_over.wait(EVERY_SECONDS):
            answers.append(_timed(lambda: session.get(f"{root}clients/", timeout=LIMIT_SECONDS)))


def _timed(send: Callable[[], requests.Response]) -> Answer:
    started = time.monotonic()
    try:
        answer = send()
    except requests.RequestException:
        return Answer(NO_ANSWER, says_when=False, seconds=time.monotonic() - started)
    return Answer(answer.status_code, "Retry-After" in answer.headers, time.monotonic() - started)


def _fill() -> str:
    """Make a firm with its clients and many people of one password; return the secret of a token."""
    person = User(email="storm@x.example", first_name="St", last_name="Orm")
    firm, _password = create_firm(Firm(name="Storm"), person, by=SYSTEM)
    for number in range(CLIENTS):
        open_client(Client(firm=firm, name=f"Client {number}"), by=person)
    known = {"firm": firm, "password": make_password(PASSWORD), "password_updated_at": timezone.now()}
    User.objects.bulk_create(User(email=_email(number), **known) for number in range(PEOPLE))
    expires_at = timezone.now() + timedelta(days=1)
    return create_token(ApiToken(name="storm", expires_at=expires_at), by=person)[1]


def _email(number: int) -> str:
    return f"person-{number}@x.example"


@contextmanager
def serving() -> Iterator[str]:
    """Run the product behind one proxy, in theory; yield the API's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = settings.LEXAI_HOME / "logs" / "storm.log"
    with log.open("ab") as output:
        command = [sys.executable, "manage.py", "run", "--port", str(port)]
        environment = {**os.environ, "PROXY_COUNT": "1"}
        server = processes.spawn(
            command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output
        )
        try:
            _await(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}/api/v1/"
        finally:
            processes.stop(server, signal.SIGTERM, 30)


def _await(address: str) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        with suppress(requests.ConnectionError):
            if requests.get(address, timeout=LIMIT_SECONDS).ok:
                return
        time.sleep(EVERY_SECONDS)
    raise TimeoutError(address)


def _report(answers: list[Answer], others: list[Answer], seconds: float) -> None:
    statuses = ", ".join(
        f"{count} x {status}" for status, count in Counter(a.status for a in answers).items()
    )
    failures = sum(answer.is_failure for answer in [*answers, *others])
    took = [answer.seconds for answer in others]
    print(
        f"c. {PEOPLE} sign-ins at once, each from an address of its own: {statuses}, answered in {seconds:.1f} s;"
        f" {failures} failures, the goal is 0\n"
        f"   others meanwhile: {len(took)} lists of clients, 95 % within {quantiles(took, n=20)[-1]:.2f} s, the"
        f" slowest {max(took):.2f} s; the goal is less than {GOAL_SECONDS:.0f} s"
    )
