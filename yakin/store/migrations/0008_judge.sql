-- What the on-premises judge said of a document.
create table yakin.run_judge (
  run_id uuid primary key,
  offer text not null,
  question_version text not null,
  rule jsonb not null check (jsonb_typeof(rule) = 'object'),
  frozen_at timestamptz not null default clock_timestamp(),
  foreign key (run_id) references yakin.run
);
comment on table yakin.run_judge is 'The judge as frozen for a run; a run without a row has none';
comment on column yakin.run_judge.run_id is 'The run';
comment on column yakin.run_judge.offer is 'Offer that judges; its endpoint is on premises';
comment on column yakin.run_judge.question_version is 'Hash of prompt and schema';
comment on column yakin.run_judge.rule is 'Which documents are judged, the level of each category, what a failure means';
comment on column yakin.run_judge.frozen_at is 'When';

create table yakin.judgement (
  attempt_id uuid primary key references yakin.attempt,
  document_id bigint not null references yakin.document,
  run_id uuid not null,
  rehearsal boolean not null,
  judge_version text not null,
  extractor_version text not null,
  category text check (category in ('deal', 'unpublished_results', 'trade_secret', 'pricing', 'hr_evaluation',
                                    'layoffs', 'legal_dispute', 'security_incident')),
  level yakin.level,
  judged_at timestamptz not null default clock_timestamp(),
  constraint judgement_raises_or_finds_nothing check ((category is null) = (level is null)),
  constraint judgement_never_lowers check (level in ('confidential', 'restricted', 'secret')),
  foreign key (run_id, rehearsal) references yakin.run (run_id, rehearsal)
);
create index judgement_by_document on yakin.judgement (document_id, rehearsal, judged_at);
comment on table yakin.judgement is 'What the on-premises judge said of a document: a word of its list, never text. The newest counts';
comment on column yakin.judgement.attempt_id is 'Attempt whose settlement brought it';
comment on column yakin.judgement.document_id is 'The document';
comment on column yakin.judgement.run_id is 'Run that asked';
comment on column yakin.judgement.rehearsal is 'The run''s flag; a rehearsal''s verdict counts in rehearsals only';
comment on column yakin.judgement.judge_version is 'Hash of prompt, schema and model';
comment on column yakin.judgement.extractor_version is 'Version of the text extraction that it read';
comment on column yakin.judgement.category is 'What its meaning is about; null when nothing was found';
comment on column yakin.judgement.level is 'Level that the category asked for; null when nothing was found';
comment on column yakin.judgement.judged_at is 'When';
