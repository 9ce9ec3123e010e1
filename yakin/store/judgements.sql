-- freeze --
-- What a resumed run froze stays.
insert into yakin.run_judge (run_id, offer, question_version, rule)
values (%(run_id)s, %(offer)s, %(question_version)s, %(rule)s)
on conflict (run_id) do nothing;

-- frozen --
-- The judge of a run, if it has one.
select offer, question_version, rule from yakin.run_judge where run_id = %(run_id)s;

-- save --
-- In the transaction that settles its attempt: what was paid for is known, what is known was paid for.
insert into yakin.judgement (attempt_id, document_id, run_id, rehearsal, judge_version, extractor_version, part, parts,
                             category, level)
select %(attempt_id)s, a.document_id, a.run_id, r.rehearsal, %(judge_version)s, %(extractor_version)s, %(part)s,
       %(parts)s, %(category)s, %(level)s
from yakin.attempt a join yakin.run r using (run_id)
where a.attempt_id = %(attempt_id)s
on conflict (attempt_id) do nothing;

-- in_force --
-- What this judge said of the text as it is extracted now; where it has not been asked, what was said last.
select distinct on (document_id)
       document_id, category, level,
       (judge_version, extractor_version) = (%(judge_version)s::text, %(extractor_version)s::text) as current
from yakin.verdict
where document_id = any (%(document_ids)s::bigint[]) and rehearsal = %(rehearsal)s
order by document_id,
         ((judge_version, extractor_version) = (%(judge_version)s::text, %(extractor_version)s::text)) desc nulls last,
         judged_at desc;

-- judged_parts --
-- Pieces that this judge has judged of this text cut in that many.
select distinct part
from yakin.judgement
where document_id = %(document_id)s and rehearsal = %(rehearsal)s and judge_version = %(judge_version)s
  and extractor_version = %(extractor_version)s and parts = %(parts)s;

-- document_of --
-- The document of these bytes.
select document_id from yakin.document where sha256 = %(sha256)s;
