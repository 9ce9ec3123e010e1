-- The only view with content: rows appear only for roles that may see their level.
create or replace view bi.answers with (security_barrier) as
select a.document_id,
       a.use_case,
       a.use_case_version,
       a.run_id,
       a.answer,
       a.level::text as level,
       a.zone::text as zone,
       a.offer,
       a.answered_at,
       a.review_state,
       a.rehearsal,
       a.restored_complete,
       j.department
from yakin.answer a
join yakin.work w using (run_id, use_case, document_id)
join yakin.run_job j using (run_id, job)
where (pg_has_role(current_user, 'bi_restricted', 'usage')
       or (pg_has_role(current_user, 'bi_reader', 'usage')
           and yakin.level_rank(a.level) <= yakin.level_rank('confidential')))
  and (not exists (select from yakin.reader_limit)
       or j.department in (select l.department from yakin.reader_limit l));
comment on view bi.answers is 'Answers: up to confidential for bi_reader, all for bi_restricted, none for anybody else; of their departments for readers that are limited to some';
comment on column bi.answers.document_id is 'The document';
comment on column bi.answers.use_case is 'Use case';
comment on column bi.answers.use_case_version is 'Version of the use case';
comment on column bi.answers.run_id is 'Run that landed it';
comment on column bi.answers.answer is 'The answer''s fields';
comment on column bi.answers.level is 'Level of the document';
comment on column bi.answers.zone is 'Where it was answered';
comment on column bi.answers.offer is 'Who answered';
comment on column bi.answers.answered_at is 'When it landed';
comment on column bi.answers.review_state is 'unreviewed, accepted, corrected or rejected';
comment on column bi.answers.rehearsal is 'From a rehearsal';
comment on column bi.answers.restored_complete is 'Whether every pseudonym was replaced';
comment on column bi.answers.department is 'Who was charged';
