from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
Start = Callable[..., subprocess.Popen[str]]


def poisoned() -> str:
    """The path on which processes find our reader that some words kill, in place of the real one."""
    folders = (HERE / "poison", HERE.parent, HERE.parent.parent / "src", os.environ.get("PYTHONPATH", ""))
    return os.pathsep.join(map(str, folders))


def started(*words: object) -> subprocess.Popen[str]:
    """``riwaya`` as a process of its own, in a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "riwaya", *map(str, words)],
        env={**os.environ, "PYTHONPATH": poisoned()},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def ran(*words: object) -> tuple[int, str, str]:
    """``riwaya`` run to its end: the exit code, stdout and stderr."""
    with started(*words) as process:
        out, err = process.communicate(timeout=300)
    return process.returncode, out, err


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The same for processes that are started in other ways."""
    monkeypatch.setenv("PYTHONPATH", poisoned())
    return dict(os.environ)


@pytest.fixture(scope="session")
def start() -> Start:
    """Start ``riwaya``."""
    return started


@pytest.fixture(scope="session")
def riwaya() -> Callable[..., tuple[int, str, str]]:
    """Run ``riwaya``."""
    return ran
