"""HTML and XML through lxml: what a browser would not show is hidden text; nothing external is ever loaded."""

import re
from typing import Any

from lxml import etree

from yakin.domain.documents import Reason
from yakin.reading.encodings import decode, decode_declared
from yakin.reading.parts import CannotRead, Parts

Node = Any  # lxml has no type stubs

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_\-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CONCEALING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])"
)
# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "div", "dl", "dt", "fieldset",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "legend", "li",
    "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "title",
    "tr", "ul",
})
# fmt: on
_CODE = frozenset({"script", "style"})
_CONCEALED = frozenset({"template", "noscript", "datalist"})
_SAID = ("alt", "title", "placeholder", "aria-label", "summary", "content", "value", "data-content")


def xml_parser() -> Node:
    """A parser that expands no entity, loads no DTD and opens no connection."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def local_name(node: Node) -> str:
    """The tag without its namespace; empty for comments, entities and instructions."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def read_html(data: bytes, parts: Parts) -> None:
    """Show what a browser shows; hide comments, hidden elements, alternative texts and descriptions."""
    declared = _CHARSET.search(data[:4096])
    text = decode_declared(data, declared.group(1).decode("ascii") if declared else None)
    parser = etree.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    root = etree.fromstring(_DECLARATION.sub("", text).encode("utf-8", "replace"), parser)
    if root is not None:
        _Page(parts).walk(root)


class _Page:
    """One pass over an HTML tree that keeps visible and concealed text apart."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._shown: list[str] = []
        self._concealing: list[Node] = []
        self._concealed: list[str] = []

    def walk(self, root: Node) -> None:
        for event, node in etree.iterwalk(root.getroottree(), events=("start", "end", "comment", "pi")):
            if event == "start":
                self._open(node)
            elif event == "end":
                self._close(node)
            else:
                self._parts.hide("comment", node.text or "")
                self._flow(node.tail, node.getparent())
        self._parts.show(_squeezed("".join(self._shown)))

    def _open(self, node: Node) -> None:
        if _is_concealing(node):
            self._concealing.append(node)
        if node.tag in _BLOCKS:
            self._say("\n")
        if node.tag not in _CODE or "json" in node.get("type", ""):
            self._flow(node.text, node)
        self._attributes(node)

    def _close(self, node: Node) -> None:
        if self._concealing and self._concealing[-1] is node:
            self._concealing.pop()
            if not self._concealing:
                self._parts.hide("hidden element", _squeezed("".join(self._concealed)))
                self._concealed.clear()
        if node.tag in _BLOCKS:
            self._say("\n")
        elif node.tag in {"td", "th"}:
            self._say("\t")
        self._flow(node.tail, node.getparent())

    def _flow(self, text: str | None, around: Node | None) -> None:
        """Source line breaks are spaces, except in preformatted text."""
        if text:
            kept = around is not None and around.tag in {"pre", "textarea"}
            self._say(text if kept else re.sub(r"\s*[\r\n]\s*", " ", text))

    def _say(self, text: str) -> None:
        (self._concealed if self._concealing else self._shown).append(text)

    def _attributes(self, node: Node) -> None:
        for name in _SAID:
            if text := node.get(name):
                seen = name == "value" and node.get("type", "text").lower() != "hidden" and node.tag == "input"
                if seen and not self._concealing:
                    self._say(text)
                else:
                    self._parts.hide(f"{node.tag} {name}", text)


def _is_concealing(node: Node) -> bool:
    if node.tag in _CONCEALED or node.tag == "script" or node.get("hidden") is not None:
        return True
    return bool(_CONCEALING_STYLE.search(node.get("style", "").lower()))


def _squeezed(text: str) -> str:
    """Collapse layout white space the way a browser does, keeping lines and table cells."""
    lines = (re.sub(r"[ \t\f\v]*\t[ \t\f\v]*|[ \f\v]+", _space, line).strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _space(match: re.Match[str]) -> str:
    return "\t" if "\t" in match.group() else " "


def read_xml(data: bytes, parts: Parts) -> None:
    """Show element text and attributes in order; hide comments; count entities, which are never expanded."""
    root = _parse_xml(data)
    if root.getroottree().docinfo.internalDTD is not None and b"<!ENTITY" in data:
        parts.hidden_unreadable += 1  # what an entity would pull in stays unread
    lines: list[str] = []
    for node in (*root.itersiblings(preceding=True), *root.iter(), *root.itersiblings()):
        if node.tag is etree.Comment or node.tag is etree.PI:
            parts.hide("comment", node.text or "")
        elif isinstance(node.tag, str):
            lines += [f"{local}={value}" for local, value in _attributes_of(node)]
            lines.append((node.text or "").strip())
        lines.append((node.tail or "").strip())
    parts.show("\n".join(line for line in lines if line))


def _attributes_of(node: Node) -> list[tuple[str, str]]:
    return [(name.rpartition("}")[2], value) for name, value in node.attrib.items() if value.strip()]


def _parse_xml(data: bytes) -> Node:
    try:
        return etree.fromstring(data, xml_parser())
    except etree.XMLSyntaxError:
        text = _DECLARATION.sub("", decode(data))  # declared an encoding that it is not in
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), xml_parser())
    except etree.XMLSyntaxError:
        raise CannotRead(Reason.CORRUPT) from None
