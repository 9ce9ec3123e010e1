"""Changes of options inside the core: mend broken limits, fill what is left, exchange two at once, insist on one."""

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser.core import Core

ROUNDS = 100
AT_ONCE = 300  # moves that are tried before the best ones are looked for again
EXCHANGES = 40  # rounds
ENOUGH = 1e-7  # of the core's value: rounds that add less are not worth their time
MOST_TRIALS, LEAST_TRIALS, TRIED = 60, 12, 20_000  # options insisted on; the last: times documents of the core
SMALL = 100  # documents of a core in which every trial ends with exchanges
WANTED, GIVEN = 200, 6000  # changes that are wanted, and those that may make room for them
TINY = 1e-12  # of the largest value: less is rounding of floats


def mend(core: Core, kept: int | None = None) -> None:
    """Change options, least loss first, until no limit is broken or nothing more helps; never document `kept`."""
    for _ in range(ROUNDS):
        over = -core.slack - core.tolerance
        if not (over > 0).any():
            return
        worst = int(np.argmax(over / np.maximum(core.tolerance, 1e-300)))
        steps = core.steps()
        helps = (steps[worst] < 0) & core.fits(steps, leaving=worst)
        if kept is not None:
            helps[kept] = False
        loss = core.losses()
        score = np.full(loss.shape, np.inf)
        score[helps] = loss[helps] / np.minimum(-steps[worst][helps], over[worst])
        if not _take(core, steps, score, until=worst):
            return


def fill(core: Core) -> None:
    """Change options while a better one fits: most value per share of the scarcest slack first (Toyoda 1975)."""
    for _ in range(ROUNDS):
        steps, gains = core.steps(), core.gains()
        better = (gains > TINY * _largest(core)) & core.fits(steps)
        if not better.any():
            return
        share = np.zeros(gains.shape)
        for step, slack in zip(steps, core.slack, strict=True):
            np.maximum(share, step / max(slack, 1e-300), out=share)
        score = np.full(gains.shape, np.inf)
        score[better] = -gains[better] / np.maximum(share[better], 1e-12)
        if not _take(core, steps, score):
            return


def exchange(core: Core) -> None:
    """Let one document take a better option where another one makes the room for it, while that adds value."""
    for _ in range(EXCHANGES):
        before = core.value_jpy
        if not _exchange_once(core):
            return
        fill(core)
        if core.value_jpy - before <= ENOUGH * abs(before):
            return


def insist(core: Core, most_jpy: float) -> Core:
    """Give documents another option whatever it displaces, and keep what adds value.

    `most_jpy`: what the core can be worth. An option that loses more at the prices than is missing to that is in no
    better plan and is not tried; the others are, those that gain most or lose least first.
    """
    trials = max(LEAST_TRIALS, min(MOST_TRIALS, TRIED // len(core.rows)))
    best = core.reduced.max(axis=1, initial=0.0)[:, None] - core.reduced
    tried = 0
    while True:
        missing = most_jpy - core.value_jpy
        for place in np.argsort(core.losses(), axis=None, kind="stable"):
            document, option = divmod(int(place), best.shape[1])
            if tried == trials or missing <= ENOUGH * abs(most_jpy):
                return core
            if option == core.option[document] or best[document, option] >= missing:
                continue
            tried += 1
            other = _forced(core, document, option)
            if other is not None and other.value_jpy > core.value_jpy + TINY * _largest(core):
                core = other
                break
        else:
            return core


def _forced(core: Core, document: int, option: int) -> Core | None:
    """The core with a document at an option and everything else made to fit; None where it cannot."""
    other = core.copy()
    other.move(document, option, core.amount[:, document, option] - core.amount[:, document, core.option[document]])
    mend(other, kept=document)
    if (other.slack < -other.tolerance).any():
        return None
    fill(other)
    if len(other.rows) <= SMALL:
        exchange(other)
    return other


def _exchange_once(core: Core) -> bool:
    """The best exchanges among the changes that lose least at the prices; false when there was none."""
    document, option = np.nonzero(np.isfinite(core.value))
    step = core.steps()[:, document, option]
    gain = core.gains()[document, option]
    order = np.argsort(core.losses()[document, option], kind="stable")
    wanted, given = order[gain[order] > 0][:WANTED], order[:GIVEN]
    together = gain[wanted][:, None] + gain[given]
    together[document[wanted][:, None] == document[given]] = -np.inf
    for number, room in enumerate(core.room()):
        if np.isfinite(room):
            together[step[number, wanted][:, None] + step[number, given] > room] = -np.inf
    if not together.size:
        return False
    partner = together.argmax(axis=1)
    best = together[np.arange(len(wanted)), partner]
    moved: set[int] = set()
    for place in np.argsort(-best, kind="stable"):
        pair = [wanted[place], given[partner[place]]]
        fits = (step[:, pair].sum(axis=1) <= core.room()).all()
        if best[place] <= TINY * _largest(core):
            break
        if fits and moved.isdisjoint(document[pair].tolist()):
            moved.update(document[pair].tolist())
            for each in pair:
                core.move(document[each], option[each], step[:, each])
    return bool(moved)


def _take(core: Core, steps: NDArray[np.float64], score: NDArray[np.float64], until: int | None = None) -> bool:
    """Make changes in the order of their score, one per document; false when none could be made."""
    order = np.argsort(score, axis=None, kind="stable")[:AT_ONCE]
    moved: set[int] = set()
    for document, option in zip(*np.unravel_index(order, score.shape), strict=True):
        if not np.isfinite(score[document, option]) or (until is not None and core.slack[until] >= 0):
            break
        step = steps[:, document, option]
        fits = step <= core.room()
        if until is not None:
            fits[until] = True
        if document not in moved and fits.all():
            moved.add(int(document))
            core.move(document, option, step)
    return bool(moved)


def _largest(core: Core) -> float:
    return float(np.abs(core.value[np.isfinite(core.value)]).max(initial=0.0))
