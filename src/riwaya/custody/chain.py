"""The chain of custody of a report: every step it took, and whether it is still what it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from riwaya.custody import checks
from riwaya.custody.checks import Check, State
from riwaya.ledger import ByteStore, Custody, Ledger, rows
from riwaya.ledger.rows import Kept, Ruling

BROUGHT = "bundle"  # the kind of a receipt by which a report came from another ledger


@dataclass(frozen=True, slots=True)
class Chain:
    """A report, how it came in, what was read in it, what people decided about that, and what was checked."""

    kept: Kept
    receipts: tuple[Custody, ...]
    claims: tuple[Mapping[str, Any], ...]
    rulings: tuple[Ruling, ...]
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether no check failed."""
        return not any(one.state is State.FAILS for one in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        report = self.kept.report
        about: dict[str, Any] = {name: getattr(report, name) for name in REPORT}
        about["published"] = report.published.isoformat() if report.published else None
        return {
            "report": about | {"sha256": self.kept.hash, "characters": len(report.text)},
            "receipts": [receipt_json(one) for one in self.receipts],
            "claims": [
                {name: claim[name] for name in ("id", "type", "status", "reader", "evidence")}
                for claim in self.claims
            ],
            "decisions": [one.to_json() for one in self.rulings],
            "checks": [one.to_json() for one in self.checks],
            "holds": self.holds,
        }


REPORT = ("id", "title", "outlet", "published", "url", "language", "origin")


def receipt_json(custody: Custody) -> dict[str, Any]:
    """How a report came in, as the public object."""
    return custody.row() | {"received_at": custody.received_at.isoformat()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was checked of one report, or with no report of what belongs to none."""

    report: str
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether no check failed."""
        return not any(one.state is State.FAILS for one in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        found = [one.to_json() for one in self.checks]
        return {"report": self.report, "holds": self.holds, "checks": found}


def chain(ledger: Ledger, store: ByteStore | None, kept: Kept) -> Chain:
    """The chain of a report, with everything in it checked now."""
    said = list(rows.said(ledger, kept.seq))
    own = tuple(body for body, _ in said)
    rulings = tuple(about(rows.claim_ids(ledger, kept.seq), rows.rulings(ledger)))
    receipts = tuple(rows.receipts(ledger, kept.seq))
    found = [checks.text(kept), checks.claims(kept, said), checks.decisions(rulings)]
    found += [
        one for receipt in receipts if receipt.kind != BROUGHT for one in bytes_of(kept, receipt, store)
    ]
    return Chain(kept, receipts, own, rulings, tuple(found))


def about(claims: set[str], rulings: Iterator[Ruling]) -> Iterator[Ruling]:
    """The decisions about some claims, and those that withdraw them."""
    named: set[str] = set()
    for ruling in rulings:
        if not claims.isdisjoint(ruling.about()) or ruling.withdraws in named:
            named.add(ruling.id)
            yield ruling


def bytes_of(kept: Kept, custody: Custody, store: ByteStore | None) -> Iterator[Check]:
    """The file that a report came in, and its record there."""
    with checks.at_hand(custody, store) as (check, path):
        yield check
        texts = None
        if path:
            given = checks.anew(custody, path)
            texts = [one.report.text for one in given if one.sha256 == custody.sha256]
        yield checks.record(kept, custody, texts)


def verify(ledger: Ledger, store: ByteStore | None) -> Iterator[Outcome]:
    """Everything in a ledger: each report with its claims, each file with its records, every decision."""
    yield Outcome("", (checks.decisions(rows.rulings(ledger)),))
    for kept in rows.kept_reports(ledger):
        yield Outcome(kept.report.id, (checks.text(kept), checks.claims(kept, rows.said(ledger, kept.seq))))
    for file in rows.files(ledger):
        yield from verify_file(ledger, store, file)


def verify_file(ledger: Ledger, store: ByteStore | None, file: str) -> Iterator[Outcome]:
    """A file, read once, and every report that came in it."""
    came = list(rows.came_in(ledger, file))
    with checks.at_hand(came[0][1], store) as (check, path):
        texts: dict[str, list[str]] | None = None
        if path:
            wanted = {custody.sha256 for _, custody in came}
            texts = defaultdict(list)
            for one in checks.anew(came[0][1], path):
                if one.sha256 in wanted:
                    texts[one.sha256].append(one.report.text)
        for kept, custody in came:
            given = texts.get(custody.sha256, []) if texts is not None else None
            yield Outcome(kept.report.id, (check, checks.record(kept, custody, given)))
