"""The map: outlines, areas, who holds what on a day and over time."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from riwaya import views
from riwaya.questions import cells, maps
from riwaya.questions.standing import Standing
from riwaya.web.access import Reader, house
from riwaya.web.params import Moment, Words
from riwaya.web.problems import ProblemError
from riwaya.web.shapes import JSON, Items

router = APIRouter(tags=["map"])
Day = Annotated[date, Query(description="The day, in the evening.")]
Countries = Annotated[
    list[Words], Query(description="ISO codes, as ids of places begin; `all` for every one.")
]


@router.get("/map/base", response_model=JSON)
def base(request: Request, person: Reader, country: Countries = []) -> Response:  # noqa: B006
    """Draw governorates, coasts and borders: of some countries, or of those the ledger speaks of."""
    here = house(request)
    wanted = tuple(sorted({one for one in country if one}))

    def made(standing: object) -> object:
        if "all" in wanted:
            return cells.base(here.desk.knowledge, ())
        return cells.base(here.desk.knowledge, wanted or maps.countries(here.now(), here.pack.theatres))

    return here.kept(request, ("base", wanted), made)


@router.get("/areas", response_model=JSON)
def areas(request: Request, person: Reader, theatre: Words = "") -> Response:
    """Draw the area of every place that ever has a state; whose it is says `control` or `control/days`."""
    here = house(request)
    theatres = {one.id: one.countries for one in here.pack.theatres}
    if theatre and theatre not in theatres:
        raise ProblemError(404, "there is no such theatre")
    countries = tuple(theatres.get(theatre, ()))
    return here.kept(request, ("areas", countries), lambda standing: maps.areas(standing, countries))


@router.get("/control", response_model=Items)
def control(
    request: Request,
    person: Reader,
    at: Day,
    known_by: Moment = None,
    place: Words = "",
    area: Words = "",
    actor: Words = "",
) -> Response:
    """Say who holds what on the evening of a day, and what that rests on."""
    return house(request).told(
        request,
        lambda standing: {
            "at": at.isoformat(),
            "known_by": known_by.isoformat() if known_by else None,
            "items": maps.held(standing, at, known_by, place=place, area=area, actor=actor),
        },
    )


@router.get("/control/days", response_model=JSON)
def days(
    request: Request,
    person: Reader,
    known_by: Moment = None,
    area: Words = "",
    follow: Annotated[bool, Query(description="Each day as it could be known that evening.")] = False,
) -> Response:
    """Say who holds each place on every day, as spans of day numbers: a step of the slider is a look-up."""
    return house(request).kept(
        request,
        ("days", known_by, area, follow),
        lambda standing: maps.days(standing, known_by, follow=follow, area=area),
    )


@router.get("/compare", response_model=Items)
def compare(
    request: Request,
    person: Reader,
    at: Day,
    other: Annotated[date, Query(alias="with", description="The other day.")],
    known_by: Moment = None,
    with_known_by: Moment = None,
) -> Response:
    """List the places that stand otherwise on two days, or by two moments of knowledge."""
    return house(request).told(
        request, lambda standing: {"items": maps.compared(standing, (at, known_by), (other, with_known_by))}
    )


@router.get("/changes", response_model=Items)
def changes(
    request: Request,
    person: Reader,
    since: Annotated[Moment, Query(description="When you last looked: a day (its evening) or a moment.")],
    known_by: Moment = None,
) -> Response:
    """Say what is concluded now and was not then: events, origins, disputes, control."""
    if since is None:
        raise ProblemError(422, "since: say when you last looked")

    def made(standing: Standing) -> object:
        found = views.changes(standing.by(since), standing.by(known_by), since)
        return {"items": [change.to_json() for change in found]}

    return house(request).kept(request, ("changes", since, known_by), made)
