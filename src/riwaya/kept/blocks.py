"""The events of blocks and their disputes, and the disputes about who holds a place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from riwaya.events import disputes, link
from riwaya.events.control import SPEAKING
from riwaya.events.disputes import Dispute
from riwaya.events.knowledge import Knowledge
from riwaya.events.link import Event, Rulings
from riwaya.kept.runs import BLOCK, SPELL, Days
from riwaya.kept.told import Units
from riwaya.ledger import concluded, derived
from riwaya.ledger.concluded import Block, Group

PLACE = "place:"  # before a place's id: the family of the disputes about who holds it
SAME = "same"  # the family of the blocks of what people said is one happening


class Blocks:
    """What is concluded of blocks; with ``known`` only from what was known (and nothing is kept then)."""

    def __init__(self, knowledge: Knowledge, rulings: Rulings, units: Units, known: Any = None) -> None:
        self.knowledge, self.rulings, self.units, self.known = knowledge, rulings, units, known
        self.pool = link.pooled(rulings)

    def wanted(self, connection: Any, family: str, root: str, core: Days) -> list[Block]:
        """The blocks near some days."""

        def days(first: date, last: date) -> list[date]:
            return concluded.days_of(connection, family, root, first, last, self.known)

        return [Block(family, root, *run) for run in BLOCK.near(core, days, self.knowledge)]

    def spells(self, connection: Any, place: str, root: str, core: Days) -> list[Block]:
        """The spells near some days in which was said who holds a place."""

        def days(first: date, last: date) -> list[date]:
            return concluded.speaking_days(connection, [place], first, last, self.known)

        return [Block(PLACE + place, root, *run) for run in SPELL.near(core, days, self.knowledge)]

    def events(self, connection: Any, block: Block) -> tuple[list[Event], list[Any]]:
        """The events of a block before people joined any, and the rows of its units."""
        rows = concluded.of_block(connection, block, self.known)
        return self.linked(connection, block, rows), rows

    def linked(self, connection: Any, block: Block, rows: Sequence[Any]) -> list[Event]:
        """The events of a block, out of the rows of its units."""
        told = self.units.load(connection, (row.claim for row in rows))
        units = [
            unit
            for said in told.values()
            for unit in said
            if unit.family == block.family
            and block.low <= unit.likely <= block.high
            and link.root_of(unit.place, self.knowledge) == block.root
        ]
        ordered = sorted(units, key=lambda unit: (unit.likely, unit.order))
        return link.events_of(ordered, self.knowledge, self.rulings)

    def asked(self, event: Event) -> set[str]:
        """The groups of claims that people said are one, of which an event has some."""
        return {self.pool[claim] for claim in event.claims if claim in self.pool}

    def disputes(self, connection: Any, spell: Block) -> tuple[list[Dispute], list[Any]]:
        """The disputes about who holds a place in one spell, and the rows of its units."""
        place = spell.family.removeprefix(PLACE)
        rows = concluded.of_places(connection, [place], spell.low, spell.high, self.known)
        return self.disputed(connection, spell, rows), rows

    def disputed(self, connection: Any, spell: Block, rows: Sequence[Any]) -> list[Dispute]:
        """The disputes of a spell, out of the rows of its units."""
        place = spell.family.removeprefix(PLACE)
        told = self.units.load(connection, (row.claim for row in rows))
        units = [
            unit
            for said in told.values()
            for unit in said
            if unit.place == place and unit.type in SPEAKING and spell.low <= unit.likely <= spell.high
        ]
        ordered = sorted(units, key=lambda unit: unit.order)
        return list(disputes.about_control(ordered, self.knowledge, self.rulings))

    def joined(self, connection: Any, groups: Iterable[str]) -> Iterator[tuple[str, list[Event], list[Any]]]:
        """For each group of claims that people said are one: its events, joined, and rows of their units."""
        members: dict[str, list[str]] = defaultdict(list)
        for claim, group in sorted(self.pool.items()):
            members[group].append(claim)
        for group in sorted(groups):
            found: dict[str, Event] = {}
            rows: list[Any] = []
            for block in self.blocks_of(connection, members.get(group, ())):
                events, said = self.events(connection, block)
                found |= {event.id: event for event in events if group in self.asked(event)}
                rows += said
            events = list(link.ruled_together(found.values(), self.knowledge, self.rulings))
            yield group, sorted(events, key=lambda event: (event.when, event.id)), rows

    def blocks_of(self, connection: Any, claims: Sequence[str]) -> list[Block]:
        """The blocks in which some claims fall."""
        found: set[Block] = set()
        for row in concluded.units_of(connection, claims):
            core = (row.likely, row.likely)
            found.update(
                block
                for block in self.wanted(connection, row.family, row.root, core)
                if block.low <= row.likely <= block.high
            )
        return sorted(found)

    def answer_blocks(self, connection: Any, family: str, root: str, buckets: Sequence[int]) -> set[Group]:
        """Make the answers of a family's blocks near some days again; says what must be joined after that."""
        again: set[Group] = set()
        for first, last in BLOCK.ranges(buckets):
            core = BLOCK.core(first, last, self.knowledge)
            wanted = self.wanted(connection, family, root, core)
            stale = self.stale(connection, wanted, family, root, core, first, last)
            kept = Answers()
            for block, rows in together(stale, concluded.of_blocks(connection, stale)):
                events = self.linked(connection, block, rows)
                again |= {Group("", SAME, group, 0) for event in events for group in self.asked(event)}
                self.keep(kept, block, [event for event in events if not self.asked(event)], rows)
            kept.write(connection)
        return again

    def stale(
        self,
        connection: Any,
        wanted: Sequence[Block],
        family: str,
        root: str,
        core: Days,
        first: date,
        last: date,
    ) -> list[Block]:
        """Forget blocks that are no more; says which are new, or have days from a first to a last."""
        rows = concluded.blocks_near(connection, family, root, *core)
        kept = {Block(row.family, row.root, row.low, row.high) for row in rows}
        again = [block for block in wanted if block not in kept or block.low <= last and first <= block.high]
        for block in sorted((kept - set(wanted)) | (kept & set(again))):
            concluded.clear_block(connection, block)
        return again

    def keep(self, kept: Answers, block: Block, events: Sequence[Event], rows: Sequence[Any]) -> None:
        """Keep events with their disputes, and note which units fall in them."""
        known = {row.claim: row for row in rows}
        seqs = self.numbers(known)
        kept.blocks.append({**block._asdict(), **concluded.range_of(rows)})
        kept.events += [event_row(one, block, known, seqs) for one in events]
        about = [one for event in events for one in disputes.about_event(event, self.knowledge)]
        kept.disagree(about, block)
        had = {(row.claim, row.place): row.event for row in rows}
        now = [(seqs[unit.claim], unit.place, event.id) for event in events for unit in event.units]
        kept.units += [(claim, place, id) for claim, place, id in now if had.get((claim, place)) != id]

    def numbers(self, seqs: Iterable[int]) -> dict[str, int]:
        """The numbers of claims by their ids."""
        return {unit.claim: seq for seq in seqs for unit in self.units.known.get(seq, ())}

    def answer_spells(self, connection: Any, place: str, root: str, buckets: Sequence[int]) -> None:
        """Make the disputes about who holds a place near some days again."""
        for first, last in SPELL.ranges(buckets):
            core = SPELL.core(first, last, self.knowledge)
            wanted = self.spells(connection, place, root, core)
            stale = self.stale(connection, wanted, PLACE + place, root, core, first, last)
            if not stale:
                continue
            low, high = min(one.low for one in stale), max(one.high for one in stale)
            kept = Answers()
            for spell, rows in together(stale, concluded.of_places(connection, [place], low, high)):
                kept.disagree(self.disputed(connection, spell, rows), spell)
                kept.blocks.append({**spell._asdict(), **concluded.range_of(rows)})
            kept.write(connection)

    def answer_joined(self, connection: Any, groups: Iterable[str]) -> None:
        """Keep the events of what people said is one."""
        wanted = sorted(groups)
        for group in wanted:
            for row in concluded.blocks_near(connection, SAME, group, date.min, date.max):
                concluded.clear_block(connection, Block(row.family, row.root, row.low, row.high))
        kept = Answers()
        for group, events, rows in self.joined(connection, wanted):
            if events:
                days = [event.when[0] for event in events]
                block = Block(SAME, group, min(days), max(days))
                inside = {unit.key for event in events for unit in event.units}
                seqs = self.numbers({row.claim for row in rows})
                ids = {(seqs[claim], place) for claim, place in inside}
                self.keep(kept, block, events, [row for row in rows if (row.claim, row.place) in ids])
        kept.write(connection)


