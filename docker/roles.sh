#!/bin/sh
# Make the roles of the database; the image of PostgreSQL runs this at its first start.
set -eu
DATABASE_OWNER=lexai_owner \
DATABASE_OWNER_PASSWORD="$(cat /run/secrets/owner_password)" \
DATABASE_SERVER=lexai \
DATABASE_SERVER_PASSWORD="$(cat /run/secrets/database_password)" \
    psql --no-psqlrc --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --file=/etc/lexai/roles.sql
