from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What processes find: our reader that some words kill, in place of the real one."""
    path = os.pathsep.join(
        [
            str(HERE / "poison"),
            str(HERE.parent),
            str(HERE.parent.parent / "src"),
            os.environ.get("PYTHONPATH", ""),
        ]
    )
    monkeypatch.setenv("PYTHONPATH", path)
    return dict(os.environ)


@pytest.fixture
def start(environment: dict[str, str]) -> Start:
    """Start ``riwaya`` as a process of its own, in a group of its own."""

    def started(*words: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "riwaya", *map(str, words)],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    return started


@pytest.fixture
def riwaya(start: Start) -> Callable[..., tuple[int, str, str]]:
    """Run ``riwaya`` to its end: the exit code, stdout and stderr."""

    def ran(*words: object) -> tuple[int, str, str]:
        with start(*words) as process:
            out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    return ran
