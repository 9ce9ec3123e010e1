-- set_cap --
-- Counters stay: a lower cap holds from the next reservation on.
insert into ledger.budget (scope, key, period_start, period_end, rehearsal, cap_jpy, standing)
values (%(scope)s, %(key)s, %(period_start)s, %(period_end)s, %(rehearsal)s, %(cap_jpy)s, %(standing)s)
on conflict (scope, key, period_start, rehearsal) do update
set cap_jpy = excluded.cap_jpy, period_end = excluded.period_end, standing = excluded.standing
returning budget_id;

-- ended_standing_caps --
-- A cap that nobody set again must not turn into no cap.
select budget_id, scope, period_start
from (
  select distinct on (scope, key) budget_id, scope, period_start, period_end, standing
  from ledger.budget
  where rehearsal = %(rehearsal)s and period_start <= %(on)s
  order by scope, key, period_start desc
) newest
where standing and period_end < %(on)s
order by budget_id;

-- carry_cap --
-- The same cap for a later period, with fresh counters.
insert into ledger.budget (scope, key, period_start, period_end, rehearsal, cap_jpy, standing)
select scope, key, %(period_start)s, %(period_end)s, rehearsal, cap_jpy, true
from ledger.budget
where budget_id = %(budget_id)s
on conflict (scope, key, period_start, rehearsal) do nothing;

-- caps --
-- Runs' own caps are shown with their runs.
select budget_id, scope, key, period_start, period_end, rehearsal, cap_jpy, reserved_jpy, spent_jpy, standing
from ledger.budget
where scope <> 'run' and rehearsal = %(rehearsal)s and %(on)s between period_start and period_end
order by array_position(array['day', 'month', 'fiscal_year', 'department', 'use_case', 'vendor'], scope), key;

-- for_call --
-- In the order of the ids, which is the order in which every writer locks them.
select b.budget_id
from yakin.run r
join ledger.budget b on b.rehearsal = r.rehearsal and r.business_date between b.period_start and b.period_end
where r.run_id = %(run_id)s
  and (b.scope, b.key) in (('run', %(run_key)s), ('run', %(job_key)s), ('day', ''), ('month', ''), ('fiscal_year', ''),
                           ('department', %(department)s), ('use_case', %(use_case)s), ('vendor', %(vendor)s))
order by b.budget_id;

-- room --
-- What the tightest cap leaves.
select greatest(coalesce(min(cap_jpy - spent_jpy - reserved_jpy), 0), 0) as room_jpy
from ledger.budget
where budget_id = any (%(budget_ids)s::bigint[]);

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

-- release_attempt --
-- Only an open intent can be released, and only once.
update yakin.attempt
set outcome = 'not_sent', finished_at = clock_timestamp()
where attempt_id = %(attempt_id)s and outcome = 'intent'
returning budget_ids, worst_jpy;

-- ledger_release --
-- The ledger says that the reservation ended without a charge.
insert into ledger.entry (business_date, kind, attempt_id, run_id, rehearsal, department, cost_centre, use_case,
                          amount_jpy)
select e.business_date, 'release', e.attempt_id, e.run_id, e.rehearsal, e.department, e.cost_centre, e.use_case,
       e.amount_jpy
from ledger.entry e
where e.attempt_id = %(attempt_id)s and e.kind = 'reserve';
