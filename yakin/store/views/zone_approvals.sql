-- Who opened an approval-bound zone for which use case, and whether that still holds.
create or replace view bi.zone_approvals with (security_barrier) as
select a.approval_id,
       a.use_case,
       a.zone::text as zone,
       a."by",
       a.because,
       a.at,
       a.valid_until,
       a.revoked,
       not a.revoked and a.valid_until >= (now() at time zone 'Asia/Tokyo')::date
         and not exists (
           select from yakin.zone_approval n
           where n.use_case = a.use_case and n.zone = a.zone and n.approval_id > a.approval_id) as in_force,
       (select count(*) from yakin.run_approval r where r.approval_id = a.approval_id) as runs
from yakin.zone_approval a;
comment on view bi.zone_approvals is 'Named approvals of zones that the policy opens only with one, and their revocations';
comment on column bi.zone_approvals.approval_id is 'Id';
comment on column bi.zone_approvals.use_case is 'Use case';
comment on column bi.zone_approvals.zone is '送信先区分';
comment on column bi.zone_approvals."by" is 'Who approved or revoked it';
comment on column bi.zone_approvals.because is 'Why';
comment on column bi.zone_approvals.at is 'When';
comment on column bi.zone_approvals.valid_until is 'Last business day that it holds for';
comment on column bi.zone_approvals.revoked is 'Whether this row takes the approval back';
comment on column bi.zone_approvals.in_force is 'Whether it is the newest of its use case and zone, not revoked and not over';
comment on column bi.zone_approvals.runs is 'Runs that were opened under it';
