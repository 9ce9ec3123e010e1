-- open --
-- A resumed run goes on with the evaluation that it began.
insert into yakin.evaluation (run_id, rehearsal, use_case, use_case_version, golden_version, items, complete)
values (%(run_id)s, %(rehearsal)s, %(use_case)s, %(use_case_version)s, %(golden_version)s, %(items)s, false)
on conflict (run_id, use_case) do nothing;

-- find --
-- The evaluation of a run.
select evaluation_id, use_case_version, golden_version
from yakin.evaluation
where run_id = %(run_id)s and use_case = %(use_case)s;

-- save_answer --
-- What it took is summed from its attempts, so that it cannot disagree with them; asking again to compare apart, because
-- a night does that in cascades alone. An item that is asked again by a
-- resumed run keeps its first score.
insert into yakin.evaluated_answer (evaluation_id, item, model, offer, document_id, attempt_id, outcome, score, fields,
                                    features, signals, input_tokens, output_tokens, cost_jpy, seconds,
                                    consistency_jpy)
select e.evaluation_id, %(item)s, %(model)s, %(offer)s, %(document_id)s, t.attempt_id, %(outcome)s, %(score)s,
       %(fields)s, %(features)s, %(signals)s, t.input_tokens, t.output_tokens, t.cost_jpy, t.seconds,
       t.consistency_jpy
from yakin.evaluation e
cross join lateral (
  select (array_agg(a.attempt_id order by a.finished_at desc nulls last, a.attempt_id) filter (where a.ask_no = 1))[1] as attempt_id,
         coalesce(sum(a.input_tokens) filter (where a.ask_no = 1), 0) as input_tokens,
         coalesce(sum(a.output_tokens) filter (where a.ask_no = 1), 0) as output_tokens,
         coalesce(sum(a.cost_jpy) filter (where a.ask_no = 1), 0) as cost_jpy,
         coalesce(sum(a.cost_jpy) filter (where a.ask_no > 1), 0) as consistency_jpy,
         coalesce(extract(epoch from max(a.finished_at) filter (where a.ask_no = 1)
                                     - min(a.sent_at) filter (where a.ask_no = 1)), 0) as seconds
  from yakin.attempt a
  where a.run_id = e.run_id and a.use_case = e.use_case and a.document_id = %(document_id)s and a.offer = %(offer)s
    and a.purpose in ('evaluate', 'repair') and a.sent_at is not null
) t
where e.evaluation_id = %(evaluation_id)s and not e.complete
on conflict (evaluation_id, model, item) do nothing;

-- asked --
-- What a resumed evaluation need not buy again.
select document_id, model
from yakin.evaluated_answer
where evaluation_id = %(evaluation_id)s
group by document_id, model;

-- answers --
-- In the order of the items, so that models are compared pair by pair.
select item, model, offer, document_id, outcome, fields, features, signals, input_tokens, output_tokens,
       cost_jpy::numeric as cost_jpy, coalesce(seconds, 0) as seconds, consistency_jpy::numeric as consistency_jpy
from yakin.evaluated_answer
where evaluation_id = %(evaluation_id)s
order by model, item;

-- save_quality --
-- Written once, when the evaluation is closed.
insert into yakin.measured_quality (evaluation_id, model, field, feature, items, quality, low, high, confidence)
values (%(evaluation_id)s, %(model)s, %(field)s, %(feature)s, %(items)s, %(quality)s, %(low)s, %(high)s,
        %(confidence)s);

-- save_rule --
-- Written once, with its reason, whether it is used or not.
insert into yakin.learned_rule (evaluation_id, kind, name, used, why, rule)
values (%(evaluation_id)s, %(kind)s, %(rule_name)s, %(used)s, %(why)s, %(rule)s);

-- complete --
-- From now on it counts.
update yakin.evaluation
set complete = true, evaluated_at = clock_timestamp()
where evaluation_id = %(evaluation_id)s and not complete;

-- newest --
-- Which question and which set were measured last.
select evaluation_id, use_case_version, golden_version, items
from yakin.evaluation
where complete and use_case = %(use_case)s and rehearsal = %(rehearsal)s
order by evaluation_id desc
limit 1;

-- measured --
-- By what makes a model's answers: the vendor's model at an endpoint, whatever we call it. Its newest measurement on the
-- golden set that was measured last; scores on different sets cannot be compared.
select distinct on (o.vendor_model, o.endpoint)
       o.vendor_model, o.endpoint, q.model, q.quality, q.items, e.evaluation_id
from yakin.evaluation e
join yakin.measured_quality q using (evaluation_id)
cross join lateral (
  select a.offer from yakin.evaluated_answer a where a.evaluation_id = e.evaluation_id and a.model = q.model limit 1
) a
join yakin.run_offer o on o.run_id = e.run_id and o.offer = a.offer
where e.complete and e.use_case = %(use_case)s and e.rehearsal = %(rehearsal)s
  and e.use_case_version = %(use_case_version)s and e.golden_version = %(golden_version)s
  and q.field = '' and q.feature = ''
order by o.vendor_model, o.endpoint, e.evaluation_id desc;

-- rules --
-- What planning may use of some evaluations.
select evaluation_id, kind, name, used, why, rule
from yakin.learned_rule
where evaluation_id = any (%(evaluation_ids)s::bigint[]) and kind = %(kind)s and used
order by evaluation_id, name;
