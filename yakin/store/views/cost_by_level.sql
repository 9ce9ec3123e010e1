-- Without rehearsals: this is what the company pays.
create or replace view bi.cost_by_level with (security_barrier) as
select month,
       level,
       zone,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where not rehearsal
group by month, level, zone;
comment on view bi.cost_by_level is 'Cost per month, level and zone';
comment on column bi.cost_by_level.month is 'First day of the month';
comment on column bi.cost_by_level.level is '機密区分; null: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_level.zone is '送信先区分';
comment on column bi.cost_by_level.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_level.attempts is 'Requests that were charged';
comment on column bi.cost_by_level.documents is 'Documents that they were for, per use case';
-- Rehearsals only.
create or replace view bi.cost_by_level_rehearsal with (security_barrier) as
select month,
       level,
       zone,
       sum(cost_jpy) as cost_jpy,
       count(*) filter (where kind = 'charge') as attempts,
       count(distinct (document_id, use_case)) filter (where document_id is not null) as documents
from bi.charges
where rehearsal
group by month, level, zone;
comment on view bi.cost_by_level_rehearsal is 'Cost per month, level and zone, rehearsals';
comment on column bi.cost_by_level_rehearsal.month is 'First day of the month';
comment on column bi.cost_by_level_rehearsal.level is '機密区分; null: corrections of a vendor''s account as a whole';
comment on column bi.cost_by_level_rehearsal.zone is '送信先区分';
comment on column bi.cost_by_level_rehearsal.cost_jpy is 'Charges and corrections, tax-exclusive';
comment on column bi.cost_by_level_rehearsal.attempts is 'Requests that were charged';
comment on column bi.cost_by_level_rehearsal.documents is 'Documents that they were for, per use case';
