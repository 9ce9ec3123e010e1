"""`yakin offers`: a named person lets a model serve a use case, after a test on the golden set."""

from typing import TYPE_CHECKING, Annotated

import typer

from yakin.cli import offers_shown
from yakin.cli.approval import AsJson, Because, By, said
from yakin.cli.database import with_pool
from yakin.cli.output import OUT, print_json, say
from yakin.cli.which_offer import House, house, model_of, use_case_of
from yakin.domain.offer_approval import Approval, fingerprint, gate_of, holding, notice, uncovered
from yakin.domain.routing import Model
from yakin.domain.use_case import UseCaseFacts
from yakin.errors import UsageError

if TYPE_CHECKING:
    from tasks.switch_test import Compared
    from yakin.store.offer_approvals import NewApproval
    from yakin.store.pool import Pool

app = typer.Typer(no_args_is_help=True)
UseCaseName = Annotated[str, typer.Argument(metavar="USE_CASE", help="Whose documents it answers", show_default=False)]
ModelName = Annotated[
    str, typer.Argument(metavar="MODEL", help="As the catalogue names it; all its tiers", show_default=False)
]


@app.command(
    "approve",
    epilog="Examples: yakin offers approve inquiry_triage plamo-3.0-prime --by 品質花子 --because '11月の評価' · "
    "yakin offers approve inquiry_triage gpt-6.1-sol --by 品質花子 --because '旧モデル提供終了' --without-test",
)
def approve(  # noqa: PLR0913 - one option per word of the contract
    use_case: UseCaseName,
    model: ModelName,
    by: By,
    because: Because,
    against: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Compare with this approved model; left out: the best of the approved ones"),
    ] = None,
    without_test: Annotated[
        bool, typer.Option("--without-test", help="Although no test was passed; stored and shown as such")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let a model serve a use case in production, when it is no worse than what is approved now.

    The test is on the golden set, by the scores of `yakin evaluate`; switch_gate in use_case.yaml says how strict it
    is. The first approval of a use case has nothing to compare with, and closes the gate for everything else.
    """
    from tasks.switch_test import compared
    from yakin.store import offer_approvals

    known = house()
    facts, candidate = use_case_of(known, use_case), model_of(known, model)
    who, why = said(by, "--by"), said(because, "--because")

    async def step(pool: "Pool") -> "tuple[int, Compared, list[Approval]]":
        async with pool.connection() as conn:
            given = await offer_approvals.of_use_cases(conn, [use_case])
        _check_new(facts, candidate, given)
        found = await compared(pool, facts, candidate, given, against)
        new = _new_approval(facts, candidate, found, who, why, without_test=without_test)
        async with pool.connection() as conn:
            approval_id = await offer_approvals.save(conn, new)
            return approval_id, found, await offer_approvals.of_use_cases(conn, [use_case])

    approval_id, found, given = with_pool(step)
    _show_approved(known, facts, candidate, (approval_id, found, given), as_json=as_json)


def _check_new(facts: UseCaseFacts, model: Model, given: "list[Approval]") -> None:
    now = (model.name, fingerprint(model), facts.version)
    for each in holding(given):
        if (each.model, each.fingerprint, each.use_case_version) == now:
            raise UsageError(
                f"MODEL: {model.name} is approved for {facts.name} as it is (approval {each.approval_id}); "
                "there is nothing to do"
            )


def _new_approval(
    facts: UseCaseFacts, model: Model, found: "Compared", by: str, because: str, *, without_test: bool
) -> "NewApproval":
    """The row; raises UsageError when the test is not passed and nobody said --without-test."""
    from yakin.store.offer_approvals import NewApproval

    basis = found.basis(without_test=without_test)
    if basis is None:
        raise UsageError(
            f"{model.name} is not approved for {facts.name}: {found.why}. "
            "A person who answers for it may add --without-test; that is stored and shown"
        )
    return NewApproval(
        use_case=facts.name,
        use_case_version=facts.version,
        model=model.name,
        fingerprint=fingerprint(model),
        vendor_model=model.vendor_model,
        endpoint=model.endpoint.name,
        by=by,
        because=because,
        basis=basis,
        tested=found.trial,
        scored=found.scored,
        against=found.against,
    )


def _show_approved(
    known: House, facts: UseCaseFacts, model: Model, done: "tuple[int, Compared, list[Approval]]", *, as_json: bool
) -> None:
    approval_id, found, given = done
    gate = gate_of(facts.name, facts.version, given, known.models)
    basis = next(each.basis for each in given if each.approval_id == approval_id)
    notices = [each for each in (notice(gate, facts.version), uncovered(gate, known.models.values())) if each]
    if as_json:
        named = {"approval_id": approval_id, "use_case": facts.name, "model": model.name, "basis": basis}
        tested = {"verdict": found.trial.verdict, "why": found.why, "against": found.against and found.against.model}
        print_json({**named, **tested, "serving": sorted(gate.serving), "notices": notices})
        return
    OUT.print(f"{approval_id}: {model.name} approved 承認 for {facts.name} ({basis}) — {found.why}", markup=False)
    OUT.print(f"nights use now: {', '.join(sorted(gate.serving))}", markup=False)
    for each in notices:
        say(f"[yellow]{each}[/]")


@app.command(
    "revoke",
    epilog="Example: yakin offers revoke inquiry_triage plamo-3.0-prime --by 品質花子 --because 誤分類が増えた",
)
def revoke(use_case: UseCaseName, model: ModelName, by: By, because: Because, as_json: AsJson = False) -> None:
    """Take every approval of a model for a use case back, from the next night that is opened or resumed."""
    from yakin.store import offer_approvals
    from yakin.store.offer_approvals import NewApproval

    known = house()
    facts, who, why = use_case_of(known, use_case), said(by, "--by"), said(because, "--because")

    async def step(pool: "Pool") -> "tuple[int, list[Approval]]":
        async with pool.connection() as conn:
            given = await offer_approvals.of_use_cases(conn, [use_case])
            held = [each for each in holding(given) if each.model == model]
            if not held:
                remedy = f"`yakin offers show {use_case}` lists what is"
                raise UsageError(f"MODEL: {model} is not approved for {use_case}; {remedy}")
            last = held[-1]
            made_by = (last.fingerprint, last.vendor_model, last.endpoint)
            row = NewApproval(use_case, last.use_case_version, model, *made_by, by=who, because=why)
            approval_id = await offer_approvals.save(conn, row)
            return approval_id, await offer_approvals.of_use_cases(conn, [use_case])

    approval_id, given = with_pool(step)
    gate = gate_of(use_case, facts.version, given, known.models)
    told = notice(gate, facts.version)
    if as_json:
        named = {"approval_id": approval_id, "use_case": use_case, "model": model, "revoked": True}
        print_json({**named, "serving": sorted(gate.serving), "notices": [told] if told else []})
        return
    OUT.print(f"{approval_id}: {model} revoked 取消 for {use_case}", markup=False)
    OUT.print(f"nights use now: {', '.join(sorted(gate.serving)) or 'none'}", markup=False)
    if told:
        say(f"[yellow]{told}[/]")


app.command("show", epilog="Examples: yakin offers show · yakin offers show inquiry_triage --json")(offers_shown.show)
