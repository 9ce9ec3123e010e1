-- Every yen that counts as cost, with all that it came from. Everything about money in bi is a sum over this.
-- Left joins only: a correction may have no attempt, and what a query does not ask for is not joined.
create or replace view bi.charges with (security_barrier) as
select e.entry_id,
       e.at,
       e.business_date,
       e.month,
       e.kind,
       e.run_id,
       e.attempt_id,
       a.document_id,
       a.provider_request_id,
       e.use_case,
       e.department,
       e.cost_centre,
       coalesce(e.vendor, o.operator) as vendor,
       o.endpoint,
       o.model,
       o.vendor_model,
       a.level::text as level,
       a.zone::text as zone,
       o.tier,
       a.purpose,
       a.outcome,
       e.rehearsal,
       case e.kind when 'charge' then a.input_tokens end as input_tokens,
       case e.kind when 'charge' then a.cached_input_tokens end as cached_input_tokens,
       case e.kind when 'charge' then a.cache_write_tokens end as cache_write_tokens,
       case e.kind when 'charge' then a.output_tokens end as output_tokens,
       case e.kind when 'charge' then a.reasoning_tokens end as reasoning_tokens,
       case e.kind when 'charge' then a.cost_is_bound end as cost_is_bound,
       e.price_rate_id,
       p.input_per_mtok,
       coalesce(p.cached_input_per_mtok, p.input_per_mtok) as cached_input_per_mtok,
       coalesce(p.cache_write_per_mtok, p.input_per_mtok) as cache_write_per_mtok,
       p.output_per_mtok,
       p.over_input_tokens,
       p.source as price_source,
       p.valid_from as price_valid_from,
       p.checked as price_checked,
       e.amount_native as cost_native,
       coalesce(e.currency, p.currency, offered.currency) as currency,
       e.fx_rate_id,
       f.rate as fx_rate,
       case when f.base <> 'JPY' then f.kind end as fx_kind,
       case when f.base <> 'JPY' then f.as_of end as fx_as_of,
       case when f.base <> 'JPY' then f.source end as fx_source,
       case when e.fx_rate_id = o.fx_rate_id then o.fx_stale end as fx_stale,
       e.amount_jpy::numeric as cost_jpy,
       e.reason,
       e.made_by
from ledger.entry e
left join yakin.attempt a on a.attempt_id = e.attempt_id
left join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
left join ledger.price_rate p on p.price_rate_id = e.price_rate_id
left join ledger.price_rate offered on offered.price_rate_id = o.price_rate_id
left join ledger.fx_rate f on f.fx_rate_id = e.fx_rate_id
where e.kind in ('charge', 'adjust');
comment on view bi.charges is 'One row per charge and per correction, rehearsals included: their sum is the cost';
comment on column bi.charges.entry_id is 'Entry of the ledger';
comment on column bi.charges.at is 'When it was written';
comment on column bi.charges.business_date is 'JST business day of the run; of a correction, the day that it is booked on';
comment on column bi.charges.month is 'First day of its month';
comment on column bi.charges.kind is 'charge or adjust';
comment on column bi.charges.run_id is 'The run; null: a correction of a vendor''s account as a whole';
comment on column bi.charges.attempt_id is 'The request; null: a correction of a vendor''s account as a whole';
comment on column bi.charges.document_id is 'The document';
comment on column bi.charges.provider_request_id is 'The vendor''s id of the request';
comment on column bi.charges.use_case is 'Use case';
comment on column bi.charges.department is 'Who is charged';
comment on column bi.charges.cost_centre is 'Cost centre of the department when the run opened; empty: none given';
comment on column bi.charges.vendor is 'Who invoices';
comment on column bi.charges.endpoint is 'Where it was sent';
comment on column bi.charges.model is 'Our name of the model';
comment on column bi.charges.vendor_model is 'The vendor''s name of the model';
comment on column bi.charges.level is '機密区分 of the document';
comment on column bi.charges.zone is '送信先区分';
comment on column bi.charges.tier is 'realtime or batch';
comment on column bi.charges.purpose is 'answer, repair, judge or evaluate';
comment on column bi.charges.outcome is 'How the request ended; lost: billed, and nobody saw the answer';
comment on column bi.charges.rehearsal is 'From a rehearsal: not real money';
comment on column bi.charges.input_tokens is 'All input tokens, cached and cache-written ones included; null on corrections';
comment on column bi.charges.cached_input_tokens is 'Of these, read from a cache';
comment on column bi.charges.cache_write_tokens is 'Of these, written to a cache';
comment on column bi.charges.output_tokens is 'All output tokens, reasoning included; null on corrections';
comment on column bi.charges.reasoning_tokens is 'Of these, spent on reasoning';
comment on column bi.charges.cost_is_bound is 'Billed without usage: charged at its worst case, without a native amount';
comment on column bi.charges.price_rate_id is 'Price that was used';
comment on column bi.charges.input_per_mtok is 'Per million input tokens, in the currency, tax-exclusive';
comment on column bi.charges.cached_input_per_mtok is 'Per million tokens read from a cache';
comment on column bi.charges.cache_write_per_mtok is 'Per million tokens written to a cache';
comment on column bi.charges.output_per_mtok is 'Per million output tokens';
comment on column bi.charges.over_input_tokens is 'The price holds for requests with more input tokens than this';
comment on column bi.charges.price_source is 'Where the price was read';
comment on column bi.charges.price_valid_from is 'First day of the price';
comment on column bi.charges.price_checked is 'When it was read';
comment on column bi.charges.cost_native is 'Exact amount in the currency; null where only a bound is known';
comment on column bi.charges.currency is 'The vendor''s currency';
comment on column bi.charges.fx_rate_id is 'Exchange rate that was used';
comment on column bi.charges.fx_rate is 'Yen for one unit of the currency, as frozen when the run opened; 1 where yen are billed';
comment on column bi.charges.fx_kind is 'ecb, ttm, ttb, tts, month_avg or budget; null where yen are billed';
comment on column bi.charges.fx_as_of is 'Day of the rate';
comment on column bi.charges.fx_source is 'Bank, central bank or file';
comment on column bi.charges.fx_stale is 'The budget rate stood in, because every other one was too old';
comment on column bi.charges.cost_jpy is 'cost_native times fx_rate, half up to six decimals, tax-exclusive; a correction may be negative';
comment on column bi.charges.reason is 'Of a correction: why';
comment on column bi.charges.made_by is 'Of a correction: who';
