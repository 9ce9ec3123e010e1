-- One row per document and place: a file that is there twice is shown twice, with one document id. For bi_reader the place of a restricted document, or of one that nobody could judge, has no name: file names tell.
create or replace view bi.documents with (security_barrier) as
select d.document_id,
       p.item_id,
       case when pg_has_role(current_user, 'bi_restricted', 'usage') or pg_has_role(current_user, 'auditor', 'usage')
              or greatest(yakin.level_rank(coalesce(n.level, 'restricted')), yakin.level_rank(p.baseline))
                 <= yakin.level_rank('confidential')
            then p.uri end as uri,
       p.department,
       d.sha256,
       p.is_current,
       coalesce(c.media_type, d.media_type) as media_type,
       d.bytes,
       n.level::text as level,
       w.state,
       w.reason::text as reason,
       d.first_seen_at,
       w.run_id as last_run_id,
       w.rehearsal,
       p.baseline::text as baseline,
       (select count(*) from yakin.sighting s where s.document_id = d.document_id and s.is_current) as places,
       w.run_id is null and exists (
         select from yakin.work e join yakin.run r using (run_id)
         where e.document_id = d.document_id and r.purpose = 'evaluation') as only_evaluated
from yakin.document d
cross join lateral (
  select distinct on (s.item_id) i.item_id, i.uri, i.department, s.is_current, i.baseline
  from yakin.sighting s join yakin.item i using (item_id)
  where s.document_id = d.document_id
  order by s.item_id, s.is_current desc, s.last_seen_at desc
) p
left join lateral (
  select media_type from yakin.classification where document_id = d.document_id order by classified_at desc limit 1
) c on true
left join lateral (
  select level from yakin.decision where document_id = d.document_id order by decision_id desc limit 1
) n on true
left join lateral (
  select w.state, w.reason, w.run_id, w.rehearsal
  from yakin.work w join yakin.run r using (run_id)
  where w.document_id = d.document_id and r.purpose = 'night'
  order by w.rehearsal, r.started_at desc, w.use_case
  limit 1
) w on true
where not exists (select from yakin.reader_limit)
   or p.department in (select l.department from yakin.reader_limit l);
comment on view bi.documents is 'One row per document and place; the same bytes in two places are one document with two rows';
comment on column bi.documents.document_id is 'Id';
comment on column bi.documents.item_id is 'The place';
comment on column bi.documents.uri is 'The place; null for bi_reader above confidential or when never judged';
comment on column bi.documents.department is 'Department of the place';
comment on column bi.documents.sha256 is 'Hash of the bytes; null when they could not be read';
comment on column bi.documents.is_current is 'Whether it is still there';
comment on column bi.documents.media_type is 'Media type';
comment on column bi.documents.bytes is 'Size';
comment on column bi.documents.level is 'Level in its newest decision';
comment on column bi.documents.state is 'State in its newest run; a real run comes before a rehearsal';
comment on column bi.documents.reason is 'Why it has no answer';
comment on column bi.documents.first_seen_at is 'When these bytes were first listed';
comment on column bi.documents.last_run_id is 'Its newest run';
comment on column bi.documents.rehearsal is 'Whether that run was a rehearsal';
comment on column bi.documents.baseline is 'Baseline of the place';
comment on column bi.documents.places is 'In how many places it is now';
comment on column bi.documents.only_evaluated is 'It is a golden item of evaluations and no night has had it: not a document of the company''s folders';
