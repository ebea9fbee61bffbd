"""Questions people ask of a ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from itertools import islice
from typing import Any

from riwaya.events import link, origins
from riwaya.events.control import Holding, control, speaking, spoken_of, stretches
from riwaya.events.disputes import Dispute, disputes
from riwaya.events.effects import folded
from riwaya.events.knowledge import Knowledge
from riwaya.events.link import Event
from riwaya.events.record import Record, records
from riwaya.events.rulings import Decided, decided
from riwaya.events.spans import Span, spans
from riwaya.events.units import Heard, Unit, units
from riwaya.ledger import Asked, Ledger, Page, Query, Told

CITED_AT_ONCE = 400  # claims asked for in one question
# What may stand before a word without a space, folded.
CLITICS = ("", "ال", "و", "ف", "ب", "ل", "ك", "وال", "بال", "فال", "لل")


@dataclass(frozen=True, slots=True)
class Voice:
    """An origin and the claims that rest on its word."""

    id: str
    name: str
    kind: str
    claims: tuple[Told, ...]


def claims(ledger: Ledger, query: Query) -> Iterator[Told]:
    """The claims that fit, oldest first."""
    return ledger.claims(query)


def cited_claims(ledger: Ledger, ids: Sequence[str]) -> Iterator[Told]:
    """Some claims, by their ids."""
    for at in range(0, len(ids), CITED_AT_ONCE):
        yield from ledger.claims(Query(claims=tuple(ids[at : at + CITED_AT_ONCE])))


def search(ledger: Ledger, asked: Asked) -> Page:
    """The reports that hold the words asked for, the best first, with where the words stand.

    Raises:
        NothingAskedError: where there is no word to look for.
    """
    return ledger.search(asked)


def who_said(ledger: Ledger, query: Query) -> list[Voice]:
    """The origins behind the claims that fit, those with the most first; an outlet speaks for itself."""
    voices: dict[tuple[str, str], list[Told]] = {}
    names: dict[tuple[str, str], tuple[str, str, str]] = {}
    for told in ledger.claims(query):
        chain = told.claim["chain"]
        origin = chain[-1] if chain else {"id": "", "name": told.origin or told.outlet, "kind": "media"}
        key = (origin["id"], "" if origin["id"] else origin["name"])
        names.setdefault(key, (origin["id"], origin["name"], origin["kind"]))
        voices.setdefault(key, []).append(told)
    ranked = sorted(voices, key=lambda key: (-len(voices[key]), key))
    return [Voice(*names[key], tuple(voices[key])) for key in ranked]


@dataclass(frozen=True)
class Conclusions:
    """Everything that may be concluded from what a ledger knew by a moment; nothing of it is kept in rows.

    A function of the reports, their claims and people's decisions: made anew, it is the same.
    """

    ledger: Ledger
    knowledge: Knowledge
    known_by: datetime | None = None
    without: frozenset[str] = field(default=frozenset())

    @cached_property
    def decided(self) -> Decided:
        """What people decided."""
        return decided(self.ledger.decisions(), self.knowledge)

    @cached_property
    def tellings(self) -> list[tuple[str, ...]]:
        """Groups of reports that are one telling, the first told first."""
        return origins.tellings(self.texts(), self.knowledge.weights)

    def texts(self) -> Iterator[origins.Text]:
        """What is compared of every report that was known."""
        for report in self.ledger.reports():
            known = wall(report.published)
            if report.id in self.without or not was_known(report.published, self.known_by):
                continue
            day = known.date() if known else date.min
            told = known.isoformat() if known else ""
            outlet = report.origin or report.outlet
            yield origins.text_of(report.id, outlet, day, told, report.text, self.knowledge.weights)

    @cached_property
    def first_of(self) -> Mapping[str, origins.First]:
        """For every report that repeats another: who told it first, and when."""
        told = self.ledger.reports() if self.tellings else ()
        firsts = {
            report.id: origins.First(report.origin or report.outlet, wall(report.published))
            for report in told
        }
        return {copy: firsts[group[0]] for group in self.tellings for copy in group}

    @cached_property
    def units(self) -> list[Unit]:
        """Every claim at every place, with its origin and what people decided about it."""
        told = self.ledger.claims(Query(known_by=self.known_by))
        heard = (heard_of(one) for one in told if one.claim["report"] not in self.without)
        ruled = (replace(one, claim=self.decided.apply(one.claim)) for one in heard)
        kept = (one for one in ruled if one.claim)
        return list(units(kept, self.knowledge, self.first_of))

    @cached_property
    def events(self) -> list[Event]:
        """Every event, oldest first."""
        return link.events(self.units, self.knowledge, self.decided.rulings)

    @cached_property
    def disputes(self) -> list[Dispute]:
        """Every disagreement, settled or open."""
        return disputes(self.units, self.events, self.knowledge, self.decided.rulings)

    @cached_property
    def disputed(self) -> frozenset[str]:
        """The claims that an open dispute is about."""
        return frozenset(claim for one in self.disputes if not one.settled for claim in one.claims)

    def is_disputed(self, event: Event) -> bool:
        """Whether an open dispute is about an event."""
        return not self.disputed.isdisjoint(event.claims)

    def control(self, at: date, places: Iterable[str] = ()) -> list[Holding]:
        """Who holds what on the evening of a day; with a moment of knowledge, by what was told up to it."""
        smooth, rulings = self.known_by is None, self.decided.rulings
        return control(self.units, at, self.knowledge, smooth=smooth, places=places, rulings=rulings)

    def told_events(
        self,
        *,
        places: Collection[str] | None = None,
        types: Sequence[str] = (),
        first: date | None = None,
        last: date | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Events that fit, oldest first, as their public objects."""
        for event in self.events:
            if (
                (places is None or event.place.get("id") in places)
                and (not types or event.type in types)
                and (not first or event.when[1] >= first)
                and (not last or event.when[0] <= last)
            ):
                yield event.to_json(disputed=self.is_disputed(event))

    def told_disputes(
        self,
        *,
        places: Collection[str] | None = None,
        open_only: bool = False,
        first: date | None = None,
        last: date | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Disputes that fit, in the order in which they began, as their public objects."""
        for one in self.disputes:
            if (
                (places is None or one.place.get("id") in places)
                and not (open_only and one.settled)
                and (not first or one.when >= first)
                and (not last or one.when <= last)
            ):
                yield one.to_json()

    def spans(self, places: Collection[str] | None = None) -> Iterator[tuple[Mapping[str, Any], list[Span]]]:
        """Every place that claims speak of (of those asked for), with its whole history as spans of days."""
        by_place, rulings = speaking(self.units), self.decided.rulings
        smooth = self.known_by is None
        for place, said in sorted(by_place.items()):
            if (places is None or place in places) and spoken_of(said, date.max, self.knowledge):
                history = stretches(place, by_place, self.knowledge, None if smooth else date.max, rulings)
                if history:
                    yield history[-1].mention, spans(history, self.knowledge, smooth=smooth)

    def events_of(self, claims: Iterable[str]) -> dict[str, list[str]]:
        """The events in which claims are, by claim."""
        wanted = set(claims)
        found: dict[str, list[str]] = {}
        for event in self.events:
            for claim in wanted.intersection(event.claims):
                found.setdefault(claim, []).append(event.id)
        return {claim: sorted(ids) for claim, ids in found.items()}

    def records(self) -> list[Record]:
        """How often what each origin said was borne out or contradicted later, by what was known."""
        return records(self._with_moments(), self.knowledge)

    def _with_moments(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, datetime]]]:
        """Events, each with the moments at which its claims were published."""
        ahead = self.told_events()
        while some := list(islice(ahead, CITED_AT_ONCE)):
            claims = sorted({claim for event in some for claim in event["claims"]})
            known = {one.claim["id"]: one.known for one in cited_claims(self.ledger, claims)}
            for event in some:
                yield event, known

    def changes(self, since: datetime) -> Iterator[Change]:
        """What is concluded now and was not by a moment; both by the clock of publication."""
        yield from changes(type(self)(self.ledger, self.knowledge, since), self, since)

    def named(self, place: str) -> list[str]:
        """The ids of a place given by id or by name, as claims and packs have it."""
        if place in self.knowledge.levels:
            return [place]
        said = {unit.place for unit in self.units if place in (unit.place, unit.mention.get("name"))}
        labels = {
            unit.place
            for unit in self.units
            if place in (unit.mention.get("label_ar"), unit.mention.get("label_en"))
        }
        return sorted(said | labels) or [
            id for id in self.knowledge.levels if place in self.knowledge.labels[id]
        ]

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

    def within(self, place: str, area: str) -> bool:
        """Whether a place is an area or lies in it."""
        return place == area or area in self.knowledge.lineage(place)


def held(
    ledger: Ledger,
    at: date,
    *,
    known_by: datetime | None = None,
    place: str = "",
    area: str = "",
    sides: Knowledge | None = None,
) -> list[Holding]:
    """Who held what on the evening of a day, from what was published by a moment."""
    found = Conclusions(ledger, sides or Knowledge(), known_by)
    places = found.named(place) if place else []
    states = found.control(at, places) if places or not place else []
    areas = found.named(area) if area else []
    return [one for one in states if not areas or any(found.within(str(one.place["id"]), id) for id in areas)]


@dataclass(frozen=True, slots=True)
class Voiced:
    """An origin with everything that rests on its word."""

    id: str
    kind: str
    name: str
    reports: tuple[str, ...]
    claims: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        about = {"id": self.id, "kind": self.kind, "name": self.name}
        return about | {"reports": list(self.reports), "claims": list(self.claims)}


def voiced(found: Iterable[Unit]) -> list[Voiced]:
    """The independent origins of units, those with the most claims first."""
    by_id: dict[str, list[Unit]] = {}
    for unit in sorted(found, key=lambda unit: unit.order):
        by_id.setdefault(unit.origin.id, []).append(unit)
    voices = [
        Voiced(
            id,
            said[0].origin.kind,
            said[0].origin.name,
            tuple(dict.fromkeys(unit.report for unit in said)),
            tuple(dict.fromkeys(unit.claim for unit in said)),
        )
        for id, said in by_id.items()
    ]
    return sorted(voices, key=lambda voice: (-len(voice.claims), voice.id))


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is otherwise now than it was: an event, a dispute, or who holds a place."""

    kind: str
    what: Mapping[str, Any]
    before: Any = None
    after: Any = None

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {"change": self.kind, "before": self.before, "after": self.after, **self.what}


def changes(then: Conclusions, now: Conclusions, since: datetime) -> Iterator[Change]:
    """What was concluded by now and not by then; both by the clock of publication."""
    yield from changed_events(then, now)
    yield from changed_disputes(then, now)
    day = max((unit.carried for unit in now.units), default=since).date()
    before = {one.place["id"]: one for one in then.control(day)}
    for after in now.control(day):
        was = before.get(after.place["id"])
        if was is None or (was.holder, was.contested) != (after.holder, after.contested):
            yield Change("control", after.to_json(), short(was), short(after))


def changed_events(then: Conclusions, now: Conclusions) -> Iterator[Change]:
    """Events that are new, or that other origins speak of now."""
    known = {claim: event for event in then.events for claim in event.claims}
    for event in now.events:
        before = next((known[claim] for claim in event.claims if claim in known), None)
        told = event.to_json(disputed=now.is_disputed(event))
        if before is None:
            yield Change("new event", told)
        elif [part.origin for part in before.weighed.parts] != [part.origin for part in event.weighed.parts]:
            was, is_now = before.weighed.probability, event.weighed.probability
            yield Change("event", told, {"support": round(was, 4)}, {"support": round(is_now, 4)})


def changed_disputes(then: Conclusions, now: Conclusions) -> Iterator[Change]:
    """Disputes that began or were settled."""
    known = {(d.place.get("id"), d.type, d.when): d for d in then.disputes}
    for dispute in now.disputes:
        before = known.get((dispute.place.get("id"), dispute.type, dispute.when))
        if before is None:
            yield Change("new dispute", dispute.to_json())
        elif before.settled != dispute.settled:
            yield Change(
                "dispute", dispute.to_json(), {"settled": before.settled}, {"settled": dispute.settled}
            )


def short(state: Holding | None) -> dict[str, Any] | None:
    """Who holds a place, in three words."""
    if state is None:
        return None
    return {"holder": state.holder, "contested": state.contested, "support": round(state.support, 4)}


def by_time(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> list[tuple[str, ...]]:
    """Pairs of reports that are one telling as groups, each first told first."""
    rows = [(a, b) for a, b in pairs]
    order = {
        one["id"]: (one["known_wall"].isoformat(" ") if one["published"] else "", one["id"])
        for pair in rows
        for one in pair
    }
    groups = origins.joined((a["id"], b["id"]) for a, b in rows)
    return sorted(tuple(sorted(group, key=lambda id: order[id])) for group in groups)


def heard_of(told: Told) -> Heard:
    """A claim as the ledger keeps it, for those who conclude."""
    published = datetime.fromisoformat(told.published) if told.published else None
    return Heard(told.claim, told.outlet, wall(published), told.known, told.origin)


def says(words: str, phrases: Iterable[str]) -> bool:
    """Whether words have one of some folded phrases at the beginning of a word, a clitic before it or not."""
    text = folded(words)
    return any(f" {clitic}{phrase}" in text for phrase in phrases for clitic in CLITICS)


def phrase(words: str) -> str:
    """A phrase as ``says`` looks for it."""
    return folded(words).strip()


def wall(moment: datetime | None) -> datetime | None:
    """A moment by the clock on its own wall."""
    return moment.replace(tzinfo=None) if moment else None


def was_known(published: datetime | None, by: datetime | None) -> bool:
    """Whether a report was published by a moment: in one clock where both have a zone, on each wall else."""
    if by is None or published is None:
        return True
    if by.tzinfo and published.tzinfo:
        return published <= by
    return published.replace(tzinfo=None) <= by.replace(tzinfo=None)


def published_day(told: Told) -> date | None:
    """The calendar day a claim's report was published, as its source wrote it."""
    return datetime.fromisoformat(told.published).date() if told.published else None


def evening(day: date) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day, time.max)
