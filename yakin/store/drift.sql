-- came_back --
-- What documents took of the models that they were asked of, repairs and asking again to compare included: of some documents (a slice) under one
-- plan by the index over work, or of the whole run. An escalation is a cascade's first answer that was not taken.
select t.use_case, t.document_id, t.offer,
       sum(t.cost_jpy)::double precision as cost_jpy,
       1 + count(*) filter (where t.ask_no > 1) as asks,
       coalesce(min(t.input_tokens), 0) as input_tokens,
       coalesce(sum(t.output_tokens), 0)::integer as output_tokens,
       extract(epoch from sum(t.finished_at - t.sent_at))::double precision as seconds,
       case when d.accept_at is not null and min(t.step) = 0 and bool_or(t.outcome = 'answered') then exists (
         select from yakin.attempt s where s.decision_id = d.decision_id and s.run_id = t.run_id
           and s.use_case = t.use_case and s.document_id = t.document_id and s.step = 1) end as escalated,
       d.chain[1:2] as steps, d.accept_at
from yakin.attempt t
join yakin.decision d using (decision_id)
where t.run_id = %(run_id)s
  and (%(document_ids)s::bigint[] is null
       or (t.use_case = %(use_case)s and t.document_id = any (%(document_ids)s::bigint[])))
  and (%(plan_version)s::integer is null or d.plan_version = %(plan_version)s)
  and t.purpose in ('answer', 'repair')
  and t.outcome in ('answered', 'invalid', 'truncated', 'refused')
  and t.cost_jpy is not null and t.sent_at is not null
group by t.run_id, t.use_case, t.document_id, t.offer, d.decision_id, d.chain, d.accept_at;

-- decided --
-- What the newest plan of asking decided on the documents that are still pending.
select d.use_case, d.document_id, d.option, d.chain, d.expected_jpy::numeric as expected_jpy
from yakin.decision d
join yakin.work w using (run_id, use_case, document_id)
where d.run_id = %(run_id)s and w.state = 'pending'
  and d.plan_version = (
    select max(plan_version) from yakin.plan where run_id = %(run_id)s and trigger <> 'judge');

-- planned_before --
select exists (select from yakin.plan where run_id = %(run_id)s and trigger <> 'judge') as planned;
