"""`yakin level`: what a named person sets is the only way down, and it is kept with what that person saw."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from yakin.catalogue.policy import load_policy
from yakin.cli import which_document
from yakin.cli.database import with_pool
from yakin.cli.output import OUT, print_json, readable, table
from yakin.domain.calendar import business_date
from yakin.domain.evidence import Assessment, Kind
from yakin.domain.levels import Level
from yakin.domain.policy import Policy, assess, quarantine_kinds
from yakin.domain.review import Review
from yakin.errors import UsageError
from yakin.settings import read_settings
from yakin.store import levels
from yakin.store.levels import KnownDocument, NewReview, PastReview
from yakin.store.pool import Pool

app = typer.Typer(no_args_is_help=True)
Document = Annotated[str, typer.Argument(metavar="DOCUMENT", help=which_document.HELP, show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout")]


@dataclass(frozen=True, slots=True)
class _Set:
    """A level that was set, and what now holds."""

    known: KnownDocument
    before: Assessment
    review: Review
    now: Assessment
    quarantined: frozenset[Kind]


@app.command(
    "set",
    epilog="Examples: yakin level set 42 internal --by 'Hanako Homu' --because 'our own published price list' · "
    "yakin level set ./inbox/parts.csv internal --by 法務花子 --because '型番の一覧' --dismiss my_number",
)
def set_level(
    document: Document,
    level: Annotated[Level, typer.Argument(metavar="LEVEL", help=" < ".join(Level), show_default=False)],
    by: Annotated[str, typer.Option(metavar="NAME", help="Who answers for it; kept in the row, never logged")],
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept, and shown to auditors")],
    dismiss: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="Call the findings of a kind false alarms; may be repeated")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set the level of a document, down or up, for all nights to come. The newest setting counts.

    What you did not see still raises it: another kind of finding, more of them, a higher baseline of its folder.
    A My Number keeps it in quarantine by law, unless you call that finding a false alarm with --dismiss my_number.
    """
    if not by.strip() or not because.strip():
        raise UsageError("--by and --because: say who sets the level and why")
    policy = load_policy(read_settings().catalogue_layers, business_date(datetime.now(UTC)))

    async def step(pool: Pool) -> _Set:
        known = await which_document.find(pool, document)
        new = _new_review(policy, known, level, _dismissed(dismiss or [], known))
        async with pool.connection() as conn:
            review_id = await levels.save_review(conn, replace(new, by=by.strip(), because=because.strip()))
        return _outcome(policy, known, Review(review_id, level, new.baseline, new.counts, new.dismissed))

    done = with_pool(step)
    if as_json:
        print_json(_set_object(done))
    else:
        _show_set(done)


def _new_review(policy: Policy, known: KnownDocument, level: Level, dismissed: frozenset[Kind]) -> NewReview:
    """What is set, with everything that the reviewer had before their eyes."""
    if known.forgotten_at:
        raise UsageError(f"DOCUMENT: document {known.document_id} was forgotten on {known.forgotten_at:%Y-%m-%d}")
    if known.extractor_version is None or known.detector_version is None:
        raise UsageError(
            f"DOCUMENT: document {known.document_id} has not been judged yet, so there is nothing to review; "
            "`yakin quote FOLDER` judges a folder without asking anybody"
        )
    return NewReview(
        document_id=known.document_id,
        level=level,
        by="",
        because="",
        baseline=known.baseline,
        counts={kind: count for kind, count in known.counts.items() if count},
        dismissed=dismissed,
        extractor_version=known.extractor_version,
        detector_version=known.detector_version,
        policy_version=policy.version,
        level_before=_assessed(policy, known).level,
    )


def _dismissed(names: list[str], known: KnownDocument) -> frozenset[Kind]:
    found = sorted(kind for kind, count in known.counts.items() if count)
    if unknown := sorted(set(names) - set(found)):
        raise UsageError(
            f"--dismiss: {', '.join(unknown)} was not found in document {known.document_id}; "
            f"found: {', '.join(found) or 'nothing'}"
        )
    return frozenset(map(Kind, names))


def _assessed(policy: Policy, known: KnownDocument, review: Review | None = None) -> Assessment:
    return assess(policy, known.counts, baseline=known.baseline, review=review or known.review)


def _outcome(policy: Policy, known: KnownDocument, review: Review) -> _Set:
    now = _assessed(policy, known, review)
    return _Set(known, _assessed(policy, known), review, now, quarantine_kinds(policy, now))


def _set_object(done: _Set) -> dict[str, object]:
    return {
        "document_id": done.known.document_id,
        "uri": done.known.uri,
        "review_id": done.review.review_id,
        "level_before": done.before.level,
        "level_set": done.review.level,
        "level": done.now.level,
        "because": list(done.now.because),
        "evidence": {str(kind): count for kind, count in done.review.counts.items()},
        "baseline": done.review.baseline,
        "dismissed": sorted(done.review.dismissed),
        "quarantined_by": sorted(done.quarantined),
    }


def _show_set(done: _Set) -> None:
    OUT.print(f"document {done.known.document_id}: {readable(done.known.uri)}", markup=False)
    before, now = done.before.level, done.now.level
    OUT.print(
        f"level 機密区分: {before} {before.japanese} → [bold]{now} {now.japanese}[/], {', '.join(done.now.because)}"
    )
    seen = ", ".join(f"{kind} × {count}" for kind, count in done.review.counts.items()) or "nothing"
    OUT.print(f"seen 確認した検出: {seen}; baseline 台帳の区分: {done.review.baseline}")
    if done.quarantined:
        OUT.print(
            f"[bold]stays in quarantine 隔離のまま[/] because of {', '.join(sorted(done.quarantined))}: "
            "the law leaves no choice, unless the finding is a false alarm (--dismiss)"
        )


@app.command("show")
def show_levels(document: Document, as_json: AsJson = False) -> None:
    """Every level that was set for a document, by whom and why; the newest counts."""

    async def step(pool: Pool) -> tuple[KnownDocument, list[PastReview]]:
        known = await which_document.find(pool, document)
        async with pool.connection() as conn:
            return known, await levels.history(conn, known.document_id)

    known, past = with_pool(step)
    if as_json:
        print_json({"document_id": known.document_id, "uri": known.uri, "reviews": [_object(each) for each in past]})
        return
    OUT.print(f"document {known.document_id}: {readable(known.uri)}", markup=False)
    table(
        "levels set 区分の設定履歴",
        ["#review", "at", "from", "to", "by", "dismissed", "because"],
        [
            (p.review_id, f"{p.at:%Y-%m-%d %H:%M}", p.level_before, p.level, p.by, ", ".join(p.dismissed), p.because)
            for p in past
        ],
    )


def _object(past: PastReview) -> dict[str, object]:
    return {
        "review_id": past.review_id,
        "at": past.at.isoformat(),
        "level_before": past.level_before,
        "level": past.level,
        "by": past.by,
        "because": past.because,
        "baseline": past.baseline,
        "evidence": dict(past.counts),
        "dismissed": list(past.dismissed),
        "detector_version": past.detector_version,
    }
