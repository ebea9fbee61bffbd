"""Conclusions kept beside the ledger, block by block: a new report touches what it concerns and no more.

What is kept is what ``views.Conclusions`` would conclude from everything known, and can be dropped and
made again.  Questions about what was known by a moment are concluded anew from the same rows.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from sqlalchemy.exc import DatabaseError

from riwaya.events import disputes, link, origins
from riwaya.events.control import SPEAKING, Holding, control
from riwaya.events.knowledge import Knowledge
from riwaya.events.rulings import Decided, decided
from riwaya.events.units import Heard, Unit, units_of
from riwaya.ledger import Ledger, LedgerError, Told, derived
from riwaya.ledger.derived import Block, Derived
from riwaya.ledger.errors import spoken
from riwaya.ledger.locks import Lock, alone
from riwaya.model import content_id
from riwaya.text.normalise import fold
from riwaya.views import Conclusions, heard_of

VERSION = "4"
PLACE = "place:"  # before a place's id: the family of the disputes about who holds it
BATCH = 200  # reports concluded in one transaction


class Kept:
    """The conclusions of one ledger, as far as they have been made."""

    def __init__(self, ledger: Ledger, knowledge: Knowledge) -> None:
        self.ledger = ledger
        self.knowledge = knowledge
        self.tables = Derived(ledger)
        self.dirty: set[tuple[str, str]] = set()
        self.days: dict[tuple[str, str], set[date]] = defaultdict(set)
        self.places: dict[tuple[str, str], set[date]] = defaultdict(set)
        # (family, root) of everything concluded anew by this object: what a reader of answers looks at again
        self.concluded: set[tuple[str, str]] = set()
        self.me = uuid4().hex
        self.others = False

    @cached_property
    def mark(self) -> str:
        """By which knowledge conclusions are made: with other weights they are made again."""
        weights = self.knowledge.weights
        return content_id(VERSION, json.dumps([weights.numbers, weights.words], sort_keys=True))

    @cached_property
    def decided(self) -> Decided:
        """What people decided."""
        return decided(self.ledger.decisions())

    def refresh(self, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Conclude from what has been added or decided since; several processes may do so at once."""
        self.__dict__.pop("decided", None)
        until = self.ledger.settled()
        if self._current(until):
            return
        done, total = 0, self._waiting(until)
        while count := self._batch(until, total):
            done += count
            progress(done, total)
        with self._alone() as (connection, state):
            self._decisions(connection, state)
            self._recall(connection, state)
            self._conclude(connection)

    def _current(self, until: int) -> bool:
        """Whether there is nothing to conclude."""
        state = self.tables.state()
        with self.tables.reading() as connection:
            decisions = json.dumps([row.id for row in derived.all_decisions(connection)])
        up_to_date = state.get("mark") == self.mark and int(state.get("report", 0)) >= until
        return up_to_date and state.get("decisions", "[]") == decisions and not state.get("waiting")

    def _waiting(self, until: int) -> int:
        state = self.tables.state()
        after = int(state.get("report", 0)) if state.get("mark") == self.mark else 0
        with self.tables.reading() as connection:
            return derived.waiting(connection, after, until)

    def _batch(self, until: int, total: int) -> int:
        """Take in some reports in one transaction; how many.

        Where there are many, their blocks are answered at the end, and ``waiting`` says who is to do so: a
        process that finds another's name there answers everything, for that other may have been killed.
        """
        with self._alone() as (connection, state):
            after = int(state.get("report", 0))
            rows = derived.new_reports(connection, after, BATCH, until)
            if not rows:
                return 0
            for row in rows:
                self._add(connection, row)
            if state.get("waiting", "") not in ("", self.me):
                self.others = True
            if total <= BATCH and not state.get("waiting"):
                self._conclude(connection)
            else:
                derived.set_state(connection, waiting=self.me)
            derived.set_state(connection, report=str(rows[-1].seq), mark=self.mark)
        return len(rows)

    @contextmanager
    def _alone(self) -> Iterator[tuple[Any, dict[str, str]]]:
        """A transaction in which nobody else concludes, and how far conclusions have come.

        Those made with other knowledge are dropped in it.
        """
        with spoken(self.ledger.where), self.tables.writing() as connection:
            alone(connection, Lock.CONCLUDING)
            state = derived.state_in(connection)
            if state.get("mark") not in (None, self.mark):
                derived.drop(connection)
                self._forget()
                state = {}
            yield connection, state

    def _forget(self) -> None:
        """Nothing is left to be answered."""
        self.others = False
        self.dirty.clear()
        self.days.clear()
        self.places.clear()

    def rebuild(self, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Drop every conclusion and make it again."""
        self.tables.drop()
        self.refresh(progress)

    def _add(self, connection: Any, row: Any) -> None:
        """Take in one report: its telling, then the blocks of its claims."""
        connection.execute(derived.TEXTS.insert().values(report=row.seq, first_outlet=None))
        text = text_of(row, self.knowledge)
        copies = self._copies(connection, row.seq, text)
        derived.put(connection, derived.COPIES, [{"a": other, "b": row.seq} for other in copies])
        bands = [{"band": band, "report": row.seq, "day": text.day} for band in text.bands]
        derived.put(connection, derived.BANDS, bands)
        touched = {row.seq}
        if copies:
            touched = derived.copies_of(connection, row.seq)
            first = min(derived.texts_of(connection, touched), key=lambda one: (text_key(one), one.id))
            derived.set_first(connection, touched, first.outlet)
        self._place(connection, derived.of_reports(connection, touched))

    def _copies(self, connection: Any, seq: int, text: origins.Text) -> list[int]:
        """The reports that a text repeats."""
        if not text.bands:
            return []
        weights = self.knowledge.weights
        days = timedelta(days=int(weights("telling", "days")))
        mates = derived.shelf_mates(connection, text.bands, text.day - days, text.day + days)
        return [
            row.seq
            for row in derived.texts_of(connection, mates)
            if origins.one_telling(origins.shingles(row.text, weights), text.shingles, weights)
        ]

    def _place(self, connection: Any, told: Iterable[tuple[Told, str | None]]) -> None:
        """Put the units of claims into their blocks, anew where they are there already."""
        said = list(told)
        self._touch(derived.take_units(connection, [one.seq for one, _ in said]))
        rows: list[dict[str, Any]] = [
            {
                "claim": one.seq,
                "place": unit.place,
                "family": unit.family,
                "root": link.root_of(unit.place, self.knowledge),
                "likely": unit.likely,
                "speaking": bool(unit.place) and unit.type in SPEAKING,
            }
            for one, first in said
            for unit in self._units([(one, first)])
        ]
        derived.put(connection, derived.UNITS, rows)
        for row in rows:
            self._touched(row["family"], row["root"], row["likely"], row["place"], speaking=row["speaking"])

    def _touch(self, rows: Iterable[Any]) -> None:
        for row in rows:
            self._touched(row.family, row.root, row.likely, row.place, speaking=row.speaking)

    def _touched(self, family: str, root: str, day: date, place: str, *, speaking: bool) -> None:
        self.dirty.add((family, root))
        self.days[family, root].add(day)
        if speaking:
            self.places[place, root].add(day)

    def _units(self, told: Iterable[tuple[Told, str | None]]) -> list[Unit]:
        """Claims as units, with what people decided about them."""
        found: list[Unit] = []
        for one, first in told:
            heard = heard_of(one)
            claim = self.decided.apply(heard.claim)
            if claim:
                firsts = {} if first is None else {claim["report"]: first}
                ruled = Heard(claim, heard.outlet, heard.published, heard.known)
                found += units_of(ruled, self.knowledge, firsts)
        return found

    def _recall(self, connection: Any, state: Mapping[str, str]) -> None:
        """Where another process left blocks to be answered nobody knows which: everything is, again."""
        if not self.others and state.get("waiting", "") in ("", self.me):
            return
        for row in derived.all_units(connection):
            self._touched(row.family, row.root, row.likely, row.place, speaking=row.speaking)

    def _decisions(self, connection: Any, state: Mapping[str, str]) -> None:
        """Put the claims that decisions made since are about into their blocks again."""
        known = set(json.loads(state.get("decisions", "[]")))
        rows = derived.all_decisions(connection)
        new = [row for row in rows if row.id not in known]
        if not new:
            return
        self.__dict__.pop("decided", None)  # it may have been read before the newest was made
        payloads = {row.id: json.loads(row.payload) for row in rows}
        claims = {
            claim for row in new for claim in payloads.get(row.withdraws or row.id, {}).get("claims", ())
        }
        self._place(connection, derived.of_claims(connection, claims))
        derived.set_state(connection, decisions=json.dumps([row.id for row in rows]))

    def _conclude(self, connection: Any) -> None:
        """Make the answers of every touched block and place again."""
        for family, root in sorted(self.dirty):
            wanted = self._wanted(connection, family, root)
            kept = derived.blocks_of(connection, family, root)
            for block in sorted(kept - wanted):
                derived.clear_block(connection, block)
            touched = self.days[family, root]
            for block in sorted(wanted):
                if block not in kept or any(block[2] <= day <= block[3] for day in touched):
                    self._answer(connection, block)
        for place, root in sorted(self.places):
            self._answer_place(connection, place, root)
        derived.set_state(connection, waiting="")
        self.concluded |= self.dirty
        self._forget()

    def _wanted(self, connection: Any, family: str, root: str) -> set[Block]:
        """The blocks that the days of a family under a root make."""
        days = derived.days_of(connection, family, root)
        return {(family, root, run[0], run[-1]) for run in link.day_runs(days, self.knowledge)}

    def _answer(self, connection: Any, block: Block) -> None:
        """The events of a block, and their disputes."""
        family, root, low, high = block
        derived.clear_block(connection, block)
        units = [
            unit
            for unit in self._units(derived.of_block(connection, block))
            if unit.family == family
            and low <= unit.likely <= high
            and link.root_of(unit.place, self.knowledge) == root
        ]
        ordered = sorted(units, key=lambda unit: (unit.likely, unit.order))
        found = link.events_of(ordered, self.knowledge, self.decided.rulings)
        rows = [
            {
                "id": event.id,
                "family": family,
                "root": root,
                "low": low,
                "first_day": event.when[0],
                "last_day": event.when[1],
                "type": event.type,
                "place": str(event.place.get("id") or ""),
                "body": derived.stored(event.to_json()),
            }
            for event in found
        ]
        derived.put(connection, derived.EVENTS, rows)
        about = [one for event in found for one in disputes.about_event(event, self.knowledge)]
        derived.put(connection, derived.DISPUTES, [dispute_row(one, family, root, low) for one in about])
        derived.put(connection, derived.BLOCKS, [{"family": family, "root": root, "low": low, "high": high}])

    def _answer_place(self, connection: Any, place: str, root: str) -> None:
        """The disputes about who holds a place: of the spells touched, and of those cut otherwise now."""
        touched = self.places[place, root]
        spells = disputes.spell_days(derived.speaking_days(connection, place), self.knowledge)
        wanted = {(place, root, days[0], days[-1]): days for days in spells}
        kept = derived.spells_of(connection, place, root)
        for spell in sorted(kept - set(wanted)):
            derived.clear_spell(connection, spell)
        for spell in sorted(wanted):
            _, _, low, high = spell
            if spell in kept and not any(low <= day <= high for day in touched):
                continue
            derived.clear_spell(connection, spell)
            said = self._units(derived.of_place(connection, place, low, high))
            units = [
                unit
                for unit in said
                if unit.place == place and unit.type in SPEAKING and low <= unit.likely <= high
            ]
            ordered = sorted(units, key=lambda unit: unit.order)
            found = disputes.about_control(ordered, self.knowledge)
            derived.put(
                connection, derived.DISPUTES, [dispute_row(one, PLACE + place, root, low) for one in found]
            )
            row = {"family": PLACE + place, "root": root, "low": low, "high": high}
            derived.put(connection, derived.BLOCKS, [row])

    def events(
        self,
        *,
        places: Iterable[str] | None = None,
        types: Sequence[str] = (),
        first: date | None = None,
        last: date | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Events that fit, oldest first, as their public objects."""
        with self.tables.reading() as connection:
            open_claims = {
                claim
                for dispute in derived.disputes(connection, places=None, open_only=True)
                for side in dispute["sides"]
                for claim in side["claims"]
            }
            for event in derived.events(connection, places=places, types=types, first=first, last=last):
                yield event | {"disputed": not open_claims.isdisjoint(event["claims"])}

    def disputes(
        self, *, places: Iterable[str] | None = None, open_only: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Disputes that fit, in the order in which they began."""
        with self.tables.reading() as connection:
            yield from derived.disputes(connection, places=places, open_only=open_only)

    def control(self, at: date, places: Sequence[str] = ()) -> Iterator[Holding]:
        """Who holds what on the evening of a day, governorate by governorate."""
        with self.tables.reading() as connection:
            wanted: dict[str, list[str]] = defaultdict(list)
            for place in places:
                wanted[link.root_of(place, self.knowledge)].append(place)
            for root in sorted(wanted) if places else derived.roots(connection):
                said = self._units(derived.of_root(connection, [root]))
                units = [unit for unit in said if link.root_of(unit.place, self.knowledge) == root]
                yield from control(units, at, self.knowledge, places=wanted.get(root, ()))

    def named(self, place: str) -> list[str]:
        """The ids that claims give a place of that name."""
        with self.tables.reading() as connection:
            return derived.named(connection, fold(place))

    def pairs(self, known_by: datetime | None = None) -> list[tuple[str, str]]:
        """Pairs of reports that are one telling, where both were known by a moment."""
        with self.tables.reading() as connection:
            return derived.pairs_known(connection, known(known_by) if known_by else None)


@dataclass(frozen=True)
class Found(Conclusions):
    """What may be concluded, with what of it is kept; without where a ledger may not be written."""

    kept: Kept | None = None

    @classmethod
    def of(
        cls,
        ledger: Ledger,
        knowledge: Knowledge,
        known_by: datetime | None = None,
        *,
        progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> Found:
        """The conclusions of a ledger, brought up to date first."""
        try:
            kept = Kept(ledger, knowledge)
            kept.refresh(progress)
        except (LedgerError, DatabaseError):
            return cls(ledger, knowledge, known_by)
        return cls(ledger, knowledge, known_by, pairs=kept.pairs(known_by), kept=kept)

    def by(self, moment: datetime) -> Found:
        """The same as it could be known by a moment."""
        pairs = self.kept.pairs(moment) if self.kept else None
        return Found(self.ledger, self.knowledge, moment, pairs=pairs, kept=self.kept)

    def named(self, place: str) -> list[str]:
        """The ids of a place given by id or by name."""
        if place in self.knowledge.levels:
            return [place]
        said = self.kept.named(place) if self.kept else super().named(place)
        return said or [id for id in self.knowledge.levels if place in self.knowledge.labels[id]]

    def chosen(self, place: str, area: str) -> set[str] | None:
        """The ids of the places asked for; None where every place is."""
        if not place and not area:
            return None
        found = set(self.named(place)) if place else set()
        for id in self.named(area) if area else ():
            found |= {id, *self.below(id)}
        return found

    def below(self, area: str) -> Iterator[str]:
        """Every place that lies in an area."""
        for id in self.knowledge.inside.get(area, ()):
            yield id
            yield from self.below(id)


def known(moment: datetime) -> Callable[[Any], Any]:
    """Which reports were published by a moment: in one clock where it has a zone, on each wall else."""
    if moment.tzinfo:
        utc = moment.astimezone(UTC).replace(tzinfo=None)
        return lambda reports: reports.c.known_utc <= utc
    return lambda reports: reports.c.known_wall <= moment


def text_of(row: Any, knowledge: Knowledge) -> origins.Text:
    """A report's row as the index of tellings keeps it."""
    return origins.text_of(
        row.id, row.outlet, row.known_wall.date(), text_key(row), row.text, knowledge.weights
    )


def text_key(row: Any) -> str:
    """What orders the reports of one telling."""
    return str(row.known_wall.isoformat())


def dispute_row(dispute: disputes.Dispute, family: str, root: str, low: date) -> dict[str, Any]:
    """A dispute as a row."""
    return {
        "family": family,
        "root": root,
        "place": str(dispute.place.get("id") or ""),
        "low": low,
        "since": dispute.since,
        "settled": dispute.settled,
        "body": derived.stored(dispute.to_json()),
    }
