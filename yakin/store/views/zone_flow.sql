-- Who saw what level: only what left, whatever came of it.
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
       r.rehearsal
from yakin.attempt a
join yakin.run r using (run_id)
join yakin.run_offer o using (run_id, offer)
where a.sent_at is not null
group by r.business_date, a.run_id, a.level, a.zone, o.operator, o.endpoint, a.use_case, r.rehearsal;
comment on view bi.zone_flow is 'Which levels went to which zone and vendor, per run and use case';
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
