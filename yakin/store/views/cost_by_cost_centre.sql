-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_cost_centre with (security_barrier) as
select month,
       cost_centre,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where not rehearsal
group by month, cost_centre;
comment on view bi.cost_by_cost_centre is 'Cost per month and cost centre: to be booked';
comment on column bi.cost_by_cost_centre.month is 'First day of the month';
comment on column bi.cost_by_cost_centre.cost_centre is 'Cost centre when the run opened; empty: none given';
comment on column bi.cost_by_cost_centre.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_cost_centre.attempts is 'Requests that were charged';
comment on column bi.cost_by_cost_centre.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_cost_centre_rehearsal with (security_barrier) as
select month,
       cost_centre,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where rehearsal
group by month, cost_centre;
comment on view bi.cost_by_cost_centre_rehearsal is 'Cost per month and cost centre: to be booked, rehearsals';
comment on column bi.cost_by_cost_centre_rehearsal.month is 'First day of the month';
comment on column bi.cost_by_cost_centre_rehearsal.cost_centre is 'Cost centre when the run opened; empty: none given';
comment on column bi.cost_by_cost_centre_rehearsal.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_cost_centre_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_cost_centre_rehearsal.documents is 'Documents that they were for, per use case';
