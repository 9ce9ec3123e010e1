"""Whether an answer's words are its document's."""

import pytest

from yakin.domain.grounding import grounded_share

DOCUMENT = "冷却水ポンプ P-12 から金属音。グリース切れのため、軸受を交換した。"


@pytest.mark.parametrize(
    ("texts", "share"),
    [
        (["金属音がする"], 1.0),
        (["ﾎﾟﾝﾌﾟ p-12"], 1.0),
        (["電磁弁"], 0.0),
        (["軸受を交換", "電磁弁"], 0.5),
        (["グリースとフィルター"], 0.5),
        (["です", ""], None),
        ([], None),
    ],
)
def test_the_share_of_words_that_the_document_has(texts, share):
    assert grounded_share(texts, DOCUMENT) == share
