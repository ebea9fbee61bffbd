"""The examples that packs bring: small texts and the claims in them, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from riwaya.model import Claim, Report
from riwaya.packs import shapes
from riwaya.packs.pack import HERE, LANGUAGE, pack_folders
from riwaya.packs.schema import load_yaml


@dataclass(frozen=True, slots=True)
class Outcome:
    """An example and what a reader made of it."""

    file: str
    text: str
    missing: tuple[dict[str, Any], ...]
    extra: tuple[Claim, ...]

    @property
    def right(self) -> bool:
        """Whether the reader read what the example says, and nothing else."""
        return not self.missing and not self.extra


def example_files() -> list[Path]:
    """Every examples file of the language and of each conflict."""
    folders = [HERE / LANGUAGE, *pack_folders()]
    return [file for folder in folders if (file := folder / "examples.yaml").is_file()]


def check(read: Callable[[Report], Iterable[Claim]]) -> Iterator[Outcome]:
    """Read every example and compare."""
    for file in example_files():
        name = f"{file.parent.name}/{file.name}"
        for example in load_yaml(file, shapes.EXAMPLES):
            yield compare(name, example, list(read(report_of(example))))


def report_of(example: dict[str, Any]) -> Report:
    """An example as a report."""
    published = example.get("published")
    return Report(
        example["text"],
        title=example.get("title", ""),
        outlet=example.get("outlet", ""),
        published=datetime.fromisoformat(str(published)) if published else None,
    )


def compare(file: str, example: dict[str, Any], claims: list[Claim]) -> Outcome:
    """Pair what an example says with what was read; an example says only what matters to it."""
    missing = []
    left = list(claims)
    for wanted in example["claims"]:
        found = next((claim for claim in left if says(claim, wanted)), None)
        if found is None:
            missing.append(wanted)
        else:
            left.remove(found)
    return Outcome(file, example["text"], tuple(missing), tuple(left))


def says(claim: Claim, wanted: dict[str, Any]) -> bool:
    """Whether a claim has everything that an example names."""
    return all(_same(said(claim, key), value) for key, value in wanted.items())


def _same(read: Any, wanted: Any) -> bool:
    if isinstance(wanted, int | float) and isinstance(read, int | float):
        return float(read) == float(wanted)  # YAML's 3 is the reader's 3.0
    return str(read) == str(wanted)


def said(claim: Claim, key: str) -> Any:
    """A claim's field as examples write it: ids in lists, days as text, plain words."""
    if key in ("actor", "target", "place", "toward", "chain"):
        return [mention.id for mention in getattr(claim, key)]
    if key == "when":
        return [day.isoformat() for day in claim.when or ()]
    if key in ("min", "max"):
        return getattr(claim.quantity, key, None)
    if key == "origin":
        return claim.origin.id if claim.origin else ""
    if key == "trigger":
        return claim.trigger_text
    return getattr(claim, key)
