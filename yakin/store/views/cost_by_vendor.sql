-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_vendor with (security_barrier) as
select date_trunc('month', e.business_date)::date as month,
       o.operator as vendor,
       o.model,
       o.tier,
       p.currency,
       sum(e.amount_native) as cost_native,
       sum(e.amount_jpy) as cost_jpy,
       count(distinct e.attempt_id) as attempts,
       count(distinct (a.document_id, a.use_case)) as documents
from ledger.entry e
join yakin.attempt a using (attempt_id)
join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
join ledger.price_rate p on p.price_rate_id = o.price_rate_id
where e.kind in ('charge', 'adjust') and not e.rehearsal
group by 1, o.operator, o.model, o.tier, p.currency;
comment on view bi.cost_by_vendor is 'Cost per month, vendor, model and tier: to hold against the invoice';
comment on column bi.cost_by_vendor.month is 'First day of the month';
comment on column bi.cost_by_vendor.vendor is 'Who invoices';
comment on column bi.cost_by_vendor.model is 'Our name of the model';
comment on column bi.cost_by_vendor.tier is 'realtime or batch';
comment on column bi.cost_by_vendor.currency is 'The vendor''s currency';
comment on column bi.cost_by_vendor.cost_native is 'In the vendor''s currency';
comment on column bi.cost_by_vendor.cost_jpy is 'Charges and adjustments, tax-exclusive';
comment on column bi.cost_by_vendor.attempts is 'Requests that were charged';
comment on column bi.cost_by_vendor.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_vendor_rehearsal with (security_barrier) as
select date_trunc('month', e.business_date)::date as month,
       o.operator as vendor,
       o.model,
       o.tier,
       p.currency,
       sum(e.amount_native) as cost_native,
       sum(e.amount_jpy) as cost_jpy,
       count(distinct e.attempt_id) as attempts,
       count(distinct (a.document_id, a.use_case)) as documents
from ledger.entry e
join yakin.attempt a using (attempt_id)
join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
join ledger.price_rate p on p.price_rate_id = o.price_rate_id
where e.kind in ('charge', 'adjust') and e.rehearsal
group by 1, o.operator, o.model, o.tier, p.currency;
comment on view bi.cost_by_vendor_rehearsal is 'Cost per month, vendor, model and tier: to hold against the invoice, rehearsals';
comment on column bi.cost_by_vendor_rehearsal.month is 'First day of the month';
comment on column bi.cost_by_vendor_rehearsal.vendor is 'Who invoices';
comment on column bi.cost_by_vendor_rehearsal.model is 'Our name of the model';
comment on column bi.cost_by_vendor_rehearsal.tier is 'realtime or batch';
comment on column bi.cost_by_vendor_rehearsal.currency is 'The vendor''s currency';
comment on column bi.cost_by_vendor_rehearsal.cost_native is 'In the vendor''s currency';
comment on column bi.cost_by_vendor_rehearsal.cost_jpy is 'Charges and adjustments, tax-exclusive';
comment on column bi.cost_by_vendor_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_vendor_rehearsal.documents is 'Documents that they were for, per use case';
