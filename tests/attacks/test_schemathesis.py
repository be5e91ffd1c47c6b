"""S31: whatever the API's description allows or forbids is sent to it, by three roles; nothing fails, nothing lies.

SCHEMATHESIS_EXAMPLES raises the number of examples for each operation (default 5) for a longer hunt.
"""

import contextlib
import os
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis.errors import FlakyStrategyDefinition, HypothesisException
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test

from lexai.wsgi import application
from tests.access import routes
from tests.access import world as worlds

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "5"))
ROLES = {
    "administrator with a full token": ("administrator", "token"),
    "user with a full token": ("member", "token"),
    "user with a read-only token": ("read-only token", "token"),
}
# what stands in the path, taken from rows that this firm has
REAL = {
    "client_id": ["client"],
    "user_id": ["user"],
    "clients": ["client"],
    "documents": ["document", "spare"],
    "conversations": ["answer", "message"],
    "users": ["user"],
    "tokens": ["token"],
}
ACCEPTED = ["2xx", 401, 403, 404, 409, 412, 429]
CHECKS = {
    "not_a_server_error": {"enabled": True},
    "status_code_conformance": {"enabled": True},
    "content_type_conformance": {"enabled": True},
    "response_headers_conformance": {"enabled": True},
    "response_schema_conformance": {"enabled": True},
    # any refusal will do: 411 to headers that lie about a length, 412 to an If-Match that is no version of ours
    "negative_data_rejection": {"expected-statuses": ["4xx"]},
    "positive_data_acceptance": {"expected-statuses": ACCEPTED},
    "missing_required_header": {"enabled": True},
    "unsupported_method": {"enabled": True},
    "allow_header_conformance": {"enabled": True},
    "use_after_free": {"enabled": True},
    "ensure_resource_availability": {"enabled": True},
    # left out: it sends requests of its own, outside the savepoint; the access matrix tries every door without a
    # token, and with a wrong one
    "ignored_auth": {"enabled": False},
}

# where the description cannot say all that a request must be
EXCEPTIONS = [
    # whom an address names is known to the firm alone, whether it is taken to the table of users, and which
    # password is the right one to its holder; a cursor is one that was given out; which documents a client has is
    # known to the client; JSON Schema has no bounds for moments, and OpenAPI none for files, which may not be empty
    {
        "include-path": [
            "/api/v1/clients/{client_id}/conversations/",
            "/api/v1/clients/{client_id}/documents/",
            "/api/v1/clients/{client_id}/members/",
            "/api/v1/clients/{id}/restrict/",
            "/api/v1/search/",
            "/api/v1/users/",
            "/api/v1/users/{id}/",
            "/api/v1/auth/login/",
            "/api/v1/auth/password/",
        ],
        "checks": {"positive_data_acceptance": {"expected-statuses": [*ACCEPTED, 400]}},
    },
    # whoever brings no CSRF token is told so first, whatever the method
    {"include-path": "/api/v1/auth/login/", "checks": {"unsupported_method": {"enabled": False}}},
]


