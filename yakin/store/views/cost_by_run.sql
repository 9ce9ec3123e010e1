-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_run with (security_barrier) as
select run_id,
       business_date,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where not rehearsal
group by run_id, business_date;
comment on view bi.cost_by_run is 'Cost per run';
comment on column bi.cost_by_run.run_id is 'The run; null: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_run.business_date is 'Its business day';
comment on column bi.cost_by_run.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_run.attempts is 'Requests that were charged';
comment on column bi.cost_by_run.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_run_rehearsal with (security_barrier) as
select run_id,
       business_date,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where rehearsal
group by run_id, business_date;
comment on view bi.cost_by_run_rehearsal is 'Cost per run, rehearsals';
comment on column bi.cost_by_run_rehearsal.run_id is 'The run; null: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_run_rehearsal.business_date is 'Its business day';
comment on column bi.cost_by_run_rehearsal.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_run_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_run_rehearsal.documents is 'Documents that they were for, per use case';
