-- An evaluation is written item by item, so that a killed one goes on; only a complete one counts.
alter table yakin.evaluation add column complete boolean not null default true;
comment on column yakin.evaluation.complete is 'False while it is under way: nothing rests on it yet';
drop index yakin.evaluation_newest;
create index evaluation_newest on yakin.evaluation (use_case, rehearsal, evaluation_id desc) where complete;
