"""How a report came in: the chain of custody's first link."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Custody:
    """The bytes as received, when, from where, by which command, what read them, and what said their day."""

    sha256: str
    size: int
    received_at: datetime
    source: str
    kind: str
    command: str
    reader: str
    pack: str
    dated: str = ""

    def row(self) -> dict[str, Any]:
        """The facts as a row."""
        return asdict(self)

    @classmethod
    def of(cls, row: dict[str, Any]) -> Custody:
        """The facts out of a row."""
        return cls(**{name.name: row[name.name] for name in fields(cls)})
