-- first --
-- What was said of the whole night before anything was spent.
select run_id, plan_version, quote from yakin.plan where run_id = %(run_id)s order by plan_version limit 1;

-- newest --
-- Of a dry run that was made again, the one that people saw last.
select run_id, plan_version, quote from yakin.plan where run_id = %(run_id)s order by plan_version desc limit 1;
