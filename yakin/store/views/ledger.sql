-- 利用料台帳 as it is.
create or replace view bi.ledger with (security_barrier) as
select e.entry_id,
       e.at,
       e.business_date,
       e.kind,
       e.attempt_id,
       e.run_id,
       e.amount_jpy::numeric as amount_jpy,
       e.amount_native,
       e.currency,
       e.price_rate_id,
       e.fx_rate_id,
       e.rehearsal,
       e.department,
       e.use_case,
       e.cost_centre,
       e.vendor,
       e.reason,
       e.made_by
from ledger.entry e;
comment on view bi.ledger is 'One row per entry. Amounts are positive within a kind: cost is charge plus adjust, held is reserve minus release';
comment on column bi.ledger.entry_id is 'Id';
comment on column bi.ledger.at is 'When it was written';
comment on column bi.ledger.business_date is 'The run''s business day';
comment on column bi.ledger.kind is 'reserve, charge, release or adjust';
comment on column bi.ledger.attempt_id is 'The attempt; null: a correction of a vendor''s account as a whole';
comment on column bi.ledger.run_id is 'The run; null: a correction of a vendor''s account as a whole';
comment on column bi.ledger.amount_jpy is 'Yen, tax-exclusive';
comment on column bi.ledger.amount_native is 'Exact amount in the vendor''s currency';
comment on column bi.ledger.currency is 'The vendor''s currency';
comment on column bi.ledger.price_rate_id is 'Price that was used';
comment on column bi.ledger.fx_rate_id is 'Exchange rate that was used';
comment on column bi.ledger.rehearsal is 'From a rehearsal';
comment on column bi.ledger.department is 'Who is charged';
comment on column bi.ledger.use_case is 'Use case';
comment on column bi.ledger.cost_centre is 'Cost centre of the department; empty: none given';
comment on column bi.ledger.vendor is 'Of a correction without an attempt: who invoices';
comment on column bi.ledger.reason is 'Of a correction: why';
comment on column bi.ledger.made_by is 'Of a correction: who';
