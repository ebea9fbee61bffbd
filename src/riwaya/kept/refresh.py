"""Taking in what has been added or decided since, and concluding what it touches.

A little is taken in and concluded in one transaction.  Much is taken in by the hundred reports and then
concluded some blocks at a time, each in a transaction of its own: a killed process goes on where it was.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from riwaya.events import link, origins
from riwaya.events.control import SPEAKING, Holding, own_day, seen_from
from riwaya.events.knowledge import Knowledge
from riwaya.events.rulings import Decided, decided
from riwaya.events.units import Unit
from riwaya.kept.blocks import SAME, Blocks
from riwaya.kept.places import Places
from riwaya.kept.runs import BLOCK, SPELL
from riwaya.kept.told import Units
from riwaya.ledger import Ledger, concluded, derived, told
from riwaya.ledger.concluded import Group
from riwaya.ledger.derived import Derived
from riwaya.ledger.errors import spoken
from riwaya.ledger.locks import Lock, alone
from riwaya.model import content_id
from riwaya.text.normalise import fold

if TYPE_CHECKING:
    from riwaya.kept.found import Found

VERSION = "6"
BATCH = 250  # reports taken in at once
AT_ONCE = 25  # reports that are taken in and concluded in one transaction,
FEW = 2000  # where no more groups of answers than these are to be concluded
GROUPS = 400  # groups of answers concluded in one transaction

Progress = Callable[[int, int], None]


def quiet(done: int, of: int) -> None:
    """No progress is shown."""


class Kept:
    """The conclusions of one ledger, as far as they have been made."""

    def __init__(self, ledger: Ledger, knowledge: Knowledge) -> None:
        self.ledger = ledger
        self.knowledge = knowledge
        self.tables = Derived(ledger)
        # (family, root) of everything concluded anew by this object: what a reader of answers looks at again
        self.concluded: set[tuple[str, str]] = set()

    @cached_property
    def mark(self) -> str:
        """By which knowledge conclusions are made: with other weights they are made again."""
        weights = self.knowledge.weights
        return content_id(VERSION, json.dumps([weights.numbers, weights.words], sort_keys=True))

    @cached_property
    def decided(self) -> Decided:
        """What people decided."""
        return decided(self.ledger.decisions(), self.knowledge)

    @cached_property
    def units(self) -> Units:
        """Claims as units."""
        return Units(self.knowledge, self.decided)

    @cached_property
    def blocks(self) -> Blocks:
        """Blocks with everything known."""
        return Blocks(self.knowledge, self.decided.rulings, self.units)

    @cached_property
    def places(self) -> Places:
        """Places with everything known."""
        return Places(self.knowledge, self.decided.rulings, self.units)

    def fresh(self, until: int) -> bool:
        """Whether there is nothing to take in up to a settled report; this only reads."""
        with self.tables.reading() as connection:
            state = derived.state_in(connection)
            return (
                state.get("mark") == self.mark
                and int(state.get("report", 0)) >= until
                and not told.decisions_after(connection, int(state.get("decision", 0)))
                and not concluded.marks(connection)
            )

    def refresh(self, progress: Progress = quiet) -> None:
        """Conclude from what has been added or decided since; several processes may do so at once."""
        for name in ("decided", "units", "blocks", "places"):
            self.__dict__.pop(name, None)
        until = self.ledger.settled()
        if self.fresh(until):
            return
        with self.tables.reading() as connection:
            state = derived.state_in(connection)
            after = int(state.get("report", 0)) if state.get("mark") == self.mark else 0
            total = told.waiting(connection, after, until)
        steps = Steps(progress, total)
        while True:
            with self._alone() as connection:
                taken = self._take_in(connection, until)
                if taken < BATCH:
                    self._decisions(connection)
                if total <= AT_ONCE and concluded.marks(connection) <= FEW:
                    self._conclude(connection, None)
            steps.took(taken)
            if taken < BATCH:
                break
        self.units.forget()
        left = 1
        while left:
            with self._alone() as connection:
                left = self._conclude(connection, GROUPS)
            steps.left(left)

    @contextmanager
    def _alone(self) -> Iterator[Any]:
        """A transaction in which nobody else concludes; what other knowledge made is dropped in it."""
        with spoken(self.ledger.where), self.tables.writing() as connection:
            alone(connection, Lock.CONCLUDING)
            mark = derived.state_in(connection).get("mark")
            if mark != self.mark:
                if mark is not None:
                    derived.drop(connection)
                derived.set_state(connection, mark=self.mark)
            yield connection

    def rebuild(self, progress: Progress = quiet) -> None:
        """Drop every conclusion and make it again."""
        self.tables.drop()
        self.refresh(progress)

    def named(self, place: str) -> list[str]:
        """The ids that claims give a place of that name."""
        with self.tables.reading() as connection:
            return told.named(connection, fold(place))

    def told_pairs(self, known_by: datetime | None = None) -> list[tuple[Any, Any]]:
        """Pairs of reports that are one telling, where both were known by a moment."""
        with self.tables.reading() as connection:
            return list(told.pairs(connection, told.known_by(known_by) if known_by else None))

    def pairs(self, known_by: datetime | None = None) -> list[tuple[str, str]]:
        """The same by the reports' ids."""
        return [(a["id"], b["id"]) for a, b in self.told_pairs(known_by)]

    def events(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """Events that fit, oldest first: see ``Found.told_events``."""
        return self._found().told_events(**asked)

    def disputes(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """Disputes that fit, in the order in which they began: see ``Found.told_disputes``."""
        return self._found().told_disputes(**asked)

    def control(self, at: date, places: Sequence[str] = ()) -> list[Holding]:
        """Who holds what on the evening of a day: see ``Found.control``."""
        return self._found().control(at, places)

    def _found(self) -> Found:
        from riwaya.kept.found import Found

        return Found(self.ledger, self.knowledge, kept=self)

    def units_of(self, rows: Iterable[told.Row]) -> list[Unit]:
        """Claims as units, with what people decided about them."""
        return [unit for row in rows for unit in self.units.of(row)]

    def _take_in(self, connection: Any, until: int) -> int:
        """Take in some reports: their tellings, then where their claims fall; says how many."""
        after = int(derived.state_in(connection).get("report", 0))
        rows = told.new_reports(connection, after, BATCH, until)
        if rows:
            touched = {row.seq for row in rows} | self._tellings(connection, rows)
            self._place(connection, told.of_reports(connection, sorted(touched)))
            derived.set_state(connection, report=str(rows[-1].seq))
        return len(rows)

    def _tellings(self, connection: Any, rows: Sequence[Any]) -> set[int]:
        """Find what reports repeat; says of which reports somebody else turns out to have told them first."""
        texts = {row.seq: text_of(row, self.knowledge) for row in rows}
        bands = [
            {"band": band, "report": seq, "day": text.day}
            for seq, text in texts.items()
            for band in text.bands
        ]
        derived.put(connection, derived.BANDS, bands)
        pairs = self._copies(connection, texts)
        derived.put(connection, derived.COPIES, [{"a": a, "b": b} for a, b in sorted(pairs)])
        changed: set[int] = set()
        seen: set[int] = set()
        for seq in sorted({seq for pair in pairs for seq in pair}):
            if seq in seen:
                continue
            group = told.telling_of(connection, seq)
            seen |= group
            first = min(told.texts_of(connection, sorted(group)), key=told_first)
            known = first.known_wall if first.published else None
            changed |= told.set_first(connection, group, first.origin or first.outlet, known)
        return changed

    def _copies(self, connection: Any, texts: dict[int, origins.Text]) -> set[tuple[int, int]]:
        """The pairs of new reports and others that are one telling."""
        weights = self.knowledge.weights
        if not any(text.bands for text in texts.values()):
            return set()
        days = [text.day for text in texts.values() if text.bands]
        near = timedelta(days=int(weights("telling", "days")))
        first = min(days) - near if min(days) > date.min + near else date.min
        last = max(days) + near
        shelves = told.shelf_mates(
            connection, sorted({b for text in texts.values() for b in text.bands}), first, last
        )
        pairs = {
            (min(seq, mate), max(seq, mate))
            for seq, text in texts.items()
            for band in text.bands
            for mate in shelves.get(band, ())
            if mate != seq
        }
        known = dict(texts)
        others = {seq for pair in pairs for seq in pair} - known.keys()
        for row in told.texts_of(connection, sorted(others)):
            known[row.seq] = text_of(row, self.knowledge)
        return {
            (a, b)
            for a, b in pairs
            if abs((known[a].day - known[b].day).days) <= near.days
            and origins.one_telling(known[a].shingles, known[b].shingles, weights)
        }

    def _place(self, connection: Any, rows: Iterable[told.Row]) -> None:
        """Put the units of claims where they fall, anew where they are there already."""
        said = list(rows)
        groups: set[Group] = set()
        for old in concluded.take_units(connection, [row.told.seq for row in said]):
            groups |= groups_of(old.family, old.root, old.place, old.likely, speaking=old.speaking)
        new: list[dict[str, Any]] = []
        for row in said:
            for unit in self.units.of(row):
                root = link.root_of(unit.place, self.knowledge)
                speaking = bool(unit.place) and unit.type in SPEAKING
                groups |= groups_of(unit.family, root, unit.place, unit.likely, speaking=speaking)
                new.append(
                    {
                        "claim": row.told.seq,
                        "place": unit.place,
                        "family": unit.family,
                        "root": root,
                        "likely": unit.likely,
                        "speaking": speaking,
                        "listing": speaking and own_day(unit, self.knowledge) is not None,
                        "known_wall": row.wall,
                        "known_utc": row.utc,
                    }
                )
        derived.put(connection, derived.UNITS, new)
        concluded.mark(connection, groups)

    def _decisions(self, connection: Any) -> None:
        """Put the claims that decisions made since are about where they fall now."""
        after = int(derived.state_in(connection).get("decision", 0))
        rows = told.decisions_after(connection, after)
        if not rows:
            return
        claims: set[str] = set()
        for row in rows:
            made = told.decision(connection, row.withdraws) if row.withdraws else row
            claims |= set(json.loads(made.payload).get("claims", ())) if made else set()
        claims |= self._joined_with(connection, claims)
        self._place(connection, told.of_claims(connection, sorted(claims)))
        derived.set_state(connection, decision=str(rows[-1].seq))

    def _joined_with(self, connection: Any, claims: set[str]) -> set[str]:
        """The claims of the events that people joined with these, which are no longer kept joined."""
        had = {row.told.seq for row in told.of_claims(connection, sorted(claims))}
        blocks = {
            concluded.Block(row.family, row.root, row.low, row.low)
            for row in concluded.events_of_claims(connection, sorted(had))
            if row.family == SAME
        }
        found = {
            claim
            for block in blocks
            for row in concluded.events(connection, block=block)
            for claim in json.loads(row.body)["claims"]
        }
        for block in blocks:
            concluded.clear_block(connection, block)
            self.concluded.add((block.family, block.root))
        pool = self.blocks.pool
        groups = {pool[claim] for claim in claims | found if claim in pool}
        return found | {claim for claim, group in pool.items() if group in groups}

    def _conclude(self, connection: Any, limit: int | None) -> int:
        """Make some of the answers that are to be made; says how many are left."""
        while groups := concluded.marked(connection, limit or GROUPS):
            concluded.unmark(connection, groups)
            concluded.mark(connection, self._answer(connection, groups))
            if limit is not None:
                break
        return concluded.marks(connection)

    def _answer(self, connection: Any, groups: Sequence[Group]) -> set[Group]:
        """Make the answers of some groups; says what is to be joined after that."""
        buckets: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for group in groups:
            buckets[group.root, group.kind, group.name].append(group.bucket)
        again: set[Group] = set()
        windows: list[tuple[str, str, int]] = []
        joined: list[str] = []
        for (root, kind, name), some in sorted(buckets.items()):
            self.concluded.add((SAME, name) if kind == SAME else (name, root))
            if kind == "block":
                again |= self.blocks.answer_blocks(connection, name, root, some)
            elif kind == "spell":
                self.blocks.answer_spells(connection, name, root, some)
            elif kind == "place":
                windows += [(root, name, window) for window in some]
            else:
                joined.append(name)
        for (root, place), wanted in sorted(self.places.concerned(connection, windows).items()):
            self.places.answer(connection, place, root, wanted)
        self.blocks.answer_joined(connection, joined)
        return again


class Steps:
    """Progress in reports: half for taking them in, half for concluding."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total = progress, total
        self.taken = self.most = 0

    def took(self, reports: int) -> None:
        """Reports were taken in."""
        self.taken += reports
        self.progress(min(self.taken, self.total) // 2, self.total)

    def left(self, groups: int) -> None:
        """So many groups are left to be concluded."""
        self.most = max(self.most, groups, 1)
        self.progress(self.total - self.total * groups // (2 * self.most), self.total)


def groups_of(family: str, root: str, place: str, day: date, *, speaking: bool) -> set[Group]:
    """What a unit of a day bears on."""
    found = {Group(root, "block", family, BLOCK.bucket(day))}
    if speaking:
        found.add(Group(root, "spell", place, SPELL.bucket(day)))
        found |= {Group(root, "place", place, window) for window in seen_from(day)}
    return found


def told_first(row: Any) -> tuple[str, str]:
    """What orders the reports of one telling; a report without a moment of publication comes first."""
    return (text_key(row), row.id)


def text_key(row: Any) -> str:
    """When a report was published, by the clock on its own wall."""
    return str(row.known_wall.isoformat()) if row.published else ""


def text_of(row: Any, knowledge: Knowledge) -> origins.Text:
    """A report's row as the index of tellings keeps it."""
    day = row.known_wall.date() if row.published else date.min
    outlet = row.origin or row.outlet
    return origins.text_of(row.id, outlet, day, text_key(row), row.text, knowledge.weights)
