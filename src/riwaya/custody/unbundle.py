"""A bundle taken in: everything in it is verified before anything is added.

A bundle may be hostile.  Nothing in it is unpacked under a name of its own; no member may be larger than
the manifest says, or than the limits here; every hash is worked out anew.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from riwaya.custody.chain import BROUGHT
from riwaya.custody.decisions import sound
from riwaya.custody.package import (
    CLAIMS,
    DECISIONS,
    MANIFEST,
    REPORTS,
    BundleError,
    Entry,
    Packed,
    bytes_path,
    manifest_of,
    parsed,
    report_of,
    ruling_of,
)
from riwaya.ledger import ByteStore, Custody, Ledger, rows
from riwaya.ledger.rows import Ruling
from riwaya.ledger.said import claim_of, spans_of
from riwaya.ledger.store import now
from riwaya.model import Claim

CHUNK = 1024 * 1024
LARGEST_MANIFEST = 256 * 1024**2
LARGEST_LINE = 256 * 1024**2
LARGEST_ALL = 1024**4  # bytes of all members, unpacked
RATIO, RATIO_FROM = 300, 16 * 1024**2  # claims as JSON shrink to a twentieth; a bomb to a thousandth
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose every hash holds."""

    path: Path
    manifest: str
    size: int
    said: dict[str, Any]
    box: zipfile.ZipFile
    files: frozenset[str]

    def reports(self) -> Iterator[tuple[Packed, list[Claim]]]:
        """Each report with its claims, in the order in which they came."""
        claims = groupby(self.claims(), key=lambda claim: claim.report)
        ahead = next(claims, None)
        for data in lines(self.box, REPORTS):
            packed = report_of(parsed(data, REPORTS))
            own: list[Claim] = []
            if ahead and ahead[0] == packed.report.id:
                own = list(ahead[1])
                ahead = next(claims, None)
            yield packed, own
        if ahead:
            raise BundleError(
                f"claims about {ahead[0][:60]!r}, which is not in the bundle or not in its place"
            )

    def claims(self) -> Iterator[Claim]:
        """Each claim, in the order of the reports."""
        for data in lines(self.box, CLAIMS):
            body = parsed(data, CLAIMS)
            why = body.pop("why", None) if isinstance(body, dict) else None
            if not isinstance(why, list):
                raise BundleError("a claim without its reasons")
            try:
                yield claim_of(body, why)
            except ValueError as error:
                raise BundleError(str(error)[:200]) from None

    def rulings(self) -> Iterator[Ruling]:
        """Each decision."""
        for data in lines(self.box, DECISIONS):
            yield sound(ruling_of(parsed(data, DECISIONS)))


@contextmanager
def opened(path: Path, expected: str = "") -> Iterator[Bundle]:
    """A bundle, verified from its manifest to its last byte; raises BundleError where anything is wrong.

    With ``expected`` its manifest must have that SHA-256: the one that was signed.
    """
    with path.open("rb") as stream, ExitStack() as open_boxes:
        try:
            box = open_boxes.enter_context(zipfile.ZipFile(stream))
            bundle = verified(path, box, expected)
        except BundleError:
            raise
        except DAMAGED as error:
            raise BundleError(f"damaged: {str(error)[:120]}") from error
        yield bundle


def verified(path: Path, box: zipfile.ZipFile, expected: str) -> Bundle:
    """A bundle in a zip, once everything in it is what its hash says."""
    data = limited(box, MANIFEST, LARGEST_MANIFEST)
    found = hashlib.sha256(data).hexdigest()
    if expected and found != expected.lower():
        raise BundleError(f"the manifest has the SHA-256 {found}, not {expected}")
    said, entries = manifest_of(data)
    verify_members(box, entries)
    files = frozenset(entry.sha256 for entry in entries if entry.path == bytes_path(entry.sha256))
    bundle = Bundle(path, found, len(data), said, box, files)
    verify_contents(bundle)
    return bundle


