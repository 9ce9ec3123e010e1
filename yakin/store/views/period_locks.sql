-- Closed accounting periods, also those that were opened again.
create or replace view bi.period_locks with (security_barrier) as
select l.lock_id,
       l.label,
       l.period_start,
       l.period_end,
       l.locked_at,
       l.locked_by,
       l.because,
       l.unlocked_at,
       l.unlocked_by,
       l.unlocked_because
from ledger.period_lock l;
comment on view bi.period_locks is 'One row per locking of a period of real work';
comment on column bi.period_locks.lock_id is 'Id';
comment on column bi.period_locks.label is 'The period as it was named: 2026-10, or 2026 for a fiscal year';
comment on column bi.period_locks.period_start is 'First business day';
comment on column bi.period_locks.period_end is 'Last business day';
comment on column bi.period_locks.locked_at is 'Since when';
comment on column bi.period_locks.locked_by is 'Who';
comment on column bi.period_locks.because is 'Why';
comment on column bi.period_locks.unlocked_at is 'When it was opened again; null: it is locked';
comment on column bi.period_locks.unlocked_by is 'Who opened it again';
comment on column bi.period_locks.unlocked_because is 'Why';
