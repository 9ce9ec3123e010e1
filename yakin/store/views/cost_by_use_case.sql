-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_use_case with (security_barrier) as
select month,
       use_case,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct document_id) as documents
from bi.charges
where not rehearsal
group by month, use_case;
comment on view bi.cost_by_use_case is 'Cost per month and use case';
comment on column bi.cost_by_use_case.month is 'First day of the month';
comment on column bi.cost_by_use_case.use_case is 'Use case; empty: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_use_case.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_use_case.attempts is 'Requests that were charged';
comment on column bi.cost_by_use_case.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_use_case_rehearsal with (security_barrier) as
select month,
       use_case,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct document_id) as documents
from bi.charges
where rehearsal
group by month, use_case;
comment on view bi.cost_by_use_case_rehearsal is 'Cost per month and use case, rehearsals';
comment on column bi.cost_by_use_case_rehearsal.month is 'First day of the month';
comment on column bi.cost_by_use_case_rehearsal.use_case is 'Use case; empty: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_use_case_rehearsal.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_use_case_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_use_case_rehearsal.documents is 'Documents that they were for, per use case';
