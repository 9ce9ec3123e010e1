-- Self-consistency: the same question asked several times, to see how far the answers agree with the first.
alter table yakin.attempt
  add column ask_no smallint not null default 1 check (ask_no between 1 and 5),
  add constraint attempt_asked_again_is_not_taken check (ask_no = 1 or accepted is null);
comment on column yakin.attempt.ask_no is '1: its answer can land; more: the same question asked again, to compare the answers';

alter table yakin.evaluated_answer
  add column consistency_jpy ledger.jpy not null default 0 check (consistency_jpy >= 0);
comment on column yakin.evaluated_answer.consistency_jpy is 'Charged for asking again to compare; not within cost_jpy';
comment on column yakin.evaluated_answer.input_tokens is 'Billed, over all attempts on the item but those that ask again to compare';
comment on column yakin.evaluated_answer.output_tokens is 'Billed, over all attempts on the item but those that ask again to compare';
comment on column yakin.evaluated_answer.cost_jpy is 'Charged for the item, without asking again to compare';
