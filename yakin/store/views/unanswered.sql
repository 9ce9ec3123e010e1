-- Every document without an answer has its reason.
create or replace view bi.unanswered with (security_barrier) as
select w.run_id,
       w.document_id,
       case when pg_has_role(current_user, 'bi_restricted', 'usage') or pg_has_role(current_user, 'auditor', 'usage')
              or greatest(yakin.level_rank(coalesce(n.level, 'restricted')), yakin.level_rank(p.baseline))
                 <= yakin.level_rank('confidential')
            then p.uri end as uri,
       w.reason::text as reason,
       w.use_case,
       w.state,
       r.business_date,
       w.rehearsal
from yakin.work w
join yakin.run r using (run_id)
cross join lateral (
  select i.uri, i.baseline
  from yakin.sighting s join yakin.item i using (item_id)
  where s.document_id = w.document_id
  order by s.is_current desc, yakin.level_rank(i.baseline) desc, i.uri
  limit 1
) p
left join lateral (
  select level from yakin.decision where document_id = w.document_id order by decision_id desc limit 1
) n on true
where w.reason is not null and r.purpose = 'night';
comment on view bi.unanswered is 'One row per document and use case of a night that ended without an answer; evaluations answer nothing and are left out';
comment on column bi.unanswered.run_id is 'The run';
comment on column bi.unanswered.document_id is 'The document';
comment on column bi.unanswered.uri is 'The place; null for bi_reader above confidential or when never judged';
comment on column bi.unanswered.reason is 'Why';
comment on column bi.unanswered.use_case is 'Use case';
comment on column bi.unanswered.state is 'unanswered or awaiting_approval';
comment on column bi.unanswered.business_date is 'Business day';
comment on column bi.unanswered.rehearsal is 'From a rehearsal';
