-- What finance needs on each charge: the cost centre, tokens by kind, corrections that say why and by whom.
alter table yakin.run_job add column cost_centre text not null default '';
comment on column yakin.run_job.cost_centre is 'Cost centre of the department, as the catalogue said when the run opened; empty: none given';

alter table ledger.price_rate add column cache_write_per_mtok numeric check (cache_write_per_mtok >= 0);
alter table ledger.price_rate drop constraint price_rate_model_tier_valid_from_currency_input_per_mtok_ou_key;
alter table ledger.price_rate add constraint price_rate_once unique nulls not distinct (
  model, tier, valid_from, currency, input_per_mtok, output_per_mtok, cached_input_per_mtok, cache_write_per_mtok,
  over_input_tokens, source, checked);
comment on column ledger.price_rate.cache_write_per_mtok is 'Per million input tokens written to a cache; null: as other input';

alter table yakin.attempt
  add column cache_write_tokens integer check (cache_write_tokens >= 0),
  add column reasoning_tokens integer check (reasoning_tokens >= 0),
  add column output_bound_tokens integer check (output_bound_tokens > 0);
comment on column yakin.attempt.cache_write_tokens is 'Of the input tokens, those written to a cache';
comment on column yakin.attempt.reasoning_tokens is 'Of the output tokens, those spent on reasoning';
comment on column yakin.attempt.output_bound_tokens is 'The output bound that was sent with it; the reservation covers it';

-- lost: the vendor's account shows that it was billed, and nobody saw the answer.
alter table yakin.attempt drop constraint attempt_outcome_check;
alter table yakin.attempt add constraint attempt_outcome_check check (outcome in (
  'intent', 'answered', 'invalid', 'truncated', 'refused', 'transient', 'endpoint_down', 'permanent', 'unknown',
  'not_sent', 'lost'));
alter table yakin.attempt drop constraint attempt_marked_before_billed;
alter table yakin.attempt add constraint attempt_marked_before_billed check (
  sent_at is not null or outcome not in ('answered', 'invalid', 'truncated', 'unknown', 'lost'));

alter table ledger.entry
  add column cost_centre text not null default '',
  add column vendor text,
  add column budget_ids bigint[],
  add column reason text,
  add column made_by text,
  alter column attempt_id drop not null,
  alter column run_id drop not null;
alter table ledger.entry
  add constraint entry_adjust_says_why check ((kind = 'adjust') = (reason is not null and made_by is not null)),
  add constraint entry_adjust_says_what check (
    kind = 'adjust' or (attempt_id is not null and run_id is not null and vendor is null and budget_ids is null)),
  add constraint entry_adjust_names_its_vendor check (kind <> 'adjust' or attempt_id is not null or vendor is not null),
  add constraint entry_adjust_names_its_caps check (kind <> 'adjust' or budget_ids is not null);
comment on column ledger.entry.attempt_id is 'The attempt; null for a correction of a vendor''s account as a whole';
comment on column ledger.entry.run_id is 'The run; null for a correction of a vendor''s account as a whole';
comment on column ledger.entry.cost_centre is 'Cost centre of the department; empty: none given';
comment on column ledger.entry.vendor is 'Of a correction without an attempt: who invoices';
comment on column ledger.entry.budget_ids is 'Of a correction: the caps whose spent it changed';
comment on column ledger.entry.reason is 'Of a correction: why';
comment on column ledger.entry.made_by is 'Of a correction: who';
