-- Who waits for money in which cap, so that a large call of one process is not starved by small ones of another.
create unlogged table ledger.waiting (
  holder uuid not null,
  use_case text not null,
  budget_id bigint not null references ledger.budget,
  worst_jpy ledger.jpy not null check (worst_jpy >= 0),
  since timestamptz not null,
  seen_at timestamptz not null default clock_timestamp(),
  primary key (holder, use_case, budget_id)
);
create index waiting_by_budget on ledger.waiting (budget_id);
comment on table ledger.waiting is 'Calls at the head of a process''s queue that wait for money; unlogged, for it means nothing after a crash';
comment on column ledger.waiting.holder is 'The process''s own id';
comment on column ledger.waiting.use_case is 'Use case of the call';
comment on column ledger.waiting.budget_id is 'Cap that has no room for it';
comment on column ledger.waiting.worst_jpy is 'What is kept free for it';
comment on column ledger.waiting.since is 'When it came';
comment on column ledger.waiting.seen_at is 'When its process last said that it still waits; older than seconds means that the process is gone';

-- An attempt is written three times: intent, sent, ended. Room on its page keeps two of them out of the indexes.
alter table yakin.attempt set (fillfactor = 70);

-- Who reserves shares this lock until its commit, and who adds a cap takes it alone: no call is half way that has not seen
-- the cap. Named to fire before `budget_locked`, whose lock a reservation takes after this one.
create index budget_shared on ledger.budget (budget_id) where scope <> 'run';
create function ledger.add_cap_alone() returns trigger language plpgsql as $$
begin
  if new.scope <> 'run' then
    perform pg_advisory_xact_lock(hashtextextended('yakin caps', 0));
  end if;
  return new;
end $$;
comment on function ledger.add_cap_alone is 'Lets no reservation pass by a cap that is being added';
create trigger budget_caps_alone before insert on ledger.budget
  for each row execute function ledger.add_cap_alone();
