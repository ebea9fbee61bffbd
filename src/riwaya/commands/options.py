"""What options say, read the same way for every command."""

from __future__ import annotations

from datetime import datetime

import typer


def moment(value: str, option: str) -> datetime | None:
    """A moment as an option gives it."""
    if not value:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"{value!r} is no date; write 2024-12-08", param_hint=option) from None
