"""Word, Excel and PowerPoint files: every part of the package is shown, hidden, known to be plumbing, or counted."""

import re
from enum import StrEnum

from lxml import etree

from yakin.domain.documents import Reason
from yakin.reading.excel import read_workbook
from yakin.reading.markup import local_name
from yakin.reading.package import Node, Package
from yakin.reading.parts import CannotRead, Parts
from yakin.reading.powerpoint import read_presentation
from yakin.reading.sniffing import suffix_of
from yakin.reading.word import read_document


class Office(StrEnum):
    """Media types of the three kinds that are read."""

    WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


_KINDS = (
    (re.compile(r"wordprocessingml|ms-word\.(document|template)"), Office.WORD, read_document),
    (re.compile(r"spreadsheetml|ms-excel\.(sheet|template|addin)\.macro"), Office.EXCEL, read_workbook),
    (re.compile(r"presentationml|ms-powerpoint\.\w+\.macro"), Office.POWERPOINT, read_presentation),
)
# Formatting and settings: no words of the author in them.
_PLUMBING = re.compile(
    r"(^|/)(_rels/[^/]*\.rels|styles|styleswitheffects|fonttable|websettings|settings|numbering|theme\d*|themeoverride\d*"
    r"|tablestyles|presprops|viewprops|calcchain|metadata|sheetmetadata|comments(ids|extended|extensible)\d*"
    r"|(style|colors|layout|quickstyle)\d+|printersettings\d*|revisioninfo|volatiledependencies)(\.xml|\.bin|$)"
    r"|^\[content_types\]\.xml$|^_xmlsignatures/|^docprops/thumbnail|(^|/)fonts/|\.(odttf|fntdata)$|^xl/tables/table"
    r"|^ppt/diagrams/drawing|^word/diagrams/drawing|^xl/diagrams/drawing|slideupdateinfo|^ppt/(notes|handout)masters/"
)
_IMAGES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".wdp", ".ico"})
_MEDIA = frozenset({".mp4", ".mov", ".avi", ".wmv", ".m4v", ".mp3", ".m4a", ".wav", ".wma"})
_FILES = frozenset(
    {".xlsx", ".xlsm", ".docx", ".docm", ".pptx", ".pptm", ".htm", ".html", ".mht", ".txt", ".pdf", ".rtf"}
)
_ON_THE_PAGE = re.compile(r"(^|/)(charts/chart|diagrams/data|drawings/drawing)")
# fmt: off
_SAYING = frozenset({
    "descr", "title", "author", "initials", "displayName", "userId", "caption", "alias", "tag", "tooltip",
    "display", "location", "connection", "command", "description", "prompt", "promptTitle", "error", "errorTitle",
    "name",
})
# fmt: on
_VALUES = frozenset({"s", "n", "d", "e"})  # cached values of a pivot table
# fmt: off
_PROPERTIES = frozenset({
    "creator", "lastModifiedBy", "title", "subject", "keywords", "description", "category", "contentStatus",
    "Company", "Manager",
})
# fmt: on


def read_office(data: bytes, parts: Parts) -> str:
    """Read one OOXML file; returns its media type."""
    package = Package(data, parts.budget)
    main = package.main_part()
    for pattern, kind, read in _KINDS:
        if main and package.has(main) and pattern.search(package.content_type(main)):
            parts.hidden_unreadable += package.duplicates
            done = read(package, main, parts)
            for name in package.names:
                if name.lower() not in done:
                    _account_for(name, package, parts)
            return kind
    if main and package.has("[Content_Types].xml") and not package.has(main):
        raise CannotRead(Reason.CORRUPT)
    raise CannotRead(Reason.UNKNOWN_TYPE)


def _account_for(name: str, package: Package, parts: Parts) -> None:
    """Say what a part is that the readers did not take: text, plumbing, a picture, or something unread."""
    lower, suffix = name.lower(), suffix_of(name)
    if lower.endswith(".rels"):
        _hide_links(package.xml(name), parts)
    elif lower.startswith("docprops/") and suffix == ".xml":
        _describe(package.xml(name), parts, custom="custom" in lower)
    elif _PLUMBING.search(lower) or suffix in _IMAGES:
        return  # pictures are judged by their size where they are placed
    elif suffix in _MEDIA:
        parts.unreadable_parts += 1
    elif suffix in _FILES:
        parts.attach(package.read(name), name, hidden=True)
    elif suffix in {".xml", ".vml", ".svg"}:
        _say_loosely(name, package, parts)
    else:
        parts.hidden_unreadable += 1  # macros, OLE objects, ActiveX controls and whatever else was put in


def _say_loosely(name: str, package: Package, parts: Parts) -> None:
    """All words of an XML part: charts and diagrams are on the page, the rest is hidden."""
    data = package.read(name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=name.lower().endswith(".vml")
    )
    root = etree.fromstring(data, parser)
    if root is None:
        parts.hidden_unreadable += 1
        return
    text = loose_text(root)
    if _ON_THE_PAGE.search(name.lower()):
        parts.show(text)
    else:
        parts.hide(local_name(root), text)


def loose_text(root: Node) -> str:
    """Every text node and every attribute that people write, in document order."""
    words: list[str] = []
    for node in root.iter():
        words.append((node.text or "").strip())
        if isinstance(node.tag, str):
            cached = ("v",) if local_name(node) in _VALUES else ()
            words += [value for key, value in node.attrib.items() if _says(key, cached) and not _is_default_name(value)]
        words.append((node.tail or "").strip())
    return "\n".join(word for word in words if word)


def _says(key: str, cached: tuple[str, ...]) -> bool:
    return key.rpartition("}")[2] in _SAYING or key in cached


def _is_default_name(value: str) -> bool:
    """Names that the program gave: `Picture 3`, `図 1`."""
    return bool(re.fullmatch(r"[^\d]{1,20} ?\d{1,4}|_x0000_\w+", value))


def _describe(root: Node, parts: Parts, *, custom: bool) -> None:
    for node in root.iter():
        name = local_name(node)
        if custom and node.get("name"):
            parts.describe(node.get("name"), "".join(node.itertext()).strip())
        elif not custom and name in _PROPERTIES:
            parts.describe(name, "".join(node.itertext()).strip())
        elif name == "label" and node.get("id"):
            parts.describe("sensitivity label", " ".join(node.attrib.values()))


def _hide_links(root: Node, parts: Parts) -> None:
    for node in root:
        target = node.get("Target", "")
        if node.get("TargetMode") == "External" and not target.lower().startswith("file:///c:\\program files"):
            parts.hide("link", target)
