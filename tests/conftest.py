from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import settings

from making import FakeReader
from riwaya import cli, console

Run = Callable[..., tuple[int, str, str]]

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
