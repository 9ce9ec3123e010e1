-- intend --
-- Zone and allowed zones come from the frozen offer and the decision, never from the caller: the third wall.
with new as (
  insert into yakin.attempt (attempt_id, decision_id, allowed_zones, level, run_id, use_case, document_id, offer, zone,
                             step, purpose, worst_jpy, budget_ids, lease_token, masked, basis,
                             output_bound_tokens, kinds)
  select %(attempt_id)s, d.decision_id, d.allowed_zones, d.level, %(run_id)s, %(use_case)s, %(document_id)s,
         o.offer, o.zone, %(step)s, %(purpose)s, %(worst_jpy)s, %(budget_ids)s::bigint[], %(lease_token)s,
         %(masked)s, %(basis)s, %(output_bound_tokens)s,
         coalesce((select c.counts from yakin.classification c where c.document_id = d.document_id
                   order by c.classified_at desc limit 1), '{}')
  from yakin.decision d, yakin.run_offer o
  where d.decision_id = %(decision_id)s and o.run_id = %(run_id)s and o.offer = %(offer)s
  on conflict (attempt_id) do nothing
  returning attempt_id, run_id, use_case, document_id, worst_jpy
)
insert into ledger.entry (business_date, kind, attempt_id, run_id, rehearsal, department, cost_centre, use_case,
                          amount_jpy)
select r.business_date, 'reserve', new.attempt_id, new.run_id, r.rehearsal, j.department, j.cost_centre, new.use_case,
       new.worst_jpy
from new
join yakin.run r using (run_id)
join yakin.work w using (run_id, use_case, document_id)
join yakin.run_job j using (run_id, job);

-- outcome --
-- Tells a repeated reservation from one that names no decision or offer.
select outcome from yakin.attempt where attempt_id = %(attempt_id)s;

-- mark_sent --
-- The share lock on the work row keeps a take-over out; an attempt that was ended cannot be sent.
with held as (
  select w.lease_token
  from yakin.work w join yakin.attempt a using (run_id, use_case, document_id)
  where a.attempt_id = %(attempt_id)s and w.state = 'leased' and w.lease_token = a.lease_token
  for share of w
)
update yakin.attempt a
set sent_at = coalesce(a.sent_at, clock_timestamp())
from held
where a.attempt_id = %(attempt_id)s and a.outcome = 'intent' and a.lease_token = held.lease_token;

-- lock_work --
-- Before the attempt, as everywhere; tells whether this lease may still land. A line of a batch may also land where
-- nobody works on its document: the night may be over when it comes back, and the first answer stays.
select (state = 'leased' and lease_token = %(token)s)
       or (state in ('submitted', 'pending', 'unanswered') and reason is distinct from 'forgotten'
           and exists (select from yakin.batch_line l where l.attempt_id = %(attempt_id)s)) as held
from yakin.work
where run_id = %(run_id)s and use_case = %(use_case)s and document_id = %(document_id)s
for update;

-- lock_attempt --
-- First statement of a settlement that touches money; the frozen price and rate come with it.
select a.outcome, a.worst_jpy, a.budget_ids, a.cost_jpy, p.tier, p.valid_from, p.currency, p.input_per_mtok,
       p.output_per_mtok, p.cached_input_per_mtok, p.cache_write_per_mtok, p.over_input_tokens, p.source as price_source, p.checked,
       f.base, f.quote, f.rate, f.kind as fx_kind, f.as_of, f.source as fx_source
from yakin.attempt a
join yakin.run_offer o using (run_id, offer)
join ledger.price_rate p using (price_rate_id)
join ledger.fx_rate f using (fx_rate_id)
where a.attempt_id = %(attempt_id)s
for update of a;

-- reached_cliff --
-- The highest threshold below the size of the request; no row means the offer's own price.
select c.price_rate_id, p.tier, p.valid_from, p.currency, p.input_per_mtok, p.output_per_mtok,
       p.cached_input_per_mtok, p.cache_write_per_mtok, p.over_input_tokens, p.source as price_source, p.checked
