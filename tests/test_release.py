"""What a release must pass, as far as it can be known without a network."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import licences  # noqa: E402


def test_every_locked_dependency_may_be_used() -> None:
    found = list(licences.found())
    assert len(found) > 100
    assert [(one.name, one.licence) for one in found if not one.allowed] == []


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("LGPL-3.0-only", False),
        ("Apache-2.0 OR GPL-2.0-only", True),
        ("MIT AND GPL-2.0-only", False),
        ("", False),
        ("whatever", False),
    ],
)
def test_what_may_not_be_is_seen(licence: str, allowed: bool) -> None:
    known = {"allowed": ["MIT", "Apache-2.0"], "for": {}}
    assert licences.judged("x", "1", licence, known).allowed is allowed


def test_the_changelog_speaks_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_a_weakness_can_be_reported() -> None:
    assert "report" in (ROOT / "SECURITY.md").read_text("utf-8").lower()
