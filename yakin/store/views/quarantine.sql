-- What may go nowhere, cannot be read, or was set aside: what a person has to look at, and what would release it.
create or replace view bi.quarantine with (security_barrier) as
select w.document_id,
       case when pg_has_role(current_user, 'bi_restricted', 'usage') or pg_has_role(current_user, 'auditor', 'usage')
              or greatest(yakin.level_rank(coalesce(n.level, 'restricted')), yakin.level_rank(p.baseline))
                 <= yakin.level_rank('confidential')
            then p.uri end as uri,
       p.department,
       p.owner,
       coalesce(c.counts, '{}') as kinds,
       s.since,
       w.reason::text as reason,
       case when v.at > w.updated_at then 'Reviewed since: the next night decides again'
            else u.release end as release,
       case when v.at > w.updated_at then '見直し済み。次の夜間処理で改めて判定します'
            else u.release_ja end as release_ja,
       w.run_id as last_run_id,
       w.business_date as last_business_date,
       w.use_case,
       w.rehearsal,
       coalesce(n.level, 'restricted')::text as level,
       v.review_id
from (
  select distinct w.document_id, w.use_case
  from yakin.work w join yakin.run r using (run_id)
  where r.purpose = 'night' and w.reason in ('quarantine', 'set_aside', 'egress_refused', 'no_offer', 'encrypted', 'corrupt', 'too_large',
                   'unknown_type', 'unreadable', 'parse_timeout', 'parser_failed')
) held
cross join lateral (
  select w.document_id, w.use_case, w.run_id, w.reason, w.updated_at, w.rehearsal, r.business_date
  from yakin.work w join yakin.run r using (run_id)
  where w.document_id = held.document_id and w.use_case = held.use_case and r.purpose = 'night'
  order by w.rehearsal, r.started_at desc
  limit 1
) w
join (values
  ('quarantine',
   'yakin level set DOCUMENT LEVEL --dismiss my_number, if the finding is a false alarm; or a use case that declares a My Number purpose, which stays on premises',
   '誤検知なら yakin level set DOCUMENT LEVEL --dismiss my_number。業務で個人番号を扱う用途は社内モデルに限り宣言できます'),
  ('set_aside', 'A person looks at it; --backfill or a new version of the use case tries again',
   '担当者が内容を確認し、--backfill または用途の新しい版で再実行'),
  ('egress_refused', 'A person looks at it: the gate found what may not leave; raise its level, or correct the detection',
   '送信直前の検査で止まりました。区分の引き上げ、または検出の見直し'),
  ('no_offer', 'Its level and the flags of its folder leave no zone: correct the source register or the policy',
   '区分と台帳の指定により送信先がありません。台帳または方針を見直す'),
  ('encrypted', 'Save it without a password', 'パスワードを外して保存し直す'),
  ('corrupt', 'Replace it by a file that opens', '開けるファイルに差し替える'),
  ('too_large', 'Split it', 'ファイルを分割する'),
  ('unknown_type', 'Save it in a format that yakin reads', '対応形式で保存し直す'),
  ('unreadable', 'Let the worker read it', '読み取り権限を付与する'),
  ('parse_timeout', 'Save it anew, or split it', '保存し直すか、分割する'),
  ('parser_failed', 'Save it anew in another format', '別の形式で保存し直す')
) as u (reason, release, release_ja) on u.reason = w.reason
cross join lateral (
  select i.uri, i.baseline, i.department, i.owner
  from yakin.sighting s join yakin.item i using (item_id)
  where s.document_id = w.document_id
  order by s.is_current desc, yakin.level_rank(i.baseline) desc, i.uri
  limit 1
) p
cross join lateral (
  select min(x.updated_at) as since
  from yakin.work x
  where x.document_id = w.document_id and x.use_case = w.use_case and x.reason = w.reason and x.rehearsal = w.rehearsal
) s
left join lateral (
  select counts from yakin.classification where document_id = w.document_id order by classified_at desc limit 1
) c on true
left join lateral (
  select level, allowed_zones from yakin.decision where document_id = w.document_id order by decision_id desc limit 1
) n on true
left join lateral (
  select review_id, at from yakin.level_review where document_id = w.document_id order by review_id desc limit 1
) v on true
where (not exists (select from yakin.reader_limit)
       or p.department in (select l.department from yakin.reader_limit l))
  and (w.reason <> 'no_offer' or cardinality(n.allowed_zones) = 0)
  and not exists (select from yakin.forgotten f where f.document_id = w.document_id);
comment on view bi.quarantine is 'One row per document and use case that waits for a person: it may go nowhere, cannot be read, or was set aside';
comment on column bi.quarantine.document_id is 'The document';
comment on column bi.quarantine.uri is 'The place; null for bi_reader above confidential or when never judged';
comment on column bi.quarantine.department is 'Department of the place';
comment on column bi.quarantine.owner is 'Who answers for the place';
comment on column bi.quarantine.kinds is 'Findings per kind in its newest classification';
comment on column bi.quarantine.since is 'When it first ended for this reason';
comment on column bi.quarantine.reason is 'Why it is held';
comment on column bi.quarantine.release is 'What would release it';
comment on column bi.quarantine.release_ja is '解除の条件';
comment on column bi.quarantine.last_run_id is 'The newest run that held it';
comment on column bi.quarantine.last_business_date is 'Its business day';
comment on column bi.quarantine.use_case is 'Use case';
comment on column bi.quarantine.rehearsal is 'From a rehearsal, where no real run had to do with it';
comment on column bi.quarantine.level is 'Level in its newest decision; never judged counts as restricted';
comment on column bi.quarantine.review_id is 'The newest level that a person set, if any';
