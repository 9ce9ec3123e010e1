"""The dated prices of one model over all layers: a later layer's contract price outranks what is shipped."""

from collections.abc import Sequence

from pydantic import ValidationError

from yakin.catalogue.library_prices import library_rates
from yakin.catalogue.problems import FieldPath, Mark, Problems, mark_of
from yakin.catalogue.schema import LibraryPrices, MachinePriceRow, PriceRow
from yakin.catalogue.yaml_lines import Entry
from yakin.domain.pricing import PriceRate, Tier
from yakin.errors import UnknownPrice


def model_rates(
    blocks: Sequence[Entry], *, name: str, vendor_model: str, problems: Problems
) -> tuple[tuple[PriceRate, ...], str | None]:
    """The rates of a model, and why it has none where the library does not know it.

    Blocks come earliest layer first. From the first day that a later block prices a tier, only
    that block speaks for the tier: a contract is not moved by a list price that changes later.
    """
    rates: tuple[PriceRate, ...] = ()
    why_none: str | None = None
    for block in blocks:
        try:
            rates = _outranked(rates, _block_rates(block, name, vendor_model, problems))
        except UnknownPrice as error:
            why_none = str(error)
    return tuple(sorted(rates, key=lambda rate: (rate.tier, rate.valid_from, rate.over_input_tokens))), why_none


def _outranked(shipped: tuple[PriceRate, ...], contract: tuple[PriceRate, ...]) -> tuple[PriceRate, ...]:
    since = {tier: min(rate.valid_from for rate in contract if rate.tier is tier) for tier in _tiers(contract)}
    kept = tuple(rate for rate in shipped if rate.tier not in since or rate.valid_from < since[rate.tier])
    return kept + contract


def _tiers(rates: Sequence[PriceRate]) -> set[Tier]:
    return {rate.tier for rate in rates}


def _block_rates(block: Entry, name: str, vendor_model: str, problems: Problems) -> tuple[PriceRate, ...]:
    given = block.fields["prices"]
    if isinstance(given, dict):
        try:
            return library_rates(LibraryPrices.model_validate(given), vendor_model)
        except ValidationError as error:
            problems.add_validation(error, _below(block, ("prices",)), f"model {name} prices")
            return ()
    if not isinstance(given, list):
        problems.add(mark_of(("prices",), block.marks), f"model {name} prices", "is neither rows nor a library", _FORM)
        return ()
    rows = [_row(block, index, name, problems) for index in range(len(given))]
    return _distinct([row for row in rows if row], block, name, problems)


_PER_HOUR = frozenset({"jpy_per_hour", "input_tokens_per_second", "output_tokens_per_second"})
_PER_TOKEN = frozenset({"input_per_mtok", "output_per_mtok", "cached_input_per_mtok", "cache_write_per_mtok"})
_ROWS = "a machine of your own has jpy_per_hour and tokens per second, anything else a price per million tokens"
_FORM = "write rows `- {from: …}` or `{library: genai-prices, provider: …}`"


def _row(block: Entry, index: int, name: str, problems: Problems) -> PriceRate | None:
    given = block.fields["prices"]
    assert isinstance(given, list)
    row, marks, owner = given[index], _below(block, ("prices", index)), f"model {name} prices[{index}]"
    fields = set(row) if isinstance(row, dict) else set()
    if fields & _PER_HOUR and fields & _PER_TOKEN:
        problems.add(marks[()], owner, "gives a price per hour and one per token", "keep one of them; " + _ROWS)
        return None
    try:
        if fields & _PER_HOUR:
            return MachinePriceRow.model_validate(row).rate()
        return PriceRate(**PriceRow.model_validate(row).model_dump())
    except ValidationError as error:
        problems.add_validation(error, marks, owner)
        return None


def _below(block: Entry, at: FieldPath) -> dict[FieldPath, Mark]:
    depth = len(at)
    return {path[depth:]: mark for path, mark in block.marks.items() if path[:depth] == at}


def _distinct(rates: list[PriceRate], block: Entry, name: str, problems: Problems) -> tuple[PriceRate, ...]:
    seen: set[tuple[object, ...]] = set()
    for rate in rates:
        key = (rate.tier, rate.valid_from, rate.over_input_tokens)
        if key in seen:
            mark = mark_of(("prices",), block.marks)
            problems.add(mark, f"model {name} prices", f"two {rate.tier} rows start on {rate.valid_from}", "keep one")
        seen.add(key)
    return tuple(rates)
