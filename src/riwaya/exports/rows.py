"""What exports are made of: the one place that says what a row of an event or control table is.

Everything is handed on one row at a time, so that a ledger of any size leaves in bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any

from riwaya import views
from riwaya.exports.names import Names
from riwaya.exports.tables import joined
from riwaya.model import Report

# A lowest, a best and a highest number.
Deaths = tuple[int | None, int | None, int | None]
NOBODY: Deaths = (None, None, None)
# The family of counts of the dead, and those of acts in which people die.
KILLED = "killed"
CASUALTIES, AT_ONCE = "casualties", 300
DEADLY = frozenset({"clash", "strike", "explosion", "attack", "control"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked to have exported: a ledger, which of it, in whose names, with which options.

    ``query`` has the filters and what was known by when; ``at`` is the day asked about; ``concluded`` is
    what may be concluded from all that was known by then (``views.Conclusions``).
    """

    ledger: Any
    query: Any
    concluded: Any
    names: Names = field(default_factory=Names)
    at: date | None = None
    table: str = ""
    hxl: bool = False
    bom: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that is said to have happened, at one place.

    ``dated`` says whether the words name the day (else it is the day of publication); ``deaths`` are
    the lowest, best and highest number; ``said`` are the claims behind it, as the ledger tells them.
    """

    id: str
    type: str
    status: str
    place: Mapping[str, Any]
    actor: tuple[Mapping[str, Any], ...]
    target: tuple[Mapping[str, Any], ...]
    extent: str
    first: date | None
    last: date | None
    dated: bool
    deaths: Deaths
    said: tuple[Any, ...]
    origins: tuple[str, ...]
    support: float | None = None
    dispute: str = ""
    review: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that say so, of the claims that tell an event of this type."""
        own = [told.claim for told in self.said if told.claim["type"] == self.type]
        return tuple(claim["evidence"]["text"] for claim in own)


@dataclass(frozen=True, slots=True)
class Hold:
    """Who holds a place from one day until before another; ``until`` is open while it lasts."""

    id: str
    place: Mapping[str, Any]
    holder: str
    contested: bool
    since: date | None
    until: date | None
    known_by: date | None
    support: float
    events: tuple[str, ...]
    claims: tuple[str, ...]
    method: str


def claims(asked: Asked) -> Iterator[Any]:
    """The claims that fit, in the order of their days."""
    yield from views.claims(asked.ledger, asked.query)


def happenings(asked: Asked) -> Iterator[Happening]:
    """The events that are concluded; with a status asked for (planned, denied), the claims of that status.

    Oldest first, a few hundred at a time with the claims behind them.
    """
    if asked.query.status:
        for told in claims(asked):
            yield from of_claim(told)
        return
    lost = deaths(asked.concluded)
    ahead = asked.concluded.told_events()
    while some := list(islice(ahead, AT_ONCE)):
        wanted = tuple(sorted({claim for event in some for claim in event["claims"]}))
        told_by, fitting = behind(asked, wanted)
        for event in some:
            if event["status"] != "denied" and not fitting.isdisjoint(event["claims"]):
                yield of_event(event, asked, told_by, lost.get(event["id"], NOBODY))


def behind(asked: Asked, wanted: tuple[str, ...]) -> tuple[dict[str, Any], set[str]]:
    """Claims by their ids, and which of them fit what was asked."""
    plain = type(asked.query)(known_by=asked.query.known_by, claims=wanted)
    told_by = {told.claim["id"]: told for told in views.claims(asked.ledger, plain)}
    narrowed = replace(asked.query, claims=wanted)
    if narrowed == plain:
        return told_by, set(told_by)
    return told_by, {told.claim["id"] for told in views.claims(asked.ledger, narrowed)}


def of_event(event: Mapping[str, Any], asked: Asked, told_by: Mapping[str, Any], lost: Deaths) -> Happening:
    """An event as a row, with the claims behind it."""
    first, last = (date.fromisoformat(day) for day in event["when"])
    reviewed = asked.concluded.decided.reviewed
    return Happening(
        id=event["id"],
        type=event["type"],
        status=event["status"],
        place=event["place"] or {},
        actor=tuple(event["actor"]),
        target=tuple(event["target"]),
        extent=event["extent"],
        first=first,
        last=last,
        dated=event["dated"],
        deaths=lost,
        said=tuple(told_by[id] for id in event["claims"] if id in told_by),
        origins=tuple(dict.fromkeys(one["name"] or one["id"] for one in event["origins"])),
        support=event["support"],
        dispute="open" if event["disputed"] else "",
        review=joined(reviewed[claim] for claim in event["claims"] if claim in reviewed),
    )


