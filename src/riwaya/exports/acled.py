"""A table in the shape of ACLED's: its 31 columns in their order and vocabulary, then ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from riwaya.exports.names import Names
from riwaya.exports.rows import Asked, Happening, happenings
from riwaya.exports.tables import joined, write_csv

ACLED = (
    "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 "
    "assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country "
    "admin1 admin2 admin3 location latitude longitude geo_precision source source_scale notes fatalities "
    "tags timestamp"
).split()
OURS = (
    "riwaya_event_id riwaya_claim_ids riwaya_fatalities_low riwaya_fatalities_high riwaya_origins "
    "riwaya_support riwaya_dispute riwaya_review"
).split()
COLUMNS = (*ACLED, *OURS)

HXL = {
    "event_id_cnty": "#event+id",
    "event_date": "#date+occurred",
    "year": "#date+year",
    "event_type": "#event+type",
    "actor1": "#group+name+first",
    "actor2": "#group+name+second",
    "country": "#country+name",
    "admin1": "#adm1+name",
    "admin2": "#adm2+name",
    "location": "#loc+name",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
    "source": "#meta+source",
    "notes": "#description",
    "fatalities": "#affected+killed",
}

POLITICAL, DEMONSTRATIONS = "Political violence", "Demonstrations"
DISORDER = {
    "Battles": POLITICAL,
    "Explosions/Remote violence": POLITICAL,
    "Violence against civilians": POLITICAL,
    "Protests": DEMONSTRATIONS,
    "Riots": DEMONSTRATIONS,
    "Strategic developments": "Strategic developments",
}
DISORDER_OF_SUB = {
    "Excessive force against protesters": f"{POLITICAL}; {DEMONSTRATIONS}",
    "Mob violence": POLITICAL,
}
VIOLENT = ("Battles", "Explosions/Remote violence", "Violence against civilians")

# ACLED's numbers for kinds of actors.
STATE, REBELS, MILITIA, COMMUNAL, RIOTERS, PROTESTERS, CIVILIANS, EXTERNAL = range(1, 9)
INTER = {
    "state": STATE,
    "armed-group": REBELS,
    "coalition": REBELS,
    "umbrella": REBELS,
    "party": MILITIA,
    "community": COMMUNAL,
    "people": CIVILIANS,
    "body": CIVILIANS,
}
EXACT = frozenset({"place", "neighbourhood", "facility", "base", "crossing"})
WIDE = frozenset({"governorate", "region", "country"})


def write(asked: Asked, out: BinaryIO) -> int:
    """One row per happening and place."""
    return write_csv(rows(asked), COLUMNS, out, hxl=HXL if asked.hxl else None, bom=asked.bom)


def rows(asked: Asked) -> Iterator[dict[str, Any]]:
    """What has a name in ACLED; a mere figure or a standing state has none."""
    for one in happenings(asked):
        event, sub = asked.names.acled(one.type, one.actor[0] if one.actor else None, one.words)
        if event:
            yield {
                **kind(event, sub, one, asked.names),
                **time(one),
                **where(one, asked.names),
                **who(one, event, asked.names),
                **said(one, asked.names),
                **ours(one),
            }


def kind(event: str, sub: str, one: Happening, names: Names) -> dict[str, Any]:
    """What sort of event."""
    country = names.country(one.place)
    return {
        "event_id_cnty": f"{country.alpha3}{number(one.id)}",
        "disorder_type": DISORDER_OF_SUB.get(sub) or DISORDER.get(event, ""),
        "event_type": event,
        "sub_event_type": sub,
        "tags": joined((one.type, one.status if one.status != "happened" else "", one.extent)),
    }


def number(id: str) -> int:
    """A number that stands for an id, always the same."""
    return int(hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:10], 16)


def time(one: Happening) -> dict[str, Any]:
    """The first day, and how sure it is."""
    return {
        "event_date": one.first,
        "year": one.first.year if one.first else None,
        "time_precision": time_precision(one),
        "timestamp": max(int(seconds(told.known)) for told in one.said),
    }


def time_precision(one: Happening) -> int:
    """1 for a day that the words name, 2 within a week or by the day of publication, 3 wider."""
    if one.first is None or one.last is None:
        return 3
    width = (one.last - one.first).days
    return 1 if one.dated and width == 0 else 2 if width < 7 else 3


def seconds(moment: datetime) -> float:
    """Unix seconds of a moment by the clock on the wall."""
    return (moment - datetime(1970, 1, 1)).total_seconds()


def where(one: Happening, names: Names) -> dict[str, Any]:
    """The place and what it lies in."""
    country = names.country(one.place)
    return {
        "iso": country.iso,
        "region": country.region,
        "country": country.name,
        "admin1": names.admin1(one.place),
        "location": names.label(one.place) if one.place else "",
        "latitude": one.place.get("lat"),
        "longitude": one.place.get("lon"),
        "geo_precision": geo_precision(one),
    }


def geo_precision(one: Happening) -> int:
    """1 for a town or smaller, 2 for its part, surroundings or a road, 3 for a whole area or nowhere."""
    level = one.place.get("level", "")
    if not one.place or one.place.get("lat") is None or level in WIDE:
        return 3
    return 1 if level in EXACT and one.extent not in ("part", "surroundings") else 2


def who(one: Happening, event: str, names: Names) -> dict[str, Any]:
    """The two sides, their kinds, and whether civilians are the target."""
    first, second = inter(one.actor, one, names), inter(one.target, one, names)
    civilians = event in VIOLENT and second in (CIVILIANS, PROTESTERS)
    return {
        "actor1": names.label(one.actor[0]) if one.actor else "",
        "assoc_actor_1": joined(names.label(actor) for actor in one.actor[1:]),
        "inter1": first,
        "actor2": names.label(one.target[0]) if one.target else "",
        "assoc_actor_2": joined(names.label(target) for target in one.target[1:]),
        "inter2": second,
        "interaction": interaction(first, second),
        "civilian_targeting": "Civilian targeting" if civilians else "",
    }


def inter(side: tuple[Mapping[str, Any], ...], one: Happening, names: Names) -> int | None:
    """ACLED's number for the kind of the first of a side; a state abroad is external."""
    if not side:
        return None
    id = side[0]["id"]
    found = INTER.get(names.kinds.get(id, ""))
    home = names.homes.get(id, "")
    here = names.country(one.place).alpha2
    if found == STATE and home and here and home != here:
        return EXTERNAL
    return PROTESTERS if found == CIVILIANS and one.type == "protest" else found


