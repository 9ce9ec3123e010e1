-- What was measured of offers on golden sets, and what a decision expects: quality, and when a cheap answer is taken.
alter table yakin.run add column purpose text not null default 'night' check (purpose in ('night', 'evaluation'));
comment on column yakin.run.purpose is 'night, or evaluation: a golden set over candidate offers, which answers no document';

create table yakin.evaluation (
  evaluation_id bigint generated always as identity primary key,
  run_id uuid not null,
  rehearsal boolean not null,
  use_case text not null,
  use_case_version text not null,
  golden_version text not null,
  items integer not null check (items > 0),
  evaluated_at timestamptz not null default clock_timestamp(),
  unique (run_id, use_case),
  unique (evaluation_id, rehearsal),
  foreign key (run_id, rehearsal) references yakin.run (run_id, rehearsal),
  foreign key (use_case, use_case_version) references yakin.use_case (name, version)
);
create index evaluation_newest on yakin.evaluation (use_case, rehearsal, evaluation_id desc);
comment on table yakin.evaluation is 'One measurement of a use case''s golden set over candidate offers';
comment on column yakin.evaluation.evaluation_id is 'Id; the newest counts';
comment on column yakin.evaluation.run_id is 'The run that asked, inside budget and clearance like any other';
comment on column yakin.evaluation.rehearsal is 'The run''s flag: what sandbox vendors score says nothing of real ones';
comment on column yakin.evaluation.use_case is 'Use case';
comment on column yakin.evaluation.use_case_version is 'Version of the use case: another prompt has another quality';
comment on column yakin.evaluation.golden_version is 'Hash of the golden set and of the scoring';
comment on column yakin.evaluation.items is 'Golden items in the set';
comment on column yakin.evaluation.evaluated_at is 'When it was closed';

create table yakin.evaluated_answer (
  evaluation_id bigint not null references yakin.evaluation,
  item text not null,
  model text not null,
  offer text not null,
  document_id bigint not null references yakin.document,
  attempt_id uuid references yakin.attempt,
  outcome text not null,
  score double precision not null check (score between 0 and 1),
  fields jsonb not null check (jsonb_typeof(fields) = 'object'),
  features jsonb not null check (jsonb_typeof(features) = 'object'),
  signals jsonb not null check (jsonb_typeof(signals) = 'object'),
  input_tokens integer check (input_tokens >= 0),
  output_tokens integer check (output_tokens >= 0),
  cost_jpy ledger.jpy not null check (cost_jpy >= 0),
  seconds double precision check (seconds >= 0),
  primary key (evaluation_id, model, item)
);
comment on table yakin.evaluated_answer is 'How right one model was on one golden item: numbers only, never the answer. What could not be asked has no row';
comment on column yakin.evaluated_answer.evaluation_id is 'The evaluation';
comment on column yakin.evaluated_answer.item is 'Id of the golden item';
comment on column yakin.evaluated_answer.model is 'Our name of the model: all tiers of a model answer alike';
comment on column yakin.evaluated_answer.offer is 'The offer that was asked';
comment on column yakin.evaluated_answer.document_id is 'The golden item as a document';
comment on column yakin.evaluated_answer.attempt_id is 'The attempt that brought the answer, or the last one';
comment on column yakin.evaluated_answer.outcome is 'How that attempt ended';
comment on column yakin.evaluated_answer.score is 'Share of the expected fields that are right; 0 without an answer';
comment on column yakin.evaluated_answer.fields is 'Score by field';
comment on column yakin.evaluated_answer.features is 'What planning knows of the document beforehand: level, tokens, media type';
comment on column yakin.evaluated_answer.signals is 'What is known of the answer afterwards without its truth: log-probability, checks';
comment on column yakin.evaluated_answer.input_tokens is 'Billed, over all attempts on the item';
comment on column yakin.evaluated_answer.output_tokens is 'Billed, over all attempts on the item';
comment on column yakin.evaluated_answer.cost_jpy is 'Charged for the item';
comment on column yakin.evaluated_answer.seconds is 'From sending to the end of the last attempt';

create table yakin.measured_quality (
  evaluation_id bigint not null references yakin.evaluation,
  model text not null,
  field text not null,
  feature text not null,
  items integer not null check (items > 0),
  quality double precision not null check (quality between 0 and 1),
  low double precision not null check (low between 0 and 1),
  high double precision not null check (high between low and 1),
  confidence double precision not null check (confidence > 0 and confidence < 1),
  primary key (evaluation_id, model, field, feature)
);
comment on table yakin.measured_quality is 'Quality of a model on a golden set with its confidence interval';
comment on column yakin.measured_quality.evaluation_id is 'The evaluation';
comment on column yakin.measured_quality.model is 'Our name of the model';
comment on column yakin.measured_quality.field is 'Field of the answer; empty: the whole answer';
comment on column yakin.measured_quality.feature is 'Documents with this feature only, like level=internal; empty: all';
comment on column yakin.measured_quality.items is 'Golden items behind the figure';
comment on column yakin.measured_quality.quality is 'Mean score';
comment on column yakin.measured_quality.low is 'Lower end of the interval';
comment on column yakin.measured_quality.high is 'Upper end of the interval';
comment on column yakin.measured_quality.confidence is 'Confidence of the interval';

create table yakin.learned_rule (
  evaluation_id bigint not null references yakin.evaluation,
  kind text not null check (kind in ('quality', 'calibration', 'cascade')),
  name text not null,
  used boolean not null,
  why text not null,
  rule jsonb not null check (jsonb_typeof(rule) = 'object'),
  primary key (evaluation_id, kind, name)
);
comment on table yakin.learned_rule is 'What was learned from an evaluation and whether planning uses it: quality by document, what a signal is worth, cascades';
comment on column yakin.learned_rule.evaluation_id is 'The evaluation';
comment on column yakin.learned_rule.kind is 'quality (mean or by features), calibration (of a verification signal), cascade';
comment on column yakin.learned_rule.name is 'Model; for cascades cheap>better@threshold';
comment on column yakin.learned_rule.used is 'Whether it was better than going without on held-out items';
comment on column yakin.learned_rule.why is 'By how much, in words';
comment on column yakin.learned_rule.rule is 'Its numbers';

-- What a decision expects, and the cascade that it chose.
alter table yakin.decision
  add column accept_at double precision check (accept_at between 0 and 1),
  add column quality double precision check (quality between 0 and 1),
  add column quality_measured boolean not null default false,
  add constraint decision_cascade_has_two check (accept_at is null or cardinality(chain) >= 2);
comment on column yakin.decision.accept_at is 'Of a cascade: the first offer''s answer is taken when the score to expect of it is at least this; null: no cascade';
comment on column yakin.decision.quality is 'Expected quality of the option; null when it is not asked';
comment on column yakin.decision.quality_measured is 'Measured on the golden set, or a prior';
