-- insert_plan --
-- One process plans a run at a time; the primary key says so if two try.
insert into yakin.plan (run_id, plan_version, quote, why, trigger, before, after)
select %(run_id)s, coalesce(max(plan_version), 0) + 1, %(quote)s, %(why)s, %(trigger)s, %(before)s::jsonb, %(after)s::jsonb
from yakin.plan
where run_id = %(run_id)s
returning plan_version;

-- insert_decision --
-- Written once, never changed: attempts refer to it with its zones.
insert into yakin.decision (run_id, plan_version, use_case, document_id, level, allowed_zones, policy_version, option,
                            chain, slice_key, reason, unanswered, alternatives, expected_jpy, worst_jpy,
                            level_reason, accept_at, quality, quality_measured)
values (%(run_id)s, %(plan_version)s, %(use_case)s, %(document_id)s, %(level)s, %(allowed_zones)s::text[],
        %(policy_version)s, %(option)s, %(chain)s::text[], %(slice_key)s, %(reason)s, %(unanswered)s, %(alternatives)s,
        %(expected_jpy)s, %(worst_jpy)s, %(level_reason)s, %(accept_at)s, %(quality)s, %(quality_measured)s);

-- route --
-- The newest plan that says something about the document, and whether it needs the full output bound.
select decision_id, allowed_zones, level::text as level, chain, accept_at,
       exists (select from yakin.attempt
               where run_id = %(run_id)s and use_case = %(use_case)s and document_id = %(document_id)s
                 and outcome = 'truncated') as was_cut
from yakin.decision
where run_id = %(run_id)s and use_case = %(use_case)s and document_id = %(document_id)s
order by plan_version desc
limit 1;
