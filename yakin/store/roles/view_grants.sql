-- Auditors see every decision and no content.
grant select on all tables in schema bi to bi_reader, bi_restricted, auditor, {app};
revoke select on bi.answers from auditor;
