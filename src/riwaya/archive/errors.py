"""What can go wrong with an archive, in words that say what to do."""

from __future__ import annotations


class ArchiveError(Exception):
    """An archive that cannot be read or written as asked: what is wrong, and what to do."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what} ({hint})" if hint else what)


class InputError(ArchiveError):
    """An input that could not be had now: it is tried again by the next run."""


class BusyError(ArchiveError):
    """Another run is at work on the same output."""
