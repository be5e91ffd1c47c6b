"""What sealing costs: a field, and a file of 100 MB; what it costs a list stands with the lists."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from accounts.models import Firm, User
from accounts.services import create_firm
from clients.models import Client
from clients.services import open_client
from documents import services, uploads
from documents.models import Document
from lexai.encryption.fields import Ciphers, Sealed
from lexai.system import SYSTEM
from tests.benchmarks.contestants import PlainClient, plain_clients
from tests.benchmarks.turns import in_turns, ratio

ROWS, ROW_ROUNDS, VALUES_A_ROUND = 50, 40, 2000
FILE_ROUNDS, FILE_BYTES, CHUNK_BYTES = 5, 100_000_000, 1024 * 1024
NOTES = "The landlord has let the roof leak since March; she withholds a third of the rent. " * 2


def measure() -> None:
    """Print what a sealed field and a sealed file cost, and what the same costs in the open."""
    person = User(email="sealing@x.example", first_name="Se", last_name="Al")
    firm, _password = create_firm(Firm(name="Sealing"), person, by=SYSTEM)
    clients = [
        open_client(Client(firm=firm, name=f"Client {n}", notes=NOTES), by=person) for n in range(ROWS)
    ]
    _measure_values(clients[0])
    with plain_clients():
        _measure_rows([client.pk for client in clients])
    _measure_files(clients[0])


def _measure_values(client: Client) -> None:
    """Seal and open the same notes again and again."""
    field = Client._meta.get_field("notes")
    row = field.bound_to(client)
    sealed = Sealed(field.sealed(NOTES, row))
    seconds = in_turns(
        ROW_ROUNDS,
        lambda: field.opened(sealed, row, Ciphers()),
        lambda: field.sealed(NOTES, row),
        times=VALUES_A_ROUND,
        clock=time.process_time,
    )
    opening, sealing = (1e6 * median(one) for one in seconds)
    print(
        f"A sealed field of {len(NOTES)} characters, in microseconds of CPU: {opening:.1f} to open,"
        f" {sealing:.1f} to seal; in the open both cost nothing"
    )


def _measure_rows(ids: list[str]) -> None:
    """Fetch rows and read a field of each; change the field of each and save it."""
    sealed, plain = (list(model.objects.filter(pk__in=ids)) for model in (Client, PlainClient))
    reading = in_turns(
        ROW_ROUNDS, lambda: _read(Client, ids), lambda: _read(PlainClient, ids), clock=time.process_time
    )
    writing = in_turns(ROW_ROUNDS, lambda: _write(sealed), lambda: _write(plain), clock=time.process_time)
    for deed, (one, other) in (("read", reading), ("written", writing)):
        print(
            f"   {deed} in a row through the model: {1e6 * median(one) / ROWS:.0f}, in the open"
            f" {1e6 * median(other) / ROWS:.0f}: ratio {ratio(one, other):.2f}"
        )


def _read(model: type[Model], ids: list[str]) -> None:
    assert all(row.notes == NOTES for row in model.objects.filter(pk__in=ids))


@transaction.atomic
def _write(rows: list[Model]) -> None:
    for row in rows:
        row.notes = NOTES
        row.save(update_fields=["notes"])


def _measure_files(client: Client) -> None:
    """Take a file in and send it back, and copy the same in the open."""
    source = settings.LEXAI_HOME / "large.bin"
    source.write_bytes(os.urandom(1000) * (FILE_BYTES // 1000))
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    folder.mkdir(mode=0o700, exist_ok=True)
    plain = folder / "plain.bin"
    arriving = in_turns(FILE_ROUNDS, lambda: _take_in(source, client), lambda: _copy(source, plain))
    document = services.add_document(Document(client=client), _received(source, client), by=SYSTEM)
    leaving = in_turns(FILE_ROUNDS, lambda: _send_back(document), lambda: _read_through(plain))
    print(
        f"A file of {FILE_BYTES // 1_000_000} MB, in seconds; in is counted, hashed, sealed and on the disk"
    )
    for way, (sealed, copied) in (("in", arriving), ("out", leaving)):
        print(
            f"   {way}: {median(sealed):.2f}, a plain copy {median(copied):.2f}: ratio {ratio(sealed, copied):.1f}"
        )


def _received(source: Path, client: Client) -> uploads.Upload:
    with source.open("rb") as stream:
        return uploads.receive(stream, filename="large.bin", client=client)


def _take_in(source: Path, client: Client) -> None:
    _received(source, client).close()  # which removes it


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as stream, target.open("wb") as copy:
        for chunk in _chunks(stream):
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())


def _send_back(document: Document) -> None:
    with services.open_original(document, by=SYSTEM) as stream:
        assert sum(map(len, _chunks(stream))) == FILE_BYTES


def _read_through(path: Path) -> None:
    with path.open("rb") as stream:
        assert sum(map(len, _chunks(stream))) == FILE_BYTES


def _chunks(stream) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk
