-- What a cascade made of its first answer: numbers that say later how often the better offer was asked, and rightly so.
alter table yakin.attempt
  add column confidence double precision check (confidence between 0 and 1),
  add column accepted boolean,
  add constraint attempt_verified_first_step check (accepted is null or (step = 0 and outcome = 'answered')),
  add constraint attempt_confidence_decided check (confidence is null or accepted is not null),
  add constraint attempt_doubt_is_not_accepted check (accepted is not true or confidence is not null);
comment on column yakin.attempt.confidence is 'Of a cascade''s first answer: the score to expect of it by its verification signal; null: no signal, or no cascade';
comment on column yakin.attempt.accepted is 'Of a cascade''s first answer: whether it was sure enough; false: the better offer was asked. Null: no cascade';
