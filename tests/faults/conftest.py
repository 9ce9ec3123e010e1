"""The fixture of nights that are interfered with."""

import pytest

from tests.faults.interfered import Night


@pytest.fixture
def night(house) -> Night:
    """Inquiries to answer for ¥50; `limit` and `vendors` make the vendors slow, faulty or narrow."""
    job = ("run", house.documents, "--use-case", "inquiry_triage", "--budget-jpy", 50, "--json")
    built = Night(house, job)
    built.limit()
    return built
