"""A backup that is older than an erasure, or a rotation: whose key is gone stays unreadable, all else is there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from clients.models import Client
from conversations.models import Message
from conversations.services import ask
from documents.models import Document
from documents.services import deleting, index_client, sweep_storage
from documents.storage import originals
from lexai import embedded
from lexai.embedded.postgresql import PostgreSQL
from lexai.encryption import rotation
from lexai.system import SYSTEM
from tests import factories
from tests.attacks.planting import pg_dump
from tests.callers import program
from tests.conftest import CHECKOUT, environment

RESTORED = f"lexai_restored_{os.getpid()}"
READ_BACK = """
import json, sys
import django
django.setup()
from accounts.models import User
from tests.callers import program

ana = program(User.objects.get(email="ana@hart.example"), SERVER_NAME="localhost")

def read(path):
    answer = ana.get(path)
    content = b"".join(answer) if answer.streaming else answer.content
    return [answer.status_code, content.decode()]

print(json.dumps({path: read(path) for path in sys.argv[1:]}))
"""
PAPER = "1. Rent\n\nThe tenant pays a rent of $900 for the mill.\n"


@pytest.fixture
def restored(transactional_db):
    """Give the test an empty database on the same server, to restore a backup into; return its address."""
    server = {name.lower(): connection.settings_dict[name] for name in ("HOST", "PORT")}
    name = sql.Identifier(RESTORED)
    with psycopg.connect(
        make_conninfo(dbname="postgres", user="postgres", **server), autocommit=True
    ) as root:
        root.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield make_conninfo(dbname=RESTORED, user="postgres", **server)
        root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.mark.slow
@pytest.mark.skipif(not settings.IS_EMBEDDED, reason="restoring a backup takes the server's superuser")
def test_an_old_backup_of_a_client_whose_key_was_deleted_says_nothing_and_of_others_everything(
    restored, tmp_path
):
    cast = factories.cast()
    gone, kept = (
        factories.client(cast.ana, name, email="mill@x.example", phone="+49 30 1", notes="She owns a mill.")
        for name in ("Gone Ltd", "Kept Ltd")
    )
    papers_of = {one: factories.ready_document(one, PAPER, by=cast.ana) for one in (gone, kept)}
    for one in papers_of:
        index_client(one, by=SYSTEM)
        ask(Message(client=one, content="What is the rent of the mill?"), by=cast.ana)
    home, storage = embedded.home(), Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    backup = pg_dump(home, environment()["DATABASE_URL"])
    shutil.copytree(storage, tmp_path / "files")

    assert program(cast.ana).delete(f"/api/v1/clients/{gone.pk}/").status_code == 204

    psql = [PostgreSQL(home)._program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", restored]
    subprocess.run(psql, input=backup, check=True, capture_output=True)
    shutil.copytree(tmp_path / "files", storage, dirs_exist_ok=True)
    read_gone, read_kept = (read_back(restored, one, paper) for one, paper in papers_of.items())
    assert [status for status, _text in read_kept.values()] == [200] * 5
    assert ["mill" in text for _status, text in read_kept.values()] == [True] * 5
    assert {name: "mill" in text for name, (_status, text) in read_gone.items()} == dict.fromkeys(
        read_gone, False
    )
    client = json.loads(read_gone["client"][1])
    assert [client[name] for name in ("name", "email", "phone", "notes")] == ["Gone Ltd", *["[erased]"] * 3]
    assert {name: status for name, (status, _text) in read_gone.items()} == {
        "client": 200,
        "conversations": 200,
        "text": 200,
        "file": 410,
        "search": 200,
    }


@pytest.mark.slow
@pytest.mark.skipif(not settings.IS_EMBEDDED, reason="restoring a backup takes the server's superuser")
def test_a_backup_of_the_rows_that_is_older_than_a_rotation_finds_its_files(restored, monkeypatch):
    cast = factories.cast()
    client = factories.client(cast.ana, "Kept Ltd")
    paper = factories.ready_document(client, PAPER, by=cast.ana)
    index_client(client, by=SYSTEM)
    home = embedded.home()
    backup = pg_dump(home, environment()["DATABASE_URL"])

    rotation.renew_key(client, by=SYSTEM)
    sealed_anew = sum(rotation.reseal(client, by=SYSTEM))
    monkeypatch.setattr(deleting, "ORPHAN_SECONDS", -60)
    swept = sweep_storage(by=SYSTEM)

    psql = [PostgreSQL(home)._program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", restored]
    subprocess.run(psql, input=backup, check=True, capture_output=True)
    read = read_back(restored, client, paper)
    assert (sealed_anew > 1, swept, originals.key_version(paper.storage_key)) == (True, 0, 2)
    assert read["file"] == [200, PAPER]
    assert {name: status for name, (status, _text) in read.items()} == dict.fromkeys(read, 200)


def read_back(database: str, client: Client, document: Document) -> dict[str, list]:
    """Return status and body of what the product on a database answers about a client and its paper."""
    paths = {
        "client": f"/api/v1/clients/{client.pk}/",
        "conversations": f"/api/v1/clients/{client.pk}/conversations/",
        "text": f"/api/v1/documents/{document.pk}/text/",
        "file": f"/api/v1/documents/{document.pk}/file/",
        "search": f"/api/v1/search/?q=tenant&client={client.pk}",
    }
    done = subprocess.run(
        [sys.executable, "-c", READ_BACK, *paths.values()],
        cwd=CHECKOUT,
        env={**environment(), "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "lexai.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return {name: told[path] for name, path in paths.items()}
