-- Schemas and the tables that say which version this database has. Runs before every migration.
create schema if not exists yakin;
comment on schema yakin is 'Work: documents, runs, decisions, attempts, answers';
create schema if not exists ledger;
comment on schema ledger is 'Money: prices, rates, caps, the append-only ledger';
create schema if not exists knowledge;
comment on schema knowledge is 'Retrieval: nothing yet';
create schema if not exists bi;
comment on schema bi is 'Views only: the contract with BI, finance and audit';

create table if not exists yakin.migration (
  number integer primary key,
  name text not null unique,
  sha256 text not null,
  applied_at timestamptz not null default clock_timestamp()
);
comment on table yakin.migration is 'Migrations that this database has; a file never changes once applied';
comment on column yakin.migration.number is 'Number of the file';
comment on column yakin.migration.name is 'Name of the file';
comment on column yakin.migration.sha256 is 'Hash of the file as applied';
comment on column yakin.migration.applied_at is 'When';

create table if not exists yakin.views_version (
  one boolean primary key default true check (one),
  sha256 text not null
);
comment on table yakin.views_version is 'Which views and grants this database has';
comment on column yakin.views_version.one is 'The table has one row';
comment on column yakin.views_version.sha256 is 'Hash of the view and grant files and the app role';
