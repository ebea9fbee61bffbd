"""``make release-check``: what a release must pass, and what it is made of, in ``dist/``.

Licences against the list; known vulnerabilities of every locked dependency; an sdist, and the wheel built
from what is in that sdist; what must and must not be in the wheel; a clean environment into which the wheel
is installed at the locked versions, and tried; a bill of materials of that environment; the hashes of it
all.  Needs the package index, for the audit and the clean environment.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PINNED = re.compile(r"^([A-Za-z0-9._-]+==[^ \\\n]+(?: ; [^\\\n]+)?)", re.M)
IN_THE_WHEEL = (
    "riwaya/py.typed",
    "riwaya/packs/ar/verbs.yaml",
    "riwaya/packs/syria/actors.yaml",
    "riwaya/packs/gazetteer/places.csv",
    "riwaya/web/assets/index.html",
)
NOT_IN_THE_WHEEL = ("riwaya/web/desk/", "node_modules/", "tests/", "bench/")
TEXT = "سيطرت قوات النظام على مدينة حمص، بحسب المرصد السوري لحقوق الإنسان."


class ReleaseError(Exception):
    """Why this cannot be released, in one line."""


def ran(*words: str | Path, cwd: Path = ROOT, text: str = "") -> str:
    """The output of a command; raises with its last lines where it fails."""
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, input=text, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise ReleaseError(f"{' '.join(map(str, words[:4]))} … failed:\n{last}")
    return done.stdout


def version() -> str:
    """The version that is released; the changelog must speak of it."""
    found = str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    if f"\n## {found}" not in (ROOT / "CHANGELOG.md").read_text("utf-8"):
        raise ReleaseError(f"CHANGELOG.md has no heading for {found}")
    return found


def licences() -> str:
    """Every licence against the list."""
    lines = ran(sys.executable, ROOT / "tools" / "licences.py").splitlines()
    return f"{len(lines)} dependencies, every licence allowed"


def audit() -> str:
    """No known vulnerability in what is locked."""
    lock = ("-r", ROOT / "requirements.lock", "--require-hashes", "--disable-pip")
    told = json.loads(
        ran(sys.executable, "-m", "pip_audit", *lock, "--format", "json", "--progress-spinner", "off")
    )
    return f"{len(told['dependencies'])} dependencies without a known vulnerability"


def built() -> str:
    """The sdist, and the wheel made of what is in it."""
    shutil.rmtree(DIST, ignore_errors=True)
    ran(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", DIST)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(next(DIST.glob("*.tar.gz"))) as packed:
            packed.extractall(folder, filter="data")
        inside = next(Path(folder).iterdir())
        ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", DIST, cwd=inside)
    return ", ".join(f"{path.name} ({path.stat().st_size / 1e6:.1f} MB)" for path in sorted(DIST.iterdir()))


def contents() -> str:
    """What must be in the wheel and what must not."""
    with zipfile.ZipFile(next(DIST.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    missing = [name for name in IN_THE_WHEEL if name not in names]
    wrong = [name for name in names if name.startswith(NOT_IN_THE_WHEEL) or "/node_modules/" in name]
    if missing or wrong:
        raise ReleaseError(f"the wheel lacks {missing} and has {wrong[:5]}")
    assets = sum(name.startswith("riwaya/web/assets/") for name in names)
    return f"{len(names)} files, {assets} of the desk"


def installed() -> str:
    """The wheel in a clean environment at the locked versions, and tried there."""
    with tempfile.TemporaryDirectory() as folder:
        clean = Path(folder) / "venv"
        venv.create(clean, with_pip=False)
        python = clean / "bin" / "python"
        locked = Path(folder) / "constraints.txt"
        locked.write_text("\n".join(PINNED.findall((ROOT / "requirements.lock").read_text("utf-8"))))
        wheel = next(DIST.glob("*.whl"))
        uv = Path(sys.executable).with_name("uv")
        ran(uv, "pip", "install", "--quiet", "--python", python, "--constraint", locked, f"{wheel}[archive]")
        told = tried(clean / "bin" / "riwaya", Path(folder))
        ran(
            *(sys.executable, "-m", "cyclonedx_py", "environment", python),
            *("--pyproject", ROOT / "pyproject.toml", "--output-reproducible"),
            *("--output-format", "JSON", "--output-file", DIST / f"riwaya-{version()}.cdx.json"),
        )
        return told


def tried(riwaya: Path, folder: Path) -> str:
    """The commands a newcomer types, away from the source."""
    (folder / "report.txt").write_text(TEXT, "utf-8")
    ran(riwaya, "--help", cwd=folder)
    ran(riwaya, "packs", "list", cwd=folder)
    claims = ran(riwaya, "read", "report.txt", "--published", "2024-12-08", "--json", cwd=folder)
    if json.loads(claims.splitlines()[0])["type"] not in ("control_gained", "control_held"):
        raise ReleaseError(f"the smoke test read something else: {claims[:200]}")
    ran(riwaya, "demo", "--out", "demo-out", cwd=folder)
    ran(riwaya, "archive", "report.txt", "out", "--text", cwd=folder)
    ran(riwaya, "load", "out", "--ledger", "war.sqlite", cwd=folder)
    ran(riwaya, "check", "--ledger", "war.sqlite", cwd=folder)
    return "help, packs, read, demo, archive, load and check, from the wheel alone"


def sums() -> str:
    """The hashes of what is released."""
    files = sorted(path for path in DIST.iterdir() if path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files]
    (DIST / "SHA256SUMS").write_text("\n".join(lines) + "\n", "utf-8")
    return f"dist/SHA256SUMS names {len(files)} files"


STEPS: tuple[Callable[[], str], ...] = (version, licences, audit, built, contents, installed, sums)


def main() -> None:
    """Go through the steps, up to the first that says no."""
    for step in STEPS:
        print(f"{step.__name__:10}", end="", flush=True)
        try:
            print(step())
        except ReleaseError as error:
            print(f"NO: {error}")
            sys.exit(1)


if __name__ == "__main__":
    main()
