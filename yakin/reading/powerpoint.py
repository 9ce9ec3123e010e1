"""PowerPoint files: slides in order with tables and groups; speaker notes and hidden slides as hidden text."""

from yakin.reading.markup import local_name
from yakin.reading.package import Package
from yakin.reading.parts import Parts
from yakin.reading.story import Story

_MASTERS = (".slidemaster+xml", ".slidelayout+xml")


def read_presentation(package: Package, main: str, parts: Parts) -> frozenset[str]:
    """Read the presentation; returns the parts that it has taken care of."""
    done = {main.lower()}
    for name in (name for ending in _MASTERS for name in package.of_type(ending)):
        _tell(package, name, parts, label="layout")
        done.add(name.lower())
    for number, slide in enumerate(_slides_in_order(package, main), start=1):
        concealed = package.xml(slide).get("show") in {"0", "false"}
        _tell(package, slide, parts, label=f"hidden slide {number}" if concealed else "")
        notes = [relation.target for relation in package.related(slide) if relation.kind == "notesSlide"]
        for name in notes:
            _tell(package, name, parts, label=f"notes {number}")
        done |= {slide.lower(), *(name.lower() for name in notes)}
    return frozenset(done)


def _slides_in_order(package: Package, main: str) -> list[str]:
    targets = {relation.id: relation.target for relation in package.related(main) if relation.kind == "slide"}
    listed = [
        value
        for node in package.xml(main).iter()
        if local_name(node) == "sldId"
        for key, value in node.attrib.items()
        if key.endswith("}id")
    ]
    return [targets[identifier] for identifier in listed if identifier in targets]


def _tell(package: Package, name: str, parts: Parts, *, label: str) -> None:
    """Show a slide or, with a label, hide it. A layout's own words stand on every slide, its placeholders do not."""
    layout = label == "layout"
    story = Story(without_placeholders=layout).walk(package.xml(name))
    if label and not layout:
        parts.hide(label, story.shown)
    else:
        parts.show(story.shown)
    if not layout:
        parts.hide("hidden text", story.hidden)
        parts.hide("alternative text", "\n".join(story.descriptions))
        parts.unreadable_parts += story.large_pictures