@pytest.fixture
def world(world, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    return world


@pytest.fixture(params=ROLES)
def person(request, world):
    kind, by = ROLES[request.param]
    return world.person(f"{kind} by {by}")


@pytest.fixture
def open_connections():
    """Let no request close the connections whose transactions end with the test, as Django's own client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def described(person, open_connections):
    config = schemathesis.Config.from_dict(
        {
            "seed": 3,
            # U+0000 has tests of its own: the description would need a pattern for every text
            "generation": {
                "deterministic": True,
                "database": "none",
                "max-examples": EXAMPLES,
                "allow-x00": False,
            },
            # boundary values try the shapes, which are the same for all: one role is enough
            "phases": {"coverage": {"enabled": person.kind == "administrator"}},
            "checks": CHECKS,
            "operations": EXCEPTIONS,
        }
    )
    schema = schemathesis.openapi.from_dict(routes.description(), config=config)
    schema.app = answering_whole
    return schema


def answering_whole(environ: Any, start_response: Any) -> list[bytes]:
    """Close each answer, as a server does: the client that is used here leaves files and places in the crowd open."""
    with contextlib.closing(application(environ, start_response)) as answer:
        return [b"".join(answer)]


def test_s31_the_api_keeps_to_its_description(described, world, person):
    complaints = []
    for found in described.get_all_operations():
        complaints += _complaints(described, found.ok(), world, person)

    assert complaints == [], "\n\n".join(complaints)


def test_s31_the_api_keeps_to_its_description_when_one_request_follows_from_another(described, world, person):
    complaints: list[str] = []

    class Scenario(described.as_state_machine()):
        def setup(self) -> None:
            self.savepoint = transaction.savepoint()
            self.steps = 0
            cache.clear()  # a limit that is reached at another step each time is another answer each time

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {person.secret}"}}

        def before_call(self, case: Any) -> None:
            self.steps += 1  # not the ids, which an earlier answer gave, and which are new in every scenario
            _speak_of_real_rows(case, world, person, choice=self.steps + sum(map(ord, case.operation.label)))

        def validate_response(self, response: Any, case: Any, **options: Any) -> None:
            try:
                super().validate_response(response, case, **options)
            except BaseException as error:
                complaints.extend(
                    f"{case.operation.label}: {one}\n{_shown(case, response)}" for one in _leaves(error)
                )
                raise

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.savepoint)

    # a scenario depends on what the answers were: it cannot shrink, and may come out otherwise when tried again
    with contextlib.suppress(FlakyStrategyDefinition):
        Scenario.run(
            settings=hypothesis.settings(
                max_examples=4 * EXAMPLES,
                stateful_step_count=6,
                phases=[hypothesis.Phase.generate],
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(hypothesis.HealthCheck),
            )
        )

    assert complaints == [], "\n\n".join(complaints)


def _complaints(schema: Any, operation: Any, world: worlds.World, person: worlds.Person) -> list[str]:
    """Run examples, boundary values and random cases of one operation; return what was found wrong."""
    last = []

    def tried(case: Any) -> None:
        with transaction.atomic():
            choice = sum(map(ord, repr(sorted(case.path_parameters.items()))))
            _speak_of_real_rows(case, world, person, choice=choice)
            response = case.call(headers={"Authorization": f"Bearer {person.secret}"})
            last[:] = [case, response]
            case.validate_response(response)
            transaction.set_rollback(True)

    run = build_operation_test(
        config=schema.config,
        operation=operation,
        test_func=tried,
        given_kwargs={},
        feedback=FeedbackSources(),
    )
    try:
        run()
    except (BaseExceptionGroup, AssertionError, HypothesisException) as error:
        return [f"{operation.label}: {one}\n{_shown(*last)}" for one in _leaves(error)]
    return []


def _shown(case: Any = None, response: Any = None) -> str:
    if case is None:
        return ""
    sent = f"{case.method} {case.formatted_path} {dict(case.query)} {dict(case.headers)} {case.body!r}"
    return f"last: {sent[:1500]}\n -> {response.status_code} {response.content[:600]!r}"


def _leaves(error: BaseException) -> list[str]:
    inner = getattr(error, "exceptions", ())
    return [leaf for one in inner for leaf in _leaves(one)] if inner else [str(error)[:800]]


def _speak_of_real_rows(case: Any, world: worlds.World, person: worlds.Person, *, choice: int) -> None:
    """Put the ids of real rows into two of three addresses that were drawn well formed, as the choice says."""
    meta = case.meta
    if not case.path_parameters or any(part.mode.is_negative for part in _path_parts(meta)):
        return
    if choice % 3 == 0:
        return
    ids = world.ids_for(person, "own" if choice % 2 else "restricted")
    noun = case.operation.path.strip("/").split("/")[2]
    real = {}
    for name, drawn in case.path_parameters.items():
        kinds = REAL.get(name) or REAL.get(noun)
        real[name] = ids[kinds[choice % len(kinds)]] if kinds else drawn
    case.path_parameters = real


def _path_parts(meta: Any) -> list[Any]:
    return [part for location, part in meta.components.items() if location.value == "path"] if meta else []
