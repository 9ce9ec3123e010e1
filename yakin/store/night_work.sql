-- known_versions --
-- A version that was hashed once need not be read again to know that it has not changed.
select i.uri, s.object_version, d.sha256, d.media_type
from unnest(%(uris)s::text[], %(object_versions)s::text[]) as l (uri, object_version)
join yakin.item i using (uri)
join yakin.sighting s on s.item_id = i.item_id and s.object_version = l.object_version
join yakin.document d using (document_id)
where d.sha256 is not null
order by s.is_current;

-- unclassified --
-- Pending documents that exactly these versions have not judged, with a place to read them. What was forgotten
-- meanwhile is not read again.
select w.document_id, w.use_cases, d.sha256, place.uri, place.object_version, place.bytes
from (
  select document_id, array_agg(use_case order by use_case) as use_cases
  from yakin.work
  where run_id = %(run_id)s and state = 'pending'
    and (%(only)s::bigint[] is null or document_id = any (%(only)s::bigint[]))
  group by document_id
) w
join yakin.document d using (document_id)
cross join lateral (
  select i.uri, s.object_version, s.bytes
  from yakin.sighting s join yakin.item i using (item_id)
  where s.document_id = w.document_id
  order by s.is_current desc, s.last_seen_at desc, i.uri
  limit 1
) place
where not exists (
  select from yakin.classification c
  where c.document_id = w.document_id and c.extractor_version = %(extractor_version)s
    and c.detector_version = %(detector_version)s and c.hash_key_id = %(hash_key_id)s
)
  and not exists (select from yakin.forgotten f where f.document_id = w.document_id)
order by w.document_id;

-- pending_documents --
-- What the planner needs of every pending document: evidence, size, place, the highest baseline and all flags of its
-- places, and the newest level that a person set.
select w.document_id, w.use_case, d.sha256, place.uri, place.object_version, place.bytes, base.baseline,
       c.counts, c.text_hash, c.extractor_version, c.input_tokens, c.input_tokens_bound,
       c.media_type, c.unreadable::text as unreadable, marks.flags, r.review_id, r.level::text as review_level,
       r.baseline::text as review_baseline, r.counts as review_counts, r.dismissed as review_dismissed,
       exists (
         select from yakin.attempt t join yakin.batch_line l using (attempt_id)
         where t.run_id = w.run_id and t.use_case = w.use_case and t.document_id = w.document_id
       ) as was_in_batch
from yakin.work w
join yakin.document d using (document_id)
join yakin.classification c
  on c.document_id = w.document_id and c.extractor_version = %(extractor_version)s
  and c.detector_version = %(detector_version)s and c.hash_key_id = %(hash_key_id)s
cross join lateral (
  select i.uri, s.object_version, s.bytes
  from yakin.sighting s join yakin.item i using (item_id)
  where s.document_id = w.document_id
  order by s.is_current desc, s.last_seen_at desc, i.uri
  limit 1
) place
cross join lateral (
  select i.baseline::text as baseline
  from yakin.sighting s join yakin.item i using (item_id)
  where s.document_id = w.document_id
  order by s.is_current desc, yakin.level_rank(i.baseline) desc
  limit 1
) base
cross join lateral (
  select coalesce(array_agg(distinct f.flag), '{}') as flags
  from yakin.sighting s join yakin.item i using (item_id) cross join lateral unnest(i.flags) as f (flag)
  where s.document_id = w.document_id
    and (s.is_current or not exists (
      select from yakin.sighting n where n.document_id = w.document_id and n.is_current))
) marks
left join lateral (
  select review_id, level, baseline, counts, dismissed
  from yakin.level_review where document_id = w.document_id order by review_id desc limit 1
) r on true
where w.run_id = %(run_id)s and w.state = 'pending'
order by w.use_case, w.document_id;

-- asked_already --
-- How many documents of the run each vendor was asked, of those that are no longer pending; without a vendor: how many
-- were asked at all. One's own machines are no vendor.
select v.operator, count(distinct (w.use_case, w.document_id)) as documents
from yakin.work w
join yakin.attempt a using (run_id, use_case, document_id)
join yakin.run_offer f using (run_id, offer)
cross join lateral (select case when f.zone <> 'on_prem' then f.operator end as operator) v
where w.run_id = %(run_id)s and w.state <> 'pending' and a.purpose in ('answer', 'repair') and a.outcome <> 'not_sent'
group by grouping sets ((), (v.operator))
having grouping(v.operator) = 1 or v.operator is not null;

-- stop --
-- A run that was closed before its process was stopped stays closed.
update yakin.run
set state = %(state)s, finished_at = clock_timestamp()
where run_id = %(run_id)s and state = 'open';

-- open_runs --
-- Runs that were never closed; who holds one still works on it.
select run_id
from yakin.run
where state = 'open' and run_id is distinct from %(held)s::uuid
order by started_at;

-- let_go --
-- The counterpart of runs.hold, for a run that is not worked on.
select pg_advisory_unlock(hashtextextended('yakin run ' || %(run_id)s, 0));
