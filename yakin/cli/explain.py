"""`yakin explain`: why a document may go where."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from yakin.cli import services
from yakin.cli.output import OUT, print_json, readable, short_yen, table, yen
from yakin.cli.sentences import in_language
from yakin.domain.evidence import Kind
from yakin.domain.levels import Level
from yakin.domain.policy import ZoneRule
from yakin.domain.pricing import Tier
from yakin.domain.words import FLAG_LAW, FLAGS, KINDS, LAW, REASONS, ZONES, Language, Words, level_name, rule_name, say
from yakin.errors import UsageError

if TYPE_CHECKING:
    from tasks.explaining import Explanation, ZoneVerdict
    from yakin.domain.planning import Considered


def language_of(environ: Mapping[str, str]) -> Language:
    """Japanese where LANG starts with ja, else English."""
    return Language.JA if environ.get("LANG", "").startswith("ja") else Language.EN


def show(file: Path, use_case: str, baseline: Level | None, mode: str, language: Language, *, as_json: bool) -> None:
    """Level, evidence kinds, zones, offers and choice. Values of what was found are never shown."""
    if not file.is_file():
        raise UsageError(f"FILE: {file} is not a file; give the path of one document")
    services.be_quiet()
    explanation = asyncio.run(_explain(str(file.resolve()), use_case, baseline, mode))
    if as_json:
        print_json(explain_object(explanation))
    else:
        _Told(explanation, language).show()


async def _explain(file: str, use_case: str, baseline: Level | None, mode: str) -> "Explanation":
    from tasks import resources
    from tasks.explaining import explain
    from tasks.parameters import Mode

    async with resources.opened(Mode(mode)) as night:
        return await explain(night, file, use_case, baseline)


def explain_object(explanation: "Explanation") -> dict[str, object]:
    """DESIGN §11's `explain` shape, with what it rests on."""
    assessed = explanation.assessment
    return {
        "uri": explanation.uri,
        "sha256": explanation.sha256,
        "document_id": explanation.document_id,
        "level": assessed.level,
        "level_ja": assessed.level.japanese,
        "because": list(assessed.because),
        "evidence": _counts(assessed.counts),
        "dismissed": sorted(assessed.dismissed),
        "quarantined_by": sorted(explanation.quarantined_by),
        "baseline": _baseline(explanation),
        "flags": sorted(explanation.place.flags),
        "review": _review(explanation),
        "zones": list(explanation.zones),
        "conditions": [_condition(verdict) for verdict in explanation.verdicts],
        "offers": [
            {
                **dict(zip(("offer", "zone", "tier"), _names(offer), strict=True)),
                "expected_jpy": None if offer.expected_jpy is None else yen(offer.expected_jpy),
                "quality": offer.quality,
                "allowed": offer.why_not is None,
                "why_not": offer.why_not,
            }
            for offer in explanation.offers
        ],
        "choice": None if explanation.choice == "none" else explanation.choice,
        "reason": explanation.reason,
        "unreadable": explanation.unreadable,
        "forgotten": explanation.forgotten,
    }


def _counts(counts: Mapping[Kind, int]) -> dict[str, int]:
    return {str(kind): count for kind, count in counts.items()}


def _baseline(explanation: "Explanation") -> dict[str, object]:
    place, rule = explanation.place, explanation.place.rule
    reviewed = {"by": rule.reviewed_by, "on": rule.reviewed_on} if rule.reviewed_by else None
    return {
        "level": place.baseline,
        "declared": rule.declared,
        "row": rule.row or None,
        "prefix": rule.prefix or None,
        "department": rule.department,
        "owner": rule.owner,
        "reviewed": reviewed,
        "elsewhere": place.baseline_elsewhere,
    }


def _review(explanation: "Explanation") -> dict[str, object] | None:
    review = explanation.review
    if review is None:
        return None
    return {
        "review_id": review.review_id,
        "level": review.level,
        "baseline": review.baseline,
        "evidence": _counts(review.counts),
        "dismissed": sorted(review.dismissed),
    }


def _condition(verdict: "ZoneVerdict") -> dict[str, object]:
    rule = verdict.rule
    return {
        "zone": verdict.zone,
        "open": not verdict.closed,
        "closed_because": list(verdict.closed),
        "masked": bool(rule and rule.masked),
        "approval": bool(rule and rule.approval),
        "zero_retention": bool(rule and rule.zero_retention),
        "no_training": bool(rule and rule.no_training),
        "basis": rule.basis if rule else "",
    }


_CONDITIONS: Mapping[str, Words] = {
    "masked": ("仮名に置換して送る", "masked"),
    "approval": ("承認が必要", "with an approval"),
    "zero_retention": ("保存しない証拠がある事業者のみ", "only with evidence of zero retention"),
    "no_training": ("学習に使わない証拠がある事業者のみ", "only with evidence of no training"),
}


