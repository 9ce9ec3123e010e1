-- Levels that a person set, forgotten documents, flags of the register.
alter domain yakin.reason drop constraint reason_check;
alter domain yakin.reason add constraint reason_check check (value in (
  'empty', 'encrypted', 'corrupt', 'too_large', 'unknown_type', 'unreadable', 'parse_timeout', 'parser_failed',
  'quarantine', 'no_offer', 'budget', 'deadline', 'awaiting_approval', 'source_changed', 'invalid_answer',
  'truncated', 'refused', 'endpoint_down', 'egress_refused', 'set_aside', 'forgotten', 'failed'));

alter table yakin.item
  add column flags text[] not null default '{}' check (flags <@ array['third_party_nda', 'export_controlled']);
comment on column yakin.item.flags is 'What the source register says beside the level: third_party_nda, export_controlled (外為法). They narrow zones';

create function yakin.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are added, never changed', tg_table_name using errcode = 'restrict_violation';
end $$;
comment on function yakin.refuse_change is 'Keeps a table append-only, for its owner as well';

-- What the reviewer saw is kept with the level: a later and better detector, or a changed register, still raises.
create table yakin.level_review (
  review_id bigint generated always as identity primary key,
  document_id bigint not null references yakin.document,
  level yakin.level not null,
  "by" text not null check ("by" ~ '\S'),
  because text not null check (because ~ '\S'),
  at timestamptz not null default clock_timestamp(),
  baseline yakin.level not null,
  counts jsonb not null check (jsonb_typeof(counts) = 'object'),
  dismissed text[] not null,
  extractor_version text not null,
  detector_version text not null,
  policy_version text not null,
  level_before yakin.level not null,
  constraint level_review_dismisses_what_was_seen check (counts ?& dismissed)
);
create index level_review_by_document on yakin.level_review (document_id, review_id);
comment on table yakin.level_review is 'Levels that a named person set: the only way down. The newest of a document counts; append-only';
comment on column yakin.level_review.review_id is 'Id, by which reasons name it';
comment on column yakin.level_review.document_id is 'The document: these bytes, wherever they are';
comment on column yakin.level_review.level is 'Level that was set';
comment on column yakin.level_review."by" is 'Who set it';
comment on column yakin.level_review.because is 'Why, in the reviewer''s words';
comment on column yakin.level_review.at is 'When';
comment on column yakin.level_review.baseline is 'Baseline that the reviewer saw; a higher one raises again';
comment on column yakin.level_review.counts is 'Findings per kind that the reviewer saw; others, and more, raise again';
comment on column yakin.level_review.dismissed is 'Kinds that the reviewer called false alarms';
comment on column yakin.level_review.extractor_version is 'Version of the text extraction that found them';
comment on column yakin.level_review.detector_version is 'Version of the detectors that found them';
comment on column yakin.level_review.policy_version is 'Policy in force';
comment on column yakin.level_review.level_before is 'Level before, by baseline, evidence and the earlier review';
create trigger level_review_append_only before update or delete on yakin.level_review
  for each row execute function yakin.refuse_change();
create trigger level_review_never_truncated before truncate on yakin.level_review
  for each statement execute function yakin.refuse_change();

-- An answer inherits its document's level: a level that is raised closes the answers that landed before.
create function yakin.raise_answers() returns trigger language plpgsql security definer
  set search_path = pg_catalog, yakin as $$
begin
  update yakin.answer a
  set level = new.level
  where a.document_id = new.document_id and yakin.level_rank(new.level) > yakin.level_rank(a.level);
  return null;
end $$;
revoke execute on function yakin.raise_answers() from public;
comment on function yakin.raise_answers is 'Raises the level of answers that landed before their document was reviewed; lowers none';
create trigger level_review_raises_answers after insert on yakin.level_review
  for each row execute function yakin.raise_answers();

create table yakin.forgotten (
  document_id bigint primary key references yakin.document,
  sha256 text,
  "by" text not null check ("by" ~ '\S'),
  because text not null check (because ~ '\S'),
  at timestamptz not null default clock_timestamp(),
  removed jsonb not null check (jsonb_typeof(removed) = 'object')
);
comment on table yakin.forgotten is 'Tombstones: documents that a person had yakin forget. The same bytes are not asked again; append-only';
comment on column yakin.forgotten.document_id is 'The document';
comment on column yakin.forgotten.sha256 is 'Hash of its bytes, by which they are known again; null when they could not be read';
comment on column yakin.forgotten."by" is 'Who had it forgotten';
comment on column yakin.forgotten.because is 'Why, in that person''s words';
comment on column yakin.forgotten.at is 'When';
comment on column yakin.forgotten.removed is 'How many rows of what were removed';
create trigger forgotten_append_only before update or delete on yakin.forgotten
  for each row execute function yakin.refuse_change();
create trigger forgotten_never_truncated before truncate on yakin.forgotten
  for each statement execute function yakin.refuse_change();
