"""Batch lines are transfers like requests: the register counts what the vendor's files held."""

import json
from collections import Counter

from tests.batches.conftest import JAPAN_REGION
from tests.batches.test_a_night_waits_for_batches import INQUIRIES, LETTER


def test_masked_batch_lines_are_in_the_register_with_their_form_and_place(night):
    night.prefer(*JAPAN_REGION)
    night.vendor("japan-region", batch_delay_s=1)
    night.write(LETTER, *INQUIRIES)
    ended = night.run()
    assert ended.code == 0, ended.err

    shown = night.house.yakin("register", "--rehearsal", "--json")

    assert shown.code == 0, shown.err
    lines = night.lines("japan-region")
    assert lines
    sent = Counter("［人物_" in json.dumps(line, ensure_ascii=False) for line in lines)
    listed = Counter()
    for line in shown.object["lines"]:
        if line["vendor"] == "Sandbox (Japan region)":
            listed[line["masked"]] += line["requests"]
            assert (line["region"], line["operator_country"]) == ("JP", "US")
    realtime = len(night.received("japan-region", "chat/completions"))
    assert listed.total() == sent.total() + realtime
    assert listed[True] >= sent[True] > 0
    assert night.house.rows(
        "select count(*) from yakin.batch_line l join yakin.attempt a using (attempt_id) "
        "left join bi.transfers t on a.decision_id = any (t.decision_ids) where t.document_id is null"
    ) == [(0,)]
