-- Batches: handed over at once, answered hours later, often after the process that masked their lines has gone.
alter table yakin.work drop constraint work_state_check;
alter table yakin.work add constraint work_state_check check (state in (
  'pending', 'leased', 'submitted', 'answered', 'unanswered', 'skipped', 'awaiting_approval'));
alter table yakin.work add constraint work_token_when_submitted check (state <> 'submitted' or lease_token is not null);
comment on column yakin.work.state is 'pending, leased, submitted (in a batch at a vendor), answered, unanswered, skipped (answered before), awaiting_approval';

create table yakin.batch (
  batch_id uuid primary key,
  run_id uuid not null,
  offer text not null,
  endpoint text not null,
  file_sha256 text not null check (file_sha256 ~ '^[0-9a-f]{64}$'),
  state text not null default 'intent' check (state in ('intent', 'submitted', 'harvested', 'not_submitted')),
  input_file_id text,
  provider_batch_id text,
  output_file_id text,
  error_file_id text,
  vendor_state text,
  duplicate_lines integer not null default 0 check (duplicate_lines >= 0),
  unknown_ids integer not null default 0 check (unknown_ids >= 0),
  missing_lines integer not null default 0 check (missing_lines >= 0),
  intent_at timestamptz not null default clock_timestamp(),
  submitted_at timestamptz,
  ended_at timestamptz,
  remote_files_deleted_at timestamptz,
  foreign key (run_id, offer) references yakin.run_offer (run_id, offer),
  constraint batch_known_when_submitted check (
    state <> 'submitted' or (provider_batch_id is not null and submitted_at is not null)),
  constraint batch_ended_once check ((ended_at is not null) = (state in ('harvested', 'not_submitted'))),
  constraint batch_files_deleted_after_end check (remote_files_deleted_at is null or ended_at is not null)
);
create unique index batch_by_provider on yakin.batch (endpoint, provider_batch_id) where provider_batch_id is not null;
create index batch_outstanding on yakin.batch (intent_at) where remote_files_deleted_at is null;
comment on table yakin.batch is 'A file of lines handed to a vendor; the row is written before anything leaves';
comment on column yakin.batch.batch_id is 'Our id, also in the vendor''s metadata and the name of the file';
comment on column yakin.batch.run_id is 'The run';
comment on column yakin.batch.offer is 'The offer that every line is of';
comment on column yakin.batch.endpoint is 'Where it was handed over';
comment on column yakin.batch.file_sha256 is 'Hash of the file';
comment on column yakin.batch.state is 'intent, submitted, harvested (every line has its end), not_submitted (the vendor never had it)';
comment on column yakin.batch.input_file_id is 'The vendor''s id of the file';
comment on column yakin.batch.provider_batch_id is 'The vendor''s id of the batch';
comment on column yakin.batch.output_file_id is 'The vendor''s id of the file of results';
comment on column yakin.batch.error_file_id is 'The vendor''s id of the file of failures';
comment on column yakin.batch.vendor_state is 'What the vendor last said';
comment on column yakin.batch.duplicate_lines is 'Result lines that came more than once; charged once';
comment on column yakin.batch.unknown_ids is 'Result lines with an id that is not of this batch; not charged';
comment on column yakin.batch.missing_lines is 'Lines that came back in no file; unknown, and their reservations stay';
comment on column yakin.batch.intent_at is 'When it was written down';
comment on column yakin.batch.submitted_at is 'When the vendor took it';
comment on column yakin.batch.ended_at is 'When every line had its end';
comment on column yakin.batch.remote_files_deleted_at is 'When the vendor had deleted every file of it';

create table yakin.batch_line (
  attempt_id uuid primary key references yakin.attempt,
  batch_id uuid not null references yakin.batch,
  sealed boolean not null,
  settled_at timestamptz
);
create index batch_line_by_batch on yakin.batch_line (batch_id);
comment on table yakin.batch_line is 'Which attempt is a line of which batch; its custom id is the attempt''s id';
comment on column yakin.batch_line.attempt_id is 'The attempt';
comment on column yakin.batch_line.batch_id is 'The batch';
comment on column yakin.batch_line.sealed is 'Whether its answer needs a restore map';
comment on column yakin.batch_line.settled_at is 'When the vendor''s end of it was settled';

create table yakin.sealed_map (
  attempt_id uuid primary key references yakin.batch_line,
  document_id bigint not null references yakin.document,
  key_id text not null,
  ciphertext bytea not null,
  sealed_at timestamptz not null default clock_timestamp()
);
create index sealed_map_by_document on yakin.sealed_map (document_id);
comment on table yakin.sealed_map is 'Pseudonyms to values of lines under way, sealed under a key that is not in this database; gone once settled';
comment on column yakin.sealed_map.attempt_id is 'The attempt, to which the seal is bound';
comment on column yakin.sealed_map.document_id is 'The document';
comment on column yakin.sealed_map.key_id is 'Which key opens it';
comment on column yakin.sealed_map.ciphertext is 'Nonce and AES-GCM ciphertext, padded';
comment on column yakin.sealed_map.sealed_at is 'When';
