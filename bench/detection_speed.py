"""Documents per CPU second at 1,000 Japanese characters, and memory over many documents."""

import time
from collections.abc import Sequence
from pathlib import Path

from bench.business_draft import Labelled
from bench.stock_presidio import Scan

LENGTH = 1000
PAGES = Path("/proc/self/statm")
PAGE_BYTES = 4096


def pad(text: str, filler: str) -> str:
    """The text at exactly 1,000 characters, continued with the filler."""
    return (text + "\n" + filler * (1 + LENGTH // len(filler)))[:LENGTH]


def padded(samples: Sequence[Labelled]) -> list[str]:
    """Each document continued with the clean Japanese documents of the set."""
    clean = [sample.text for sample in samples if not sample.spans and not sample.text.isascii()]
    if not clean:
        clean = ["本日の定例会議では来月の生産計画と在庫の状況を確認した。"]
    return [pad(sample.text, "\n".join(clean[at % len(clean) :][:20])) for at, sample in enumerate(samples)]


def per_cpu_second(scan: Scan, texts: Sequence[str]) -> float:
    """Documents per second of CPU time of this process, after one warm-up."""
    scan(texts[0])
    started = time.process_time()
    for text in texts:
        scan(text)
    return len(texts) / (time.process_time() - started)


def measure_memory(scan: Scan, texts: Sequence[str], count: int) -> None:
    """Scans `count` documents and prints the resident memory at every tenth of them."""
    step = max(1, count // 10)
    print(f"memory over {count} documents")
    for number in range(1, count + 1):
        # A different text each time, so that a cache of texts or of words would show.
        text = texts[number % len(texts)]
        scan(f"{number} {text[number % 7 :]}")
        if number % step == 0:
            print(
                f"  {number:7} documents  RSS {int(PAGES.read_text().split()[1]) * PAGE_BYTES // 2**20} MB", flush=True
            )
