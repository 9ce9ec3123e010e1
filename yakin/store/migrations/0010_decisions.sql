-- Why a level, beside why a route; and who approved a zone that the policy opens only with an approval.
alter table yakin.decision add column level_reason text not null default '';
alter table yakin.decision alter column level_reason drop default;
comment on column yakin.decision.level_reason is 'Why this level and these zones: rule names such as kind:person, baseline:restricted, review:12; never a value';

create table yakin.zone_approval (
  approval_id bigint generated always as identity primary key,
  use_case text not null,
  zone yakin.zone not null check (zone <> 'on_prem'),
  "by" text not null check ("by" ~ '\S'),
  because text not null check (because ~ '\S'),
  at timestamptz not null default clock_timestamp(),
  valid_until date not null,
  revoked boolean not null
);
create index zone_approval_newest on yakin.zone_approval (use_case, zone, approval_id);
comment on table yakin.zone_approval is 'Approvals of zones that the policy opens only with one, and their revocations. The newest row of a use case and zone counts; append-only';
comment on column yakin.zone_approval.approval_id is 'Id, by which runs name it';
comment on column yakin.zone_approval.use_case is 'Use case whose documents may go there, on every other condition of their level';
comment on column yakin.zone_approval.zone is '送信先区分';
comment on column yakin.zone_approval."by" is 'Who approved or revoked it';
comment on column yakin.zone_approval.because is 'Why, in that person''s words';
comment on column yakin.zone_approval.at is 'When';
comment on column yakin.zone_approval.valid_until is 'Last business day of a night that it holds for';
comment on column yakin.zone_approval.revoked is 'Whether this row takes the approval back';
create trigger zone_approval_append_only before update or delete on yakin.zone_approval
  for each row execute function yakin.refuse_change();
create trigger zone_approval_never_truncated before truncate on yakin.zone_approval
  for each statement execute function yakin.refuse_change();

create table yakin.run_approval (
  run_id uuid not null references yakin.run,
  approval_id bigint not null references yakin.zone_approval,
  primary key (run_id, approval_id)
);
comment on table yakin.run_approval is 'Which approvals a run was opened under';
comment on column yakin.run_approval.run_id is 'The run';
comment on column yakin.run_approval.approval_id is 'The approval';
