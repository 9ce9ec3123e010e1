-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_vendor with (security_barrier) as
select month,
       vendor,
       model,
       tier,
       currency,
       sum(cost_native) as cost_native,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where not rehearsal
group by month, vendor, model, tier, currency;
comment on view bi.cost_by_vendor is 'Cost per month, vendor, model and tier: to hold against the invoice';
comment on column bi.cost_by_vendor.month is 'First day of the month';
comment on column bi.cost_by_vendor.vendor is 'Who invoices';
comment on column bi.cost_by_vendor.model is 'Our name of the model; null: corrections of the account as a whole';
comment on column bi.cost_by_vendor.tier is 'realtime or batch';
comment on column bi.cost_by_vendor.currency is 'The vendor''s currency';
comment on column bi.cost_by_vendor.cost_native is 'In the vendor''s currency; bounds without a native amount left out';
comment on column bi.cost_by_vendor.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_vendor.attempts is 'Requests that were charged';
comment on column bi.cost_by_vendor.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_vendor_rehearsal with (security_barrier) as
select month,
       vendor,
       model,
       tier,
       currency,
       sum(cost_native) as cost_native,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where rehearsal
group by month, vendor, model, tier, currency;
comment on view bi.cost_by_vendor_rehearsal is 'Cost per month, vendor, model and tier: to hold against the invoice, rehearsals';
comment on column bi.cost_by_vendor_rehearsal.month is 'First day of the month';
comment on column bi.cost_by_vendor_rehearsal.vendor is 'Who invoices';
comment on column bi.cost_by_vendor_rehearsal.model is 'Our name of the model; null: corrections of the account as a whole';
comment on column bi.cost_by_vendor_rehearsal.tier is 'realtime or batch';
comment on column bi.cost_by_vendor_rehearsal.currency is 'The vendor''s currency';
comment on column bi.cost_by_vendor_rehearsal.cost_native is 'In the vendor''s currency; bounds without a native amount left out';
comment on column bi.cost_by_vendor_rehearsal.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_vendor_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_vendor_rehearsal.documents is 'Documents that they were for, per use case';