def interaction(first: int | None, second: int | None) -> int | None:
    """Both numbers, the smaller first; one side alone counts against nobody."""
    known = sorted(number for number in (first, second) if number)
    if not known:
        return None
    return known[0] * 10 + (known[1] if len(known) > 1 else 0)


def said(one: Happening, names: Names) -> dict[str, Any]:
    """On whose word, and in which words."""
    return {
        "source": joined(told.outlet for told in one.said),
        "source_scale": joined(scale(told.outlet, one, names) for told in one.said),
        "notes": joined(told.claim["evidence"]["text"] for told in one.said),
        "fatalities": one.deaths[1] or 0,
    }


def scale(outlet: str, one: Happening, names: Names) -> str:
    """National where the outlet is of the country, International where it is of another."""
    home = names.homes.get(names.outlets.get(outlet, ""), "")
    here = names.country(one.place).alpha2
    return "" if not home or not here else "National" if home == here else "International"


def ours(one: Happening) -> dict[str, Any]:
    """What ACLED has no column for."""
    return {
        "riwaya_event_id": one.id,
        "riwaya_claim_ids": joined(told.claim["id"] for told in one.said),
        "riwaya_fatalities_low": one.deaths[0],
        "riwaya_fatalities_high": one.deaths[2],
        "riwaya_origins": joined(one.origins),
        "riwaya_support": one.support,
        "riwaya_dispute": one.dispute,
        "riwaya_review": one.review,
    }
