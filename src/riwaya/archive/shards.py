"""What is read at a time: a shard of one or more pieces of files, and with which settings.

A piece is a whole small file, or a run of lines, of rows or of crawl records of a large one.  Small
files share a shard, large ones have many; a shard is what is done again after a kill.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from riwaya.sources import Given

FORMAT = 1  # of parts and receipts: another number reads everything again
TEXT, PACKED, ROWS, CRAWL, OTHER = "jsonl", "jsonl.gz", "parquet", "warc", "file"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of bytes of one file: ``[start, stop)``, cut where a line or a record begins.

    ``first`` counts what stands before it where that is known (lines, rows), -1 where it is not.  Of
    Parquet, ``groups`` are the row groups ``[a, b)``, ``skip`` rows are passed over and ``rows`` are read.
    ``whole`` says that it is all of its file.  ``mark`` is how the store tells one state of a file from the
    next: size and time, or its own tag.
    """

    url: str
    kind: str
    start: int
    stop: int
    size: int
    mark: str = ""
    first: int = 0
    groups: tuple[int, int] = (0, 0)
    skip: int = 0
    rows: int = 0
    whole: bool = False

    @property
    def place(self) -> list[Any]:
        """Which run of which file, whatever is in it."""
        return [self.url, self.kind, self.start, self.stop, *self.groups, self.skip, self.rows]


@dataclass(frozen=True, slots=True)
class Shard:
    """Pieces that are read together, in their order; ``number`` is its place in the plan, from 0."""

    number: int
    pieces: tuple[Piece, ...]

    @property
    def id(self) -> str:
        """Names the run of files, whatever is in them: where its receipt is looked for."""
        return digest([piece.place for piece in self.pieces])

    @property
    def size(self) -> int:
        """Bytes to read, which the time it takes follows."""
        return sum(piece.size for piece in self.pieces)

    @property
    def where(self) -> str:
        """The shard in words."""
        first = self.pieces[0]
        more = f" and {len(self.pieces) - 1} more" if len(self.pieces) > 1 else ""
        part = f"[{first.start:,}–{first.stop:,}]" if first.start or first.skip else ""
        return f"{first.url}{part}{more}"

    def to_json(self) -> dict[str, Any]:
        """The shard as the plan keeps it."""
        return {"number": self.number, "id": self.id, "pieces": [asdict(piece) for piece in self.pieces]}

    @classmethod
    def of(cls, row: dict[str, Any]) -> Shard:
        """The shard out of a plan."""
        pieces = (Piece(**{**piece, "groups": tuple(piece["groups"])}) for piece in row["pieces"])
        return cls(row["number"], tuple(pieces))


@dataclass(frozen=True, slots=True)
class Settings:
    """How an archive is read.

    ``reader`` and ``pack`` (a digest) must be the same wherever a shard is read.  ``text`` keeps the
    reports' texts.  ``seconds`` of computing and ``memory`` (MB) are the most that one report may take.
    """

    reader: str
    pack: str
    text: bool = False
    seconds: float = 60.0
    memory: int = 2048
    published: str = ""
    outlet: str = ""

    @property
    def given(self) -> Given:
        """What the person said about all reports."""
        return Given(datetime.fromisoformat(self.published) if self.published else None, self.outlet)

    @property
    def outcome(self) -> list[Any]:
        """The settings that what is read depends on."""
        return [FORMAT, self.reader, self.pack, self.text, self.published, self.outlet]

    def to_json(self) -> dict[str, Any]:
        """The settings as the plan keeps them."""
        return asdict(self)


def key(shard: Shard, hashes: Iterable[str], settings: Settings) -> str:
    """Names what a shard gives: which run of which files, their bytes, the reader and the packs."""
    return digest([shard.id, list(hashes), settings.outcome])


def digest(thing: Any) -> str:
    """Twenty hex digits of SHA-256 over JSON."""
    return hashlib.sha256(json.dumps(thing, ensure_ascii=True).encode()).hexdigest()[:20]


def numbered(shards: Iterable[tuple[Piece, ...]]) -> tuple[Shard, ...]:
    """Shards with their places in the plan."""
    return tuple(Shard(number, pieces) for number, pieces in enumerate(shards))


def slice_of(shards: Iterable[Shard], part: int, parts: int) -> tuple[Shard, ...]:
    """One of so many slices, about as large as the others; the same on every machine."""
    loads = [0] * parts
    mine: list[Shard] = []
    for shard in sorted(shards, key=lambda one: (-one.size, one.number)):
        lightest = loads.index(min(loads))
        loads[lightest] += shard.size + 1
        if lightest == part:
            mine.append(shard)
    return tuple(sorted(mine, key=lambda one: one.number))


def without_mark(shard: Shard) -> Shard:
    """The shard as it is told in the manifest: a copy of the same files is the same archive."""
    return replace(shard, pieces=tuple(replace(piece, mark="") for piece in shard.pieces))
