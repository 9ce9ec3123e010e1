#!/usr/bin/env bash
# Roles and databases of docs/own-postgres.md, made once by Postgres' image when its volume is empty.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username postgres \
  --set owner="$YAKIN_OWNER_PASSWORD" --set app="$YAKIN_APP_PASSWORD" --set prefect="$PREFECT_PASSWORD" <<'SQL'
create role yakin_owner login createrole password :'owner';
create role yakin_app login password :'app';
create role prefect login password :'prefect';
create database yakin owner yakin_owner;
create database prefect owner prefect;
\connect prefect
create extension if not exists pg_trgm;
SQL
