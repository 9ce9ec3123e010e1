-- old_answers --
-- What `delete_answers` would delete.
select level::text as level, use_case, count(*) as count, min(answered_at) as oldest
from yakin.answer
where rehearsal = %(rehearsal)s and answered_at < %(before)s
  and (%(use_case)s::text is null or use_case = %(use_case)s::text)
group by level, use_case
order by use_case, level;

-- delete_answers --
-- The answer goes; its work, decision, attempt and ledger rows stay.
with gone as (
  delete from yakin.answer
  where rehearsal = %(rehearsal)s and answered_at < %(before)s
    and (%(use_case)s::text is null or use_case = %(use_case)s::text)
  returning level, use_case, answered_at
)
select level::text as level, use_case, count(*) as count, min(answered_at) as oldest
from gone
group by level, use_case
order by use_case, level;

-- old_maps --
-- Restore maps of lines of one level that no vendor has ended.
select m.attempt_id, m.sealed_at
from yakin.sealed_map m join yakin.attempt a using (attempt_id)
where a.level = %(level)s and m.sealed_at < %(before)s
order by m.attempt_id;

-- note --
-- Counts and ages; the content is gone.
insert into yakin.purge (purged_at, what, level, zone, use_case, count, oldest, kept_days, policy_version)
values (%(purged_at)s, %(what)s, %(level)s, %(zone)s, %(use_case)s, %(count)s, %(oldest)s, %(kept_days)s,
        %(policy_version)s);
