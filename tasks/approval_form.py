"""The form that the Prefect UI shows on Resume.

The server checks what is typed against the form's JSON schema, and refuses; what passes it must not
fail here, where it would end the night. So every condition on it stands in the schema.
"""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Annotated

from prefect.input import RunInput
from pydantic import Field, WithJsonSchema, create_model
from pydantic.config import JsonDict

from yakin.domain.approving import Said, Verdict, proposed_jpy
from yakin.domain.fx import YEN_PLACES
from yakin.domain.planning import Quote


class Answer(StrEnum):
    """What a person may choose."""

    APPROVE = "approve"
    DECLINE = "decline"


class Approval(RunInput):
    """What a person says to a quote. `approval_form` adds the amount that it is offered with."""

    verdict: Answer = Field(
        Answer.DECLINE,
        title="Verdict 判断",
        description="approve 承認: up to the amount below. decline 却下: only the standing budget",
        json_schema_extra={"position": 0},
    )
    up_to_jpy: Decimal = Field(Decimal(0), json_schema_extra={"position": 1})
    approved_by: str = Field(
        title="Your name 承認者",
        description="Kept with what you decide",
        max_length=100,
        pattern=r"\S",
        json_schema_extra={"position": 2},
    )

    def said(self, budget_jpy: Decimal) -> Said:
        """The verdict as it is stored: yen to six decimals, never above the budget."""
        by = self.approved_by.strip()
        if self.verdict is Answer.DECLINE:
            return Said(Verdict.DECLINE, by)
        up_to_jpy = min(max(self.up_to_jpy, Decimal(0)), budget_jpy)
        return Said(Verdict.APPROVE, by, up_to_jpy.quantize(YEN_PLACES, ROUND_DOWN))


def approval_form(quote: Quote, budget_jpy: Decimal, description: str) -> type[Approval]:
    """The form of one quote: its p95 in whole yen stands in it, and no more than the budget is taken."""
    offered_jpy = proposed_jpy(quote.p95_jpy, budget_jpy)
    amount = Field(
        offered_jpy,
        title="Up to (yen) 承認額",
        description="The night's cap when you approve: what 95 nights of a hundred stay below, in whole yen",
        json_schema_extra=_shown_as(offered_jpy),
    )
    schema = WithJsonSchema({"type": "number", "minimum": 0, "maximum": float(budget_jpy)})
    form = create_model("Approval", __base__=Approval, up_to_jpy=(Annotated[Decimal, schema], amount))
    return form.with_initial_data(description=description)


def _shown_as(amount: Decimal) -> Callable[[JsonDict], None]:
    """A number in the form: JSON schema would have a decimal as text."""
    number = int(amount) if amount == amount.to_integral_value() else float(amount)

    def write(schema: JsonDict) -> None:
        schema["default"] = number
        schema["position"] = 1

    return write
