"""Bytes to text in the encodings of Japanese offices. Undecodable bytes are corrupt, never mojibake."""

import codecs
import re
from itertools import pairwise

from charset_normalizer import from_bytes

from yakin.domain.documents import Reason
from yakin.reading.parts import CannotRead

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark starts with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JIS_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\$\([DOQ]|\([BJI])")
_SHIFT_JIS_NAMES = frozenset({"shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms932", "cp932", "ms_kanji"})
_EUC_NAMES = frozenset({"euc-jp", "euc_jp", "x-euc-jp", "eucjp", "cp51932"})
_OTHERS = ["cp1252", "gb18030", "big5", "euc_kr"]
_PLAUSIBLE = 0.0
_HALFWIDTH_LETTERS = 6
_HALFWIDTH_BONUS = 0.6
_SAMPLE_CHARACTERS = 20_000


def decode(data: bytes) -> str:
    """Text by byte-order mark, ISO-2022-JP escapes, strict UTF-8, then CP932 or EUC-JP, whichever reads as Japanese."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data, encoding)
    if data.isascii():
        return decode_iso_2022_jp(data) if _JIS_ESCAPE.search(data) else data.decode("ascii")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data)


def decode_declared(data: bytes, charset: str | None) -> str:
    """Text by its declared charset where that holds, else by what the bytes say."""
    name = (charset or "").strip().strip("\"'").lower()
    if not name or name in {"us-ascii", "ascii", "unknown-8bit"}:
        return decode(data)
    for encoding in _codecs_of(name):
        try:
            return decode_iso_2022_jp(data) if encoding == "iso2022_jp" else data.decode(encoding)
        except (UnicodeDecodeError, LookupError, CannotRead):
            continue
    return decode(data)


def decode_iso_2022_jp(data: bytes) -> str:
    """ISO-2022-JP as offices send it: with half-width katakana and the vendor row (①, ㈱) as well."""
    try:
        return data.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        return "".join(_jis_segments(data))


def _codecs_of(name: str) -> tuple[str, ...]:
    if name in _SHIFT_JIS_NAMES:
        return ("cp932", "shift_jis_2004")
    if name in _EUC_NAMES:
        return ("euc_jp", "euc_jis_2004")
    return ("iso2022_jp",) if name.startswith("iso-2022-jp") else (name,)


def _jis_segments(data: bytes) -> list[str]:
    texts, escape, start = [], b"\x1b(B", 0
    for match in [*_JIS_ESCAPE.finditer(data), None]:
        segment = data[start : match.start() if match else len(data)]
        texts.append(_jis_segment(segment, escape))
        if match:
            escape, start = match.group(), match.end()
    return texts


def _jis_segment(segment: bytes, escape: bytes) -> str:
    if escape == b"\x1b(I":  # half-width katakana: the eighth bit makes it Shift_JIS
        return _strict(bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in segment), "cp932")
    if not escape.startswith(b"\x1b$"):
        return _strict(segment, "cp932")
    if escape not in {b"\x1b$B", b"\x1b$@"} or len(segment.rstrip(b"\r\n")) % 2:
        raise CannotRead(Reason.CORRUPT)
    line_end = segment[len(segment.rstrip(b"\r\n")) :]
    pairs = segment.rstrip(b"\r\n")
    moved = b"".join(_shift_jis(pairs[i], pairs[i + 1]) for i in range(0, len(pairs), 2))
    return _strict(moved + line_end, "cp932")


def _shift_jis(high: int, low: int) -> bytes:
    """One JIS X 0208 pair at its place in Shift_JIS."""
    if not (0x21 <= high <= 0x7E and 0x21 <= low <= 0x7E):
        raise CannotRead(Reason.CORRUPT)
    lead = (high - 0x21) // 2 + (0x81 if high < 0x5F else 0xC1)
    trail = low + (0x1F if low < 0x60 else 0x20) if high % 2 else low + 0x7E
    return bytes((lead, trail))


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise CannotRead(Reason.CORRUPT) from None


def _decode_legacy(data: bytes) -> str:
    """CP932 or EUC-JP by plausibility; CP932 wins ties, because offices write it far more often."""
    if _is_broken_utf8(data):
        raise CannotRead(Reason.CORRUPT)
    scored = []
    for rank, encoding in enumerate(("cp932", "euc_jp", "euc_jis_2004")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp932" and not _UNASSIGNED.isdisjoint(text):
            continue
        scored.append((plausibility(text), -rank, text))
    if scored:
        score, _, text = max(scored)
        if score > _PLAUSIBLE:
            return text
    return _decode_foreign(data)


def _is_broken_utf8(data: bytes) -> bool:
    """Mostly well-formed UTF-8 with a few bytes that are not: damage, not another encoding."""
    text = data.decode("utf-8", "replace")
    well_formed = sum(1 for character in text if character > "\x7f") - text.count("\ufffd")
    return well_formed >= 3 and well_formed > 4 * text.count("\ufffd")


def _decode_foreign(data: bytes) -> str:
    best = from_bytes(data, cp_isolation=_OTHERS, enable_fallback=False).best()
    if best is None:
        raise CannotRead(Reason.CORRUPT)
    return str(best)


def plausibility(text: str) -> float:
    """How much a decoded text reads as Japanese: mean weight of its non-ASCII characters."""
    sample = text[:_SAMPLE_CHARACTERS]
    weights = [_weight(before, character) for before, character in pairwise(f" {sample}") if character > "\x7f"]
    mean = sum(weights) / len(weights) if weights else 0.0
    return mean + _HALFWIDTH_BONUS if _is_halfwidth_throughout(sample) else mean


def _is_halfwidth_throughout(text: str) -> bool:
    """Bank and host data. A kanji of EUC-JP looks like two such letters half of the time; many in a row are letters."""
    letters = [character for character in text if character > "\x7f"]
    kana = sum(1 for character in letters if "ｱ" <= character <= "ﾟ")
    return len(letters) >= _HALFWIDTH_LETTERS and kana >= 0.85 * len(letters)


def _weight(before: str, character: str) -> float:
    code = ord(character)
    if 0xFF61 <= code <= 0xFF9F:
        return _halfwidth_weight(before, code)
    if 0x3041 <= code <= 0x3093 or 0x30A1 <= code <= 0x30FC or 0x3000 <= code <= 0x3002:
        return 1.0
    if 0x4E00 <= code <= 0x9FFF:
        return _kanji_weight(character)
    if code in _OFFICE_SYMBOLS or 0xFF01 <= code <= 0xFF5E or 0x2460 <= code <= 0x2473:
        return 0.6
    return -2.0 if 0xE000 <= code <= 0xF8FF or code < 0xA0 else -0.5


def _halfwidth_weight(before: str, code: int) -> float:
    """Voicing marks follow only certain kana; that tells half-width text from EUC bytes read as such."""
    if code in {0xFF9E, 0xFF9F}:
        return 1.5 if before in _VOICEABLE else -2.0
    if code in {0xFF61, 0xFF64, 0xFF65}:  # the lead bytes of EUC punctuation, hiragana and katakana
        return -0.6
    return 0.3


def _kanji_weight(character: str) -> float:
    """Level 1 kanji are the everyday ones; in Shift_JIS they end with the lead byte 0x98."""
    try:
        lead = character.encode("cp932")[0]
    except UnicodeEncodeError:
        return -0.5
    return 0.8 if lead <= 0x97 else 0.05


_VOICEABLE = frozenset("ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎｳ")
_UNASSIGNED = frozenset("\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3")  # single bytes that Python's cp932 lets through
_OFFICE_SYMBOLS = frozenset(map(ord, "、。・「」『』【】〒※○●◎△□■→←〜～－―…￥々〆㈱㈲℡№"))
