-- Frozen prices and rates, attempts behind the third wall, the append-only ledger and its caps.
create table ledger.price_rate (
  price_rate_id bigint generated always as identity primary key,
  model text not null,
  tier text not null check (tier in ('realtime', 'batch')),
  valid_from date not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  input_per_mtok numeric not null check (input_per_mtok >= 0),
  output_per_mtok numeric not null check (output_per_mtok >= 0),
  cached_input_per_mtok numeric check (cached_input_per_mtok >= 0),
  over_input_tokens integer not null check (over_input_tokens >= 0),
  source text not null,
  checked date not null,
  unique nulls not distinct (model, tier, valid_from, currency, input_per_mtok, output_per_mtok,
                             cached_input_per_mtok, over_input_tokens, source, checked)
);
comment on table ledger.price_rate is 'Prices that runs have frozen; never changed';
comment on column ledger.price_rate.price_rate_id is 'Id';
comment on column ledger.price_rate.model is 'Our name of the model';
comment on column ledger.price_rate.tier is 'realtime or batch';
comment on column ledger.price_rate.valid_from is 'First day of the price';
comment on column ledger.price_rate.currency is 'The vendor''s currency';
comment on column ledger.price_rate.input_per_mtok is 'Per million input tokens, tax-exclusive';
comment on column ledger.price_rate.output_per_mtok is 'Per million output tokens, tax-exclusive';
comment on column ledger.price_rate.cached_input_per_mtok is 'Per million cached input tokens; null: as other input';
comment on column ledger.price_rate.over_input_tokens is 'The price of requests with more input than this';
comment on column ledger.price_rate.source is 'Where the price was read';
comment on column ledger.price_rate.checked is 'When it was read';

create table ledger.fx_rate (
  fx_rate_id bigint generated always as identity primary key,
  base text not null check (base ~ '^[A-Z]{3}$'),
  quote text not null check (quote = 'JPY'),
  rate numeric not null check (rate > 0),
  kind text not null check (kind in ('ecb', 'ttm', 'ttb', 'tts', 'month_avg', 'budget')),
  as_of date not null,
  source text not null,
  imported_at timestamptz not null default clock_timestamp(),
  unique (base, quote, kind, as_of, source, rate)
);
comment on table ledger.fx_rate is 'Exchange rates; a correction is a new row and the newest import wins';
comment on column ledger.fx_rate.fx_rate_id is 'Id';
comment on column ledger.fx_rate.base is 'Foreign currency';
comment on column ledger.fx_rate.quote is 'JPY';
comment on column ledger.fx_rate.rate is 'Yen per unit of the foreign currency';
comment on column ledger.fx_rate.kind is 'ecb, ttm, ttb, tts, month_avg or budget';
comment on column ledger.fx_rate.as_of is 'Day of the rate';
comment on column ledger.fx_rate.source is 'Bank, central bank or file';
comment on column ledger.fx_rate.imported_at is 'Newest import of this value';

