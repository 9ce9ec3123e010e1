-- Every plan of a night, why it was made and what it changed. Who is judged by the on-premises judge is no plan of asking.
create or replace view bi.plans with (security_barrier) as
select p.run_id,
       p.plan_version,
       p.decided_at,
       p.trigger,
       p.why,
       (p.after ->> 'documents')::integer as documents,
       (p.after ->> 'room_jpy')::numeric as room_jpy,
       (p.quote ->> 'expected_jpy')::numeric as expected_jpy,
       (p.quote ->> 'worst_jpy')::numeric as worst_jpy,
       (p.after ->> 'quality')::double precision as quality,
       (p.after ->> 'value_jpy')::double precision as value_jpy,
       (p.after ->> 'unanswered')::integer as unanswered,
       (p.quote ->> 'finish_at')::timestamptz as finish_at,
       (p.quote ->> 'lp_gap')::double precision as gap,
       (p.before ->> 'planned_jpy')::numeric as before_planned_jpy,
       (p.before ->> 'expected_jpy')::numeric as before_expected_jpy,
       (p.before ->> 'quality')::double precision as before_quality,
       (p.before ->> 'value_jpy')::double precision as before_value_jpy,
       (p.before ->> 'unanswered')::integer as before_unanswered,
       (p.before ->> 'finish_at')::timestamptz as before_finish_at,
       r.rehearsal
from yakin.plan p
join yakin.run r using (run_id)
where p.trigger <> 'judge';
comment on view bi.plans is 'One row per plan of a run: why it was made, and the documents that were left before and after it';
comment on column bi.plans.run_id is 'The run';
comment on column bi.plans.plan_version is 'The plan';
comment on column bi.plans.decided_at is 'When';
comment on column bi.plans.trigger is 'start, resume, approval, wave or drift';
comment on column bi.plans.why is 'In words; of a drift what was seen against what was planned';
comment on column bi.plans.documents is 'Documents that were left to plan';
comment on column bi.plans.room_jpy is 'Yen that the run''s cap left';
comment on column bi.plans.expected_jpy is 'What this plan is expected to cost';
comment on column bi.plans.worst_jpy is 'What it costs at most';
comment on column bi.plans.quality is 'Expected mean quality of the documents that this plan asks';
comment on column bi.plans.value_jpy is 'What the answers of this plan are worth after review and errors';
comment on column bi.plans.unanswered is 'Documents that this plan leaves unasked';
comment on column bi.plans.finish_at is 'When this plan is expected to end';
comment on column bi.plans.gap is 'At most this share of the value is missed by this plan';
comment on column bi.plans.before_planned_jpy is 'What the plan before had expected the same documents to cost';
comment on column bi.plans.before_expected_jpy is 'What they would cost under the plan before, at the costs seen so far';
comment on column bi.plans.before_quality is 'Mean quality of those that the plan before would still ask';
comment on column bi.plans.before_value_jpy is 'What their answers would be worth';
comment on column bi.plans.before_unanswered is 'Documents that would be left unasked under the plan before, most of them when its money had run out';
comment on column bi.plans.before_finish_at is 'When the plan before would end, at the times seen so far';
comment on column bi.plans.rehearsal is 'From a rehearsal';
