"""Whoever takes over the web server has the database's serving role, and cannot rewrite the audit with it."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from lexai import embedded
from lexai.embedded.postgresql import PostgreSQL
from tests.conftest import CHECKOUT, environment, manage

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not settings.IS_EMBEDDED, reason="making roles takes the server's superuser"),
]
OWNER, SERVER, DATABASE = (f"{name}_{os.getpid()}" for name in ("lexai_owner", "lexai_server", "lexai_roles"))
SERVING = """
import django
django.setup()
from conversations.models import Message
from conversations.services import ask
from documents.services import delete_client
from tests import factories
from tests.callers import program

cast = factories.cast()
paper = factories.ready_document(cast.open, "The Tenant pays a monthly rent of $900 on the first day.")
answer = ask(Message(client=cast.open, content="What is the monthly rent?"), by=cast.ana)
listed = program(cast.ana, SERVER_NAME="localhost").get("/api/v1/clients/")
delete_client(cast.restricted, by=cast.ana)
print(paper.status, answer.status, listed.status_code, listed.json()["count"])
"""


def address(role="", database=DATABASE):
    """Return the address of a database: the superuser's, or one where it has taken a role that has less."""
    server = {name.lower(): connection.settings_dict[name] for name in ("HOST", "PORT")}
    return make_conninfo(
        dbname=database, user="postgres", options=f"-c role={role}" if role else "", **server
    )


def drop(superuser):
    superuser.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
    for role in (OWNER, SERVER):
        superuser.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


@pytest.fixture(scope="module")
def migrated(django_db_setup):
    """Make a database and its roles as the image of PostgreSQL would, and migrate it as its owner."""
    with psycopg.connect(address(database="postgres"), autocommit=True) as superuser:
        superuser.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        try:
            roles = {
                "DATABASE_OWNER": OWNER,
                "DATABASE_OWNER_PASSWORD": "it's the owner's",
                "DATABASE_SERVER": SERVER,
                "DATABASE_SERVER_PASSWORD": "it's the server's",
            }
            psql = PostgreSQL(embedded.home())._program("psql")
            script = [psql, "--no-psqlrc", address(), f"--file={CHECKOUT / 'docker/roles.sql'}"]
            subprocess.run(script, env={**os.environ, **roles}, check=True, capture_output=True)
            done = manage("migrate", "--no-input", DATABASE_URL=address(OWNER))
            assert done.returncode == 0, done.stderr
            yield
        finally:
            drop(superuser)


def test_the_serving_role_serves(migrated):
    done = subprocess.run(
        [sys.executable, "-c", SERVING],
        cwd=CHECKOUT,
        env={**environment(), "DATABASE_URL": address(SERVER), "DJANGO_SETTINGS_MODULE": "lexai.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == ["ready", "complete", "200", "2"], done.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET actor = 'nobody'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "DROP TRIGGER audit_events_unchanged ON audit_events",
        "ALTER TABLE audit_events DISABLE TRIGGER ALL",
        "CREATE TRIGGER another BEFORE INSERT ON audit_events EXECUTE FUNCTION refuse_audit_change()",
        "CREATE RULE another AS ON INSERT TO audit_events DO INSTEAD NOTHING",
        "DROP FUNCTION refuse_audit_change() CASCADE",
        "ALTER FUNCTION refuse_audit_change() RENAME TO another",
        "ALTER TABLE audit_events OWNER TO CURRENT_USER",
        "DROP TABLE audit_events",
        "SET session_replication_role = replica",
        "CREATE TABLE another (id int)",
        "CREATE ROLE another SUPERUSER",
    ],
)
def test_the_serving_role_cannot_change_the_audit(migrated, statement):
    with psycopg.connect(address(SERVER)) as served, pytest.raises(psycopg.errors.InsufficientPrivilege):
        served.execute(statement)


def test_the_serving_role_reads_and_appends_the_audit_and_is_nobody_else(migrated):
    rights = "SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER".split(", ")
    with psycopg.connect(address()) as superuser:
        held = [
            right
            for right in rights
            if superuser.execute(
                "SELECT has_table_privilege(%s, 'audit_events', %s)", [SERVER, right]
            ).fetchone()[0]
        ]
        memberships = superuser.execute(
            "SELECT count(*) FROM pg_auth_members WHERE member = %s::regrole", [SERVER]
        ).fetchone()[0]

    assert (held, memberships) == (["SELECT", "INSERT"], 0)


def test_even_the_owner_changes_no_row_of_the_audit_by_mistake(migrated):
    for statement in ("UPDATE audit_events SET actor = 'nobody'", "DELETE FROM audit_events"):
        with psycopg.connect(address(OWNER)) as owner, pytest.raises(psycopg.errors.RaiseException):
            owner.execute(statement)
