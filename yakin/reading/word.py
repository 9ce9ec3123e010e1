"""Word documents: body, headers, footers and notes in order; comments, deletions and vanished text as hidden text."""

from yakin.reading.markup import local_name
from yakin.reading.package import Node, Package
from yakin.reading.parts import Parts
from yakin.reading.story import Story, is_on

_NOTES = ("footnotes+xml", "endnotes+xml")


def read_document(package: Package, main: str, parts: Parts) -> frozenset[str]:
    """Read the document; returns the parts that it has taken care of."""
    hidden_styles = _hidden_styles(package)
    headers, footers = package.of_type(".header+xml"), package.of_type(".footer+xml")
    notes = [name for ending in _NOTES for name in package.of_type(ending)]
    stories = [*headers, main, *notes, *footers]
    for name in stories:
        _tell(package.xml(name), hidden_styles, parts)
    comments = package.of_type(".comments+xml")
    for name in comments:
        _hide_comments(package.xml(name), parts)
    for name in package.of_type(".settings+xml"):
        _hide_variables(package.xml(name), parts)
    return frozenset(name.lower() for name in (*stories, *comments))


def _tell(root: Node, hidden_styles: frozenset[str], parts: Parts) -> None:
    story = Story(hidden_styles).walk(root)
    parts.show(story.shown)
    parts.hide("hidden text", story.hidden)
    parts.hide("alternative text", "\n".join(story.descriptions))
    parts.hide("field", "\n".join(dict.fromkeys(story.field_codes)))
    parts.unreadable_parts += story.large_pictures


def _hide_comments(root: Node, parts: Parts) -> None:
    for comment in root:
        story = Story().walk(comment)
        author = next((value for key, value in comment.attrib.items() if key.endswith("}author")), "")
        parts.hide("comment", f"{author}:\n{story.shown}\n{story.hidden}".strip())


def _hide_variables(root: Node, parts: Parts) -> None:
    for node in root.iter():
        if local_name(node) == "docVar":
            parts.hide("variable", " = ".join(node.attrib.values()))


def _hidden_styles(package: Package) -> frozenset[str]:
    """The ids of the styles that make text vanish."""
    hidden: set[str] = set()
    for name in package.of_type(".styles+xml"):
        for style in package.xml(name):
            vanish = next((node for node in style.iter() if local_name(node) == "vanish"), None)
            if local_name(style) == "style" and is_on(vanish):
                hidden |= {value for key, value in style.attrib.items() if key.endswith("}styleId")}
    return frozenset(hidden)
