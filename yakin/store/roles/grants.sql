-- What each role may do. {app} works and never owns; yakin_bi owns the views and only reads.
grant usage on schema yakin, ledger to {app}, yakin_bi;
grant usage on schema bi to {app}, bi_reader, bi_restricted, auditor;
grant usage, create on schema bi to yakin_bi;

grant select on yakin.migration, yakin.views_version to {app};
grant select, insert, update on yakin.item, yakin.sighting, yakin.run, yakin.work, yakin.rate_limit, ledger.budget
  to {app};
grant select, insert on yakin.level_review, yakin.forgotten to {app};
grant select, insert on yakin.quote_approval, yakin.quote_approval_use to {app};
grant select, insert on yakin.document, yakin.use_case, yakin.run_job, yakin.run_offer, yakin.run_offer_cliff, yakin.zone_approval, yakin.run_approval, yakin.plan, yakin.decision,
  yakin.attempt, ledger.price_rate, ledger.fx_rate, ledger.entry to {app};
grant select, insert, update, delete on yakin.classification to {app};
grant select, insert on yakin.run_judge, yakin.judgement to {app};
grant select on yakin.verdict to {app};
grant delete on yakin.judgement to {app};
grant usage on sequence yakin.lease_token to {app};
grant update (imported_at) on ledger.fx_rate to {app};
grant update (outcome, sent_at, finished_at, input_tokens, cached_input_tokens, cache_write_tokens,
              output_tokens, reasoning_tokens, cost_native, cost_jpy,
              cost_is_bound, provider_request_id, detail, confidence, accepted) on yakin.attempt to {app};
-- the night writes answers and never reads one back
grant insert on yakin.answer to {app};
grant select (answer_id, document_id, use_case, use_case_version, rehearsal, run_id, attempt_id, level, zone, offer,
              answered_at, review_state) on yakin.answer to {app};
-- who waits for money says so and takes it back
grant select, insert, update, delete on ledger.waiting to {app};
-- retention and `yakin forget` end an answer; its work, decision and ledger rows stay
grant delete on yakin.answer to {app};
grant select, insert on yakin.purge to {app};

grant select, insert on ledger.invoice, ledger.invoice_line, ledger.reconciliation, ledger.reconciliation_part to {app};

grant select, insert, update on yakin.batch, yakin.batch_line to {app};
grant select, insert, delete on yakin.sealed_map to {app};

-- caps: their history, locked periods and crossed thresholds; a new cap adopts what is in flight
grant select, insert on ledger.cap_change, ledger.period_lock, ledger.threshold_crossing to {app};
grant update (unlocked_at, unlocked_by, unlocked_because) on ledger.period_lock to {app};
grant update (claimed_until, told_at) on ledger.threshold_crossing to {app};
grant update (budget_ids) on yakin.attempt to {app};

-- evaluations: what was measured stays as it was measured
grant select, insert on yakin.offer_approval, yakin.run_offer_approval to {app};
grant select, insert on yakin.evaluation, yakin.evaluated_answer, yakin.measured_quality, yakin.learned_rule to {app};
grant update (complete, evaluated_at) on yakin.evaluation to {app};

grant select on all tables in schema yakin, ledger to yakin_bi;
-- no view shows even the ciphertext of a restore map
revoke select on yakin.sealed_map from yakin_bi;

-- Even the owner of the views sees an answer only for whom it may be shown to, and a place only for its department.
alter table yakin.answer enable row level security;
drop policy if exists answer_app on yakin.answer;
create policy answer_app on yakin.answer to {app} using (true) with check (true);
drop policy if exists answer_bi on yakin.answer;
create policy answer_bi on yakin.answer for select to yakin_bi
  using ((pg_has_role(current_user, 'bi_restricted', 'usage')
          or (pg_has_role(current_user, 'bi_reader', 'usage') and yakin.level_rank(level) <= yakin.level_rank('confidential')))
         and (not exists (select from yakin.reader_limit)
              or exists (select from yakin.work w join yakin.run_job j using (run_id, job)
                         where (w.run_id, w.use_case, w.document_id) = (answer.run_id, answer.use_case, answer.document_id)
                           and j.department in (select l.department from yakin.reader_limit l))));
alter table yakin.item enable row level security;
drop policy if exists item_app on yakin.item;
create policy item_app on yakin.item to {app} using (true) with check (true);
drop policy if exists item_bi on yakin.item;
create policy item_bi on yakin.item for select to yakin_bi
  using (not exists (select from yakin.reader_limit)
         or department in (select l.department from yakin.reader_limit l));