@dataclass
class Answers:
    """Answers that are to be written together."""

    blocks: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    disputes: list[dict[str, Any]] = field(default_factory=list)
    disputed: list[dict[str, Any]] = field(default_factory=list)
    units: list[tuple[int, str, str | None]] = field(default_factory=list)

    def disagree(self, found: Sequence[Dispute], block: Block) -> None:
        """Disputes, and which claims open ones are about."""
        where = {"family": block.family, "root": block.root, "low": block.low}
        self.disputes += [
            {
                **where,
                "id": one.id,
                "place": str(one.place.get("id") or ""),
                "day": one.when,
                "since": one.since,
                "settled": one.settled,
                "body": derived.stored(one.to_json()),
            }
            for one in found
        ]
        about = sorted({claim for one in found if not one.settled for claim in one.claims})
        self.disputed += [{**where, "claim": claim} for claim in about]

    def write(self, connection: Any) -> None:
        """Into the tables."""
        derived.put(connection, derived.BLOCKS, self.blocks)
        derived.put(connection, derived.EVENTS, self.events)
        derived.put(connection, derived.DISPUTES, self.disputes)
        derived.put(connection, derived.DISPUTED, self.disputed)
        concluded.set_events(connection, self.units)


def together(blocks: Iterable[Block], rows: Iterable[Any]) -> Iterator[tuple[Block, list[Any]]]:
    """Each block with the rows of its units; one without any is none."""
    ordered = sorted(rows, key=lambda row: row.likely)
    days = [row.likely for row in ordered]
    for block in blocks:
        some = ordered[bisect_left(days, block.low) : bisect_right(days, block.high)]
        if some:
            yield block, some


def event_row(event: Event, block: Block, known: Any, seqs: Any) -> dict[str, Any]:
    """An event as a row."""
    told = [known[seqs[unit.claim]] for unit in event.units]
    body = event.to_json()
    del body["disputed"]
    return {
        "id": event.id,
        "family": block.family,
        "root": block.root,
        "low": block.low,
        "first_day": event.when[0],
        "last_day": event.when[1],
        "type": event.type,
        "place": str(event.place.get("id") or ""),
        "support": event.weighed.probability,
        "origins": len(event.weighed.parts),
        "known_wall": min(row.known_wall for row in told),
        "known_utc": min(row.known_utc for row in told),
        "body": derived.stored(body),
    }
