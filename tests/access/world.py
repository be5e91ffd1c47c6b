"""Two firms with rows of every kind, the people who ask for them, and checksums that tell what was touched."""

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.admin.utils import quote
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import ApiToken, Firm, Session, User
from accounts.services import create_token
from clients.models import Client
from clients.services import add_member
from conversations import services as conversations
from conversations.models import Message, Thread
from documents import services as documents
from lexai.api import streams
from lexai.audit.models import AuditEvent
from lexai.database import insert
from lexai.encryption.models import DataKey
from lexai.system import SYSTEM
from tests import factories

API = "/api/v1/"
PASSWORD = "a quiet harbour lamp 77"
LIMITS_OF_NO_CONCERN = {
    "API_RATE": "1000000/m",
    "SIGN_IN_RATE": "1000000/m",
    "LINK_RATE": "1000000/m",
    "FREE_QUESTIONS_A_DAY": 1_000_000,
}

# what must never be told: of the other firm to this one, of the walled client to whoever is no member of it,
# and of this firm to the other
FOREIGN, WALLED, OWN = "zebrafinch", "quokkastone", "marmotfield"
FOREIGN_MARKS = [FOREIGN, "emil@partners.example", "Emil &", "Marcus Vale"]
WALLED_MARKS = [WALLED, "Jane Smith"]
OWN_MARKS = [OWN, "@hart.example", "Hart Law", "Harbour Bakery"]

MEMBERS = {"member", "read-only token"}  # those who may see the restricted client
NOT_SIGNED_IN = {"nobody", "deactivated", "expired token"}

ABSENT = {
    "client": "client_0000000000",
    "document": 10**9,
    "page": 1,
    "message": 10**9,
    "answer": 10**9,
    "thread": 10**9,
    "user": 10**9,
    "token": 10**9,
    "session": "no-such-session",
    "spare": 10**9,
    "firm": 10**9,
    "lockout": 10**9,
    "event": 10**9,
    "email": "nobody@nowhere.example",
}
CHANGED_BY_ANY_REQUEST = ["last_used_at", "last_login"]  # and told nobody
WITHOUT_FIRM = {  # tables that hold no firm's rows
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
    "django_admin_log",
    "axes_accessattempt",
    "axes_accessattemptexpiration",
    "axes_accesslog",
    "axes_accessfailurelog",
    "key_erasures",
}


