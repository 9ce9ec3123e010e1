"""One story of an Office document (body, header, note, slide) in reading order, visible and hidden apart."""

import re
from typing import Any

from lxml import etree

from yakin.reading.markup import local_name

Node = Any  # lxml has no type stubs

EMU_PER_CM = 360_000
# About a quarter of a page. The text of a smaller picture is a logo or a seal; a larger one may be a scanned page.
LARGE_PICTURE_CM2 = 150.0

_DELETED = frozenset({"del", "moveFrom"})  # tracked changes: struck out, still in the file
_SHAPES = frozenset({"sp", "pic", "grpSp", "graphicFrame", "cxnSp", "wsp"})
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


class Story:
    """Walks WordprocessingML and DrawingML alike: paragraphs, tables, deleted, hidden and alternative text."""

    def __init__(self, hidden_styles: frozenset[str] = frozenset(), *, without_placeholders: bool = False) -> None:
        self._hidden_styles = hidden_styles
        self._without_placeholders = without_placeholders
        self._shown: list[str] = []
        self._hidden: list[str] = []
        self._concealing: list[Node] = []
        self._cells = 0
        self.descriptions: list[str] = []
        self.field_codes: list[str] = []
        self.large_pictures = 0

    @property
    def shown(self) -> str:
        """The text that is on the page."""
        return _tidy("".join(self._shown))

    @property
    def hidden(self) -> str:
        """The text that is in the file but not on the page."""
        return _tidy("".join(self._hidden))

    def walk(self, root: Node) -> "Story":
        """Read the whole tree once."""
        _drop_repeated_fallbacks(root)
        for event, node in etree.iterwalk(root, events=("start", "end")):
            if event == "start":
                self._open(node, local_name(node))
            else:
                self._close(node, local_name(node))
        return self

    def _open(self, node: Node, name: str) -> None:
        if self._conceals(node, name):
            self._concealing.append(node)
        if name in {"t", "delText"}:
            self._say(node.text or "")
        elif name in {"br", "cr", "tab", "noBreakHyphen"}:
            self._say(_mark(node, name))
        elif name == "tc":
            self._cells += 1
        elif name in {"cNvPr", "docPr"}:
            self.descriptions += [node.get(key) for key in ("descr", "title") if node.get(key)]
        elif name == "instrText" and node.text and '"' in node.text:
            self.field_codes.append(node.text.strip())
        elif name in {"pic", "imagedata"}:
            self.large_pictures += _is_large(node, name)

    def _close(self, node: Node, name: str) -> None:
        if name == "p":
            self._say(" " if self._cells else "\n")
        elif name == "tc":
            self._cells -= 1
            self._say("\t")
        elif name == "tr":
            self._say("\n")
        if self._concealing and self._concealing[-1] is node:
            self._hidden.append("" if name in {"r", "rt", *_DELETED} and len(self._concealing) > 1 else "\n")
            self._concealing.pop()

    def _say(self, text: str) -> None:
        if text:
            (self._hidden if self._concealing else self._shown).append(text)

    def _conceals(self, node: Node, name: str) -> bool:
        if name in _DELETED or name == "rt" or node.tag == _FALLBACK:
            return True
        if name == "r":
            return _vanishes(node, self._hidden_styles)
        if name == "p":
            return bool(self._hidden_styles) and _style(node, "pPr", "pStyle") in self._hidden_styles
        if name in _SHAPES:
            return _is_hidden_shape(node) or (self._without_placeholders and _is_placeholder(node))
        return False


def _child(node: Node, *names: str) -> Node | None:
    """The first descendant along a path of local names."""
    for name in names:
        node = next((child for child in node if local_name(child) == name), None)
        if node is None:
            return None
    return node


def _attribute(node: Node, local: str) -> str:
    return next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == local), "")


def _style(node: Node, properties: str, style: str) -> str:
    found = _child(node, properties, style)
    return "" if found is None else _attribute(found, "val")


def is_on(node: Node | None) -> bool:
    """Whether a WordprocessingML switch such as w:vanish is present and not turned off."""
    return node is not None and _attribute(node, "val").lower() not in {"0", "false", "off"}


def _vanishes(run: Node, hidden_styles: frozenset[str]) -> bool:
    return is_on(_child(run, "rPr", "vanish")) or (
        bool(hidden_styles) and _style(run, "rPr", "rStyle") in hidden_styles
    )


def _properties(shape: Node) -> Node | None:
    """The nvSpPr, nvPicPr and so on of a shape."""
    return next((child for child in shape if local_name(child).startswith("nv")), None)


def _is_hidden_shape(shape: Node) -> bool:
    properties = _properties(shape)
    named = None if properties is None else _child(properties, "cNvPr")
    return named is not None and named.get("hidden") in {"1", "true"}


def _is_placeholder(shape: Node) -> bool:
    properties = _properties(shape)
    return properties is not None and _child(properties, "nvPr", "ph") is not None


def _mark(node: Node, name: str) -> str:
    parent = node.getparent()
    if name == "tab":  # in paragraph properties it is a tab stop, not text
        return "\t" if parent is not None and local_name(parent) == "r" else ""
    return "-" if name == "noBreakHyphen" else "\n"


def _is_large(picture: Node, name: str) -> bool:
    area = _vml_area_cm2(picture) if name == "imagedata" else _drawn_area_cm2(picture)
    return area >= LARGE_PICTURE_CM2


def _drawn_area_cm2(picture: Node) -> float:
    extent = _child(picture, "spPr", "xfrm", "ext")
    if extent is None:
        extent = _child(picture.getparent(), "ext")  # a picture anchored to one spreadsheet cell
    if extent is None:
        return 0.0
    width, height = _number(extent.get("cx")), _number(extent.get("cy"))
    return (width / EMU_PER_CM) * (height / EMU_PER_CM)


_CM_PER_UNIT = {"pt": 2.54 / 72, "in": 2.54, "cm": 1.0, "mm": 0.1, "px": 2.54 / 96}


def _vml_area_cm2(image: Node) -> float:
    area = 1.0
    style = dict(pair.split(":", 1) for pair in image.getparent().get("style", "").split(";") if ":" in pair)
    for side in ("width", "height"):
        size = style.get(side, "").strip()
        area *= _number(size[:-2]) * _CM_PER_UNIT.get(size[-2:], 0.0)
    return area


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _drop_repeated_fallbacks(root: Node) -> None:
    """Old programs see the same words a second time in mc:Fallback; only different ones are news."""
    for fallback in list(root.iter(_FALLBACK)):
        parent = fallback.getparent()
        chosen = "".join("".join(child.itertext()) for child in parent if child is not fallback)
        if "".join(chosen.split()) == "".join("".join(fallback.itertext()).split()):
            parent.remove(fallback)


def _tidy(text: str) -> str:
    lines = (line.rstrip(" \t") for line in re.sub(r" +\t", "\t", text).split("\n"))
    return "\n".join(line for line in lines if line.strip())
