-- Who set which level and why. The words are a person's own, not the document's; bi_reader sees none of it.
create or replace view bi.level_changes with (security_barrier) as
select r.review_id,
       r.document_id,
       r.level_before::text as level_before,
       r.level::text as level,
       r.by,
       r.because,
       r.at,
       r.dismissed,
       r.baseline::text as baseline,
       r.counts as kinds,
       r.detector_version,
       r.policy_version,
       r.review_id = max(r.review_id) over (partition by r.document_id) as in_force
from yakin.level_review r
where (pg_has_role(current_user, 'bi_restricted', 'usage') or pg_has_role(current_user, 'auditor', 'usage'))
  and (not exists (select from yakin.reader_limit)
       or exists (select from yakin.sighting s join yakin.item i using (item_id)
                  where s.document_id = r.document_id
                    and i.department in (select l.department from yakin.reader_limit l)));
comment on view bi.level_changes is 'One row per level that a person set: the only way down. For bi_restricted and auditor';
comment on column bi.level_changes.review_id is 'Id, by which decisions name it (review:12)';
comment on column bi.level_changes.document_id is 'The document';
comment on column bi.level_changes.level_before is 'Level before';
comment on column bi.level_changes.level is 'Level that was set';
comment on column bi.level_changes.by is 'Who set it';
comment on column bi.level_changes.because is 'Why, in the reviewer''s words';
comment on column bi.level_changes.at is 'When';
comment on column bi.level_changes.dismissed is 'Kinds that the reviewer called false alarms';
comment on column bi.level_changes.baseline is 'Baseline that the reviewer saw';
comment on column bi.level_changes.kinds is 'Findings per kind that the reviewer saw';
comment on column bi.level_changes.detector_version is 'Detectors that found them';
comment on column bi.level_changes.policy_version is 'Policy in force then';
comment on column bi.level_changes.in_force is 'Whether it is the newest of its document';
