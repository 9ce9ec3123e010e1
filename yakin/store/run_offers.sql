-- save_price --
-- Prices are kept once each, however many runs freeze them.
insert into ledger.price_rate (model, tier, valid_from, currency, input_per_mtok, output_per_mtok,
                               cached_input_per_mtok, cache_write_per_mtok, over_input_tokens, source, checked)
values (%(model)s, %(tier)s, %(valid_from)s, %(currency)s, %(input_per_mtok)s, %(output_per_mtok)s,
        %(cached_input_per_mtok)s, %(cache_write_per_mtok)s, %(over_input_tokens)s, %(source)s, %(checked)s)
on conflict do nothing;

-- price_id --
-- A statement of its own: it has to see what another run has just committed.
select price_rate_id
from ledger.price_rate
where model = %(model)s and tier = %(tier)s and valid_from = %(valid_from)s and currency = %(currency)s
  and input_per_mtok = %(input_per_mtok)s and output_per_mtok = %(output_per_mtok)s
  and cached_input_per_mtok is not distinct from %(cached_input_per_mtok)s::numeric
  and cache_write_per_mtok is not distinct from %(cache_write_per_mtok)s::numeric
  and over_input_tokens = %(over_input_tokens)s and source = %(source)s and checked = %(checked)s;

-- freeze_offer --
-- What a resumed run froze stays.
insert into yakin.run_offer (run_id, offer, zone, rehearsal, endpoint, operator, model, vendor_model, tier,
                             price_rate_id, fx_rate_id, fx_stale, quality, quality_measured, sandbox,
                             operator_country, infrastructure, region, zero_retention, trains_on_data, evidence,
                             fingerprint)
select r.run_id, %(offer)s, %(zone)s, r.rehearsal, %(endpoint)s, %(operator)s, %(model)s, %(vendor_model)s, %(tier)s,
       %(price_rate_id)s, %(fx_rate_id)s, %(fx_stale)s, %(quality)s, %(quality_measured)s, %(sandbox)s,
       %(operator_country)s, %(infrastructure)s, %(region)s, %(zero_retention)s, %(trains_on_data)s, %(evidence)s,
       %(fingerprint)s
from yakin.run r
where r.run_id = %(run_id)s
on conflict (run_id, offer) do nothing;

-- freeze_cliff --
-- With the offer's own price: what a resumed run froze stays.
insert into yakin.run_offer_cliff (run_id, offer, over_input_tokens, price_rate_id)
values (%(run_id)s, %(offer)s, %(over_input_tokens)s, %(price_rate_id)s)
on conflict (run_id, offer, over_input_tokens) do nothing;

-- frozen --
-- What settlement will charge, whatever the catalogue says by now.
select o.zone::text as zone, o.vendor_model, o.endpoint, o.fingerprint, o.fx_stale,
       p.tier, p.valid_from, p.currency, p.input_per_mtok, p.output_per_mtok, p.cached_input_per_mtok,
       p.cache_write_per_mtok, p.over_input_tokens, p.source as price_source, p.checked,
       f.base, f.quote, f.rate, f.kind as fx_kind, f.as_of, f.source as fx_source
from yakin.run_offer o
join ledger.price_rate p using (price_rate_id)
join ledger.fx_rate f using (fx_rate_id)
where o.run_id = %(run_id)s and o.offer = %(offer)s;

-- frozen_cliffs --
-- Cheapest threshold first.
select p.tier, p.valid_from, p.currency, p.input_per_mtok, p.output_per_mtok, p.cached_input_per_mtok,
       p.cache_write_per_mtok, p.over_input_tokens, p.source as price_source, p.checked
from yakin.run_offer_cliff c
join ledger.price_rate p using (price_rate_id)
where c.run_id = %(run_id)s and c.offer = %(offer)s
order by c.over_input_tokens;
