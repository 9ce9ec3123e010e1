-- register --
-- One row per vendor, country, zone, level, form and ground; kinds count documents, not findings.
with sent as (
  select t.*, row(t.vendor, t.operator_country, t.infrastructure, t.region, t.zone, t.level, t.masked, t.basis,
                  t.trains_on_data, t.zero_retention)::text as line
  from bi.transfers t
  where t.business_date >= %(first)s and t.business_date < %(following)s and t.rehearsal = %(rehearsal)s
),
kinds as (
  select line, jsonb_object_agg(kind, documents) as kinds
  from (
    select s.line, k.key as kind, count(distinct s.document_id) as documents
    from sent s cross join lateral jsonb_each(s.kinds) k
    group by s.line, k.key
  ) each_kind
  group by line
),
claims as (
  select line, jsonb_agg(distinct c.value) as evidence
  from sent s cross join lateral jsonb_array_elements(s.evidence) c
  group by line
)
select s.vendor, s.operator_country, s.infrastructure, s.region, s.zone, s.level, s.masked, s.basis, s.trains_on_data,
       s.zero_retention,
       count(distinct s.document_id) as documents,
       count(distinct s.document_id) filter (where s.kinds <> '{}') as personal_documents,
       sum(s.requests)::bigint as requests,
       array_agg(distinct s.endpoint) as endpoints,
       array_agg(distinct s.model) as models,
       array_agg(distinct s.use_case) as use_cases,
       array_agg(distinct s.purpose) as purposes,
       array_agg(distinct s.department) as departments,
       min(s.business_date) as first_day,
       max(s.business_date) as last_day,
       coalesce(k.kinds, '{}') as kinds,
       coalesce(c.evidence, '[]') as evidence
from sent s
left join kinds k using (line)
left join claims c using (line)
group by s.line, s.vendor, s.operator_country, s.infrastructure, s.region, s.zone, s.level, s.masked, s.basis,
         s.trains_on_data, s.zero_retention, k.kinds, c.evidence
order by array_position(array['overseas', 'japan_region', 'domestic'], s.zone), s.vendor,
         yakin.level_rank(s.level) desc, s.masked, s.basis;
