-- set_cap --
-- Counters stay: a lower cap holds from the next reservation on.
insert into ledger.budget (scope, key, per, period_start, period_end, rehearsal, cap_jpy, standing, set_by, made_by,
                           because)
values (%(scope)s, %(key)s, %(per)s, %(period_start)s, %(period_end)s, %(rehearsal)s, %(cap_jpy)s, %(standing)s,
        %(set_by)s, %(made_by)s, %(because)s)
on conflict (scope, key, per, period_start, rehearsal) do update
set cap_jpy = excluded.cap_jpy, period_end = excluded.period_end, standing = excluded.standing,
    set_by = excluded.set_by, made_by = excluded.made_by, because = excluded.because, set_at = clock_timestamp()
returning budget_id, xmax = 0 as is_new;

-- make_caps_alone --
-- Before a cap may be made: who reserves shares this lock until its commit. So all that is in flight is seen and
-- adopted, whoever reserves later knows the cap, and caps come into sight in the order of their ids.
select pg_advisory_xact_lock(hashtextextended('yakin new cap', 0));

-- declare_cap --
-- The catalogue changes only what it set itself; no row: a person has set it for this period.
insert into ledger.budget (scope, key, per, period_start, period_end, rehearsal, cap_jpy, standing, set_by, made_by,
                           because)
values (%(scope)s, %(key)s, %(per)s, %(period_start)s, %(period_end)s, %(rehearsal)s, %(cap_jpy)s, true, %(set_by)s,
        %(made_by)s, %(because)s)
on conflict (scope, key, per, period_start, rehearsal) do update
set cap_jpy = excluded.cap_jpy, standing = true, made_by = excluded.made_by, because = excluded.because,
    set_at = clock_timestamp()
where budget.set_by = 'yaml'
returning budget_id, xmax = 0 as is_new;

-- find_cap --
-- Without a lock: nobody waits for a night that opens.
select b.budget_id, b.scope, b.key, b.per, b.period_start, b.period_end, b.rehearsal, b.cap_jpy, b.reserved_jpy,
       b.spent_jpy, b.standing, b.set_by, b.made_by, b.because, b.set_at, false as locked
from ledger.budget b
where (b.scope, b.key, b.per, b.rehearsal) = (%(scope)s, %(key)s, %(per)s, %(rehearsal)s)
  and b.period_start = %(period_start)s and b.period_end = %(period_end)s;

-- in_flight --
-- What may be reserved in the period of a new cap. Who reserves waits meanwhile; who settles does not.
select a.attempt_id
from ledger.budget b
join yakin.run r on r.rehearsal = b.rehearsal and r.business_date between b.period_start and b.period_end
join yakin.attempt a using (run_id)
join ledger.entry e on e.attempt_id = a.attempt_id and e.kind = 'reserve'
join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
where b.budget_id = %(budget_id)s and a.outcome in ('intent', 'unknown')
  and case b.scope when 'department' then e.department = b.key
                   when 'use_case' then e.use_case = b.key
                   when 'vendor' then o.operator = b.key
                   else true end;

-- lock_in_flight --
-- Those that are so still. In the order of the ids, as whoever settles several at once. Alone: a locking select that
-- joins can lose rows which it had to wait for.
select attempt_id, worst_jpy
from yakin.attempt
where attempt_id = any (%(attempt_ids)s::uuid[]) and outcome in ('intent', 'unknown')
order by attempt_id
for update;

-- adopt --
-- It will settle into the new cap as well. A statement of its own, because it has to see what the lock waited for.
update yakin.attempt
set budget_ids = budget_ids || %(budget_id)s::bigint
where attempt_id = any (%(attempt_ids)s::uuid[]);

-- count_before --
-- After what is in flight is adopted: what had settled by then is in the ledger. The cap is not seen by others yet.
with before as (
  select coalesce(sum(e.amount_jpy), 0) as spent_jpy
  from ledger.budget b
  join ledger.entry e on e.rehearsal = b.rehearsal and e.business_date between b.period_start and b.period_end
  left join yakin.attempt a using (attempt_id)
  left join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
  where b.budget_id = %(budget_id)s and e.kind in ('charge', 'adjust')
    and case b.scope when 'department' then e.department = b.key
                     when 'use_case' then e.use_case = b.key
                     when 'vendor' then coalesce(e.vendor, o.operator) = b.key
                     else true end
)
update ledger.budget b
set reserved_jpy = b.reserved_jpy + %(held_jpy)s, spent_jpy = b.spent_jpy + before.spent_jpy,
    spent_before_jpy = before.spent_jpy
from before
where b.budget_id = %(budget_id)s;

-- ended_standing_caps --
-- A cap that nobody set again must not turn into no cap.
select budget_id, scope, per, period_start
from (
  select distinct on (scope, key, per) budget_id, scope, per, period_start, period_end, standing
  from ledger.budget
  where rehearsal = %(rehearsal)s and period_start <= %(on)s
  order by scope, key, per, period_start desc
) newest
where standing and period_end < %(on)s
order by budget_id;

