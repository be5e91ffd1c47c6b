"""Rows for tests, made through the services as every door makes them."""

import io
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import ApiToken, Firm, User
from accounts.services import add_user, create_firm
from clients.models import Client
from clients.services import open_client, restrict_client
from documents import services, uploads
from documents.models import Document
from lexai.system import SYSTEM

_numbers = count(1)


@dataclass
class Cast:
    """The people of the tests, and three clients: restricted, open, and of another firm."""

    firm: Firm
    ana: User
    ben: User
    cleo: User
    dora: User
    restricted: Client
    open: Client
    other_firm: Firm
    emil: User
    foreign: Client


def cast() -> Cast:
    firm, dora = firm_with_administrator("Hart Law", "dora@hart.example")
    ana, ben, cleo = (user(firm, f"{name}@hart.example") for name in ("ana", "ben", "cleo"))
    restricted = client(ana, "Jane Smith")
    restricted = restrict_client(restricted, by=ana, members=[ben])
    other_firm, emil = firm_with_administrator("Emil & Partners", "emil@partners.example")
    return Cast(
        firm=firm,
        ana=ana,
        ben=ben,
        cleo=cleo,
        dora=dora,
        restricted=restricted,
        open=client(ana, "Harbour Bakery"),
        other_firm=other_firm,
        emil=emil,
        foreign=client(emil, "Marcus Vale"),
    )


def firm_with_administrator(name: str, email: str) -> tuple[Firm, User]:
    administrator = User(email=email, first_name="Ad", last_name="Min")
    firm, _password = create_firm(Firm(name=name), administrator, by=SYSTEM)
    return firm, administrator


def user(firm: Firm, email: str, role: str = "user") -> User:
    person = User(firm=firm, email=email, first_name="First", last_name="Last", role=role)
    add_user(person, by=SYSTEM)
    return person


def token(**fields: Any) -> ApiToken:
    """Return a token to be created, for 90 days unless said otherwise."""
    expires_at = timezone.now() + timedelta(days=90)
    return ApiToken(**{"name": "Program", "scope": "full", "expires_at": expires_at, **fields})


def client(opened_by: User, name: str, **fields: str) -> Client:
    return open_client(Client(firm=opened_by.firm, name=name, **fields), by=opened_by)


def document(of: Client, content: bytes | str, *, by: User | None = None, filename: str = "") -> Document:
    """Add a queued document, as an upload would; what the client may have already gets a line end more."""
    content = content.encode() if isinstance(content, str) else content
    while Document.objects.filter(client=of, size_bytes=len(content)).exists():
        content += b"\n"
    stream = io.BytesIO(content)
    upload = uploads.receive(stream, filename=filename or f"paper-{next(_numbers)}.txt", client=of)
    return services.add_document(Document(client=of), upload, by=by or SYSTEM)


def ready_document(
    of: Client, content: bytes | str, *, by: User | None = None, filename: str = ""
) -> Document:
    """Add a document and read it at once, as the worker would."""
    return services.read_document(document(of, content, by=by, filename=filename), by=SYSTEM)
