"""A generated set of business documents of Japanese companies with every personal or secret span marked.

Half of the documents hold none, only what looks like one. Deterministic for a count and a seed; nobody in it is real.
"""

import random

from faker import Faker

from bench import business_english
from bench.business_clean import CLEAN
from bench.business_draft import Draft, Labelled, Span
from bench.business_tables import TABLES, table
from bench.business_texts import TEXTS

__all__ = ["Labelled", "Span", "business_set"]
ENGLISH_SHARE = 0.12
# A marking stands at the top of its page: nothing is written before these.
MARKED = {"marked_plan", "evaluation", "medical_leave", "harassment", "minutes", "contract", "ringi", "en_minutes"}
HARD = ["id_prose"]  # comes three times as often as the other families


def business_set(count: int, seed: int) -> list[Labelled]:
    """`count` documents; one in two without any span."""
    rng, fake = random.Random(seed), Faker("ja_JP")
    fake.seed_instance(seed)
    return [_document(rng, fake, clean=number % 2 == 1) for number in range(count)]


def _document(rng: random.Random, fake: Faker, *, clean: bool) -> Labelled:
    draft = Draft(rng, fake)
    if rng.random() < ENGLISH_SHARE:
        texts = business_english.CLEAN if clean else business_english.TEXTS
    else:
        texts = CLEAN if clean else TEXTS
    family = rng.choice(list(texts) + (list(TABLES) + HARD * 2 if texts is TEXTS else []))
    if family in TABLES:
        table(draft, family, rng)
    else:
        if rng.random() < 0.15 and not clean and family not in MARKED:
            draft.write(rng.choice(CLEAN["agenda"] + CLEAN["safety"] + CLEAN["company_news"]) + "\n\n")
        draft.write(rng.choice(texts[family]))
        _pad(draft, texts is CLEAN or texts is business_english.CLEAN, texts)
    return draft.finish(family)


def _pad(draft: Draft, clean: bool, texts: dict[str, list[str]]) -> None:
    """Some documents go on with unrelated paragraphs that hold nothing: real papers are longer than one form."""
    quiet = business_english.CLEAN if texts in (business_english.CLEAN, business_english.TEXTS) else CLEAN
    while draft.rng.random() < (0.45 if clean else 0.3):
        family = draft.rng.choice([name for name in quiet if name not in {"blank_form", "code_sample", "en_code"}])
        draft.write("\n\n" + draft.rng.choice(quiet[family]))
