-- Why a level, beside why a route; and who approved a zone for a run.
alter table yakin.decision add column level_reason text not null default '';
alter table yakin.decision alter column level_reason drop default;
comment on column yakin.decision.level_reason is 'Why this level and these zones: rule names such as kind:person, baseline:restricted, review:12; never a value';

create table yakin.zone_approval (
  run_id uuid not null references yakin.run,
  zone yakin.zone not null,
  approved_by text not null check (approved_by ~ '\S'),
  because text not null check (because ~ '\S'),
  approved_at timestamptz not null default clock_timestamp(),
  primary key (run_id, zone)
);
comment on table yakin.zone_approval is 'Zones that the policy opens only with a named approval, and who gave it for a run; append-only';
comment on column yakin.zone_approval.run_id is 'The run';
comment on column yakin.zone_approval.zone is '送信先区分';
comment on column yakin.zone_approval.approved_by is 'Who approved it';
comment on column yakin.zone_approval.because is 'Why, in that person''s words';
comment on column yakin.zone_approval.approved_at is 'When the run was opened with it';
create trigger zone_approval_append_only before update or delete on yakin.zone_approval
  for each row execute function yakin.refuse_change();
create trigger zone_approval_never_truncated before truncate on yakin.zone_approval
  for each statement execute function yakin.refuse_change();
