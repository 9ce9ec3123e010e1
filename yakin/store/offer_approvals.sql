-- save --
-- A row is added, never changed: a revocation is one too.
insert into yakin.offer_approval (use_case, use_case_version, model, fingerprint, vendor_model, endpoint, revoked, basis,
                                  verdict, evaluation_id, against, against_evaluation_id, items, quality,
                                  against_quality, difference, low, high, needed_items, mcnemar_p, margin, confidence,
                                  min_items, "by", because)
values (%(use_case)s, %(use_case_version)s, %(model)s, %(fingerprint)s, %(vendor_model)s, %(endpoint)s, %(revoked)s,
        %(basis)s, %(verdict)s, %(evaluation_id)s, %(against)s, %(against_evaluation_id)s, %(items)s, %(quality)s,
        %(against_quality)s, %(difference)s, %(low)s, %(high)s, %(needed_items)s, %(mcnemar_p)s, %(margin)s,
        %(confidence)s, %(min_items)s, %(by)s, %(because)s)
returning approval_id;

-- of_use_cases --
-- Every row of these use cases, revocations included, in the order in which they were given.
select approval_id, use_case, use_case_version, model, fingerprint, vendor_model, endpoint, basis, "by", at
from yakin.offer_approval
where use_case = any (%(use_cases)s)
order by approval_id;

-- opened_under --
-- A resumed run may be opened under another approval as well; both are kept.
insert into yakin.run_offer_approval (run_id, approval_id)
select %(run_id)s, unnest(%(approval_ids)s::bigint[])
on conflict do nothing;

-- scored --
-- What complete evaluations of real runs scored, the newest first, by what made the answers then.
select e.evaluation_id, e.use_case_version, e.golden_version, e.evaluated_at, a.model, o.fingerprint,
       a.items, a.quality, q.low, q.high
from yakin.evaluation e
cross join lateral (
  select s.model, min(s.offer) as offer, count(*) as items, avg(s.score) as quality
  from yakin.evaluated_answer s
  where s.evaluation_id = e.evaluation_id
  group by s.model
) a
join yakin.run_offer o on o.run_id = e.run_id and o.offer = a.offer
left join yakin.measured_quality q
  on q.evaluation_id = e.evaluation_id and q.model = a.model and q.field = '' and q.feature = ''
where e.complete and not e.rehearsal and e.use_case = %(use_case)s
order by e.evaluation_id desc, a.model;

-- pairs --
-- Scores of two models on the golden items that both were asked.
select a.score as ours, b.score as theirs
from yakin.evaluated_answer a
join yakin.evaluated_answer b using (item)
where a.evaluation_id = %(ours)s and a.model = %(our_model)s
  and b.evaluation_id = %(theirs)s and b.model = %(their_model)s
order by item;
