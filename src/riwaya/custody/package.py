"""What is in a bundle: the names of its files, what each line says, and its manifest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from riwaya.ledger import Custody
from riwaya.ledger.rows import Ruling
from riwaya.ledger.store import content_hash
from riwaya.model import Report

FORMAT, VERSION = "riwaya-bundle", 1
MANIFEST, REPORTS, CLAIMS, DECISIONS = "manifest.json", "reports.jsonl", "claims.jsonl", "decisions.jsonl"
TABLES = (REPORTS, CLAIMS, DECISIONS)
BYTES = re.compile(r"bytes/([0-9a-f]{2})/(\1[0-9a-f]{62})")
SHA256 = re.compile(r"[0-9a-f]{64}")
REPORT = ("id", "title", "outlet", "published", "url", "language", "origin", "text")
RECEIPT: Mapping[str, type] = {
    "sha256": str,
    "size": int,
    "received_at": str,
    "source": str,
    "kind": str,
    "command": str,
    "reader": str,
    "pack": str,
    "dated": str,
    "file": str,
    "file_size": int,
    "file_name": str,
    "answer": str,
}


class BundleError(ValueError):
    """A bundle that is not what it says, or is not safe to open: what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a bundle, as the manifest has it."""

    path: str
    sha256: str
    size: int

    def to_json(self) -> dict[str, Any]:
        """The manifest's object."""
        return {"path": self.path, "sha256": self.sha256, "size": self.size}


@dataclass(frozen=True, slots=True)
class Packed:
    """A report as a bundle brings it: what it said by its hash, and every step it took."""

    report: Report
    hash: str
    receipts: tuple[Custody, ...]


def line(thing: Any, *, sort: bool = True) -> bytes:
    """One object as one line: sorted, so that the same thing is the same bytes.

    A decision stays in the order it was kept in, for its id is a hash of that.
    """
    text = json.dumps(thing, ensure_ascii=False, sort_keys=sort, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"


def bytes_path(sha256: str) -> str:
    """Where the bytes of a file lie in a bundle."""
    return f"bytes/{sha256[:2]}/{sha256}"


def report_json(packed: Packed) -> dict[str, Any]:
    """A report's line; where a file lies on the sender's disk means nothing elsewhere, and stays out."""
    about: dict[str, Any] = {name: getattr(packed.report, name) for name in REPORT}
    published = packed.report.published
    about["published"] = published.isoformat() if published else None
    receipts = [
        {name: getattr(one, name) for name in RECEIPT} | {"received_at": one.received_at.isoformat()}
        for one in packed.receipts
    ]
    return about | {"sha256": packed.hash, "receipts": receipts}


def report_of(said: Any) -> Packed:
    """A report out of its line, with its hash worked out anew; raises BundleError."""
    fields(
        said, {**dict.fromkeys(REPORT, str), "published": (str, type(None)), "sha256": str, "receipts": list}
    )
    report = Report(
        **{name: said[name] for name in REPORT if name != "published"},
        published=moment(said["published"]) if said["published"] else None,
    )
    if report.id != said["id"] or content_hash(report) != said["sha256"]:
        raise BundleError(f"the report {said['id'][:60]!r} does not say what its hash stands for")
    if not said["receipts"]:
        raise BundleError(f"nobody says how the report {report.id[:60]!r} came in")
    return Packed(report, said["sha256"], tuple(map(receipt_of, said["receipts"])))


def receipt_of(said: Any) -> Custody:
    """How a report came in; raises BundleError."""
    fields(said, RECEIPT)
    hashes = [said["sha256"], *([said["file"]] if said["file"] else [])]
    if not all(SHA256.fullmatch(one) for one in hashes) or not 0 <= said["size"] < 2**62:
        raise BundleError("a receipt without a SHA-256 and a size")
    if not 0 <= said["file_size"] < 2**62:
        raise BundleError("a receipt without a size")
    received = moment(said["received_at"])
    if received.tzinfo:
        raise BundleError("a moment of receipt is in UTC and names no zone")
    return Custody(**{**said, "received_at": received})


def ruling_of(said: Any) -> Ruling:
    """A decision out of its line, with its id worked out anew; raises BundleError."""
    kinds = {"id": str, "kind": str, "author": str, "made_at": str, "payload": dict}
    fields(said, {**kinds, "withdraws": (str, type(None))})
    found = Ruling(**{**said, "made_at": moment(said["made_at"])})
    if found.made_at.tzinfo or found.hash != found.id:
        raise BundleError(f"the decision {found.id[:40]!r} does not say what its id stands for")
    return found


def moment(text: str) -> datetime:
    """A moment as it is written; raises BundleError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BundleError(f"{text[:40]!r} is no moment") from None
    if found.isoformat() != text:
        raise BundleError(f"{text[:40]!r} is not how a moment is written here")
    return found


def fields(said: Any, kinds: Mapping[str, Any]) -> None:
    """An object has these fields of these kinds and no others; raises BundleError."""
    if not isinstance(said, dict) or set(said) != set(kinds):
        raise BundleError("a line that has other fields than it should")
    for name, kind in kinds.items():
        if not isinstance(said[name], kind) or isinstance(said[name], bool):
            raise BundleError(f"a line whose {name!r} is of another kind than it should be")


def manifest_of(data: bytes) -> tuple[dict[str, Any], list[Entry]]:
    """A manifest and the files it names, each once and under a name that a bundle may have."""
    found = parsed(data, MANIFEST)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BundleError("this is no bundle of riwaya's")
    if found.get("version") != VERSION:
        raise BundleError(f"a bundle of version {str(found.get('version'))[:20]}; update riwaya to open it")
    entries = []
    for said in found["files"] if isinstance(found.get("files"), list) else ():
        fields(said, {"path": str, "sha256": str, "size": int})
        entry = Entry(**said)
        stored = BYTES.fullmatch(entry.path)
        if not (stored or entry.path in TABLES) or (stored and stored[2] != entry.sha256):
            raise BundleError(f"the manifest names a file {entry.path[:60]!r}, which no bundle has")
        entries.append(entry)
    paths = [entry.path for entry in entries]
    if len(set(paths)) != len(paths) or not set(TABLES) <= set(paths):
        raise BundleError("the manifest names a file twice, or lacks one of " + ", ".join(TABLES))
    return found, entries


def parsed(data: bytes, where: str) -> Any:
    """JSON; raises BundleError."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{where}: not JSON: {str(error)[:80]}") from None
