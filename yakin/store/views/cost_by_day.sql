-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_day with (security_barrier) as
select e.business_date,
       e.department,
       e.use_case,
       sum(e.amount_jpy) as cost_jpy,
       count(distinct e.attempt_id) as attempts,
       count(distinct (a.document_id, a.use_case)) as documents
from ledger.entry e
join yakin.attempt a using (attempt_id)
join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
where e.kind in ('charge', 'adjust') and not e.rehearsal
group by e.business_date, e.department, e.use_case;
comment on view bi.cost_by_day is 'Cost per business day, department and use case';
comment on column bi.cost_by_day.business_date is 'Business day';
comment on column bi.cost_by_day.department is 'Who is charged';
comment on column bi.cost_by_day.use_case is 'Use case';
comment on column bi.cost_by_day.cost_jpy is 'Charges and adjustments, tax-exclusive';
comment on column bi.cost_by_day.attempts is 'Requests that were charged';
comment on column bi.cost_by_day.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_day_rehearsal with (security_barrier) as
select e.business_date,
       e.department,
       e.use_case,
       sum(e.amount_jpy) as cost_jpy,
       count(distinct e.attempt_id) as attempts,
       count(distinct (a.document_id, a.use_case)) as documents
from ledger.entry e
join yakin.attempt a using (attempt_id)
join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
where e.kind in ('charge', 'adjust') and e.rehearsal
group by e.business_date, e.department, e.use_case;
comment on view bi.cost_by_day_rehearsal is 'Cost per business day, department and use case, rehearsals';
comment on column bi.cost_by_day_rehearsal.business_date is 'Business day';
comment on column bi.cost_by_day_rehearsal.department is 'Who is charged';
comment on column bi.cost_by_day_rehearsal.use_case is 'Use case';
comment on column bi.cost_by_day_rehearsal.cost_jpy is 'Charges and adjustments, tax-exclusive';
comment on column bi.cost_by_day_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_day_rehearsal.documents is 'Documents that they were for, per use case';
