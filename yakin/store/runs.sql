-- lock_key --
-- Two processes that open one key at once must get one run.
select pg_advisory_xact_lock(hashtextextended('yakin run key ' || %(run_key)s, 0));

-- unfinished --
-- Everything but finished is resumed by the same command.
select run_id, started_at
from yakin.run
where run_key = %(run_key)s and business_date = %(business_date)s and rehearsal = %(rehearsal)s
  and state <> 'finished'
order by started_at desc
limit 1
for no key update;

-- peek_unfinished --
-- Without a lock: another process may be working on it for hours.
select run_id
from yakin.run
where run_key = %(run_key)s and business_date = %(business_date)s and rehearsal = %(rehearsal)s
  and state <> 'finished'
order by started_at desc
limit 1;

-- insert --
-- A new night.
insert into yakin.run (run_key, business_date, rehearsal, deadline_at, budget_jpy, parameters, policy_version,
                       catalogue_version, prefect_flow_run_id, purpose)
values (%(run_key)s, %(business_date)s, %(rehearsal)s, %(deadline_at)s, %(budget_jpy)s, %(parameters)s,
        %(policy_version)s, %(catalogue_version)s, %(prefect_flow_run_id)s, %(purpose)s)
returning run_id, started_at;

-- resume --
-- The newest command says how much and until when; what was frozen stays.
update yakin.run
set state = 'open', finished_at = null, budget_jpy = %(budget_jpy)s, deadline_at = %(deadline_at)s,
    prefect_flow_run_id = coalesce(%(prefect_flow_run_id)s, prefect_flow_run_id)
where run_id = %(run_id)s;

-- save_use_case --
-- Work, answers and jobs name a use case's version by foreign key.
insert into yakin.use_case (name, version) values (%(use_case)s, %(version)s)
on conflict do nothing;

-- insert_job --
-- Jobs are fixed when a run is opened.
insert into yakin.run_job (run_id, job, use_case, use_case_version, source_uri, department, cost_centre, budget_jpy,
                           baseline, level_floor, backfill)
values (%(run_id)s, %(job)s, %(use_case)s, %(use_case_version)s, %(source_uri)s, %(department)s, %(cost_centre)s,
        %(budget_jpy)s, %(baseline)s, %(level_floor)s, %(backfill)s);

-- hold --
-- The lock ends with the session, so a killed process lets go by itself.
select pg_try_advisory_lock(hashtextextended('yakin run ' || %(run_id)s, 0)) as held;

-- lock_leased --
-- First statement of a take-over: work rows are locked before attempts and in the order of their key, as everywhere.
select document_id
from yakin.work
where run_id = %(run_id)s and state = 'leased'
order by run_id, use_case, document_id
for update;

-- unlease --
-- Another worker may take them at once.
update yakin.work
set state = 'pending', updated_at = clock_timestamp()
where run_id = %(run_id)s and state = 'leased';

-- sent_to_unknown --
-- A request that left may have been billed: its reservation stays until that is known.
update yakin.attempt
set outcome = 'unknown', finished_at = clock_timestamp()
where run_id = %(run_id)s and outcome = 'intent' and sent_at is not null;

-- lock_open_attempts --
-- All at once and in the order of the ids; what was never marked as sent cannot have been sent.
select attempt_id, sent_at is not null as sent
from yakin.attempt
where run_id = %(run_id)s and outcome = 'intent'
order by attempt_id
for update;

-- finish --
-- Totals are views; a closed run only needs its state and time.
update yakin.run
set state = %(state)s, finished_at = case when %(state)s = 'open' then null else clock_timestamp() end
where run_id = %(run_id)s;

-- set_prefect_flow_run --
-- People jump from a run to what Prefect shows of it.
update yakin.run set prefect_flow_run_id = %(flow_run_id)s where run_id = %(run_id)s;

-- latest --
-- The run that people mean when they give none: a night.
select r.run_id, r.run_key, r.business_date, r.rehearsal, r.state, r.started_at, r.finished_at, r.deadline_at,
       r.budget_jpy, r.parameters, r.policy_version, r.catalogue_version, r.prefect_flow_run_id, r.purpose,
       (select array_agg(distinct j.use_case) from yakin.run_job j where j.run_id = r.run_id) as use_cases
from yakin.run r
where r.purpose = 'night'
order by r.started_at desc
limit 1;

-- by_prefix --
-- Two rows are enough to know that a prefix is not unique.
select r.run_id, r.run_key, r.business_date, r.rehearsal, r.state, r.started_at, r.finished_at, r.deadline_at,
       r.budget_jpy, r.parameters, r.policy_version, r.catalogue_version, r.prefect_flow_run_id, r.purpose,
       (select array_agg(distinct j.use_case) from yakin.run_job j where j.run_id = r.run_id) as use_cases
from yakin.run r
where starts_with(r.run_id::text, %(prefix)s)
limit 2;
