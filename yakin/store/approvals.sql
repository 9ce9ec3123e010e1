-- save --
-- A row is added, never changed: a revocation is one too.
insert into yakin.zone_approval (use_case, zone, "by", because, valid_until, revoked)
values (%(use_case)s, %(zone)s, %(by)s, %(because)s, %(valid_until)s, %(revoked)s)
returning approval_id;

-- in_force --
-- The newest row of each use case and zone, where it holds on a day.
select approval_id, use_case, zone
from (
  select distinct on (use_case, zone) approval_id, use_case, zone::text as zone, valid_until, revoked
  from yakin.zone_approval
  where use_case = any (%(use_cases)s)
  order by use_case, zone, approval_id desc
) newest
where not revoked and valid_until >= %(on)s
order by use_case, zone;

-- opened_under --
-- A resumed run may be opened under another approval as well; both are kept.
insert into yakin.run_approval (run_id, approval_id)
select %(run_id)s, unnest(%(approval_ids)s::bigint[])
on conflict do nothing;

-- all --
-- Every approval and revocation, the newest first.
select approval_id, use_case, zone, "by", because, at, valid_until, revoked, in_force, runs
from bi.zone_approvals
order by approval_id desc;
