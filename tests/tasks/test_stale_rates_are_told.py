import logging
from dataclasses import replace

from tasks.exchange_rates import warn_of_stale
from tests.store.story import USD, offer


def test_a_run_says_once_per_currency_that_the_budget_rate_stands_in(caplog):
    stale = replace(USD, stale=True)
    with caplog.at_level(logging.WARNING, logger="yakin.run"):
        warn_of_stale([offer("a", fx=stale), offer("b", fx=stale), offer("c", fx=USD), offer("d")], rehearsal=False)
        warn_of_stale([offer("a", fx=stale)], rehearsal=True)
    (said,) = caplog.messages
    assert said.startswith("USD is charged at the budget rate 155.37 of 2026-11-23: no fresh rate is known")
