"""Which exchange rate a run of a day freezes, and why: the `fx:` section, and days on which banks are closed."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from yakin.catalogue.holidays import bank_holidays
from yakin.catalogue.problems import Problems
from yakin.catalogue.schema import Checked
from yakin.catalogue.yaml_lines import read_section
from yakin.domain.fx import PREFERRED, FxRate, RateChoice, RateKind, decide_rate


class FxEntry(Checked):
    """The section as declared: `fx: {prefer: [ttm, ecb]}`, the first fresh kind is used."""

    prefer: Annotated[tuple[RateKind, ...], Field(min_length=1)] = PREFERRED


def preferred_kinds(files: Sequence[Path], problems: Problems) -> tuple[RateKind, ...]:
    """The kinds of the last file that has the section; a bank's TTM before the ECB where none has."""
    preferred = PREFERRED
    for file in files:
        for section in read_section(file, "fx", problems):
            try:
                preferred = FxEntry.model_validate(dict(section.fields)).prefer
            except ValidationError as error:
                problems.add_validation(error, section.marks, "fx")
    return preferred


def rate_choice(rates: Iterable[FxRate], base: str, on: date, prefer: tuple[RateKind, ...] = PREFERRED) -> RateChoice:
    """The rate that a run of that business day freezes for a currency, and why.

    Age is counted in Japanese banking days for every kind. The ECB publishes on TARGET days, also on
    Japanese holidays, and not at Easter, on 1 May and at Christmas: two Japanese days in a row at most.
    """
    closed = bank_holidays(on.year - 1) | bank_holidays(on.year)
    return decide_rate(rates, base, on, kinds=prefer, holidays=closed)