-- carry_cap --
-- The same cap for a later period, with fresh counters.
insert into ledger.budget (scope, key, per, period_start, period_end, rehearsal, cap_jpy, standing, set_by, made_by,
                           because)
select scope, key, per, %(period_start)s, %(period_end)s, rehearsal, cap_jpy, true, set_by, made_by,
       'carried from ' || period_start
from ledger.budget
where budget_id = %(budget_id)s
on conflict (scope, key, per, period_start, rehearsal) do nothing
returning budget_id;

-- caps --
-- Runs' own caps are shown with their runs.
select b.budget_id, b.scope, b.key, b.per, b.period_start, b.period_end, b.rehearsal, b.cap_jpy, b.reserved_jpy,
       b.spent_jpy, b.standing, b.set_by, b.made_by, b.because, b.set_at,
       not b.rehearsal and exists (
         select from ledger.period_lock l
         where l.unlocked_at is null and b.period_start >= l.period_start and b.period_end <= l.period_end
       ) as locked
from ledger.budget b
where b.scope <> 'run' and b.rehearsal = %(rehearsal)s and %(on)s between b.period_start and b.period_end
order by array_position(array['day', 'month', 'fiscal_year', 'department', 'use_case', 'vendor'], b.scope), b.key,
         array_position(array['day', 'month', 'fiscal_year'], b.per);

-- for_call --
-- In the order of the ids, which is the order in which every writer locks them.
select budget_id
from ledger.caps_of_call(%(run_id)s::uuid, %(job)s::integer, %(department)s, %(use_case)s, %(vendor)s) as c (budget_id)
order by budget_id;

-- room --
-- What the tightest cap leaves.
select greatest(coalesce(min(cap_jpy - spent_jpy - reserved_jpy), 0), 0) as room_jpy
from ledger.budget
where budget_id = any (%(budget_ids)s::bigint[]);

-- rooms --
-- What every cap leaves that any call of a run can meet: each job with each vendor, the empty vendor for none yet.
with call as (
  select j.use_case, c.budget_id
  from yakin.run_job j
  cross join unnest(%(vendors)s::text[] || array['']) as v (vendor)
  cross join ledger.caps_of_call(j.run_id, j.job, j.department, j.use_case, v.vendor) as c (budget_id)
  where j.run_id = %(run_id)s
)
select b.scope, b.key, b.per, greatest(b.cap_jpy - b.spent_jpy - b.reserved_jpy, 0) as room_jpy,
       array_agg(distinct call.use_case) as use_cases
from call
join ledger.budget b using (budget_id)
group by b.budget_id
order by b.budget_id;

-- lock --
-- In the order of the ids, which is the order of every writer; a statement of its own, or the order would be the plan's.
select budget_id
from ledger.budget
where budget_id = any (%(budget_ids)s::bigint[])
order by budget_id
for no key update;

-- give_back --
-- What was held becomes what was spent.
update ledger.budget b
set reserved_jpy = b.reserved_jpy - c.held_jpy, spent_jpy = b.spent_jpy + c.spent_jpy
from unnest(%(budget_ids)s::bigint[], %(held_jpy)s::numeric[], %(spent_jpy)s::numeric[])
     as c (budget_id, held_jpy, spent_jpy)
where b.budget_id = c.budget_id;

-- pressure --
-- In flight is what live leases hold; unknown attempts and dead workers give nothing back by waiting.
select b.budget_id, b.scope, b.cap_jpy, b.reserved_jpy, b.spent_jpy,
       coalesce((
         select sum(a.worst_jpy)
         from yakin.attempt a join yakin.work w using (run_id, use_case, document_id)
         where a.outcome = 'intent' and b.budget_id = any (a.budget_ids)
           and w.state = 'leased' and w.lease_token = a.lease_token and w.lease_until > clock_timestamp()
       ), 0) as in_flight_jpy
from ledger.budget b
where b.budget_id = any (%(budget_ids)s::bigint[])
order by b.budget_id;

-- lock_attempts --
-- In the order of the ids, as every writer does. A statement of its own: an update that joins its own locked rows sees
-- them as they were before it waited, and loses some.
select attempt_id from yakin.attempt where attempt_id = any (%(attempt_ids)s::uuid[]) order by attempt_id for update;

-- release_attempts --
-- Only an open intent can be released, and only once.
update yakin.attempt
set outcome = 'not_sent', finished_at = clock_timestamp()
where attempt_id = any (%(attempt_ids)s::uuid[]) and outcome = 'intent'
returning attempt_id, budget_ids, worst_jpy;

-- ledger_release --
-- The ledger says that the reservation ended without a charge.
insert into ledger.entry (business_date, kind, attempt_id, run_id, rehearsal, department, cost_centre, use_case,
                          amount_jpy)
select e.business_date, 'release', e.attempt_id, e.run_id, e.rehearsal, e.department, e.cost_centre, e.use_case,
       e.amount_jpy
from ledger.entry e
where e.attempt_id = any (%(attempt_ids)s::uuid[]) and e.kind = 'reserve';
