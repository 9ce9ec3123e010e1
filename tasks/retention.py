"""What purging needs open: the database, the policy, the use cases, this home. No vendor, no model, no document."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tasks import local_services
from yakin.catalogue.budgets import budget_rules
from yakin.catalogue.policy import load_policy
from yakin.domain.calendar import business_date
from yakin.domain.caps import BudgetRules
from yakin.domain.policy import Policy
from yakin.errors import SettingsError
from yakin.settings import read_settings
from yakin.store.pool import Pool
from yakin.use_cases.load import load_use_cases


@dataclass(frozen=True, slots=True, repr=False)
class Keeping:
    """What the purge of this process works on. `answer_days` has no use case whose answers are kept for ever."""

    home: Path
    pool: Pool
    policy: Policy
    answer_days: Mapping[str, int]
    now: datetime
    budget_rules: BudgetRules


_current: Keeping | None = None


def current() -> Keeping:
    """What this process has open."""
    if _current is None:
        raise SettingsError("nothing is open to purge; tasks run inside the purge flow")
    return _current


@asynccontextmanager
async def opened() -> AsyncIterator[Keeping]:
    """Open it for one purge, and close it whatever happens."""
    global _current  # noqa: PLW0603 - as in tasks/resources.py: tasks take numbers, not handles
    settings = read_settings()
    database = await local_services.migrated_database(settings)
    now = datetime.now(UTC)
    use_cases = load_use_cases(settings.use_cases).values()
    days = {each.facts.name: each.facts.answers_kept_days for each in use_cases}
    _current = Keeping(
        home=settings.home,
        pool=await Pool.open(database.app_url, max_size=2),
        policy=load_policy(settings.catalogue_layers, business_date(now)),
        answer_days={name: kept for name, kept in days.items() if kept is not None},
        now=now,
        budget_rules=budget_rules(settings.catalogue_layers),
    )
    try:
        yield _current
    finally:
        await _current.pool.close()
        _current = None
