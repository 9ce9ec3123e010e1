"""Hundreds of callers in several processes, vendors that fail in every way, workers killed: no cap is passed by a sen.

`python -m bench.storm --seeds 50` does the same with a thousand callers, fifty times.
"""

import pytest

from bench.storm.draw import Size, draw
from bench.storm.storm import Place, pass_through
from yakin.local import sandbox

SEED = 0  # a month's cap over everything; yen and dollars; workers are killed


@pytest.fixture
def place(tmp_path):
    built = Place.prepare(tmp_path / "home")
    yield built
    sandbox.stop(built.home)


def test_in_a_storm_no_cap_is_passed_and_the_ledger_is_what_the_vendors_metered(place, database, tmp_path):
    folder = tmp_path / "storm"
    folder.mkdir()

    passed = pass_through(
        draw(SEED, Size(callers=200, processes=3)), place, database.owner_url, database.app_url, folder
    )

    assert passed.sums.problems == []
    assert passed.killed > 0
    assert passed.sums.answered > 0
    assert passed.sums.tight.utilisation >= 0.98
