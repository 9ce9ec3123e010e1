"""A number that only this company knows raises the level and is masked, from its pattern in the catalogue on."""

import os

from tests.leaks.places import received_by
from yakin.local import sandbox


def test_a_companys_own_number_is_evidence_and_is_masked(house, texts):
    texts("管理表の照会です。ＺＺ－４４１７２８６９の件、見積をお願いします。")
    layer = house.home / "ours.yaml"
    layer.write_text("company_ids:\n  - {name: client, pattern: 'ZZ-\\d{8}'}\n", encoding="utf-8")
    found = sandbox.status(house.home)
    house.environment |= dict(found.keys)
    plain = house.yakin("explain", house.documents / "000.txt", "--rehearsal", "--json").object
    house.environment["YAKIN_CATALOGUE"] = os.pathsep.join([str(found.catalogue_path), str(layer)])
    sandbox.control(house.home, "domestic", {"faults": [{"kind": "server_error", "probability": 1.0}]})
    sandbox.control(house.home, "on-prem", {"faults": [{"kind": "server_error", "probability": 1.0}]})

    night = house.run("--rehearsal")

    assert plain["evidence"] == {}
    assert night.code == 0, night.err
    assert house.rows("select level, counts->>'company_id' from bi.decisions join yakin.classification c "
                      "using (document_id) where zones <> '{on_prem}' limit 1") == [("confidential", "1")]  # fmt: skip
    heard = received_by(house, "japan-region").decode()
    assert "識別番号_" in heard
    assert "４４１７２８６９" not in heard
    assert "44172869" not in heard
