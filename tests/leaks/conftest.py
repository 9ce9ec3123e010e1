"""A house with planted documents, and one look at every place where a string could have got to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.leaks.places import everywhere
from tests.leaks.planting import Planted, plant
from tests.night_fixtures import Ended, House

EVERYTHING_TALKS = {
    "PREFECT_LOGGING_LEVEL": "DEBUG",
    "PREFECT_LOGGING_ROOT_LEVEL": "DEBUG",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "DEBUG",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "yakin,tasks,openai,langchain_core,langchain_openai,psycopg",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONWARNINGS": "always",
}


@pytest.fixture
def planted(house: House) -> Planted:
    """Documents with markers in the house's folder; what the command writes to a temporary folder stays in sight."""
    return _planted(house, mixed=14)


@pytest.fixture
def planted_few(house: House) -> Planted:
    """The same without the mixed folder beside them, for nights that are slow because they fail."""
    return _planted(house, mixed=0)


def _planted(house: House, mixed: int) -> Planted:
    temporary = house.home.parent / "tmp"
    temporary.mkdir()
    house.environment["TMPDIR"] = str(temporary)
    return plant(house.documents, mixed)


@pytest.fixture
def look(house: House, postgres_home: Path, prefect_api, database) -> Callable[..., dict[str, bytes]]:
    """Every place by name with what is in it, after these commands."""

    def read(*ended: Ended) -> dict[str, bytes]:
        return dict(everywhere(house, ended, postgres_home, prefect_api, database.name))

    return read


@pytest.fixture
def talkative(house: House) -> House:
    """The house with every logger at DEBUG and handed to Prefect."""
    house.environment |= EVERYTHING_TALKS
    return house
