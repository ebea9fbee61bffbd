"""How a report came in: the chain of custody's first link."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Custody:
    """The bytes as received, when, from where, by which command, what read them, and what said their day.

    ``sha256`` and ``size`` are of the record itself: a whole file, a line, a message, a page of a crawl.
    ``file``, its size and name are of the file it came in, whole, which many records may share; ``left_at``
    is where that file was left if its bytes were not kept; ``answer`` is what a server said of it (its
    address, content type and encoding, as JSON), without which it may not be read the same again.
    """

    sha256: str
    size: int
    received_at: datetime
    source: str
    kind: str
    command: str
    reader: str
    pack: str
    dated: str = ""
    file: str = ""
    file_size: int = 0
    file_name: str = ""
    left_at: str = ""
    answer: str = ""

    def row(self) -> dict[str, Any]:
        """The facts as a row."""
        return asdict(self)

    @classmethod
    def of(cls, row: dict[str, Any]) -> Custody:
        """The facts out of a row; what an older ledger did not note is empty."""
        known = {name.name: row.get(name.name) for name in fields(cls)}
        return cls(**{name: value for name, value in known.items() if value is not None})
