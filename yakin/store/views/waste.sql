-- What was asked beside the one request that answers a document. Charges as they were, without later corrections.
create or replace view bi.waste with (security_barrier) as
with asked as (
  select a.run_id, r.business_date, r.rehearsal, a.use_case, o.model, a.purpose, a.outcome, a.accepted,
         a.ask_no, a.input_tokens, a.output_tokens, coalesce(a.cost_jpy, 0)::numeric as cost_jpy,
         row_number() over (partition by r.business_date, a.run_id, a.use_case, a.document_id, a.purpose, a.outcome,
                                         a.ask_no > 1
                            order by coalesce(a.accepted, true) desc, a.finished_at, a.attempt_id) as nth
  from yakin.attempt a
  join yakin.run r using (run_id)
  join yakin.run_offer o using (run_id, offer)
  where a.sent_at is not null and a.outcome not in ('intent', 'unknown', 'not_sent')
), counted as (
  select run_id, business_date, rehearsal, use_case, model, outcome,
         case when purpose <> 'answer' then purpose
              when ask_no > 1 then 'compared'
              when outcome in ('transient', 'endpoint_down', 'permanent') then 'failed'
              when outcome <> 'answered' then outcome
              when nth > 1 and not accepted then 'doubted'  -- by a cascade, whose better offer answered
              when nth > 1 then 'repeated'
         end as kind,
         count(*) as attempts, sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
         sum(cost_jpy) as cost_jpy
  from asked
  group by 1, 2, 3, 4, 5, 6, 7
), shared as (
  select counted.*, sum(cost_jpy) over (partition by business_date, run_id, use_case) as total_jpy from counted
)
select run_id,
       business_date,
       date_trunc('month', business_date::timestamp)::date as month,
       use_case,
       model,
       kind,
       outcome,
       attempts,
       coalesce(input_tokens, 0) as input_tokens,
       coalesce(output_tokens, 0) as output_tokens,
       cost_jpy,
       round(cost_jpy / nullif(total_jpy, 0), 6) as share,
       rehearsal
from shared
where kind is not null;
comment on view bi.waste is 'Requests that did not give a document its answer, per run, use case, model and outcome, rehearsals included';
comment on column bi.waste.run_id is 'The run';
comment on column bi.waste.business_date is 'Business day of the run';
comment on column bi.waste.month is 'First day of its month';
comment on column bi.waste.use_case is 'Use case';
comment on column bi.waste.model is 'Our name of the model';
comment on column bi.waste.kind is 'invalid, truncated, refused, lost, failed (tried again or given up), doubted (a cascade''s first answer where the better offer answered), repeated (answered before), compared (asked again to see whether the answers agree), repair, judge or evaluate';
comment on column bi.waste.outcome is 'How the requests ended';
comment on column bi.waste.attempts is 'Requests that left and ended';
comment on column bi.waste.input_tokens is 'Their input tokens';
comment on column bi.waste.output_tokens is 'Their output tokens';
comment on column bi.waste.cost_jpy is 'What they cost, without later corrections';
comment on column bi.waste.share is 'Of all that the run was charged for the use case, 0 to 1; null: nothing was';
comment on column bi.waste.rehearsal is 'From a rehearsal';
