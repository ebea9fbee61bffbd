"""What could be known by a moment: what was told across that moment is concluded anew, the rest is kept.

A block of which all was published by then is as it is now, unless its run was shorter then; one of which
nothing was, was not there.  Only those in between, and those near them, are concluded from what was known.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from heapq import merge
from typing import TYPE_CHECKING, Any

from riwaya.events import disputes, link, origins
from riwaya.events.control import Holding
from riwaya.events.disputes import Dispute
from riwaya.events.link import Event
from riwaya.kept.blocks import PLACE, SAME, Blocks
from riwaya.kept.places import Places
from riwaya.kept.runs import BLOCK, SPELL, Days
from riwaya.kept.told import Units
from riwaya.ledger import concluded, told
from riwaya.ledger.concluded import Block

if TYPE_CHECKING:
    from riwaya.kept.refresh import Kept

Key = tuple[str, str, date]


@dataclass
class Anew:
    """What is concluded anew, and the blocks whose kept answers it replaces."""

    instead: set[Key] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)


class Then:
    """The conclusions of a ledger by a moment of publication."""

    def __init__(self, kept: Kept, moment: datetime) -> None:
        self.kept, self.moment = kept, moment
        self.knowledge, self.rulings = kept.knowledge, kept.decided.rulings
        self.known = told.known_by(moment)

    def by(self, wall: datetime, utc: datetime) -> bool:
        """Whether what was published then was known."""
        if self.moment.tzinfo:
            return utc <= self.moment.astimezone(UTC).replace(tzinfo=None)
        return wall <= self.moment

    @property
    def wall(self) -> datetime:
        """The last moment on any wall that may have been known."""
        return self.moment.replace(tzinfo=None) + (concluded.FARTHEST if self.moment.tzinfo else timedelta())

    @cached_property
    def firsts(self) -> dict[str, origins.First | None]:
        """Where a later report shows who told first, or joins two tellings: who seemed to have, by report."""
        groups: list[set[str]] = []
        rows: dict[str, Any] = {}
        with self.kept.tables.reading() as connection:
            pairs = list(told.pairs(connection, None))
        for pair in pairs:
            rows |= {one["id"]: one for one in pair}
        unknown = {id for id, row in rows.items() if not self.by(row["known_wall"], row["known_utc"])}
        groups = [group for group in origins.joined(ids(pairs)) if group & unknown]
        inside = set[str]().union(*groups) if groups else set()
        known = [pair for pair in ids(pairs) if inside.issuperset(pair) and not unknown & set(pair)]
        found: dict[str, origins.First | None] = dict.fromkeys(inside - unknown)
        for group in origins.joined(known):
            first = min((rows[id] for id in group), key=told_first)
            known_at = first["known_wall"] if first["published"] else None
            found |= dict.fromkeys(group, origins.First(first["origin"] or first["outlet"], known_at))
        return found

    @cached_property
    def units(self) -> Units:
        """Claims as units, as they seemed then."""
        return Units(self.knowledge, self.kept.decided, self.firsts)

    @cached_property
    def blocks(self) -> Blocks:
        """Blocks of what was known."""
        return Blocks(self.knowledge, self.rulings, self.units, self.known)

    @cached_property
    def places(self) -> Places:
        """Places by what was known."""
        return Places(self.knowledge, self.rulings, self.units, self.known)

    @cached_property
    def turned(self) -> list[Any]:
        """The units whose origin seemed another then."""
        if not self.firsts:
            return []
        with self.kept.tables.reading() as connection:
            return told.units_of_reports(connection, self.firsts)

    def regions(self, connection: Any, *, spells: bool) -> Iterator[tuple[str, str, Days]]:
        """Families under roots (or places), with days of which something was told after the moment."""
        days: dict[tuple[str, str], list[Days]] = defaultdict(list)
        for row in concluded.blocks_after(connection, self.moment, self.by):
            if row.family != SAME and row.family.startswith(PLACE) == spells:
                days[row.family, row.root].append((row.low, row.high))
        for unit in self.turned:
            if not spells or unit.speaking:
                family = PLACE + unit.place if spells else unit.family
                days[family, unit.root].append((unit.likely, unit.likely))
        rule = SPELL if spells else BLOCK
        for (family, root), some in sorted(days.items()):
            for low, high in overlapping(sorted(rule.core(*one, self.knowledge) for one in some)):
                yield family, root, (low, high)

    def anew(self, connection: Any) -> Anew:
        """The events, and their disputes, that were not yet what they are."""
        found = Anew()
        turned = {(unit.family, unit.root, unit.likely) for unit in self.turned}
        for family, root, core in self.regions(connection, spells=False):
            wanted = self.blocks.wanted(connection, family, root, core)
            for block in self.otherwise(connection, wanted, family, root, core, turned, found):
                events, _ = self.blocks.events(connection, block)
                found.events += [event for event in events if not self.blocks.asked(event)]
        if self.blocks.pool:
            for row in concluded.blocks_of_family(connection, SAME):
                found.instead.add((row.family, row.root, row.low))
            for _, events, _ in self.blocks.joined(connection, set(self.blocks.pool.values())):
                found.events += events
        found.disputes += [
            one for event in found.events for one in disputes.about_event(event, self.knowledge)
        ]
        return found

    def spells(self, connection: Any) -> Anew:
        """The disputes about who holds a place that were not yet what they are."""
        found = Anew()
        turned = {(PLACE + unit.place, unit.root, unit.likely) for unit in self.turned if unit.speaking}
        for family, root, core in self.regions(connection, spells=True):
            wanted = self.blocks.spells(connection, family.removeprefix(PLACE), root, core)
            for spell in self.otherwise(connection, wanted, family, root, core, turned, found):
                found.disputes += self.blocks.disputes(connection, spell)[0]
        return found

    def otherwise(
        self,
        connection: Any,
        wanted: Collection[Block],
        family: str,
        root: str,
        core: Days,
        turned: Collection[tuple[str, str, date]],
        found: Anew,
    ) -> list[Block]:
        """The blocks that were wanted then and are not kept so; notes which kept ones they replace."""
        same: set[Block] = set()
        for row in concluded.blocks_near(connection, family, root, *core):
            block = Block(row.family, row.root, row.low, row.high)
            days = (day for of, under, day in turned if (of, under) == (family, root))
            if (
                block in wanted
                and self.by(row.last_wall, row.last_utc)
                and not any(block.low <= day <= block.high for day in days)
            ):
                same.add(block)
            else:
                found.instead.add((family, root, block.low))
        return [block for block in wanted if block not in same]

    @cached_property
    def changed(self) -> tuple[Anew, Anew]:
        """Events and spells that were not yet what they are."""
        with self.kept.tables.reading() as connection:
            return self.anew(connection), self.spells(connection)

    @cached_property
    def open_claims(self) -> set[str]:
        """The claims that a dispute then open, and concluded anew, is about."""
        return {
            claim for some in self.changed for one in some.disputes if not one.settled for claim in one.claims
        }

    def disputed(self, connection: Any, claims: Iterable[str]) -> set[str]:
        """Which of these claims a dispute then open is about."""
        asked = set(claims)
        instead = self.changed[0].instead | self.changed[1].instead
        kept = {
            row.claim
            for row in concluded.disputed_rows(connection, asked)
            if (row.family, row.root, row.low) not in instead
        }
        return kept | (asked & self.open_claims)

    def events(self, **asked: Any) -> Iterator[tuple[date, date, str, dict[str, Any]]]:
        """Events that fit, oldest first: their days, id and object."""
        anew = self.changed[0]
        fresh = sorted(
            ((*event.when, event.id, bare(event.to_json())) for event in anew.events if fits(event, **asked)),
            key=lambda one: one[:3],
        )
        with self.kept.tables.reading() as connection:
            stored = (
                (row.first_day, row.last_day, row.id, json.loads(row.body))
                for row in concluded.events(connection, **asked, known=self.known)
                if (row.family, row.root, row.low) not in anew.instead
            )
            yield from merge(stored, fresh, key=lambda one: one[:3])

    def disputes(self, **asked: Any) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
        """Disputes that fit, in the order in which they began: since when, id and object."""
        events, spells = self.changed
        instead = events.instead | spells.instead
        fresh = sorted(
            (
                (one.since, one.id, one.to_json())
                for one in (*events.disputes, *spells.disputes)
                if dispute_fits(one, **asked)
            ),
            key=lambda one: one[:2],
        )
        with self.kept.tables.reading() as connection:
            stored = (
                (row.since, row.id, json.loads(row.body))
                for row in concluded.disputes(connection, **asked)
                if row.since <= self.wall and (row.family, row.root, row.low) not in instead
            )
            yield from merge(stored, fresh, key=lambda one: one[:2])

    def control(self, at: date, places: Collection[str] | None) -> Iterator[Holding]:
        """Who held what on a day, by what was known: all places, or those asked for."""
        with self.kept.tables.reading() as connection:
            spoken = concluded.listed(connection, at, self.known)
            before: dict[str, date] = {}
            for unit in self.turned:
                if unit.speaking:
                    before[unit.place] = min(unit.likely, before.get(unit.place, unit.likely))
            for place in sorted(spoken if places is None else places):
                state = self.places.held_by(connection, place, at, before)
                if state:
                    yield state

    def concerned(self, connection: Any) -> set[str]:
        """The places that words told after the moment concern."""
        said = concluded.spoken_after(connection, self.moment, self.by)
        said |= {unit.place for unit in self.turned if unit.speaking}
        rows = [(link.root_of(place, self.knowledge), place, 0) for place in said]
        return {place for _, place in self.places.concerned(connection, rows)}


def ids(pairs: Iterable[told.Pair]) -> list[tuple[str, str]]:
    """Pairs by the ids of their reports."""
    return [(pair.a["id"], pair.b["id"]) for pair in pairs]


def told_first(row: Any) -> tuple[str, str]:
    """What orders the reports of one telling."""
    return (row["known_wall"].isoformat() if row["published"] else "", row["id"])


def overlapping(some: Iterable[Days]) -> Iterator[Days]:
    """Ranges of days, in order, with those that meet taken together."""
    now: Days | None = None
    for low, high in some:
        if now and low <= now[1]:
            now = now[0], max(now[1], high)
            continue
        if now:
            yield now
        now = low, high
    if now:
        yield now


def bare(event: dict[str, Any]) -> dict[str, Any]:
    """An event without the word on whether it is disputed."""
    return {name: value for name, value in event.items() if name != "disputed"}


def fits(
    event: Event,
    places: Collection[str] | None = None,
    types: Collection[str] = (),
    first: date | None = None,
    last: date | None = None,
    **_: Any,
) -> bool:
    """Whether an event is asked for."""
    return (
        (places is None or event.place.get("id") in places)
        and (not types or event.type in types)
        and (not first or event.when[1] >= first)
        and (not last or event.when[0] <= last)
    )


def dispute_fits(
    one: Dispute,
    places: Collection[str] | None = None,
    open_only: bool = False,
    first: date | None = None,
    last: date | None = None,
) -> bool:
    """Whether a dispute is asked for."""
    return (
        (places is None or one.place.get("id") in places)
        and not (open_only and one.settled)
        and (not first or one.when >= first)
        and (not last or one.when <= last)
    )
