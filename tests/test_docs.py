"""What the README and CONTRIBUTING promise is there, and what is there is promised."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import riwaya
from riwaya.cli import CODES, app
from riwaya.exports import EXPORTS
from riwaya.sources import SOURCES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
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


def every_command(group: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        full = f"{name} {word}".strip()
        yield full, command
        if hasattr(command, "commands"):
            yield from every_command(command, full)


def test_every_command_and_every_option_says_what_it_does() -> None:
    for name, command in every_command(get_command(app)):
        assert command.help, name
        silent = [
            param.name for param in command.params if not getattr(param, "help", "") and param.name != "help"
        ]
        assert silent == [], name


@pytest.mark.parametrize(
    ("page", "names"), [("exports", [one.name for one in EXPORTS]), ("inputs", [one.kind for one in SOURCES])]
)
def test_every_export_and_input_has_its_how_to(page: str, names: list[str]) -> None:
    text = (DOCS / f"{page}.md").read_text("utf-8")
    parts = re.split(r"^## ", text, flags=re.M)[1:]
    shown = {found[1]: part for part in parts if (found := re.match(r"`([\w-]+)`\n", part))}
    assert set(shown) == set(names)
    commands = "riwaya export NAME " if page == "exports" else "riwaya "
    for name, part in shown.items():
        assert commands.replace("NAME", name) in part or name == "foreign", name
        assert page == "inputs" or "**Opens in**" in part, name


def test_every_setting_is_in_the_docs_and_nothing_else() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    table = (DOCS / "settings.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == set(re.findall(r"\bRIWAYA_[A-Z_]+", source))


def test_every_public_name_is_in_the_reference() -> None:
    page = (DOCS / "api.md").read_text("utf-8")
    shown = {name.rpartition(".")[2] for name in re.findall(r"^::: (\S+)$", page, re.M)}
    assert shown == set(riwaya.__all__) - {"__version__"}


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: path.name)
def test_every_option_in_the_docs_is_there(path: Path) -> None:
    """In lines of shell: every command and option that a page shows is one."""
    known = dict(every_command(get_command(app)))
    for block in re.findall(r"^```sh\n(.*?)^```", path.read_text("utf-8"), re.M | re.S):
        for line in re.findall(r"\briwaya ((?:[a-z]|\\\n)[^|#\n]*)", block):
            words = line.split()
            name = next((n for n in (" ".join(words[:2]), words[0]) if n in known), None)
            assert name, f"there is no command: riwaya {line}"
            options = {one for param in known[name].params for one in (*param.opts, *param.secondary_opts)}
            assert set(re.findall(r"(?<!\S)--[a-z-]+", line)) <= options, line


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
