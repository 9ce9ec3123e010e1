"""A use case's golden set over candidate models: how right, how dear, how fast, and what can be learned from it."""

from prefect import flow, runtime

from tasks import ending, resources
from tasks.bounded import each
from tasks.classify import classify, to_classify
from tasks.evaluate import evaluate_slice
from tasks.evaluate_close import close_evaluation
from tasks.evaluate_open import open_evaluation, register_golden
from tasks.evaluate_plan import plan_evaluation
from tasks.evaluation_parameters import EvaluationParameters, EvaluationSummary
from tasks.judge import judge, to_judge
from tasks.resuming import through_restarts
from tasks.thresholds import tell_crossed_thresholds

SLICES_AT_ONCE = 8


def _name() -> str:
    """The flow run's name: what is evaluated, for how much."""
    given = runtime.flow_run.parameters["parameters"]
    parameters = given if isinstance(given, EvaluationParameters) else EvaluationParameters.model_validate(given)
    return f"evaluate-{parameters.use_case}-{parameters.budget_jpy}yen"


@flow(name="evaluate-models", flow_run_name=_name, persist_result=False)
async def evaluate_models(parameters: EvaluationParameters) -> EvaluationSummary:
    """Ask golden items of every candidate within clearance, budget and deadline; score, measure and learn.

    Args:
        parameters: whose golden set, which models, what may be spent and until when.
    """
    return await through_restarts(one_evaluation, parameters)


async def one_evaluation(parameters: EvaluationParameters) -> EvaluationSummary:
    """The steps of a night, but for the answers: they are scored and not kept."""
    async with resources.opened(parameters.mode), ending.recorded():
        run_id = await open_evaluation(parameters)
        await register_golden(run_id)
        for document_ids in await to_classify(run_id):
            await classify(run_id, document_ids)
        for document_ids in await to_judge(run_id):
            await judge(run_id, document_ids)
        planned = await plan_evaluation(run_id)
        await each(lambda part: evaluate_slice(run_id, part), planned.slices, at_most=SLICES_AT_ONCE)
        summary = await close_evaluation(run_id)
        await tell_crossed_thresholds()
        return summary
