-- Every billable request, also those that came to nothing.
create or replace view bi.attempts with (security_barrier) as
select a.attempt_id,
       a.run_id,
       a.document_id,
       a.step,
       a.purpose,
       o.endpoint,
       o.model,
       a.zone::text as zone,
       o.tier,
       a.outcome,
       a.provider_request_id,
       a.input_tokens,
       a.cached_input_tokens,
       a.output_tokens,
       a.cost_native,
       p.currency,
       a.cost_jpy::numeric as cost_jpy,
       coalesce(a.sent_at, a.intent_at) as started_at,
       a.finished_at,
       o.rehearsal,
       a.use_case,
       a.decision_id,
       a.level::text as level,
       o.operator,
       a.worst_jpy::numeric as worst_jpy,
       a.cost_is_bound,
       a.sent_at is not null as sent,
       a.detail,
       a.confidence,
       a.accepted,
       a.ask_no
from yakin.attempt a
join yakin.run_offer o using (run_id, offer)
join ledger.price_rate p using (price_rate_id);
comment on view bi.attempts is 'One row per billable request';
comment on column bi.attempts.attempt_id is 'Id';
comment on column bi.attempts.run_id is 'The run';
comment on column bi.attempts.document_id is 'The document';
comment on column bi.attempts.step is 'Place in the chain of offers';
comment on column bi.attempts.purpose is 'answer, repair, judge or evaluate';
comment on column bi.attempts.endpoint is 'Where it was sent';
comment on column bi.attempts.model is 'Our name of the model';
comment on column bi.attempts.zone is '送信先区分';
comment on column bi.attempts.tier is 'realtime or batch';
comment on column bi.attempts.outcome is 'How it ended; unknown may have been billed';
comment on column bi.attempts.provider_request_id is 'The vendor''s id';
comment on column bi.attempts.input_tokens is 'Billed input tokens, cached ones included';
comment on column bi.attempts.cached_input_tokens is 'Of these, cached';
comment on column bi.attempts.output_tokens is 'Billed output tokens';
comment on column bi.attempts.cost_native is 'Exact cost in the vendor''s currency';
comment on column bi.attempts.currency is 'The vendor''s currency';
comment on column bi.attempts.cost_jpy is 'Cost in yen at the frozen rate';
comment on column bi.attempts.started_at is 'When it left; when it was intended, if it never left';
comment on column bi.attempts.finished_at is 'When its end was known';
comment on column bi.attempts.rehearsal is 'From a rehearsal';
comment on column bi.attempts.use_case is 'Use case';
comment on column bi.attempts.decision_id is 'The decision that allowed it';
comment on column bi.attempts.level is 'Level of the document';
comment on column bi.attempts.operator is 'Vendor that invoices';
comment on column bi.attempts.worst_jpy is 'Its reservation';
comment on column bi.attempts.cost_is_bound is 'Billed without usage: charged at its worst case';
comment on column bi.attempts.sent is 'Whether it left';
comment on column bi.attempts.detail is 'HTTP status or class name';
comment on column bi.attempts.confidence is 'Of a cascade''s first answer: the score to expect of it by its verification signal; null: none';
comment on column bi.attempts.accepted is 'Of a cascade''s first answer: taken, or the better offer was asked; null: no cascade';
comment on column bi.attempts.ask_no is '1: its answer can land; more: the same question asked again, to compare the answers';
