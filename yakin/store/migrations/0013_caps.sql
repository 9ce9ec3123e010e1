-- Caps say per what they hold and who set them; their history, locked periods, crossed thresholds.
alter table ledger.budget
  add column per text,
  add column set_by text,
  add column made_by text not null default '',
  add column because text not null default '',
  add column set_at timestamptz not null default clock_timestamp(),
  add column spent_before_jpy ledger.jpy not null default 0;
update ledger.budget
set per = case when scope in ('run', 'day') then 'day' when scope = 'fiscal_year' then scope else 'month' end,
    set_by = case when scope = 'run' then 'run' else 'cli' end;
alter table ledger.budget
  alter column per set not null,
  alter column set_by set not null,
  drop constraint budget_scope_key_period_start_rehearsal_key,
  add constraint budget_once unique (scope, key, per, period_start, rehearsal),
  add constraint budget_per check (case
    when scope = 'run' then per = 'day'
    when scope in ('day', 'month', 'fiscal_year') then per = scope
    else per in ('day', 'month', 'fiscal_year') end),
  add constraint budget_set_by check (set_by in ('run', 'cli', 'yaml'));
create index budget_by_period_end on ledger.budget (period_end);
comment on column ledger.budget.per is 'How long it holds before it starts again: day, month or fiscal_year';
comment on column ledger.budget.set_by is 'run: by the command that opened it; cli: by a person; yaml: by the catalogue';
comment on column ledger.budget.made_by is 'Who set it; empty where the catalogue did in a night';
comment on column ledger.budget.because is 'Why, or the file and line of the catalogue';
comment on column ledger.budget.set_at is 'When it was set last';
comment on column ledger.budget.spent_before_jpy is 'Of spent, what its period had spent before the cap existed';

create table ledger.cap_change (
  change_id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  budget_id bigint not null references ledger.budget,
  from_jpy ledger.jpy check (from_jpy >= 0),
  to_jpy ledger.jpy not null check (to_jpy >= 0),
  standing boolean not null,
  set_by text not null,
  made_by text not null,
  because text not null
);
create index cap_change_by_budget on ledger.cap_change (budget_id);
comment on table ledger.cap_change is 'Every change of every cap, written by a trigger; added, never changed';
comment on column ledger.cap_change.change_id is 'Id';
comment on column ledger.cap_change.at is 'When';
comment on column ledger.cap_change.budget_id is 'The cap';
comment on column ledger.cap_change.from_jpy is 'The cap before; null: there was none';
comment on column ledger.cap_change.to_jpy is 'The cap since';
comment on column ledger.cap_change.standing is 'Whether the next period starts with the same cap';
comment on column ledger.cap_change.set_by is 'run, cli or yaml';
comment on column ledger.cap_change.made_by is 'Who';
comment on column ledger.cap_change.because is 'Why, or the file and line of the catalogue';

create function ledger.note_cap_change() returns trigger language plpgsql as $$
begin
  insert into ledger.cap_change (budget_id, from_jpy, to_jpy, standing, set_by, made_by, because)
  values (new.budget_id, case when tg_op = 'UPDATE' then old.cap_jpy end, new.cap_jpy, new.standing, new.set_by,
          new.made_by, new.because);
  return null;
end $$;
comment on function ledger.note_cap_change is 'Writes the history of a cap, whoever changes it';
create trigger budget_first_cap after insert on ledger.budget
  for each row execute function ledger.note_cap_change();
-- only where the statement sets a cap: counters move without it
create trigger budget_cap_changed after update of cap_jpy, standing, set_by on ledger.budget
  for each row when ((old.cap_jpy, old.standing, old.set_by) is distinct from (new.cap_jpy, new.standing, new.set_by))
  execute function ledger.note_cap_change();

