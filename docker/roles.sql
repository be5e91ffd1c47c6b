-- Two roles of the database, made once. The owner builds the tables, and only `migrate` signs in as it. The other
-- serves: it reads and writes rows, changes no table, and of the audit it may only read and append (the audit's
-- migration takes the rest from whoever is not its owner). The environment names both and holds their passwords.
\set ON_ERROR_STOP on
\getenv owner DATABASE_OWNER
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv server DATABASE_SERVER
\getenv server_password DATABASE_SERVER_PASSWORD

CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"server" LOGIN PASSWORD :'server_password';

ALTER DATABASE :"DBNAME" OWNER TO :"owner";
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME" TO :"server";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"server";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT USAGE ON SEQUENCES TO :"server";
