"""Measures what masking costs: the same mails asked plain and masked, with a real model on this machine.

python bench/masked_round_trip.py --documents 200 --model qwen2.5-1.5b

Every mail goes through the product's own path: scanner, pseudonyms, the gate's second look, one request, restored
answer. A field is right when the restored answer names the person, number or address that the mail names. The peer
is the same model on the unmasked text; one-way masking (what most guardrails do) is the same masked answer before
it is restored.
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from faker import Faker
from pydantic import BaseModel

from yakin.catalogue.load import Catalogue, load_catalogue
from yakin.catalogue.offers import offers
from yakin.domain.asking import Outcome, Question, Reply
from yakin.domain.cleared_text import ClearedText
from yakin.domain.levels import Level
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.routing import Offer
from yakin.domain.zones import Zone
from yakin.llm.asking import Asker
from yakin.llm.gate import Gate
from yakin.local import model_server
from yakin.privacy.clearing import clear_text
from yakin.privacy.folding import fold_value
from yakin.privacy.pseudonyms import restore_answer
from yakin.privacy.scanner import JapaneseScanner
from yakin.settings import read_settings

FIELDS = ("sender", "phone", "email", "call_back", "wants")
INSTRUCTIONS = """You read one Japanese business mail and fill a form. Copy values exactly as the mail writes them.
sender: メールを書いた個人の名前。署名の氏名を写す（会社名ではない）
phone: 署名の電話番号だけ
email: 署名のメールアドレスだけ
call_back: 折り返しの連絡を受ける個人の名前（敬称なし）
wants: quote = 見積, visit = 訪問・点検, invoice = 請求書の再発行"""
WANTS = {
    "quote": (
        "{item}を{n}台導入する予定です。{day}日までに見積書をお送りください。",
        "{item}の概算見積をいただけますか。",
    ),
    "visit": (
        "{item}から異音がします。一度点検に来ていただけないでしょうか。",
        "{item}の定期点検で{day}日に訪問をお願いします。",
    ),
    "invoice": ("先月分の請求書の再発行をお願いいたします。", "請求書の宛名に誤りがあり、再発行をお願いします。"),
}
ITEMS = ("静音ポンプ", "搬送コンベヤ", "射出成形機", "画像検査装置", "空調ユニット", "ラベルプリンタ", "純水装置")
CALL_BACK = (
    "なお折り返しのご連絡は{name}までお願いいたします。",
    "本件は{name}が担当いたしますので、ご回答は{name}様宛にお願いします。",
    "不在の場合は{name}さんに伝言をお願いします。折り返しも{name}さんへ。",
)


class Answer(BaseModel):
    """The form."""

    sender: str
    phone: str
    email: str
    call_back: str
    wants: Literal["quote", "visit", "invoice"]


@dataclass(frozen=True)
class Mail:
    """A mail and the form that is right."""

    text: str
    right: Mapping[str, str]


def mails(count: int, seed: int) -> list[Mail]:
    """Short mails with two people, a number and an address each."""
    rng, fake = random.Random(seed), Faker("ja_JP")
    fake.seed_instance(seed)
    return [_mail(rng, fake) for _ in range(count)]


def _mail(rng: random.Random, fake: Faker) -> Mail:
    sender, call_back, company = fake.name(), fake.name(), fake.company()
    phone, email, wants = fake.phone_number(), fake.email(), rng.choice(list(WANTS))
    wish = rng.choice(WANTS[wants]).format(item=rng.choice(ITEMS), n=rng.randint(2, 30), day=rng.randint(1, 28))
    text = (
        f"いつもお世話になっております。{company}の{sender.split(' ')[0]}です。\n{wish}\n"
        f"{rng.choice(CALL_BACK).format(name=call_back)}\n\n{company} {sender}\nTEL {phone}\nE-mail {email}\n"
    )
    return Mail(text, {"sender": sender, "phone": phone, "email": email, "call_back": call_back, "wants": wants})


def is_right(field: str, said: object, right: str) -> bool:
    """Holds the right value after folding; of a person the family name alone will do, which the mail uses as well."""
    if not isinstance(said, str):
        return False
    given, wanted = fold_value(said), fold_value(right)
    family = fold_value(right.split(" ", maxsplit=1)[0])
    return wanted in given or (field in {"sender", "call_back"} and given == family)


def question() -> Question:
    """The form as a question."""
    return Question(
        use_case="masked_round_trip",
        instructions=INSTRUCTIONS,
        schema=Answer.model_json_schema() | {"additionalProperties": False},
        validate=lambda raw: Answer.model_validate_json(raw).model_dump(),
        max_output_tokens=200,
    )


@dataclass(frozen=True)
class Bench:
    """What every ask needs."""

    asker: Asker
    offer: Offer
    scanner: JapaneseScanner

    def clear(self, number: int, text: str, *, masked: bool) -> ClearedText:
        """The text as a zone that asks for masking would get it, or plain."""
        clearance = Clearance(Level.CONFIDENTIAL, (ZoneRule(Zone.ON_PREM, masked=masked),), "bench")
        return clear_text(number, text, clearance, Zone.ON_PREM, self.scanner, b"bench-secret-of-this-run")

    async def ask(self, number: int, text: str, *, masked: bool) -> tuple[Reply, ClearedText, float]:
        """One request and how long it took."""
        cleared = self.clear(number, text, masked=masked)
        began = time.monotonic()
        reply = await self.asker.ask(self.offer, question(), cleared)
        return reply, cleared, time.monotonic() - began


@dataclass
class Tally:
    """Right fields and what became of the restoring."""

    right: Counter[str]
    answered: int = 0
    all_right: int = 0
    flagged: int = 0
    wrong_unflagged: int = 0
    left: int = 0
    seconds: float = 0.0

    def add(self, mail: Mail, fields: Mapping[str, object], *, complete: bool) -> None:
        """Score one answer."""
        good = {field for field in FIELDS if is_right(field, fields.get(field), mail.right[field])}
        self.right.update(good)
        self.all_right += len(good) == len(FIELDS)
        self.flagged += not complete
        token_left = any("_" in str(value) and "［" in str(value) for value in fields.values())
        self.left += token_left
        self.wrong_unflagged += token_left and complete


async def measure(bench: Bench, sample: list[Mail], at_once: int) -> dict[str, Tally]:
    """Plain, masked and restored, masked and not restored."""
    tallies = {name: Tally(Counter()) for name in ("plain", "masked, restored", "masked, one-way")}
    slots, done = asyncio.Semaphore(at_once), 0

    async def one(number: int, mail: Mail) -> None:
        nonlocal done
        async with slots:
            for name, masked in (("plain", False), ("masked, restored", True)):
                reply, cleared, seconds = await bench.ask(number, mail.text, masked=masked)
                tallies[name].seconds += seconds
                if reply.outcome is not Outcome.ANSWERED or reply.answer is None:
                    continue
                fields, complete = restore_answer(reply.answer, cleared.restore)
                tallies[name].answered += 1
                tallies[name].add(mail, fields, complete=complete)
                if masked:
                    tallies["masked, one-way"].answered += 1
                    tallies["masked, one-way"].add(mail, reply.answer, complete=True)
            done += 1
            if done % 20 == 0:
                print(f"  … {done}/{len(sample)}", flush=True)

    await asyncio.gather(*(one(number, mail) for number, mail in enumerate(sample)))
    return tallies


def show(tallies: Mapping[str, Tally], count: int) -> None:
    """One line per way of asking."""
    print(f"{count} mails: fields right of those asked, mails with every field right, restoring flagged incomplete")
    for name, tally in tallies.items():
        fields = "  ".join(f"{field} {tally.right[field]}" for field in FIELDS)
        print(
            f"  {name:17} answered {tally.answered:3}  all right {tally.all_right:3}  {fields}  "
            f"flagged {tally.flagged}  token left unflagged {tally.wrong_unflagged}  {tally.seconds / count:.1f} s each"
        )
    print(
        json.dumps(
            {name: {"right": dict(tally.right), "all_right": tally.all_right} for name, tally in tallies.items()}
        )
    )


async def run(options: argparse.Namespace) -> None:
    """Start the model, measure, stop it."""
    settings = read_settings()
    with TemporaryDirectory() as folder:
        home = Path(folder)
        server = model_server.start(home, settings.models_dir, options.model)
        try:
            catalogue = load_catalogue(
                settings.catalogue_layers,
                on=date.today(),  # noqa: DTZ011 - any day will do: nothing is charged
                embedded={options.model: server.base_url},
            )
            offer = _offer(catalogue, options.model)
            scanner = JapaneseScanner()
            asker = Asker(Gate(catalogue.endpoints, scanner), lambda _: server.api_key())
            show(
                await measure(Bench(asker, offer, scanner), mails(options.documents, options.seed), 2),
                options.documents,
            )
            await asker.aclose()
        finally:
            model_server.stop(home, options.model)


def _offer(catalogue: Catalogue, model: str) -> Offer:
    found, _ = offers(
        catalogue,
        use_case="masked_round_trip",
        on=date.today(),  # noqa: DTZ011 - any day will do: nothing is charged
        rates=(),
        rehearsal=False,
        has_key=lambda _: True,
    )
    return next(offer for offer in found if offer.model.endpoint.base_url and offer.model.name.endswith(model))


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
