-- Who changed which cap when, from what to what, and why.
create or replace view bi.cap_changes with (security_barrier) as
select c.change_id,
       c.at,
       c.budget_id,
       b.scope,
       b.key,
       b.per,
       b.period_start,
       b.period_end,
       c.from_jpy::numeric as from_jpy,
       c.to_jpy::numeric as to_jpy,
       c.set_by,
       c.made_by,
       c.because,
       c.standing,
       b.rehearsal
from ledger.cap_change c
join ledger.budget b using (budget_id);
comment on view bi.cap_changes is 'One row per change of a cap, the first setting included';
comment on column bi.cap_changes.change_id is 'Id';
comment on column bi.cap_changes.at is 'When';
comment on column bi.cap_changes.budget_id is 'The cap';
comment on column bi.cap_changes.scope is 'run, day, month, fiscal_year, department, use_case or vendor';
comment on column bi.cap_changes.key is 'What the cap is on';
comment on column bi.cap_changes.per is 'day, month or fiscal_year';
comment on column bi.cap_changes.period_start is 'First business day';
comment on column bi.cap_changes.period_end is 'Last business day';
comment on column bi.cap_changes.from_jpy is 'The cap before; null: there was none';
comment on column bi.cap_changes.to_jpy is 'The cap since';
comment on column bi.cap_changes.set_by is 'run: the command that opened a run; cli: a person; yaml: the catalogue';
comment on column bi.cap_changes.made_by is 'Who';
comment on column bi.cap_changes.because is 'Why, or the file and line of the catalogue';
comment on column bi.cap_changes.standing is 'Whether the next period starts with the same cap';
comment on column bi.cap_changes.rehearsal is 'Rehearsal has its own caps';
