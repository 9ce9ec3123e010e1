-- Which document may go where, on what ground, and what lost.
create or replace view bi.decisions with (security_barrier) as
select d.run_id,
       d.plan_version,
       d.document_id,
       d.level::text as level,
       d.allowed_zones as zones,
       d.option,
       d.reason,
       d.alternatives,
       d.decided_at,
       d.decision_id,
       d.use_case,
       d.chain,
       d.unanswered::text as unanswered,
       d.policy_version,
       d.expected_jpy::numeric as expected_jpy,
       d.worst_jpy::numeric as worst_jpy,
       r.rehearsal,
       d.level_reason,
       d.quality,
       d.quality_measured,
       d.accept_at
from yakin.decision d
join yakin.run r using (run_id);
comment on view bi.decisions is 'One row per document, use case and plan';
comment on column bi.decisions.run_id is 'The run';
comment on column bi.decisions.plan_version is 'The plan';
comment on column bi.decisions.document_id is 'The document';
comment on column bi.decisions.level is '機密区分';
comment on column bi.decisions.zones is '送信可否: where it may go';
comment on column bi.decisions.option is 'The cascade (cheap>better@threshold), else the first offer, or none';
comment on column bi.decisions.reason is 'Why';
comment on column bi.decisions.alternatives is 'What was considered: offer, zone, yen, quality, why not';
comment on column bi.decisions.decided_at is 'When';
comment on column bi.decisions.decision_id is 'Id';
comment on column bi.decisions.use_case is 'Use case';
comment on column bi.decisions.chain is 'Offers in the order in which they are asked';
comment on column bi.decisions.unanswered is 'Why it is not asked';
comment on column bi.decisions.policy_version is 'Policy that gave the zones';
comment on column bi.decisions.expected_jpy is 'Expected cost';
comment on column bi.decisions.worst_jpy is 'Worst cost';
comment on column bi.decisions.level_reason is 'Why this level and these zones, by rule names; never a value';
comment on column bi.decisions.rehearsal is 'From a rehearsal';
comment on column bi.decisions.quality is 'Expected quality of the option';
comment on column bi.decisions.quality_measured is 'Measured on the golden set, or a prior';
comment on column bi.decisions.accept_at is 'Of a cascade: the first answer is taken when the score to expect of it is at least this';
