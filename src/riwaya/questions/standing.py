"""The ledger as it stands now: one object that stays true while questions are answered.

``Desk`` makes a new ``Standing`` when the ledger has changed, and takes over from the old one whatever was
not concluded anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from threading import Lock, RLock
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DatabaseError

from riwaya.events.control import SPEAKING, Holding
from riwaya.events.knowledge import Knowledge
from riwaya.events.link import root_of
from riwaya.events.units import Unit
from riwaya.kept import Found, Kept
from riwaya.ledger import Ledger, LedgerError, quotes, told
from riwaya.ledger.derived import SPOKEN
from riwaya.ledger.tables import CLAIMS, DECISIONS, REPORTS
from riwaya.model import content_id
from riwaya.questions.answers import Answers, Key, bodies_of
from riwaya.questions.decisions import Log
from riwaya.questions.past import answers_of
from riwaya.questions.states import Run, Spoken, cut, followed, known, spoken_from
from riwaya.text.normalise import fold

MOST_MOMENTS = 12  # moments of knowledge whose answers are kept at hand
MOST_PAST = 3  # moments whose events are kept at hand: they are whole sets of conclusions


@dataclass(frozen=True, slots=True)
class Version:
    """How far a ledger has come: its last report and its last decision."""

    reports: int
    decisions: int

    @classmethod
    def of(cls, connection: Connection) -> Version:
        """As the ledger has it now."""
        return cls(
            connection.scalar(select(func.max(REPORTS.c.seq))) or 0,
            connection.scalar(select(func.max(DECISIONS.c.seq))) or 0,
        )


@dataclass
class Standing:
    """Everything concluded at one version, and what has been worked out of it so far."""

    ledger: Ledger
    knowledge: Knowledge
    kept: Kept | None
    version: Version
    log: Log
    answers: Answers
    spoken: dict[str, Spoken] = field(default_factory=dict)
    told: dict[Any, Any] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    @cached_property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day that claims speak of."""
        with self.ledger.reading.connect() as connection:
            low = connection.scalar(select(func.min(func.coalesce(CLAIMS.c.first_day, CLAIMS.c.day))))
            high = connection.scalar(select(func.max(CLAIMS.c.day)))
            wall = connection.scalar(select(func.max(REPORTS.c.known_wall)))
        if not low or not high:
            return None
        return low, max(low, min(high, wall.date()) if wall else high)

    @cached_property
    def places(self) -> Mapping[str, Mapping[str, date]]:
        """The places of which somebody says who holds them, by root, with the day from which."""
        found: dict[str, dict[str, date]] = defaultdict(dict)
        if not self.kept:
            for root, spoken in self._by_root.items():
                days = {place: spoken_from(said, self.knowledge) for place, said in spoken.items()}
                found[root] = {place: day for place, day in days.items() if day}
            return found
        with self.ledger.reading.connect() as connection:
            for row in connection.execute(select(SPOKEN).order_by(SPOKEN.c.root, SPOKEN.c.place)):
                found[row.root][row.place] = row.first_day
        return found

    @cached_property
    def roots(self) -> list[str]:
        """Every governorate under which somebody says who holds something."""
        return sorted(self.places)

    @cached_property
    def found(self) -> Found:
        """All conclusions, for exports and the questions that the command line asks."""
        return Found(self.ledger, self.knowledge, kept=self.kept)

    def by(self, moment: datetime | None) -> Found:
        """All conclusions as they could be known by a moment."""
        if moment is None:
            return self.found
        found: Found = self.once("found", moment, MOST_PAST, lambda: self.found.by(moment))
        return found

    def answers_by(self, moment: datetime | None) -> Answers:
        """Events and disputes as they could be known by a moment."""
        if moment is None:
            return self.answers
        found: Answers = self.once("answers", moment, MOST_PAST, lambda: answers_of(self.by(moment)))
        return found

    def units(self, root: str) -> Spoken:
        """The units under a root that speak of who holds what, by place."""
        with self.lock:
            if root not in self.spoken:
                self.spoken[root] = self._read_units(root)
            return self.spoken[root]

    def _read_units(self, root: str) -> Spoken:
        if not self.kept:
            return self._by_root.get(root, {})
        with self.ledger.reading.connect() as connection:
            heard = self.kept.units_of(told.of_roots(connection, [root]))
        return by_place(unit for unit in heard if root_of(unit.place, self.knowledge) == root)

    @cached_property
    def _by_root(self) -> Mapping[str, Spoken]:
        """The same where nothing is kept: a ledger that may not be written."""
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.found.units:
            if unit.place and unit.type in SPEAKING:
                found[root_of(unit.place, self.knowledge)].append(unit)
        return {root: by_place(said) for root, said in found.items()}

    def runs(self, root: str, known_by: datetime | None, *, follow: bool = False) -> Mapping[str, list[Run]]:
        """The states of every place under a root, in runs of days."""
        if not self.days:
            return {}
        found: Mapping[str, list[Run]] = self.once(
            f"runs:{root}", (known_by, follow), MOST_MOMENTS, lambda: self._runs(root, known_by, follow)
        )
        return found

    def _runs(self, root: str, known_by: datetime | None, follow: bool) -> dict[str, list[Run]]:
        assert self.days
        first, last = self.days
        begins = self.places.get(root, {})
        found: dict[str, list[Run]] = {}
        if known_by is None and not follow:
            for mention, spans in self.found.spans(begins.keys()):
                place = str(mention["id"] or place_of(mention))
                if place in begins:
                    found[place] = cut(spans, max(first, begins[place]), last)
        else:
            units = until(self.units(root), known_by, self.known_utc)
            states = followed if follow else known
            for place in sorted(units):
                runs = states(place, units, first, last, self.knowledge, self.log.decided.rulings)
                found[place] = runs
        return {place: runs for place, runs in sorted(found.items()) if runs}

    def control(self, at: date, places: Iterable[str], known_by: datetime | None) -> list[Holding]:
        """Who holds some places on a day."""
        wanted = set(places)
        return self.by(known_by).control(at, wanted) if wanted else []

    def held(self, at: date, known_by: datetime | None) -> list[Holding]:
        """Who holds what on a day."""
        found: list[Holding] = self.once(
            "held", (at, known_by), MOST_MOMENTS, lambda: self.by(known_by).control(at)
        )
        return found

    def mention(self, place: str) -> Mapping[str, Any]:
        """How claims name a place that no gazetteer has; empty where none does."""
        if place.startswith("?"):
            spoken = any(place in places for places in self.places.values())
            return {"id": "", "name": place.removeprefix("?")} if spoken else {}
        brief = self.answers.at.get(place)
        if brief is None:
            return {}
        with self.ledger.reading.connect() as connection:
            body = bodies_of(connection, [brief.id]).get(brief.id) if self.kept else None
        return (body or {}).get("place") or {"id": place, "name": place}

    @cached_property
    def known_utc(self) -> Mapping[str, datetime]:
        """When each report was published, in UTC: for moments of knowledge that name a zone."""
        with self.ledger.reading.connect() as connection:
            return {
                row.id: row.known_utc for row in connection.execute(select(REPORTS.c.id, REPORTS.c.known_utc))
            }

    def once(self, kind: str, key: Any, most: int, make: Any) -> Any:
        """Work something out once; of each kind the last few are kept."""
        shelf = self.told.get(kind, {})
        if key in shelf:
            return shelf[key]
        with self.lock:
            shelf = self.told.setdefault(kind, {})
            if key not in shelf:
                while len(shelf) >= most:
                    shelf.pop(next(iter(shelf)))
                shelf[key] = make()
            return shelf[key]

    @property
    def mark(self) -> str:
        """A short word that changes when anything that is shown may have."""
        return content_id(str(self.version.reports), str(self.version.decisions), self.ledger.where)[:8]

    @property
    def tag(self) -> str:
        """The version as clients see it."""
        return f"r{self.version.reports}.d{self.version.decisions}.{self.mark}"


