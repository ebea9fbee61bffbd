"""What running a command gives a test."""

from __future__ import annotations

from collections.abc import Callable

Run = Callable[..., tuple[int, str, str]]
"""Run a command with these words: the exit code, stdout and stderr."""
