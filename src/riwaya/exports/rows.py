"""What exports are made of: the one place that says what a row of an event or control table is.

Everything is handed on one row at a time, so that a ledger of any size leaves in bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from riwaya import views
from riwaya.exports.names import Names
from riwaya.model import Report

# A lowest, a best and a highest number.
Deaths = tuple[int | None, int | None, int | None]
NOBODY: Deaths = (None, None, None)
# The family of counts of the dead, and those of acts in which people die.
KILLED = "killed"
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
    """The events that are concluded; with a status asked for (planned, denied), the claims of that status."""
    if asked.query.status:
        for told in claims(asked):
            yield from of_claim(told)
        return
    told_by = {told.claim["id"]: told for told in views.claims(asked.ledger, unfiltered(asked))}
    fitting = {told.claim["id"] for told in claims(asked)}
    lost = deaths(asked.concluded.events)
    for event in asked.concluded.events:
        if not fitting.isdisjoint(event.claims) and any(unit.stance == "for" for unit in event.units):
            yield of_event(event, asked, told_by, lost.get(event.id, NOBODY))


def unfiltered(asked: Asked) -> Any:
    """The question without its filters: everything that was known."""
    return type(asked.query)(known_by=asked.query.known_by)


def of_event(event: Any, asked: Asked, told_by: Mapping[str, Any], lost: Deaths) -> Happening:
    """An event as a row, with the claims behind it."""
    speaking = [unit for unit in event.units if unit.stance == "for"]
    over = any(unit.status == "happened" for unit in speaking)
    extents = {unit.extent for unit in speaking}
    known = event.place.get("id") or event.place.get("name")
    return Happening(
        id=event.id,
        type=event.type,
        status="happened" if over else "ongoing",
        place=event.place if known else {},
        actor=event.actor,
        target=event.target,
        extent=extents.pop() if len(extents) == 1 else "",
        first=event.when[0],
        last=event.when[1],
        dated=any(unit.first for unit in speaking),
        deaths=lost,
        said=tuple(told_by[id] for id in event.claims if id in told_by),
        origins=tuple(dict.fromkeys(part.name or part.origin for part in event.weighed.parts)),
        support=round(event.weighed.probability, 4),
        dispute="open" if asked.concluded.is_disputed(event) else "",
    )


def deaths(events: Iterable[Any]) -> dict[str, Deaths]:
    """How many died in each event: its own figure, or that of the dead at its place on its days.

    A count of the dead is an event of its own; it is added to one act at most, the one with most actors
    in common.
    """
    acts: dict[str, list[Any]] = {}
    found: dict[str, Deaths] = {}
    for event in events:
        acts.setdefault(event.place.get("id", ""), []).append(event)
    for event in events:
        if event.family == KILLED and (number := figure(event.quantity)) != NOBODY:
            found[event.id] = number
            near = [act for act in acts[event.place.get("id", "")] if is_act(act) and meet(act, event)]
            if near and event.place.get("id"):
                act = max(near, key=lambda act: (in_common(act, event), act.id not in found))
                found[act.id] = added(found.get(act.id, NOBODY), number)
    return found


def is_act(event: Any) -> bool:
    """Whether people can die in it."""
    return event.family in DEADLY


def meet(one: Any, other: Any) -> bool:
    """Whether two events share a day."""
    return bool(one.when[0] <= other.when[1] and other.when[0] <= one.when[1])


def in_common(one: Any, other: Any) -> int:
    """How many actors two events share."""
    return len({actor["id"] for actor in one.actor} & {actor["id"] for actor in other.actor})


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
    """Who holds which place: on the day asked about, or else on every day that claims speak of."""
    places = asked.concluded.named(asked.query.place) if asked.query.place else []
    if asked.query.place and not places:
        return
    about = {claim: event.id for event in asked.concluded.events for claim in event.claims}
    for state, since, until in states(asked, places):
        known = asked.query.known_by
        yield Hold(
            id=f"{state.place['id']}@{since}",
            place=state.place,
            holder=state.holder or "",
            contested=state.contested,
            since=since,
            until=until,
            known_by=known.date() if known else None,
            support=round(state.support, 4),
            events=tuple(dict.fromkeys(about[claim] for claim in state.claims if claim in about)),
            claims=tuple(state.claims),
            method=state.method,
        )


def states(asked: Asked, places: Sequence[str]) -> Iterator[tuple[Any, date | None, date | None]]:
    """Every state of every place with its first day and the day from which it is another."""
    if asked.at:
        for state in asked.concluded.control(asked.at, places):
            yield state, state.since, None
        return
    yield from history(asked, places)


def history(asked: Asked, places: Sequence[str]) -> Iterator[tuple[Any, date | None, date | None]]:
    """Every state that was known, the latest first; a time in which nobody is known to hold is a gap.

    From the last day backwards: a state says since when it holds, and the day before that has another.
    """
    ends: dict[str, date] = {}
    days = {unit.likely for unit in asked.concluded.units}
    ahead: dict[date, set[str]] = {max(days): set(places)} if days else {}
    while ahead:
        day = max(ahead)
        for state in asked.concluded.control(day, sorted(ahead.pop(day))):
            id = str(state.place["id"])
            if state.holder or state.contested:
                yield state, state.since, ends.get(id)
            if id and state.acts:
                ends[id] = state.since or max(date.fromisoformat(act["day"]) for act in state.acts)
                ahead.setdefault(ends[id] - timedelta(days=1), set()).add(id)


def reports(asked: Asked) -> Iterator[tuple[Report, tuple[Any, ...]]]:
    """Every report with those of its claims that fit, in the order in which reports were added.

    Where nothing narrows the question, reports without a claim are among them.
    """
    everything = asked.query == type(asked.query)()
    for report in asked.ledger.reports():
        said = tuple(views.claims(asked.ledger, replace(asked.query, report=report.id)))
        if said or everything:
            yield report, tuple(sorted(said, key=lambda told: told.claim["trigger"]["start"]))
