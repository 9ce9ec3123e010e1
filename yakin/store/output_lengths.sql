-- lengths --
-- A histogram per use case and model. Each run gives its newest answers by index, newest runs first; a model whose
-- name now means another model of the vendor, or a use case that asks another question, starts from nothing. Some
-- vendors do not say that they stopped an answer: an invalid one that used its bound up counts as cut.
select w.use_case, w.model, l.output_tokens, l.cut, count(*)::integer as answers
from unnest(%(use_cases)s::text[], %(versions)s::text[], %(offers)s::text[], %(models)s::text[],
            %(vendor_models)s::text[]) as w (use_case, version, offer, model, vendor_model)
cross join lateral (
  select a.output_tokens, a.cut
  from (
    select r.run_id, r.started_at
    from yakin.run_job j
    join yakin.run r using (run_id)
    join yakin.run_offer o using (run_id)
    where j.use_case = w.use_case and j.use_case_version = w.version
      and r.rehearsal = %(rehearsal)s and r.run_id <> %(run_id)s
      and o.offer = w.offer and o.vendor_model = w.vendor_model
    order by r.started_at desc
    limit %(last_runs)s
  ) r
  cross join lateral (
    select t.output_tokens, t.finished_at,
           t.outcome = 'truncated' or (t.outcome = 'invalid' and t.output_tokens >= coalesce(t.output_bound_tokens, t.output_tokens + 1)) as cut
    from yakin.attempt t
    where t.run_id = r.run_id and t.use_case = w.use_case and t.offer = w.offer
      and t.purpose = 'answer' and t.outcome in ('answered', 'invalid', 'truncated') and t.output_tokens is not null
    order by t.finished_at desc
    limit %(last_answers)s
  ) a
  order by r.started_at desc, a.finished_at desc
  limit %(last_answers)s
) l
group by w.use_case, w.model, l.output_tokens, l.cut;
