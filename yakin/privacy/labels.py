"""Which label speaks about a value: before it on its line, on the line above, as its key, or over its column."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from yakin.privacy.answers import answered_lines
from yakin.privacy.sql_inserts import insert_column, inserts
from yakin.privacy.tables import NOT_A_HEADING, Tables

NEAR = 28  # characters in which a label counts, blanks and leaders collapsed
_LOOK = 160  # characters before a value that are looked at: dotted leaders and columns are wide
_AFTER = 24
_FARTHEST_HEADING = 40  # lines between the headings of spaced columns and a row
_WIDEST_ROW = 400
_JAPANESE = "一-龥々ぁ-んァ-ヶー"
_FIGURES = re.compile(r"[0-9 ,.\t-]*")
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*|[一-龥々ァ-ヶー]+)[^<>\n]{0,80}>|&nbsp;")
_HTML = re.compile(r"a|abbr|b|br|code|data|d[dlt]|div|em|font|i|li|[ou]l|p|pre|row|span|strong|table|tbody|t[dhr]|u")
_FILLER = re.compile(r"[.…・_=\-ー*|\s]{2,}|…|\s")
LETTER_SPACED = re.compile(
    rf"(?<![{_JAPANESE}])[{_JAPANESE}](?:[ \t]{{1,3}}[{_JAPANESE}])+(?![{_JAPANESE}])"
    rf"|[{_JAPANESE}](?:[ \t]{{1,3}}[{_JAPANESE}]){{2,}}(?![{_JAPANESE}])"
)
_BLANKS = re.compile(r"[ \t]+")
# What a label looks like, so that the nearest one wins: 個人番号は不要。注文番号 1234… is an order number.
_LABEL = re.compile(
    r"(?:[一-龥々ァ-ヶーわせけみし]{1,8}|[A-Za-z]{2,12}[ _]?)(?:番号|コード|ナンバー|ID|#)"
    r"|(?:[一-龥々ァ-ヶー]{1,8}|(?<![A-Za-z])[A-Za-z]{2,16}[ _])(?:N[oO]\b\.?|no\b\.?|id\b|code\b|number\b)"
    r"|[一-龥々]{0,6}(?:期限|期間|年月日|月日|[^生当本毎曜前後休平終一-龥]?[一-龥](?:日|付)(?![本一-龥]))"
    r"|免許証|旅券|在留カード|保険証|年金手帳|マイナンバーカード|型番|型式|型名|規格|製番|機番|品番|図番|棚番|JAN"
    r"|ロット|LOT|電話|TEL|FAX|金額|数量|単価|合計|伝票|資産|シリアル|ISBN|IMEI"
    r"|デンピョウ|デンピヨウ|ヒンバン|スウリョウ|スウリヨウ|キンガク"
    r"|(?<![A-Za-z])(?:lot|sku|jan|slip|serial|order|invoice|tracking|amount|qty|total)(?![A-Za-z])"
    r"|(?<![A-Za-z])[A-Za-z_]{2,24}[\"']?(?= ?[:=] ?[\"']?$)",
)
# A value after a label uses the label up.
_VALUE = re.compile(r"[0-9](?:[-/. ]?[0-9]){4,}|[0-9]+(?:年|[./-])[0-9]+(?:月|[./-])[0-9]+")
_LIST = re.compile(r"[\s:=は)(]*[0-9][-0-9./ ]*(?:[、,/・]\s?[0-9][-0-9./ ]*)*[、,/・]\s?")
_LINE_START = re.compile(r"[^\w一-龥]*(?:(?:第|No\.?|普通?|当座)[ )]?)?")
_OWN_KEY = re.compile(r"[:=→,\t\"'] ?[\"']?$|[^\s] $|[0-9]")
_SENTENCE_END = re.compile(r"(?<!とおりです)(?<!通りです)(?<!のとおり)(?<!の通り)。$|(?<!No)(?<!no)[.!?]$")
_FILLED = re.compile(
    r"(?:[^\S\n]|&nbsp;|[:=→…・_.|>)\]」】\"'／/]|</?[A-Za-z][^<>\n]{0,40}>)*(?:\([^()\n]{0,16}\))?[はが]?"
    r"(?:[^\S\n]|[:=→…._|>\"'])*(?P<below>\n[ \t]*)?(?:\([^()0-9\n]{0,8}\))?"
)
_SEPARATED = re.compile(r"[,\t|][^\n]*\Z")
_HEADING_ROW = re.compile(r"(?!.*(?:\( |…|__|\.\.))(?:[^0-9。、:{}<>]|[0-9]{1,2}桁){3,400}")
_WIDE_TOKEN = re.compile(r"\S+(?: \S+)*")
_TOKEN = re.compile(r"\S+")
_BRACKETS = frozenset("([<")


@dataclass(frozen=True, slots=True)
class _Before:
    """What precedes a value on its line, and where labels stand in it."""

    text: str
    labels: tuple[tuple[int, int], ...]
    begins: bool  # nothing but bullets and quotes stands before the value

    def nearest(self, own: re.Pattern[str]) -> bool | None:
        """Whether the nearest unused label is one of these; None when there is none."""
        mine = [match.span() for match in own.finditer(self.text)]
        touching = [any(low < end and start < high for low, high in mine) for start, end in self.labels]
        own_ends = [end for (_, end), touched in zip(self.labels, touching, strict=True) if touched]
        named = max([end for _, end in mine] + own_ends, default=-1)
        other = max((end for (_, end), touched in zip(self.labels, touching, strict=True) if not touched), default=-1)
        last = max(named, other)
        if last < 0 or (_VALUE.search(self.text, last) and not _LIST.fullmatch(self.text, last)):
            return None
        return named >= other


class Labels:
    """Answers for any value of one text which label it has. Remembers, because every kind asks."""

    def __init__(self, text: str, tables: Callable[[], Tables]) -> None:
        self._text = text
        self._tables = tables
        self._befores: dict[int, _Before] = {}
        self._headings: dict[int, str] = {}
        self._columns: dict[int, str] = {}
        self._heading_rows: dict[int, str] = {}
        self._answered: dict[re.Pattern[str], list[tuple[int, int]]] = {}
        self._inserts = inserts(text)

    def name(self, own: re.Pattern[str], start: int, end: int) -> bool:
        """Whether one of these labels speaks about the value."""
        heading = self.heading(start)
        if heading and own.search(heading):
            return True
        before = self.before(start)
        verdict = before.nearest(own)
        if verdict is None and not heading:
            verdict = self._above(own, start, before)
        if verdict is None and not heading:
            verdict = own.search(self._spaced_column(start)) is not None or self._answers(own, start, before)
        return self._in_brackets_after(own, end) if verdict is None else verdict

    def name_other(self, own: re.Pattern[str], start: int) -> bool:
        """Whether a label of something else speaks about the value."""
        heading = self.heading(start)
        if heading:
            return not own.search(heading)
        before = self.before(start)
        verdict = before.nearest(own)
        if verdict is None:
            verdict = self._above(own, start, before)
        if verdict is None:
            column = self._spaced_column(start)
            return column != "" and not own.search(column)
        return verdict is False

    def heading(self, start: int) -> str:
        """The heading over a value in a separated table or in an SQL insert; prose has none."""
        if start not in self._headings:
            found = insert_column(self._text, self._inserts, start) if self._inserts else None
            if found is None:
                rows = self._tables().heading(start).split("\n")
                found = "\n".join(row for row in rows if not NOT_A_HEADING.search(row))
            self._headings[start] = found
        return self._headings[start]

    def values(self, own: re.Pattern[str], value: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """The spans that fill in a label: after it, on the line below it, or in the cells under it."""
        for label in own.finditer(self._text):
            if self._text[label.start() - 1 : label.start()] == "/":
                continue  # the closing tag of an element
            gap = _FILLED.match(self._text, label.end())
            filled = value.match(self._text, gap.end()) if gap else None
            if gap and filled and not (gap["below"] and self._heads_a_column(label)):
                yield filled.span()
            yield from self._spaced_cells(own, value, label)
        for start, end in self._tables().cells_under(own):
            if filled := value.fullmatch(self._text, start, end):
                yield filled.span()

    def _spaced_cells(
        self, own: re.Pattern[str], value: re.Pattern[str], label: re.Match[str]
    ) -> Iterator[tuple[int, int]]:
        """The cells under a heading in columns that only spaces make."""
        low = self._text.rfind("\n", max(0, label.start() - _WIDEST_ROW), label.start()) + 1
        high = self._text.find("\n", label.end(), label.end() + _WIDEST_ROW)
        if high < 0 or "  " not in self._text[low:high].strip() or not _heads_columns(self._text[low:high]):
            return
        for cell in _TOKEN.finditer(self._text, high, high + _WIDEST_ROW * 2):
            if value.fullmatch(self._text, *cell.span()) and own.search(self._spaced_column(cell.start())):
                yield cell.span()

    def _heads_a_column(self, label: re.Match[str]) -> bool:
        """Whether other cells stand before a label; then what begins the next line is not its value."""
        low = self._text.rfind("\n", max(0, label.start() - _WIDEST_ROW), label.start()) + 1
        return _SEPARATED.search(self._text[low : label.start()]) is not None

    def before(self, start: int) -> _Before:
        """What precedes a value on its line."""
        if start not in self._befores:
            low = max(0, start - _LOOK)
            self._befores[start] = _before(self._text[self._text.rfind("\n", low, start) + 1 or low : start])
        return self._befores[start]

    def _above(self, own: re.Pattern[str], start: int, before: _Before) -> bool | None:
        """The verdict of the line above, for a value that begins its line or goes on in prose."""
        if not before.begins and (before.labels or _OWN_KEY.search(before.text)):
            return None
        line = self._text.rfind("\n", max(0, start - _LOOK), start)
        if line > 0 and self._text[line - 1] == "\n":
            line -= 1  # one empty line may lie between
        if line <= 0:
            return None
        above = self.before(line)
        if _SENTENCE_END.search(above.text):
            return None
        return above.nearest(own) if before.begins else _before(above.text + before.text).nearest(own)

    def _answers(self, own: re.Pattern[str], start: int, before: _Before) -> bool | None:
        """True where the line answers a question that has the label and has no label itself."""
        if before.labels:
            return None
        if own not in self._answered:
            self._answered[own] = answered_lines(self._text, own)
        lines = self._answered[own]
        at = bisect_right(lines, start, key=lambda line: line[0]) - 1
        return (at >= 0 and start < lines[at][1]) or None

    def _in_brackets_after(self, own: re.Pattern[str], end: int) -> bool:
        after = self._text[end : end + _AFTER].lstrip()
        return after[:1] in _BRACKETS and own.search(after[:12]) is not None

    def _spaced_column(self, start: int) -> str:
        """The heading over a value in columns that only spaces make."""
        if start not in self._columns:
            self._columns[start] = self._find_spaced_column(start)
        return self._columns[start]

    def _find_spaced_column(self, start: int) -> str:
        low, row = self._row(start)
        heading = self._heading_row(low) if row else ""
        return _column(heading, row, start - low) if heading else ""

    def _row(self, start: int) -> tuple[int, str]:
        """Where the line of a value begins, and the line if spaces may make columns of it."""
        low = self._text.rfind("\n", max(0, start - _WIDEST_ROW), start) + 1
        high = self._text.find("\n", start, start + _WIDEST_ROW)
        row = self._text[low : high if high >= 0 else start + _WIDEST_ROW]
        return low, "" if (low == 0 and start > _WIDEST_ROW) or " " not in row.strip() else row

    def _heading_row(self, low: int) -> str:
        if low not in self._heading_rows:
            self._heading_rows[low] = next(filter(_heads_columns, self._lines_above(low)), "")
        return self._heading_rows[low]

    def in_row(self, own: re.Pattern[str], rivals: re.Pattern[str], start: int) -> bool | None:
        """For a value in a row whose cells cannot be counted, because names hold spaces and cells are missing.

        True where the headings name the label, False where they name a rival too, None where neither decides.
        """
        low, row = self._row(start)
        if not row or self.heading(start) or self.before(start).labels:
            return None
        heads = self._heading_row(low).split()
        others = [head for head in heads if not own.search(head)]
        if len(others) == len(heads) or not others:
            return None
        return not any(rivals.search(head) for head in others)

    def _lines_above(self, low: int) -> Iterator[str]:
        for _ in range(_FARTHEST_HEADING):
            previous = self._text.rfind("\n", max(0, low - _WIDEST_ROW), max(0, low - 1)) + 1
            if low <= 0 or (previous == 0 and low > _WIDEST_ROW):
                return
            yield self._text[previous : low - 1]
            low = previous


def _heads_columns(line: str) -> bool:
    return " " in line.strip() and _HEADING_ROW.fullmatch(line) is not None


def joined_letters(text: str) -> str:
    """The letter-spaced words of a text without their spaces: 個 人 番 号 is a label too."""
    return "\n".join(_BLANKS.sub("", match.group()) for match in LETTER_SPACED.finditer(text))


def _before(raw: str) -> _Before:
    if _FIGURES.fullmatch(raw):
        return _Before("", (), not raw.strip(" -.,\t"))
    text = _TAG.sub(_key_of, raw) if "<" in raw or "&" in raw else raw
    text = _FILLER.sub(" ", text)
    text = LETTER_SPACED.sub(lambda match: _BLANKS.sub("", match.group()), text)[-NEAR:]
    labels = tuple(match.span() for match in _LABEL.finditer(text))
    return _Before(text, labels, _LINE_START.fullmatch(text) is not None)


def _key_of(tag: re.Match[str]) -> str:
    """The name of an XML element is the key of its value; closing tags and HTML are only layout."""
    name = tag[2]
    return " " if tag[1] or name is None or _HTML.fullmatch(name.lower()) else f" {name}:"


def _column(heading: str, row: str, at: int) -> str:
    """The heading of the cell at a place: by order, by place on the screen, or by order from the right."""
    wide = "  " in heading.strip()
    token = _WIDE_TOKEN if wide else _TOKEN
    heads, cells = list(token.finditer(heading)), list(token.finditer(row))
    if len(heads) < 2:
        return ""
    index = next((number for number, cell in enumerate(cells) if cell.start() <= at < cell.end()), -1)
    if index < 0:
        return ""
    if len(heads) == len(cells):
        return heads[index].group()
    place = _width(row[: cells[index].start()])
    for head in heads if wide else ():
        if _width(heading[: head.start()]) == place:
            return head.group()
    return heads[index - len(cells)].group() if len(cells) - index <= len(heads) else ""


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
