-- Who let a night spend how much, on which quote.
create table yakin.quote_approval (
  quote_approval_id bigint generated always as identity primary key,
  night_key text not null,
  run_id uuid not null,
  plan_version integer not null,
  verdict text not null check (verdict in ('approve', 'decline', 'expired')),
  up_to_jpy ledger.jpy check (up_to_jpy >= 0),
  "by" text not null,
  said_in text not null check (said_in in ('ui', 'cli')),
  expected_jpy ledger.jpy not null,
  p95_jpy ledger.jpy not null,
  worst_jpy ledger.jpy not null,
  at timestamptz not null default clock_timestamp(),
  foreign key (run_id, plan_version) references yakin.plan (run_id, plan_version),
  constraint quote_approval_amount_when_approved check ((up_to_jpy is not null) = (verdict = 'approve')),
  constraint quote_approval_by_a_person check (("by" ~ '\S') = (verdict <> 'expired')),
  constraint quote_approval_expires_in_ui check (verdict <> 'expired' or said_in = 'ui')
);
create index quote_approval_newest on yakin.quote_approval (night_key, quote_approval_id);
comment on table yakin.quote_approval is 'What was said to a quote; append-only. An approved amount is a cap. Of one night the newest row that was said beforehand counts';
comment on column yakin.quote_approval.quote_approval_id is 'Id';
comment on column yakin.quote_approval.night_key is 'Jobs, business date and rehearsal flag: the same for a quote made beforehand and for its night';
comment on column yakin.quote_approval.run_id is 'The run whose quote it was: the night itself, or a dry run';
comment on column yakin.quote_approval.plan_version is 'The plan whose quote it was';
comment on column yakin.quote_approval.verdict is 'approve, decline, or expired: nobody answered in time';
comment on column yakin.quote_approval.up_to_jpy is 'What the night may spend; only of an approval';
comment on column yakin.quote_approval."by" is 'Who said it; empty when nobody did';
comment on column yakin.quote_approval.said_in is 'ui: while the night waited; cli: beforehand, with yakin approve';
comment on column yakin.quote_approval.expected_jpy is 'Expected yen of the quote';
comment on column yakin.quote_approval.p95_jpy is 'Yen of the quote that 95 nights of a hundred stay below';
comment on column yakin.quote_approval.worst_jpy is 'Worst yen of the quote';
comment on column yakin.quote_approval.at is 'When';
create trigger quote_approval_append_only before update or delete on yakin.quote_approval
  for each row execute function yakin.refuse_change();
create trigger quote_approval_never_truncated before truncate on yakin.quote_approval
  for each statement execute function yakin.refuse_change();

create table yakin.quote_approval_use (
  quote_approval_id bigint primary key references yakin.quote_approval,
  run_id uuid not null references yakin.run,
  at timestamptz not null default clock_timestamp()
);
comment on table yakin.quote_approval_use is 'Which run went by what was said beforehand. Each is for one run: another one of the same night is not given the money again';
comment on column yakin.quote_approval_use.quote_approval_id is 'What was said beforehand';
comment on column yakin.quote_approval_use.run_id is 'The run';
comment on column yakin.quote_approval_use.at is 'When the run took it';
create trigger quote_approval_use_append_only before update or delete on yakin.quote_approval_use
  for each row execute function yakin.refuse_change();
create trigger quote_approval_use_never_truncated before truncate on yakin.quote_approval_use
  for each statement execute function yakin.refuse_change();
