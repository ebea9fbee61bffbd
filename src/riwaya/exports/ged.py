"""A table in the shape of UCDP's Georeferenced Event Dataset: armed violence between two sides, or by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from riwaya.exports.acled import CIVILIANS, INTER, STATE, VIOLENT, geo_precision, number
from riwaya.exports.names import Names
from riwaya.exports.rows import Asked, Happening, happenings
from riwaya.exports.tables import joined, write_csv

COLUMNS = (
    "id year active_year type_of_violence conflict_new_id conflict_name dyad_new_id dyad_name "
    "side_a_new_id side_a side_b_new_id side_b number_of_sources source_article source_office source_date "
    "source_headline source_original where_prec where_coordinates where_description adm_1 adm_2 latitude "
    "longitude country region event_clarity date_prec date_start date_end deaths_a deaths_b "
    "deaths_civilians deaths_unknown best high low"
).split()

STATE_BASED, NON_STATE, ONE_SIDED = 1, 2, 3
NOBODY = "Unknown"


def write(asked: Asked, out: BinaryIO) -> int:
    """One row per violent happening and place."""
    return write_csv(rows(asked), COLUMNS, out, bom=asked.bom)


def rows(asked: Asked) -> Iterator[dict[str, Any]]:
    """What other tables would call armed violence; the rest has no row here."""
    for one in happenings(asked):
        event, _ = asked.names.acled(one.type, one.actor[0] if one.actor else None, one.words)
        if event in VIOLENT:
            yield {
                **sides(one, asked.names),
                **sources(one),
                **where(one, asked.names),
                **time(one),
                **deaths(one, asked.names),
            }


def sides(one: Happening, names: Names) -> dict[str, Any]:
    """Who fights whom: a dyad of two names, and a conflict named like it."""
    a, b = side(one.actor, names), side(one.target, names)
    dyad = f"{a} - {b}"
    country = names.country(one.place).name
    violence = kind_of_violence(one, names)
    conflict = f"{country}: {dyad}" if violence == STATE_BASED and country else dyad
    return {
        "id": number(one.id),
        "year": one.first.year if one.first else None,
        "active_year": None,
        "type_of_violence": violence,
        "conflict_new_id": number(conflict),
        "conflict_name": conflict,
        "dyad_new_id": number(dyad),
        "dyad_name": dyad,
        "side_a_new_id": number(a),
        "side_a": a,
        "side_b_new_id": number(b),
        "side_b": b,
    }


def side(mentions: tuple[Mapping[str, Any], ...], names: Names) -> str:
    """The neutral names of a side."""
    return joined(names.label(mention) for mention in mentions) or NOBODY


def kind_of_violence(one: Happening, names: Names) -> int:
    """State-based where a state is on a side, one-sided where civilians are the target, else non-state."""
    kinds = [[INTER.get(names.kinds.get(m["id"], "")) for m in side] for side in (one.actor, one.target)]
    if CIVILIANS in kinds[1]:
        return ONE_SIDED
    return STATE_BASED if STATE in kinds[0] or STATE in kinds[1] else NON_STATE


def sources(one: Happening) -> dict[str, Any]:
    """The reports, and at the end of each chain the one who claims to know."""
    said = one.said
    return {
        "number_of_sources": len({told.claim["report"] for told in said}),
        "source_article": joined(
            ", ".join(part for part in (told.outlet, told.published or "", told.title) if part)
            for told in said
        ),
        "source_office": joined(told.outlet for told in said),
        "source_date": joined((told.published or "")[:10] for told in said),
        "source_headline": joined(told.title for told in said),
        "source_original": joined(one.origins),
    }


def where(one: Happening, names: Names) -> dict[str, Any]:
    """The place; precision 1 is the exact place, 2 near it, 4 a first-level area, 6 a country."""
    level = one.place.get("level", "")
    wide = {"country": 6, "governorate": 4, "region": 4}
    country = names.country(one.place)
    return {
        "where_prec": wide.get(level) or geo_precision(one),
        "where_coordinates": names.label(one.place) if one.place else "",
        "where_description": one.place.get("name", ""),
        "adm_1": names.admin1(one.place),
        "latitude": one.place.get("lat"),
        "longitude": one.place.get("lon"),
        "country": country.name,
        "region": country.ucdp_region,
    }


def time(one: Happening) -> dict[str, Any]:
    """First and last day; precision 1 is a day, 2 up to six days, 3 a week, 4 a month, 5 more."""
    if one.first is None or one.last is None:
        return {"event_clarity": 2, "date_prec": 5}
    width = (one.last - one.first).days
    precise = 1 if not width and one.dated else 2 if width < 6 else 3 if width < 7 else 4 if width < 31 else 5
    return {
        "event_clarity": 1 if one.dated else 2,
        "date_prec": precise,
        "date_start": one.first,
        "date_end": one.last,
    }


def deaths(one: Happening, names: Names) -> dict[str, Any]:
    """The dead, on civilians' side where civilians are the target, else unknown whose."""
    low, best, high = (number or 0 for number in one.deaths)
    civilians = kind_of_violence(one, names) == ONE_SIDED
    return {
        "deaths_a": 0,
        "deaths_b": 0,
        "deaths_civilians": best if civilians else 0,
        "deaths_unknown": 0 if civilians else best,
        "best": best,
        "high": high,
        "low": low,
    }
