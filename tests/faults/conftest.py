"""The fixture of nights that are interfered with."""

import pytest

from tests.faults.interfered import Night


@pytest.fixture
def night(house) -> Night:
    """Inquiries to answer for ¥50; `limit` and `vendors` make the vendors slow, faulty or narrow."""
    built = Night(house)
    built.limit()
    return built
