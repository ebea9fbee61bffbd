"""What the documentation site makes by itself: the reference of commands out of the code, and pages nobody listed.

MkDocs calls these functions by their names while it builds.  Nothing they make is committed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "src"))

COMMANDS = "commands.md"


def on_config(config: Any) -> Any:
    """Put pages that stand nowhere in the navigation at its end."""
    listed = set(pages_in(config["nav"]))
    docs = Path(config["docs_dir"])
    there = sorted(str(path.relative_to(docs)) for path in docs.rglob("*.md"))
    if more := [name for name in there if name not in listed]:
        config["nav"].append({"More": [{title(docs / name): name} for name in more]})
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the reference of commands."""
    from mkdocs.structure.files import File

    files.append(File.generated(config, COMMANDS, content=commands()))
    return files


def pages_in(nav: Any) -> Iterator[str]:
    """Every page that the navigation names."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for value in nav.values():
            yield from pages_in(value)
    else:
        for one in nav or ():
            yield from pages_in(one)


def title(path: Path) -> str:
    """A page's first heading, or else its name."""
    found = re.search(r"^# (.+)$", path.read_text("utf-8"), re.M)
    return found[1] if found else path.stem


def commands() -> str:
    """The reference of commands as Markdown."""
    from typer.main import get_command

    from riwaya.cli import CODES, app

    root: Any = get_command(app)
    parts = [
        "# Commands",
        "Made from the code. `riwaya COMMAND --help` says the same.",
        " ".join(CODES.split()),
        *(part for name in root.commands for part in command(f"riwaya {name}", root.commands[name])),
    ]
    return "\n\n".join(parts) + "\n"


def command(name: str, found: Any) -> Iterator[str]:
    """A command with its arguments and options, then those below it."""
    yield f"## `{name}`"
    yield cell(found.help or "")
    params = [param for param in found.params if param.name != "help"]
    given = [param for param in params if param.param_type_name == "argument"]
    options = [param for param in params if param.param_type_name == "option"]
    words = " ".join(usage(param) for param in given)
    rest = " COMMAND" if hasattr(found, "commands") else ""
    yield f"```sh\n{' '.join(filter(None, (name, '[OPTIONS]' if options else '', words)))}{rest}\n```"
    if rows := [*map(argument, given), *map(option, options)]:
        yield "\n".join(("| | | default |", "|---|---|---|", *rows))
    for below in getattr(found, "commands", {}).values():
        yield from command(f"{name} {below.name}", below)


def usage(param: Any) -> str:
    """An argument as it stands in a line."""
    shown = param.name.upper() + ("…" if param.nargs == -1 else "")
    return shown if param.required else f"[{shown}]"


def argument(param: Any) -> str:
    """A row about an argument."""
    return f"| `{param.name.upper()}` | {cell(param.help or '')} | |"


def option(param: Any) -> str:
    """A row about an option: its names, what it does, what it is where nobody says."""
    names = " ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts))
    setting = f" Also `${param.envvar}`." if param.envvar else ""
    default = "" if param.default in (None, "", False, ()) or callable(param.default) else f"`{shown(param)}`"
    return f"| {names} | {cell(param.help or '')}{setting} | {default} |"


def shown(param: Any) -> str:
    """A default: of a switch, the name that it stands for."""
    return str(param.opts[0] if param.default is True else param.default)


def cell(text: str) -> str:
    """Words on one line, without what would end a cell."""
    return " ".join(text.split()).replace("|", "\\|")
