"""The cascade bench on made-up answers: a signal that knows is used, one that does not is not."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from bench.cascade.__main__ import PICTURE, show
from bench.cascade.asking import Asked
from bench.cascade.tasks import SUFFIX, read_task

SAMPLES = 120
LINE = {
    "input": [{"role": "system", "content": "sort"}, {"role": "user", "content": "text"}],
    "ideal": "a",
    "choices": ["a", "b"],
}


@pytest.mark.parametrize(
    ("knows", "said"), [(True, "the planner would use: accept from"), (False, "the planner would use no cascade")]
)
def test_a_cascade_is_shown_where_its_signal_knows_something(tmp_path, capsys, knows, said):
    draw = np.random.default_rng(3)
    samples = [LINE | {"id": f"{number}"} for number in range(SAMPLES)]
    (tmp_path / f"made{SUFFIX}").write_text("\n".join(map(json.dumps, samples)))
    for model, right, cpu_s in (("small", 0.5, 1.0), ("large", 0.95, 8.0)):
        scores = (draw.random(SAMPLES) < right).astype(float)
        signals = (scores if knows else 0) - 1 - draw.random(SAMPLES)
        asked = [
            Asked(f"{number}", score, {"logprob": signal}, 100, 10, cpu_s / 100, cpu_s, cpu_s)
            for number, (score, signal) in enumerate(zip(scores, signals, strict=True))
        ]
        lines = "\n".join(json.dumps(asdict(each)) for each in asked)
        (tmp_path / f"made.{model}.asked.jsonl").write_text(lines)

    show({"made": read_task(tmp_path / f"made{SUFFIX}")}, ("small", "large"), tmp_path)

    assert said in capsys.readouterr().out
    assert (tmp_path / PICTURE).stat().st_size > 10_000
