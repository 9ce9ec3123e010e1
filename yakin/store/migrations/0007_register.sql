-- The register: what legal must be able to say of every request that left, frozen when it held.
-- Rows from before carry the cautious answer: not masked, no ground, place unverified, trains on data.
alter table yakin.attempt
  add column masked boolean not null default false,
  add column basis text not null default '',
  add column kinds jsonb not null default '{}' check (jsonb_typeof(kinds) = 'object');
update yakin.attempt a
set kinds = c.counts
from (
  select distinct on (document_id) document_id, counts from yakin.classification
  order by document_id, classified_at desc
) c
where c.document_id = a.document_id;
alter table yakin.attempt
  alter column masked drop default,
  alter column basis drop default,
  alter column kinds drop default;
comment on column yakin.attempt.masked is 'Whether identifiers were replaced by pseudonyms in what was sent';
comment on column yakin.attempt.basis is 'Ground that the policy states for sending this level to this zone; empty: none stated';
comment on column yakin.attempt.kinds is 'Findings per kind in the document when the intent was written, before masking';

alter table yakin.run_offer
  add column operator_country text not null default 'unverified',
  add column infrastructure text not null default 'unverified',
  add column region text not null default 'unverified',
  add column zero_retention boolean not null default false,
  add column trains_on_data boolean not null default true,
  add column evidence jsonb not null default '[]' check (jsonb_typeof(evidence) = 'array');
alter table yakin.run_offer
  alter column operator_country drop default,
  alter column infrastructure drop default,
  alter column region drop default,
  alter column zero_retention drop default,
  alter column trains_on_data drop default,
  alter column evidence drop default;
comment on column yakin.run_offer.operator_country is 'Country of the operator, as declared';
comment on column yakin.run_offer.infrastructure is 'Country of who runs the machines, own or unverified, as declared';
comment on column yakin.run_offer.region is 'Country of processing, own, global or unverified, as declared';
comment on column yakin.run_offer.zero_retention is 'Whether evidence in force said that the endpoint keeps nothing';
comment on column yakin.run_offer.trains_on_data is 'False only where evidence in force said that it does not train on data';
comment on column yakin.run_offer.evidence is 'Reviewed claims at the freeze: claim, source, reviewer, checked, expires';


create function yakin.personal_kinds(kinds jsonb) returns jsonb
  language sql immutable parallel safe
  return (
    select coalesce(jsonb_object_agg(k.key, k.value), '{}')
    from jsonb_each(kinds) k
    where k.value <> '0' and k.key <> all (array[
      'corporate_number', 'ip_address', 'postal_code', 'secret_key', 'not_judged', 'marking_confidential',
      'marking_restricted', 'marking_secret', 'judged_confidential', 'judged_restricted', 'judged_secret']));
comment on function yakin.personal_kinds is 'Of these findings, personal data and what could not be read well enough to rule it out; a kind that is not known here counts as personal';

create table yakin.reader_department (
  role_name text not null,
  department text not null check (department <> ''),
  granted_at timestamptz not null default clock_timestamp(),
  primary key (role_name, department)
);
comment on table yakin.reader_department is 'Readers that see only rows of these departments; a role that is not listed sees all';
comment on column yakin.reader_department.role_name is 'Login or group; its members are limited as well';
comment on column yakin.reader_department.department is 'Department whose rows it sees';
comment on column yakin.reader_department.granted_at is 'When';

create view yakin.reader_limit with (security_barrier) as
select r.department
from yakin.reader_department r
join pg_roles p on p.rolname = r.role_name
-- the session's login as well: a limited member of bi_reader may `set role bi_reader`, which is not limited
where pg_has_role(current_user, p.oid, 'usage') or pg_has_role(session_user, p.oid, 'usage');
comment on view yakin.reader_limit is 'Departments that the reader of this moment is limited to; no row: not limited';
comment on column yakin.reader_limit.department is 'Department';

create table yakin.purge (
  purge_id bigint generated always as identity primary key,
  purged_at timestamptz not null default clock_timestamp(),
  what text not null check (what in ('answer', 'rehearsal_answer', 'recording', 'restore_map')),
  level yakin.level,
  zone yakin.zone,
  use_case text,
  count bigint not null check (count > 0),
  oldest timestamptz not null,
  kept_days integer not null check (kept_days >= 0),
  policy_version text not null
);
comment on table yakin.purge is 'What retention deleted: kinds, counts and ages, never content. Never changed';
comment on column yakin.purge.purge_id is 'Id';
comment on column yakin.purge.purged_at is 'When';
comment on column yakin.purge.what is 'answer, rehearsal_answer, recording (a request that a sandbox vendor wrote down) or restore_map';
comment on column yakin.purge.level is 'Level; null for recordings, which hold any level that may go to the zone';
comment on column yakin.purge.zone is 'Zone, for recordings';
comment on column yakin.purge.use_case is 'Use case, for answers';
comment on column yakin.purge.count is 'How many';
comment on column yakin.purge.oldest is 'Age of the oldest';
comment on column yakin.purge.kept_days is 'Days that they were to be kept';
comment on column yakin.purge.policy_version is 'Policy in force';
