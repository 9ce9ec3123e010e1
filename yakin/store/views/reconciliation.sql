-- The newest reconciliation of each set of files: ours beside theirs, and why they differ.
create or replace view bi.reconciliation with (security_barrier) as
select r.reconciliation_id,
       r.vendor,
       r.invoice_ids,
       r.period_start,
       r.period_end,
       r.rehearsal,
       r.complete,
       r.made_by,
       r.made_at,
       p.day,
       p.model,
       p.tier,
       p.state,
       p.lines,
       p.attempts,
       p.currency,
       p.ours_native,
       p.theirs_native,
       p.theirs_native - p.ours_native as difference_native,
       p.ours_jpy,
       p.theirs_jpy,
       p.theirs_jpy - p.ours_jpy as difference_jpy,
       (select c.cause from unnest(p.causes, p.causes_jpy) as c (cause, jpy) order by abs(c.jpy) desc, c.cause limit 1)
         as cause,
       coalesce((select sum(c.jpy) from unnest(p.causes, p.causes_jpy) as c (cause, jpy) where c.cause = 'price'), 0)
         as price_jpy,
       coalesce((select sum(c.jpy) from unnest(p.causes, p.causes_jpy) as c (cause, jpy) where c.cause = 'tokens'), 0)
         as tokens_jpy,
       coalesce((select sum(c.jpy) from unnest(p.causes, p.causes_jpy) as c (cause, jpy) where c.cause = 'fx'), 0)
         as fx_jpy,
       coalesce((select sum(c.jpy) from unnest(p.causes, p.causes_jpy) as c (cause, jpy) where c.cause = 'timing'), 0)
         as timing_jpy,
       coalesce((select sum(c.jpy) from unnest(p.causes, p.causes_jpy) as c (cause, jpy) where c.cause = 'rounding'), 0)
         as rounding_jpy,
       coalesce((select sum(c.jpy) from unnest(p.causes, p.causes_jpy) as c (cause, jpy)
                 where c.cause = 'unknown_attempt'), 0) as unknown_attempt_jpy,
       coalesce((select sum(c.jpy) from unnest(p.causes, p.causes_jpy) as c (cause, jpy)
                 where c.cause = 'unexplained'), 0) as unexplained_jpy
from ledger.reconciliation r
join ledger.reconciliation_part p using (reconciliation_id)
where not exists (
  select from ledger.reconciliation n
  where (n.vendor, n.rehearsal, n.invoice_ids) = (r.vendor, r.rehearsal, r.invoice_ids)
    and n.reconciliation_id > r.reconciliation_id);
comment on view bi.reconciliation is 'One row per account, day, model, tier and state: the ledger beside the account; the yen of the causes add up to difference_jpy';
comment on column bi.reconciliation.reconciliation_id is 'Id of the newest reconciliation of these files';
comment on column bi.reconciliation.vendor is 'Whose account';
comment on column bi.reconciliation.invoice_ids is 'The files';
comment on column bi.reconciliation.period_start is 'First day that was compared';
comment on column bi.reconciliation.period_end is 'Last day that was compared';
comment on column bi.reconciliation.rehearsal is 'Against the ledger of rehearsals';
comment on column bi.reconciliation.complete is 'Whether what is not on the account counts as not billed';
comment on column bi.reconciliation.made_by is 'Who reconciled';
comment on column bi.reconciliation.made_at is 'When';
comment on column bi.reconciliation.day is 'The vendor''s day';
comment on column bi.reconciliation.model is 'The vendor''s name of the model; null: the account does not tell models apart';
comment on column bi.reconciliation.tier is 'realtime or batch; null: the account does not tell them apart';
comment on column bi.reconciliation.state is 'matched, at_vendor (not in the ledger) or in_ledger (not on the account)';
comment on column bi.reconciliation.lines is 'Lines of the account';
comment on column bi.reconciliation.attempts is 'Attempts of the ledger';
comment on column bi.reconciliation.currency is 'Of the native amounts; null: not told';
comment on column bi.reconciliation.ours_native is 'Charges and corrections in the vendor''s currency';
comment on column bi.reconciliation.theirs_native is 'What is billed';
comment on column bi.reconciliation.difference_native is 'Theirs minus ours';
comment on column bi.reconciliation.ours_jpy is 'Charges and corrections in yen';
comment on column bi.reconciliation.theirs_jpy is 'What is billed, in yen';
comment on column bi.reconciliation.difference_jpy is 'Theirs minus ours';
comment on column bi.reconciliation.cause is 'The cause of most of it; null: there is no difference';
comment on column bi.reconciliation.price_jpy is 'The same tokens at another price';
comment on column bi.reconciliation.tokens_jpy is 'Other tokens';
comment on column bi.reconciliation.fx_jpy is 'Another exchange rate';
comment on column bi.reconciliation.timing_jpy is 'Counted on the neighbouring day';
comment on column bi.reconciliation.rounding_jpy is 'Less than the last digit that the vendor writes';
comment on column bi.reconciliation.unknown_attempt_jpy is 'Billed for attempts whose answer nobody saw, not settled yet';
comment on column bi.reconciliation.unexplained_jpy is 'For a person';
