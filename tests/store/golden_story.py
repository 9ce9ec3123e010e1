"""An evaluation that was closed: golden scores of models, written through the store itself."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.store.story import USE_CASE, VERSION, new_run, registration
from yakin.domain.documents import RunPurpose
from yakin.domain.evaluating import MeasuredQuality
from yakin.domain.routing import Offer
from yakin.store import documents, evaluations, run_offers, runs
from yakin.store.evaluations import EvaluationId
from yakin.store.pool import Pool

_NUMBERS = itertools.count(1)
_INSERT = """
insert into yakin.evaluated_answer (evaluation_id, item, model, offer, document_id, outcome, score, fields, features,
                                    signals, cost_jpy)
select %s, 'item-' || n, %s, %s, %s, 'answered', score, '{}', '{}', '{}', 0
from unnest(%s::double precision[]) with ordinality as given (score, n)
"""


async def evaluated(
    pool: Pool,
    scores: Mapping[str, Sequence[float]],
    offers: Sequence[Offer],
    *,
    use_case: str = USE_CASE,
    version: str = VERSION,
    golden: str = "g1",
    rehearsal: bool = False,
) -> EvaluationId:
    """The scores of each model, item by item; a model with fewer of them was not asked the last items."""
    opening = new_run(f"evaluation {next(_NUMBERS)}", rehearsal=rehearsal)
    jobs = tuple(replace(job, use_case=use_case, use_case_version=version) for job in opening.jobs)
    async with pool.connection() as conn:
        run = await runs.open_run(conn, replace(opening, jobs=jobs, purpose=RunPurpose.EVALUATION))
        await run_offers.freeze_offers(conn, run.run_id, offers)
        (golden_item,) = await documents.register(conn, [registration("file:///golden/1.txt", "a" * 64)])
        items = max(map(len, scores.values()))
        evaluation_id = await evaluations.begin(
            conn, run.run_id, use_case, version, golden, items=items, rehearsal=rehearsal
        )
        for model, each in scores.items():
            await conn.execute(_INSERT, (evaluation_id, model, model, golden_item.document_id, list(each)))
        means = {model: sum(each) / len(each) for model, each in scores.items()}
        qualities = [
            MeasuredQuality(model, "", "", len(scores[model]), mean, max(0, mean - 0.1), min(1, mean + 0.1), 0.95)
            for model, mean in means.items()
        ]
        await evaluations.close(conn, evaluation_id, qualities, [])
    return evaluation_id
