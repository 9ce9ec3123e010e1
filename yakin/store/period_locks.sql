-- hold_writers --
-- Every writer of an entry or a cap shares this lock until it commits: when we have it, none is half way.
select pg_advisory_xact_lock(hashtextextended('yakin period lock', 0));

-- still_open --
-- Rehearsals spend no yen and close no books.
select coalesce(sum(a.attempts), 0)::bigint as attempts, coalesce(sum(a.reserved_jpy), 0)::numeric as reserved_jpy,
       count(*) filter (where r.state = 'open') as runs
from yakin.run r
left join lateral (
  select count(*) as attempts, sum(worst_jpy) as reserved_jpy
  from yakin.attempt where run_id = r.run_id and outcome in ('intent', 'unknown')
) a on true
where not r.rehearsal and r.business_date between %(period_start)s and %(period_end)s;

-- lock --
-- No row: it is locked already.
insert into ledger.period_lock (label, period_start, period_end, locked_by, because)
values (%(label)s, %(period_start)s, %(period_end)s, %(by)s, %(because)s)
on conflict (period_start, period_end) where unlocked_at is null do nothing
returning lock_id;

-- unlock --
-- Written down, never deleted.
update ledger.period_lock
set unlocked_at = clock_timestamp(), unlocked_by = %(by)s, unlocked_because = %(because)s
where period_start = %(period_start)s and period_end = %(period_end)s and unlocked_at is null;

-- locks --
-- Also those that were opened again.
select label, period_start, period_end, locked_at, locked_by, because, unlocked_at, unlocked_by, unlocked_because
from ledger.period_lock
order by lock_id desc;
