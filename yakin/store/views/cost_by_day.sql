-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_day with (security_barrier) as
select business_date,
       department,
       use_case,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct document_id) as documents
from bi.charges
where not rehearsal
group by business_date, department, use_case;
comment on view bi.cost_by_day is 'Cost per business day, department and use case';
comment on column bi.cost_by_day.business_date is 'Business day';
comment on column bi.cost_by_day.department is 'Who is charged; empty: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_day.use_case is 'Use case; empty: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_day.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_day.attempts is 'Requests that were charged';
comment on column bi.cost_by_day.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_day_rehearsal with (security_barrier) as
select business_date,
       department,
       use_case,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct document_id) as documents
from bi.charges
where rehearsal
group by business_date, department, use_case;
comment on view bi.cost_by_day_rehearsal is 'Cost per business day, department and use case, rehearsals';
comment on column bi.cost_by_day_rehearsal.business_date is 'Business day';
comment on column bi.cost_by_day_rehearsal.department is 'Who is charged; empty: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_day_rehearsal.use_case is 'Use case; empty: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_day_rehearsal.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_day_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_day_rehearsal.documents is 'Documents that they were for, per use case';
