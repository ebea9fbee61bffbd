"""Events, disputes, origins, and the pages of places and bodies."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from riwaya.questions import events, origins, stories, timeline
from riwaya.web.access import Reader, house
from riwaya.web.answers import page
from riwaya.web.params import Chosen, Cursor, Limit, Moment, Offset, filters_of, found, start_of
from riwaya.web.shapes import JSON, Items, Listing

router = APIRouter(tags=["events"])
Sort = Annotated[Literal["day", "-day", "support", "-support", "-origins"], Query()]


@router.get("/events", response_model=Listing)
def listed(
    request: Request,
    person: Reader,
    chosen: Chosen,
    sort: Sort = "day",
    cursor: Cursor = "",
    offset: Offset = None,
    limit: Limit = 100,
) -> Response:
    """List what happened: claims about one happening together, with their independent origins."""
    filters = filters_of(chosen, "events", sort)
    start = start_of(cursor, offset, filters)

    def made(standing: Any) -> dict[str, Any]:
        items, total = events.listed(standing, chosen, sort=sort, offset=start, limit=limit)
        return page(items, total, start, filters)

    return house(request).told(request, made)


@router.get("/events/points", response_model=JSON)
def points(request: Request, person: Reader, chosen: Chosen) -> Response:
    """Every fitting event that lies somewhere, as a table for the map."""
    return house(request).kept(request, ("points", chosen), lambda standing: events.points(standing, chosen))


@router.get("/events/{id}", response_model=JSON)
def one(request: Request, person: Reader, id: str, known_by: Moment = None) -> Response:
    """Show an event: what it weighs and why, what joins its claims, what is near it."""
    return house(request).told(request, lambda standing: found(events.one(standing, id, known_by), "event"))


@router.get("/disputes", response_model=Listing)
def disputes(
    request: Request,
    person: Reader,
    chosen: Chosen,
    open: Annotated[bool, Query(description="Without those that were settled.")] = False,
    cursor: Cursor = "",
    offset: Offset = None,
    limit: Limit = 100,
) -> Response:
    """List who says otherwise: the sides of every disagreement."""
    filters = filters_of(chosen, "disputes", open)
    start = start_of(cursor, offset, filters)

    def made(standing: Any) -> dict[str, Any]:
        every = events.disputes(standing, chosen, open_only=open)
        return page(every[start : start + limit], len(every), start, filters)

    return house(request).told(request, made)


@router.get("/disputes/{id}", response_model=JSON)
def dispute(request: Request, person: Reader, id: str, known_by: Moment = None) -> Response:
    """Show a dispute with the claims of each side."""
    return house(request).told(
        request, lambda standing: found(events.dispute(standing, id, known_by), "dispute")
    )


@router.get("/timeline", response_model=JSON)
def counted(
    request: Request,
    person: Reader,
    chosen: Chosen,
    of: Literal["events", "claims"] = "events",
    by: Literal["day", "week", "month"] = "day",
) -> Response:
    """Count events or claims by day, week or month and by type."""
    return house(request).kept(
        request,
        ("timeline", chosen, of, by),
        lambda standing: timeline.counted(standing, chosen, of=of, by=by),
    )


@router.get("/origins", response_model=Listing)
def voices(
    request: Request,
    person: Reader,
    chosen: Chosen,
    cursor: Cursor = "",
    offset: Offset = None,
    limit: Limit = 100,
) -> Response:
    """List who claims to know, those with the most claims first."""
    filters = filters_of(chosen, "origins")
    start = start_of(cursor, offset, filters)

    def made(standing: Any) -> dict[str, Any]:
        every = origins.listed(standing, chosen)
        return page(every[start : start + limit], len(every), start, filters)

    return house(request).told(request, made)


@router.get("/origins/{id:path}", response_model=JSON)
def voice(
    request: Request,
    person: Reader,
    id: str,
    known_by: Moment = None,
    cursor: Cursor = "",
    offset: Offset = None,
    limit: Limit = 100,
) -> Response:
    """Show an origin with everything that rests on its word."""
    filters = ["origin", id, known_by]
    start = start_of(cursor, offset, filters)

    def made(standing: Any) -> dict[str, Any]:
        shown: dict[str, Any] = found(
            origins.one(standing, id, known_by, offset=start, limit=limit), "origin"
        )
        return shown | page(shown["items"], shown["total"], start, filters)

    return house(request).told(request, made)


@router.get("/tellings", response_model=Items)
def tellings(request: Request, person: Reader, known_by: Moment = None) -> Response:
    """List the groups of reports that are one telling, the first told first."""
    return house(request).told(request, lambda standing: {"items": origins.tellings(standing, known_by)})


@router.get("/places/{id:path}", response_model=JSON)
def place(request: Request, person: Reader, id: str, known_by: Moment = None) -> Response:
    """Tell a place's story: who held it, since when, and the reason for each change."""
    return house(request).kept(
        request,
        ("place", id, known_by),
        lambda standing: found(stories.place(standing, id, known_by), "place"),
    )


@router.get("/actors/{id}", response_model=JSON)
def actor(
    request: Request,
    person: Reader,
    id: str,
    known_by: Moment = None,
    at: Annotated[date | None, Query(description="The day asked about; the last by default.")] = None,
) -> Response:
    """Show a body: what it holds, what it did and suffered, what it says itself."""
    here = house(request)
    return here.told(
        request,
        lambda standing: found(stories.actor(standing, id, known_by, at, here.names.actors), "body"),
    )