from yakin.attempt a
join yakin.run_offer_cliff c using (run_id, offer)
join ledger.price_rate p on p.price_rate_id = c.price_rate_id
where a.attempt_id = %(attempt_id)s and c.over_input_tokens < %(input_tokens)s
order by c.over_input_tokens desc
limit 1;

-- end_attempt --
-- How it ended and what it used.
update yakin.attempt
set outcome = %(outcome)s, finished_at = clock_timestamp(), input_tokens = %(input_tokens)s,
    cached_input_tokens = %(cached_input_tokens)s, cache_write_tokens = %(cache_write_tokens)s,
    output_tokens = %(output_tokens)s, reasoning_tokens = %(reasoning_tokens)s, cost_native = %(cost_native)s,
    cost_jpy = %(cost_jpy)s, cost_is_bound = %(cost_is_bound)s, provider_request_id = %(provider_request_id)s,
    detail = %(detail)s
where attempt_id = %(attempt_id)s;

-- enter --
-- Charge and release together; the unique index lets each in once.
insert into ledger.entry (business_date, kind, attempt_id, run_id, rehearsal, department, cost_centre, use_case,
                          amount_jpy, amount_native, currency, price_rate_id, fx_rate_id)
select e.business_date, k.kind, e.attempt_id, e.run_id, e.rehearsal, e.department, e.cost_centre, e.use_case,
       case k.kind when 'charge' then %(cost_jpy)s::numeric else e.amount_jpy end,
       case k.kind when 'charge' then %(cost_native)s::numeric end,
       case when k.kind = 'charge' and %(cost_native)s::numeric is not null then p.currency end,
       case k.kind when 'charge' then coalesce(%(price_rate_id)s::bigint, o.price_rate_id) end,
       case k.kind when 'charge' then o.fx_rate_id end
from ledger.entry e
join yakin.attempt a using (attempt_id)
join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
join ledger.price_rate p on p.price_rate_id = o.price_rate_id
cross join (values ('charge'), ('release')) as k (kind)
where e.attempt_id = %(attempt_id)s and e.kind = 'reserve'
  and (k.kind = 'release' or %(cost_jpy)s::numeric is not null);

-- land --
-- The first answer stays. A level can only be raised on the way from decision to answer. What was forgotten while it
-- was asked is charged and not kept.
insert into yakin.answer (document_id, use_case, use_case_version, rehearsal, run_id, attempt_id, answer, level, zone,
                          offer, restored_complete)
select a.document_id, a.use_case, w.use_case_version, w.rehearsal, a.run_id, a.attempt_id, %(answer)s,
       case when yakin.level_rank(%(level)s) > yakin.level_rank(a.level) then %(level)s else a.level end,
       a.zone, a.offer, %(restored_complete)s
from yakin.attempt a join yakin.work w using (run_id, use_case, document_id)
where a.attempt_id = %(attempt_id)s
  and (a.run_id, a.use_case, a.document_id) = (%(run_id)s::uuid, %(use_case)s, %(document_id)s)
  and not exists (select from yakin.forgotten f where f.document_id = a.document_id)
on conflict do nothing;

-- answered --
-- The document has its answer, unless it was forgotten meanwhile.
update yakin.work w
set state = case when f.document_id is null then 'answered' else 'unanswered' end,
    reason = case when f.document_id is null then null else 'forgotten' end, updated_at = clock_timestamp()
from (select %(document_id)s::bigint as document_id) d left join yakin.forgotten f using (document_id)
where w.run_id = %(run_id)s and w.use_case = %(use_case)s and w.document_id = d.document_id;

-- has_answer --
-- Whether this attempt's answer is the one that landed.
select 1 as landed from yakin.answer where attempt_id = %(attempt_id)s;
