-- share_work --
-- Keeps take-overs out until the commit. Alone: a locking select that joins can lose rows which it had to wait for.
select document_id
from yakin.work
where run_id = any (%(run_ids)s::uuid[]) and use_case = any (%(use_cases)s::text[])
  and document_id = any (%(document_ids)s::bigint[])
order by run_id, use_case, document_id
for share;

-- leases --
-- Those that hold. An attempt that is there already was reserved before.
select c.attempt_id, (select a.outcome from yakin.attempt a where a.attempt_id = c.attempt_id) as outcome
from unnest(%(attempt_ids)s::uuid[], %(run_ids)s::uuid[], %(use_cases)s::text[], %(document_ids)s::bigint[],
            %(tokens)s::bigint[]) as c (attempt_id, run_id, use_case, document_id, token)
join yakin.work w using (run_id, use_case, document_id)
where w.state = 'leased' and w.lease_token = c.token;

-- hold_caps --
-- First: until the commit nobody makes a cap that these calls would not count in.
select pg_advisory_xact_lock_shared(hashtextextended('yakin new cap', 0));

-- newest_cap --
-- Whoever has read the caps since it was made knows it. A run's own caps are older than its calls.
select coalesce(max(budget_id), 0) as budget_id from ledger.budget where scope <> 'run';

-- caps_of --
-- The caps of calls that wait, as they are now.
select c.attempt_id, array_agg(b.budget_id order by b.budget_id) as budget_ids
from unnest(%(attempt_ids)s::uuid[], %(run_ids)s::uuid[], %(use_cases)s::text[], %(document_ids)s::bigint[],
            %(offers)s::text[]) as c (attempt_id, run_id, use_case, document_id, offer)
join yakin.work w using (run_id, use_case, document_id)
join yakin.run_job j using (run_id, job)
join yakin.run_offer o using (run_id, offer)
cross join ledger.caps_of_call(c.run_id, w.job, j.department, c.use_case, o.operator) as b (budget_id)
group by c.attempt_id;

-- lock_caps --
-- In the order of the ids, as every writer does; a statement of its own, so that what follows sees the newest counters.
select budget_id, cap_jpy, reserved_jpy, spent_jpy
from ledger.budget
where budget_id = any (%(budget_ids)s::bigint[])
order by budget_id
for no key update;

-- room --
-- The same without the lock.
select budget_id, cap_jpy, reserved_jpy, spent_jpy
from ledger.budget
where budget_id = any (%(budget_ids)s::bigint[]);

-- marks --
-- What other processes wait for. One that has not said so for seconds is gone.
select budget_id, worst_jpy, since
from ledger.waiting
where budget_id = any (%(budget_ids)s::bigint[]) and holder <> %(holder)s
  and seen_at > clock_timestamp() - make_interval(secs => %(fresh_s)s);

-- intend --
-- Zone and allowed zones come from the frozen offer and the decision, never from the caller: the third wall.
with new as (
  insert into yakin.attempt (attempt_id, decision_id, allowed_zones, level, run_id, use_case, document_id, offer, zone,
                             step, purpose, worst_jpy, budget_ids, lease_token, masked, basis,
                             output_bound_tokens, ask_no, kinds)
  select c.attempt_id, d.decision_id, d.allowed_zones, d.level, c.run_id, c.use_case, c.document_id, o.offer, o.zone,
         c.step, c.purpose, c.worst_jpy, string_to_array(c.budget_ids, ',')::bigint[], c.lease_token, c.masked, c.basis,
         c.output_bound_tokens, c.ask_no,
         coalesce((select k.counts from yakin.classification k where k.document_id = d.document_id
                   order by k.classified_at desc limit 1), '{}')
  from unnest(%(attempt_ids)s::uuid[], %(decision_ids)s::bigint[], %(run_ids)s::uuid[], %(use_cases)s::text[],
              %(document_ids)s::bigint[], %(offers)s::text[], %(steps)s::integer[], %(purposes)s::text[],
              %(worst_jpys)s::numeric[], %(caps)s::text[], %(tokens)s::bigint[], %(masked)s::boolean[],
              %(bases)s::text[], %(output_bounds)s::integer[], %(ask_nos)s::smallint[])
       as c (attempt_id, decision_id, run_id, use_case, document_id, offer, step, purpose, worst_jpy, budget_ids,
             lease_token, masked, basis, output_bound_tokens, ask_no)
  join yakin.decision d on d.decision_id = c.decision_id
  join yakin.run_offer o on o.run_id = c.run_id and o.offer = c.offer
  returning attempt_id, run_id, use_case, document_id, worst_jpy
)
insert into ledger.entry (business_date, kind, attempt_id, run_id, rehearsal, department, cost_centre, use_case,
                          amount_jpy)
select r.business_date, 'reserve', new.attempt_id, new.run_id, r.rehearsal, j.department, j.cost_centre, new.use_case,
       new.worst_jpy
from new
join yakin.run r using (run_id)
join yakin.work w using (run_id, use_case, document_id)
join yakin.run_job j using (run_id, job)
returning attempt_id;

-- take_room --
-- The condition holds, or somebody counted wrong: then fewer rows are touched than there are caps.
update ledger.budget b
set reserved_jpy = b.reserved_jpy + t.worst_jpy
from unnest(%(budget_ids)s::bigint[], %(amounts)s::numeric[]) as t (budget_id, worst_jpy)
where b.budget_id = t.budget_id and b.spent_jpy + b.reserved_jpy + t.worst_jpy <= b.cap_jpy;

-- mark_sent --
-- Under the lock of the attempts: a take-over locks them as well. It comes before, and the attempt has ended, or after,
-- and finds it sent. One whose lease is lost cannot be sent either.
update yakin.attempt a
set sent_at = coalesce(a.sent_at, clock_timestamp())
from yakin.work w
where a.attempt_id = any (%(attempt_ids)s::uuid[]) and a.outcome = 'intent'
  and (w.run_id, w.use_case, w.document_id) = (a.run_id, a.use_case, a.document_id)
  and w.state = 'leased' and w.lease_token = a.lease_token
returning a.attempt_id;

-- still_waiting --
-- What this process's queues wait for, in place of what they waited for before. Processes that died said it for ever.
with gone as (
  delete from ledger.waiting w
  where w.seen_at < clock_timestamp() - interval '1 hour' or w.holder = %(holder)s
    and not exists (select from unnest(%(use_cases)s::text[], %(budget_ids)s::bigint[]) as c (use_case, budget_id)
                    where (c.use_case, c.budget_id) = (w.use_case, w.budget_id))
)
insert into ledger.waiting (holder, use_case, budget_id, worst_jpy, since)
select %(holder)s, c.use_case, c.budget_id, c.worst_jpy, c.since
from unnest(%(use_cases)s::text[], %(budget_ids)s::bigint[], %(worst_jpys)s::numeric[], %(since)s::timestamptz[])
     as c (use_case, budget_id, worst_jpy, since)
on conflict (holder, use_case, budget_id) do update
set worst_jpy = excluded.worst_jpy, since = excluded.since, seen_at = clock_timestamp();
