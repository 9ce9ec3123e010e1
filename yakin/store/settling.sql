-- lock_work --
-- Before the attempts, as everywhere. Alone: a locking select that joins can lose rows which it had to wait for.
select document_id
from yakin.work
where run_id = any (%(run_ids)s::uuid[]) and use_case = any (%(use_cases)s::text[])
  and document_id = any (%(document_ids)s::bigint[])
order by run_id, use_case, document_id
for update;

-- may_land --
-- Those whose lease may still land. A line of a batch may also land where nobody works on its document: the night may be
-- over when it comes back, and the first answer stays.
select c.attempt_id
from unnest(%(attempt_ids)s::uuid[], %(run_ids)s::uuid[], %(use_cases)s::text[], %(document_ids)s::bigint[],
            %(tokens)s::bigint[]) as c (attempt_id, run_id, use_case, document_id, token)
join yakin.work w using (run_id, use_case, document_id)
where (w.state = 'leased' and w.lease_token = c.token)
   or (w.state in ('submitted', 'pending', 'unanswered') and w.reason is distinct from 'forgotten'
       and exists (select from yakin.batch_line l where l.attempt_id = c.attempt_id));

-- attempts --
-- What is under lock, with its frozen rate: of the highest threshold below the size of the request, else the offer's own.
select a.attempt_id, a.outcome, a.worst_jpy, a.budget_ids, a.cost_jpy, p.price_rate_id, p.tier, p.valid_from,
       p.currency, p.input_per_mtok, p.output_per_mtok, p.cached_input_per_mtok, p.cache_write_per_mtok,
       p.over_input_tokens, p.source as price_source, p.checked, f.fx_rate_id, f.base, f.quote, f.rate,
       f.kind as fx_kind, f.as_of, f.source as fx_source
from unnest(%(attempt_ids)s::uuid[], %(input_tokens)s::bigint[]) as c (attempt_id, input_tokens)
join yakin.attempt a using (attempt_id)
join yakin.run_offer o using (run_id, offer)
left join lateral (
  select k.price_rate_id
  from yakin.run_offer_cliff k
  where k.run_id = a.run_id and k.offer = a.offer and k.over_input_tokens < c.input_tokens
  order by k.over_input_tokens desc
  limit 1
) cliff on true
join ledger.price_rate p on p.price_rate_id = coalesce(cliff.price_rate_id, o.price_rate_id)
join ledger.fx_rate f using (fx_rate_id);

-- end_attempts --
-- How they ended and what they used.
update yakin.attempt a
set outcome = c.outcome, finished_at = clock_timestamp(), input_tokens = c.input_tokens,
    cached_input_tokens = c.cached_input_tokens, cache_write_tokens = c.cache_write_tokens,
    output_tokens = c.output_tokens, reasoning_tokens = c.reasoning_tokens, cost_native = c.cost_native,
    cost_jpy = c.cost_jpy, cost_is_bound = c.cost_is_bound, provider_request_id = c.provider_request_id,
    detail = c.detail, confidence = c.confidence, accepted = c.accepted
from unnest(%(attempt_ids)s::uuid[], %(outcomes)s::text[], %(input_tokens)s::bigint[],
            %(cached_input_tokens)s::bigint[], %(cache_write_tokens)s::bigint[], %(output_tokens)s::bigint[],
            %(reasoning_tokens)s::bigint[], %(cost_native)s::numeric[],
            %(cost_jpy)s::numeric[], %(cost_is_bound)s::boolean[], %(provider_request_ids)s::text[],
            %(details)s::text[], %(confidences)s::double precision[], %(accepted)s::boolean[])
     as c (attempt_id, outcome, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
           reasoning_tokens, cost_native, cost_jpy, cost_is_bound, provider_request_id, detail,
           confidence, accepted)
where a.attempt_id = c.attempt_id;

-- verdict --
-- Of a cascade's first answer that was settled before it could be judged.
update yakin.attempt set confidence = %(confidence)s, accepted = %(accepted)s where attempt_id = %(attempt_id)s;

-- enter --
-- Charge and release together; the unique index lets each in once.
insert into ledger.entry (business_date, kind, attempt_id, run_id, rehearsal, department, cost_centre, use_case,
                          amount_jpy, amount_native, currency, price_rate_id, fx_rate_id)
select e.business_date, k.kind, e.attempt_id, e.run_id, e.rehearsal, e.department, e.cost_centre, e.use_case,
       case k.kind when 'charge' then c.cost_jpy else e.amount_jpy end,
       case k.kind when 'charge' then c.cost_native end,
       case when k.kind = 'charge' and c.cost_native is not null then c.currency end,
       case k.kind when 'charge' then c.price_rate_id end,
       case k.kind when 'charge' then c.fx_rate_id end
from unnest(%(attempt_ids)s::uuid[], %(cost_jpy)s::numeric[], %(cost_native)s::numeric[], %(currencies)s::text[],
            %(price_rate_ids)s::bigint[], %(fx_rate_ids)s::bigint[])
     as c (attempt_id, cost_jpy, cost_native, currency, price_rate_id, fx_rate_id)
join ledger.entry e on e.attempt_id = c.attempt_id and e.kind = 'reserve'
cross join (values ('charge'), ('release')) as k (kind)
where k.kind = 'release' or c.cost_jpy is not null;

-- land --
-- The first answer stays. A level can only be raised on the way from decision to answer. What was forgotten while it
-- was asked is charged and not kept.
insert into yakin.answer (document_id, use_case, use_case_version, rehearsal, run_id, attempt_id, answer, level, zone,
                          offer, restored_complete)
select a.document_id, a.use_case, w.use_case_version, w.rehearsal, a.run_id, a.attempt_id, c.answer,
       case when yakin.level_rank(c.level) > yakin.level_rank(a.level) then c.level else a.level end,
       a.zone, a.offer, c.restored_complete
from unnest(%(attempt_ids)s::uuid[], %(run_ids)s::uuid[], %(use_cases)s::text[], %(document_ids)s::bigint[],
            %(answers)s::jsonb[], %(levels)s::text[], %(restored_complete)s::boolean[])
     as c (attempt_id, run_id, use_case, document_id, answer, level, restored_complete)
join yakin.attempt a using (attempt_id, run_id, use_case, document_id)
join yakin.work w using (run_id, use_case, document_id)
where not exists (select from yakin.forgotten f where f.document_id = a.document_id)
on conflict do nothing
returning attempt_id;

-- answered --
-- The document has its answer, unless it was forgotten meanwhile.
update yakin.work w
set state = case when f.document_id is null then 'answered' else 'unanswered' end,
    reason = case when f.document_id is null then null else 'forgotten' end, updated_at = clock_timestamp()
from unnest(%(run_ids)s::uuid[], %(use_cases)s::text[], %(document_ids)s::bigint[])
     as c (run_id, use_case, document_id)
left join yakin.forgotten f using (document_id)
where (w.run_id, w.use_case, w.document_id) = (c.run_id, c.use_case, c.document_id);

-- landed --
-- Of attempts that had ended before: whose answer is the one that landed.
select attempt_id from yakin.answer where attempt_id = any (%(attempt_ids)s::uuid[]);
