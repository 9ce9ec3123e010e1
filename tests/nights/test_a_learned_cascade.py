"""What an evaluation learned of a signal is a cascade that the next night plans, follows and can explain."""

import json
import os
import shutil
from datetime import datetime, timedelta

import pytest
import yaml

from yakin.domain.calendar import JST
from yakin.local import sandbox
from yakin.use_cases.load import load_use_cases

CHEAP, BETTER = "sandbox-gpt-6-luna", "sandbox-plamo-3.0-prime"
GOLDEN, DOCUMENTS = 45, 6
DEADLINE_MINUTES, BETTER_SECONDS = 25, 600  # the better model alone would have time for two


@pytest.fixture
def triage(house, tmp_path):
    """Two models: a cheap one that knows two of three documents and says so, and a good one with little time."""
    folder = tmp_path / "use_cases" / "small_triage"
    shutil.copytree(load_use_cases(None)["inquiry_triage"].folder, folder)
    lines = [
        {
            "id": f"g-{number}",
            "document": f"型番{number}の見積。",
            "expected": {"category": "quote"},
            "level": "internal",
        }
        for number in range(GOLDEN)
    ]
    (folder / "golden.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    quote = {"prefer": {"category": "quote"}}
    sandbox.control(house.home, "overseas", {**quote, "unsure_share": 0.3})
    sandbox.control(house.home, "domestic", quote)
    found = sandbox.status(house.home)
    names = [each["name"] for each in yaml.safe_load(found.catalogue_path.read_text())["models"]]
    models = [{"name": name, "quality_prior": {"*": 0.1}} for name in names if name not in (CHEAP, BETTER)]
    models.append({"name": BETTER, "seconds_per_document": BETTER_SECONDS})
    layer = {"endpoints": [{"name": "sandbox-domestic", "limits": {"concurrency": 1}}], "models": models}
    (house.home / "layer.yaml").write_text(yaml.safe_dump(layer))
    house.environment |= dict(found.keys)
    house.environment["YAKIN_CATALOGUE"] = os.pathsep.join([str(found.catalogue_path), str(house.home / "layer.yaml")])
    house.environment["YAKIN_USE_CASES"] = str(folder.parent)
    return "small_triage"


def test_a_cascade_that_was_learned_is_planned_and_asks_the_better_model_where_the_cheap_one_is_unsure(
    house, texts, triage
):
    learned = house.yakin("evaluate", triage, "--models", f"{CHEAP},{BETTER}", "--budget-jpy", 100, "--json")
    assert learned.code == 0, learned.err
    texts(*(f"部品{number}の見積をお願いします。" for number in range(DOCUMENTS)))

    deadline = (datetime.now(JST) + timedelta(minutes=DEADLINE_MINUTES)).strftime("%H:%M")
    job = ("--use-case", triage, "--budget-jpy", 50, "--json")
    ended = house.yakin("run", house.documents, *job, "--deadline", deadline)

    assert ended.code == 0, ended.err
    run_id = ended.object["run_id"]
    chosen = house.rows(
        "select option, count(distinct document_id) from bi.decisions "
        "where run_id = %s and option like '%%>%%' group by 1",
        run_id,
    )
    assert chosen
    assert {option.partition("@")[0] for option, _ in chosen} == {f"{CHEAP}>{BETTER}"}
    taken, doubted = (
        house.rows("select count(*) from bi.attempts where run_id = %s and accepted = %s", run_id, accepted)[0][0]
        for accepted in (True, False)
    )
    assert taken + doubted == sum(documents for _, documents in chosen)
    assert taken > 0
    assert house.rows("select count(*) from bi.attempts where run_id = %s and step = 1", run_id) == [(doubted,)]
    assert house.charged() == house.metered()

    explained = house.yakin("explain", house.documents / "000.txt", "--use-case", triage, "--json").object
    assert chosen[0][0] in [each["offer"] for each in explained["offers"]]
