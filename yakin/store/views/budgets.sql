-- Caps with their counters; what a run may still spend is in the tightest of them.
create or replace view bi.budgets with (security_barrier) as
select b.budget_id,
       b.scope,
       b.period_start,
       b.period_end,
       b.cap_jpy::numeric as cap_jpy,
       b.reserved_jpy::numeric as reserved_jpy,
       b.spent_jpy::numeric as spent_jpy,
       b.key,
       b.rehearsal,
       b.standing,
       greatest(b.cap_jpy - b.spent_jpy - b.reserved_jpy, 0) as room_jpy
from ledger.budget b;
comment on view bi.budgets is 'One row per cap and period';
comment on column bi.budgets.budget_id is 'Id';
comment on column bi.budgets.scope is 'run, day, month, fiscal_year, department, use_case or vendor';
comment on column bi.budgets.period_start is 'First business day';
comment on column bi.budgets.period_end is 'Last business day';
comment on column bi.budgets.cap_jpy is 'The cap';
comment on column bi.budgets.reserved_jpy is 'Worst case of what is in flight or unknown';
comment on column bi.budgets.spent_jpy is 'Charges and adjustments';
comment on column bi.budgets.key is 'What the cap is on';
comment on column bi.budgets.rehearsal is 'Rehearsal has its own caps';
comment on column bi.budgets.standing is 'Whether the next period starts with the same cap';
comment on column bi.budgets.room_jpy is 'What is left';
