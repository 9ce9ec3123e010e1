-- Items (source objects over time), documents (their versions by hash) and what was found in them.
create table yakin.item (
  item_id bigint generated always as identity primary key,
  uri text not null unique,
  department text not null,
  owner text not null,
  baseline yakin.level not null,
  first_seen_at timestamptz not null default now()
);
comment on table yakin.item is 'One source object over time, known by its URI';
comment on column yakin.item.item_id is 'Surrogate id';
comment on column yakin.item.uri is 'file:///… or s3://bucket/key';
comment on column yakin.item.department is 'Department that the source register names';
comment on column yakin.item.owner is 'Person or group that answers for the source';
comment on column yakin.item.baseline is 'Level that the source register declares for its folder';
comment on column yakin.item.first_seen_at is 'When a run first listed it';

create table yakin.document (
  document_id bigint generated always as identity primary key,
  sha256 text unique check (sha256 ~ '^[0-9a-f]{64}$'),
  unreadable_item_id bigint references yakin.item,
  unreadable_version text,
  media_type text not null,
  bytes bigint not null check (bytes >= 0),
  first_seen_at timestamptz not null default now(),
  check ((sha256 is null) = (unreadable_item_id is not null)),
  check ((unreadable_item_id is null) = (unreadable_version is null)),
  unique (unreadable_item_id, unreadable_version)
);
comment on table yakin.document is 'One version of an item: the same bytes in two places are one document';
comment on column yakin.document.document_id is 'Surrogate id, the only name of a document outside the store';
comment on column yakin.document.sha256 is 'Hash of the bytes; null when they could not be read';
comment on column yakin.document.unreadable_item_id is 'Without a hash: the item that could not be read';
comment on column yakin.document.unreadable_version is 'Without a hash: the object version that could not be read';
comment on column yakin.document.media_type is 'Media type as listed';
comment on column yakin.document.bytes is 'Size in bytes';
comment on column yakin.document.first_seen_at is 'When a run first listed these bytes';

create table yakin.sighting (
  item_id bigint not null references yakin.item,
  document_id bigint not null references yakin.document,
  object_version text not null,
  bytes bigint not null check (bytes >= 0),
  is_current boolean not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (item_id, document_id, object_version)
);
create unique index sighting_current on yakin.sighting (item_id) where is_current;
create index sighting_document on yakin.sighting (document_id);
comment on table yakin.sighting is 'Where a document was seen; an item has one current sighting';
comment on column yakin.sighting.item_id is 'The place';
comment on column yakin.sighting.document_id is 'What was there';
comment on column yakin.sighting.object_version is 'S3 version id or ETag; for files size and modification time';
comment on column yakin.sighting.bytes is 'Size in bytes as listed';
comment on column yakin.sighting.is_current is 'Whether the item still holds this document';
comment on column yakin.sighting.first_seen_at is 'First listing';
comment on column yakin.sighting.last_seen_at is 'Newest listing';

create table yakin.classification (
  document_id bigint not null references yakin.document,
  extractor_version text not null,
  detector_version text not null,
  hash_key_id text not null,
  media_type text not null,
  counts jsonb not null check (jsonb_typeof(counts) = 'object'),
  text_hash text,
  input_tokens integer not null check (input_tokens >= 0),
  input_tokens_bound integer not null check (input_tokens_bound >= input_tokens),
  unreadable yakin.reason,
  classified_at timestamptz not null default clock_timestamp(),
  primary key (document_id, extractor_version, detector_version, hash_key_id)
);
comment on table yakin.classification is 'What reading and detection found: kinds and counts, never values or text';
comment on column yakin.classification.document_id is 'The document';
comment on column yakin.classification.extractor_version is 'Version of the text extraction';
comment on column yakin.classification.detector_version is 'Version of the detectors';
comment on column yakin.classification.hash_key_id is 'Which key the text hash was made with';
comment on column yakin.classification.media_type is 'Media type as recognised from the bytes';
comment on column yakin.classification.counts is 'Findings per kind';
comment on column yakin.classification.text_hash is 'Keyed hash of the full text; must be equal when the document is asked';
comment on column yakin.classification.input_tokens is 'Estimated tokens of the text';
comment on column yakin.classification.input_tokens_bound is 'Tokens that no vendor can bill more than';
comment on column yakin.classification.unreadable is 'Why there is no text';
comment on column yakin.classification.classified_at is 'When it was found';
