"""The curves as a picture; Japanese beside English where the machine has a font for it."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench.cascade.curves import Curve

JAPANESE = ("Noto Sans CJK JP", "IPAexGothic", "IPAGothic", "TakaoGothic")
WORDS = {
    "cascade": "カスケード",
    "mix of the two": "2モデルの混合",
    "alone, 95 % interval": "単独・95%信頼区間",
    "used by the planner": "計画で使う閾値",
    "CPU seconds per document": "1文書あたりCPU秒",
    "accuracy": "正答率",
}


def draw(curves: Sequence[Curve], path: Path) -> None:
    """One panel per task."""
    font = next((name for name in JAPANESE if any(name == each.name for each in font_manager.fontManager.ttflist)), "")
    if font:
        mpl.rcParams["font.family"] = [font, "DejaVu Sans"]
    figure, panels = plt.subplots(1, len(curves), figsize=(5.6 * len(curves), 4.2), squeeze=False)
    for curve, panel in zip(curves, panels[0], strict=True):
        _panel(curve, panel, japanese=bool(font))
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _panel(curve: Curve, panel: Axes, *, japanese: bool) -> None:
    def said(words: str) -> str:
        return f"{words} / {WORDS[words]}" if japanese else words

    first, second = curve.ways[:2]
    panel.plot(curve.cpu_s, curve.accuracy, color="tab:blue", label=said("cascade"))
    panel.plot(
        [first.cpu_s, second.cpu_s], [first.mean, second.mean], ":", color="tab:gray", label=said("mix of the two")
    )
    for number, way in enumerate((first, second)):
        reach = [[way.mean - way.accuracy.low], [way.accuracy.high - way.mean]]
        label = said("alone, 95 % interval") if number == 0 else None
        panel.errorbar(way.cpu_s, way.mean, yerr=reach, fmt="o", color="black", capsize=3, label=label)
        panel.annotate(way.name, (way.cpu_s, way.mean), xytext=(6, -12), textcoords="offset points", fontsize=8)
    if curve.learned:
        at = [(rule.cost, rule.quality) for rule in curve.learned]
        panel.plot(*zip(*at, strict=True), "*", color="tab:red", markersize=11, label=said("used by the planner"))
    auc = curve.calibration
    interval = f"{auc.auc_interval.low:.2f}–{auc.auc_interval.high:.2f}"
    panel.set_title(f"{curve.task}: {curve.samples} samples, signal AUC {auc.auc:.2f} ({interval})", fontsize=10)
    panel.set_xlabel(said("CPU seconds per document"))
    panel.set_ylabel(said("accuracy"))
    panel.set_ylim(0, 1)
    panel.legend(fontsize=8, loc="lower right")
