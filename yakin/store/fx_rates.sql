-- save_rate --
-- The same value imported again becomes the newest import.
insert into ledger.fx_rate (base, quote, rate, kind, as_of, source)
values (%(base)s, %(quote)s, %(rate)s, %(kind)s, %(as_of)s, %(source)s)
on conflict (base, quote, kind, as_of, source, rate) do update
set imported_at = clock_timestamp();

-- keep_rate --
-- A run that freezes a rate does not import it.
insert into ledger.fx_rate (base, quote, rate, kind, as_of, source)
values (%(base)s, %(quote)s, %(rate)s, %(kind)s, %(as_of)s, %(source)s)
on conflict do nothing;

-- rate_id --
-- A statement of its own: it has to see what another run has just committed.
select fx_rate_id
from ledger.fx_rate
where base = %(base)s and quote = %(quote)s and rate = %(rate)s and kind = %(kind)s and as_of = %(as_of)s
  and source = %(source)s;

-- rates --
-- The newest day of each pair and kind; of one day the newest import.
select distinct on (base, quote, kind) base, quote, rate, kind, as_of, source
from ledger.fx_rate
where as_of <= %(on)s and base <> quote
order by base, quote, kind, as_of desc, imported_at desc, fx_rate_id desc;
