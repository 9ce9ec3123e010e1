-- by_id --
-- A number is a document's own id.
select document_id from yakin.document where document_id = %(document_id)s;

-- by_sha256 --
-- Two are enough to know that a beginning names more than one.
select document_id from yakin.document where sha256 like %(beginning)s || '%%' order by document_id limit 2;

-- by_uri --
-- What is at that place now, else what was there last.
select s.document_id
from yakin.item i join yakin.sighting s using (item_id)
where i.uri = %(uri)s
order by s.is_current desc, s.last_seen_at desc
limit 1;

-- known --
-- What a reviewer has before their eyes: places, newest findings, what the judge said, the newest review.
select d.document_id, d.sha256, place.uri, place.baseline, marks.flags,
       coalesce(c.counts, '{}') || coalesce(j.counts, '{}') as counts, c.extractor_version, c.detector_version,
       c.unreadable::text as unreadable, f.at as forgotten_at, r.review_id, r.level::text as review_level,
       r.baseline::text as review_baseline, r.counts as review_counts, r.dismissed as review_dismissed
from yakin.document d
cross join lateral (
  select i.uri, i.baseline::text as baseline
  from yakin.sighting s join yakin.item i using (item_id)
  where s.document_id = d.document_id
  order by s.is_current desc, yakin.level_rank(i.baseline) desc, s.last_seen_at desc, i.uri
  limit 1
) place
cross join lateral (
  select coalesce(array_agg(distinct f.flag), '{}') as flags
  from yakin.sighting s join yakin.item i using (item_id) cross join lateral unnest(i.flags) as f (flag)
  where s.document_id = d.document_id
    and (s.is_current or not exists (
      select from yakin.sighting n where n.document_id = d.document_id and n.is_current))
) marks
left join lateral (
  select counts, extractor_version, detector_version, unreadable
  from yakin.classification where document_id = d.document_id order by classified_at desc limit 1
) c on true
left join lateral (
  select jsonb_object_agg('judged_' || n.level, 1) as counts
  from (
    select distinct on (rehearsal) level from yakin.verdict where document_id = d.document_id
    order by rehearsal, judged_at desc
  ) n
  where n.level is not null
) j on true
left join lateral (
  select review_id, level, baseline, counts, dismissed
  from yakin.level_review where document_id = d.document_id order by review_id desc limit 1
) r on true
left join yakin.forgotten f on f.document_id = d.document_id
where d.document_id = %(document_id)s;

-- elsewhere --
-- Where else the same bytes are now: their baselines and flags count as well.
select i.baseline::text as baseline, i.flags
from yakin.sighting s join yakin.item i using (item_id)
where s.document_id = %(document_id)s and s.is_current and i.uri <> %(uri)s;

-- insert_review --
-- Added, never changed: the newest counts.
insert into yakin.level_review (document_id, level, "by", because, baseline, counts, dismissed, extractor_version,
                                detector_version, policy_version, level_before)
values (%(document_id)s, %(level)s, %(by)s, %(because)s, %(baseline)s, %(counts)s, %(dismissed)s::text[],
        %(extractor_version)s, %(detector_version)s, %(policy_version)s, %(level_before)s)
returning review_id;

-- history --
-- The newest first.
select review_id, level::text as level, level_before::text as level_before, "by", because, at,
       baseline::text as baseline, counts, dismissed, detector_version
from yakin.level_review
where document_id = %(document_id)s
order by review_id desc;
