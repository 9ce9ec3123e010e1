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
for update;

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
                       catalogue_version, prefect_flow_run_id)
values (%(run_key)s, %(business_date)s, %(rehearsal)s, %(deadline_at)s, %(budget_jpy)s, %(parameters)s,
        %(policy_version)s, %(catalogue_version)s, %(prefect_flow_run_id)s)
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

-- unlease --
-- First statement of a take-over: work rows are locked before attempts, as everywhere.
update yakin.work
set state = 'pending', updated_at = clock_timestamp()
where run_id = %(run_id)s and state = 'leased';

-- sent_to_unknown --
-- A request that left may have been billed: its reservation stays until that is known.
update yakin.attempt
set outcome = 'unknown', finished_at = clock_timestamp()
where run_id = %(run_id)s and outcome = 'intent' and sent_at is not null;

-- unsent --
-- What was never marked as sent cannot have been sent.
select attempt_id
from yakin.attempt
where run_id = %(run_id)s and outcome = 'intent' and sent_at is null
order by attempt_id;

-- save_price --
-- Prices are kept once each, however many runs freeze them.
insert into ledger.price_rate (model, tier, valid_from, currency, input_per_mtok, output_per_mtok,
                               cached_input_per_mtok, cache_write_per_mtok, over_input_tokens, source, checked)
values (%(model)s, %(tier)s, %(valid_from)s, %(currency)s, %(input_per_mtok)s, %(output_per_mtok)s,
        %(cached_input_per_mtok)s, %(cache_write_per_mtok)s, %(over_input_tokens)s, %(source)s, %(checked)s)
on conflict do nothing;

-- price_id --
-- A statement of its own: it has to see what another run has just committed.
select price_rate_id
from ledger.price_rate
where model = %(model)s and tier = %(tier)s and valid_from = %(valid_from)s and currency = %(currency)s
  and input_per_mtok = %(input_per_mtok)s and output_per_mtok = %(output_per_mtok)s
  and cached_input_per_mtok is not distinct from %(cached_input_per_mtok)s::numeric
  and cache_write_per_mtok is not distinct from %(cache_write_per_mtok)s::numeric
  and over_input_tokens = %(over_input_tokens)s and source = %(source)s and checked = %(checked)s;

-- freeze_offer --
-- What a resumed run froze stays.
insert into yakin.run_offer (run_id, offer, zone, rehearsal, endpoint, operator, model, vendor_model, tier,
                             price_rate_id, fx_rate_id, fx_stale, quality, quality_measured, sandbox,
                             operator_country, infrastructure, region, zero_retention, trains_on_data, evidence)
select r.run_id, %(offer)s, %(zone)s, r.rehearsal, %(endpoint)s, %(operator)s, %(model)s, %(vendor_model)s, %(tier)s,
       %(price_rate_id)s, %(fx_rate_id)s, %(fx_stale)s, %(quality)s, %(quality_measured)s, %(sandbox)s,
       %(operator_country)s, %(infrastructure)s, %(region)s, %(zero_retention)s, %(trains_on_data)s, %(evidence)s
from yakin.run r
where r.run_id = %(run_id)s
on conflict (run_id, offer) do nothing;

-- frozen_zone --
-- A zone that moved after the freeze is a reason to stop.
select zone::text as zone from yakin.run_offer where run_id = %(run_id)s and offer = %(offer)s;

-- finish --
-- Totals are views; a closed run only needs its state and time.
update yakin.run
set state = %(state)s, finished_at = case when %(state)s = 'open' then null else clock_timestamp() end
where run_id = %(run_id)s;

-- set_prefect_flow_run --
-- People jump from a run to what Prefect shows of it.
update yakin.run set prefect_flow_run_id = %(flow_run_id)s where run_id = %(run_id)s;

-- latest --
-- The run that people mean when they give none.
select r.run_id, r.run_key, r.business_date, r.rehearsal, r.state, r.started_at, r.finished_at, r.deadline_at,
       r.budget_jpy, r.parameters, r.policy_version, r.catalogue_version, r.prefect_flow_run_id,
       (select array_agg(distinct j.use_case) from yakin.run_job j where j.run_id = r.run_id) as use_cases
from yakin.run r
order by r.started_at desc
limit 1;

-- by_prefix --
-- Two rows are enough to know that a prefix is not unique.
select r.run_id, r.run_key, r.business_date, r.rehearsal, r.state, r.started_at, r.finished_at, r.deadline_at,
       r.budget_jpy, r.parameters, r.policy_version, r.catalogue_version, r.prefect_flow_run_id,
       (select array_agg(distinct j.use_case) from yakin.run_job j where j.run_id = r.run_id) as use_cases
from yakin.run r
where starts_with(r.run_id::text, %(prefix)s)
limit 2;

-- freeze_cliff --
-- With the offer's own price: what a resumed run froze stays.
insert into yakin.run_offer_cliff (run_id, offer, over_input_tokens, price_rate_id)
values (%(run_id)s, %(offer)s, %(over_input_tokens)s, %(price_rate_id)s)
on conflict (run_id, offer, over_input_tokens) do nothing;