def limited(box: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """A member as a whole, if it is not larger than it may be."""
    try:
        info = box.getinfo(name)
    except KeyError:
        raise BundleError(f"there is no {name} in it: this is no bundle of riwaya's") from None
    with box.open(info) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise BundleError(f"{name} is larger than {limit // 2**20} MB")
    return data


def verify_members(box: zipfile.ZipFile, entries: list[Entry]) -> None:
    """The zip has what the manifest names, nothing else, and each with its hash."""
    names = [info.filename for info in box.infolist()]
    wanted = {entry.path for entry in entries} | {MANIFEST}
    if len(set(names)) != len(names):
        raise BundleError("a file is in it twice")
    if extra := set(names) - wanted:
        raise BundleError(f"a file that the manifest does not name: {min(extra)[:80]!r}")
    if lacking := wanted - set(names):
        raise BundleError(f"a file that the manifest names is not in it: {min(lacking)[:80]!r}")
    if sum(entry.size for entry in entries) > LARGEST_ALL:
        raise BundleError("it would unpack to more than a terabyte")
    for entry in entries:
        verify_member(box, entry)


def verify_member(box: zipfile.ZipFile, entry: Entry) -> None:
    """A member has the size and the hash that the manifest gives it."""
    info = box.getinfo(entry.path)
    found, size = hashlib.sha256(), 0
    if info.flag_bits & 1:
        raise BundleError(f"{entry.path} is locked with a password")
    with box.open(info) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > entry.size or (size > RATIO_FROM and size > RATIO * max(info.compress_size, 1)):
                raise BundleError(f"{entry.path} unpacks to more than it may")
            found.update(chunk)
    if size != entry.size or found.hexdigest() != entry.sha256:
        raise BundleError(f"{entry.path} is not what the manifest says: it was changed")


def verify_contents(bundle: Bundle) -> None:
    """Every report, claim, span and decision is what its hash or id stands for."""
    seen: set[str] = set()
    claims: set[str] = set()
    for packed, own in bundle.reports():
        if packed.report.id in seen:
            raise BundleError(f"the report {packed.report.id[:60]!r} is in it twice")
        seen.add(packed.report.id)
        for claim in own:
            if claim.id in claims:
                raise BundleError(f"the claim {claim.id} is in it twice")
            claims.add(claim.id)
            if any(span.of(packed.report.text) != words for span, words in spans_of(claim)):
                raise BundleError(f"the claim {claim.id} points at other words than it quotes")
    decisions = [ruling.id for ruling in bundle.rulings()]
    if len(set(decisions)) != len(decisions):
        raise BundleError("a decision is in it twice")


def lines(box: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The lines of a member."""
    with box.open(name) as stream:
        while data := stream.readline(LARGEST_LINE + 1):
            if len(data) > LARGEST_LINE:
                raise BundleError(f"{name} has a line of more than {LARGEST_LINE // 2**20} MB")
            yield data


@dataclass(slots=True)
class Taken:
    """What a bundle added, what was here already, and what is otherwise here: said, and left as it is."""

    reports: int = 0
    claims: int = 0
    decisions: int = 0
    files: int = 0
    known: int = 0
    conflicts: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        names = ("reports", "claims", "decisions", "files", "known", "conflicts")
        return {name: getattr(self, name) for name in names}


def take(
    bundle: Bundle,
    ledger: Ledger,
    store: ByteStore | None,
    command: str,
    *,
    decided: bool = True,
    progress: Callable[[Iterator[Any]], Iterator[Any]] = lambda things: things,
) -> Taken:
    """Add what is not here: bytes first, then reports, then decisions under their authors and times."""
    done = Taken()
    for file in sorted(bundle.files) if store else ():
        if store and not store.has(file):
            with bundle.box.open(bytes_path(file)) as stream:
                store.keep(stream, file, bundle.path.name)
            done.files += 1
    for packed, claims in progress(bundle.reports()):
        take_report(bundle, packed, claims, ledger, command, done)
    for ruling in bundle.rulings() if decided else ():
        done.decisions += rows.adopt(ledger, ruling)
    return done


def take_report(
    bundle: Bundle, packed: Packed, claims: list[Claim], ledger: Ledger, command: str, done: Taken
) -> None:
    """Add a report with its claims and every step it took, this one last."""
    step = Custody(
        sha256=bundle.manifest,
        size=bundle.size,
        received_at=now(),
        source=f"{bundle.path}!{MANIFEST}",
        kind=BROUGHT,
        command=command,
        reader="",
        pack="",
    )
    if rows.adopt_report(ledger, packed.report, claims, (*packed.receipts, step)):
        done.reports, done.claims = done.reports + 1, done.claims + len(claims)
        return
    done.known += 1
    if conflict := otherwise(packed, claims, ledger):
        done.conflicts.append(conflict)


def otherwise(packed: Packed, claims: list[Claim], ledger: Ledger) -> str:
    """What of a report that is here is not as the bundle has it; empty where it is the same."""
    id = packed.report.id
    here = next((one for one in rows.kept_reports(ledger, like=id) if one.report.id == id), None)
    if here is None or here.hash != packed.hash:
        return f"{id}: another text is here under that id; the bundle's was not added"
    own = {str(body["id"]) for body, _ in rows.said(ledger, here.seq)}
    theirs = {claim.id for claim in claims}
    if own != theirs:
        few = f"{len(theirs - own)} claims of the bundle are not here, {len(own - theirs)} here are not in it"
        return f"{id}: read otherwise here: {few}"
    return ""
