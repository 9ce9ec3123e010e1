-- How long answers were, by index: the output bounds of the next run are learned from them.
create index attempt_output_length on yakin.attempt (run_id, use_case, offer, finished_at desc)
  where purpose = 'answer' and outcome in ('answered', 'invalid', 'truncated');
