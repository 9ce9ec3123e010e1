-- Vendors' accounts as they were imported, and what each reconciliation of one with the ledger found.
create table ledger.invoice (
  invoice_id bigint generated always as identity primary key,
  vendor text not null check (vendor <> ''),
  format text not null,
  file_name text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  reading text not null,
  period_start date not null,
  period_end date not null,
  timezone text not null,
  native_unit numeric not null check (native_unit >= 0),
  jpy_unit numeric not null check (jpy_unit >= 0),
  imported_by text not null check (imported_by <> ''),
  imported_at timestamptz not null default clock_timestamp(),
  check (period_end >= period_start),
  constraint invoice_once unique (vendor, sha256, reading)
);
comment on table ledger.invoice is 'Files of vendors'' accounts; the same file, read the same way, is there once';
comment on column ledger.invoice.invoice_id is 'Id';
comment on column ledger.invoice.vendor is 'Whose account: an endpoint or an operator';
comment on column ledger.invoice.format is 'How the file is written';
comment on column ledger.invoice.file_name is 'Name of the file';
comment on column ledger.invoice.sha256 is 'Hash of its bytes';
comment on column ledger.invoice.reading is 'Fingerprint of the mapping that it was read with; empty: none';
comment on column ledger.invoice.period_start is 'First day of its lines';
comment on column ledger.invoice.period_end is 'Last day of its lines';
comment on column ledger.invoice.timezone is 'Whose days its days are';
comment on column ledger.invoice.native_unit is 'One of the last digit that its amounts are written with';
comment on column ledger.invoice.jpy_unit is 'The same of its yen amounts; 0: it has none';
comment on column ledger.invoice.imported_by is 'Who imported it';
comment on column ledger.invoice.imported_at is 'When';

create table ledger.invoice_line (
  invoice_id bigint not null references ledger.invoice,
  line bigint not null,
  day date not null,
  at timestamptz,
  model text,
  tier text check (tier in ('realtime', 'batch')),
  request_id text,
  requests bigint check (requests >= 0),
  input_tokens bigint check (input_tokens >= 0),
  cached_input_tokens bigint check (cached_input_tokens >= 0),
  cache_write_tokens bigint check (cache_write_tokens >= 0),
  output_tokens bigint check (output_tokens >= 0),
  amount_native numeric,
  currency text check (currency ~ '^[A-Z]{3}$'),
  amount_jpy numeric,
  primary key (invoice_id, line),
  check ((input_tokens is null) = (output_tokens is null)),
  check (cached_input_tokens + cache_write_tokens <= input_tokens),
  check (amount_native is null or currency is not null)
);
comment on table ledger.invoice_line is 'What a vendor bills, line by line, tax-exclusive; null: the vendor does not say';
comment on column ledger.invoice_line.invoice_id is 'The file';
comment on column ledger.invoice_line.line is 'Place in the file';
comment on column ledger.invoice_line.day is 'The vendor''s day';
comment on column ledger.invoice_line.at is 'The vendor''s time';
comment on column ledger.invoice_line.model is 'The vendor''s name of the model';
comment on column ledger.invoice_line.tier is 'realtime or batch';
comment on column ledger.invoice_line.request_id is 'The vendor''s id of the request';
comment on column ledger.invoice_line.requests is 'How many requests it covers';
comment on column ledger.invoice_line.input_tokens is 'Input tokens, cached and cache-write included';
comment on column ledger.invoice_line.cached_input_tokens is 'Of these, read from a cache';
comment on column ledger.invoice_line.cache_write_tokens is 'Of these, written to a cache';
comment on column ledger.invoice_line.output_tokens is 'Output tokens';
comment on column ledger.invoice_line.amount_native is 'Amount as billed';
comment on column ledger.invoice_line.currency is 'Its currency';
comment on column ledger.invoice_line.amount_jpy is 'Yen, where the vendor or the bank says them';

create table ledger.reconciliation (
  reconciliation_id bigint generated always as identity primary key,
  vendor text not null,
  rehearsal boolean not null,
  invoice_ids bigint[] not null check (cardinality(invoice_ids) > 0),
  period_start date not null,
  period_end date not null,
  complete boolean not null,
  lost integer not null check (lost >= 0),
  released integer not null check (released >= 0),
  booked integer not null check (booked >= 0),
  made_by text not null,
  made_at timestamptz not null default clock_timestamp()
);
comment on table ledger.reconciliation is 'One row each time an account was held against the ledger';
comment on column ledger.reconciliation.reconciliation_id is 'Id';
comment on column ledger.reconciliation.vendor is 'Whose account';
comment on column ledger.reconciliation.rehearsal is 'Against the ledger of rehearsals';
comment on column ledger.reconciliation.invoice_ids is 'The files';
comment on column ledger.reconciliation.period_start is 'First day that was compared';
comment on column ledger.reconciliation.period_end is 'Last day that was compared';
comment on column ledger.reconciliation.complete is 'Whether what is not on the account counts as not billed';
comment on column ledger.reconciliation.lost is 'Unknown attempts that the account showed as billed';
comment on column ledger.reconciliation.released is 'Unknown attempts that a complete account did not show';
comment on column ledger.reconciliation.booked is 'Corrections that were booked';
comment on column ledger.reconciliation.made_by is 'Who';
comment on column ledger.reconciliation.made_at is 'When';

create table ledger.reconciliation_part (
  reconciliation_id bigint not null references ledger.reconciliation,
  number integer not null,
  day date not null,
  model text,
  tier text check (tier in ('realtime', 'batch')),
  state text not null check (state in ('matched', 'at_vendor', 'in_ledger')),
  lines integer not null check (lines >= 0),
  attempts integer not null check (attempts >= 0),
  currency text,
  ours_native numeric not null,
  theirs_native numeric not null,
  ours_jpy numeric not null,
  theirs_jpy numeric not null,
  causes text[] not null,
  causes_native numeric[] not null,
  causes_jpy numeric[] not null,
  primary key (reconciliation_id, number),
  check (cardinality(causes) = cardinality(causes_native) and cardinality(causes) = cardinality(causes_jpy))
);
comment on table ledger.reconciliation_part is 'What was found per day, model, tier and state, after settling and booking; the causes add up to theirs minus ours';
comment on column ledger.reconciliation_part.reconciliation_id is 'The reconciliation';
comment on column ledger.reconciliation_part.number is 'Place in it';
comment on column ledger.reconciliation_part.day is 'The vendor''s day; the request''s where only we have it';
comment on column ledger.reconciliation_part.model is 'The vendor''s name of the model; null: the account does not tell models apart';
comment on column ledger.reconciliation_part.tier is 'realtime or batch; null: the account does not tell them apart';
comment on column ledger.reconciliation_part.state is 'matched, at_vendor (not in the ledger) or in_ledger (not on the account)';
comment on column ledger.reconciliation_part.lines is 'Lines of the account';
comment on column ledger.reconciliation_part.attempts is 'Attempts of the ledger';
comment on column ledger.reconciliation_part.currency is 'Of the native amounts; null: not told';
comment on column ledger.reconciliation_part.ours_native is 'Charges and corrections';
comment on column ledger.reconciliation_part.theirs_native is 'What is billed';
comment on column ledger.reconciliation_part.ours_jpy is 'Charges and corrections in yen';
comment on column ledger.reconciliation_part.theirs_jpy is 'What is billed, in yen: as billed, else at the frozen rates';
comment on column ledger.reconciliation_part.causes is 'Why they differ';
comment on column ledger.reconciliation_part.causes_native is 'What each cause explains';
comment on column ledger.reconciliation_part.causes_jpy is 'The same in yen';
