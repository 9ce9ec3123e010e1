"""What is answered for each contract."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Party = Annotated[str, Field(min_length=1, max_length=80)]


class Answer(BaseModel):
    """The terms that somebody has to watch. What the contract does not say is null."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    parties: list[Party] = Field(min_length=1, max_length=6)
    effective_date: date | None
    expiry_date: date | None
    auto_renewal: bool | None
    notice_days: Annotated[int, Field(ge=0, le=1100)] | None
    governing_law: Annotated[str, Field(pattern="^[A-Z]{2}$", min_length=2, max_length=2)] | None
    liability_cap: Annotated[str, Field(min_length=1, max_length=120)] | None
    amount_jpy: Annotated[int, Field(ge=0, le=10_000_000_000_000)] | None
