-- Who opened an approval-bound zone for which run.
create or replace view bi.zone_approvals with (security_barrier) as
select a.run_id,
       r.business_date,
       a.zone::text as zone,
       a.approved_by,
       a.because,
       a.approved_at,
       r.rehearsal
from yakin.zone_approval a
join yakin.run r using (run_id);
comment on view bi.zone_approvals is 'Named approvals of zones that the policy opens only with one';
comment on column bi.zone_approvals.run_id is 'The run';
comment on column bi.zone_approvals.business_date is 'Business day';
comment on column bi.zone_approvals.zone is '送信先区分';
comment on column bi.zone_approvals.approved_by is 'Who approved it';
comment on column bi.zone_approvals.because is 'Why';
comment on column bi.zone_approvals.approved_at is 'When';
comment on column bi.zone_approvals.rehearsal is 'From a rehearsal';
