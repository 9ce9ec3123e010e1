"""What a sandbox vendor answers at once fits what is asked."""

import pytest

from yakin.local.sandbox.instant import answer_text
from yakin.local.sandbox.request import ChatRequest
from yakin.use_cases.load import load_use_cases

SHIPPED = load_use_cases(None)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_shipped_use_case_is_answered_validly_by_an_instant_vendor(name):
    question = SHIPPED[name].question()
    asked = ChatRequest("any", [("user", "契約書\n2027年3月20日まで。")], {}, question.schema, None, None, {})
    assert question.validate(answer_text(asked))
