"""A bundle: reports, their claims, decisions and bytes in one zip; its manifest vouches for all of it.

The same ledger gives the same bytes: members in a fixed order, a fixed time, nothing of the machine.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, BinaryIO

from riwaya.custody.chain import about
from riwaya.custody.package import (
    CLAIMS,
    DECISIONS,
    FORMAT,
    MANIFEST,
    REPORTS,
    VERSION,
    Entry,
    Packed,
    bytes_path,
    line,
    report_json,
)
from riwaya.ledger import ByteStore, Ledger, LedgerError, Query, rows
from riwaya.ledger.rows import Kept

THEN = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bundled:
    """What was written: the SHA-256 of the manifest, which vouches for all of it, and how much is in it."""

    manifest: str
    counts: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {"manifest": self.manifest, **self.counts}


def write(
    out: BinaryIO, ledger: Ledger, store: ByteStore | None, query: Query, tool: str, *, decided: bool = True
) -> Bundled:
    """Write every report with a claim that fits, whole: with all its claims, and the decisions about them.

    With an empty query that is everything.  The bytes of a file go along where a store is given and all
    the reports that came in it do: no report leaves that was not asked for.  Raises LedgerError where
    kept bytes are damaged.
    """
    chosen = None if query == Query() else {told.claim["report"] for told in ledger.claims(query)}
    claims: set[str] = set()
    read_with: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as box:
        entries = [
            put(box, REPORTS, report_lines(ledger, chosen, read_with.add)),
            put(box, CLAIMS, claim_lines(ledger, chosen, claims.add)),
            put(box, DECISIONS, decision_lines(ledger, None if chosen is None else claims, decided)),
        ]
        files, left = along(ledger, store, chosen)
        entries += [put_bytes(box, store, file) for file in files if store]
        counts = {"reports": entries[0][1], "claims": entries[1][1], "decisions": entries[2][1]}
        counts |= {"files": len(files), "files_left_out": left}
        manifest = manifest_json([entry for entry, _ in entries], counts, query, sorted(read_with), tool)
        put(box, MANIFEST, [manifest])
    return Bundled(hashlib.sha256(manifest).hexdigest(), counts)


def manifest_json(
    entries: list[Entry], counts: dict[str, int], query: Query, read_with: list[str], tool: str
) -> bytes:
    """The manifest, sorted and readable."""
    asked = {one.name: value for one in fields(query) if (value := getattr(query, one.name))}
    said = {
        "format": FORMAT,
        "version": VERSION,
        "made_by": tool,
        "packs": read_with,
        "filters": {
            name: list(value) if isinstance(value, tuple) else str(value) for name, value in asked.items()
        },
        "counts": counts,
        "files": [entry.to_json() for entry in entries],
    }
    return (
        json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8", "backslashreplace")
        + b"\n"
    )


def put(box: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> tuple[Entry, int]:
    """Write a member; gives what the manifest says of it, and how many lines it has."""
    found, size, count = hashlib.sha256(), 0, 0
    with box.open(member(name), "w", force_zip64=True) as out:
        for one in lines:
            out.write(one)
            found.update(one)
            size, count = size + len(one), count + 1
    return Entry(name, found.hexdigest(), size), count


def put_bytes(box: zipfile.ZipFile, store: ByteStore, sha256: str) -> tuple[Entry, int]:
    """Write the bytes of a file as they were received."""
    hint = "riwaya custody --all says which reports came in it"
    try:
        with store.open(sha256) as stream:
            entry, count = put(box, bytes_path(sha256), iter(lambda: stream.read(CHUNK), b""))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise LedgerError(f"{store.path(sha256)}: damaged: {error}", hint) from error
    if entry.sha256 != sha256:
        raise LedgerError(f"{store.path(sha256)}: other bytes than were received", hint)
    return entry, count


def member(name: str) -> zipfile.ZipInfo:
    """A member without anything of the machine or the moment."""
    info = zipfile.ZipInfo(name, THEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    info.create_system = 3
    return info


def reports(ledger: Ledger, chosen: Collection[str] | None) -> Iterator[Kept]:
    """The reports that go along, in the order in which they came."""
    for kept in rows.kept_reports(ledger):
        if chosen is None or kept.report.id in chosen:
            yield kept


def report_lines(
    ledger: Ledger, chosen: Collection[str] | None, note: Callable[[str], None]
) -> Iterator[bytes]:
    """Each report with every step it took; the packs it was read with are noted."""
    for kept in reports(ledger, chosen):
        receipts = tuple(replace(one, left_at="") for one in rows.receipts(ledger, kept.seq))
        for receipt in receipts:
            note(receipt.pack)
        yield line(report_json(Packed(kept.report, kept.standing, receipts)))


def claim_lines(
    ledger: Ledger, chosen: Collection[str] | None, note: Callable[[str], None]
) -> Iterator[bytes]:
    """Each claim with the rule behind every slot, report by report."""
    for kept in reports(ledger, chosen):
        for body, why in rows.said(ledger, kept.seq):
            note(str(body["id"]))
            yield line(body | {"why": why})


def decision_lines(ledger: Ledger, claims: set[str] | None, decided: bool) -> Iterator[bytes]:
    """Each decision about the claims that go along, with those that withdraw them."""
    if decided:
        found = rows.rulings(ledger)
        yield from (
            line(one.to_json(), sort=False) for one in (found if claims is None else about(claims, found))
        )


def along(ledger: Ledger, store: ByteStore | None, chosen: Collection[str] | None) -> tuple[list[str], int]:
    """The files that go along, and how many do not."""
    files, left = [], 0
    for file in rows.files(ledger):
        came = rows.ids_in(ledger, file)
        asked = chosen is None or came.issubset(chosen)
        if chosen is not None and came.isdisjoint(chosen):
            continue
        if store and asked and store.has(file):
            files.append(file)
        else:
            left += 1
    return files, left


def sums(bundled: Bundled) -> str:
    """The manifest's hash as ``sha256sum`` writes and checks it: what is signed or timestamped."""
    return f"{bundled.manifest}  {MANIFEST}\n"
