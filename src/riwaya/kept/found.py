"""What may be concluded of a ledger, answered from what is kept of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from typing import Any

from sqlalchemy.exc import DatabaseError

from riwaya.events.control import Holding
from riwaya.events.knowledge import Knowledge
from riwaya.events.spans import Span, spans
from riwaya.kept.places import held_at, opened
from riwaya.kept.refresh import Kept
from riwaya.kept.then import Then, bare
from riwaya.ledger import Ledger, LedgerError, concluded
from riwaya.views import Change, Conclusions, by_time, short

AT_ONCE = 200  # events asked about together


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
        return cls(ledger, knowledge, known_by, kept=kept)

    def by(self, moment: datetime) -> Found:
        """The same as it could be known by a moment."""
        return Found(self.ledger, self.knowledge, moment, kept=self.kept)

    @cached_property
    def then(self) -> Then | None:
        """What could be known by the moment asked about, where one is."""
        return Then(self.kept, self.known_by) if self.kept and self.known_by else None

    @cached_property
    def tellings(self) -> list[tuple[str, ...]]:
        """Groups of reports that are one telling, the first told first."""
        if not self.kept:
            return super().tellings
        return by_time(self.kept.told_pairs(self.known_by))

    def named(self, place: str) -> list[str]:
        """The ids of a place given by id or by name."""
        if place in self.knowledge.levels:
            return [place]
        said = self.kept.named(place) if self.kept else super().named(place)
        return said or [id for id in self.knowledge.levels if place in self.knowledge.labels[id]]

    def told_events(
        self,
        *,
        places: Collection[str] | None = None,
        types: Sequence[str] = (),
        first: date | None = None,
        last: date | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Events that fit, oldest first, as their public objects."""
        asked = {"places": places, "types": types, "first": first, "last": last}
        if not self.kept:
            yield from super().told_events(**asked)  # type: ignore[arg-type]
        elif self.then:
            yield from self._marked(event for *_, event in self.then.events(**asked))
        else:
            with self.kept.tables.reading() as connection:
                yield from self._marked(json.loads(row.body) for row in concluded.events(connection, **asked))  # type: ignore[arg-type]

    def _marked(self, told: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Events with whether an open dispute is about them."""
        assert self.kept
        ahead = iter(told)
        with self.kept.tables.reading() as connection:
            while some := list(islice(ahead, AT_ONCE)):
                claims = {claim for event in some for claim in event["claims"]}
                disputed = (
                    self.then.disputed(connection, claims)
                    if self.then
                    else {row.claim for row in concluded.disputed_rows(connection, claims)}
                )
                for event in some:
                    yield event | {"disputed": not disputed.isdisjoint(event["claims"])}

    def told_disputes(
        self,
        *,
        places: Collection[str] | None = None,
        open_only: bool = False,
        first: date | None = None,
        last: date | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Disputes that fit, in the order in which they began, as their public objects."""
        asked: dict[str, Any] = {"places": places, "open_only": open_only, "first": first, "last": last}
        if not self.kept:
            yield from super().told_disputes(**asked)
        elif self.then:
            yield from (one for *_, one in self.then.disputes(**asked))
        else:
            with self.kept.tables.reading() as connection:
                for row in concluded.disputes(connection, **asked):
                    yield json.loads(row.body)

    def control(self, at: date, places: Iterable[str] = ()) -> list[Holding]:
        """Who holds what on the evening of a day; with a moment of knowledge, by what was told up to it."""
        asked = set(places)
        if not self.kept:
            return super().control(at, asked)
        if self.then:
            return list(self.then.control(at, asked or None))
        with self.kept.tables.reading() as connection:
            found = {one.place["id"]: one for one in held_at(connection, at, self.knowledge, asked or None)}
            for place in asked - found.keys():
                state = self.kept.places.unlisted(connection, place, at)
                if state:
                    found[place] = state
        return [found[id] for id in sorted(found)]

    def held(self, at: date, places: Collection[str]) -> list[Holding]:
        """Of some places, those of which somebody had said by a day who holds them, on its evening."""
        assert self.kept
        with self.kept.tables.reading() as connection:
            if not self.then:
                return list(held_at(connection, at, self.knowledge, places))
            spoken = concluded.listed(connection, at, self.then.known)
        return list(self.then.control(at, spoken & set(places)))

    def spans(self, places: Collection[str] | None = None) -> Iterator[tuple[Mapping[str, Any], list[Span]]]:
        """Every place that claims speak of with its whole history, as spans of days."""
        if not self.kept or self.known_by:
            yield from super().spans(places)
            return
        with self.kept.tables.reading() as connection:
            for stretches in concluded.histories(connection, places):
                history = [opened(body) for body in stretches]
                yield history[-1].mention, spans(history, self.knowledge)

    def events_of(self, claims: Iterable[str]) -> dict[str, list[str]]:
        """The events in which claims are, by claim."""
        if not self.kept or self.known_by:
            return super().events_of(claims)
        with self.kept.tables.reading() as connection:
            return concluded.event_ids(connection, claims)

    def changes(self, since: datetime) -> Iterator[Change]:
        """What is concluded now and was not by a moment; both by the clock of publication."""
        if not self.kept:
            yield from super().changes(since)
            return
        yield from Changes(self, Then(self.kept, since)).every()


class Changes:
    """What was told across a moment, as it seemed then and as it seems now."""

    def __init__(self, found: Found, before: Then) -> None:
        assert found.kept
        self.found, self.before, self.kept = found, before, found.kept

    def every(self) -> Iterator[Change]:
        """Events, disputes, then who holds what."""
        yield from self.events()
        yield from self.disputes()
        yield from self.control()

    def events(self) -> Iterator[Change]:
        """Events that are new, or that other origins speak of now."""
        known = {claim: event for event in self.before.changed[0].events for claim in event.claims}
        for event in self.found._marked(self.events_now()):
            was = next((known[claim] for claim in event["claims"] if claim in known), None)
            if was is None:
                yield Change("new event", event)
            elif [part.origin for part in was.weighed.parts] != [one["id"] for one in event["origins"]]:
                support = {"support": round(was.weighed.probability, 4)}
                yield Change("event", event, support, {"support": event["support"]})

    def events_now(self) -> Iterator[dict[str, Any]]:
        """The events that were not yet what they are, oldest first."""
        keys, fresh = self.before.changed[0].instead, []
        then = self.found.then
        if then:
            keys = keys - then.changed[0].instead
            fresh = [(*event.when, event.id, bare(event.to_json())) for event in then.changed[0].events]
        with self.kept.tables.reading() as connection:
            stored = [
                (row.first_day, row.last_day, row.id, json.loads(row.body))
                for key in sorted(keys)
                for row in concluded.events(
                    connection, block=concluded.Block(*key, key[2]), known=then.known if then else None
                )
            ]
        yield from (event for *_, event in sorted([*stored, *fresh], key=lambda one: one[:3]))

    def disputes(self) -> Iterator[Change]:
        """Disputes that began or were settled."""
        known = {
            (one.place.get("id"), one.type, one.when.isoformat()): one.settled
            for some in self.before.changed
            for one in some.disputes
        }
        for one in self.disputes_now():
            was = known.get((one["place"].get("id"), one["type"], one["when"]))
            if was is None:
                yield Change("new dispute", one)
            elif was != one["settled"]:
                yield Change("dispute", one, {"settled": was}, {"settled": one["settled"]})

    def disputes_now(self) -> list[dict[str, Any]]:
        """The disputes that were not yet what they are, in the order in which they began."""
        keys = self.before.changed[0].instead | self.before.changed[1].instead
        found: list[dict[str, Any]] = []
        then = self.found.then
        if then:
            keys = keys - then.changed[0].instead - then.changed[1].instead
            found = [one.to_json() for some in then.changed for one in some.disputes]
        with self.kept.tables.reading() as connection:
            found += [
                json.loads(row.body)
                for key in sorted(keys)
                for row in concluded.disputes(connection, block=concluded.Block(*key, key[2]))
                if not then or row.since <= then.wall
            ]
        return sorted(found, key=lambda one: (one["since"], one["id"]))

    def control(self) -> Iterator[Change]:
        """Places of which something was told since, where somebody else is said to hold them now."""
        with self.kept.tables.reading() as connection:
            then = self.found.then
            last = concluded.last_known(connection, then.known if then else None)
            if last is None:
                return
            day = last.date()
            concerned = self.before.concerned(connection)
            was = concluded.listed(connection, day, self.before.known) & concerned
        before = {one.place["id"]: one for one in self.before.control(day, was)}
        for after in self.found.held(day, concerned):
            one = before.get(after.place["id"])
            if one is None or (one.holder, one.contested) != (after.holder, after.contested):
                yield Change("control", after.to_json(), short(one), short(after))
