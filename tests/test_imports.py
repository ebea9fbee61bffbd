"""The import rows of the design: an arrow may point down, never up or sideways.

Packages' ``__init__`` may re-export what lies in their own folder. Imports inside functions count:
laziness is for speed, not for going round the rows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "riwaya"

# Part -> the parts it may import. A part is a top module or a top folder of the package.
BELOW_3 = {"model", "text", "packs"}
BELOW_4 = BELOW_3 | {"sources", "mentions", "claims", "ledger", "events"}
BELOW_5 = BELOW_4 | {"views", "scoring", "kept"}
BELOW_6 = BELOW_5 | {"pipeline", "exports", "demo", "questions", "custody", "archive", "queue"}
MAY_IMPORT = {
    "model": set(),
    "text": {"model"},
    "packs": {"model", "text"},
    "sources": BELOW_3,
    "mentions": BELOW_3,
    "ledger": BELOW_3,
    "events": BELOW_3,
    "claims": BELOW_3 | {"mentions"},
    "views": {"model", "ledger", "events"},
    "scoring": {"model", "text"},
    "kept": {"model", "text", "ledger", "events", "views"},
    "pipeline": BELOW_5,
    "questions": BELOW_5,
    "exports": {"model", "views"},
    "custody": BELOW_5,
    "demo": BELOW_5 | {"pipeline"},
    "archive": BELOW_5 | {"pipeline", "exports"},
    "queue": BELOW_5 | {"pipeline"},
    "web": BELOW_6,
    "notebook": {"model"},
    "library": BELOW_6 | {"notebook", "console"},
    "console": BELOW_6,
    "commands": BELOW_6 | {"console", "web"},
    "cli": BELOW_6 | {"web", "console", "commands"},
    "__init__": BELOW_6 | {"library", "notebook"},
    "__main__": {"cli"},
}


def part_of(path: Path) -> str:
    """The part a file belongs to."""
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def imported_parts(path: Path, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every import of our own package in a file: the line, and the part it points at."""
    package = ["riwaya", *path.relative_to(SOURCE).parts[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{stem}.{alias.name}" for alias in node.names] if stem == "riwaya" else [stem]
        else:
            continue
        for name in names:
            steps = name.split(".")
            if steps[0] == "riwaya":
                yield node.lineno, steps[1] if len(steps) > 1 else "__init__"


def offences() -> list[str]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        part = part_of(path)
        allowed = MAY_IMPORT[part] | {part}
        public = {"__init__"} if part in {"cli", "web"} else set()
        for line, target in imported_parts(path, ast.parse(path.read_text("utf-8"))):
            known = (SOURCE / target).is_dir() or (SOURCE / f"{target}.py").is_file()
            if known and target not in allowed | public:
                found.append(f"{path.relative_to(SOURCE)}:{line}: {part} may not import {target}")
    return found


def test_every_part_has_a_row() -> None:
    parts = {part_of(path) for path in SOURCE.rglob("*.py")}
    assert parts <= set(MAY_IMPORT), f"say in MAY_IMPORT what these may import: {parts - set(MAY_IMPORT)}"


def test_no_arrow_points_up_or_sideways() -> None:
    assert offences() == []


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("from riwaya.ledger.store import Ledger", "ledger"),
        ("from riwaya import cli", "cli"),
        ("import riwaya.web.app", "web"),
        ("from . import spans", "text"),
        ("from ..packs import pack", "packs"),
        ("from riwaya import Report", "Report"),
    ],
)
def test_the_test_sees(line: str, target: str) -> None:
    seen = list(imported_parts(SOURCE / "text" / "tokens.py", ast.parse(line)))
    assert seen == [(1, target)]
