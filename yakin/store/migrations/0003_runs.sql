-- Runs, their jobs, the work of each document, plans and decisions.
create table yakin.use_case (
  name text not null,
  version text not null,
  first_used_at timestamptz not null default now(),
  primary key (name, version)
);
comment on table yakin.use_case is 'Versions of use cases that runs have used';
comment on column yakin.use_case.name is 'Folder name';
comment on column yakin.use_case.version is 'Hash of prompt and answer schema';
comment on column yakin.use_case.first_used_at is 'When a run first used this version';

create table yakin.run (
  run_id uuid primary key default gen_random_uuid(),
  run_key text not null,
  business_date date not null,
  rehearsal boolean not null,
  state text not null default 'open' check (state in ('open', 'quoted', 'finished', 'failed', 'cancelled')),
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  deadline_at timestamptz,
  budget_jpy ledger.jpy not null check (budget_jpy >= 0),
  parameters jsonb not null check (jsonb_typeof(parameters) = 'object'),
  policy_version text not null,
  catalogue_version text not null,
  prefect_flow_run_id text,
  unique (run_id, rehearsal),
  check ((finished_at is null) = (state = 'open'))
);
create index run_by_key on yakin.run (run_key, rehearsal, started_at);
create index run_by_start on yakin.run (started_at);
comment on table yakin.run is 'One night: jobs planned together, with a budget and a deadline';
comment on column yakin.run.run_id is 'Id';
comment on column yakin.run.run_key is 'Jobs, business date and parameters; the same command finds its unfinished run by it';
comment on column yakin.run.business_date is 'JST day that the night begins on; caps are drawn by it';
comment on column yakin.run.rehearsal is 'Against sandbox vendors: satisfies and starves nothing real';
comment on column yakin.run.state is 'open, quoted (dry run), finished, failed, cancelled; all but finished can be resumed';
comment on column yakin.run.started_at is 'When it was opened';
comment on column yakin.run.finished_at is 'When it was closed';
comment on column yakin.run.deadline_at is 'When the office opens';
comment on column yakin.run.budget_jpy is 'Cap of the run';
comment on column yakin.run.parameters is 'Ids, URIs and numbers that the run was started with';
comment on column yakin.run.policy_version is 'Policy that is frozen for the run';
comment on column yakin.run.catalogue_version is 'Catalogue that is frozen for the run';
comment on column yakin.run.prefect_flow_run_id is 'Newest Prefect flow run that worked on it';

create table yakin.run_job (
  run_id uuid not null references yakin.run,
  job integer not null check (job >= 0),
  use_case text not null,
  use_case_version text not null,
  source_uri text not null,
  department text not null,
  budget_jpy ledger.jpy check (budget_jpy >= 0),
  baseline yakin.level,
  level_floor yakin.level,
  backfill boolean not null,
  primary key (run_id, job),
  unique (run_id, job, use_case, use_case_version),
  foreign key (use_case, use_case_version) references yakin.use_case (name, version)
);
comment on table yakin.run_job is 'A use case over a source for a department';
comment on column yakin.run_job.run_id is 'The run';
comment on column yakin.run_job.job is 'Place in the run, from 0';
comment on column yakin.run_job.use_case is 'Use case';
comment on column yakin.run_job.use_case_version is 'Version of the use case';
comment on column yakin.run_job.source_uri is 'Folder or bucket that is read';
comment on column yakin.run_job.department is 'Who is charged';
comment on column yakin.run_job.budget_jpy is 'Own cap inside the run, if any';
comment on column yakin.run_job.baseline is 'Baseline that the command asked for';
comment on column yakin.run_job.level_floor is 'Lowest level that the command asked for';
comment on column yakin.run_job.backfill is 'Whether documents answered by an older version are asked again';

create sequence yakin.lease_token;
comment on sequence yakin.lease_token is 'Fencing tokens: a later lease has a larger one';

