"""The whole flow: reports come in, are read, become claims, and are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from riwaya.events.knowledge import Knowledge
from riwaya.ledger import Custody, Files, Ledger
from riwaya.ledger.bytes import ChangedError
from riwaya.ledger.store import now
from riwaya.model import Claim, Report
from riwaya.sources import Problem, Received
from riwaya.sources.received import Input


class Reader(Protocol):
    """Whatever makes claims of a report: a name with a version, and one method."""

    @property
    def name(self) -> str:
        """The reader and its version; part of every claim's id."""

    def read(self, report: Report, pack: Any) -> Iterable[Claim]:
        """The claims of one report."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A report, where it came from, and the claims read in it."""

    received: Received
    claims: tuple[Claim, ...]


def read(results: Iterable[Received | Problem], reader: Reader, pack: Any) -> Iterator[Reading | Problem]:
    """Read every report that comes in; problems pass through, and one bad report stops no other."""
    for result in results:
        yield result if isinstance(result, Problem) else read_one(result, reader, pack)


def read_one(received: Received, reader: Reader, pack: Any) -> Reading | Problem:
    """Read one report; one in another language is kept and not read."""
    report = received.report
    if report.language != "ar":
        return Reading(received, ())
    try:
        return Reading(received, tuple(reader.read(report, pack)))
    except Exception as error:  # a reader's mistake on one text must not lose the others
        what = f"the reader {reader.name} failed: {type(error).__name__}: {error}"
        return Problem(received.where, what, "please send us this report")


@dataclass(frozen=True, slots=True)
class Added:
    """A report that is in the ledger now; ``new`` says whether it was not before."""

    received: Received
    claims: int
    new: bool


def add(
    results: Iterable[Received | Problem],
    ledger: Ledger,
    reader: Reader,
    pack: Any,
    *,
    command: str,
    files: Files | None = None,
) -> Iterator[Added | Problem]:
    """Read what the ledger does not have and keep it; each report is safe once it is handed on.

    With ``files`` the file that a report came in is hashed, and kept if files are, before the report is.
    """
    for result in results:
        yield result if isinstance(result, Problem) else add_one(result, ledger, reader, pack, command, files)


def add_one(
    received: Received, ledger: Ledger, reader: Reader, pack: Any, command: str, files: Files | None = None
) -> Added | Problem:
    """Read one report and keep it with its claims and its custody, all or nothing."""
    report = ledger.name(received.report)
    if report is None:
        return Added(received, 0, new=False)
    reading = read_one(replace(received, report=report), reader, pack)
    if isinstance(reading, Problem):
        return reading
    try:
        file = files.file(received.file or alone(received)) if files else None
    except ChangedError as error:
        return Problem(received.where, str(error), "add it again")
    custody = Custody(
        sha256=received.sha256,
        size=received.size,
        received_at=now(),
        source=received.where,
        kind=received.kind,
        command=command,
        reader=reader.name,
        pack=pack.digest,
        dated=received.dated,
        file=file.sha256 if file else "",
        file_size=file.size if file else 0,
        file_name=file.name if file else "",
        left_at=file.left_at if file else "",
        answer=file.answer if file else "",
    )
    new = ledger.add(report, reading.claims, custody)
    if not new and ledger.name(received.report):  # another text took the id while we read
        return add_one(received, ledger, reader, pack, command, files)
    return Added(reading.received, len(reading.claims) if new else 0, new)


def alone(received: Received) -> Input:
    """A record that came in no file, as one of its own."""
    return Input(received.where, b"", data=received.raw)


def sides(pack: Any) -> Knowledge:
    """Who stands with whom, which place lies in which, and what a word weighs, as the packs say."""
    return Knowledge.of(pack)


def labels(pack: Any, language: str = "en") -> dict[str, str]:
    """The neutral name of every actor, person and source that the packs know."""
    rows = (*pack.sources, *pack.persons, *pack.actors)
    return {row["id"]: label for row in rows if (label := row.get("label", {}).get(language))}


def inventory(pack: Any) -> list[dict[str, Any]]:
    """Every conflict the packs know, and how much is known of it."""
    kinds = {"actors": pack.actors, "persons": pack.persons, "operations": pack.operations}
    kinds["sources"] = pack.sources
    return [
        {"id": theatre.id, "label_ar": theatre.label_ar, "label_en": theatre.label_en}
        | {name: sum(row["theatre"] == theatre.id for row in rows) for name, rows in kinds.items()}
        | {"places": sum(place.country in theatre.countries for place in pack.places)}
        for theatre in pack.theatres
    ]
