-- Who saw what level: only what left, whatever came of it. What was refused before it left is no flow.
create or replace view bi.zone_flow with (security_barrier) as
select r.business_date,
       a.run_id,
       a.level::text as level,
       a.zone::text as zone,
       o.operator as vendor,
       o.endpoint,
       a.use_case,
       count(*) as attempts,
       count(distinct a.document_id) as documents,
       r.rehearsal,
       o.operator_country,
       o.infrastructure,
       o.region,
       a.masked,
       a.basis,
       yakin.personal_kinds(a.kinds) <> '{}' as personal,
       a.purpose,
       o.model
from yakin.attempt a
join yakin.run r using (run_id)
join yakin.run_offer o using (run_id, offer)
where a.sent_at is not null and a.outcome <> 'not_sent'
group by r.business_date, a.run_id, a.level, a.zone, o.operator, o.endpoint, a.use_case, r.rehearsal,
         o.operator_country, o.infrastructure, o.region, a.masked, a.basis,
         yakin.personal_kinds(a.kinds) <> '{}', a.purpose, o.model;
comment on view bi.zone_flow is 'Which levels went to which zone and vendor, in which form and on what ground, per run and use case';
comment on column bi.zone_flow.business_date is 'Business day';
comment on column bi.zone_flow.run_id is 'The run';
comment on column bi.zone_flow.level is '機密区分';
comment on column bi.zone_flow.zone is '送信先区分';
comment on column bi.zone_flow.vendor is 'Who saw it';
comment on column bi.zone_flow.endpoint is 'Where it was sent';
comment on column bi.zone_flow.use_case is 'Use case';
comment on column bi.zone_flow.attempts is 'Requests that left';
comment on column bi.zone_flow.documents is 'Documents';
comment on column bi.zone_flow.rehearsal is 'From a rehearsal';
comment on column bi.zone_flow.operator_country is 'Country of the operator then';
comment on column bi.zone_flow.infrastructure is 'Country of who ran the machines then, own or unverified';
comment on column bi.zone_flow.region is 'Country of processing then, own, global or unverified';
comment on column bi.zone_flow.masked is 'Whether identifiers were replaced by pseudonyms';
comment on column bi.zone_flow.basis is 'Ground that the policy stated; empty: none';
comment on column bi.zone_flow.personal is 'Whether personal data was found in the documents, or could not be ruled out';
comment on column bi.zone_flow.purpose is 'answer, repair, judge or evaluate';
comment on column bi.zone_flow.model is 'Our name of the model';
