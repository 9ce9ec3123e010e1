"""Business days: a run belongs to the Japanese day that its night begins."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
NIGHT_ENDS = time(9, 0)  # a run that starts after midnight still belongs to the evening before


def business_date(moment: datetime) -> date:
    """The JST day of a run: before 09:00 it is the night of the day before."""
    local = moment.astimezone(JST)
    return local.date() if local.time() >= NIGHT_ENDS else local.date() - timedelta(days=1)


def deadline_at(clock: time, started_at: datetime) -> datetime:
    """The next time that a JST clock shows that time after the start."""
    local = started_at.astimezone(JST)
    today = datetime.combine(local.date(), clock, tzinfo=JST)
    return today if today > local else today + timedelta(days=1)


def fiscal_year(on: date, start_month: int = 4) -> int:
    """年度: the fiscal year of a day, named by the year in which it starts."""
    return on.year if on.month >= start_month else on.year - 1