class _Told:
    """An explanation, told to a person in one language."""

    def __init__(self, explanation: "Explanation", language: Language) -> None:
        self._it = explanation
        self._language = language

    def _say(self, japanese: str, english: str) -> str:
        return say((japanese, english), self._language)

    def show(self) -> None:
        """Print it: what it is, its level and why, where it may go and by whom it would be asked."""
        self._print(readable(self._it.uri))
        self._print(f"sha256 {self._it.sha256}")
        if self._it.unreadable:
            reason = say(REASONS[self._it.unreadable], self._language)
            self._print(self._say(f"読取不可: {reason}", f"cannot be read 読取不可: {self._it.unreadable}, {reason}"))
        self._show_level()
        self._show_register()
        self._show_zones()
        self._show_offers()
        reason = in_language(self._it.reason, self._language)
        self._print(f"{self._say('選択', 'choice 選択')}: {self._it.choice} — {reason}")

    def _print(self, line: str) -> None:
        OUT.print(line, markup=False)

    def _show_level(self) -> None:
        assessed = self._it.assessment
        because = self._say("、", ", ").join(rule_name(rule, self._language) for rule in assessed.because)
        level = level_name(assessed.level, self._language)
        self._print(self._say(f"機密区分: {level}　理由: {because}", f"level 機密区分: {level} because {because}"))
        found = [
            f"{say(KINDS[kind], self._language)} × {count}{self._dismissed(kind)}"
            for kind, count in assessed.counts.items()
            if count
        ]
        evidence = self._say("、", ", ").join(found) or self._say("なし", "none")
        self._print(
            self._say(f"検出（種類と件数のみ）: {evidence}", f"evidence 検出 (kinds and counts only): {evidence}")
        )
        if review := self._it.review:
            level = level_name(review.level, self._language)
            self._print(self._say(f"人による設定: {level}（{review.review_id}番）",
                                  f"set by a person 人による設定: {level}, review {review.review_id}"))  # fmt: skip

    def _dismissed(self, kind: Kind) -> str:
        if kind not in self._it.assessment.dismissed:
            return ""
        return self._say("（誤検知と確認済み）", " (called a false alarm)")

    def _show_register(self) -> None:
        place, rule = self._it.place, self._it.place.rule
        level = level_name(place.baseline, self._language)
        if rule.declared:
            checked = f", {rule.reviewed_by} {rule.reviewed_on}" if rule.reviewed_by else ""
            row = f"{rule.prefix}, {rule.row}, {rule.department}{checked}"
        else:
            row = self._say("台帳に記載なし", "no row of the register names it")
        self._print(self._say(f"台帳の区分: {level}（{row}）", f"baseline 台帳: {level} ({row})"))
        for flag in sorted(place.flags):
            name, law = say(FLAGS[flag], self._language), say(FLAG_LAW[flag], self._language)
            self._print(self._say(f"台帳の指定: {name} — {law}", f"flag 台帳の指定: {name} — {law}"))

    def _show_zones(self) -> None:
        names = [say(ZONES[each.zone], self._language) for each in self._it.verdicts if each.zone in self._it.zones]
        nowhere = self._say("なし", "nowhere")
        zones = self._say("、".join(names), ", ".join(self._it.zones)) or nowhere
        self._print(self._say(f"送信可否: {zones}", f"may go to 送信可否: {zones}"))
        for verdict in self._it.verdicts:
            mark = self._say("可", "yes") if verdict.zone in self._it.zones else self._say("不可", "no")
            self._print(f"  {verdict.zone} {say(ZONES[verdict.zone], self._language)}: {mark}{self._terms(verdict)}")

    def _terms(self, verdict: "ZoneVerdict") -> str:
        """The conditions and the legal basis, or what keeps the zone closed."""
        if verdict.closed or verdict.rule is None:
            closed = self._say("、", ", ").join(rule_name(rule, self._language) for rule in verdict.closed)
            return f" — {closed}"
        parts = [*self._conditions(verdict.rule), self._basis(verdict)]
        return " — " + self._say("。", "; ").join(parts)

    def _conditions(self, rule: ZoneRule) -> list[str]:
        return [say(words, self._language) for name, words in _CONDITIONS.items() if getattr(rule, name)]

    def _basis(self, verdict: "ZoneVerdict") -> str:
        """The ground that the policy states; in English the law behind the zone: grounds are written in Japanese."""
        law = say(LAW[verdict.zone], self._language)
        stated = verdict.rule.basis if verdict.rule else ""
        return self._say(f"根拠: {stated or law}", f"basis: {law}")

    def _show_offers(self) -> None:
        offers = self._it.offers
        table(
            self._say("モデル候補", "offers モデル候補"),
            ["offer, zone 送信先", "¥expected", "#quality", "allowed 可否"],
            [
                (
                    f"{offer.offer}, {offer.zone}",
                    short_yen(offer.expected_jpy or Decimal(0)),
                    "" if offer.quality is None else f"{offer.quality:.2f}",
                    self._verdict(offer),
                )
                for offer in offers
                if offer.expected_jpy is not None
            ],
        )
        self._show_unusable([offer for offer in offers if offer.expected_jpy is None])

    def _verdict(self, offer: "Considered") -> str:
        if offer.why_not is None:
            return f"[green]{self._say('可', 'yes 可')}[/]"
        return f"{self._say('不可', 'no 不可')}: {in_language(offer.why_not, self._language)}"

    def _show_unusable(self, offers: "list[Considered]") -> None:
        """Models that nobody could use now, by reason: a company's catalogue has many."""
        by_reason: defaultdict[str, list[str]] = defaultdict(list)
        for offer in offers:
            reason = in_language(offer.why_not or "", self._language)
            by_reason[reason].append(offer.offer.removesuffix(f":{Tier.REALTIME}"))
        if by_reason:
            self._print(self._say("今は使えないモデル:", "not usable now 利用不可:"))
        for reason, names in by_reason.items():
            self._print(f"  {reason}: {', '.join(names)}")
        self._print("")


def _names(offer: "Considered") -> tuple[str, str, str]:
    name, _, tier = offer.offer.partition(":")
    return name, offer.zone, tier or Tier.REALTIME
