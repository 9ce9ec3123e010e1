-- hold_vendor --
-- One reconciliation of a vendor at a time: two would book twice. Ends with the transaction.
select pg_try_advisory_xact_lock(hashtextextended('yakin reconcile ' || %(vendor)s, 0)) as held;

-- vendors --
-- Whom runs have asked: what an account may be of.
select distinct o.operator, o.endpoint from yakin.run_offer o where o.rehearsal = %(rehearsal)s order by 1, 2;

-- save_invoice --
-- No row: the same file, read the same way, is there already.
insert into ledger.invoice (vendor, format, file_name, sha256, reading, period_start, period_end, timezone, native_unit,
                            jpy_unit, imported_by)
values (%(vendor)s, %(format)s, %(file_name)s, %(sha256)s, %(reading)s, %(period_start)s, %(period_end)s, %(timezone)s,
        %(native_unit)s, %(jpy_unit)s, %(imported_by)s)
on conflict do nothing
returning invoice_id;

-- invoice_id --
-- The file that is there already.
select invoice_id from ledger.invoice where vendor = %(vendor)s and sha256 = %(sha256)s and reading = %(reading)s;

-- save_line --
-- With the file, or not at all.
insert into ledger.invoice_line (invoice_id, line, day, at, model, tier, request_id, requests, input_tokens,
                                 cached_input_tokens, cache_write_tokens, output_tokens, amount_native, currency,
                                 amount_jpy)
values (%(invoice_id)s, %(line)s, %(day)s, %(at)s, %(model)s, %(tier)s, %(request_id)s, %(requests)s, %(input_tokens)s,
        %(cached_input_tokens)s, %(cache_write_tokens)s, %(output_tokens)s, %(amount_native)s, %(currency)s,
        %(amount_jpy)s);

-- invoices --
-- What was imported, in the order of import.
select invoice_id, timezone, period_start, period_end, native_unit, jpy_unit
from ledger.invoice
where invoice_id = any (%(invoice_ids)s::bigint[])
order by invoice_id;

-- lines --
-- Of these files and days.
select day, at, model, tier, request_id, requests, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
       amount_native, currency, amount_jpy
from ledger.invoice_line
where invoice_id = any (%(invoice_ids)s::bigint[]) and day between %(start)s and %(end)s
order by invoice_id, line;

-- attempts --
-- What left for the vendor around these days, with what it was charged; a batch comes back days later.
select a.attempt_id::text, a.run_id::text, a.offer, a.use_case, e.department, a.budget_ids, o.vendor_model, o.tier,
       a.provider_request_id, a.sent_at, a.finished_at, a.outcome, a.worst_jpy, a.input_tokens, a.cached_input_tokens,
       a.cache_write_tokens, a.output_tokens, a.cost_is_bound, c.amount_native as charged_native,
       c.amount_jpy as charged_jpy, p.valid_from, p.currency, p.input_per_mtok, p.output_per_mtok,
       p.cached_input_per_mtok, p.cache_write_per_mtok, p.over_input_tokens, p.source as price_source, p.checked,
       f.base, f.quote, f.rate, f.kind as fx_kind, f.as_of, f.source as fx_source,
       exists (select from yakin.batch_line l where l.attempt_id = a.attempt_id and l.settled_at is null) as in_batch
from yakin.run r
join yakin.attempt a using (run_id)
join yakin.run_offer o using (run_id, offer)
join ledger.entry e on e.attempt_id = a.attempt_id and e.kind = 'reserve'
left join ledger.entry c on c.attempt_id = a.attempt_id and c.kind = 'charge'
join ledger.price_rate p on p.price_rate_id = o.price_rate_id
join ledger.fx_rate f on f.fx_rate_id = o.fx_rate_id
where r.rehearsal = %(rehearsal)s
  and a.sent_at >= %(start)s::date - 4 and a.sent_at < %(end)s::date + 3
  and (o.operator = %(vendor)s or o.endpoint = %(vendor)s)
  and a.outcome <> 'not_sent'
order by a.sent_at, a.attempt_id;

-- corrections --
-- By reason, because a reconciliation books a cause as the reason.
select e.attempt_id::text, e.reason, coalesce(sum(e.amount_native), 0) as native, sum(e.amount_jpy) as jpy
from ledger.entry e
where e.kind = 'adjust' and e.attempt_id = any (%(attempt_ids)s::uuid[])
group by e.attempt_id, e.reason;

-- cliffs --
-- Prices of larger requests, frozen with the offers.
select c.run_id::text, c.offer, p.tier, p.valid_from, p.currency, p.input_per_mtok, p.output_per_mtok,
       p.cached_input_per_mtok, p.cache_write_per_mtok, p.over_input_tokens, p.source as price_source, p.checked
from yakin.run_offer_cliff c
join ledger.price_rate p using (price_rate_id)
where c.run_id = any (%(run_ids)s::uuid[]);

-- save_reconciliation --
-- Each time, so that it can be seen how a difference went away.
insert into ledger.reconciliation (vendor, rehearsal, invoice_ids, period_start, period_end, complete, lost, released,
                                   booked, made_by)
values (%(vendor)s, %(rehearsal)s, %(invoice_ids)s::bigint[], %(start)s, %(end)s, %(complete)s, %(lost)s, %(released)s,
        %(booked)s, %(made_by)s)
returning reconciliation_id;

-- save_part --
-- One day, model, tier and state.
insert into ledger.reconciliation_part (reconciliation_id, number, day, model, tier, state, lines, attempts, currency,
                                        ours_native, theirs_native, ours_jpy, theirs_jpy, causes, causes_native,
                                        causes_jpy)
values (%(reconciliation_id)s, %(number)s, %(day)s, %(model)s, %(tier)s, %(state)s, %(lines)s, %(attempts)s,
        %(currency)s, %(ours_native)s, %(theirs_native)s, %(ours_jpy)s, %(theirs_jpy)s, %(causes)s::text[],
        %(causes_native)s::numeric[], %(causes_jpy)s::numeric[]);

-- still_unknown --
-- A late answer may have settled it since it was compared.
select outcome = 'unknown' as unknown from yakin.attempt where attempt_id = %(attempt_id)s for update;
