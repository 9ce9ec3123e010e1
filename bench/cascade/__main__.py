"""Two embedded models on public-format tasks: each alone, and the cascade of the two over thresholds.

nice python -m bench.cascade --output /tmp/cascade

The first start asks both models every sample (tens of minutes of CPU) and keeps numbers only, so that it goes on where
it stopped. Then: accuracy with its interval, tokens, seconds, CPU seconds and yen of each way, and the curve as a
picture. Thresholds and calibration are the product's own (`yakin.domain.learning`), every figure is held out.
"""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.cascade.asking import ask_all, read_asked
from bench.cascade.curves import SIGNAL, Curve, curve_of
from bench.cascade.picture import draw
from bench.cascade.tasks import SUFFIX, Sample, read_task, write_tasks

FEWEST = 20
PICTURE = "cascade.png"
MODELS = ("qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b")


def main() -> None:
    """Ask what is not known yet, then show what it teaches."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, help="folder for the tasks, what was asked, and results")
    parser.add_argument("--show-only", action="store_true", help="ask nobody, show the samples that both know already")
    parser.add_argument("--ask-only", choices=MODELS, help="ask this model what is missing, and show nothing")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    if not list(options.output.glob(f"*{SUFFIX}")):
        write_tasks(options.output)
    tasks = {path.name.removesuffix(SUFFIX): read_task(path) for path in sorted(options.output.glob(f"*{SUFFIX}"))}
    asked = () if options.show_only else (options.ask_only,) if options.ask_only else MODELS
    for model in asked:
        asyncio.run(ask_all(model, tasks, options.output))
    if not options.ask_only:
        show(tasks, MODELS, options.output)


def show(tasks: Mapping[str, Sequence[Sample]], models: tuple[str, str], folder: Path) -> None:
    """The tables on stdout, and the picture into the folder."""
    curves = []
    for task, samples in tasks.items():
        known = [read_asked(folder, task, model) for model in models]
        both = [sample.id for sample in samples if all(sample.id in asked for asked in known)]
        if len(both) < FEWEST:
            print(f"{task}: both models know {len(both)} samples; {FEWEST} are the fewest that say anything")
            continue
        first, second = ([asked[each] for each in both] for asked in known)
        curves.append(curve_of(task, models, first, second))
    for curve in curves:
        _show(curve)
    if curves:
        draw(curves, folder / PICTURE)
        print(f"\n{folder / PICTURE}")


def _show(curve: Curve) -> None:
    print(f"\n{curve.task}: {curve.samples} samples")
    for way, known in zip(curve.ways, (curve.calibration, curve.of_second), strict=False):
        interval = f"{known.auc_interval.low:.2f} to {known.auc_interval.high:.2f}"
        print(f"signal {SIGNAL} of {way.name}: AUC {known.auc:.2f} ({interval})")
    print(f"{'':30} {'accuracy':>20} {'tokens in/out':>14} {'s':>6} {'CPU s':>6} {'yen':>8}  above the mix")
    for way in curve.ways:
        accuracy = f"{way.mean:.3f} ({way.accuracy.low:.2f}-{way.accuracy.high:.2f})"
        tokens = f"{way.input_tokens:.0f}/{way.output_tokens:.0f}"
        gain = f"{way.gain.low:+.3f} to {way.gain.high:+.3f}" if way.gain else ""
        print(
            f"{way.name:30} {accuracy:>20} {tokens:>14} {way.seconds:6.1f} {way.cpu_s:6.2f} {way.cost_jpy:8.4f}  {gain}"
        )
    print(f"a signal that knew every wrong answer would reach {curve.perfect:.3f}")
    for rule in curve.learned:
        print(
            f"the planner would use: accept from {rule.accept_at:.2f}, {rule.escalated_share:.0%} escalated, quality "
            f"{rule.quality:.3f}, {rule.gain_interval.low:+.3f} to {rule.gain_interval.high:+.3f} above the mix"
        )
    if not curve.learned:
        why = (
            "no threshold beats the mix with confidence"
            if curve.calibration.has_signal
            else "the first model's signal is not above chance"
        )
        print(f"the planner would use no cascade: {why}")


if __name__ == "__main__":
    main()
