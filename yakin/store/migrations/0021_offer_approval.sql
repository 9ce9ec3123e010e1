-- Which models may serve a use case, on whose word and on which test; and what made a model's answers, run by run.
alter table yakin.run_offer add column fingerprint text not null default '';
comment on column yakin.run_offer.fingerprint is 'Hash of what makes the model''s answers: vendor''s model, endpoint, protocol, form of output, address, region; empty before it was kept';

create table yakin.offer_approval (
  approval_id bigint generated always as identity primary key,
  use_case text not null check (use_case ~ '\S'),
  use_case_version text not null check (use_case_version ~ '\S'),
  model text not null check (model ~ '\S'),
  fingerprint text not null check (fingerprint ~ '\S'),
  vendor_model text not null,
  endpoint text not null,
  revoked boolean not null,
  basis text check (basis in ('tested', 'first', 'without_test')),
  verdict text check (verdict in ('non_inferior', 'inferior', 'too_small', 'not_measured')),
  evaluation_id bigint references yakin.evaluation,
  against text,
  against_evaluation_id bigint references yakin.evaluation,
  items integer not null default 0 check (items >= 0),
  quality double precision check (quality between 0 and 1),
  against_quality double precision check (against_quality between 0 and 1),
  difference double precision check (difference between -1 and 1),
  low double precision,
  high double precision,
  needed_items integer check (needed_items > 0),
  mcnemar_p double precision check (mcnemar_p between 0 and 1),
  margin double precision check (margin > 0),
  confidence double precision check (confidence > 0 and confidence < 1),
  min_items integer check (min_items > 0),
  "by" text not null check ("by" ~ '\S'),
  because text not null check (because ~ '\S'),
  at timestamptz not null default clock_timestamp(),
  constraint offer_approval_given_or_revoked check (revoked = (basis is null) and revoked = (verdict is null)),
  constraint offer_approval_tested_is_tested check (
    basis is distinct from 'tested'
    or (verdict = 'non_inferior' and evaluation_id is not null and against is not null
        and against_evaluation_id is not null and items >= min_items and low > -margin)),
  constraint offer_approval_first_has_no_test check (basis is distinct from 'first' or (verdict = 'not_measured' and against is null)),
  constraint offer_approval_passed_needs_no_exception check (basis is distinct from 'without_test' or verdict <> 'non_inferior')
);
create index offer_approval_of_use_case on yakin.offer_approval (use_case, approval_id);
comment on table yakin.offer_approval is 'Models that a named person approved for a use case, and revocations. A row holds for its version and fingerprint until a later revocation of the model; append-only';
comment on column yakin.offer_approval.approval_id is 'Id, by which runs name it';
comment on column yakin.offer_approval.use_case is 'Use case';
comment on column yakin.offer_approval.use_case_version is 'Version of the use case that was asked: another prompt gives other answers';
comment on column yakin.offer_approval.model is 'Our name of the model: all its tiers';
comment on column yakin.offer_approval.fingerprint is 'What made the model''s answers: hash of vendor''s model, endpoint, protocol, form of output, address, region';
comment on column yakin.offer_approval.vendor_model is 'The vendor''s name of the model then';
comment on column yakin.offer_approval.endpoint is 'Where it was called then';
comment on column yakin.offer_approval.revoked is 'Whether this row takes the model''s approvals for the use case back';
comment on column yakin.offer_approval.basis is 'tested: it passed; first: there was nothing to compare with; without_test: a person decided so. Null for a revocation';
comment on column yakin.offer_approval.verdict is 'What the non-inferiority test said when it was approved';
comment on column yakin.offer_approval.evaluation_id is 'Evaluation that scored it';
comment on column yakin.offer_approval.against is 'Approved model that it was compared with';
comment on column yakin.offer_approval.against_evaluation_id is 'Evaluation that scored that one: the same golden set';
comment on column yakin.offer_approval.items is 'Golden items that both were asked';
comment on column yakin.offer_approval.quality is 'Mean score on these items';
comment on column yakin.offer_approval.against_quality is 'Mean score of the other one on them';
comment on column yakin.offer_approval.difference is 'Mean of the differences, item by item';
comment on column yakin.offer_approval.low is 'One-sided lower bound of the difference (paired bootstrap)';
comment on column yakin.offer_approval.high is 'One-sided upper bound of the difference';
comment on column yakin.offer_approval.needed_items is 'Golden items that would tell';
comment on column yakin.offer_approval.mcnemar_p is 'Exact McNemar test of equality, for right-or-wrong scores';
comment on column yakin.offer_approval.margin is 'How much worse it might have been (use_case.yaml)';
comment on column yakin.offer_approval.confidence is 'Confidence of the bounds';
comment on column yakin.offer_approval.min_items is 'Fewer items would not have been enough';
comment on column yakin.offer_approval."by" is 'Who approved or revoked it';
comment on column yakin.offer_approval.because is 'Why, in that person''s words';
comment on column yakin.offer_approval.at is 'When';
create trigger offer_approval_append_only before update or delete on yakin.offer_approval
  for each row execute function yakin.refuse_change();
create trigger offer_approval_never_truncated before truncate on yakin.offer_approval
  for each statement execute function yakin.refuse_change();

create table yakin.run_offer_approval (
  run_id uuid not null references yakin.run,
  approval_id bigint not null references yakin.offer_approval,
  primary key (run_id, approval_id)
);
comment on table yakin.run_offer_approval is 'Which offer approvals a real run was opened under; none: its use case was open';
comment on column yakin.run_offer_approval.run_id is 'The run';
comment on column yakin.run_offer_approval.approval_id is 'The approval';