create table yakin.run_offer (
  run_id uuid not null,
  offer text not null,
  zone yakin.zone not null,
  rehearsal boolean not null,
  endpoint text not null,
  operator text not null,
  model text not null,
  vendor_model text not null,
  tier text not null check (tier in ('realtime', 'batch')),
  price_rate_id bigint not null references ledger.price_rate,
  fx_rate_id bigint not null references ledger.fx_rate,
  fx_stale boolean not null,
  quality double precision not null,
  quality_measured boolean not null,
  sandbox boolean not null,
  frozen_at timestamptz not null default clock_timestamp(),
  primary key (run_id, offer),
  constraint run_offer_wall unique (run_id, offer, zone),
  foreign key (run_id, rehearsal) references yakin.run (run_id, rehearsal),
  constraint run_offer_sandbox_only_in_rehearsal check (rehearsal or not sandbox)
);
comment on table yakin.run_offer is 'モデル候補 as frozen for a run: zone, price and rate cannot change under it';
comment on column yakin.run_offer.run_id is 'The run';
comment on column yakin.run_offer.offer is 'Name of the offer';
comment on column yakin.run_offer.zone is 'Zone of its endpoint; attempts carry it by foreign key';
comment on column yakin.run_offer.rehearsal is 'The run''s flag; sandbox endpoints need it';
comment on column yakin.run_offer.endpoint is 'Where it is called';
comment on column yakin.run_offer.operator is 'Vendor that invoices';
comment on column yakin.run_offer.model is 'Our name of the model';
comment on column yakin.run_offer.vendor_model is 'The vendor''s name of the model';
comment on column yakin.run_offer.tier is 'realtime or batch';
comment on column yakin.run_offer.price_rate_id is 'Frozen price';
comment on column yakin.run_offer.fx_rate_id is 'Frozen exchange rate';
comment on column yakin.run_offer.fx_stale is 'Whether the budget rate stands in for a stale one';
comment on column yakin.run_offer.quality is 'Expected share of right answers';
comment on column yakin.run_offer.quality_measured is 'Measured on the golden set, or a prior';
comment on column yakin.run_offer.sandbox is 'Whether the endpoint is a sandbox';
comment on column yakin.run_offer.frozen_at is 'When';

-- The third wall: the zone is the frozen offer's, the allowed zones are the decision's, and one lies in the other.
create table yakin.attempt (
  attempt_id uuid primary key,
  decision_id bigint not null,
  allowed_zones text[] not null,
  level yakin.level not null,
  run_id uuid not null,
  use_case text not null,
  document_id bigint not null,
  offer text not null,
  zone yakin.zone not null,
  step integer not null check (step >= 0),
  purpose text not null check (purpose in ('answer', 'repair', 'judge', 'evaluate')),
  outcome text not null default 'intent' check (outcome in (
    'intent', 'answered', 'invalid', 'truncated', 'refused', 'transient', 'endpoint_down', 'permanent', 'unknown',
    'not_sent')),
  worst_jpy ledger.jpy not null check (worst_jpy >= 0),
  budget_ids bigint[] not null check (cardinality(budget_ids) > 0),
  lease_token bigint not null,
  intent_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  finished_at timestamptz,
  input_tokens integer check (input_tokens >= 0),
  cached_input_tokens integer check (cached_input_tokens between 0 and input_tokens),
  output_tokens integer check (output_tokens >= 0),
  cost_native numeric,
  cost_jpy ledger.jpy check (cost_jpy >= 0),
  cost_is_bound boolean not null default false,
  provider_request_id text,
  detail text not null default '',
  constraint attempt_third_wall check (zone = any (allowed_zones)),
  constraint attempt_decision foreign key (decision_id, allowed_zones, run_id, use_case, document_id, level)
    references yakin.decision (decision_id, allowed_zones, run_id, use_case, document_id, level),
  constraint attempt_offer foreign key (run_id, offer, zone) references yakin.run_offer (run_id, offer, zone),
  constraint attempt_open_until_finished check ((finished_at is null) = (outcome = 'intent')),
  constraint attempt_marked_before_billed check (
    sent_at is not null or outcome not in ('answered', 'invalid', 'truncated', 'unknown'))
);
create index attempt_by_work on yakin.attempt (run_id, use_case, document_id);
create index attempt_open on yakin.attempt (run_id) where outcome in ('intent', 'unknown');
comment on table yakin.attempt is 'One billable request: the intent is written before it is sent';
comment on column yakin.attempt.attempt_id is 'Id, made by the caller';
comment on column yakin.attempt.decision_id is 'The decision that allows it';
comment on column yakin.attempt.allowed_zones is 'The decision''s zones';
comment on column yakin.attempt.level is 'The decision''s level';
comment on column yakin.attempt.run_id is 'The run';
comment on column yakin.attempt.use_case is 'Use case';
comment on column yakin.attempt.document_id is 'The document';
comment on column yakin.attempt.offer is 'The offer that is asked';
comment on column yakin.attempt.zone is 'The frozen offer''s zone';
comment on column yakin.attempt.step is 'Place in the chain of offers';
comment on column yakin.attempt.purpose is 'answer, repair, judge or evaluate';
comment on column yakin.attempt.outcome is 'How it ended; unknown may have been billed and keeps its reservation';
comment on column yakin.attempt.worst_jpy is 'What it can cost at most: its reservation';
comment on column yakin.attempt.budget_ids is 'Caps that hold the reservation';
comment on column yakin.attempt.lease_token is 'Lease under which it was made';
comment on column yakin.attempt.intent_at is 'When the intent was written';
comment on column yakin.attempt.sent_at is 'When it was about to leave';
comment on column yakin.attempt.finished_at is 'When its end was known';
comment on column yakin.attempt.input_tokens is 'Billed input tokens, cached ones included';
comment on column yakin.attempt.cached_input_tokens is 'Of these, cached';
comment on column yakin.attempt.output_tokens is 'Billed output tokens';
comment on column yakin.attempt.cost_native is 'Exact cost in the vendor''s currency';
comment on column yakin.attempt.cost_jpy is 'Cost in yen at the frozen rate';
comment on column yakin.attempt.cost_is_bound is 'Billed without usage: charged at its worst case';
comment on column yakin.attempt.provider_request_id is 'The vendor''s id of the request';
comment on column yakin.attempt.detail is 'HTTP status or class name, never text';

