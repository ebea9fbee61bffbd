"""Events and control as map features: the properties that GeoJSON, GeoPackage and KML share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from riwaya.exports.acled import geo_precision, time_precision
from riwaya.exports.names import Names
from riwaya.exports.rows import Asked, Happening, Hold, happenings, holds
from riwaya.exports.tables import joined

TEXT, DAY, WHOLE, SHARE, YES = str, date, int, float, bool

# The columns of each layer and what is in them.
EVENT_FIELDS: Mapping[str, type] = {
    "id": TEXT,
    "type": TEXT,
    "acled_type": TEXT,
    "acled_sub_type": TEXT,
    "name_ar": TEXT,
    "name_en": TEXT,
    "date_start": DAY,
    "date_end": DAY,
    "time_precision": WHOLE,
    "geo_precision": WHOLE,
    "actor": TEXT,
    "target": TEXT,
    "fatalities_low": WHOLE,
    "fatalities_best": WHOLE,
    "fatalities_high": WHOLE,
    "claims": TEXT,
    "origins": TEXT,
    "support": SHARE,
    "status": TEXT,
    "review": TEXT,
    "source_urls": TEXT,
}
CONTROL_FIELDS: Mapping[str, type] = {
    "id": TEXT,
    "place_id": TEXT,
    "name_ar": TEXT,
    "name_en": TEXT,
    "holder": TEXT,
    "contested": YES,
    "valid_from": DAY,
    "valid_to": DAY,
    "known_by": DAY,
    "support": SHARE,
    "event_ids": TEXT,
    "claim_ids": TEXT,
    "method": TEXT,
}


@dataclass(frozen=True, slots=True)
class Feature:
    """A point, or None where no coordinates are known, and what is said of it."""

    point: tuple[float, float] | None
    properties: Mapping[str, Any]


def events(asked: Asked) -> Iterator[Feature]:
    """What is said to have happened, a feature per place."""
    for one in happenings(asked):
        yield Feature(point(one.place), event(one, asked.names))


def control(asked: Asked) -> Iterator[Feature]:
    """Who holds which place."""
    for hold in holds(asked):
        yield Feature(point(hold.place), holding(hold, asked.names))


# A layer's fields and its features, by its name.
LAYERS = {"events": (EVENT_FIELDS, events), "control": (CONTROL_FIELDS, control)}


def point(place: Mapping[str, Any]) -> tuple[float, float] | None:
    """Longitude and latitude."""
    if place.get("lat") is None or place.get("lon") is None:
        return None
    return float(place["lon"]), float(place["lat"])


def event(one: Happening, names: Names) -> dict[str, Any]:
    """The properties of a happening."""
    acled, sub = names.acled(one.type, one.actor[0] if one.actor else None, one.words)
    low, best, high = one.deaths
    return {
        "id": one.id,
        "type": one.type,
        "acled_type": acled,
        "acled_sub_type": sub,
        "name_ar": names.label(one.place, "ar") if one.place else "",
        "name_en": names.label(one.place) if one.place else "",
        "date_start": one.first,
        "date_end": one.last,
        "time_precision": time_precision(one),
        "geo_precision": geo_precision(one),
        "actor": joined(names.label(actor) for actor in one.actor),
        "target": joined(names.label(target) for target in one.target),
        "fatalities_low": low,
        "fatalities_best": best,
        "fatalities_high": high,
        "claims": joined(told.claim["id"] for told in one.said),
        "origins": joined(one.origins),
        "support": one.support,
        "status": one.status,
        "review": one.review,
        "source_urls": joined(told.url for told in one.said),
    }


def holding(hold: Hold, names: Names) -> dict[str, Any]:
    """The properties of a place's state; the interval is half-open, [from, to)."""
    return {
        "id": hold.id,
        "place_id": hold.place["id"],
        "name_ar": names.label(hold.place, "ar"),
        "name_en": names.label(hold.place),
        "holder": names.labels.get(hold.holder, ("", hold.holder))[1],
        "contested": hold.contested,
        "valid_from": hold.since,
        "valid_to": hold.until,
        "known_by": hold.known_by,
        "support": hold.support,
        "event_ids": joined(hold.events),
        "claim_ids": joined(hold.claims),
        "method": hold.method,
    }
