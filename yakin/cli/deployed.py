"""What a deployment of the night is started with, as the Prefect server has it."""

import asyncio
from typing import TYPE_CHECKING

from pydantic import ValidationError

from yakin.cli import services
from yakin.errors import UsageError
from yakin.settings import read_settings

if TYPE_CHECKING:
    from tasks.parameters import NightRunParameters

FLOW = "night-run"


def parameters_of(deployment: str) -> "NightRunParameters":
    """The parameters of a deployment of `night_run`; raises UsageError naming what is there."""
    services.use_prefect(read_settings())  # before anything imports Prefect, which reads its settings once
    from tasks.parameters import NightRunParameters

    given = asyncio.run(_given(deployment))
    try:
        return NightRunParameters.model_validate(given.get("parameters"))
    except ValidationError as invalid:
        first = invalid.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "parameters"
        raise UsageError(f"--for-deployment: {deployment} has {field}: {first['msg']}; correct prefect.yaml") from None


async def _given(deployment: str) -> dict[str, object]:
    from prefect import get_client
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName
    from prefect.exceptions import ObjectNotFound

    async with get_client() as client:
        try:
            return dict((await client.read_deployment_by_name(f"{FLOW}/{deployment}")).parameters)
        except ObjectNotFound:
            every = await client.read_deployments(flow_filter=FlowFilter(name=FlowFilterName(any_=[FLOW])))
            known = ", ".join(sorted(each.name for each in every)) or "none; `yakin up` makes those of prefect.yaml"
            raise UsageError(f"--for-deployment: no deployment {deployment!r} of the night; known: {known}") from None
