"""The documentation site is whole, fetches nothing, and its tutorial is true."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
EXPORT = DOCS / "example" / "result.json"
TUTORIALS = (DOCS / "tutorial.md", DOCS / "tutorial.ar.md")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs")
    pytest.importorskip("mkdocstrings")
    out = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(out)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_every_page_is_there(site: Path) -> None:
    pages = {path.relative_to(DOCS).with_suffix(".html") for path in DOCS.rglob("*.md")}
    assert {page for page in pages if not (site / page).is_file()} == set()
    assert (site / "example" / "result.json").read_bytes() == EXPORT.read_bytes()
    assert (site / "example.ipynb").is_file()


def test_every_page_can_be_reached(site: Path) -> None:
    index = (site / "index.html").read_text("utf-8")
    for path in DOCS.rglob("*.md"):
        assert f'href="{path.relative_to(DOCS).with_suffix(".html")}"' in index, path


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    fetched = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//", re.I)
    for page in site.rglob("*.html"):
        assert fetched.findall(page.read_text("utf-8")) == [], page
    for style in site.rglob("*.css"):
        assert re.findall(r"url\([\"']?(?:https?:)?//", style.read_text("utf-8", "replace")) == [], style


def test_commands_are_made_from_the_code(site: Path) -> None:
    from typer.main import get_command

    from riwaya.cli import app

    page = (site / "commands.html").read_text("utf-8")
    for name in get_command(app).commands:  # type: ignore[attr-defined]
        assert f"<code>riwaya {name}</code>" in page
    assert "RIWAYA_LEDGER" in page


def test_the_arabic_page_runs_from_right_to_left(site: Path) -> None:
    assert '<div class="col-12" lang="ar" dir="rtl">' in (site / "tutorial.ar.html").read_text("utf-8")
    assert '<div class="col-12" lang="en" dir="ltr">' in (site / "tutorial.html").read_text("utf-8")


def test_both_tutorials_have_the_same_steps() -> None:
    english, arabic = (
        re.findall(r"^```sh\n(.*?)^```", path.read_text("utf-8"), re.M | re.S) for path in TUTORIALS
    )
    assert [block.replace("--lang en", "--lang ar") for block in english] == arabic
    counts = [len(re.findall(r"^## ", path.read_text("utf-8"), re.M)) for path in TUTORIALS]
    assert counts[0] == counts[1]


def riwaya(line: str, folder: Path) -> str:
    """What a command of the tutorial prints."""
    words = [sys.executable, "-m", "riwaya", *shlex.split(line)[1:]]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RIWAYA_LEDGER")}
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    )
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The tutorial's commands, run in a fresh folder one after the other, and what each printed."""
    pytest.importorskip("pyogrio")
    folder = tmp_path_factory.mktemp("tutorial")
    shutil.copy(EXPORT, folder)
    blocks = re.findall(r"^```sh\n(.*?)^```", TUTORIALS[0].read_text("utf-8"), re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("riwaya ")]
    return folder, {line: riwaya(line, folder) for line in lines}


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.name)
def test_what_the_tutorial_shows_is_what_comes_out(path: Path, walked: tuple[Path, dict[str, str]]) -> None:
    """Every row of a table, and every line of a block, is in what the command before it printed."""
    said = ""
    checked = 0
    for block in re.findall(
        r"^```sh\n.*?^```|^```text\n.*?^```|(?:^\|[^\n]*\n)+", path.read_text("utf-8"), re.M | re.S
    ):
        if block.startswith("```sh"):
            outputs = [
                walked[1].get(line.replace("--lang ar", "--lang en"), "") for line in block.splitlines()
            ]
            said = "\n".join(outputs)
            continue
        lines = block.splitlines()
        shown = lines[1:-1] if block.startswith("```") else lines[2:]
        rows = [re.sub(r"[`|…]", " ", line).replace("(denied)", " (denied) ").split() for line in shown]
        for row in rows:
            assert any(set(row) <= set(line.split()) for line in said.splitlines()), (row, said)
            checked += 1
    assert checked == 20


def test_the_layers_show_what_the_tutorial_says(walked: tuple[Path, dict[str, str]]) -> None:
    from pyogrio import list_layers, raw

    package = walked[0] / "war.gpkg"
    assert sorted(str(name) for name, _ in list_layers(package)) == ["control", "events"]
    layers = {}
    for name in ("events", "control"):
        about, _, _, columns = raw.read(package, layer=name)
        rows = zip(*columns, strict=True)
        layers[name] = [
            {key: str(value) for key, value in zip(about["fields"], row, strict=True)} for row in rows
        ]
    held = {
        (row["name_en"], row["holder"]): (row["valid_from"], row["valid_to"]) for row in layers["control"]
    }
    opposition, government = "Syrian armed opposition", "Syrian government forces"
    assert held["Aleppo", government] == ("2024-11-29", "2024-11-30")
    assert held["Aleppo", opposition] == ("2024-11-30", "NaT")
    assert held["Hama", opposition][0] == held["Hama", government][1] == "2024-12-05"
    assert held["Deir ez-Zor", "Syrian Democratic Forces"][0] == "2024-12-06"
    assert held["Homs", opposition][0] == held["Damascus", opposition][0] == "2024-12-08"
    sure = {(row["name_en"], row["holder"]): float(row["support"]) for row in layers["control"]}
    for place in ("Aleppo", "Hama"):
        assert sure[place, government] < sure[place, opposition]
    (strike,) = [row for row in layers["events"] if row["type"] == "air_strike"]
    assert (strike["name_en"], strike["date_start"], float(strike["fatalities_best"])) == (
        "Sarmin",
        "2024-11-29",
        4,
    )


def test_the_rest_of_the_tutorial_is_there(walked: tuple[Path, dict[str, str]]) -> None:
    folder, _ = walked
    assert "Aleppo" in (folder / "brief.html").read_text("utf-8")
    assert (folder / "events.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "all holds" in riwaya("riwaya unbundle hama.zip --check --manifest hama.manifest.sha256", folder)
    assert json.loads(EXPORT.read_bytes())["type"] == "public_channel"
