"""Addresses outside of Japan, and Japanese ones in Latin letters, by the words that streets have."""

import re
from collections.abc import Iterator

from yakin.privacy.page import Page

_LETTER = "A-Za-zÀ-ÖØ-öø-ɏ"
_CAPITAL = "A-ZÀ-ÖØ-Þ"
_WORD = rf"(?:[{_CAPITAL}][{_LETTER}'.-]*|[0-9]+(?:st|nd|rd|th))"
_UNIT = r"(?:Apt|Suite|Ste|Unit|Flat|Room|Floor)\.? ?#?[0-9A-Z][0-9A-Za-z-]{0,5}"
_SUFFIX = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Terrace|Square|Parkway|Pkwy"
    r"|Highway|Hwy|Crescent|Circle|Cir)"
)
_STREET_ENDS = (
    rf"[{_CAPITAL}][{_LETTER}-]*(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|v[äa]gen|gatan|gata|gade|vej|vænget|stræde"
    rf"|straat|laan|katu|tie|kuja)"
)
_STREET_BEGINS = (
    r"(?:[Rr]ue|[Vv]ia|[Rr]u[aá]|[Cc]alle|[Aa]ven(?:ida|ue)|[Pp]iazza|[Pp]laza|[Pp]ra[çc]a|[Ll]argo|[Cc]arrer|[Uu]l\."
    r"|[Uu]lica"
    r"|[Cc]amino|[Bb]oulevard)"
)
_STREETS = re.compile(
    rf"(?<![A-Za-z0-9#-])[0-9]{{1,6}}[A-Z]?(?:-[0-9]+)? (?:[0-9]{{1,5}} )?(?:[NSEW]\.? )?(?:{_WORD} ){{1,4}}"
    rf"(?:{_SUFFIX}|(?:Way|Place|Pl|Close|Row|Mews|Quay|Trail)(?=,|\n| Apt| Suite| Unit|\.?$))(?![A-Za-z])"
    rf"|(?<![A-Za-z0-9-])(?:[0-9]{{1,6}},? )?(?:[{_CAPITAL}][{_LETTER}]+ )?{_STREET_ENDS} [0-9]{{1,5}}[a-z]?(?![0-9])"
    rf"|(?<![A-Za-z0-9-])(?:[0-9]{{1,6}},? ){{1,2}}{_STREET_BEGINS}(?: (?:{_WORD}|d[aeiou]s?|del|della|delle|la"
    rf"|les?)){{1,5}}(?: [0-9]{{1,5}})?"
    rf"|(?<![A-Za-z]){_STREET_BEGINS}(?: (?:{_WORD}|d[aeiou]s?|del|della|delle|la|les?)){{1,5}} [0-9]{{1,5}}(?![0-9])"
    r"|(?<![A-Za-z])(?:P\.? ?O\.? ?Box|PSC|[Uu]nit"
    r"|[Pp]sc) [0-9]{1,5}(?:,? [Bb]ox [0-9]{1,5})?(?:[ ,\n]{1,2}[>? ]{0,4}(?:[AFD]PO|[afd]po) (?:A[AEP]"
    r"|a[aep]) [0-9]{5})"
    r"|(?<![A-Za-z])P\.? ?O\.? ?Box [0-9]{1,6}|(?<![A-Za-z])(?:[AFD]PO A[AEP]|[afd]po a[aep]) [0-9]{5}"
)
_ROMAJI = re.compile(
    r"(?<![A-Za-z0-9-])[0-9]{1,4}(?:-[0-9]{1,4}){1,3},? [A-Z][A-Za-z-]+(?:,? [A-Z][A-Za-z-]+){0,3}-(?:ku|shi|cho"
    r"|machi|gun)"
    r"(?:,? [A-Z][a-z]+(?:-to|-fu|-ken|-shi)?){0,2}(?:(?:,? 〒?[0-9]{3}-[0-9]{4})?,? Japan)?"
)
_NUMBERED_LINE = re.compile(
    rf"^[>?*\t ]{{0,8}}(?P<found>[0-9]{{1,6}}[A-Z]?,? [{_CAPITAL}0-9][^\n,;:]{{2,50}}"
    rf"[ \n>?]{{1,6}}{_UNIT}(?![A-Za-z]))",
    re.MULTILINE,
)
# What is said before an address; then it need only begin with a number.
_CUE = re.compile(
    r"(?<![A-Za-z])(?:lives? at|living at|located at|resid(?:es|ing) at|(?:ship|deliver|return|send|sent"
    r"|mail)(?:ed)?(?: (?:it|them|this|that))? to"
    r"|(?:arrived?|office is|offices are|meet me) at|drops you off at|(?:station|shop|office|restaurant) is (?:on|at)"
    r"|taxi to"
    r"|a new one to|address(?: is)?(?: (?:to|with|as|below))?|address to the same|address:?\s?[^\n:]{0,30})(?= ?:"
    r"|[ \n])",
    re.IGNORECASE,
)
_BEGINS_WITH_NUMBER = re.compile(
    rf"[0-9]{{1,6}}[A-Z]?,? (?=[^\n]*[{_LETTER}]{{3}})(?:[{_CAPITAL}0-9]|u[lt]?\."
    rf"|r[uú])[^\n.;?!:@=]{{4,70}}?(?=[.;?!]|$|\n| in case| last | and | for )",
    re.MULTILINE,
)
# The lines that go on: flat, city, country and post code.
_TAIL = re.compile(
    rf"(?:,? ?(?:\n[>?\t ]{{0,8}})?(?:{_UNIT}|[{_CAPITAL}][{_LETTER} .'()-]{{1,30}}(?:, ?(?:[A-Z]{{2}}"
    rf"|[A-Z][a-z]+))?,?\n?[>?\t ]{{0,8}}(?:[A-Z][{_LETTER} ()]{{2,24}} )?"
    r"[0-9]{4,6}(?:-[0-9]{4})?(?![0-9/-])))"
)
_SIGNS = re.compile(
    rf" {_SUFFIX}(?:[^A-Za-z]|$)|[Aa]pt\.|(?:Apt|Suite|suite|[Uu]nit|Box|box) [0-9]|[AFD]PO A|{_STREET_BEGINS} "
    rf"|stra(?:ß|ss)e|gasse|gatan|gade|vägen|katu|tie |straat|[a-z](?:vej|weg)"
    r"|-(?:ku|shi|cho|machi)|[Aa]ddress(?:[^a-z]|$)|lives? at|located at|station is|[Mm]eet me|drops you|offices are"
    r"|return to|taxi|sent? to|new one to"
)


def addresses_abroad(page: Page) -> Iterator[tuple[int, int]]:
    """The spans, with flat, city and post code on the lines that follow."""
    if not page.has_digits or not page.mentions(_SIGNS):
        return
    for pattern in (_STREETS, _ROMAJI):
        for match in page.finditer(pattern):
            yield match.start(), _with_tail(page.text, match.end())
    for match in page.finditer(_NUMBERED_LINE):
        yield match.start("found"), _with_tail(page.text, match.end())
    for start, end in page.labels.values(_CUE, _BEGINS_WITH_NUMBER):
        if not _STREETS.match(page.text, start):
            yield start, _with_tail(page.text, end)


def _with_tail(text: str, end: int) -> int:
    for _ in range(3):
        tail = _TAIL.match(text, end)
        if tail is None:
            return end
        end = tail.end()
    return end
