"""Measures detection: speed against stock Presidio, a generated business set, names on annotated sentences.

python bench/detection.py                                   # speed and business set
python bench/detection.py --sentences FILE [--sample 600]   # a JSON list of {text, entities: [{type, span}]}
python bench/detection.py --english FILE                    # a JSON list of {full_text, spans}
"""

import argparse
import json
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from faker import Faker
from stdnum.jp import in_

from yakin.domain.evidence import Kind
from yakin.privacy.morphemes import Word, morphemes
from yakin.privacy.page import Page
from yakin.privacy.recognisers.check_digits import is_drivers_licence, is_luhn
from yakin.privacy.recognisers.names import PersonName
from yakin.privacy.scanner import JapaneseScanner

NOT_PERSONAL = {Kind.CORPORATE_NUMBER, Kind.POSTAL_CODE, Kind.IP_ADDRESS}


@dataclass(frozen=True)
class Sample:
    text: str
    kinds: frozenset[Kind]


def digits_that(check: Callable[[str], bool], length: int, rng: random.Random, prefix: str = "") -> str:
    """Random digits that pass a check."""
    while True:
        digits = prefix + "".join(rng.choice("0123456789") for _ in range(length - len(prefix)))
        if check(digits):
            return digits


FILLER = (
    "今期の売上は前年同期比で12.5%増加し、計画を上回りました。",
    "次回の会議では在庫の見直しと物流費の削減について議論します。",
    "システム障害の原因はディスク容量の不足であり、監視の閾値を見直します。",
    "新製品の試作は予定どおり進んでおり、量産は2027年4月に開始します。",
    "東京都の人口は約1400万人で、市場規模は3兆2000億円と推計されます。",
    "お客様からの問い合わせは月間1,234件で、前月から3割減りました。",
    "品質管理課は工程能力指数を1.33以上に保つことを目標とします。",
    "サーバの移行は深夜2時から4時の間に行い、停止は最大15分です。",
)
HARD_NEGATIVES = (
    "注文番号 {n12} の出荷が完了しました。",
    "伝票番号：{n4}-{n4}-{n4} を確認してください。",
    "型番 03-{n4}-{n4} の在庫は残り{n2}個です。",
    "部品番号 03-1234-ABCD と 06-9876-XY を発注します。",
    "JANコード 49{n8}{n3} の棚卸結果です。",
    "請求書番号 INV-2026{n8}、金額は{n3},000円です。",
    "ネットワーク障害の診断ツールを導入し、復旧時間を半分にしました。",
    "バージョン 10.2.{n2}.{n2} へ更新しました。処理件数は{n7}件です。",
    "製造ロット {n10} の検査結果は良好です。労働組合との協議も終えました。",
    "社外秘の情報をメールで送らないよう研修を行いました。パスワードは定期的に変更してください。",
    "大阪市の事業所では月平均{n3}時間の残業がありました。松本工場と福山支店も同様です。",
    "当社は病歴などの要配慮個人情報を取得しません。個人番号は収集しない方針です。",
)


