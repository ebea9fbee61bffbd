from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from making import FakeReader
from riwaya import cli, console

PACK = SimpleNamespace(
    digest="fake-pack",
    actors=(
        {"id": "sy-opposition", "kind": "umbrella", "label": {"en": "Syrian opposition"}},
        {"id": "hts", "kind": "armed-group", "part_of": ["sy-opposition"]},
        {"id": "civilians", "kind": "people"},
    ),
    persons=(),
    sources=(),
    places=(),
    theatres=(),
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command with a reader that finds one word: the exit code, stdout and stderr."""
    monkeypatch.setattr("riwaya.claims.READERS", (FakeReader(),), raising=False)
    monkeypatch.setattr("riwaya.packs.pack.load_packs", lambda: PACK, raising=False)

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["riwaya", *map(str, words)])
        code = console.guarded(cli.app)
        out, err = capfd.readouterr()
        return code, out, err

    return command
