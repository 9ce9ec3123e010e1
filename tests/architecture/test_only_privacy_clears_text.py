"""Only yakin/privacy/clearing.py may construct a ClearedText: it is what the gate trusts."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOME = Path("yakin/privacy/clearing.py")


def constructions(source: str) -> list[int]:
    """Lines that call ClearedText, under any alias, by attribute, or build one by replace or __new__."""
    tree = ast.parse(source)
    names = {"ClearedText"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname for alias in node.names if alias.name == "ClearedText" and alias.asname}
        elif isinstance(node, ast.Assign) and _refers(node.value, names):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and _makes(node, names)]


def _refers(node: ast.expr, names: set[str]) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "ClearedText"
    return isinstance(node, ast.Name) and node.id in names


def _makes(call: ast.Call, names: set[str]) -> bool:
    if _refers(call.func, names):
        return True
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if function in {"__new__", "partial"}:
        return any(_refers(argument, names) for argument in call.args)
    return function == "replace" and any("cleared" in ast.unparse(argument).lower() for argument in call.args[:1])


def test_only_clearing_constructs_a_cleared_text():
    found = {
        path.relative_to(ROOT)
        for folder in ("yakin", "flows", "tasks")
        for path in (ROOT / folder).rglob("*.py")
        if constructions(path.read_text(encoding="utf-8"))
    }
    assert found == {HOME}


@pytest.mark.parametrize(
    "source",
    [
        "from yakin.domain.cleared_text import ClearedText as C\nC(1)",
        "import yakin.domain.cleared_text as c\nc.ClearedText(1)",
        "from yakin.domain.cleared_text import ClearedText\nMake = ClearedText\nMake(1)",
        "from dataclasses import replace\nreplace(cleared, text='x')",
        "object.__new__(ClearedText)",
    ],
)
def test_the_walk_sees_every_way_to_make_one(source):
    assert constructions(source)


def test_reading_a_cleared_text_is_not_making_one():
    assert not constructions("def send(cleared: ClearedText) -> str:\n    return cleared.text.replace('a', 'b')")