def place_of(mention: Mapping[str, Any]) -> str:
    """The id of a place that no gazetteer has, as units give it."""
    return f"?{fold(mention['name'])}"


def by_place(units: Iterable[Unit]) -> Spoken:
    """Units that speak of who holds what, by the place they name."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.place and unit.type in SPEAKING:
            found[unit.place].append(unit)
    return dict(found)


def until(units: Spoken, known_by: datetime | None, utc: Mapping[str, datetime] | None = None) -> Spoken:
    """Only what was published by a moment."""
    if known_by is None:
        return units
    if known_by.tzinfo:
        moment = known_by.astimezone(UTC).replace(tzinfo=None)
        clock = utc or {}
        kept = {
            place: [unit for unit in said if clock.get(unit.report, unit.known) <= moment]
            for place, said in units.items()
        }
    else:
        kept = {place: [unit for unit in said if unit.known <= known_by] for place, said in units.items()}
    return {place: said for place, said in kept.items() if said}


class Desk:
    """A ledger with its standing, brought up to date when asked; one writer at a time."""

    def __init__(self, ledger: Ledger, pack: Any, knowledge: Knowledge | None = None) -> None:
        self.ledger = ledger
        self.pack = pack
        self.knowledge = knowledge or Knowledge.of(pack)
        self.writing = Lock()
        self._refreshing = Lock()
        self._standing: Standing | None = None

    def version(self) -> Version:
        """How far the ledger has come."""
        with self.ledger.reading.connect() as connection:
            return Version.of(connection)

    def now(self) -> Standing:
        """The ledger as it stands, with all that was added or decided taken in."""
        standing = self._standing
        if standing and standing.version == self.version():
            return standing
        with self._refreshing:
            standing = self._standing
            if standing is None or standing.version != self.version():
                self._standing = standing = self._renewed(standing)
            return standing

    def seen(self) -> Standing | None:
        """The last standing made, without looking whether there is more."""
        return self._standing

    def _renewed(self, before: Standing | None) -> Standing:
        """Conclude what is new; what was not concluded anew is taken over from before."""
        version = self.version()
        try:
            kept = Kept(self.ledger, self.knowledge)
            ours = before is not None and before.kept is not None and self._is_last(kept, before)
            kept.refresh()
            quotes.fill(self.ledger.engine, self.ledger.where)
        except (LedgerError, DatabaseError):
            return self._unkept(version, before)
        concluded: set[Key] | None = kept.concluded if ours and before else None
        with self.ledger.reading.connect() as connection:
            log = (before.log if before else Log()).with_new(connection)
            answers = (before.answers if before else Answers()).after(connection, concluded)
        standing = Standing(self.ledger, self.knowledge, kept, version, log, answers)
        if before and concluded is not None:
            roots = {root for _, root in concluded}
            standing.spoken = {root: said for root, said in before.spoken.items() if root not in roots}
            if before.days == standing.days:
                standing.told = {
                    kind: shelf for kind, shelf in before.told.items() if is_of_other(kind, roots)
                }
        return standing

    def _is_last(self, kept: Kept, before: Standing) -> bool:
        """Whether nobody else has concluded since: then only what we conclude is new."""
        state = kept.tables.state()
        reports, mark = int(state.get("report", 0)), state.get("mark")
        decisions = int(state.get("decision", 0))
        ours = (before.version.reports, before.log.last, kept.mark)
        return (reports, decisions, mark) == ours

    def _unkept(self, version: Version, before: Standing | None) -> Standing:
        """A ledger that may only be read: everything is concluded in memory."""
        with self.ledger.reading.connect() as connection:
            log = (before.log if before else Log()).with_new(connection)
        found = Found(self.ledger, self.knowledge)
        standing = Standing(self.ledger, self.knowledge, None, version, log, answers_of(found))
        standing.__dict__["found"] = found
        return standing


def is_of_other(kind: str, roots: set[str]) -> bool:
    """Whether a kind of answer is about a root that was not concluded anew."""
    of, colon, root = kind.partition(":")
    return bool(colon) and of == "runs" and root not in roots
