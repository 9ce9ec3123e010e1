-- One row per run, counted from work and ledger, so that it cannot disagree with them.
create or replace view bi.runs with (security_barrier) as
select r.run_id,
       j.use_case,
       r.business_date,
       r.state,
       r.started_at,
       r.finished_at,
       r.budget_jpy::numeric as budget_jpy,
       coalesce(c.cost_jpy, 0) as cost_jpy,
       coalesce(w.documents, 0) as documents,
       coalesce(w.answered, 0) as answered,
       coalesce(w.unanswered, 0) as unanswered,
       r.rehearsal,
       r.prefect_flow_run_id,
       coalesce(w.skipped, 0) as skipped,
       coalesce(w.awaiting_approval, 0) as awaiting_approval,
       coalesce(u.unknown_jpy, 0) as unknown_jpy,
       r.deadline_at,
       r.finished_at <= r.deadline_at as deadline_met,
       r.policy_version,
       r.catalogue_version,
       r.purpose
from yakin.run r
left join lateral (
  select string_agg(distinct use_case, ', ') as use_case from yakin.run_job where run_id = r.run_id
) j on true
left join lateral (
  select count(*) as documents,
         count(*) filter (where state = 'answered') as answered,
         count(*) filter (where state = 'unanswered') as unanswered,
         count(*) filter (where state = 'skipped') as skipped,
         count(*) filter (where state = 'awaiting_approval') as awaiting_approval
  from yakin.work where run_id = r.run_id
) w on true
left join lateral (
  select sum(amount_jpy) as cost_jpy from ledger.entry where run_id = r.run_id and kind in ('charge', 'adjust')
) c on true
left join lateral (
  select sum(worst_jpy) as unknown_jpy from yakin.attempt where run_id = r.run_id and outcome = 'unknown'
) u on true;
comment on view bi.runs is 'One row per run, rehearsals and evaluations included';
comment on column bi.runs.run_id is 'Id';
comment on column bi.runs.use_case is 'Use cases of its jobs';
comment on column bi.runs.business_date is 'JST day that the night begins on';
comment on column bi.runs.state is 'open, quoted, finished, failed or cancelled';
comment on column bi.runs.started_at is 'When it was opened';
comment on column bi.runs.finished_at is 'When it was closed';
comment on column bi.runs.budget_jpy is 'Cap of the run';
comment on column bi.runs.cost_jpy is 'Charges and adjustments';
comment on column bi.runs.documents is 'Documents that it had to do with';
comment on column bi.runs.answered is 'Answered in this run';
comment on column bi.runs.unanswered is 'Ended with a reason';
comment on column bi.runs.rehearsal is 'Against sandbox vendors';
comment on column bi.runs.prefect_flow_run_id is 'Newest Prefect flow run';
comment on column bi.runs.skipped is 'Answered before';
comment on column bi.runs.awaiting_approval is 'Wait for a person';
comment on column bi.runs.unknown_jpy is 'Held by attempts that may have been billed';
comment on column bi.runs.deadline_at is 'When the office opens';
comment on column bi.runs.deadline_met is 'Finished in time';
comment on column bi.runs.policy_version is 'Policy in force';
comment on column bi.runs.catalogue_version is 'Catalogue in force';
comment on column bi.runs.purpose is 'night, or evaluation: a golden set over candidate models, which answers no document';
