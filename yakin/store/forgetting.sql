-- end_work --
-- First, as everywhere: who is about to land waits here, and then no longer holds the document.
update yakin.work
set state = 'unanswered', reason = 'forgotten', updated_at = clock_timestamp()
where document_id = %(document_id)s and state in ('pending', 'leased', 'awaiting_approval');

-- keep_out --
-- Until the commit nobody adds what is being removed; whoever waits here then sees the tombstone.
lock table yakin.answer, yakin.classification, yakin.judgement in share row exclusive mode;

-- delete_answers --
-- Rehearsals' as well.
delete from yakin.answer where document_id = %(document_id)s;

-- delete_classifications --
-- Kinds, counts and the keyed hash of the text.
delete from yakin.classification where document_id = %(document_id)s;

-- delete_judgements --
-- What the on-premises judge said; its attempt and its cost stay.
delete from yakin.judgement where document_id = %(document_id)s;

-- insert_tombstone --
-- Once per document.
insert into yakin.forgotten (document_id, sha256, "by", because, removed)
select d.document_id, d.sha256, %(by)s, %(because)s, %(removed)s
from yakin.document d
where d.document_id = %(document_id)s
on conflict (document_id) do nothing
returning at;

-- end_forgotten --
-- Documents that were forgotten while they waited in a run.
update yakin.work w
set state = 'unanswered', reason = 'forgotten', updated_at = clock_timestamp()
from yakin.forgotten f
where w.run_id = %(run_id)s and w.state in ('pending', 'awaiting_approval') and f.document_id = w.document_id;
