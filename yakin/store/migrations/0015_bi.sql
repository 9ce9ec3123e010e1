-- Finance asks by month: a stored month can be used through a security barrier, an expression over the day cannot.
alter table ledger.entry
  add column month date not null generated always as (date_trunc('month', business_date::timestamp)::date) stored;
comment on column ledger.entry.month is 'First day of the month of the business day';

-- Only charges and corrections are ever looked up by day, month or run: two of three entries need no place in these.
drop index ledger.entry_by_run;
drop index ledger.entry_by_date;
create index entry_cost_by_run on ledger.entry (run_id) where kind in ('charge', 'adjust');
create index entry_cost_by_date on ledger.entry (business_date) where kind in ('charge', 'adjust');
create index entry_cost_by_month on ledger.entry (month) where kind in ('charge', 'adjust');
