-- Which models may serve which use case, on whose word and on which test.
create or replace view bi.offer_approvals with (security_barrier) as
select a.approval_id,
       a.use_case,
       a.model,
       a.revoked,
       a.basis,
       a.verdict,
       a.against,
       a.items,
       a.quality,
       a.against_quality,
       a.difference,
       a.low,
       a.high,
       a.margin,
       a.confidence,
       a.min_items,
       a.needed_items,
       a.mcnemar_p,
       a."by",
       a.because,
       a.at,
       not a.revoked and not exists (
         select from yakin.offer_approval n
         where n.use_case = a.use_case and n.model = a.model and n.revoked and n.approval_id > a.approval_id) as in_force,
       (select count(*) from yakin.run_offer_approval r where r.approval_id = a.approval_id) as runs,
       a.use_case_version,
       a.fingerprint,
       a.vendor_model,
       a.endpoint,
       a.evaluation_id,
       a.against_evaluation_id
from yakin.offer_approval a;
comment on view bi.offer_approvals is 'Models that a named person approved for a use case, with the test that it rests on, and revocations';
comment on column bi.offer_approvals.approval_id is 'Id';
comment on column bi.offer_approvals.use_case is 'Use case';
comment on column bi.offer_approvals.model is 'Our name of the model: all its tiers';
comment on column bi.offer_approvals.revoked is 'Whether this row takes the approvals of the model back';
comment on column bi.offer_approvals.basis is 'tested, first (nothing to compare with) or without_test (a person decided so)';
comment on column bi.offer_approvals.verdict is 'non_inferior, inferior, too_small or not_measured when it was approved';
comment on column bi.offer_approvals.against is 'Approved model that it was compared with';
comment on column bi.offer_approvals.items is 'Golden items that both were asked';
comment on column bi.offer_approvals.quality is 'Mean score on these items';
comment on column bi.offer_approvals.against_quality is 'Mean score of the other one on them';
comment on column bi.offer_approvals.difference is 'Mean of the differences, item by item';
comment on column bi.offer_approvals.low is 'One-sided lower bound of the difference';
comment on column bi.offer_approvals.high is 'One-sided upper bound of the difference';
comment on column bi.offer_approvals.margin is 'How much worse it might have been';
comment on column bi.offer_approvals.confidence is 'Confidence of the bounds';
comment on column bi.offer_approvals.min_items is 'Fewer items would not have been enough';
comment on column bi.offer_approvals.needed_items is 'Golden items that would tell';
comment on column bi.offer_approvals.mcnemar_p is 'Exact McNemar test of equality, for right-or-wrong scores';
comment on column bi.offer_approvals."by" is 'Who approved or revoked it';
comment on column bi.offer_approvals.because is 'Why';
comment on column bi.offer_approvals.at is 'When';
comment on column bi.offer_approvals.in_force is 'Not taken back. It serves while use case and model are still what was approved';
comment on column bi.offer_approvals.runs is 'Real runs that were opened under it';
comment on column bi.offer_approvals.use_case_version is 'Version of the use case that was asked';
comment on column bi.offer_approvals.fingerprint is 'Hash of what made the model''s answers';
comment on column bi.offer_approvals.vendor_model is 'The vendor''s name of the model then';
comment on column bi.offer_approvals.endpoint is 'Where it was called then';
comment on column bi.offer_approvals.evaluation_id is 'Evaluation that scored it';
comment on column bi.offer_approvals.against_evaluation_id is 'Evaluation that scored the other one';
