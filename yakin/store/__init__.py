"""The only psycopg: one module and one .sql file of named queries per aggregate. Callers own the transaction."""
