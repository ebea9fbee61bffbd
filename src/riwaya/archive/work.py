"""One shard done: read, written as parts, and receipted, or found to be done already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from riwaya.archive import inputs, parts
from riwaya.archive.cells import AGAIN, Cells, read
from riwaya.archive.errors import InputError
from riwaya.archive.records import opened
from riwaya.archive.shards import Piece, Settings, Shard, key, without_mark
from riwaya.archive.stores import Store
from riwaya.ledger.store import dumped

RECEIPTS = "receipts"
CHUNK = 1024 * 1024
PROBLEM = ("where", "what", "hint", "lost")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a shard: its parts with their hashes, and what was set aside."""

    row: dict[str, Any]
    new: bool = True
    size: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Reports, claims, problems, and how many of those killed or stalled a reader."""
        return dict(self.row["counts"])

    @property
    def paths(self) -> list[str]:
        """The files it names."""
        return [self.row[name]["path"] for name in ("claims", "reports", "quarantine") if self.row[name]]


def do(
    shard: Shard,
    settings: Settings,
    store: Store,
    cells: Cells,
    *,
    retry: bool = False,
    told: Callable[[int], None] = lambda reports: None,
) -> Receipt:
    """Read a shard unless its receipt says that these bytes were read so before; raises InputError."""
    old = receipt_of(store.read(receipt_name(shard)))
    if old and retry and old.counts["set_aside"]:
        old = None
    if old and is_same(old, shard, settings):
        return replace(old, new=False, size=shard.size)
    hashes = [hash_of(piece) for piece in shard.pieces]
    name = key(shard, hashes, settings)
    if old and old.row["key"] == name:  # touched or copied: the same bytes as before
        row = old.row | {"marks": [piece.mark for piece in shard.pieces]}
        keep(store, shard, row)
        return Receipt(row, new=False, size=shard.size)
    row = written(shard, settings, store, cells, name, told)
    changed = [piece.url for piece in shard.pieces if inputs.mark_now(piece.url) != piece.mark]
    if changed:
        raise InputError(f"{changed[0]}: changed while it was read", "run it again")
    row |= {"input_sha256": hashes, "marks": [piece.mark for piece in shard.pieces]}
    keep(store, shard, row)
    return Receipt(row, size=shard.size)


def is_same(old: Receipt, shard: Shard, settings: Settings) -> bool:
    """Whether a receipt is of this shard in this state of its files, read with these settings."""
    marks = [piece.mark for piece in shard.pieces]
    return (
        all(marks)
        and marks == old.row["marks"]
        and key(shard, old.row["input_sha256"], settings) == old.row["key"]
    )


def receipt_name(shard: Shard) -> str:
    """Where a shard's receipt is."""
    return f"{RECEIPTS}/{shard.id}.json"


def receipt_of(data: bytes | None) -> Receipt | None:
    """A receipt out of its file; a damaged one is none."""
    if data is None:
        return None
    try:
        row = json.loads(data)
        return Receipt(row) if {"key", "marks", "counts", "input_sha256"} <= set(row) else None
    except (ValueError, TypeError):
        return None


def keep(store: Store, shard: Shard, row: dict[str, Any]) -> None:
    """Let the receipt appear, after all that it names."""
    whole = {"shard": without_mark(shard).to_json(), **row}
    store.put(receipt_name(shard), (dumped(whole) + "\n").encode())


def hash_of(piece: Piece) -> str:
    """SHA-256 of the bytes of a piece; raises InputError."""
    found = hashlib.sha256()
    try:
        with opened(piece) as stream:
            stream.seek(piece.start)
            left = piece.stop - piece.start
            while left and (data := stream.read(min(CHUNK, left))):
                found.update(data)
                left -= len(data)
    except OSError as error:
        raise InputError(f"{piece.url}: {error.strerror or error}") from error
    if left:
        raise InputError(f"{piece.url}: shorter than it was", "run it again")
    return found.hexdigest()


def written(
    shard: Shard, settings: Settings, store: Store, cells: Cells, name: str, told: Callable[[int], None]
) -> dict[str, Any]:
    """Read a shard into parts; says what a receipt says of them."""
    with ExitStack() as stack:
        beside = {kind: stack.enter_context(store.aside()) for kind in ("claims", "reports", "quarantine")}
        schemas = {"claims": parts.claims_schema(), "reports": parts.reports_schema(text=settings.text)}
        made = {kind: parts.Part(beside[kind], schemas[kind], parts.ROWS[kind]) for kind in schemas}
        problems = again = remarks = 0
        with beside["quarantine"].open("wb") as quarantine:
            for batch in read(shard, settings, cells):
                for kind, data in (("claims", batch.claims), ("reports", batch.reports)):
                    if data:
                        made[kind].add(data)
                rows: list[dict[str, Any]] = [dict(zip(PROBLEM, one, strict=True)) for one in batch.problems]
                quarantine.write(parts.lines(rows))
                problems += sum(row["lost"] for row in rows)
                remarks += sum(not row["lost"] for row in rows)
                again += sum(row["hint"] == AGAIN for row in rows)
                told(batch.count)
        row: dict[str, Any] = {"key": name, "quarantine": None}
        for kind, part in made.items():
            part.close()
            row[kind] = part.to_json(f"{kind}/{name}.parquet")
        if problems or remarks:
            path = f"quarantine/{name}.jsonl"
            row["quarantine"] = {
                "path": path,
                "rows": problems + remarks,
                **parts.measured(beside["quarantine"]),
            }
        for kind, file in beside.items():
            if row[kind]:
                store.move(file, row[kind]["path"])
    counts = {"reports": made["reports"].rows, "claims": made["claims"].rows}
    counts |= {"problems": problems, "set_aside": again, "remarks": remarks}
    return row | {"counts": counts}
