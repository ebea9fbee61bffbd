from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from making import FakeReader
from riwaya import cli, console
from running import Run

# A law is about what comes out; how long it takes is measured in bench/, not on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command with a reader that finds one word: the exit code, stdout and stderr."""
    monkeypatch.setattr("riwaya.claims.READERS", (FakeReader(),))

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["riwaya", *map(str, words)])
        code = console.guarded(cli.app)
        out, err = capfd.readouterr()
        return code, out, err

    return command


@pytest.fixture(scope="session")
def demo_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's reports with their claims, read once; take a copy."""
    from riwaya import pipeline
    from riwaya.claims import READERS
    from riwaya.demo.show import REPORTS
    from riwaya.ledger import Files, open_ledger, store_of
    from riwaya.packs.pack import load_packs
    from riwaya.sources import reports

    path = tmp_path_factory.mktemp("desk") / "war.sqlite"
    with open_ledger(path) as ledger:
        files = Files(store_of(path))
        list(pipeline.add(reports([REPORTS]), ledger, READERS[0], load_packs(), command="test", files=files))
    return path


@pytest.fixture
def war(demo_ledger: Path, tmp_path: Path) -> Path:
    """A ledger of the demo's reports, to do with as one likes."""
    shutil.copytree(demo_ledger.parent, tmp_path / "war")
    return tmp_path / "war" / demo_ledger.name