create table ledger.period_lock (
  lock_id bigint generated always as identity primary key,
  label text not null,
  period_start date not null,
  period_end date not null,
  locked_at timestamptz not null default clock_timestamp(),
  locked_by text not null check (locked_by <> ''),
  because text not null,
  unlocked_at timestamptz,
  unlocked_by text,
  unlocked_because text,
  check (period_end >= period_start),
  check ((unlocked_at is null) = (unlocked_by is null) and (unlocked_at is null) = (unlocked_because is null))
);
create unique index period_locked_once on ledger.period_lock (period_start, period_end) where unlocked_at is null;
comment on table ledger.period_lock is 'Closed accounting periods of real work; unlocking is written down, never a deletion';
comment on column ledger.period_lock.lock_id is 'Id';
comment on column ledger.period_lock.label is 'The period as it was named: 2026-10, or 2026 for a fiscal year';
comment on column ledger.period_lock.period_start is 'First business day';
comment on column ledger.period_lock.period_end is 'Last business day';
comment on column ledger.period_lock.locked_at is 'Since when';
comment on column ledger.period_lock.locked_by is 'Who';
comment on column ledger.period_lock.because is 'Why';
comment on column ledger.period_lock.unlocked_at is 'When it was opened again; null: it is locked';
comment on column ledger.period_lock.unlocked_by is 'Who opened it again';
comment on column ledger.period_lock.unlocked_because is 'Why';

create function ledger.refuse_locked(found ledger.period_lock) returns void language plpgsql as $$
begin
  raise exception 'period % is locked by % since % JST; corrections are booked to an open day', found.label,
    found.locked_by, to_char(found.locked_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI')
    using errcode = 'YK001';
end $$;
comment on function ledger.refuse_locked is 'SQLSTATE YK001: a closed period takes no cap and no entry';

-- Writers share an advisory lock until they commit; who locks a period takes it alone, so that none is half way.
create function ledger.refuse_locked_cap() returns trigger language plpgsql as $$
declare
  found ledger.period_lock;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('yakin period lock', 0));
  select * into found from ledger.period_lock l
  where l.unlocked_at is null and not new.rehearsal
    and new.period_start >= l.period_start and new.period_end <= l.period_end
  limit 1;
  if found.lock_id is not null then
    perform ledger.refuse_locked(found);
  end if;
  return new;
end $$;
comment on function ledger.refuse_locked_cap is 'No cap whose period lies in a locked one is set, carried or changed';
create trigger budget_locked before insert or update of cap_jpy, standing, period_start, period_end on ledger.budget
  for each row execute function ledger.refuse_locked_cap();

create function ledger.refuse_locked_entries() returns trigger language plpgsql as $$
declare
  found ledger.period_lock;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('yakin period lock', 0));
  select l.* into found
  from (select distinct business_date from entered where not rehearsal) e
  join ledger.period_lock l on l.unlocked_at is null and e.business_date between l.period_start and l.period_end
  limit 1;
  if found.lock_id is not null then
    perform ledger.refuse_locked(found);
  end if;
  return null;
end $$;
comment on function ledger.refuse_locked_entries is 'No entry with a business day in a locked period; once per statement';
create trigger entry_locked after insert on ledger.entry referencing new table as entered
  for each statement execute function ledger.refuse_locked_entries();

create table ledger.threshold_crossing (
  crossing_id bigint generated always as identity primary key,
  budget_id bigint not null references ledger.budget,
  percent integer not null check (percent between 1 and 100),
  cap_jpy ledger.jpy not null,
  spent_jpy ledger.jpy not null,
  found_at timestamptz not null default clock_timestamp(),
  event_id uuid not null default gen_random_uuid(),
  claimed_until timestamptz not null default '-infinity',
  told_at timestamptz,
  unique (budget_id, percent, cap_jpy)
);
create index threshold_crossing_untold on ledger.threshold_crossing (crossing_id) where told_at is null;
comment on table ledger.threshold_crossing is 'A cap of which a part is spent: once per cap, percent and amount of the cap';
comment on column ledger.threshold_crossing.crossing_id is 'Id';
comment on column ledger.threshold_crossing.budget_id is 'The cap, with its period';
comment on column ledger.threshold_crossing.percent is 'Which threshold';
comment on column ledger.threshold_crossing.cap_jpy is 'The cap then; another amount is another crossing';
comment on column ledger.threshold_crossing.spent_jpy is 'What was spent when it was found';
comment on column ledger.threshold_crossing.found_at is 'When it was found: after a slice or at the end of a flow';
comment on column ledger.threshold_crossing.event_id is 'Id of the Prefect event, the same however often it is sent';
comment on column ledger.threshold_crossing.claimed_until is 'Until when one process tries to tell it';
comment on column ledger.threshold_crossing.told_at is 'When Prefect took the event; null: not yet';
