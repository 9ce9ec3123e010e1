-- How right models are on golden sets: the newest evaluations first, the whole answer before its fields.
create or replace view bi.model_quality with (security_barrier) as
select e.use_case,
       e.use_case_version,
       q.model,
       a.offer,
       q.field,
       q.feature,
       q.items,
       q.quality,
       q.low,
       q.high,
       q.confidence,
       e.evaluated_at,
       e.run_id,
       e.rehearsal,
       e.evaluation_id = max(e.evaluation_id) over (partition by e.use_case, e.rehearsal, q.model) as is_newest,
       e.evaluation_id,
       e.golden_version,
       o.endpoint,
       o.vendor_model,
       o.zone::text as zone,
       case when q.field = '' and q.feature = '' then a.cost_per_document_jpy end as cost_per_document_jpy,
       case when q.field = '' and q.feature = '' then a.seconds_per_document end as seconds_per_document
from yakin.measured_quality q
join yakin.evaluation e using (evaluation_id)
cross join lateral (
  select min(s.offer) as offer, round(avg(s.cost_jpy), 6) as cost_per_document_jpy, avg(s.seconds) as seconds_per_document
  from yakin.evaluated_answer s
  where s.evaluation_id = q.evaluation_id and s.model = q.model
) a
left join yakin.run_offer o on o.run_id = e.run_id and o.offer = a.offer
where e.complete
order by e.use_case, e.rehearsal, e.evaluation_id desc, q.field, q.feature, q.quality desc, q.model;
comment on view bi.model_quality is 'Quality of models on golden sets with confidence intervals, newest evaluations first, rehearsals included';
comment on column bi.model_quality.use_case is 'Use case';
comment on column bi.model_quality.use_case_version is 'Version of the use case that was measured';
comment on column bi.model_quality.model is 'Our name of the model';
comment on column bi.model_quality.offer is 'The offer that was asked; all tiers of a model answer alike';
comment on column bi.model_quality.field is 'Field of the answer; empty: the whole answer';
comment on column bi.model_quality.feature is 'Documents with this feature only, like level=internal; empty: all';
comment on column bi.model_quality.items is 'Golden items behind the figure';
comment on column bi.model_quality.quality is 'Mean score, 0 to 1';
comment on column bi.model_quality.low is 'Lower end of the confidence interval';
comment on column bi.model_quality.high is 'Upper end of the confidence interval';
comment on column bi.model_quality.confidence is 'Confidence of the interval';
comment on column bi.model_quality.evaluated_at is 'When the evaluation was closed';
comment on column bi.model_quality.run_id is 'The run that asked';
comment on column bi.model_quality.rehearsal is 'What sandbox vendors score says nothing of real ones';
comment on column bi.model_quality.is_newest is 'Of the newest evaluation that measured the model for this use case and rehearsal flag';
comment on column bi.model_quality.evaluation_id is 'The evaluation';
comment on column bi.model_quality.golden_version is 'Hash of golden set and scoring: only equal ones can be compared';
comment on column bi.model_quality.endpoint is 'Endpoint that answered';
comment on column bi.model_quality.vendor_model is 'The vendor''s name of the model';
comment on column bi.model_quality.zone is '送信先区分 of the endpoint';
comment on column bi.model_quality.cost_per_document_jpy is 'Mean cost of a golden item, repairs included; only for the whole answer over all documents';
comment on column bi.model_quality.seconds_per_document is 'Mean seconds of a golden item; only for the whole answer over all documents';
