-- What one answered document cost: everything that was charged for the use case, failed tries, judging and evaluations
-- included. An evaluation costs and answers nobody.
create or replace view bi.cost_per_answer with (security_barrier) as
with cost as (
  select run_id, use_case, sum(cost_jpy) as cost_jpy from bi.charges where run_id is not null group by run_id, use_case
), answered as (
  select w.run_id, w.use_case, count(*) as documents
  from yakin.work w join yakin.run r using (run_id)
  where w.state = 'answered' and r.purpose = 'night'
  group by w.run_id, w.use_case
)
select j.run_id,
       j.use_case,
       r.business_date,
       coalesce(c.cost_jpy, 0) as cost_jpy,
       coalesce(a.documents, 0) as answered,
       round(c.cost_jpy / a.documents, 6) as cost_per_answer_jpy,
       r.rehearsal
from (select distinct run_id, use_case from yakin.run_job) j
join yakin.run r using (run_id)
left join cost c on c.run_id = j.run_id and c.use_case = j.use_case
left join answered a on a.run_id = j.run_id and a.use_case = j.use_case;
comment on view bi.cost_per_answer is 'Cost per answered document, per run and use case, rehearsals included';
comment on column bi.cost_per_answer.run_id is 'The run';
comment on column bi.cost_per_answer.use_case is 'Use case';
comment on column bi.cost_per_answer.business_date is 'Business day of the run';
comment on column bi.cost_per_answer.cost_jpy is 'Charges and corrections of the run, failed tries, judging and evaluating included';
comment on column bi.cost_per_answer.answered is 'Documents that the run answered';
comment on column bi.cost_per_answer.cost_per_answer_jpy is 'Yen per answered document; null: none was answered';
comment on column bi.cost_per_answer.rehearsal is 'From a rehearsal';

-- By month: corrections count in the month that they are booked in, answers in the month of their run.
create or replace view bi.cost_per_answer_by_month with (security_barrier) as
with cost as (
  select month, use_case, rehearsal, sum(cost_jpy) as cost_jpy from bi.charges group by month, use_case, rehearsal
), answered as (
  select date_trunc('month', business_date::timestamp)::date as month, use_case, rehearsal, sum(answered) as documents
  from bi.cost_per_answer
  group by 1, use_case, rehearsal
)
select month,
       use_case,
       coalesce(c.cost_jpy, 0) as cost_jpy,
       coalesce(a.documents, 0)::bigint as answered,
       round(c.cost_jpy / nullif(a.documents, 0), 6) as cost_per_answer_jpy,
       rehearsal
from cost c full join answered a using (month, use_case, rehearsal);
comment on view bi.cost_per_answer_by_month is 'Cost per answered document, per month and use case, rehearsals included';
comment on column bi.cost_per_answer_by_month.month is 'First day of the month';
comment on column bi.cost_per_answer_by_month.use_case is 'Use case; empty: corrections of a vendor''s account as a whole';
comment on column bi.cost_per_answer_by_month.cost_jpy is 'Charges and corrections, failed tries, judging and evaluating included';
comment on column bi.cost_per_answer_by_month.answered is 'Documents that runs of the month answered';
comment on column bi.cost_per_answer_by_month.cost_per_answer_jpy is 'Yen per answered document; null: none was answered';
comment on column bi.cost_per_answer_by_month.rehearsal is 'From a rehearsal';
