"""The fictional firms of the demonstration: their people, their clients, their papers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from accounts.models import Firm, User
from accounts.services import add_user, create_firm
from clients.models import Client
from clients.services import open_client
from documents import uploads
from documents.models import Document
from documents.services import add_document
from lexai.system import SYSTEM

PAPERS = Path(__file__).resolve().parent.parent / "demonstration"
QUESTION = "How much notice must a parent give before moving away with the children?"


@dataclass(frozen=True)
class Person:
    """A person of a fictional firm."""

    email: str
    first_name: str
    last_name: str
    role: str


@dataclass(frozen=True)
class Case:
    """A client of a fictional firm, with the file names of the papers."""

    name: str
    case_number: str
    case_type: str
    papers: tuple[str, ...]


@dataclass(frozen=True)
class FictionalFirm:
    """A firm; its first person is the administrator, its second opens the clients."""

    name: str
    people: tuple[Person, ...]
    cases: tuple[Case, ...]


FIRMS = (
    FictionalFirm(
        "Hartwell & Moss",
        (
            Person("dora@hartwell.example", "Dora", "Lindqvist", "admin"),
            Person("ana@hartwell.example", "Ana", "Moss", "user"),
            Person("ben@hartwell.example", "Ben", "Achebe", "premium"),
        ),
        (
            Case(
                "Jane Smith",
                "2024-FAM-001",
                "Family Law",
                ("custody-agreement.pdf", "letter-opposing-counsel.docx", "intake-note.txt"),
            ),
            Case(
                "Harbour Bakery Ltd",
                "2024-COM-014",
                "Commercial",
                ("bakery-lease.pdf", "site-visit-note.txt"),
            ),
        ),
    ),
    FictionalFirm(
        "Okafor Legal",
        (
            Person("ngozi@okafor.example", "Ngozi", "Okafor", "admin"),
            Person("emil@okafor.example", "Emil", "Varga", "user"),
        ),
        (Case("Marcus Vale", "2024-EMP-007", "Employment Law", ("employment-contract.docx",)),),
    ),
)


@dataclass
class Seeded:
    """What the demonstration made or found: people, clients, documents."""

    people: list[User] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)


def seed() -> Seeded:
    """Make what is missing of the fictional firms."""
    seeded = Seeded()
    for fictional in FIRMS:
        people = _people(fictional)
        seeded.people += people
        for case in fictional.cases:
            client = _client(case, opened_by=people[1])
            seeded.clients.append(client)
            seeded.documents += _papers(case, client, added_by=people[1])
    return seeded


def _people(fictional: FictionalFirm) -> list[User]:
    firm = Firm.objects.visible_to(SYSTEM).filter(name=fictional.name).first()
    if firm is None:
        firm, _password = create_firm(Firm(name=fictional.name), _user(fictional.people[0]), by=SYSTEM)
    return [_person(person, firm) for person in fictional.people]


def _person(person: Person, firm: Firm) -> User:
    known: User | None = User.objects.visible_to(SYSTEM).filter(firm=firm, email=person.email).first()
    if known:
        return known
    user = _user(person)
    user.firm = firm
    add_user(user, by=SYSTEM)
    return user


def _user(person: Person) -> User:
    return User(
        email=person.email, first_name=person.first_name, last_name=person.last_name, role=person.role
    )


def _client(case: Case, *, opened_by: User) -> Client:
    known = (
        Client.objects.visible_to(SYSTEM).filter(firm=opened_by.firm, case_number=case.case_number).first()
    )
    return known or open_client(
        Client(firm=opened_by.firm, name=case.name, case_number=case.case_number, case_type=case.case_type),
        by=opened_by,
    )


def _papers(case: Case, client: Client, *, added_by: User) -> Iterable[Document]:
    known = {document.filename: document for document in client.documents.all()}
    return [known.get(name) or _add(PAPERS / name, client, added_by=added_by) for name in case.papers]


def _add(path: Path, client: Client, *, added_by: User) -> Document:
    with path.open("rb") as stream:
        upload = uploads.receive(stream, filename=path.name, client=client)
    return add_document(Document(client=client), upload, by=added_by)
