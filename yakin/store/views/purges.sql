-- What retention deleted: counts, never content.
create or replace view bi.purges with (security_barrier) as
select p.purged_at,
       p.what,
       p.level::text as level,
       p.count,
       p.oldest,
       p.zone::text as zone,
       p.use_case,
       p.kept_days,
       p.policy_version
from yakin.purge p;
comment on view bi.purges is 'One row per purge, kind of thing, level and use case';
comment on column bi.purges.purged_at is 'When';
comment on column bi.purges.what is 'answer, rehearsal_answer, recording or restore_map';
comment on column bi.purges.level is '機密区分; null for recordings';
comment on column bi.purges.count is 'How many';
comment on column bi.purges.oldest is 'Age of the oldest';
comment on column bi.purges.zone is '送信先区分, for recordings';
comment on column bi.purges.use_case is 'Use case, for answers';
comment on column bi.purges.kept_days is 'Days that they were to be kept';
comment on column bi.purges.policy_version is 'Policy in force';
