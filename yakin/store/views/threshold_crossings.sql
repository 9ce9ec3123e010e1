-- Caps of which 50, 80, 100 percent (or as configured) are spent.
create or replace view bi.threshold_crossings with (security_barrier) as
select c.crossing_id,
       c.found_at,
       c.budget_id,
       b.scope,
       b.key,
       b.per,
       b.period_start,
       b.period_end,
       c.percent,
       c.cap_jpy::numeric as cap_jpy,
       c.spent_jpy::numeric as spent_jpy,
       c.told_at,
       c.event_id,
       b.rehearsal
from ledger.threshold_crossing c
join ledger.budget b using (budget_id);
comment on view bi.threshold_crossings is 'One row per cap, percent and amount of the cap, told as a Prefect event';
comment on column bi.threshold_crossings.crossing_id is 'Id';
comment on column bi.threshold_crossings.found_at is 'When it was found: after a slice or at the end of a flow';
comment on column bi.threshold_crossings.budget_id is 'The cap';
comment on column bi.threshold_crossings.scope is 'run, day, month, fiscal_year, department, use_case or vendor';
comment on column bi.threshold_crossings.key is 'What the cap is on';
comment on column bi.threshold_crossings.per is 'day, month or fiscal_year';
comment on column bi.threshold_crossings.period_start is 'First business day';
comment on column bi.threshold_crossings.period_end is 'Last business day';
comment on column bi.threshold_crossings.percent is 'Which threshold';
comment on column bi.threshold_crossings.cap_jpy is 'The cap then';
comment on column bi.threshold_crossings.spent_jpy is 'What was spent when it was found';
comment on column bi.threshold_crossings.told_at is 'When Prefect took the event; null: not yet';
comment on column bi.threshold_crossings.event_id is 'Id of the Prefect event';
comment on column bi.threshold_crossings.rehearsal is 'From a rehearsal';
