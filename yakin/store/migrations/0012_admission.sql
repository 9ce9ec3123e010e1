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

-- The newest cap that calls share is looked up with every reservation; runs' own caps are many.
create index budget_shared on ledger.budget (budget_id) where scope <> 'run';