@dataclass
class Person:
    """Somebody at a door: what they are to the rows, and how they prove who they are."""

    kind: str
    by: str
    user: User | None = None
    secret: str = ""
    token_id: int | None = None
    other_session: str = ""  # the reference of a session of theirs elsewhere
    cookies: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind} by {self.by}"

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Return the answer to one request; a body of bytes or a file is sent as a form, all else as JSON."""
        browser = Browser(raise_request_exception=False)
        for name, value in self.cookies.items():
            browser.cookies[name] = value
        sent = dict(headers)
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        if isinstance(body, Form):
            return getattr(browser, method.lower())(path, body.fields(), headers=sent)
        content = b"" if body is None else json.dumps(body).encode()
        kind = "application/json" if body is not None else "application/octet-stream"
        return browser.generic(method, path, content, kind, headers=sent)


@dataclass
class Form:
    """A body that is sent as a browser sends a form: with fields, and perhaps one file."""

    plain: dict[str, Any]
    file: tuple[str, str, bytes] | None = None

    def fields(self) -> dict[str, Any]:
        if self.file is None:
            return dict(self.plain)
        name, filename, content = self.file
        return {**self.plain, name: SimpleUploadedFile(filename, content)}


@dataclass
class World:
    """The cast with all that the routes can speak of: for each subject, the id of a row of each kind."""

    cast: factories.Cast
    people: list[Person]
    ids: dict[str, dict[str, Any]]
    named: dict[str, Any]  # what bodies speak of: names to ids and addresses
    _of_others: dict[str, dict[str, str]] = field(default_factory=dict)

    def ids_for(self, person: Person, subject: str) -> dict[str, Any]:
        """Return the ids of a subject; `own` tokens, sessions and accounts are those of whoever asks."""
        ids = dict(self.ids[subject])
        is_own = subject == ("foreign" if person.kind == "other firm" else "own")
        if is_own and person.token_id:
            ids["token"] = person.token_id
        if is_own and person.other_session:
            ids["session"] = person.other_session
        return ids

    def of_others(self, person: Person) -> dict[str, str]:
        """Return the checksums that nothing this person does may change, as they were at first."""
        if person.kind not in self._of_others:
            self._of_others[person.kind] = self.rows_of_others(person)
        return self._of_others[person.kind]

    def rows_of_others(self, person: Person) -> dict[str, str]:
        """Return the checksums, by table, of the rows that this person may not even see."""
        if person.kind == "other firm":
            return rows_of_firm(self.cast.firm)
        found = rows_of_firm(self.cast.other_firm)
        if person.kind not in MEMBERS:
            walled = rows_of_client(self.cast.restricted)
            found |= {f"{table} of the restricted client": rows for table, rows in walled.items()}
        return found

    def person(self, name: str) -> Person:
        return next(person for person in self.people if str(person) == name)


@pytest.fixture
def world(db: None, settings: Any, monkeypatch: Any) -> World:
    """Build the world for a test."""
    for name, value in LIMITS_OF_NO_CONCERN.items():
        setattr(settings, name, value)
    # the world lives in the test's transaction, which ends with its connection
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(streams, "STREAM_SECONDS", 0.1)
    _draw_long_ids()
    return build()


def _draw_long_ids() -> None:
    """Have ids drawn that stand in no text by accident and in no two tables: answers are compared without them.

    They have seven digits: eight would be a date, such as 25000517.
    """
    with connection.cursor() as cursor:
        for number, model in enumerate(every_model()):
            table, key, first = model._meta.db_table, model._meta.pk.column, 1_000_000 + 300_000 * number
            cursor.execute(
                "SELECT setval(sequence, greatest(nextval(sequence), %s)) "
                "FROM (SELECT pg_get_serial_sequence(%s, %s) AS sequence) AS one WHERE sequence IS NOT NULL",
                [first, table, key],
            )


def build() -> World:
    """Build both firms, through the services wherever one exists."""
    cast = factories.cast()
    fay = factories.user(cast.firm, "fay@hart.example")
    gus = factories.user(cast.firm, "gus@hart.example")
    frieda = factories.user(cast.other_firm, f"frieda@{FOREIGN}.example")
    Firm.objects.filter(pk=cast.other_firm.pk).update(name=f"Emil & {FOREIGN}")
    User.objects.filter(firm=cast.other_firm).update(first_name=FOREIGN, last_name=FOREIGN, firm_name=FOREIGN)
    User.objects.filter(firm=cast.firm).update(last_name=OWN)
    User.objects.update(password=make_password(PASSWORD))
    for person in (cast.ana, cast.ben, cast.cleo, cast.dora, cast.emil, fay, gus, frieda):
        person.refresh_from_db()
    add_member(cast.restricted, fay, by=cast.ana)
    ids = {
        "own": _rows(cast.open, by=cast.ana, mark=OWN) | {"user": gus.pk, "email": gus.email},
        "restricted": _rows(cast.restricted, by=cast.ana, mark=WALLED)
        | {"user": cast.ben.pk, "email": cast.ben.email},
        "foreign": _rows(cast.foreign, by=cast.emil, mark=FOREIGN)
        | {"user": frieda.pk, "email": frieda.email},
        "absent": ABSENT,
    }
    _add_back_office(ids, cast)
    ids["own"]["token"] = _token(gus)[0].pk
    ids["restricted"]["token"] = _token(cast.ana)[0].pk
    ids["foreign"]["token"] = _token(cast.emil)[0].pk
    for subject, whose in (("own", gus), ("restricted", cast.ana), ("foreign", cast.emil)):
        ids[subject]["session"] = _other_session(whose)
    named = {
        "someone": gus.email,
        "colleague": cast.cleo.email,
        "foreign": cast.emil.email,
        "member": cast.ben.email,
    }
    return World(cast, _people(cast, fay), ids, named)


def _rows(client: Client, *, by: User, mark: str) -> dict[str, Any]:
    client.case_number, client.case_type, client.email = f"{mark}-1", mark, f"c@{mark}.example"
    client.phone, client.notes = mark, f"{mark} notes"
    client.save(update_fields=["case_number", "case_type", "email", "phone", "notes"])
    text = (
        f"1. Rent\n\nThe rent of the {mark} building is 4,200 dollars a month.\n\n2. Term\n\nIt ends in June."
    )
    document = factories.ready_document(client, text, by=by, filename=f"{mark}-lease.txt")
    documents.index_client(client, by=SYSTEM)
    spare = factories.document(client, text, by=by, filename=f"{mark}-copy.txt")
    thread = Thread(client=client, title=f"{mark} rent")
    insert(thread)
    question = Message(client=client, content=f"What is the rent of the {mark} building?", thread=thread)
    answer = conversations.ask(question, by=by)
    return {
        "client": client.pk,
        "document": document.pk,
        "page": 1,
        "spare": spare.pk,
        "thread": thread.pk,
        "message": question.pk,
        "answer": answer.pk,
    }


def _add_back_office(ids: dict[str, dict[str, Any]], cast: factories.Cast) -> None:
    """Add the firms, one lockout of each, and one event of each firm's audit."""
    for subject, firm in (("own", cast.firm), ("restricted", cast.firm), ("foreign", cast.other_firm)):
        lockout = AccessAttempt.objects.create(
            username=ids[subject]["email"],
            ip_address="203.0.113.9",
            failures_since_start=5,
            attempt_time=timezone.now(),
        )
        event = AuditEvent.objects.filter(firm_id=firm.pk).order_by("pk").first()
        ids[subject] |= {"firm": firm.pk, "lockout": lockout.pk, "event": event.pk}


