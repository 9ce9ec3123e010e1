"""What the judge may say: one word of a closed list. No free text, because a verdict must not carry content."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

# A small model tells four kinds of harmless documents apart better than it recognises the absence of harm.
HARMLESS = frozenset({"announcement", "reference", "company_rules", "daily_work"})


class Answer(BaseModel):
    """What kind of document it is."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    category: Literal[
        "deal",
        "unpublished_results",
        "trade_secret",
        "pricing",
        "hr_evaluation",
        "layoffs",
        "legal_dispute",
        "security_incident",
        "announcement",
        "reference",
        "company_rules",
        "daily_work",
    ]