create table yakin.answer (
  answer_id bigint generated always as identity primary key,
  document_id bigint not null references yakin.document,
  use_case text not null,
  use_case_version text not null,
  rehearsal boolean not null,
  run_id uuid not null,
  attempt_id uuid not null unique references yakin.attempt,
  answer jsonb not null check (jsonb_typeof(answer) = 'object'),
  level yakin.level not null,
  zone yakin.zone not null,
  offer text not null,
  restored_complete boolean not null,
  answered_at timestamptz not null default clock_timestamp(),
  review_state text not null default 'unreviewed' check (review_state in ('unreviewed', 'accepted', 'corrected', 'rejected')),
  constraint answer_once unique (document_id, use_case, use_case_version, rehearsal),
  foreign key (run_id, rehearsal) references yakin.run (run_id, rehearsal),
  foreign key (use_case, use_case_version) references yakin.use_case (name, version)
);
comment on table yakin.answer is 'One answer per document, use case, version and rehearsal flag';
comment on column yakin.answer.answer_id is 'Id';
comment on column yakin.answer.document_id is 'The document';
comment on column yakin.answer.use_case is 'Use case';
comment on column yakin.answer.use_case_version is 'Version of the use case';
comment on column yakin.answer.rehearsal is 'The run''s flag';
comment on column yakin.answer.run_id is 'Run that landed it';
comment on column yakin.answer.attempt_id is 'Attempt whose settlement landed it';
comment on column yakin.answer.answer is 'The answer''s fields';
comment on column yakin.answer.level is 'Level of the document, which the answer inherits';
comment on column yakin.answer.zone is 'Where it was answered';
comment on column yakin.answer.offer is 'Who answered';
comment on column yakin.answer.restored_complete is 'Whether every pseudonym was replaced by what it stood for';
comment on column yakin.answer.answered_at is 'When it landed';
comment on column yakin.answer.review_state is 'unreviewed, accepted, corrected or rejected by a person';