def _token(user: User, **fields: Any) -> tuple[ApiToken, str]:
    expires_at = timezone.now() + timedelta(days=30)
    mark = FOREIGN if user.email == "emil@partners.example" else OWN
    token = ApiToken(**{"name": f"{mark} script", "scope": "full", "expires_at": expires_at, **fields})
    return create_token(token, by=user)


def _people(cast: factories.Cast, fay: User) -> list[Person]:
    known = {
        "colleague": cast.cleo,
        "member": cast.ben,
        "administrator": cast.dora,
        "deactivated": fay,
        "other firm": cast.emil,
    }
    people = [Person("nobody", "nothing")]
    for kind, user in known.items():
        token, secret = _token(user)
        people.append(Person(kind, "token", user, secret, token.pk))
        signed_in = Person(kind, "session", user, cookies=_cookies(user), token_id=_token(user)[0].pk)
        signed_in.other_session = _other_session(user)
        people.append(signed_in)
    User.objects.filter(pk=fay.pk).update(is_active=False)
    expired, secret = _token(cast.ben)
    ApiToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    people.append(Person("expired token", "token", cast.ben, secret, expired.pk))
    reading, secret = _token(cast.ben, scope="read")
    people.append(Person("read-only token", "token", cast.ben, secret, reading.pk))
    return people


def _cookies(user: User) -> dict[str, str]:
    browser = Browser()
    browser.force_login(user)
    session = browser.session
    session["started_at"] = timezone.now().timestamp()
    session["seen_at"] = session["started_at"] + 3600  # so that no answer brings the cookie anew
    session.save()
    return {name: morsel.value for name, morsel in browser.cookies.items()}


def _other_session(user: User) -> str:
    """Sign somebody in elsewhere; return what names that session on a page."""
    return Session.objects.get(pk=_cookies(user)["session"]).reference


# Checksums


def rows_of_firm(firm: Firm) -> dict[str, str]:
    """Return the checksum of each table over the rows of one firm."""
    return _checksums({model: _of_firm(model, firm.pk) for model in scoped_models()})


def rows_of_client(client: Client) -> dict[str, str]:
    """Return the checksum of each table over the rows of one client."""
    querysets = {}
    for model in scoped_models():
        condition = _client_condition(model, client.pk)
        if condition is not None:
            querysets[model] = model._base_manager.filter(condition)
    return _checksums(querysets)


def all_rows() -> dict[str, str]:
    """Return the checksum of every table but the audit's and the sessions'."""
    leave_out = {"audit_events", "sessions"}
    models = [model for model in every_model() if model._meta.db_table not in leave_out]
    return _checksums({model: model._base_manager.all() for model in models})


