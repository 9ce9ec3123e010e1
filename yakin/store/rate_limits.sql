-- take --
-- Books a slot behind everybody else's; the row lock makes the order, the clock is read after it.
insert into yakin.rate_limit as l (endpoint, requests_from, tokens_from)
values (%(endpoint)s, clock_timestamp() + make_interval(secs => %(request_seconds)s),
        clock_timestamp() + make_interval(secs => %(token_seconds)s))
on conflict (endpoint) do update
set requests_from = greatest(l.requests_from, clock_timestamp()) + make_interval(secs => %(request_seconds)s),
    tokens_from = greatest(l.tokens_from, clock_timestamp()) + make_interval(secs => %(token_seconds)s)
returning greatest(0, extract(epoch from greatest(
  l.requests_from - make_interval(secs => %(request_seconds)s),
  l.tokens_from - make_interval(secs => %(token_seconds)s)) - clock_timestamp()))::double precision as wait_seconds;
