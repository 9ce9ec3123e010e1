"""One night of the drill in a process of its own: `python -m bench.replanning.night FOLDER USE_CASE YEN on|off`."""

import asyncio
import sys
from decimal import Decimal

from flows.night_run import night_run
from tasks.parameters import JobParameters, Mode, NightRunParameters


def main() -> int:
    """Run the flow as a worker would."""
    source, use_case, budget_jpy, replanning = sys.argv[1:]
    parameters = NightRunParameters(
        jobs=[JobParameters(source=source, use_case=use_case)],
        budget_jpy=Decimal(budget_jpy),
        mode=Mode.REHEARSAL,
        replan_on_drift=replanning == "on",
    )
    asyncio.run(night_run(parameters))
    return 0


if __name__ == "__main__":
    sys.exit(main())
