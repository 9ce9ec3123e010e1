-- Who let a night spend how much, and which run went by it.
create or replace view bi.quote_approvals with (security_barrier) as
select a.quote_approval_id,
       r.business_date,
       a.run_id,
       a.plan_version,
       a.verdict,
       a.up_to_jpy::numeric as up_to_jpy,
       a."by",
       a.said_in,
       a.at,
       a.expected_jpy::numeric as expected_jpy,
       a.p95_jpy::numeric as p95_jpy,
       a.worst_jpy::numeric as worst_jpy,
       case a.said_in when 'ui' then a.run_id else u.run_id end as used_by_run_id,
       a.night_key,
       r.rehearsal
from yakin.quote_approval a
join yakin.run r on r.run_id = a.run_id
left join yakin.quote_approval_use u using (quote_approval_id);
comment on view bi.quote_approvals is 'What people said to quotes: approvals are caps in yen';
comment on column bi.quote_approvals.quote_approval_id is 'Id';
comment on column bi.quote_approvals.business_date is 'JST day of the night';
comment on column bi.quote_approvals.run_id is 'The run whose quote it was';
comment on column bi.quote_approvals.plan_version is 'The plan whose quote it was';
comment on column bi.quote_approvals.verdict is 'approve, decline, or expired: nobody answered in time';
comment on column bi.quote_approvals.up_to_jpy is 'What the night may spend; only of an approval';
comment on column bi.quote_approvals."by" is 'Who said it; empty when nobody did';
comment on column bi.quote_approvals.said_in is 'ui: while the night waited; cli: beforehand';
comment on column bi.quote_approvals.at is 'When';
comment on column bi.quote_approvals.expected_jpy is 'Expected yen of the quote';
comment on column bi.quote_approvals.p95_jpy is 'Yen that 95 nights of a hundred stay below';
comment on column bi.quote_approvals.worst_jpy is 'Worst yen of the quote';
comment on column bi.quote_approvals.used_by_run_id is 'The run that went by it; null: none has yet';
comment on column bi.quote_approvals.night_key is 'Jobs, business date and rehearsal flag';
comment on column bi.quote_approvals.rehearsal is 'Of a rehearsal';
