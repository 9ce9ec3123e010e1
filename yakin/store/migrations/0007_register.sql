-- The register: what legal must be able to say of every request that left, frozen when it held.
-- Rows from before carry the cautious answer: not masked, no ground, place unverified, trains on data.
alter table yakin.attempt
  add column masked boolean not null default false,
  add column basis text not null default '',
  add column kinds jsonb not null default '{}' check (jsonb_typeof(kinds) = 'object');
update yakin.attempt a
set kinds = c.counts
from (
  select distinct on (document_id) document_id, counts from yakin.classification
  order by document_id, classified_at desc
) c
where c.document_id = a.document_id;
alter table yakin.attempt
  alter column masked drop default,
  alter column basis drop default,
  alter column kinds drop default;
comment on column yakin.attempt.masked is 'Whether identifiers were replaced by pseudonyms in what was sent';
comment on column yakin.attempt.basis is 'Ground that the policy states for sending this level to this zone; empty: none stated';
comment on column yakin.attempt.kinds is 'Findings per kind in the document when the intent was written, before masking';

alter table yakin.run_offer
  add column operator_country text not null default 'unverified',
  add column infrastructure text not null default 'unverified',
  add column region text not null default 'unverified',
  add column zero_retention boolean not null default false,
  add column trains_on_data boolean not null default true,
  add column evidence jsonb not null default '[]' check (jsonb_typeof(evidence) = 'array');
alter table yakin.run_offer
  alter column operator_country drop default,
  alter column infrastructure drop default,
  alter column region drop default,
  alter column zero_retention drop default,
  alter column trains_on_data drop default,
  alter column evidence drop default;
comment on column yakin.run_offer.operator_country is 'Country of the operator, as declared';
comment on column yakin.run_offer.infrastructure is 'Country of who runs the machines, own or unverified, as declared';
comment on column yakin.run_offer.region is 'Country of processing, own, global or unverified, as declared';
comment on column yakin.run_offer.zero_retention is 'Whether evidence in force said that the endpoint keeps nothing';
comment on column yakin.run_offer.trains_on_data is 'False only where evidence in force said that it does not train on data';
comment on column yakin.run_offer.evidence is 'Reviewed claims at the freeze: claim, source, reviewer, checked, expires';

create index attempt_sent on yakin.attempt (run_id, offer) where sent_at is not null;
