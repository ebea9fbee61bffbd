"""What exports are made of: the one place that says what a row of an event or control table is.

Everything is handed on one row at a time, so that a ledger of any size leaves in bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from riwaya import views
from riwaya.exports.names import Names
from riwaya.model import Report

# What other data sets call an event has happened; plans, forecasts and denials have not.
HAPPENED = ("happened", "ongoing")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked to have exported: a ledger, which of it, in whose names, with which options.

    ``query`` has the filters and what was known by when; ``at`` is the day asked about.
    """

    ledger: Any
    query: Any
    names: Names = field(default_factory=Names)
    sides: Any = None
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
    deaths: tuple[int | None, int | None, int | None]
    said: tuple[Any, ...]
    origins: tuple[str, ...]
    support: float | None = None
    dispute: float | None = None
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


def happenings(asked: Asked, *, only: tuple[str, ...] = HAPPENED) -> Iterator[Happening]:
    """What is said to have happened, a row per claim and place; other statuses only where asked for."""
    query = asked.query if asked.query.status or not only else replace(asked.query, status=only)
    for told in views.claims(asked.ledger, query):
        yield from of_claim(told)


def of_claim(told: Any) -> Iterator[Happening]:
    """A claim as one row for each of its places, or one row without."""
    claim = told.claim
    first, last = (
        (date.fromisoformat(day) for day in claim["when"]) if claim["when"] else (told.day, told.day)
    )
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
            deaths=(None, None, None),
            said=(told,),
            origins=(origin(told),),
        )


def origin(told: Any) -> str:
    """Who claims to know: the end of the chain, or the outlet itself."""
    chain = told.claim["chain"]
    return str(chain[-1]["name"] if chain else told.outlet)


def holds(asked: Asked) -> Iterator[Hold]:
    """Who holds which place, on the day asked about or else the last day that claims speak of."""
    at = asked.at or max((told.day for told in claims(asked) if told.day), default=None)
    if at is None:
        return
    query = asked.query
    known = query.known_by.date() if query.known_by else None
    for state in views.held(asked.ledger, at, known_by=query.known_by, place=query.place, sides=asked.sides):
        yield Hold(
            id=state.place["id"],
            place=state.place,
            holder=state.holder or "",
            contested=state.contested,
            since=state.since,
            until=None,
            known_by=known,
            support=round(state.support, 3),
            events=(),
            claims=state.claims,
            method="claims",
        )


def reports(asked: Asked) -> Iterator[tuple[Report, tuple[Any, ...]]]:
    """Every report with those of its claims that fit, in the order in which reports were added.

    Where nothing narrows the question, reports without a claim are among them.
    """
    everything = asked.query == type(asked.query)()
    for report in asked.ledger.reports():
        said = tuple(views.claims(asked.ledger, replace(asked.query, report=report.id)))
        if said or everything:
            yield report, tuple(sorted(said, key=lambda told: told.claim["trigger"]["start"]))
