-- save_items --
-- In the order of the URIs, so that two runs over one source cannot deadlock.
insert into yakin.item as i (uri, department, owner, baseline, flags)
select uri, department, owner, baseline, string_to_array(flags, ',')
from unnest(%(uris)s::text[], %(departments)s::text[], %(owners)s::text[], %(baselines)s::text[], %(flags)s::text[])
  as listed (uri, department, owner, baseline, flags)
order by uri
on conflict (uri) do update
set department = excluded.department, owner = excluded.owner, baseline = excluded.baseline, flags = excluded.flags
where (i.department, i.owner, i.baseline::text, i.flags)
  is distinct from (excluded.department, excluded.owner, excluded.baseline::text, excluded.flags);

-- insert_documents --
-- The same bytes are one document, wherever they are.
insert into yakin.document (sha256, media_type, bytes)
select distinct on (sha256) sha256, media_type, bytes
from unnest(%(hashes)s::text[], %(media_types)s::text[], %(bytes)s::bigint[]) as listed (sha256, media_type, bytes)
where sha256 is not null
order by sha256
on conflict (sha256) do nothing
returning document_id;

-- insert_unreadable --
-- Without a hash a document is known by its place and version.
insert into yakin.document (unreadable_item_id, unreadable_version, media_type, bytes)
select i.item_id, listed.object_version, listed.media_type, listed.bytes
from unnest(%(uris)s::text[], %(object_versions)s::text[], %(hashes)s::text[], %(media_types)s::text[],
            %(bytes)s::bigint[]) as listed (uri, object_version, sha256, media_type, bytes)
join yakin.item i using (uri)
where listed.sha256 is null
order by i.item_id
on conflict (unreadable_item_id, unreadable_version) do nothing
returning document_id;

-- retire_sightings --
-- Before the new sighting becomes current: an item has one.
with listed as (
  select i.item_id, l.object_version, d.document_id
  from unnest(%(uris)s::text[], %(object_versions)s::text[], %(hashes)s::text[]) as l (uri, object_version, sha256)
  join yakin.item i using (uri)
  join yakin.document d
    on d.sha256 = l.sha256
    or (l.sha256 is null and d.unreadable_item_id = i.item_id and d.unreadable_version = l.object_version)
)
update yakin.sighting s
set is_current = false
from listed
where s.item_id = listed.item_id and s.is_current
  and (s.document_id, s.object_version) <> (listed.document_id, listed.object_version);

-- save_sightings --
-- What is listed now is current.
insert into yakin.sighting (item_id, document_id, object_version, bytes, is_current)
select i.item_id, d.document_id, l.object_version, l.bytes, true
from unnest(%(uris)s::text[], %(object_versions)s::text[], %(hashes)s::text[], %(bytes)s::bigint[])
  as l (uri, object_version, sha256, bytes)
join yakin.item i using (uri)
join yakin.document d
  on d.sha256 = l.sha256
  or (l.sha256 is null and d.unreadable_item_id = i.item_id and d.unreadable_version = l.object_version)
order by i.item_id
on conflict (item_id, document_id, object_version) do update
set is_current = true, last_seen_at = clock_timestamp();

-- registered --
-- The current document of every listed item.
select s.document_id, i.item_id, i.uri
from unnest(%(uris)s::text[]) as l (uri)
join yakin.item i using (uri)
join yakin.sighting s on s.item_id = i.item_id and s.is_current
order by i.uri;

-- save_classification --
-- Counts and hashes, never text; none of a document that was forgotten while it was read.
insert into yakin.classification (document_id, extractor_version, detector_version, hash_key_id, media_type, counts,
                                  text_hash, input_tokens, input_tokens_bound, unreadable)
select %(document_id)s, %(extractor_version)s, %(detector_version)s, %(hash_key_id)s, %(media_type)s, %(counts)s::jsonb,
       %(text_hash)s, %(input_tokens)s, %(input_tokens_bound)s, %(unreadable)s
where not exists (select from yakin.forgotten f where f.document_id = %(document_id)s)
on conflict (document_id, extractor_version, detector_version, hash_key_id) do update
set media_type = excluded.media_type, counts = excluded.counts, text_hash = excluded.text_hash,
    input_tokens = excluded.input_tokens, input_tokens_bound = excluded.input_tokens_bound,
    unreadable = excluded.unreadable, classified_at = clock_timestamp();

-- forget_classification --
-- What was classified is no longer what is there.
delete from yakin.classification where document_id = %(document_id)s;