create table yakin.work (
  run_id uuid not null,
  use_case text not null,
  document_id bigint not null references yakin.document,
  job integer not null,
  use_case_version text not null,
  rehearsal boolean not null,
  state text not null check (state in ('pending', 'leased', 'answered', 'unanswered', 'skipped', 'awaiting_approval')),
  reason yakin.reason,
  lease_token bigint,
  lease_until timestamptz,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (run_id, use_case, document_id),
  foreign key (run_id, rehearsal) references yakin.run (run_id, rehearsal),
  foreign key (run_id, job, use_case, use_case_version)
    references yakin.run_job (run_id, job, use_case, use_case_version),
  constraint work_reason_when_unanswered check ((reason is not null) = (state in ('unanswered', 'awaiting_approval'))),
  constraint work_lease_when_leased check (state <> 'leased' or (lease_token is not null and lease_until is not null))
);
create index work_by_document on yakin.work (document_id, use_case, rehearsal);
comment on table yakin.work is 'Where a document stands in a run: ends with one answer or one reason';
comment on column yakin.work.run_id is 'The run';
comment on column yakin.work.use_case is 'Use case';
comment on column yakin.work.document_id is 'The document';
comment on column yakin.work.job is 'Job of the run that asked for it first';
comment on column yakin.work.use_case_version is 'Version of the use case';
comment on column yakin.work.rehearsal is 'The run''s flag';
comment on column yakin.work.state is 'pending, leased, answered, unanswered, skipped (answered before), awaiting_approval';
comment on column yakin.work.reason is 'Why there is no answer';
comment on column yakin.work.lease_token is 'Fencing token of the newest lease';
comment on column yakin.work.lease_until is 'When somebody else may take over';
comment on column yakin.work.updated_at is 'Newest change';

create table yakin.plan (
  run_id uuid not null references yakin.run,
  plan_version integer not null check (plan_version >= 1),
  quote jsonb not null,
  why text not null,
  decided_at timestamptz not null default clock_timestamp(),
  primary key (run_id, plan_version)
);
comment on table yakin.plan is 'A plan of a run; re-planning adds one';
comment on column yakin.plan.run_id is 'The run';
comment on column yakin.plan.plan_version is 'From 1';
comment on column yakin.plan.quote is '事前見積: expected, p95 and worst yen, finish time, zones, routes';
comment on column yakin.plan.why is 'Why it was planned (again)';
comment on column yakin.plan.decided_at is 'When';

create table yakin.decision (
  decision_id bigint generated always as identity primary key,
  run_id uuid not null,
  plan_version integer not null,
  use_case text not null,
  document_id bigint not null,
  level yakin.level not null,
  allowed_zones text[] not null check (allowed_zones <@ array['on_prem', 'domestic', 'japan_region', 'overseas']),
  policy_version text not null,
  option text not null,
  chain text[] not null,
  slice_key text not null,
  reason text not null,
  unanswered yakin.reason,
  alternatives jsonb not null check (jsonb_typeof(alternatives) = 'array'),
  expected_jpy ledger.jpy not null,
  worst_jpy ledger.jpy not null,
  decided_at timestamptz not null default clock_timestamp(),
  unique (run_id, use_case, document_id, plan_version),
  constraint decision_wall unique (decision_id, allowed_zones, run_id, use_case, document_id, level),
  constraint decision_reason_when_not_asked check ((cardinality(chain) = 0) = (unanswered is not null)),
  constraint decision_nowhere_is_not_asked check (cardinality(allowed_zones) > 0 or cardinality(chain) = 0),
  foreign key (run_id, plan_version) references yakin.plan (run_id, plan_version),
  foreign key (run_id, use_case, document_id) references yakin.work (run_id, use_case, document_id)
);
create index decision_by_document on yakin.decision (document_id, decision_id);
comment on table yakin.decision is '割当: what a plan decided on a document and why. Never changed';
comment on column yakin.decision.decision_id is 'Id';
comment on column yakin.decision.run_id is 'The run';
comment on column yakin.decision.plan_version is 'The plan';
comment on column yakin.decision.use_case is 'Use case';
comment on column yakin.decision.document_id is 'The document';
comment on column yakin.decision.level is 'Level of the document in this run';
comment on column yakin.decision.allowed_zones is '送信可否: the zones that it may go to; attempts carry it by foreign key';
comment on column yakin.decision.policy_version is 'Policy that gave the zones';
comment on column yakin.decision.option is 'The first offer, or none';
comment on column yakin.decision.chain is 'Offers in the order in which they are asked';
comment on column yakin.decision.slice_key is '処理グループ: documents with one key are processed together';
comment on column yakin.decision.reason is 'Why this option';
comment on column yakin.decision.unanswered is 'Why it is not asked';
comment on column yakin.decision.alternatives is 'What was considered: offer, zone, yen, quality, why not';
comment on column yakin.decision.expected_jpy is 'Expected cost';
comment on column yakin.decision.worst_jpy is 'Worst cost';
comment on column yakin.decision.decided_at is 'When';
