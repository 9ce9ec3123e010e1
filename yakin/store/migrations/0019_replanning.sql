-- Why a plan was made, and what it changed: each re-plan is a row with before and after.
alter table yakin.plan
  add column trigger text not null default 'start'
    check (trigger in ('start', 'resume', 'approval', 'wave', 'drift', 'judge')),
  add column before jsonb check (jsonb_typeof(before) = 'object'),
  add column after jsonb check (jsonb_typeof(after) = 'object');
update yakin.plan set trigger = case when why = 'judge' then 'judge' when why like 'wave %' then 'wave' else 'start' end
where why = 'judge' or why like 'wave %';
comment on column yakin.plan.trigger is 'start, resume (in another process), approval (its verdict), wave (the plan before was asked), drift (it no longer held), judge (only who is judged)';
comment on column yakin.plan.before is 'The documents that were left, as the plan before would have gone on with them, at the costs and times seen so far; null: there was none';
comment on column yakin.plan.after is 'The same documents under this plan';
