"""With PREFECT_API_URL, `yakin up` deploys there and starts nothing here."""

import pytest

from tests.prefect_side.conftest import Prefect
from yakin.local import prefect_server

pytestmark = pytest.mark.live


def test_it_deploys_and_says_what_is_left_to_do(house):
    house.environment.pop("YAKIN_PROJECT_ROOT", None)
    ended = house.yakin("up")

    assert ended.code == 0, ended.err
    assert "prefect worker start --pool yakin" in ended.out
    assert prefect_server.status(house.home) is None
    prefect = Prefect(house.environment["PREFECT_API_URL"])
    night = prefect.deployment("night-run")
    assert [each["slug"] for each in night["schedules"]] == ["working-nights"]
    assert night["global_concurrency_limit"]["limit"] == 1
    assert prefect.ask("/work_pools/yakin/workers/filter", {}) == []