create table ledger.budget (
  budget_id bigint generated always as identity primary key,
  scope text not null check (scope in ('run', 'day', 'month', 'fiscal_year', 'department', 'use_case', 'vendor')),
  key text not null,
  period_start date not null,
  period_end date not null,
  rehearsal boolean not null,
  cap_jpy ledger.jpy not null check (cap_jpy >= 0),
  reserved_jpy ledger.jpy not null default 0 check (reserved_jpy >= 0),
  spent_jpy ledger.jpy not null default 0,
  standing boolean not null,
  check (period_end >= period_start),
  check ((key = '') = (scope in ('day', 'month', 'fiscal_year'))),
  unique (scope, key, period_start, rehearsal)
) with (fillfactor = 50);
comment on table ledger.budget is 'Caps and their counters. A vendor that bills more than its worst case can push spent over the cap';
comment on column ledger.budget.budget_id is 'Id; writers lock caps in its order';
comment on column ledger.budget.scope is 'run, day, month, fiscal_year, department, use_case or vendor';
comment on column ledger.budget.key is 'What the cap is on: run (or run/job), department, use case or vendor';
comment on column ledger.budget.period_start is 'First business day';
comment on column ledger.budget.period_end is 'Last business day';
comment on column ledger.budget.rehearsal is 'Rehearsal has its own caps';
comment on column ledger.budget.cap_jpy is 'The cap';
comment on column ledger.budget.reserved_jpy is 'Worst case of what is in flight or unknown';
comment on column ledger.budget.spent_jpy is 'Charges and adjustments';
comment on column ledger.budget.standing is 'Whether the next period starts with the same cap';

create table ledger.entry (
  entry_id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  business_date date not null,
  kind text not null check (kind in ('reserve', 'charge', 'release', 'adjust')),
  attempt_id uuid not null references yakin.attempt,
  run_id uuid not null,
  rehearsal boolean not null,
  department text not null,
  use_case text not null,
  amount_jpy ledger.jpy not null,
  amount_native numeric,
  currency text,
  price_rate_id bigint references ledger.price_rate,
  fx_rate_id bigint references ledger.fx_rate,
  foreign key (run_id, rehearsal) references yakin.run (run_id, rehearsal),
  check (kind = 'adjust' or amount_jpy >= 0),
  check ((amount_native is null) = (currency is null)),
  check (kind <> 'charge' or (price_rate_id is not null and fx_rate_id is not null))
);
create unique index entry_once on ledger.entry (attempt_id, kind) where kind <> 'adjust';
create index entry_by_run on ledger.entry (run_id);
create index entry_by_date on ledger.entry (business_date);
comment on table ledger.entry is '利用料台帳, append-only. Amounts are positive within a kind: cost is charge plus adjust, held is reserve minus release';
comment on column ledger.entry.entry_id is 'Id';
comment on column ledger.entry.at is 'When it was written';
comment on column ledger.entry.business_date is 'The run''s business day';
comment on column ledger.entry.kind is 'reserve, charge, release or adjust';
comment on column ledger.entry.attempt_id is 'The attempt';
comment on column ledger.entry.run_id is 'The run';
comment on column ledger.entry.rehearsal is 'The run''s flag';
comment on column ledger.entry.department is 'Who is charged';
comment on column ledger.entry.use_case is 'Use case';
comment on column ledger.entry.amount_jpy is 'Yen, tax-exclusive';
comment on column ledger.entry.amount_native is 'Exact amount in the vendor''s currency; null where only a bound is known';
comment on column ledger.entry.currency is 'The vendor''s currency';
comment on column ledger.entry.price_rate_id is 'Price that was used';
comment on column ledger.entry.fx_rate_id is 'Exchange rate that was used';

create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'ledger entries are added, never changed' using errcode = 'restrict_violation';
end $$;
comment on function ledger.refuse_change is 'Keeps the ledger append-only, for its owner as well';
create trigger entry_append_only before update or delete on ledger.entry
  for each row execute function ledger.refuse_change();
create trigger entry_never_truncated before truncate on ledger.entry
  for each statement execute function ledger.refuse_change();

create table yakin.rate_limit (
  endpoint text primary key,
  requests_from timestamptz not null,
  tokens_from timestamptz not null
) with (fillfactor = 50);
comment on table yakin.rate_limit is 'When each endpoint may next be sent a request and its tokens';
comment on column yakin.rate_limit.endpoint is 'The endpoint';
comment on column yakin.rate_limit.requests_from is 'Next free slot by requests per minute';
comment on column yakin.rate_limit.tokens_from is 'Next free slot by tokens per minute';
