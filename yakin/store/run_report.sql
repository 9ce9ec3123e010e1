-- states --
-- Every document of the run is in exactly one state.
select state, count(*)::integer as documents from yakin.work where run_id = %(run_id)s group by state;

-- money --
-- Cost is charges and adjustments; unknown attempts still hold their worst case.
select
  coalesce((select sum(amount_jpy) from ledger.entry
            where run_id = %(run_id)s and kind in ('charge', 'adjust')), 0) as cost_jpy,
  coalesce((select sum(worst_jpy) from yakin.attempt
            where run_id = %(run_id)s and outcome = 'unknown'), 0) as reserved_unknown_jpy;

-- zones --
-- Where answers of this run came from.
select zone::text as zone, count(*)::integer as documents from yakin.answer where run_id = %(run_id)s group by zone;

-- reasons --
-- Why documents have no answer.
select reason::text as reason, count(*)::integer as documents
from yakin.work
where run_id = %(run_id)s and reason is not null
group by reason;

-- unanswered --
-- A document that is in several places is named by the first of them that this run read; golden items are places too.
select p.uri, w.document_id, w.reason::text as reason
from yakin.work w
join yakin.run_job j using (run_id, job)
cross join lateral (
  select i.uri from yakin.sighting s join yakin.item i using (item_id)
  where s.document_id = w.document_id
  order by starts_with(i.uri, j.source_uri) desc, s.is_current desc, i.uri
  limit 1
) p
where w.run_id = %(run_id)s and w.reason is not null
order by p.uri, w.use_case;

-- results --
-- One row per document and use case, without the answer.
select p.uri, w.document_id, w.use_case, d.level::text as level, d.option, a.offer, a.zone::text as zone,
       d.reason as decision_reason, w.state, w.reason::text as unanswered_reason, coalesce(c.cost_jpy, 0) as cost_jpy
from yakin.work w
join yakin.run_job j using (run_id, job)
cross join lateral (
  select i.uri from yakin.sighting s join yakin.item i using (item_id)
  where s.document_id = w.document_id
  order by starts_with(i.uri, j.source_uri) desc, s.is_current desc, i.uri
  limit 1
) p
left join lateral (
  select level, option, reason from yakin.decision d
  where d.run_id = w.run_id and d.use_case = w.use_case and d.document_id = w.document_id
  order by plan_version desc
  limit 1
) d on true
left join yakin.answer a on a.run_id = w.run_id and a.use_case = w.use_case and a.document_id = w.document_id
left join lateral (
  select sum(t.cost_jpy) as cost_jpy from yakin.attempt t
  where t.run_id = w.run_id and t.use_case = w.use_case and t.document_id = w.document_id
) c on true
where w.run_id = %(run_id)s
order by p.uri, w.use_case;

-- cost_by_offer --
-- What was asked of whom; attempts that never left are not counted.
select offer, zone::text as zone, count(*)::integer as attempts, count(distinct document_id)::integer as documents,
       coalesce(sum(cost_jpy), 0) as cost_jpy
from yakin.attempt
where run_id = %(run_id)s and sent_at is not null
group by offer, zone
order by sum(cost_jpy) desc nulls last, offer;

-- waste --
-- What gave no document its answer, dearest first.
select kind, sum(attempts)::integer as attempts, sum(cost_jpy) as cost_jpy
from bi.waste
where run_id = %(run_id)s
group by kind
order by sum(cost_jpy) desc, kind;
