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
       greatest(b.cap_jpy - b.spent_jpy - b.reserved_jpy, 0) as room_jpy,
       b.per,
       b.set_by,
       b.made_by,
       b.because,
       b.set_at,
       b.spent_before_jpy::numeric as spent_before_jpy,
       case when b.cap_jpy > 0 then round(100 * b.spent_jpy / b.cap_jpy, 2) end as used_percent,
       not b.rehearsal and exists (
         select from ledger.period_lock l
         where l.unlocked_at is null and b.period_start >= l.period_start and b.period_end <= l.period_end
       ) as locked
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
comment on column bi.budgets.per is 'How long it holds before it starts again: day, month or fiscal_year';
comment on column bi.budgets.set_by is 'run: the command that opened a run; cli: a person; yaml: the catalogue';
comment on column bi.budgets.made_by is 'Who set it; empty where the catalogue did in a night';
comment on column bi.budgets.because is 'Why, or the file and line of the catalogue';
comment on column bi.budgets.set_at is 'When it was set last';
comment on column bi.budgets.spent_before_jpy is 'Of spent, what its period had spent before the cap existed';
comment on column bi.budgets.used_percent is 'Spent of the cap in percent; null for a cap of zero';
comment on column bi.budgets.locked is 'Whether its period is closed';
