"""What options say, read the same way for every command."""

from __future__ import annotations

import re
import shlex
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from riwaya.pipeline import Reader


def moment(value: str, option: str) -> datetime | None:
    """A moment as an option gives it."""
    if not value:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"{value!r} is no date; write 2024-12-08", param_hint=option) from None


def reader_named(name: str) -> Reader:
    """The reader of that name, or the first of the list."""
    from riwaya.claims import READERS

    if not name:
        return READERS[0]
    for reader in READERS:
        if name in (reader.name, reader.name.split("/")[0]):
            return reader
    known = ", ".join(reader.name for reader in READERS)
    raise typer.BadParameter(f"there is no reader {name!r}; there are: {known}", param_hint="--reader")


def point(value: str, option: str = "--near") -> tuple[float, float]:
    """A point on the map as an option gives it: latitude and longitude."""
    try:
        lat, lon = (float(part) for part in value.split(","))
    except ValueError:
        raise typer.BadParameter(f"{value!r} is no point; write 34.73,36.72", param_hint=option) from None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise typer.BadParameter(f"{value!r} lies nowhere; latitude comes first", param_hint=option)
    return lat, lon


PASSWORD = re.compile(r"(?<=://)(?P<name>[^/@:\s]*):[^/@\s]+(?=@)")


def masked(said: str) -> str:
    """What may be printed and kept of an address or a command: everything but a password.

    >>> masked("--ledger=postgresql://amal:secret@host:5432/war")
    '--ledger=postgresql://amal:***@host:5432/war'
    """
    return PASSWORD.sub(r"\g<name>:***", said)


def command_line() -> str:
    """The command as it was typed, without a password: it is kept with every report that it brings."""
    return masked(shlex.join(["riwaya", *sys.argv[1:]]))
