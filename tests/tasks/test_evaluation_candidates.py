"""A model that cannot be evaluated is refused with a remedy that answers the question."""

from decimal import Decimal

import pytest

from tasks.evaluate_open import _candidates
from tasks.evaluation_parameters import EvaluationParameters
from yakin.errors import UsageError


def test_a_model_that_cannot_be_asked_is_named_with_the_command_that_says_why():
    asked = EvaluationParameters(use_case="inquiry_triage", models=("gpt-6-luna",), budget_jpy=Decimal(5))
    with pytest.raises(
        UsageError, match=r"models: gpt-6-luna .* `yakin explain FILE --use-case inquiry_triage` says why"
    ):
        _candidates(asked, [])
