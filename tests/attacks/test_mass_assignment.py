"""S3: what a door does not ask for is refused or ignored, in whatever spelling it comes."""

import pytest
from django.db import transaction

from accounts.models import ApiToken, User
from clients.models import Client, Member
from conversations.models import Message
from documents.models import Document
from tests.access import matrix
from tests.access.world import Form

pytestmark = pytest.mark.slow

FIELDS = [
    *(
        "id",
        "pk",
        "firm",
        "firm_id",
        "firm_name",
        "owner",
        "created_by",
        "uploaded_by",
        "uploaded_by_id",
        "asked_by",
    ),
    *(
        "role",
        "is_staff",
        "is_superuser",
        "is_active",
        "is_admin",
        "permissions",
        "user_permissions",
        "groups",
    ),
    *("password", "password_hash", "email", "reset_token", "subscription_tier", "subscription_expires"),
    *(
        "client",
        "client_id",
        "is_restricted",
        "members",
        "version",
        "status",
        "storage_key",
        "sha256",
        "text",
    ),
    *("user", "user_id", "scope", "prefix", "expires_at", "created_at", "last_login", "thread", "reply_to"),
]
SPELLINGS = [True, "true", 1, "1", "on", ["true"]]
GUARDED = {
    User: [
        "firm_id",
        "email",
        "password",
        "role",
        "is_active",
        "subscription_tier",
        "reset_token",
        "firm_name",
    ],
    Client: ["firm_id", "is_restricted", "version"],
    Member: ["client_id", "user_id"],
    Document: ["client_id", "uploaded_by_id", "status", "storage_key", "sha256"],
    Message: ["client_id", "asked_by_id", "thread_id", "reply_to_id", "status", "role"],
    ApiToken: ["user_id", "role", "scope", "ends_with_password"],
}
DRAWN = [
    "password",
    "storage_key",
    "thread_id",
    "reply_to_id",
]  # hashes, and keys of rows that a request makes
WRITES = [
    pytest.param(row, method, id=f"{method} {row.pattern}")
    for row in matrix.ROWS
    for method in row.methods
    if method not in matrix.READS
]


@pytest.fixture
def guarded(world):
    """Return what no request may set for itself: the columns of power and of belonging, but for drawn ids."""

    def columns():
        return {
            model: [{name: getattr(row, name) for name in names} for row in model._base_manager.all()]
            for model, names in GUARDED.items()
        }

    plain = {row[name] for rows in columns().values() for row in rows for name in DRAWN if name in row}
    plain |= {*SPELLINGS[:-1], *map(str, SPELLINGS)}

    def told(row):
        return str(
            {
                name: "drawn anew" if name in DRAWN and value not in plain else value
                for name, value in row.items()
            }
        )

    def read():
        return {model.__name__: sorted(map(told, rows)) for model, rows in columns().items()}

    return read


@pytest.mark.parametrize(("row", "method"), WRITES)
def test_s3_a_field_that_is_not_asked_for_changes_nothing(world, guarded, row, method):
    person = world.person("administrator by session")
    wanted = row.methods[method].sent(world)
    path = row.path(world.ids_for(person, "own"))
    request = (person, method, path)
    before, expected = guarded(), _after(guarded, request, wanted)[1:]
    fields = [field for field in FIELDS if field not in {*_fields(wanted), *row.fields}]

    told = []
    for spelling in SPELLINGS:
        rest = set(fields)
        while rest:
            named, *found = _after(guarded, request, _with(wanted, dict.fromkeys(rest, spelling)))
            is_refused = found == [400, before] and named & rest
            if not is_refused and found != expected:
                told.append(f"{spelling!r}: {found[0]} for {rest}; {_changed(found[1], expected[1])}")
            rest = (
                rest - named if is_refused else set()
            )  # what is not refused by name is tried without the others

    assert told == [], "\n".join(told)


def _after(guarded, request, body):
    """Return the fields that a request was refused for, its status, and the guarded columns; roll it back."""
    with transaction.atomic():
        person, method, path = request
        response = person.asks(method, path, body)
        rows = guarded()
        transaction.set_rollback(True)
    is_problem = response.headers.get("Content-Type") == "application/problem+json"
    errors = response.json().get("errors", []) if is_problem else []
    return [{one["field"] for one in errors}, response.status_code, rows]


def _fields(body):
    return body.plain if isinstance(body, Form) else body or {}


def _with(body, more):
    if isinstance(body, Form):
        return Form({**body.plain, **more}, body.file)
    return {**(body or {}), **more}


def _changed(rows, expected):
    return [name for name in rows if rows[name] != expected[name]]
