"""Measures detection: kinds and documents on a generated set, names, English, speed, memory; stock Presidio beside.

python -m bench.detection                          # business set and speed
python -m bench.detection --sentences FILE         # also: a JSON list of {text, entities: [{type, span}]}
python -m bench.detection --english FILE           # also: a JSON list of {full_text, spans}
python -m bench.detection --misses my_number       # only: what was missed or falsely found (a kind, "all", "alarms")
python -m bench.detection --memory                 # only: resident memory over 50,000 documents
python -m bench.detection --set MODULE             # another generator with business_set(count, seed)
"""

import argparse
import importlib
from pathlib import Path

from bench.detection_english import measure_english
from bench.detection_names import measure_sentences
from bench.detection_set import print_scores, print_wrong, score
from bench.detection_speed import measure_memory, padded, per_cpu_second
from bench.stock_presidio import kinds_of, stock_presidio
from yakin.domain.evidence import Kind
from yakin.privacy.scanner import JapaneseScanner

COMPANY_PATTERNS = {"employee": r"EMP-\d{6}"}


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="bench.business_set", help="module with business_set(count, seed)")
    parser.add_argument("--documents", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sentences", type=Path)
    parser.add_argument("--sample", type=int, help="only the first so many sentences")
    parser.add_argument("--english", type=Path)
    parser.add_argument("--memory", type=int, nargs="?", const=50_000)
    parser.add_argument("--misses", choices=[*(kind.value for kind in Kind), "all", "alarms"], metavar="KIND")
    parser.add_argument("--limit", type=int, default=60, help="how many misses are printed")
    parser.add_argument("--without-presidio", action="store_true")
    parser.add_argument("--without-speed", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Runs what was asked for."""
    options = parse()
    samples = importlib.import_module(options.set).business_set(options.documents, options.seed)
    ours = JapaneseScanner(COMPANY_PATTERNS).scan
    if options.misses:
        print_wrong(samples, ours, options.misses, options.limit)
    elif options.memory:
        measure_memory(ours, padded(samples), options.memory)
    else:
        measure_all(options, samples, ours)


def measure_all(options, samples, ours) -> None:
    """The table, then names, English and speed."""
    peer = None if options.without_presidio else stock_presidio()
    families = len({sample.family for sample in samples})
    print(f"{options.set}, {len(samples)} documents, {families} families, seed {options.seed}")
    print_scores(score(samples, ours), score(samples, peer) if peer else None, kinds_of())
    if options.sentences:
        measure_sentences(options.sentences, options.sample)
    if options.english:
        beside = {} if options.without_presidio else {"stock Presidio, slim": stock_presidio("en")}
        measure_english(options.english, {"yakin": ours} | beside)
    if not options.without_speed:
        texts = padded(samples)
        print("speed at 1,000 characters, documents per CPU second")
        print(f"  yakin, all recognisers  {per_cpu_second(ours, texts[:600]):8.0f}")
        without_names = JapaneseScanner(COMPANY_PATTERNS, names=False).scan
        print(f"  yakin, without names    {per_cpu_second(without_names, texts[:600]):8.0f}")
        if peer:
            print(f"  stock Presidio, slim    {per_cpu_second(peer, texts[:200]):8.0f}")


if __name__ == "__main__":
    main()