def every_model() -> list[type[Model]]:
    """Return every table of the application's database; the data keys stand in one of their own."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and model is not DataKey]


def scoped_models() -> list[type[Model]]:
    return [model for model in every_model() if model._meta.db_table not in WITHOUT_FIRM]


def _of_firm(model: type[Model], firm_id: int) -> QuerySet[Any]:
    return model._base_manager.filter(**{_way_to_firm(model): firm_id})


def _way_to_firm(model: type[Model]) -> str:
    names = {column.name for column in model._meta.concrete_fields}
    if model is Firm:
        return "pk"
    for direct, way in (("firm", "firm_id"), ("firm_id", "firm_id"), ("client", "client__firm_id")):
        if direct in names:
            return way
    for name in ("document", "message", "user", "asked_by"):
        if name in names:
            return f"{name}__{_way_to_firm(model._meta.get_field(name).related_model)}"
    raise AssertionError(f"Say how {model.__name__} belongs to a firm, or list its table in WITHOUT_FIRM.")


def _client_condition(model: type[Model], client_id: str) -> Q | None:
    names = {column.name for column in model._meta.concrete_fields}
    if model is Client:
        return Q(pk=client_id)
    if model is AuditEvent:
        # a refusal names the client that was tried, for the administrators of its firm
        return Q(client_ids__contains=[client_id]) & ~Q(verb="access.refused")
    if "client" in names:
        return Q(client_id=client_id)
    if "document" in names:
        return Q(document__client_id=client_id)
    return None


def _checksums(querysets: dict[type[Model], QuerySet[Any]]) -> dict[str, str]:
    parts, params = [], []
    for model, rows in querysets.items():
        table, key = model._meta.db_table, model._meta.pk.column
        found, given = rows.order_by().values("pk").query.sql_with_params()
        volatile = " - ".join(["to_jsonb(r)", *(f"'{name}'" for name in CHANGED_BY_ANY_REQUEST)])
        parts.append(
            f"SELECT '{table}', md5(coalesce(string_agg(md5(({volatile})::text), '' ORDER BY r.\"{key}\"), '')) "
            f'FROM "{table}" r WHERE r."{key}" IN ({found})'
        )
        params.extend(given)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return dict(cursor.fetchall())


# What an answer tells


def told(response: HttpResponse) -> str:
    """Return all that an answer tells: its headers and its body, streams read to the end."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    response.told_content = content
    headers = "".join(f"{name}: {value}\n" for name, value in sorted(response.headers.items()))
    cookies = "".join(f"{name}\n" for name in sorted(response.cookies))
    return f"{response.status_code}\n{headers}{cookies}\n{content.decode('utf-8', 'replace')}"


def without_ids(text: str, ids: dict[str, Any]) -> str:
    """Return the text with the ids that were asked for, and what is drawn anew for each page, made equal."""
    text = unquote(text)
    spelled = {spelling for value in map(str, ids.values()) for spelling in (value, quote(value))}
    for value in sorted(spelled, key=lambda one: -len(one)):
        text = re.sub(rf"(?<![0-9a-z_]){re.escape(value)}(?![0-9a-z])", "<id>", text)
    text = re.sub(r'("(csrfmiddlewaretoken|sent_as)" value=|"X-CSRFToken": )"[\w-]+"', "<drawn>", text)
    return re.sub(r"(Content-Length|Expires): .*\n", "", text)


def leaks(text: str, marks: list[str]) -> list[str]:
    """Return the marks that a text holds, in whatever case."""
    return [mark for mark in marks if mark.lower() in text.lower()]


def secrets_from(person: Person) -> list[str]:
    """Return the marks that nothing this person is answered may hold."""
    if person.kind == "other firm":
        return OWN_MARKS + WALLED_MARKS
    own = OWN_MARKS if person.kind in NOT_SIGNED_IN else []
    return FOREIGN_MARKS + own + (WALLED_MARKS if person.kind not in MEMBERS else [])


def hidden_from(person: Person) -> list[str]:
    """Return the subjects whose rows must look absent to this person."""
    if person.kind == "other firm":
        return ["own", "restricted"]
    return ["foreign"] if person.kind in MEMBERS else ["foreign", "restricted"]
