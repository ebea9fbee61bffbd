"""One page that needs nothing but itself: a map by day, and behind each place the words it rests on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import cos, radians
from pathlib import Path
from typing import Any

from riwaya.demo.areas import Area, areas_of
from riwaya.events.control import CONTESTS, Holding
from riwaya.ledger import Told
from riwaya.pipeline import labels

TEMPLATE = Path(__file__).with_name("page.html")
COUNTRY = "sy"
WIDTH = 1000.0
MARGIN = 24.0
PALETTE = 6  # colours the page has for bodies; the rest share the last

Point = tuple[float, float]


class Projection:
    """Degrees to the page: equirectangular at the middle latitude, good enough for one country."""

    def __init__(self, points: Iterable[Point]) -> None:
        lons, lats = zip(*points, strict=True)
        self.west, self.north = min(lons), max(lats)
        self.narrow = cos(radians((min(lats) + max(lats)) / 2))
        self.scale = (WIDTH - 2 * MARGIN) / ((max(lons) - self.west) * self.narrow)
        self.height = (self.north - min(lats)) * self.scale + 2 * MARGIN

    def __call__(self, point: Point) -> Point:
        """Where a longitude and latitude lie on the page."""
        lon, lat = point
        x = (lon - self.west) * self.narrow * self.scale + MARGIN
        return round(x, 1), round((self.north - lat) * self.scale + MARGIN, 1)


def write_page(
    path: Path,
    days: Mapping[date, Sequence[Holding]],
    claims: Mapping[str, Told],
    texts: Mapping[str, str],
    pack: Any,
) -> None:
    """Write the page."""
    data = json.dumps(page_data(days, claims, texts, pack), ensure_ascii=False, separators=(",", ":"))
    page = TEMPLATE.read_text("utf-8").replace("__DATA__", data.replace("</", "<\\/"))
    path.write_text(page, "utf-8")


def page_data(
    days: Mapping[date, Sequence[Holding]],
    claims: Mapping[str, Told],
    texts: Mapping[str, str],
    pack: Any,
) -> dict[str, Any]:
    """Everything the page shows, as plain data."""
    areas = areas_of(COUNTRY)
    shown = places_on_the_map(days)
    where = Projection(
        [point for area in areas for ring in area.rings for point in ring]
        or [(place["lon"], place["lat"]) for place in shown.values()]
    )
    actors = ranked_actors(days)
    cited = sorted({id for states in days.values() for state in states for id in state.claims})
    number = {id: n for n, id in enumerate(cited)}
    kinds = {row["id"]: row["ar"] for row in pack.language["types"]["types"]}
    return {
        "height": round(where.height, 1),
        "days": [day.isoformat() for day in days],
        "actors": [actor_data(id, rank, pack) for rank, id in enumerate(actors)],
        "areas": [area_data(area, where) for area in areas],
        "places": [place_data(id, place, days, actors, number, where) for id, place in shown.items()],
        "claims": [claim_data(claims[id], texts, kinds) for id in cited],
    }


def places_on_the_map(days: Mapping[date, Sequence[Holding]]) -> dict[str, Mapping[str, Any]]:
    """Every place of the country that has a state on some day and lies somewhere."""
    return {
        state.place["id"]: state.place
        for states in days.values()
        for state in states
        if state.place["lat"] is not None and state.place["id"].startswith(f"{COUNTRY}-")
    }


def ranked_actors(days: Mapping[date, Sequence[Holding]]) -> list[str]:
    """Everybody who has a standing anywhere, those with the most places first."""
    count = Counter(
        actor
        for states in days.values()
        for state in states
        for actor, share in state.standing.items()
        if share
    )
    return sorted(count, key=lambda actor: (-count[actor], actor))


def actor_data(id: str, rank: int, pack: Any) -> dict[str, Any]:
    """A body: its neutral names and its colour."""
    names = {language: labels(pack, language).get(id, id) for language in ("ar", "en")}
    return {"id": id, **names, "colour": min(rank, PALETTE - 1)}


def area_data(area: Area, where: Projection) -> dict[str, Any]:
    """A governorate as a path."""
    rings = (" ".join(f"{x},{y}" for x, y in map(where, ring)) for ring in area.rings)
    return {"id": area.id, "ar": area.name_ar, "d": "".join(f"M{ring}Z" for ring in rings)}


def place_data(
    id: str,
    place: Mapping[str, Any],
    days: Mapping[date, Sequence[Holding]],
    actors: Sequence[str],
    number: Mapping[str, int],
    where: Projection,
) -> dict[str, Any]:
    """A place: where it is drawn, and its state on each day."""
    states = [next((s for s in found if s.place["id"] == id), None) for found in days.values()]
    x, y = where((place["lon"], place["lat"]))
    about = {
        "id": id,
        "ar": place["label_ar"] or place["name"],
        "en": place["label_en"],
        "level": place["level"],
    }
    return about | {"x": x, "y": y, "states": [state_data(state, actors, number) for state in states]}


def state_data(
    state: Holding | None, actors: Sequence[str], number: Mapping[str, int]
) -> dict[str, Any] | None:
    """A place's state on one day."""
    if state is None:
        return None
    return {
        "holder": actors.index(state.holder) if state.holder else -1,
        "rivals": [actors.index(actor) for actor in rivals(state)],
        "support": round(state.support, 2),
        "since": state.since.isoformat() if state.since else "",
        "claims": [number[claim] for claim in state.claims],
    }


def rivals(state: Holding) -> list[str]:
    """Who contests a place: those who come near to holding it, two at least where anybody does."""
    if not state.contested:
        return []
    near = [actor for actor, share in state.standing.items() if share >= CONTESTS]
    return near if len(near) > 1 else list(state.standing)[:2]


def claim_data(told: Told, texts: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, Any]:
    """A claim as a card: what, when, on whose word, and its words with the parts they play."""
    claim = told.claim
    return {
        "day": told.day.isoformat() if told.day else "",
        "type": kinds.get(claim["type"], claim["type"]),
        "status": claim["status"],
        "hedged": claim["hedged"],
        "outlet": told.outlet,
        "title": told.title,
        "published": told.published or "",
        "chain": [link["name"] for link in claim["chain"]],
        "parts": parts(claim, texts[claim["report"]]),
    }


def parts(claim: Mapping[str, Any], text: str) -> list[tuple[str, str]]:
    """The claim's sentence cut into runs, each with the role it plays or none.

    The innermost role wins; the trigger shows through, for it may bear its actor as a pronoun.
    """
    start, end = claim["evidence"]["start"], claim["evidence"]["end"]
    roles = [""] * (end - start)
    for role, mention in sorted(spans(claim), key=lambda found: found[1]["start"] - found[1]["end"]):
        for at in range(max(mention["start"], start), min(mention["end"], end)):
            roles[at - start] = role
    trigger = claim["trigger"]
    for at in range(max(trigger["start"], start), min(trigger["end"], end)):
        roles[at - start] = f"{roles[at - start]} trigger".strip()
    runs: list[tuple[str, str]] = []
    for char, role in zip(text[start:end], roles, strict=True):
        if runs and runs[-1][1] == role:
            runs[-1] = (runs[-1][0] + char, role)
        else:
            runs.append((char, role))
    return runs


def spans(claim: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Every span of a claim with its role."""
    for role in ("actor", "target", "place", "toward", "chain"):
        for mention in claim[role]:
            yield role, mention
    for role in ("time", "quantity"):
        if claim[role]:
            yield role, claim[role]
