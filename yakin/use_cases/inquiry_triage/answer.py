"""What is answered for each inquiry."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Where an inquiry goes, how soon, and what it is about."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    category: Literal["quote", "delivery", "defect", "contract", "billing", "hr", "other"]
    urgency: Literal["high", "normal", "low"]
    department: Literal["sales", "production", "quality", "legal", "accounting", "hr", "general_affairs"]
    language: Literal["en", "ja"]
    summary: str = Field(min_length=1, max_length=60)
