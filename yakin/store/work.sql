-- add --
-- Forgotten before anything else; skipped when answered before; set aside when the document itself failed the same
-- costly way three nights running.
with tried as (
  select document_id, state, reason,
         row_number() over (partition by document_id order by business_date desc) as nth
  from (
    select distinct on (w.document_id, r.business_date) w.document_id, w.state, w.reason, r.business_date
    from yakin.work w join yakin.run r using (run_id)
    where r.purpose = 'night' and w.document_id = any (%(document_ids)s::bigint[]) and w.use_case = %(use_case)s
      and w.use_case_version = %(use_case_version)s and w.rehearsal = %(rehearsal)s and w.run_id <> %(run_id)s
      and (w.state = 'answered' or (w.state = 'unanswered' and w.reason in
           ('invalid_answer', 'truncated', 'refused', 'failed', 'parse_timeout', 'parser_failed', 'set_aside')))
    order by w.document_id, r.business_date, r.started_at desc
  ) nights
), failing as (
  select document_id
  from tried
  where nth <= %(set_aside_after)s and not %(backfill)s
  group by document_id
  having bool_or(nth = 1 and reason = 'set_aside')
    or (count(*) = %(set_aside_after)s and bool_and(state = 'unanswered') and count(distinct reason::text) = 1)
), answered as (
  select document_id
  from yakin.answer
  where document_id = any (%(document_ids)s::bigint[]) and use_case = %(use_case)s and rehearsal = %(rehearsal)s
    and (not %(backfill)s or use_case_version = %(use_case_version)s)
  union
  -- retention ends an answer, not that it was given: it is not bought again
  select w.document_id
  from yakin.work w join yakin.run r using (run_id)
  where w.document_id = any (%(document_ids)s::bigint[]) and w.use_case = %(use_case)s
    and w.rehearsal = %(rehearsal)s and w.state = 'answered' and r.purpose = 'night'
    and (not %(backfill)s or w.use_case_version = %(use_case_version)s)
)
insert into yakin.work (run_id, use_case, document_id, job, use_case_version, rehearsal, state, reason)
select %(run_id)s, %(use_case)s, d.document_id, %(job)s, %(use_case_version)s, %(rehearsal)s,
       case when t.document_id is not null then 'unanswered'
            when a.document_id is not null then 'skipped'
            when f.document_id is not null then 'unanswered'
            else 'pending' end,
       case when t.document_id is not null then 'forgotten'
            when a.document_id is null and f.document_id is not null then 'set_aside' end
from unnest(%(document_ids)s::bigint[]) as d (document_id)
left join answered a using (document_id)
left join failing f using (document_id)
left join yakin.forgotten t using (document_id)
order by d.document_id
on conflict (run_id, use_case, document_id) do nothing
returning state, reason::text as reason;

-- add_golden --
-- Golden items are asked in every evaluation, whatever nights answered; what was forgotten is not asked again.
insert into yakin.work (run_id, use_case, document_id, use_case_version, rehearsal, job, state, reason)
select %(run_id)s, %(use_case)s, d.document_id, %(use_case_version)s, %(rehearsal)s, 0,
       case when f.document_id is null then 'pending' else 'unanswered' end,
       case when f.document_id is not null then 'forgotten' end
from unnest(%(document_ids)s::bigint[]) as d (document_id)
left join yakin.forgotten f using (document_id)
order by d.document_id
on conflict (run_id, use_case, document_id) do nothing;

-- pending --
-- A lease that ran out is work to do again.
select w.document_id, w.use_case, w.job, j.department
from yakin.work w join yakin.run_job j using (run_id, job)
where w.run_id = %(run_id)s
  and (w.state = 'pending' or (w.state = 'leased' and w.lease_until < clock_timestamp()))
order by w.use_case, w.document_id;

-- lease --
-- A new token each time: whoever holds an older one can neither send nor land. Nobody works on what was forgotten.
with free as (
  select run_id, use_case, document_id, state = 'leased' as was_leased
  from yakin.work
  where run_id = %(run_id)s and use_case = %(use_case)s and document_id = %(document_id)s
    and (state = 'pending' or (state = 'leased' and lease_until < clock_timestamp()))
    and not exists (select from yakin.forgotten f where f.document_id = %(document_id)s)
  for update skip locked
)
update yakin.work w
set state = 'leased', lease_token = nextval('yakin.lease_token'),
    lease_until = clock_timestamp() + make_interval(secs => %(seconds)s), updated_at = clock_timestamp()
from free
where w.run_id = free.run_id and w.use_case = free.use_case and w.document_id = free.document_id
returning w.lease_token, w.lease_until, free.was_leased;

-- sent_to_unknown --
-- The holder of the lease that ran out may still be waiting for an answer that is billed.
update yakin.attempt
set outcome = 'unknown', finished_at = clock_timestamp()
where run_id = %(run_id)s and use_case = %(use_case)s and document_id = %(document_id)s
  and outcome = 'intent' and sent_at is not null;

-- lock_open_attempts --
-- The old token can no longer mark those that are not sent.
select attempt_id, sent_at is not null as sent
from yakin.attempt
where run_id = %(run_id)s and use_case = %(use_case)s and document_id = %(document_id)s and outcome = 'intent'
order by attempt_id
for update;

-- finish --
-- With a lease only its holder; without one only what nobody works on.
update yakin.work
set state = %(state)s, reason = %(reason)s, updated_at = clock_timestamp()
where run_id = %(run_id)s and use_case = %(use_case)s and document_id = %(document_id)s
  and case when %(token)s::bigint is null then state in ('pending', 'awaiting_approval')
           else state = 'leased' and lease_token = %(token)s::bigint end;

-- is_forgotten --
-- A person may have a document forgotten while a night plans it.
select 1 as forgotten
from yakin.work
where run_id = %(run_id)s and use_case = %(use_case)s and document_id = %(document_id)s and reason = 'forgotten';

-- back_to_pending --
-- Another worker may take it at once.
update yakin.work
set state = 'pending', updated_at = clock_timestamp()
where run_id = %(run_id)s and use_case = %(use_case)s and document_id = %(document_id)s
  and state = 'leased' and lease_token = %(token)s;
