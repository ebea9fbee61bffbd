"""The licence of every locked dependency, held against the list of those that may be.

``python tools/licences.py`` prints a line for each: name, version, licence; it leaves with 1 where one
is not allowed or not known.  ``tests/test_release.py`` runs the same check.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
LIST = Path(__file__).with_name("licences.yaml")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\\n]+)", re.M)
DESK = ROOT / "src" / "riwaya" / "web" / "desk" / "package-lock.json"


@dataclass(frozen=True, slots=True)
class Found:
    """A dependency, its licence as SPDX says it (empty where unknown), and whether that may be."""

    name: str
    version: str
    licence: str
    allowed: bool


def found() -> Iterator[Found]:
    """Every locked dependency, of Python and of the desk."""
    known = yaml.safe_load(LIST.read_text("utf-8"))
    for name, version in dict(PINNED.findall((ROOT / "requirements.lock").read_text("utf-8"))).items():
        yield judged(name, version, of_python(name, known), known)
    for name, about in of_desk():
        yield judged(name, str(about.get("version", "")), str(about.get("license", "")), known)


def of_python(name: str, known: dict[str, Any]) -> str:
    """What a package says its licence is; by hand where it is not installed here."""
    try:
        about = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return str(known["elsewhere"].get(name, ""))
    classes = [
        line.rpartition("::")[2].strip()
        for line in about.get_all("Classifier") or ()
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    said = about.get("License-Expression") or (classes[0] if classes else about.get("License") or "")
    first = said.strip().splitlines()[0] if said.strip() else ""
    return str(known["said"].get(first, first))


def of_desk() -> Iterator[tuple[str, dict[str, Any]]]:
    """The packages of the desk's lock."""
    if DESK.is_file():
        for path, about in json.loads(DESK.read_text("utf-8"))["packages"].items():
            if path and not about.get("link"):
                yield path.rpartition("node_modules/")[2], about


def judged(name: str, version: str, licence: str, known: dict[str, Any]) -> Found:
    """Whether a licence may be: one of several offered, and all of those that hold together."""
    special = known["for"].get(name, {}).get("licence")
    choices = [re.split(r" AND ", choice.strip("() ")) for choice in licence.split(" OR ")]
    fine = any(
        all(part.strip("() ") in (*known["allowed"], special) for part in choice) for choice in choices
    )
    return Found(name, version, licence, bool(licence) and fine)


def main() -> None:
    """Print them all."""
    wrong = 0
    for one in sorted(set(found()), key=lambda one: (one.name, one.version)):
        print(f"{one.name}\t{one.version}\t{one.licence or '?'}{'' if one.allowed else '  NOT ALLOWED'}")
        wrong += not one.allowed
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
