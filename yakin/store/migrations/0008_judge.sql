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
  part integer not null check (part >= 1),
  parts integer not null check (parts >= part),
  category text check (category in ('deal', 'unpublished_results', 'trade_secret', 'pricing', 'hr_evaluation',
                                    'layoffs', 'legal_dispute', 'security_incident')),
  level yakin.level,
  judged_at timestamptz not null default clock_timestamp(),
  constraint judgement_raises_or_finds_nothing check ((category is null) = (level is null)),
  constraint judgement_never_lowers check (level in ('confidential', 'restricted', 'secret')),
  foreign key (run_id, rehearsal) references yakin.run (run_id, rehearsal)
);
create index judgement_by_document on yakin.judgement (document_id, rehearsal, judged_at);
comment on table yakin.judgement is 'What the on-premises judge said of a piece of a document: a word of its list, never text';
comment on column yakin.judgement.attempt_id is 'Attempt whose settlement brought it';
comment on column yakin.judgement.document_id is 'The document';
comment on column yakin.judgement.run_id is 'Run that asked';
comment on column yakin.judgement.rehearsal is 'The run''s flag; a rehearsal''s verdict counts in rehearsals only';
comment on column yakin.judgement.judge_version is 'Hash of prompt, schema and model';
comment on column yakin.judgement.extractor_version is 'Version of the text extraction that it read';
comment on column yakin.judgement.part is 'Which piece of the text was judged, from 1';
comment on column yakin.judgement.parts is 'Pieces that the text was cut into to fit the judge''s context';
comment on column yakin.judgement.category is 'What its meaning is about; null when nothing was found';
comment on column yakin.judgement.level is 'Level that the category asked for; null when nothing was found';
comment on column yakin.judgement.judged_at is 'When';

-- A document has a verdict when every piece of it was judged; the most sensitive piece decides.
create view yakin.verdict as
select document_id, rehearsal, judge_version, extractor_version,
       (array_agg(category order by yakin.level_rank(level) desc nulls last, part))[1] as category,
       (array_agg(level::text order by yakin.level_rank(level) desc nulls last, part))[1] as level,
       max(judged_at) as judged_at
from yakin.judgement
group by document_id, rehearsal, judge_version, extractor_version, parts
having count(distinct part) = parts;
comment on view yakin.verdict is 'What a judge said of a whole document; the newest counts where this night''s judge has said nothing';
comment on column yakin.verdict.document_id is 'The document';
comment on column yakin.verdict.rehearsal is 'A rehearsal''s verdict counts in rehearsals only';
comment on column yakin.verdict.judge_version is 'Hash of prompt, schema and model';
comment on column yakin.verdict.extractor_version is 'Version of the text extraction that it read';
comment on column yakin.verdict.category is 'What its meaning is about; null when nothing was found';
comment on column yakin.verdict.level is 'Level that the category asked for; null when nothing was found';
comment on column yakin.verdict.judged_at is 'When its last piece was judged';
