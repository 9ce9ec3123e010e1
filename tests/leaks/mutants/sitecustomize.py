"""Breaks a wall on purpose, in the command and in its worker processes: Python imports this at start.

YAKIN_BROKEN_WALLS names the walls: `planner` routes everything everywhere, `gate` admits everything, `clearing`
clears everything for everywhere and masks nothing, `masking` clears as it should and masks nothing.
"""

import os

BROKEN = frozenset(os.environ.get("YAKIN_BROKEN_WALLS", "").split(",")) - {""}


def _break_planner() -> None:
    from yakin.domain import options

    options.why_not = lambda *_, **__: None


def _break_gate() -> None:
    from yakin.llm.gate import Gate

    Gate.admit = lambda *_, **__: None


def _break_clearing() -> None:
    from dataclasses import replace

    from yakin.domain.cleared_text import ClearedText
    from yakin.domain.policy import ZoneRule
    from yakin.domain.zones import Zone
    from yakin.privacy import clearing

    everywhere = tuple(ZoneRule(zone, no_training=False) for zone in Zone)

    def clear_text(document_id, text, clearance, *_) -> ClearedText:
        return ClearedText(document_id, text, replace(clearance, rules=everywhere, quarantined=False), masked=True)

    clearing.clear_text = clear_text


def _break_masking() -> None:
    from yakin.privacy import clearing
    from yakin.privacy.pseudonyms import Masked

    clearing._without = lambda _document_id, text, *_: Masked(text)


for _wall in BROKEN:
    {"planner": _break_planner, "gate": _break_gate, "clearing": _break_clearing, "masking": _break_masking}[_wall]()