def positives(fake: Faker, rng: random.Random) -> list[tuple[Kind, str]]:
    """One sentence per kind, as business documents say it."""
    name, address = fake.name(), fake.address()
    my_number = digits_that(in_.is_valid, 12, rng)
    grouped = "-".join((my_number[:4], my_number[4:8], my_number[8:]))
    card = digits_that(is_luhn, 16, rng, "4")
    n = lambda length: "".join(rng.choice("0123456789") for _ in range(length))  # noqa: E731
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    return [
        (Kind.MY_NUMBER, rng.choice((f"個人番号：{my_number}", f"マイナンバーは{grouped.translate(wide)}です。"))),
        (Kind.MY_NUMBER, f"氏名,個人番号,部署\n{name},{my_number},総務課\n"),
        (Kind.DRIVERS_LICENCE, f"運転免許証番号 {digits_that(is_drivers_licence, 12, rng)} を確認した。"),
        (Kind.PASSPORT, f"旅券番号：{rng.choice('TM')}{rng.choice('KRSZ')}{n(7)}"),
        (Kind.RESIDENCE_CARD, f"在留カード番号はAB{n(8)}CDです。"),
        (Kind.PENSION_NUMBER, f"基礎年金番号 {n(4)}-{n(6)}"),
        (Kind.HEALTH_INSURANCE, f"被保険者証 記号 {n(4)} 番号 {n(3)}"),
        (Kind.BANK_ACCOUNT, rng.choice((f"みずほ銀行 丸の内支店 普通 {n(7)}", f"口座番号：{n(7)}"))),
        (Kind.CREDIT_CARD, f"カード番号は{card[:4]} {card[4:8]} {card[8:12]} {card[12:]}です。"),
        (Kind.PHONE, rng.choice((f"電話は{fake.phone_number()}まで。", f"TEL：03-{rng.randint(3000, 6999)}-{n(4)}"))),
        (Kind.EMAIL, f"メールは{fake.email()}までお願いします。"),
        (Kind.ADDRESS, f"送付先は{address}です。"),
        (Kind.PERSON, rng.choice((f"{name}様よりご連絡がありました。", f"担当者：{name}", f"{name}が出席した。"))),
        (Kind.PERSON, f"{fake.last_name()}部長の承認を得た。"),
        (
            Kind.BIRTH_DATE,
            (
                f"生年月日：{rng.choice(('昭和', '平成'))}"
                f"{rng.randint(2, 30)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
            ),
        ),
        (
            Kind.SECRET_KEY,
            f"export AWS_ACCESS_KEY_ID=AKIA{''.join(rng.choice('ABCDEFGHJKLMNPQRSTUVWXYZ234567') for _ in range(16))}",
        ),
        (Kind.SPECIAL_CARE, f"{fake.last_name()}さんは適応障害と診断され、来月から休職します。"),
        (Kind.MARKING_CONFIDENTIAL, "【社外秘】\n"),
    ]


def business_set(count: int, seed: int) -> list[Sample]:
    """Documents with one to three identifiers, and as many without any but full of look-alikes."""
    rng = random.Random(seed)
    fake = Faker("ja_JP")
    fake.seed_instance(seed)
    samples = []
    for index in range(count):
        lines = rng.sample(FILLER, 5)
        kinds: frozenset[Kind] = frozenset()
        if index % 2:
            chosen = rng.sample(positives(fake, rng), rng.randint(1, 3))
            kinds = frozenset(kind for kind, _ in chosen)
            lines += [line for _, line in chosen]
        else:
            lines += [fill(rng.choice(HARD_NEGATIVES), rng) for _ in range(3)]
        rng.shuffle(lines)
        samples.append(Sample("\n".join(lines), kinds))
    return samples


def fill(template: str, rng: random.Random) -> str:
    """A template with random digits."""
    return template.format(**{f"n{k}": "".join(rng.choice("0123456789") for _ in range(k)) for k in range(1, 14)})


def measure_business(count: int, seed: int) -> None:
    """Prints recall per kind, document-level recall, and the share of clean documents with an alarm."""
    scanner = JapaneseScanner()
    samples = business_set(count, seed)
    expected, found, alarms, missed_documents = Counter(), Counter(), Counter(), 0
    for sample in samples:
        seen = {finding.kind for finding in scanner.scan(sample.text)}
        expected.update(sample.kinds)
        found.update(sample.kinds & seen)
        missed_documents += bool(sample.kinds - seen)
        if not sample.kinds:
            alarms.update(seen - NOT_PERSONAL or [])
            alarms["any"] += bool(seen - NOT_PERSONAL)
    clean = sum(not sample.kinds for sample in samples)
    for kind in expected:
        print(f"  {kind:22} {found[kind]:4}/{expected[kind]:<4}")
    with_some = len(samples) - clean
    print(f"  documents with every kind found {with_some - missed_documents}/{with_some}")
    print(f"  clean documents with an alarm   {alarms.pop('any', 0)}/{clean}  {dict(alarms)}")


