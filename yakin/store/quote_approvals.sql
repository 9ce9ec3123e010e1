-- save --
-- A row is added, never changed; the quote is that of the run's newest plan.
insert into yakin.quote_approval (night_key, run_id, plan_version, verdict, up_to_jpy, "by", said_in,
                                  expected_jpy, p95_jpy, worst_jpy)
values (%(night_key)s, %(run_id)s, %(plan_version)s, %(verdict)s, %(up_to_jpy)s, %(by)s, %(said_in)s,
        %(expected_jpy)s, %(p95_jpy)s, %(worst_jpy)s)
returning quote_approval_id;

-- newest --
-- What counts for a run: the newest of what it was approved itself, what it took before, and the last word that was
-- said beforehand to its night while no other run has taken that. What it was declined itself it asks again.
select a.quote_approval_id, a.verdict, a."by", a.up_to_jpy, a.said_in
from yakin.quote_approval a
left join yakin.quote_approval_use u using (quote_approval_id)
where (a.run_id = %(run_id)s and a.said_in = 'ui' and a.verdict = 'approve')
   or u.run_id = %(run_id)s
   or (a.night_key = %(night_key)s and u.run_id is null
       and a.quote_approval_id = (select max(quote_approval_id) from yakin.quote_approval
                                  where night_key = %(night_key)s and said_in = 'cli'))
order by a.quote_approval_id desc
limit 1;

-- take --
-- The first run that takes it keeps it; a resumed run takes it again.
insert into yakin.quote_approval_use (quote_approval_id, run_id) values (%(quote_approval_id)s, %(run_id)s)
on conflict do nothing;

-- taken_by --
-- By whom it was taken.
select run_id from yakin.quote_approval_use where quote_approval_id = %(quote_approval_id)s;

-- of_run --
-- What was said to a run's own quotes, and what it took, the newest first.
select verdict, "by", up_to_jpy, said_in, at, run_id, used_by_run_id
from bi.quote_approvals
where run_id = %(run_id)s or used_by_run_id = %(run_id)s
order by quote_approval_id desc;
