"""The `vendor_shares:` section: how large a part of a night's documents one vendor may be planned for.

```yaml
vendor_shares:
  - {name: OpenAI, share: 0.5}
  - {name: "*", share: 0.7}      # every other vendor; one's own machines are nobody's
```
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, ValidationError

from yakin.catalogue.endpoints import PlacedEndpoint
from yakin.catalogue.layers import Merged
from yakin.catalogue.problems import Problems, mark_of
from yakin.catalogue.schema import Checked, Text

EVERY_OTHER = "*"


class VendorShareEntry(Checked):
    """One vendor, named as its endpoints name their operator."""

    name: Text
    share: Annotated[float, Field(ge=0, le=1)]


def vendor_shares(
    merged: Mapping[str, Merged], placed: Mapping[str, PlacedEndpoint], problems: Problems
) -> dict[str, float]:
    """The largest share by operator; empty where nobody sets one. A vendor that no endpoint has is a mistake."""
    operators = sorted({each.endpoint.operator for each in placed.values()})
    found: dict[str, float] = {}
    for name, item in merged.items():
        try:
            entry = VendorShareEntry.model_validate(dict(item.entry.fields))
        except ValidationError as error:
            problems.add_validation(error, item.entry.marks, f"vendor share {name}")
            continue
        if entry.name not in (EVERY_OTHER, *operators):
            remedy = f"use {EVERY_OTHER} or one of {', '.join(operators)}"
            mark = mark_of(("name",), item.entry.marks)
            problems.add(mark, f"vendor share {name} name", f"no endpoint is operated by {entry.name}", remedy)
        found[entry.name] = entry.share
    return found