def deaths(concluded: Any) -> dict[str, Deaths]:
    """How many died in each event: its own figure, or that of the dead at its place on its days.

    A count of the dead is an event of its own; it is added to one act at most, the one with most actors
    in common, rather to one without a count.  Only counts of the dead are held in memory, and for each the
    acts that it may belong to.
    """
    counts: list[Count] = []
    by_place: dict[str, list[Count]] = {}
    for event in concluded.told_events(types=(CASUALTIES,)):
        if event["family"] == KILLED and (number := figure(event["quantity"])) != NOBODY:
            first, last = event["when"]
            counts.append(Count(event["id"], first, last, ids_of(event["actor"]), number))
            if event["place"] and event["place"].get("id"):
                by_place.setdefault(event["place"]["id"], []).append(counts[-1])
    if by_place:
        for event in concluded.told_events():
            if event["family"] in DEADLY and event["place"]:
                for count in by_place.get(event["place"].get("id", ""), ()):
                    if event["when"][0] <= count.last and count.first <= event["when"][1]:
                        actors = len(count.actors & ids_of(event["actor"]))
                        count.acts.append((actors, event["id"]))
    found: dict[str, Deaths] = {}
    for count in counts:
        found[count.id] = count.number
        if count.acts:
            _, act = max(count.acts, key=lambda one: (one[0], one[1] not in found))
            found[act] = added(found.get(act, NOBODY), count.number)
    return found


@dataclass(slots=True)
class Count:
    """A count of the dead: its days, the actors it names, and the acts it may belong to."""

    id: str
    first: str
    last: str
    actors: frozenset[str]
    number: Deaths
    acts: list[tuple[int, str]] = field(default_factory=list)


def ids_of(mentions: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The ids of some bodies."""
    return frozenset(str(one["id"]) for one in mentions)


def figure(quantity: Mapping[str, Any] | None) -> Deaths:
    """Lowest, best and highest number; the best is the lowest that all figures allow."""
    low, high = (quantity.get("min"), quantity.get("max")) if quantity else (None, None)
    best = low if low is not None else high
    return tuple(int(number) if number is not None else None for number in (low, best, high))  # type: ignore[return-value]


def added(one: Deaths, other: Deaths) -> Deaths:
    """Two counts taken together."""
    return tuple(
        (a or 0) + (b or 0) if a is not None or b is not None else None
        for a, b in zip(one, other, strict=True)
    )  # type: ignore[return-value]


def of_claim(told: Any) -> Iterator[Happening]:
    """A claim as one row for each of its places, or one row without."""
    claim = told.claim
    when = [date.fromisoformat(day) for day in claim["when"] or ()]
    first, last = when or (told.day, told.day)
    for number, place in enumerate(claim["place"] or [{}]):
        yield Happening(
            id=f"{claim['id']}-{number}" if number else claim["id"],
            type=claim["type"],
            status=claim["status"],
            place=place,
            actor=tuple(claim["actor"]),
            target=tuple(claim["target"]),
            extent=claim["extent"] or "",
            first=first,
            last=last,
            dated=bool(claim["when"]),
            deaths=NOBODY,
            said=(told,),
            origins=(origin(told),),
        )


def origin(told: Any) -> str:
    """Who claims to know: the end of the chain, or the outlet itself."""
    chain = told.claim["chain"]
    return str(chain[-1]["name"] if chain else told.outlet)


def holds(asked: Asked) -> Iterator[Hold]:
    """Who holds which place: on the day asked about, or else each place's history, the latest first."""
    places = asked.concluded.named(asked.query.place) if asked.query.place else []
    if asked.query.place and not places:
        return
    known = asked.query.known_by
    states = at_day(asked, places) if asked.at else history(asked, places)
    for some in batches(states):
        about = asked.concluded.events_of({claim for state, _, _ in some for claim in state.claims})
        for state, since, until in some:
            yield Hold(
                id=f"{state.place['id']}@{since}",
                place=state.place,
                holder=state.holder or "",
                contested=state.contested,
                since=since,
                until=until,
                known_by=known.date() if known else None,
                support=round(state.support, 4),
                events=tuple(dict.fromkeys(id for claim in state.claims for id in about.get(claim, ()))),
                claims=tuple(state.claims),
                method=state.method,
            )


State = tuple[Any, date | None, date | None]


def at_day(asked: Asked, places: Sequence[str]) -> Iterator[State]:
    """Every state of a day, with its first day."""
    for state in asked.concluded.control(asked.at, places):
        yield state, state.since, None


def history(asked: Asked, places: Sequence[str]) -> Iterator[State]:
    """Every state that was known, with its first day and the day from which it is another.

    A time in which nobody is known to hold is a gap; a state that nobody spoke of since goes on.
    """
    for _, spans in asked.concluded.spans(places or None):
        for span in reversed(spans):
            yield span.state, span.first, None if span.faded else span.until


def batches(states: Iterator[State]) -> Iterator[list[State]]:
    """States by the hundred."""
    while some := list(islice(states, AT_ONCE)):
        yield some


def reports(asked: Asked) -> Iterator[tuple[Report, tuple[Any, ...]]]:
    """Every report with those of its claims that fit, in the order in which reports were added.

    Where nothing narrows the question, reports without a claim are among them.
    """
    everything = asked.query == type(asked.query)()
    for report in asked.ledger.reports():
        said = tuple(views.claims(asked.ledger, replace(asked.query, report=report.id)))
        if said or everything:
            yield report, tuple(sorted(said, key=lambda told: told.claim["trigger"]["start"]))
