-- lock_attempt --
-- Rows are locked in the order of every writer: the attempt, then the caps.
select attempt_id from yakin.attempt where attempt_id = %(attempt_id)s for update;

-- attempt --
-- What is under lock, and whose it is.
select a.budget_ids, a.outcome, r.business_date, r.run_id, r.rehearsal, e.department, e.use_case, e.cost_centre
from yakin.attempt a
join yakin.run r using (run_id)
join ledger.entry e on e.attempt_id = a.attempt_id and e.kind = 'reserve'
where a.attempt_id = %(attempt_id)s;

-- attempt_day --
-- Rehearsals close no books: their day is open.
select r.business_date, r.rehearsal
from yakin.attempt a join yakin.run r using (run_id)
where a.attempt_id = %(attempt_id)s;

-- attempt_cost --
-- What it was charged, with its corrections.
select coalesce(sum(amount_jpy), 0) as cost_jpy
from ledger.entry
where attempt_id = %(attempt_id)s and kind in ('charge', 'adjust');

-- open_day --
-- Closed periods may follow each other, or lie in each other as a month in its fiscal year.
with recursive candidate (day) as (
  select %(on)s::date
  union
  select l.period_end + 1
  from candidate c
  join ledger.period_lock l on l.unlocked_at is null and c.day between l.period_start and l.period_end
)
select max(day) as day from candidate;

-- hold_caps --
-- As whoever reserves: no cap is made between the choice of the caps and the commit, or it would miss this entry.
select pg_advisory_xact_lock_shared(hashtextextended('yakin new cap', 0));

-- vendor_caps --
-- What a correction without an attempt counts against: the caps that every charge of that vendor and day counts against.
select budget_id
from ledger.budget
where rehearsal = %(rehearsal)s and %(on)s between period_start and period_end
  and (scope, key) in (('day', ''), ('month', ''), ('fiscal_year', ''), ('vendor', %(vendor)s))
order by budget_id;

-- adjust --
-- Append-only: a correction of a correction is another row.
insert into ledger.entry (business_date, kind, attempt_id, run_id, rehearsal, department, use_case, cost_centre, vendor,
                          amount_jpy, amount_native, currency, reason, made_by, budget_ids)
values (%(business_date)s, 'adjust', %(attempt_id)s, %(run_id)s, %(rehearsal)s, %(department)s, %(use_case)s,
        %(cost_centre)s, %(vendor)s, %(amount_jpy)s, %(amount_native)s, %(currency)s, %(reason)s, %(made_by)s,
        %(budget_ids)s::bigint[])
returning entry_id;

-- spend --
-- Last, because everybody waits for these rows.
update ledger.budget set spent_jpy = spent_jpy + %(amount_jpy)s where budget_id = %(budget_id)s;
