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

-- The rule stands once, for calls that are planned, made and waiting. An empty vendor is none yet: no vendor's cap is found.
create function ledger.caps_of_call(of_run uuid, of_job integer, of_department text, of_use_case text, of_vendor text)
returns setof bigint language sql stable as $$
  select b.budget_id
  from yakin.run r
  join ledger.budget b on b.rehearsal = r.rehearsal and r.business_date between b.period_start and b.period_end
  where r.run_id = of_run
    and (b.scope, b.key) in (('run', of_run::text), ('run', of_run || '/' || of_job), ('day', ''), ('month', ''),
                             ('fiscal_year', ''), ('department', of_department), ('use_case', of_use_case),
                             ('vendor', of_vendor))
$$;
comment on function ledger.caps_of_call is 'Every cap that a call has to fit: the run''s, its job''s, and those of its business day';
