-- find --
-- A cap that is raised is crossed again only under its new amount. The unique key keeps two processes apart.
insert into ledger.threshold_crossing (budget_id, percent, cap_jpy, spent_jpy)
select b.budget_id, p.percent, b.cap_jpy, b.spent_jpy
from ledger.budget b
cross join unnest(%(percents)s::integer[]) as p (percent)
where b.period_end >= %(on)s::date - %(late_days)s::integer
  and b.period_start <= %(on)s and b.cap_jpy > 0 and b.spent_jpy > 0 and 100 * b.spent_jpy >= p.percent * b.cap_jpy
order by b.budget_id, p.percent
on conflict (budget_id, percent, cap_jpy) do nothing;

-- claim --
-- One process tells; when it dies or Prefect is away, the claim runs out and another try follows.
update ledger.threshold_crossing c
set claimed_until = clock_timestamp() + make_interval(secs => %(seconds)s)
from (
  select crossing_id from ledger.threshold_crossing
  where told_at is null and claimed_until < clock_timestamp()
  order by crossing_id
  for update skip locked
) free, ledger.budget b
where c.crossing_id = free.crossing_id and b.budget_id = c.budget_id
returning c.crossing_id, c.event_id, c.found_at, c.percent, c.budget_id, b.scope, b.key, b.per, b.period_start,
          b.period_end, b.rehearsal, c.cap_jpy, c.spent_jpy;

-- told --
-- Prefect has taken the event.
update ledger.threshold_crossing
set told_at = clock_timestamp()
where crossing_id = any (%(crossing_ids)s::bigint[]) and told_at is null;
