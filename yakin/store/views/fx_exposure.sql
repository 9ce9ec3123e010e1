-- Without rehearsals. Two books: the operational one at the rates frozen for each run, and the accounting one at the
-- rate that finance imported for the month: its monthly average, else its newest TTM (法人税基本通達 13の2-1-2).
create or replace view bi.fx_exposure with (security_barrier) as
with owed as (
  select month, currency, sum(cost_native) as cost_native, sum(cost_jpy) as cost_jpy,
         coalesce(sum(cost_jpy) filter (where cost_native is null), 0) as without_native_jpy,
         coalesce(sum(cost_jpy) filter (where fx_stale), 0) as at_stale_rate_jpy
  from bi.charges
  where not rehearsal and currency <> 'JPY'
  group by month, currency
)
select month,
       o.currency,
       o.cost_native,
       o.cost_jpy,
       round((o.cost_jpy - o.without_native_jpy) / nullif(o.cost_native, 0), 6) as average_rate,
       o.cost_native as one_yen_jpy,
       round((o.cost_jpy - o.without_native_jpy) / 10, 6) as ten_percent_jpy,
       o.without_native_jpy,
       o.at_stale_rate_jpy,
       a.rate as accounting_rate,
       a.kind as accounting_kind,
       a.as_of as accounting_as_of,
       a.source as accounting_source,
       round(o.cost_native * a.rate, 6) + o.without_native_jpy as accounting_jpy,
       round(o.cost_native * a.rate, 6) + o.without_native_jpy - o.cost_jpy as difference_jpy
from owed o
left join lateral (
  select f.rate, f.kind, f.as_of, f.source
  from ledger.fx_rate f
  where f.base = o.currency and f.kind in ('month_avg', 'ttm')
    and f.as_of >= o.month and f.as_of < o.month + interval '1 month'
  order by f.kind = 'month_avg' desc, f.as_of desc, f.imported_at desc
  limit 1
) a on true;
comment on view bi.fx_exposure is 'Foreign currency that vendors are owed per month, in both books and by what a move of the rate would mean';
comment on column bi.fx_exposure.month is 'First day of the month';
comment on column bi.fx_exposure.currency is 'Foreign currency';
comment on column bi.fx_exposure.cost_native is 'Owed in that currency';
comment on column bi.fx_exposure.cost_jpy is 'Operational book: at the rates frozen for each run';
comment on column bi.fx_exposure.average_rate is 'Effective rate of the operational book';
comment on column bi.fx_exposure.one_yen_jpy is 'What one yen up or down in the rate would mean';
comment on column bi.fx_exposure.ten_percent_jpy is 'What ten percent up or down in the rate would mean';
comment on column bi.fx_exposure.without_native_jpy is 'Part of cost_jpy for which no native amount is known: no rate moves it here';
comment on column bi.fx_exposure.at_stale_rate_jpy is 'Part of cost_jpy at the budget rate because every other rate was too old';
comment on column bi.fx_exposure.accounting_rate is 'Monthly average of that month that finance imported, else its newest TTM in that month; null: none imported';
comment on column bi.fx_exposure.accounting_kind is 'month_avg or ttm';
comment on column bi.fx_exposure.accounting_as_of is 'Day of that rate';
comment on column bi.fx_exposure.accounting_source is 'Source of that rate';
comment on column bi.fx_exposure.accounting_jpy is 'Accounting book: the native amount at that rate, and what has no native amount as it was';
comment on column bi.fx_exposure.difference_jpy is 'accounting_jpy less cost_jpy';
