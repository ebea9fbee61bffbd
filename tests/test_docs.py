"""What the README and CONTRIBUTING promise is there, and what is there is promised."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from typer.main import get_command

from riwaya.cli import CODES, app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def commands() -> list[str]:
    return sorted(get_command(app).commands)  # type: ignore[attr-defined]


def test_every_command_is_in_the_readme() -> None:
    assert [name for name in commands() if f"| `{name}` |" not in README] == []


def test_every_command_in_the_readme_is_there() -> None:
    assert set(re.findall(r"bin/riwaya (\w+)", README)) <= set(commands())


def test_every_option_in_the_readme_is_there() -> None:
    for name, rest in re.findall(r"bin/riwaya (\w+)([^\n#]*)", README):
        known = {option for param in get_command(app).commands[name].params for option in param.opts}  # type: ignore[attr-defined]
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, name


def test_exit_codes_are_the_same_in_both_places() -> None:
    said = dict(re.findall(r"^\| (\d) \| (.*?)(?:;.*)? \|$", README, re.M))
    assert said == dict(re.findall(r"(\d) ([^·(]*?)(?: \(.*?\))?(?: ·|$)", " ".join(CODES.split())))


@pytest.mark.parametrize(("name", "place"), re.findall(r"`([A-Z]+)` in `([\w/]+\.py)`", CONTRIBUTING))
def test_every_list_to_add_to_is_where_it_is_said_to_be(name: str, place: str) -> None:
    module = "riwaya." + place.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    assert len(getattr(importlib.import_module(module), name)) >= 0


def test_every_target_of_the_makefile_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.M)[0].split()) - {"help", "clean"}
    assert {name for name in targets if f"make {name}" not in makefile} == set()


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert "--hash=sha256:" in lock
