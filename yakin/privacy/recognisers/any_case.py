"""Words in every case that people write, as alternatives that each begin with a letter.

Python skips quickly to the places where an expression can begin, but only when it respects case and when every
alternative begins with a letter: `(?i)` and a look-behind in front cost ten times as much on Japanese text.
"""

import re


def any_case(*words: str, whole: bool = False) -> str:
    """Lower, UPPER, Title, camelCase and Sentence case; words may hold classes such as [ _]?; `whole`: no parts."""
    forms = {form for word in words for form in _forms(word)}
    return "|".join(_whole(form) if whole else form for form in sorted(forms, key=lambda form: (-len(form), form)))


def each(starts: str, ends: str) -> str:
    """Every one of the starts (separated by bars), followed by any of the ends."""
    return "|".join(f"{start}(?:{ends})" for start in starts.split("|"))


def _forms(word: str) -> set[str]:
    parts = re.split(r"(\[[^\]]*\][?]?| )", word)
    title = [part if part.startswith("[") else part.capitalize() for part in parts]
    return {
        word,
        "".join(part if part.startswith("[") else part.upper() for part in parts),
        "".join(title),
        "".join([parts[0], *title[1:]]),
        "".join([title[0], *parts[1:]]),
    }


def _whole(form: str) -> str:
    return rf"{form[0]}(?<![A-Za-z]{form[0]}){form[1:]}(?![a-z])"
