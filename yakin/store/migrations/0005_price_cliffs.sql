-- Prices that replace an offer's own for the whole of a larger request, frozen with it.
create table yakin.run_offer_cliff (
  run_id uuid not null,
  offer text not null,
  over_input_tokens integer not null check (over_input_tokens > 0),
  price_rate_id bigint not null references ledger.price_rate,
  primary key (run_id, offer, over_input_tokens),
  foreign key (run_id, offer) references yakin.run_offer (run_id, offer)
);
comment on table yakin.run_offer_cliff is 'Frozen prices of larger requests: above the threshold the whole request costs this rate';
comment on column yakin.run_offer_cliff.run_id is 'Run';
comment on column yakin.run_offer_cliff.offer is 'Offer';
comment on column yakin.run_offer_cliff.over_input_tokens is 'Applies to requests with more input tokens than this';
comment on column yakin.run_offer_cliff.price_rate_id is 'Frozen price';
