-- insert --
-- The intent, before anything leaves.
insert into yakin.batch (batch_id, run_id, offer, endpoint, file_sha256)
select %(batch_id)s, o.run_id, o.offer, o.endpoint, %(file_sha256)s
from yakin.run_offer o
where o.run_id = %(run_id)s and o.offer = %(offer)s;

-- insert_line --
-- An attempt is a line of one batch.
insert into yakin.batch_line (attempt_id, batch_id, sealed) values (%(attempt_id)s, %(batch_id)s, %(sealed)s);

-- insert_map --
-- Sealed by the caller; the key never comes here.
insert into yakin.sealed_map (attempt_id, document_id, key_id, ciphertext)
select a.attempt_id, a.document_id, %(key_id)s, %(ciphertext)s
from yakin.attempt a
where a.attempt_id = %(attempt_id)s;

-- submit_work --
-- The token stays: whoever held the lease of this line may land its answer.
update yakin.work
set state = 'submitted', updated_at = clock_timestamp()
where run_id = %(run_id)s and use_case = %(use_case)s and document_id = %(document_id)s
  and state = 'leased' and lease_token = %(token)s;

-- set_input_file --
-- Known before the order, so that a crash in between leaves no file that nobody can delete.
update yakin.batch set input_file_id = %(input_file_id)s where batch_id = %(batch_id)s;

-- set_submitted --
-- A second time, as after a crash, keeps the first moment.
update yakin.batch
set state = 'submitted', provider_batch_id = %(provider_batch_id)s, vendor_state = %(vendor_state)s,
    input_file_id = coalesce(input_file_id, %(input_file_id)s),
    submitted_at = coalesce(submitted_at, clock_timestamp())
where batch_id = %(batch_id)s and state in ('intent', 'submitted');

-- set_vendor_state --
-- What the vendor last said, and the files that it named.
update yakin.batch
set vendor_state = %(vendor_state)s, output_file_id = coalesce(%(output_file_id)s, output_file_id),
    error_file_id = coalesce(%(error_file_id)s, error_file_id)
where batch_id = %(batch_id)s;

-- outstanding --
-- Not ended, or ended with files at the vendor. Without a run: of every run that is real, or a rehearsal.
select b.batch_id, b.run_id, b.offer, b.endpoint, o.model, b.state, b.input_file_id, b.provider_batch_id,
       b.output_file_id, b.error_file_id, b.intent_at, r.state as run_state
from yakin.batch b
join yakin.run_offer o using (run_id, offer)
join yakin.run r using (run_id)
where b.remote_files_deleted_at is null and r.rehearsal = %(rehearsal)s
  and (%(run_id)s::uuid is null or b.run_id = %(run_id)s::uuid)
order by b.intent_at, b.batch_id;

-- lines --
-- Lines without an end, with everything that settling and landing need. No answer, no text.
select l.attempt_id, l.sealed, a.run_id, a.use_case, a.document_id, a.level::text as level, a.lease_token,
       w.use_case_version, m.ciphertext, m.key_id
from yakin.batch_line l
join yakin.attempt a using (attempt_id)
join yakin.work w using (run_id, use_case, document_id)
left join yakin.sealed_map m using (attempt_id)
where l.batch_id = %(batch_id)s and l.settled_at is null
order by l.attempt_id;

-- known_ids --
-- Every line, settled ones included: what comes again is a duplicate and not unknown.
select attempt_id from yakin.batch_line where batch_id = %(batch_id)s;

-- lock_work --
-- Work rows come first everywhere.
select w.document_id
from yakin.work w
where (w.run_id, w.use_case, w.document_id)
      = (select a.run_id, a.use_case, a.document_id from yakin.attempt a where a.attempt_id = %(attempt_id)s)
for update;

-- settle_line --
-- Its end is known.
update yakin.batch_line set settled_at = clock_timestamp() where attempt_id = %(attempt_id)s and settled_at is null;

-- delete_map --
-- Nothing is left to restore.
delete from yakin.sealed_map where attempt_id = %(attempt_id)s;

-- back --
-- A later wave may ask it. A document that somebody else took, or whose run is closed, stays as it is.
update yakin.work w
set state = 'pending', updated_at = clock_timestamp()
from yakin.attempt a
where a.attempt_id = %(attempt_id)s and w.run_id = a.run_id and w.use_case = a.use_case
  and w.document_id = a.document_id and w.state = 'submitted' and w.lease_token = a.lease_token;

-- back_all --
-- Of one run: what the batches have not brought may be asked one by one.
update yakin.work
set state = 'pending', updated_at = clock_timestamp()
where run_id = %(run_id)s and state = 'submitted'
returning use_case, document_id;

-- give_up --
-- At the close: the answer may still come and then lands.
update yakin.work
set state = 'unanswered', reason = 'deadline', updated_at = clock_timestamp()
where run_id = %(run_id)s and state = 'submitted';

-- end_batch --
-- Once.
update yakin.batch
set state = %(state)s, ended_at = clock_timestamp(), duplicate_lines = %(duplicate_lines)s,
    unknown_ids = %(unknown_ids)s, missing_lines = %(missing_lines)s
where batch_id = %(batch_id)s and state in ('intent', 'submitted');

-- files_deleted --
-- The vendor keeps nothing more of it.
update yakin.batch set remote_files_deleted_at = clock_timestamp() where batch_id = %(batch_id)s;

-- forget_maps --
-- Answers of a document that is forgotten cannot be restored any more.
delete from yakin.sealed_map where document_id = %(document_id)s;

-- forget_work --
-- Its lines are settled when they come back; nothing of them lands.
update yakin.work
set state = 'unanswered', reason = 'forgotten', updated_at = clock_timestamp()
where document_id = %(document_id)s and state = 'submitted';

-- batches_with --
-- Batches at a vendor that hold a line of a document.
select distinct b.batch_id, b.endpoint, b.state
from yakin.batch b
join yakin.batch_line l using (batch_id)
join yakin.attempt a using (attempt_id)
where a.document_id = %(document_id)s and b.remote_files_deleted_at is null
order by b.batch_id;

-- expired_maps --
-- Sealed before a moment and not settled since.
select attempt_id from yakin.sealed_map where sealed_at < %(before)s order by attempt_id;

-- delete_maps --
-- Answers of these lines are charged and cannot land any more.
delete from yakin.sealed_map where attempt_id = any (%(attempt_ids)s::uuid[]);

-- has_input_file --
-- Whether the vendor was given the file, as far as we know.
select 1 as found from yakin.batch where batch_id = %(batch_id)s and input_file_id is not null;
