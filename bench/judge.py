"""Measures the on-premises judge: which documents of its golden set it raises, with the real model of this machine.

python bench/judge.py --model qwen2.5-coder-1.5b

Every text goes through the product's own path: cleared for on_prem, the gate, one request, the validated word. Half of
the set is sensitive by meaning alone, half are look-alikes. `tuned` is the part that the prompt was written against,
`fresh` was written afterwards and asked once. Peers in the same run: the rules alone (our detector under the shipped
policy), and a dictionary of keywords as data-loss-prevention products ship it.
"""

import argparse
import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from yakin.catalogue.load import load_catalogue
from yakin.catalogue.offers import offers
from yakin.catalogue.policy import load_policy
from yakin.domain.asking import Outcome
from yakin.domain.documents import DocumentId
from yakin.domain.fx import IDENTITY_JPY
from yakin.domain.levels import Level
from yakin.domain.policy import Clearance, ZoneRule, assess
from yakin.domain.pricing import Usage
from yakin.domain.routing import Offer
from yakin.domain.zones import Zone
from yakin.llm.asking import Asker
from yakin.llm.gate import Gate
from yakin.local import model_server
from yakin.privacy.clearing import clear_text
from yakin.privacy.detect import detect
from yakin.privacy.scanner import JapaneseScanner
from yakin.settings import read_settings
from yakin.use_cases.golden import GoldenItem
from yakin.use_cases.judge.question import JudgeQuestion, judge_question

KEYWORDS = re.compile(
    r"買収|売却|経営統合|合併|株式.{0,6}取得|業績予想|決算|配合|独自|原価|値引|入札|人事評価|懲戒|昇格|希望退職|人員削減|閉鎖|"
    r"訴訟|和解|不正侵入|漏えい|脆弱|秘密|機密|confidential|merger|acquisition|layoff|lawsuit|tender|undisclosed",
    re.IGNORECASE,
)
NOT_ANSWERED = "(no verdict)"


@dataclass(frozen=True)
class Said:
    """What one way of judging says of one document."""

    item: GoldenItem
    sensitive: bool
    raised: bool
    word: str = ""


def show(name: str, said: Sequence[Said]) -> None:
    """Recall and precision of the raise."""
    for part in ("tuned", "fresh"):
        mine = [each for each in said if each.item.id.startswith("fresh") == (part == "fresh")]
        sensitive = [each for each in mine if each.sensitive]
        harmless = [each for each in mine if not each.sensitive]
        hits, false = sum(each.raised for each in sensitive), sum(each.raised for each in harmless)
        precision = hits / (hits + false) if hits + false else 1.0
        print(
            f"{name:24} {part}  recall {hits / len(sensitive):.2f} ({hits}/{len(sensitive)})  "
            f"precision {precision:.2f}  false alarms {false}/{len(harmless)}"
        )


def peer(items: Sequence[GoldenItem], judge: JudgeQuestion, raises: Callable[[str], bool]) -> list[Said]:
    """Another way of judging the same texts."""
    return [Said(item, judge.category(item.expected) is not None, raises(str(item.document))) for item in items]


async def ask_all(
    asker: Asker, offer: Offer, scanner: JapaneseScanner, judge: JudgeQuestion, items: Sequence[GoldenItem]
) -> tuple[list[Said], list[Usage]]:
    """Every text once, two at a time as the server takes them."""
    clearance = Clearance(Level.INTERNAL, (ZoneRule(Zone.ON_PREM),), "bench")
    slots, used = asyncio.Semaphore(2), []

    async def one(number: int, item: GoldenItem) -> Said:
        text = clear_text(DocumentId(number), str(item.document), clearance, Zone.ON_PREM, scanner, b"bench")
        async with slots:
            reply = await asker.ask(offer, judge.question, text)
        if reply.usage:
            used.append(reply.usage)
        wanted = judge.category(item.expected) is not None
        if reply.outcome is not Outcome.ANSWERED or reply.answer is None:
            return Said(item, wanted, raised=True, word=NOT_ANSWERED)  # doubt counts as sensitive
        return Said(item, wanted, judge.category(reply.answer) is not None, str(reply.answer["category"]))

    return list(await asyncio.gather(*(one(number, item) for number, item in enumerate(items)))), used


def show_errors(said: Sequence[Said]) -> None:
    """By id and word: the texts are in golden.jsonl."""
    wrong = [each for each in said if each.raised != each.sensitive]
    for each in wrong:
        kind = "missed" if each.sensitive else "false alarm"
        print(f"  {kind}: {each.item.id} is {each.item.expected['category']}, said {each.word}")
    right = sum(each.word == each.item.expected["category"] for each in said if each.sensitive)
    print(f"  category right for {right} of {sum(each.sensitive for each in said)} sensitive documents")


async def measure(options: argparse.Namespace, home: Path) -> None:
    """The peers, then the model."""
    settings, judge, scanner = read_settings(), judge_question(), JapaneseScanner()
    policy, items = load_policy(settings.catalogue_layers, date.today()), judge.golden()[:: options.every]  # noqa: DTZ011

    def by_rules(text: str) -> bool:
        return assess(policy, detect(text, scanner).counts, baseline=Level.INTERNAL).level is not Level.INTERNAL

    show("rules alone", peer(items, judge, by_rules))
    show("keywords", peer(items, judge, lambda text: KEYWORDS.search(text) is not None))
    server = model_server.start(home, settings.models_dir, options.model)
    catalogue = load_catalogue(
        settings.catalogue_layers, on=date.today(), embedded={options.model: server.base_url}  # noqa: DTZ011
    )  # fmt: skip
    offered, _ = offers(
        catalogue, use_case="judge", on=catalogue.on, rates=[IDENTITY_JPY], rehearsal=False, has_key=lambda _: True
    )
    offer = next(each for each in offered if each.name == options.model)
    asker = Asker(Gate(catalogue.endpoints, scanner), lambda _: server.api_key())
    began = time.monotonic()
    said, used = await ask_all(asker, offer, scanner, judge, items)
    seconds = time.monotonic() - began
    await asker.aclose()
    show(options.model, said)
    show_errors(said)
    yen = sum((offer.cost_jpy(usage) for usage in used), start=offer.cost_jpy(Usage(0, 0)))
    print(f"  {seconds / len(items):.1f} s and ¥{yen / len(items):.4f} per document, question {judge.version}")


def main() -> None:
    """Measure one model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--every", type=int, default=1, help="take every n-th document only")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        try:
            asyncio.run(measure(options, Path(folder)))
        finally:
            model_server.stop(Path(folder), options.model)


if __name__ == "__main__":
    main()
