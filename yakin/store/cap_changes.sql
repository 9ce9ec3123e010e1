-- cap_changes --
-- A run's own cap comes with its command and is shown with the run.
select at, scope, key, per, period_start, period_end, from_jpy, to_jpy, set_by, made_by, because
from bi.cap_changes
where scope <> 'run' and rehearsal = %(rehearsal)s and at >= %(since)s::timestamp at time zone 'Asia/Tokyo'
order by change_id desc;
