"""From an archive into a ledger, in bulk: the same reports, claims and ids as ``riwaya add`` would keep.

Shard by shard in the order of the manifest, some hundred reports in one transaction.  A shard that is in
is noted in the ledger in the transaction of its last reports, so a load that was killed goes on there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from riwaya.archive import parts
from riwaya.archive.cells import AGAIN
from riwaya.archive.errors import ArchiveError
from riwaya.archive.plan import MANIFEST
from riwaya.archive.records import records
from riwaya.archive.shards import Shard
from riwaya.archive.stores import Store
from riwaya.ledger import Custody, Ledger
from riwaya.ledger.said import claim_of
from riwaya.ledger.store import content_hash, now
from riwaya.model import Claim, Report
from riwaya.sources import Given, Received

BATCH = 500  # reports in one transaction
NOTE = "archive:"  # before a shard's key, in the ledger's notes
Item = tuple[Report, list[Claim], Custody]


@dataclass
class Loaded:
    """How much was brought in, and how much was there."""

    new: int = 0
    known: int = 0
    claims: int = 0
    shards: int = 0
    shards_known: int = 0

    def to_json(self) -> dict[str, int]:
        """The counts in one object."""
        return {
            "reports_new": self.new,
            "reports_known": self.known,
            "claims_new": self.claims,
            "shards": self.shards,
            "shards_known": self.shards_known,
        }


def load(
    out: str, ledger: Ledger, command: str, told: Callable[[int, int], None] = lambda done, of: None
) -> Loaded:
    """Bring a finished archive into a ledger; what is there already stays as it is."""
    store = Store(out)
    manifest = manifest_of(store)
    whole = manifest["counts"]["reports"]
    there = ledger.noted(NOTE)
    loaded, done = Loaded(), 0
    for row in manifest["shards"]:
        done += row["counts"]["reports"]
        loaded.shards += 1
        if NOTE + row["key"] in there:
            loaded.shards_known += 1
            continue
        for batch in batched(items(store, row, manifest, command), NOTE + row["key"]):
            new = ledger.add_all(*batch)
            loaded.new += sum(new)
            loaded.known += len(new) - sum(new)
            loaded.claims += sum(
                len(claims) for fresh, (_, claims, _) in zip(new, batch[0], strict=True) if fresh
            )
            told(done, whole)
    return loaded


def manifest_of(store: Store) -> dict[str, Any]:
    """What is in an archive; raises where it is not finished."""
    data = store.read(MANIFEST)
    if data is None:
        raise ArchiveError(f"{store.url}: no {MANIFEST}", "riwaya archive OUT --finish says what is missing")
    return dict(json.loads(data))


def batched(found: Iterator[Item], note: str) -> Iterator[tuple[list[Item], str]]:
    """Reports some hundred at a time; the note goes with the last of them."""
    batch: list[Item] = []
    for item in found:
        if len(batch) == BATCH:
            yield batch, ""
            batch = []
        batch.append(item)
    yield batch, note


def items(store: Store, row: Mapping[str, Any], manifest: Mapping[str, Any], command: str) -> Iterator[Item]:
    """The reports of one shard with their claims and custody."""
    with ExitStack() as stack:
        reports = stack.enter_context(store.open(row["reports"]["path"]))
        claims = stack.enter_context(store.open(row["claims"]["path"]))
        said = chain.from_iterable(parts.batches(claims, BATCH))
        rows = chain.from_iterable(parts.batches(reports, BATCH))
        for one, report in told_again(rows, row, store) if not manifest["text"] else kept(rows):
            if content_hash(report) != one["hash"]:
                raise ArchiveError(f"{one['source']}: not what was read", "archive it again")
            found = [claim_read(next(said)["json"]) for _ in range(one["claims"])]
            yield report, found, custody_of(one, row, manifest, command)


def custody_of(
    one: Mapping[str, Any], shard: Mapping[str, Any], manifest: Mapping[str, Any], command: str
) -> Custody:
    """How a report came in; the file is noted where a piece is all of it, for then its hash is known."""
    custody = Custody(
        sha256=one["sha256"],
        size=one["size"],
        received_at=now(),
        source=one["source"],
        kind=one["kind"],
        command=command,
        reader=manifest["reader"],
        pack=manifest["pack"],
        dated=one["dated"],
    )
    for piece, sha256 in zip(shard["pieces"], shard["input_sha256"], strict=True):
        if one["source"].startswith(piece["url"]) and piece["whole"]:
            url, size = piece["url"], piece["stop"]
            left = "" if "://" in url else url
            return replace(custody, file=sha256, file_size=size, file_name=url, left_at=left)
    return custody


def kept(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Report]]:
    """The reports of a part that has their texts."""
    for row in rows:
        yield row, report_of(row | json.loads(row["exact"] or "{}"))


def report_of(row: Mapping[str, Any]) -> Report:
    """A report out of its row."""
    published = datetime.fromisoformat(row["published"]) if row["published"] else None
    fields = {name: row[name] for name in ("id", "title", "outlet", "url", "language", "origin")}
    return Report(row["text"], published=published, **fields)


def told_again(
    rows: Iterator[dict[str, Any]], shard: Mapping[str, Any], store: Store
) -> Iterator[tuple[dict[str, Any], Report]]:
    """The reports of a part without texts, taken from the inputs again and held against their hashes."""
    aside = set(set_aside(shard, store))
    received = received_again(Shard.of({"number": shard["number"], "pieces": shard["pieces"]}), aside)
    for row in rows:
        for one in received:
            if one.where == row["source"] and one.sha256 == row["sha256"]:
                yield row, one.report
                break
        else:
            raise ArchiveError(
                f"{row['source']}: not there any more, or changed since it was read",
                "archive it again, with --text to need the inputs no more",
            )


def set_aside(shard: Mapping[str, Any], store: Store) -> Iterator[str]:
    """Where the records stand that stopped a reader."""
    if shard["quarantine"]:
        for line in (store.read(shard["quarantine"]["path"]) or b"").splitlines():
            problem = json.loads(line)
            if problem["hint"] == AGAIN:
                yield problem["where"]


def received_again(shard: Shard, aside: set[str]) -> Iterator[Received]:
    """Every report of a shard as it comes in, without reading it."""
    for piece in shard.pieces:
        for record in records(piece, Given()):
            if record.where not in aside:
                yield from (one for one in record.take() if isinstance(one, Received))


def claim_read(text: str) -> Claim:
    """A claim out of its JSON; raises where it does not say what its id stands for."""
    row = json.loads(text)
    why = row.pop("why")
    try:
        return claim_of(row, why)
    except ValueError as error:
        raise ArchiveError(str(error), "riwaya archive OUT --check finds where") from None
