"""The plan of an archive (``plan.json``), and its manifest once every shard is done (``manifest.json``).

The plan says which shards there are and how they are read; every task of an array works from it.
Receipts say which are done.  The manifest names every part with its hash: it is the archive.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from riwaya.archive import inputs
from riwaya.archive.errors import ArchiveError
from riwaya.archive.shards import FORMAT, Settings, Shard, digest, numbered, without_mark
from riwaya.archive.stores import Store
from riwaya.archive.work import RECEIPTS, Receipt, receipt_name, receipt_of
from riwaya.ledger.store import dumped
from riwaya.sources import Problem

PLAN, MANIFEST = "plan.json", "manifest.json"
COUNTS = ("reports", "claims", "problems", "set_aside", "remarks")
PARTS = ("claims", "reports", "quarantine")
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Plan:
    """Which shards there are, of which inputs, and how they are read."""

    given: tuple[str, ...]
    target: int
    settings: Settings
    shards: tuple[Shard, ...]

    @property
    def size(self) -> int:
        """Bytes to read."""
        return sum(shard.size for shard in self.shards)

    def to_json(self) -> dict[str, Any]:
        """The plan as it is kept."""
        return {
            "format": FORMAT,
            "inputs": list(self.given),
            "shard_bytes": self.target,
            "settings": self.settings.to_json(),
            "shards": [shard.to_json() for shard in self.shards],
        }


def planned(given: Sequence[str], target: int, settings: Settings) -> tuple[Plan, list[Problem]]:
    """The plan of these inputs as they are now, and what of them is not there."""
    problems: list[Problem] = []

    def there() -> Iterator[inputs.File]:
        for one in inputs.files(given):
            if isinstance(one, Problem):
                problems.append(one)
            elif one.size == 0:
                problems.append(Problem(one.url, "empty: there is nothing to read"))
            else:
                yield one

    shards = numbered(inputs.shards(there(), target))
    return Plan(tuple(given), target, settings, shards), problems


def keep(store: Store, plan: Plan) -> None:
    """Let the plan appear, unless it is there already."""
    data = (dumped(plan.to_json()) + "\n").encode()
    if store.read(PLAN) != data:
        store.put(PLAN, data)


def kept(store: Store) -> Plan | None:
    """The plan that is there."""
    data = store.read(PLAN)
    if data is None:
        return None
    try:
        row = json.loads(data)
        shards = tuple(Shard.of(shard) for shard in row["shards"])
        return Plan(tuple(row["inputs"]), row["shard_bytes"], Settings(**row["settings"]), shards)
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"{store.url}/{PLAN} is damaged: {error}", "plan again: --plan") from error


def fits(plan: Plan, given: Sequence[str], target: int, settings: Settings) -> bool:
    """Whether a plan was made for the same command, with the same reader and packs."""
    return (list(plan.given), plan.target, plan.settings) == (list(given), target, settings)


def receipts(store: Store, plan: Plan) -> dict[int, Receipt]:
    """The receipts of a plan's shards, by number, where they were read as the plan says."""
    found = store.read_all(RECEIPTS)
    done: dict[int, Receipt] = {}
    for shard in plan.shards:
        receipt = receipt_of(found.get(f"{shard.id}.json"))
        if receipt and receipt.row["marks"] == [piece.mark for piece in shard.pieces]:
            expected = [*receipt.row["input_sha256"]]
            if receipt.row["key"] == digest([shard.id, expected, plan.settings.outcome]):
                done[shard.number] = receipt
    return done


@dataclass(frozen=True, slots=True)
class Finished:
    """What an archive came to: its totals, which shards are missing, what is not as receipted."""

    totals: dict[str, int]
    missing: tuple[Shard, ...]
    damaged: tuple[str, ...]
    manifest: str


def finish(store: Store, plan: Plan, *, thorough: bool = False) -> Finished:
    """Check that every shard's parts are there, write the manifest, and take away what it does not name.

    ``thorough`` hashes every part again.  A shard whose parts are not as written is missing from then on.
    """
    done = receipts(store, plan)
    damaged = mend(store, plan, done, thorough=thorough)
    missing = tuple(shard for shard in plan.shards if shard.number not in done)
    totals = Counter[str]()
    for receipt in done.values():
        totals.update(receipt.counts)
    counts = {name: totals[name] for name in COUNTS}
    if missing or damaged:
        return Finished(counts, missing, damaged, "")
    data = manifest(plan, done, counts)
    if store.read(MANIFEST) != data:
        store.put(MANIFEST, data)
    sweep(store, plan, done.values())
    return Finished(counts, (), (), hashlib.sha256(data).hexdigest())


def mend(store: Store, plan: Plan, done: dict[int, Receipt], *, thorough: bool = False) -> tuple[str, ...]:
    """Take away the receipts of shards whose parts are not as written, and say which parts those are."""
    there = {f"{kind}/{name}": size for kind in PARTS for name, size in store.sizes(kind).items()}
    damaged: list[str] = []
    for shard in plan.shards:
        if shard.number in done:
            found = list(wrong(store, done[shard.number], there, thorough=thorough))
            damaged += found
            if found:
                store.remove([receipt_name(shard)])
                del done[shard.number]
    return tuple(damaged)


def manifest(plan: Plan, done: dict[int, Receipt], counts: dict[str, int]) -> bytes:
    """The archive in one file: what was read with what, and every part with its hash."""
    shards = []
    for shard in plan.shards:
        row = done[shard.number].row
        about = {name: row[name] for name in ("key", "input_sha256", *PARTS, "counts")}
        shards.append({**without_mark(shard).to_json(), **about})
    settings = plan.settings
    head = {"format": FORMAT, "reader": settings.reader, "pack": settings.pack, "text": settings.text}
    return (dumped({**head, "counts": counts, "shards": shards}) + "\n").encode()


def wrong(store: Store, receipt: Receipt, there: dict[str, int], *, thorough: bool) -> Iterator[str]:
    """Parts that are not as receipted: missing, of another size, or (asked for) of another hash."""
    for part in (receipt.row[kind] for kind in PARTS if receipt.row[kind]):
        if there.get(part["path"]) != part["size"]:
            yield part["path"]
        elif thorough and hash_of(store, part["path"]) != part["sha256"]:
            yield part["path"]


def hash_of(store: Store, name: str) -> str:
    """SHA-256 of a file of the output."""
    found = hashlib.sha256()
    with store.open(name) as stream:
        while data := stream.read(CHUNK):
            found.update(data)
    return found.hexdigest()


def sweep(store: Store, plan: Plan, done: Iterable[Receipt]) -> None:
    """Take away parts and receipts of earlier states of the archive, and what killed writers left."""
    named = {path for receipt in done for path in receipt.paths}
    named |= {f"{RECEIPTS}/{shard.id}.json" for shard in plan.shards}
    there = [f"{kind}/{name}" for kind in (*PARTS, RECEIPTS) for name in store.sizes(kind)]
    store.remove(name for name in there if name not in named)
    store.tidy()