def measure_speed(documents: int, *, with_presidio: bool) -> None:
    """Prints documents per CPU second at 1,000 Japanese characters."""
    texts = [pad(sample.text) for sample in business_set(documents, 7)]
    for title, scanner in (("all recognisers", JapaneseScanner()), ("without names", JapaneseScanner(names=False))):
        scanner.scan(texts[0])
        print(f"  yakin, {title:18} {per_second(scanner.scan, texts):8.0f} documents/s")
    if with_presidio:
        print(f"  presidio slim, stock       {per_second(stock_presidio(), texts[:200]):8.0f} documents/s")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def pad(text: str) -> str:
    """The text at 1,000 characters."""
    filler = "".join(FILLER)
    return (text + filler * (1 + 1000 // len(filler)))[:1000]


def per_second(scan: Callable[[str], object], texts: Iterable[str]) -> float:
    """Documents per second of CPU time of this process."""
    started, count = time.process_time(), 0
    for text in texts:
        scan(text)
        count += 1
    return count / (time.process_time() - started)


def stock_presidio() -> Callable[[str], object]:
    """Presidio as it comes, Japanese, without a model and without network."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SlimSpacyNlpEngine

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    nlp = SlimSpacyNlpEngine(supported_languages=["xx"], auto_download=False, generic_tokenizer="blank")
    nlp.nlp, nlp.models = {"ja": spacy.blank("ja")}, [{"lang_code": "ja", "model_name": "blank"}]
    registry = RecognizerRegistry(supported_languages=["ja"])
    registry.load_predefined_recognizers(languages=["ja"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["ja"])
    return lambda text: engine.analyze(text, language="ja")


def measure_sentences(path: Path, sample: int, seed: int) -> None:
    """Prints recall and precision of "this sentence names a person" at several thresholds, plain Sudachi beside."""
    sentences = json.loads(path.read_text(encoding="utf-8"))
    random.Random(seed).shuffle(sentences)
    sentences = sentences[:sample]
    truth = [any(entity["type"] == "人名" for entity in sentence["entities"]) for sentence in sentences]
    plain = [
        any(word.word in {Word.SURNAME, Word.GIVEN, Word.NAME} for part in morphemes(s["text"]) for word in part)
        for s in sentences
    ]
    print(f"  plain Sudachi 人名   {ratios(truth, plain)}")
    everything = PersonName(threshold=0.0)
    best = [max((one.score for one in everything.find(Page(s["text"]))), default=0.0) for s in sentences]
    for threshold in (0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8):
        print(f"  threshold {threshold:4}      {ratios(truth, [score >= threshold for score in best])}")


def ratios(truth: list[bool], found: list[bool]) -> str:
    """Recall and precision."""
    hit = sum(t and f for t, f in zip(truth, found, strict=True))
    return f"recall {hit / sum(truth):.3f}  precision {hit / max(1, sum(found)):.3f}  (n={len(truth)})"


ENGLISH = {
    "PERSON": Kind.PERSON,
    "STREET_ADDRESS": Kind.ADDRESS,
    "PHONE_NUMBER": Kind.PHONE,
    "EMAIL_ADDRESS": Kind.EMAIL,
    "CREDIT_CARD": Kind.CREDIT_CARD,
    "IP_ADDRESS": Kind.IP_ADDRESS,
    "IBAN_CODE": Kind.BANK_ACCOUNT,
}


def measure_english(path: Path) -> None:
    """Prints overlap recall per entity type."""
    scanner = JapaneseScanner()
    expected, found = Counter(), Counter()
    for document in json.loads(path.read_text(encoding="utf-8")):
        findings = scanner.scan(document["full_text"])
        for span in document["spans"]:
            if kind := ENGLISH.get(span["entity_type"]):
                expected[kind] += 1
                found[kind] += any(
                    one.start < span["end_position"] and span["start_position"] < one.end for one in findings
                )
    for kind, count in expected.items():
        print(f"  {kind:22} {found[kind]:4}/{count:<4}")


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sentences", type=Path)
    parser.add_argument("--sample", type=int, default=600)
    parser.add_argument("--english", type=Path)
    parser.add_argument("--without-presidio", action="store_true")
    options = parser.parse_args()
    if options.sentences:
        print("names on annotated sentences")
        measure_sentences(options.sentences, options.sample, options.seed)
    if options.english:
        print("English set, overlap recall")
        measure_english(options.english)
    print(f"generated business set, {options.documents} documents, seed {options.seed}")
    measure_business(options.documents, options.seed)
    print("speed, one core, CPU time")
    measure_speed(options.documents, with_presidio=not options.without_presidio)


if __name__ == "__main__":
    main()
