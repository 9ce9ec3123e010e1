"""What is answered for each trouble report."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[str, Field(min_length=1, max_length=120)]


class Answer(BaseModel):
    """症状・原因・処置・再発防止. What the report does not say is null."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    product: Annotated[str, Field(min_length=1, max_length=60)] | None
    symptom: Words
    cause: Words | None
    action: Words | None
    prevention: Words | None
    severity: Literal["critical", "major", "minor"]
