-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_department with (security_barrier) as
select month,
       department,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where not rehearsal
group by month, department;
comment on view bi.cost_by_department is 'Cost per month and department';
comment on column bi.cost_by_department.month is 'First day of the month';
comment on column bi.cost_by_department.department is 'Who is charged; empty: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_department.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_department.attempts is 'Requests that were charged';
comment on column bi.cost_by_department.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_department_rehearsal with (security_barrier) as
select month,
       department,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where rehearsal
group by month, department;
comment on view bi.cost_by_department_rehearsal is 'Cost per month and department, rehearsals';
comment on column bi.cost_by_department_rehearsal.month is 'First day of the month';
comment on column bi.cost_by_department_rehearsal.department is 'Who is charged; empty: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_department_rehearsal.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_department_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_department_rehearsal.documents is 'Documents that they were for, per use case';
