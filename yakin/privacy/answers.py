"""Chats: a value that answers a question, one to three lines below it, has the question's label."""

import re
from collections.abc import Iterator

_ASKS = re.compile(
    r"[?？]|教えて|おしえて|わから|分から|(?:でした|だ)っけ|知りたい|知ってますか|お願い|送って|共有して|頂け|いただけ|くれ"
    "|ください"
)
# Who speaks: [17:40] 川崎: …; 川崎> …; A. …; 回答:…
_SAID = re.compile(
    r"[ \t>・-]{0,4}(?:[\[(]?[0-9/ -]{0,11}[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?[\])]?[ \t]*)?"
    r"(?:@?[^\s:>。、\[\]()0-9]{1,10}(?: [^\s:>。、\[\]()0-9]{1,10})?[ \t]*[:>]|[A-Z][0-9]{0,2}[.:])[ \t]*"
)
_VAGUE = frozenset({"普通", "当座", "貯蓄"})  # 普通に使えますか？ asks for no account
_FARTHEST = 3  # lines between a question and its answer
_WIDEST = 400


def answered_lines(text: str, labels: re.Pattern[str]) -> list[tuple[int, int]]:
    """What is said in the lines below a question that has one of the labels, in order, each line once."""
    return sorted(set(_lines_below(text, labels)))


def _lines_below(text: str, labels: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for label in labels.finditer(text):
        low = text.rfind("\n", max(0, label.start() - _WIDEST), label.start()) + 1
        high = text.find("\n", label.end(), label.end() + _WIDEST)
        if (
            high < 0
            or label.group() in _VAGUE
            or not (_SAID.match(text, low) and _ASKS.search(text, label.end(), high))
        ):
            continue
        for _ in range(_FARTHEST):
            start = high + 1
            end = text.find("\n", start, start + _WIDEST)
            high = end if end >= 0 else min(len(text), start + _WIDEST)
            if said := _SAID.match(text, start, high):
                yield said.end(), high
            if end < 0:
                break
