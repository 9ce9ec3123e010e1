-- Corrections: what was added to charges, why and by whom.
create or replace view bi.adjustments with (security_barrier) as
select e.entry_id,
       e.at,
       e.business_date,
       coalesce(e.vendor, o.operator) as vendor,
       o.model,
       e.attempt_id,
       e.run_id,
       e.department,
       e.cost_centre,
       e.use_case,
       e.amount_jpy::numeric as amount_jpy,
       e.amount_native,
       e.currency,
       e.reason,
       e.made_by,
       e.rehearsal
from ledger.entry e
left join yakin.attempt a using (attempt_id)
left join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
where e.kind = 'adjust';
comment on view bi.adjustments is 'One row per correction; a reconciliation''s reason is the cause of the difference';
comment on column bi.adjustments.entry_id is 'Id of the ledger''s row';
comment on column bi.adjustments.at is 'When it was written';
comment on column bi.adjustments.business_date is 'Business day that it counts on';
comment on column bi.adjustments.vendor is 'Who invoices';
comment on column bi.adjustments.model is 'Our name of the model; null: a correction of the account as a whole';
comment on column bi.adjustments.attempt_id is 'The attempt; null: a correction of the account as a whole';
comment on column bi.adjustments.run_id is 'The run';
comment on column bi.adjustments.department is 'Who is charged; empty: nobody in particular';
comment on column bi.adjustments.cost_centre is 'Its cost centre';
comment on column bi.adjustments.use_case is 'Use case';
comment on column bi.adjustments.amount_jpy is 'Yen, tax-exclusive; negative gives back';
comment on column bi.adjustments.amount_native is 'In the vendor''s currency, where known';
comment on column bi.adjustments.currency is 'The vendor''s currency';
comment on column bi.adjustments.reason is 'Why';
comment on column bi.adjustments.made_by is 'Who';
comment on column bi.adjustments.rehearsal is 'From a rehearsal';
