-- 提供・委託・越境移転: what left the premises, by what held when it left. Nothing that stayed on the own premises.
create or replace view bi.transfers with (security_barrier) as
select a.document_id,
       r.business_date,
       o.endpoint,
       o.operator as vendor,
       o.operator_country,
       o.region,
       o.infrastructure,
       a.zone::text as zone,
       a.level::text as level,
       a.use_case,
       a.purpose,
       a.masked,
       a.basis,
       yakin.personal_kinds(a.kinds) as kinds,
       count(*) as requests,
       array_agg(distinct a.decision_id order by a.decision_id) as decision_ids,
       r.rehearsal,
       o.model,
       j.department,
       o.zero_retention,
       o.trains_on_data,
       o.evidence,
       min(a.sent_at) as first_sent_at,
       max(a.sent_at) as last_sent_at
from yakin.attempt a
join yakin.run r using (run_id)
join yakin.run_offer o using (run_id, offer)
join yakin.work w on (w.run_id, w.use_case, w.document_id) = (a.run_id, a.use_case, a.document_id)
join yakin.run_job j on (j.run_id, j.job) = (w.run_id, w.job)
where a.zone <> 'on_prem' and a.sent_at is not null and a.outcome <> 'not_sent'
group by a.document_id, r.business_date, o.endpoint, o.operator, o.operator_country, o.region, o.infrastructure,
         a.zone, a.level, a.use_case, a.purpose, a.masked, a.basis, yakin.personal_kinds(a.kinds), r.rehearsal, o.model,
         j.department, o.zero_retention, o.trains_on_data, o.evidence;
comment on view bi.transfers is 'One row per document, endpoint and day that left the premises, split where form, ground or use case differ';
comment on column bi.transfers.document_id is 'The document';
comment on column bi.transfers.business_date is 'Business day of the run';
comment on column bi.transfers.endpoint is 'Where it was sent';
comment on column bi.transfers.vendor is 'Who received it';
comment on column bi.transfers.operator_country is 'Country of the operator then';
comment on column bi.transfers.region is 'Country of processing then, global or unverified';
comment on column bi.transfers.infrastructure is 'Country of who ran the machines then, or unverified';
comment on column bi.transfers.zone is '送信先区分';
comment on column bi.transfers.level is '機密区分';
comment on column bi.transfers.use_case is '利用目的: what was asked';
comment on column bi.transfers.purpose is 'answer, repair, judge or evaluate';
comment on column bi.transfers.masked is 'Whether identifiers were replaced by pseudonyms';
comment on column bi.transfers.basis is 'Ground that the policy stated; empty: none';
comment on column bi.transfers.kinds is 'Personal data in the document before masking, or what could not be ruled out: count per kind';
comment on column bi.transfers.requests is 'Requests that left';
comment on column bi.transfers.decision_ids is 'Decisions that allowed them';
comment on column bi.transfers.rehearsal is 'From a rehearsal';
comment on column bi.transfers.model is 'Our name of the model';
comment on column bi.transfers.department is 'Who was charged';
comment on column bi.transfers.zero_retention is 'Whether evidence said that the endpoint keeps nothing';
comment on column bi.transfers.trains_on_data is 'False only where evidence said that it does not train on data';
comment on column bi.transfers.evidence is 'Reviewed claims that held then: claim, source, reviewer, checked, expires';
comment on column bi.transfers.first_sent_at is 'First request';
comment on column bi.transfers.last_sent_at is 'Newest request';
