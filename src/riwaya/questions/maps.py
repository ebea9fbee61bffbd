"""The map by the day: the states of all places as runs of days, one day in full, two days compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from riwaya.events.control import Holding
from riwaya.events.link import root_of
from riwaya.questions.cells import cells
from riwaya.questions.selection import Chosen, Selection
from riwaya.questions.standing import Standing
from riwaya.questions.states import Run, rivals_of


def days(
    standing: Standing, known_by: datetime | None, *, follow: bool = False, area: str = ""
) -> dict[str, Any]:
    """Every place with its states as spans of day numbers, so that moving the day is a look-up."""
    axis = list(calendar(standing))
    number = {day: n for n, day in enumerate(axis)}
    wanted = Chosen(Selection(area=area), standing).places
    places = []
    for root in standing.roots if axis else ():
        runs = standing.runs(root, known_by, follow=follow)
        for id in sorted(runs):
            if wanted is None or id in wanted:
                spans = [span(run, number, len(axis)) for run in runs[id]]
                places.append(place_json(id, standing) | {"spans": spans})
    return {
        "days": [day.isoformat() for day in axis],
        "known_by": known_by.isoformat() if known_by else None,
        "places": places,
    }


def span(run: Run, number: dict[date, int], end: int) -> list[Any]:
    """A run of days by its numbers: from, until, holder, contested, support, rivals."""
    return [
        number[run.first],
        number.get(run.until, end),
        run.holder,
        run.contested,
        run.support,
        list(run.rivals),
    ]


def calendar(standing: Standing) -> Iterator[date]:
    """Every day from the first that claims speak of to the last."""
    if not standing.days:
        return
    first, last = standing.days
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def place_json(id: str, standing: Standing) -> dict[str, Any]:
    """A place as the packs know it, or as its claims call it."""
    knowledge = standing.knowledge
    if id in knowledge.levels:
        lat, lon = knowledge.points.get(id, (None, None))
        labels = {"label_ar": knowledge.label(id, "ar"), "label_en": knowledge.label(id, "en")}
        level = knowledge.levels[id]
    else:
        mention = standing.mention(id)
        name = mention.get("name") or id.removeprefix("?")
        lat, lon, level = mention.get("lat"), mention.get("lon"), mention.get("level", "")
        labels = {"label_ar": mention.get("label_ar") or name, "label_en": mention.get("label_en") or name}
    return {"id": id, **labels, "level": level, "lat": lat, "lon": lon, "parent": root_of(id, knowledge)}


def areas(standing: Standing, countries: Iterable[str] = ()) -> dict[str, Any]:
    """The areas of every place that ever has a state."""
    wanted = set(countries)
    places = [
        place
        for root in standing.roots
        for place in standing.places[root]
        if not wanted or place.partition("-")[0] in wanted
    ]
    return cells(places, standing.knowledge)


def countries(standing: Standing, theatres: Iterable[Any]) -> tuple[str, ...]:
    """The countries of the conflicts in which the ledger speaks of a place; all where it speaks of none."""
    spoken = {brief.place.partition("-")[0] for brief in standing.answers.every if brief.place}
    found = {country for one in theatres if spoken.intersection(one.countries) for country in one.countries}
    return tuple(sorted(found))


def held(
    standing: Standing,
    at: date,
    known_by: datetime | None,
    *,
    place: str = "",
    area: str = "",
    actor: str = "",
) -> list[dict[str, Any]]:
    """Who holds what on a day, with what it rests on; narrowed to places or to a side."""
    chosen = Chosen(Selection(place=place, area=area, actor=actor), standing)
    if place and not area:
        states = standing.control(at, sorted(chosen.places or ()), known_by)
    else:
        states = standing.held(at, known_by)
        if chosen.places is not None:
            states = [state for state in states if state.place["id"] in chosen.places]
    found = [holding_json(state, standing) for state in states]
    if actor:
        found = [one for one in found if not chosen.actors.isdisjoint((one["holder"], *one["rivals"]))]
    return found


def holding_json(state: Holding, standing: Standing) -> dict[str, Any]:
    """A state as ``riwaya control --json`` prints it, with who contests it."""
    return state.to_json() | {"rivals": rivals_of(state)}


def compared(
    standing: Standing, one: tuple[date, datetime | None], other: tuple[date, datetime | None]
) -> list[dict[str, Any]]:
    """The places that stand otherwise on two days, or by two moments of knowledge."""
    before, after = (
        {state["place"]["id"]: state for state in held(standing, day, known)} for day, known in (one, other)
    )
    found = []
    for id in sorted({*before, *after}):
        was, now = short(before.get(id)), short(after.get(id))
        if changed(was) != changed(now):
            place = (after.get(id) or before[id])["place"]
            found.append({"place": place, "before": was, "after": now})
    return found


def short(state: dict[str, Any] | None) -> dict[str, Any] | None:
    """Who holds a place, in few words; nothing where nobody is known to."""
    if state is None or not (state["holder"] or state["contested"]):
        return None
    return {key: state[key] for key in ("holder", "contested", "support", "rivals")}


def changed(state: dict[str, Any] | None) -> Any:
    """What must differ for two states to be told apart."""
    return (state["holder"], state["contested"]) if state else None
