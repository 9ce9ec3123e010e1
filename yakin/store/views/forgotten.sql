-- Tombstones. What was removed is told in numbers; who had it removed and why is for audit and restricted readers.
create or replace view bi.forgotten with (security_barrier) as
select f.document_id,
       f.sha256,
       case when pg_has_role(current_user, 'bi_restricted', 'usage') or pg_has_role(current_user, 'auditor', 'usage')
            then f.by end as by,
       case when pg_has_role(current_user, 'bi_restricted', 'usage') or pg_has_role(current_user, 'auditor', 'usage')
            then f.because end as because,
       f.at,
       f.removed,
       (select count(*) from yakin.sighting s where s.document_id = f.document_id and s.is_current) as places
from yakin.forgotten f
where not exists (select from yakin.reader_limit)
   or exists (select from yakin.sighting s join yakin.item i using (item_id)
              where s.document_id = f.document_id
                and i.department in (select l.department from yakin.reader_limit l));
comment on view bi.forgotten is 'One row per document that a person had yakin forget; the same bytes are not asked again';
comment on column bi.forgotten.document_id is 'The document';
comment on column bi.forgotten.sha256 is 'Hash of its bytes; null when they could not be read';
comment on column bi.forgotten.by is 'Who had it forgotten; null for bi_reader';
comment on column bi.forgotten.because is 'Why, in that person''s words; null for bi_reader';
comment on column bi.forgotten.at is 'When';
comment on column bi.forgotten.removed is 'How many rows of what were removed';
comment on column bi.forgotten.places is 'In how many places its bytes still are: yakin deletes no source';
