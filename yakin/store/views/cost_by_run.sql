-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_run with (security_barrier) as
select e.run_id,
       e.business_date,
       sum(e.amount_jpy) as cost_jpy,
       count(distinct e.attempt_id) as attempts,
       count(distinct (a.document_id, a.use_case)) as documents
from ledger.entry e
join yakin.attempt a using (attempt_id)
join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
where e.kind in ('charge', 'adjust') and not e.rehearsal
group by e.run_id, e.business_date;
comment on view bi.cost_by_run is 'Cost per run';
comment on column bi.cost_by_run.run_id is 'The run';
comment on column bi.cost_by_run.business_date is 'Its business day';
comment on column bi.cost_by_run.cost_jpy is 'Charges and adjustments, tax-exclusive';
comment on column bi.cost_by_run.attempts is 'Requests that were charged';
comment on column bi.cost_by_run.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_run_rehearsal with (security_barrier) as
select e.run_id,
       e.business_date,
       sum(e.amount_jpy) as cost_jpy,
       count(distinct e.attempt_id) as attempts,
       count(distinct (a.document_id, a.use_case)) as documents
from ledger.entry e
join yakin.attempt a using (attempt_id)
join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
where e.kind in ('charge', 'adjust') and e.rehearsal
group by e.run_id, e.business_date;
comment on view bi.cost_by_run_rehearsal is 'Cost per run, rehearsals';
comment on column bi.cost_by_run_rehearsal.run_id is 'The run';
comment on column bi.cost_by_run_rehearsal.business_date is 'Its business day';
comment on column bi.cost_by_run_rehearsal.cost_jpy is 'Charges and adjustments, tax-exclusive';
comment on column bi.cost_by_run_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_run_rehearsal.documents is 'Documents that they were for, per use case';
