-- The words of the business as domains, so that every column that uses one has the same legal values.
create domain yakin.level as text
  check (value in ('public', 'internal', 'confidential', 'restricted', 'secret'));
comment on domain yakin.level is '機密区分, from the least to the most sensitive';

create domain yakin.zone as text
  check (value in ('on_prem', 'domestic', 'japan_region', 'overseas'));
comment on domain yakin.zone is '送信先区分: where inference happens and under whose law';

create domain yakin.reason as text check (value in (
  'empty', 'encrypted', 'corrupt', 'too_large', 'unknown_type', 'unreadable', 'parse_timeout', 'parser_failed',
  'quarantine', 'no_offer', 'budget', 'deadline', 'awaiting_approval', 'source_changed', 'invalid_answer',
  'truncated', 'refused', 'endpoint_down', 'egress_refused', 'set_aside', 'failed'));
comment on domain yakin.reason is 'Why a document has no answer';

create domain ledger.jpy as numeric(20, 6);
comment on domain ledger.jpy is 'Yen, tax-exclusive, six decimals';

create function yakin.level_rank(level text) returns integer
  language sql immutable parallel safe
  return array_position(array['public', 'internal', 'confidential', 'restricted', 'secret'], level);
comment on function yakin.level_rank is 'Levels compare by rank, 1 for public to 5 for secret; as text they sort wrongly';
