-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_month with (security_barrier) as
select month,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where not rehearsal
group by month;
comment on view bi.cost_by_month is 'Cost per month';
comment on column bi.cost_by_month.month is 'First day of the month';
comment on column bi.cost_by_month.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_month.attempts is 'Requests that were charged';
comment on column bi.cost_by_month.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_month_rehearsal with (security_barrier) as
select month,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where rehearsal
group by month;
comment on view bi.cost_by_month_rehearsal is 'Cost per month, rehearsals';
comment on column bi.cost_by_month_rehearsal.month is 'First day of the month';
comment on column bi.cost_by_month_rehearsal.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_month_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_month_rehearsal.documents is 'Documents that they were for, per use case';
