"""A real night, from outside: each charge says what it came from, and it is booked to the catalogue's cost centre."""

import os
import re
from pathlib import Path

from yakin.local import sandbox

FINANCE = (Path(__file__).parents[2] / "docs" / "finance.md").read_text(encoding="utf-8")
RECOMPUTE = re.search(r"^```sql recompute\n(.*?);\n```$", FINANCE, re.MULTILINE | re.DOTALL)
ALWAYS = (
    "run_id attempt_id document_id provider_request_id use_case vendor endpoint model vendor_model level zone tier "
    "purpose outcome input_tokens cached_input_tokens output_tokens price_rate_id input_per_mtok price_source "
    "price_valid_from price_checked cost_native currency fx_rate_id fx_rate fx_stale cost_jpy"
)


def test_each_charge_is_explained_and_booked_to_the_departments_cost_centre(house, texts):
    texts("ポンプが止まりました。至急お願いします。", "見積をお願いします。")
    layer = house.home / "ours.yaml"
    layer.write_text('departments:\n  - {name: 品質保証部, cost_centre: "0041"}\n', encoding="utf-8")
    found = sandbox.status(house.home)
    house.environment |= dict(found.keys)
    house.environment["YAKIN_CATALOGUE"] = os.pathsep.join([str(found.catalogue_path), str(layer)])

    night = house.run("--rehearsal", "--department", "品質保証部")
    layer.write_text('departments:\n  - {name: 法務, cost_centre: "0042"}\n', encoding="utf-8")
    texts("請求書を再発行してください。")
    unnamed = house.run("--rehearsal", "--department", "品質保証部")

    assert (night.code, unnamed.code) == (0, 0), night.err + unnamed.err
    assert "has no cost centre" not in night.err
    assert "department 品質保証部 has no cost centre; the catalogue's departments: names 法務" in unnamed.err
    by_centre = "select cost_centre, cost_jpy, documents from bi.cost_by_cost_centre_rehearsal order by 1"
    assert house.rows(by_centre) == [
        (centre, *house.rows("select sum(cost_jpy), %s from bi.runs where answered = %s", documents, documents)[0])
        for centre, documents in (("", 1), ("0041", 2))
    ]
    assert house.rows(f"select count(*) from bi.charges where num_nulls({ALWAYS.replace(' ', ', ')}) > 0") == [(0,)]
    assert house.rows(RECOMPUTE[1]) == []
    assert house.charged() == house.metered()
