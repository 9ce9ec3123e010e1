"""`yakin approval`: a named person opens a zone that the policy opens only with an approval, until a day."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from yakin.catalogue.policy import load_policy
from yakin.cli.database import with_pool
from yakin.cli.output import OUT, print_json, table
from yakin.domain.calendar import business_date
from yakin.domain.policy import Policy
from yakin.domain.zones import Zone
from yakin.errors import UsageError
from yakin.settings import Settings, read_settings
from yakin.store import approvals
from yakin.store.approvals import NewApproval, PastApproval
from yakin.store.pool import Pool
from yakin.use_cases.load import load_use_cases

LONGEST_DAYS = 366  # like evidence, an approval is looked at again at least once a year
app = typer.Typer(no_args_is_help=True)
ZoneName = Annotated[Zone, typer.Argument(metavar="ZONE", help=", ".join(Zone), show_default=False)]
UseCaseName = Annotated[str, typer.Option("--use-case", metavar="NAME", help="Whose documents it is for")]
By = Annotated[str, typer.Option(metavar="NAME", help="Who answers for it; kept in the row, never logged")]
Because = Annotated[str, typer.Option(metavar="TEXT", help="Why; kept, and shown to auditors")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout")]


@app.command(
    "give",
    epilog="Example: yakin approval give domestic --use-case trouble_report --by 法務花子 "
    "--because '委託契約 第12条' --until 2027-03-31",
)
def give(
    zone: ZoneName,
    use_case: UseCaseName,
    by: By,
    because: Because,
    until: Annotated[
        datetime, typer.Option(metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="Last night it holds for")
    ],
    as_json: AsJson = False,
) -> None:
    """Open an approval-bound zone for a use case. Every other condition of the level stays: mask, zero retention."""
    settings, today = read_settings(), business_date(datetime.now(UTC))
    _check(settings, load_policy(settings.catalogue_layers, today), zone, use_case)
    last = until.date()
    if not today <= last <= today + timedelta(days=LONGEST_DAYS):
        raise UsageError(f"--until: {last} is over or more than {LONGEST_DAYS} days away; give a day until then")
    _save(NewApproval(use_case, zone, said(by, "--by"), said(because, "--because"), last), as_json=as_json)


@app.command(
    "revoke",
    epilog="Example: yakin approval revoke domestic --use-case trouble_report --by 法務花子 --because 契約終了",
)
def revoke(zone: ZoneName, use_case: UseCaseName, by: By, because: Because, as_json: AsJson = False) -> None:
    """Take an approval back. Nights that are opened or resumed from now on are planned without it."""
    today = business_date(datetime.now(UTC))
    new = NewApproval(use_case, zone, said(by, "--by"), said(because, "--because"), today, revoked=True)
    _save(new, as_json=as_json)


@app.command("show")
def show(as_json: AsJson = False) -> None:
    """Every approval and revocation, by whom and why, and which are in force."""

    async def step(pool: Pool) -> list[PastApproval]:
        async with pool.connection() as conn:
            return await approvals.history(conn)

    past = with_pool(step)
    if as_json:
        print_json({"approvals": [_object(each) for each in past]})
        return
    table(
        "approvals 承認",
        ["#", "zone", "use case", "by", "until", "in force", "#runs", "because"],
        [(p.approval_id, p.zone, p.use_case, p.by, p.valid_until, _state(p), p.runs, p.because) for p in past],
    )


def _state(past: PastApproval) -> str:
    return "yes" if past.in_force else "revocation" if past.revoked else "no"


def _check(settings: Settings, policy: Policy, zone: Zone, use_case: str) -> None:
    if use_case not in (known := load_use_cases(settings.use_cases)):
        raise UsageError(f"--use-case: unknown {use_case!r}; known: {', '.join(sorted(known))}")
    bound = {rule.zone for level in policy.levels.values() for rule in level.zones if rule.approval}
    if zone not in bound:
        opened = ", ".join(sorted(bound)) or "none"
        raise UsageError(f"ZONE: the policy in force opens no level in {zone} by approval; it does in: {opened}")


def said(text: str, option: str) -> str:
    """What a person wrote, without spaces around it; raises UsageError when that is nothing."""
    if not text.strip():
        raise UsageError(f"{option}: say who approves and why")
    return text.strip()


def _save(new: NewApproval, *, as_json: bool) -> None:
    async def step(pool: Pool) -> int:
        async with pool.connection() as conn:
            return await approvals.save(conn, new)

    approval_id = with_pool(step)
    if as_json:
        print_json({"approval_id": approval_id, "zone": new.zone, "use_case": new.use_case, "revoked": new.revoked})
    else:
        done = "revoked 取消" if new.revoked else f"approved 承認 until {new.valid_until}"
        OUT.print(f"{approval_id}: {new.zone} for {new.use_case} {done}", markup=False)


def _object(past: PastApproval) -> dict[str, object]:
    return {
        "approval_id": past.approval_id,
        "zone": past.zone,
        "use_case": past.use_case,
        "by": past.by,
        "because": past.because,
        "at": past.at.isoformat(),
        "valid_until": past.valid_until.isoformat(),
        "revoked": past.revoked,
        "in_force": past.in_force,
        "runs": past.runs,
    }
