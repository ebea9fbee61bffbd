"""Events and disputes by the page, and each with all that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from riwaya.questions import claims
from riwaya.questions.answers import Brief, bodies_of
from riwaya.questions.selection import Chosen, Selection
from riwaya.questions.standing import Standing

SORTS: Mapping[str, tuple[Callable[[Brief], Any], bool]] = {
    "day": (lambda one: (one.first, one.last, one.id), False),
    "-day": (lambda one: (one.first, one.last, one.id), True),
    "support": (lambda one: (one.support, one.id), False),
    "-support": (lambda one: (one.support, one.id), True),
    "-origins": (lambda one: (len(one.origins), one.support, one.id), True),
}
LONG = ("weighing", "links")  # what only the page of one event shows
NEAR = timedelta(days=3)
POINTS = ("id", "type", "lat", "lon", "first", "last", "support", "disputed", "origins", "place", "known")


def listed(
    standing: Standing, selection: Selection, *, sort: str, offset: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of the events that fit, and how many there are in all."""
    chosen = Chosen(selection, standing)
    found = chosen.events()
    key, backwards = SORTS[sort]
    if sort != "day":
        found = sorted(found, key=key, reverse=backwards)
    page = found[offset : offset + limit]
    return summaries(standing, page, selection.known_by), len(found)


def summaries(
    standing: Standing, found: Sequence[Brief], known_by: datetime | None = None
) -> list[dict[str, Any]]:
    """Events as ``riwaya events --json`` prints them, without their long parts."""
    bodies = whole(standing, [one.id for one in found], known_by)
    answers = standing.answers_by(known_by)
    return [
        {key: value for key, value in bodies[one.id].items() if key not in LONG}
        | {"disputed": answers.is_disputed(one), "known": one.known.isoformat()}
        for one in found
        if one.id in bodies
    ]


def whole(standing: Standing, ids: Sequence[str], known_by: datetime | None) -> dict[str, dict[str, Any]]:
    """Events in full, as far as they were known."""
    if known_by is None and standing.kept:
        with standing.ledger.reading.connect() as connection:
            return bodies_of(connection, ids)
    wanted = set(ids)
    return {event.id: event.to_json() for event in standing.by(known_by).events if event.id in wanted}


def points(standing: Standing, selection: Selection) -> dict[str, Any]:
    """Every fitting event that lies somewhere, as a table for the map."""
    chosen = Chosen(selection, standing)
    rows = [
        [
            one.id,
            one.type,
            one.lat,
            one.lon,
            one.first.isoformat(),
            one.last.isoformat(),
            one.support,
            chosen.answers.is_disputed(one),
            len(one.origins),
            one.place,
            one.known.isoformat(),
        ]
        for one in chosen.events()
        if one.lat is not None
    ]
    return {"columns": list(POINTS), "rows": rows}


def one(standing: Standing, id: str, known_by: datetime | None) -> dict[str, Any] | None:
    """An event with its weighing, its links, the claims behind it, and what is near it."""
    answers = standing.answers_by(known_by)
    brief = answers.by_id.get(id)
    body = whole(standing, [id], known_by).get(id) if brief else None
    if not brief or not body:
        return None
    told = claims.by_ids(standing, brief.claims)
    reports = {claim["report"] for claim in told}
    near = [
        other
        for other in answers.every
        if other.id != id
        and brief.place
        and other.place == brief.place
        and other.first <= brief.last + NEAR
        and brief.first <= other.last + NEAR
    ]
    disputes = [
        dispute
        for dispute in answers.disagreements
        if any(not set(side["claims"]).isdisjoint(brief.claims) for side in dispute["sides"])
    ]
    return body | {
        "disputed": answers.is_disputed(brief),
        "known": brief.known.isoformat(),
        "told": told,
        "tellings": [list(group) for group in standing.by(known_by).tellings if reports.intersection(group)],
        "disputes": disputes,
        "near": summaries(standing, near[:50], known_by),
    }


def disputes(standing: Standing, selection: Selection, *, open_only: bool) -> list[Mapping[str, Any]]:
    """The disputes that fit, in the order in which they began."""
    chosen = Chosen(selection, standing)
    first = selection.first.isoformat() if selection.first else ""
    end = selection.end.isoformat() if selection.end else "9"
    return [
        one
        for one in chosen.answers.disagreements
        if (chosen.places is None or one["place"].get("id") in chosen.places)
        and (not open_only or not one["settled"])
        and (not selection.type or one["type"] in selection.type)
        and first <= one["when"] <= end
        and (not selection.origin or any(selection.origin in side["origins"] for side in one["sides"]))
    ]


def dispute(standing: Standing, id: str, known_by: datetime | None) -> dict[str, Any] | None:
    """A dispute with the claims of each side."""
    found = next((one for one in standing.answers_by(known_by).disagreements if one["id"] == id), None)
    if found is None:
        return None
    sides = [{**side, "told": claims.by_ids(standing, side["claims"])} for side in found["sides"]]
    return {**found, "sides": sides}
