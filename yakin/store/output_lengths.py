"""How long the answers of earlier runs were, for the bounds of the next one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection

from yakin.domain.documents import RunId
from yakin.domain.output_bounds import OutputLengths
from yakin.domain.routing import Offer
from yakin.store.queries import load_queries

_SQL = load_queries("output_lengths")
LAST_RUNS = 60
LAST_ANSWERS = 1000  # per offer: enough for a high quantile, few enough to follow a vendor that changes


@dataclass(frozen=True, slots=True)
class Wanted:
    """A use case in its present version, and the offers that may be asked for it."""

    use_case: str
    version: str
    offers: Sequence[Offer]


async def lengths(
    conn: AsyncConnection, run_id: RunId, wanted: Sequence[Wanted], *, rehearsal: bool
) -> dict[tuple[str, str], OutputLengths]:
    """By use case and model: the last first answers (no repairs) of other runs, real or rehearsed like this one."""
    pairs = [(each, offer) for each in wanted for offer in each.offers]
    rows = await _SQL.all(
        conn,
        "lengths",
        run_id=run_id,
        rehearsal=rehearsal,
        use_cases=[each.use_case for each, _ in pairs],
        versions=[each.version for each, _ in pairs],
        offers=[offer.name for _, offer in pairs],
        models=[offer.model.name for _, offer in pairs],
        vendor_models=[offer.model.vendor_model for _, offer in pairs],
        last_runs=LAST_RUNS,
        last_answers=LAST_ANSWERS,
    )
    answers: defaultdict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    cut: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        key = (row["use_case"], row["model"])
        if row["cut"]:
            cut[key] += row["answers"]
        else:
            answers[key][row["output_tokens"]] = row["answers"]
    return {key: OutputLengths(answers.get(key, {}), cut.get(key, 0)) for key in {*answers, *cut}}
