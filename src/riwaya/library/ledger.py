"""A ledger to add to and to ask: the questions of the command line as methods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riwaya.ledger import Files, Query, rows, store_of
from riwaya.ledger import Ledger as Kept
from riwaya.ledger import open_ledger as open_kept
from riwaya.ledger.said import claim_of
from riwaya.library.listing import Cited, Listing, Record
from riwaya.library.reading import Moment, load_packs, moment, words_of
from riwaya.model import Report

if TYPE_CHECKING:
    from riwaya.custody.chain import Chain
    from riwaya.kept import Found

Day = str | date | None
ADDED_BY = "import riwaya: Ledger.add"


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding: new reports with their claims, reports that were there, what could not be read."""

    reports: int
    claims: int
    known: int
    problems: tuple[str, ...]


class Ledger:
    """A ledger at a path or address.  Close it, or use it in a ``with`` statement."""

    def __init__(self, address: str | Path, *, create: bool = True, language: str = "en") -> None:
        self.address = str(address)
        self.words = words_of(language)
        self.kept: Kept = open_kept(address, create=create)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        counted = ", ".join(f"{number} {name}" for name, number in self.kept.count().items())
        return f"<Ledger {self.kept.where}: {counted}>"

    def close(self) -> None:
        """Let go of the database."""
        self.kept.close()

    def add(
        self,
        what: str | Path | Report | Iterable[str | Path] | Iterable[Report],
        *,
        published: Moment = None,
        outlet: str = "",
        keep_bytes: bool = True,
    ) -> Added:
        """Read files, folders or reports that are not here and keep them; twice adds nothing.

        Unlike in ``riwaya.read`` a ``str`` is the path of a file.  Raises LedgerError where the ledger cannot
        be written.
        """
        from riwaya import pipeline
        from riwaya.claims import READERS
        from riwaya.library.reading import received
        from riwaya.sources import Given, reports

        items = [what] if isinstance(what, str | Path | Report) else list(what)
        said = [one for one in items if isinstance(one, Report)]
        paths = [one for one in items if not isinstance(one, Report)]
        files = Files(store_of(self.address) if keep_bytes else None)
        new = known = claims = 0
        problems = []
        for source in (reports(paths, Given(moment(published), outlet)), received(said, None, "")):
            add = partial(pipeline.add, command=ADDED_BY, files=files)
            for one in add(source, self.kept, READERS[0], load_packs()):
                if not isinstance(one, pipeline.Added):
                    problems.append(str(one))
                    continue
                new, known, claims = new + one.new, known + (not one.new), claims + one.claims
        return Added(new, claims, known, tuple(problems))

    def reports(self) -> Listing[Report]:
        """Every report, in the order in which they were added."""
        from riwaya.library.showing import report_list

        return Listing(
            list(self.kept.reports()), "reports", self.words, partial(report_list, words=self.words)
        )

    def report(self, id: str) -> Report | None:
        """The report of that id."""
        return self.kept.report(id)

    def claims(
        self,
        *,
        place: str = "",
        actor: str = "",
        type: str | Sequence[str] = (),
        status: str | Sequence[str] = (),
        origin: str = "",
        report: str = "",
        first: Day = None,
        last: Day = None,
        known_by: Moment = None,
    ) -> Listing[Cited]:
        """The claims that fit, oldest first: places, actors and origins by their ids or by their words."""
        query = Query(
            place=place,
            actor=actor,
            type=several(type),
            status=several(status),
            origin=origin,
            report=report,
            first=day(first),
            last=day(last),
            known_by=until(known_by),
        )
        found = [
            Cited(claim_of(one.claim), one.outlet, one.title, one.published, one.url, one.day, self.words)
            for one in self.kept.claims(query)
        ]
        return Listing(found, "claims", self.words)

    def events(
        self,
        *,
        place: str = "",
        area: str = "",
        type: str | Sequence[str] = (),
        first: Day = None,
        last: Day = None,
        known_by: Moment = None,
    ) -> Listing[Record]:
        """What happened: claims about one happening together, with who says so."""
        found = self._concluded(known_by)
        places, types = found.chosen(place, area), several(type)
        told = found.told_events(places=places, types=types, first=day(first), last=day(last))
        return self._listing(told, "events", "event")

    def control(
        self, at: str | date, *, place: str = "", area: str = "", known_by: Moment = None
    ) -> Listing[Record]:
        """Who holds what on the evening of a day; a notebook shows it as a map and a table."""
        from riwaya.library.showing import map_and_table

        found = self._concluded(known_by)
        evening = day(at)
        assert evening
        asked = found.named(place) if place else []
        places = found.chosen("", area)
        states = [] if place and not asked else found.control(evening, asked)
        chosen = (one.to_json() for one in states if places is None or one.place["id"] in places)
        draw = partial(map_and_table, words=self.words)
        return self._listing(chosen, "control", "holding", draw)

    def disputes(
        self, *, place: str = "", open_only: bool = False, known_by: Moment = None
    ) -> Listing[Record]:
        """Who says otherwise: the sides of every disagreement."""
        found = self._concluded(known_by)
        places = found.chosen(place, "")
        told = found.told_disputes(places=places, open_only=open_only)
        return self._listing(told, "disputes", "dispute")

    def export(self, format: str, out: str | Path, *, at: Day = None, known_by: Moment = None) -> int:
        """Write a file in one of the formats of ``riwaya export``; says how many rows it has.

        Raises ValueError where there is no such format, or the extra that it needs is not installed.
        """
        from riwaya import console, exports

        chosen = exports.export_named(format)
        if chosen is None or not chosen.ready:
            known = ", ".join(one.name for one in exports.EXPORTS if one.ready)
            raise ValueError(f"{format!r} cannot be written here; what can: {known}")
        query = Query(last=day(at), known_by=until(known_by))
        concluded = self._concluded(known_by)
        asked = exports.Asked(self.kept, query, concluded, exports.Names.of(load_packs()), at=day(at))
        asked = replace(asked, table=next(iter(chosen.tables), ""))
        with console.written(Path(out)) as stream:
            return chosen.write(asked, stream)

    def custody(self, report: str) -> Chain:
        """The chain of custody of a report, verified now; raises KeyError where there is no such report."""
        from riwaya.custody.chain import chain

        found = next(
            (one for one in rows.kept_reports(self.kept, like=report) if one.report.id == report), None
        )
        if found is None:
            raise KeyError(report)
        return chain(self.kept, store_of(self.address), found)

    def _concluded(self, known_by: Moment) -> Found:
        from riwaya import pipeline
        from riwaya.kept import Found

        return Found.of(self.kept, pipeline.sides(load_packs()), until(known_by))

    def _listing(self, found: Iterable[Any], table: str, render: str, draw: Any = None) -> Listing[Record]:
        return Listing([Record(one, render, self.words) for one in found], table, self.words, draw)


def open_ledger(address: str | Path, *, create: bool = True, language: str = "en") -> Ledger:
    """The ledger at a path or address, made there unless ``create`` says no; raises LedgerError.

    ``language`` (en or ar) is the one of names and of what a notebook shows.
    """
    return Ledger(address, create=create, language=language)


def several(value: str | Sequence[str]) -> tuple[str, ...]:
    """One word or several."""
    return (value,) if isinstance(value, str) and value else tuple(value)


def day(value: Day) -> date | None:
    """A day as people give it: ``2024-12-08`` or a date."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def until(value: Moment) -> datetime | None:
    """A moment of knowledge; a bare day means its evening."""
    from riwaya.views import evening

    bare = isinstance(value, str) and len(value) == len("2024-12-08")
    if bare or (isinstance(value, date) and not isinstance(value, datetime)):
        found = moment(value)
        return evening(found.date()) if found else None
    return moment(value)
