"""A password in a ledger's address is neither printed nor kept."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from riwaya.commands.options import command_line, masked

SOURCE = Path(__file__).parent.parent / "src" / "riwaya"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("postgresql://amal:s%40cret@host/war", "postgresql://amal:***@host/war"),
        (
            "--ledger=postgresql://amal:s:x@host:5432/war?sslmode=require",
            "--ledger=postgresql://amal:***@host:5432/war?sslmode=require",
        ),
        ("postgresql://amal@host/war", "postgresql://amal@host/war"),
        ("https://example.org:8080/a@b", "https://example.org:8080/a@b"),
        ("war.sqlite", "war.sqlite"),
    ],
)
def test_what_is_masked(said: str, kept: str) -> None:
    assert masked(said) == kept


def test_the_command_that_is_kept_with_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys, "argv", ["riwaya", "add", "a b.txt", "--ledger", "postgresql://amal:secret@host/war"]
    )
    assert command_line() == "riwaya add 'a b.txt' --ledger postgresql://amal:***@host/war"


def test_no_command_keeps_or_prints_an_address_as_it_was_typed() -> None:
    for path in SOURCE.rglob("*.py"):
        if path.name != "options.py":
            assert "shlex.join" not in path.read_text("utf-8"), path
        if path.parent.name == "commands":
            assert not re.search(r"\{ledger\}", path.read_text("utf-8")), path
