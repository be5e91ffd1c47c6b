"""The database's public contract: tables, columns, names of indexes and foreign keys."""

import pytest
from django.db import connection

from tests import factories

COLUMNS = {
    "users": """id bigint NO, email character varying(120) NO, password_hash text NO,
        first_name character varying(50) NO, last_name character varying(50) NO,
        firm_name character varying(100) YES, role character varying(20) NO, is_active boolean NO,
        created_at timestamp with time zone NO, last_login timestamp with time zone YES,
        password_updated_at timestamp with time zone YES, reset_token character varying(64) YES,
        reset_token_expires timestamp with time zone YES, subscription_tier character varying(20) YES,
        subscription_expires timestamp with time zone YES""",
    "clients": """id character varying(50) NO, name character varying(100) NO,
        case_number character varying(50) YES, email bytea YES, phone bytea YES,
        case_type character varying(50) YES, notes bytea YES,
        created_at timestamp with time zone NO, updated_at timestamp with time zone NO""",
    "conversations": """id bigint NO, client_id character varying(50) NO, role character varying(20) NO,
        content bytea NO, timestamp timestamp with time zone NO""",
    "documents": """id bigint NO, client_id character varying(50) NO, filename character varying(255) NO,
        text bytea YES, upload_date timestamp with time zone NO""",
}
INDEXES = {
    "users": "ix_users_email ix_users_role ix_users_is_active ix_users_active_role",
    "clients": "ix_clients_name ix_clients_case_type ix_clients_updated_at",
    "conversations": """ix_conversations_client_id ix_conversations_timestamp ix_conversations_role
        ix_conversations_client_timestamp""",
    "documents": "ix_documents_client_id ix_documents_upload_date ix_documents_filename",
}


def rows(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.parametrize("table", COLUMNS)
def test_the_given_columns_have_their_types_and_sizes(table):
    wanted = {" ".join(column.split()) for column in COLUMNS[table].split(",")}
    found = rows(
        """SELECT column_name || ' ' || data_type ||
              coalesce('(' || character_maximum_length || ')', '') || ' ' || is_nullable
           FROM information_schema.columns WHERE table_name = %s""",
        table,
    )

    assert wanted - {column for (column,) in found} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("table", INDEXES)
def test_the_given_indexes_have_their_names(table):
    found = {name for (name,) in rows("SELECT indexname FROM pg_indexes WHERE tablename = %s", table)}

    assert set(INDEXES[table].split()) - found == set()


@pytest.mark.django_db
def test_newest_first_indexes_run_downwards():
    found = dict(rows("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"))

    assert found["ix_clients_updated_at"].endswith("(updated_at DESC)")
    assert found["ix_conversations_client_timestamp"].endswith('(client_id, "timestamp" DESC)')
    assert found["ix_users_active_role"].endswith("(is_active, role)")
    assert found["ix_users_email"].startswith("CREATE UNIQUE INDEX")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "table"),
    [("fk_conversations_client_id", "conversations"), ("fk_documents_client_id", "documents")],
)
def test_the_given_foreign_keys_cascade_in_the_database(name, table):
    found = rows(
        "SELECT confdeltype FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass AND contype = 'f'",
        name,
        table,
    )

    assert found == [("c",)]


@pytest.mark.django_db
def test_no_foreign_key_has_a_twin_and_each_of_ours_has_a_fixed_name():
    found = rows(
        """SELECT conrelid::regclass::text, conkey, count(*), min(conname) FROM pg_constraint
           WHERE contype = 'f' AND conrelid::regclass::text NOT LIKE 'django%%'
             AND conrelid::regclass::text NOT LIKE 'auth%%'
             AND conrelid::regclass::text NOT LIKE 'axes%%' GROUP BY 1, 2"""
    )

    assert [row for row in found if row[2] != 1 or not row[3].startswith("fk_")] == []
    assert len(found) == 22


@pytest.mark.django_db
def test_the_database_fills_in_the_defaults_itself():
    firm_id = rows("INSERT INTO firms (name) VALUES ('Raw') RETURNING id")[0][0]
    user = rows(
        """INSERT INTO users (firm_id, email, password_hash, first_name, last_name)
           VALUES (%s, 'raw@x.example', '!', 'R', 'W')
           RETURNING role, is_active, subscription_tier, created_at IS NOT NULL""",
        firm_id,
    )

    assert user == [("user", True, "free", True)]


@pytest.mark.django_db
def test_a_client_deleted_in_sql_takes_everything_of_it_along(cast):
    factories.ready_document(cast.restricted, "The fee is $900.")
    tables = "documents pages passages client_members"
    counted = {table: f"SELECT count(*) FROM {table}" for table in tables.split()}
    assert all(rows(statement)[0][0] > 0 for statement in counted.values())

    rows("DELETE FROM clients WHERE id = %s RETURNING id", cast.restricted.pk)

    assert {table: rows(statement)[0][0] for table, statement in counted.items()} == dict.fromkeys(counted, 0)


@pytest.mark.django_db(transaction=True)
def test_an_update_in_sql_moves_updated_at(cast):
    before = rows("SELECT updated_at FROM clients WHERE id = %s", cast.open.pk)[0][0]

    rows("UPDATE clients SET phone = '555' WHERE id = %s RETURNING id", cast.open.pk)

    assert rows("SELECT updated_at FROM clients WHERE id = %s", cast.open.pk)[0][0] > before
