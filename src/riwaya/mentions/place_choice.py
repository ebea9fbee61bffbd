"""Which place: one choice for every name of a report, made together.

A name shared by several places is settled by what the text itself says (a larger place, a country's
adjective, the noun before the name), by the countries the report is about, and by its other places.  Every
choice keeps its score, its rivals and a sentence on what settled it; where two remain close, none is taken.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from riwaya.mentions.place_index import EXACT, HEADED, LOOSE, SHORT, PlaceFacts, PlaceIndex
from riwaya.mentions.places import PlaceHit
from riwaya.packs.places_csv import SAME_PLACE_KM, kilometres

# Parts of a score. They were set by hand on the examples of tests/mentions and are close to
# "one clear reason beats any number of weak ones".
PARENT, WRONG_PARENT = 4.0, -1.5
ADJECTIVE = 4.0
HEAD, WRONG_HEAD = 2.5, -4.0
COUNTRY = 2.0
NEAR, SAME_LIST = 1.5, 1.0
LOOSER, SAME_NOUN = -1.5, 2.5
TENFOLD, SEAT, CURATED, VENUE, OBSCURE = 0.5, 0.3, 0.7, 1.5, -1.0
LEVELS = {"country": 0.6, "place": 0.4, "neighbourhood": 0.1, "region": 0.2}
# Two candidates nearer than this are not told apart; an anchor must lead by more.
MARGIN, ANCHOR_MARGIN = 0.6, 1.0
# Places this near one another are reported together; strict words need an anchor within the second distance.
NEAR_KM, SUPPORT_KM = 50.0, 60.0
# A country that carries this share of the report's weight is what the report is about.
LEADING, PRESENT = 0.5, 0.1
SMALL = 50_000
LIST_REACH = 10
CROSSING_KM = 15.0
_Near = dict[tuple[int, int], list[tuple[PlaceFacts, set[str]]]]
_Evidence = dict[tuple[tuple[str, int], ...], dict[str, float]]
SETTLEMENTS = ("place", "neighbourhood")
# Names of these are too general to carry a report to their country by themselves: القيادة العامة.
FAR_KM = 25.0  # a quarter lies within this of its town
WITHIN_TOWNS = ("neighbourhood", "facility", "base", "road")


class _Scored(NamedTuple):
    place: PlaceFacts
    tier: int
    score: float
    reasons: tuple[str, ...]


@dataclass(slots=True)
class _Report:
    """What all choices of one report share."""

    index: PlaceIndex
    weights: Mapping[str, float]
    given: Mapping[str, float]
    evidence: _Evidence
    total: Mapping[str, float]
    hits: Sequence[PlaceHit]
    anchors: dict[int, PlaceFacts] = field(default_factory=dict)
    near: _Near = field(default_factory=dict)
    scores: dict[int, list[_Scored]] = field(default_factory=dict)
    by_token: dict[int, PlaceHit] = field(default_factory=dict)
    groups: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


def country_weights(hits: Iterable[PlaceHit], index: PlaceIndex) -> dict[str, float]:
    """How much of a report's unmistakable places each country has; the first country has 1.0."""
    return _shares(_sum(_evidence(hits, index).values()))


def _evidence(hits: Iterable[PlaceHit], index: PlaceIndex) -> _Evidence:
    """For each name found, how much it speaks for which country."""
    found: _Evidence = defaultdict(lambda: defaultdict(float))
    for hit in hits:
        if hit.common:
            continue
        countries = {index.places[c].country for c, tier in hit.cands if tier == EXACT}
        if hit.country:
            found[hit.cands][hit.country] += 1.0
        elif len(countries) == 1:
            found[hit.cands][countries.pop()] += 1.0 if index.well_known(hit.cands) else 0.5
    return found


def _sum(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for part in parts:
        for country, n in part.items():
            total[country] += n
    total.pop("", None)
    return total


def _shares(counts: Mapping[str, float]) -> dict[str, float]:
    most = max(counts.values(), default=0.0)
    return {country: n / most for country, n in counts.items() if n > 0} if most > 0 else {}


def resolve(
    hits: Sequence[PlaceHit], index: PlaceIndex, weights: Mapping[str, float] | None = None
) -> list[PlaceHit]:
    """The hits of a whole report with their places chosen, those that are no places left out.

    ``weights`` says how much the report is about each country (ISO code -> any positive number), from its
    actors, its outlet, its adjectives; the places found are added to it.
    """
    evidence = _evidence(hits, index)
    total = _sum(evidence.values())
    own = _shares(total)
    given = _shares(weights or {})
    both = {c: given.get(c, 0.0) + own.get(c, 0.0) for c in given.keys() | own.keys()}
    report = _Report(index, _shares(both), given, evidence, total, hits, by_token={h.i: h for h in hits})
    for n, hit in enumerate(hits):
        report.groups[hit.group].append(n)
    for _ in range(2):  # the second round sees the places that the first was sure of
        report.anchors = _anchors(report)
        report.near = _near(report)
        report.scores = {}
    return [_decided(report, n, hit) for n, hit in enumerate(hits) if _is_place(report, n, hit)]


def _anchors(report: _Report) -> dict[int, PlaceFacts]:
    found: dict[int, PlaceFacts] = {}
    for n, hit in enumerate(report.hits):
        if hit.common in ("strict", "lexicon"):
            continue
        scored = _scored(report, n, hit)
        clear = scored and (len(scored) == 1 or scored[0].score - scored[1].score >= ANCHOR_MARGIN)
        if clear and scored[0].place.level not in ("country", "border", "region"):
            found[n] = scored[0].place
    return found


def _near(report: _Report) -> _Near:
    """The anchors once each, with the names they go by in the report, by degrees."""
    names: dict[str, set[str]] = defaultdict(set)
    for n, place in report.anchors.items():
        names[place.id].add(report.hits[n].name)
    cells: _Near = defaultdict(list)
    for ident, some in names.items():
        place = report.index.places[ident]
        cells[_cell(place)].append((place, some))
    return cells


def _cell(place: PlaceFacts) -> tuple[int, int]:
    return math.floor(place.lat), math.floor(place.lon)


def _around(report: _Report, place: PlaceFacts) -> Iterator[tuple[PlaceFacts, set[str]]]:
    """Anchors within a hundred kilometres, and some a little farther."""
    lat, lon = _cell(place)
    for row in (lat - 1, lat, lat + 1):
        for column in (lon - 1, lon, lon + 1):
            yield from report.near.get((row, column), ())


def _companions(report: _Report, n: int, hit: PlaceHit) -> list[int]:
    """The next members of the same list, before and after."""
    members = report.groups[hit.group]
    at = bisect_left(members, n)
    return [m for m in members[max(0, at - LIST_REACH) : at + LIST_REACH] if m != n]


def _scored(report: _Report, n: int, hit: PlaceHit) -> list[_Scored]:
    """All candidates that may stand here, best first."""
    if n not in report.scores:
        report.scores[n] = _ranked(report, n, hit)
    return report.scores[n]


def _ranked(report: _Report, n: int, hit: PlaceHit) -> list[_Scored]:
    scored = [_score(report, n, hit, report.index.places[c], tier) for c, tier in hit.cands]
    scored = [s for s in scored if s.tier != SHORT or report.weights.get(s.place.country, 0.0) >= LEADING]
    best: dict[str, _Scored] = {}
    for one in scored:
        if one.place.id not in best or one.score > best[one.place.id].score:
            best[one.place.id] = one
    return sorted(best.values(), key=lambda s: (-s.score, s.place.id))


def _score(report: _Report, n: int, hit: PlaceHit, place: PlaceFacts, tier: int) -> _Scored:
    parts = [
        _by_name(place, tier),
        _by_country(report, hit, place),
        _by_head(hit, place),
        _by_parent(report, hit, place),
        _by_neighbours(report, n, hit, place),
    ]
    return _Scored(place, tier, sum(p for p, _ in parts), tuple(why for _, why in parts if why))


def _by_name(place: PlaceFacts, tier: int) -> tuple[float, str]:
    score = LEVELS.get(place.level, 0.0) + {LOOSE: LOOSER, HEADED: SAME_NOUN}.get(tier, 0.0)
    score += TENFOLD * math.log10(max(place.population, 1000) / 1000)
    score += SEAT * place.seat + CURATED * place.curated + VENUE * place.venue
    if place.level in SETTLEMENTS and not (place.population or place.seat or place.curated or place.venue):
        score += OBSCURE
    return score, "loose spelling" if tier == LOOSE else ""


def _by_country(report: _Report, hit: PlaceHit, place: PlaceFacts) -> tuple[float, str]:
    if hit.country and not place.between:
        same = hit.country == place.country
        return (ADJECTIVE, f"called {place.country} in the text") if same else (0.0, "")
    if place.between:
        weight = sum(report.weights.get(c, 0.0) for c in place.between) / len(place.between)
    else:
        weight = report.weights.get(place.country, 0.0)
    return COUNTRY * weight, f"the report is about {place.country}" if weight >= LEADING else ""


def _by_head(hit: PlaceHit, place: PlaceFacts) -> tuple[float, str]:
    if not hit.number:
        return 0.0, ""
    if hit.seat:
        return (HEAD if place.level == "place" else WRONG_HEAD), f"seat of the {hit.head}"
    if hit.level == "governorate":
        fits = place.level == "governorate"
    elif hit.level == "region":
        fits = place.level in ("region", "governorate")
        if hit.town and place.level in SETTLEMENTS:
            return 0.5, ""
    elif hit.level in SETTLEMENTS:
        fits = place.level in SETTLEMENTS
    else:
        fits = place.level == hit.level or (hit.town and place.level in SETTLEMENTS)
        fits = fits or {place.level, hit.level} <= {"facility", "base", "crossing"}
    return (HEAD, f"a {place.level} by its noun {hit.head}") if fits else (WRONG_HEAD, "")


def _by_parent(report: _Report, hit: PlaceHit, place: PlaceFacts) -> tuple[float, str]:
    """The larger place that the text names holds this one, or lies close to it."""
    parent = report.by_token.get(hit.parent)
    if parent is None or place.level == "country" or (parent.common and not parent.number):
        return 0.0, ""
    best = WRONG_PARENT
    for candidate, _ in parent.cands:
        larger = report.index.places[candidate]
        if candidate in (place.admin1, place.parent) or (
            larger.level in ("country", "region") and larger.country == place.country != ""
        ):
            return PARENT, f"in {larger.name_en}, as the text says"
        if larger.seat and larger.admin1 == place.admin1:
            return PARENT, f"in the area of {larger.name_en}, as the text says"
        if larger.level in SETTLEMENTS and larger.id != place.id:
            away = kilometres(place.lat, place.lon, larger.lat, larger.lon)
            best = max(best, PARENT * math.exp(-away / NEAR_KM) + WRONG_PARENT / 2)
    return best, "near the place it is told by" if best > 1 else ""


def _by_neighbours(report: _Report, n: int, hit: PlaceHit, place: PlaceFacts) -> tuple[float, str]:
    if len(hit.cands) == 1 or place.level in ("country", "region", "border"):
        return 0.0, ""
    nearest, closest = math.inf, None
    for other, names in _around(report, place):
        if other.id != place.id and names != {hit.name}:
            away = kilometres(place.lat, place.lon, other.lat, other.lon)
            if away < nearest:
                nearest, closest = away, other
    score = NEAR * math.exp(-nearest / NEAR_KM)
    listed = [report.anchors[m] for m in _companions(report, n, hit) if m in report.anchors]
    if any(other.country == place.country for other in listed):
        score += SAME_LIST
    told = f"{nearest:.0f} km from {closest.name_en}" if closest and nearest < SUPPORT_KM else ""
    return score, told


def _is_place(report: _Report, n: int, hit: PlaceHit) -> bool:
    """Whether a hit is a place at all, and not the ordinary word of that spelling or a far village."""
    if not hit.cands:
        return True
    scored = _scored(report, n, hit)
    if not scored:
        return False
    best = scored[0].place
    if hit.common in ("strict", "lexicon") and (
        _by_head(hit, best)[0] <= WRONG_HEAD or _out_of_place(report, hit, best)
    ):
        return False
    adjective = hit.country == best.country != "" and hit.common in ("", "some")
    if hit.number or adjective or (hit.parent >= 0 and _by_parent(report, hit, best)[0] > 0):
        return True
    if hit.common and not _supported(report, n, hit, best):
        return False
    if scored[0].tier == LOOSE:
        stands = (
            (hit.preposition and not hit.clitic) or hit.j - hit.i > 1 or len(report.groups[hit.group]) > 1
        )
        return stands and bool(report.weights) and _elsewhere(report, hit, best.country)
    if best.level in WITHIN_TOWNS and not hit.head:
        return _elsewhere(report, hit, best.country)
    if _is_small(best) and hit.j - hit.i == 1:
        return (best.curated and hit.preposition) or _elsewhere(report, hit, best.country)
    return True


def _out_of_place(report: _Report, hit: PlaceHit, best: PlaceFacts) -> bool:
    """Whether a small place lies in a country that nothing else in the report is about."""
    small = best.level in WITHIN_TOWNS or _is_small(best)
    return small and bool(report.weights) and not _elsewhere(report, hit, best.country)


def _elsewhere(report: _Report, hit: PlaceHit, country: str) -> bool:
    """Whether anything but this name makes the report one about that country."""
    if report.given.get(country, 0.0) >= PRESENT:
        return True
    own = report.evidence.get(hit.cands, {})
    others = _shares({c: n - own.get(c, 0.0) for c, n in report.total.items()})
    return others.get(country, 0.0) >= PRESENT or (not others and not report.given and hit.preposition)


def _is_small(place: PlaceFacts) -> bool:
    return place.level in SETTLEMENTS and place.population < SMALL and not place.seat


def _supported(report: _Report, n: int, hit: PlaceHit, best: PlaceFacts) -> bool:
    """Whether the text treats an ambiguous word as a place."""
    if _reads_as_place(report, n, hit, best):
        return True
    return any(_listed_with(report, m, best) for m in _companions(report, n, hit))


def _reads_as_place(report: _Report, n: int, hit: PlaceHit, best: PlaceFacts) -> bool:
    """Whether an ambiguous word is a place by what stands around it, lists aside."""
    weight = report.weights.get(best.country, 0.0)
    if hit.common == "some":
        known = weight >= PRESENT or best.level == "country"
        return weight >= LEADING or (known and hit.preposition)
    if not hit.preposition or not (hit.alone or hit.common == "lexicon"):
        return False
    if report.index.well_known(hit.cands) or best.curated:
        return weight >= LEADING
    anchors = (other for other, _ in _around(report, best) if other.id != best.id)
    return any(kilometres(best.lat, best.lon, a.lat, a.lon) <= SUPPORT_KM for a in anchors)


def _listed_with(report: _Report, m: int, best: PlaceFacts) -> bool:
    """Whether a name in the same list is surely a place of the same country."""
    other = report.hits[m]
    scored = _scored(report, m, other)
    if not scored or (
        other.common and not other.number and not _reads_as_place(report, m, other, scored[0].place)
    ):
        return False
    places = [report.index.places[c] for c, _ in other.cands]
    abroad = best.venue or best.level == "country"
    return any(p.country == best.country or (abroad and (p.venue or p.level == "country")) for p in places)


def _decided(report: _Report, n: int, hit: PlaceHit) -> PlaceHit:
    if not hit.cands:
        town = _told_town(report, hit) if hit.level in WITHIN_TOWNS else None
        if town is not None:
            why = f"a name no list has; put where {town.name_en} lies"
            return hit._replace(reason=why, near=town.id)
        return hit._replace(reason="a name no list has", level=hit.level or "place")
    scored = _scored(report, n, hit)
    best, others = scored[0], scored[1:]
    if hit.seat and best.place.level == "governorate":
        seat = report.index.seat_of(best.place.id)
        best = best._replace(place=seat) if seat else best
    shares = _softmax([s.score for s in scored])
    rivals = tuple((s.place.id, round(p, 2)) for s, p in zip(others[:3], shares[1:4], strict=False))
    why = _why_open(report, hit, best, others)
    if why:
        named = ((best.place.id, round(shares[0], 2)), *rivals)
        near = ""
        town = _told_town(report, hit)
        if town is not None and (hit.level or best.place.level) in WITHIN_TOWNS:
            near, why = town.id, f"{why}; put where {town.name_en} lies"
        elif hit.level == "facility" and best.place.level in SETTLEMENTS:
            near, why = best.place.id, f"{why}; put where {best.place.name_en} lies"
        return hit._replace(
            chosen="", near=near, rivals=named, reason=why, level=hit.level or best.place.level
        )
    told = "; ".join(best.reasons) or ("the only place of that name" if not others else "the best-known one")
    return hit._replace(
        chosen=best.place.id,
        score=round(shares[0], 2),
        rivals=rivals,
        reason=told,
        level=best.place.level,
    )


def _told_town(report: _Report, hit: PlaceHit) -> PlaceFacts | None:
    """The town that the text itself says a part of one lies in: حي القصور بمدينة بانياس."""
    n = next((k for k, h in enumerate(report.hits) if h.i == hit.parent), -1)
    if n >= 0 and any(kind == "direction" for _, kind in report.hits[n].parts):
        return None  # شمالي الخرطوم بحري: near it, not in it
    scored = _scored(report, n, report.hits[n]) if n >= 0 else []
    return scored[0].place if scored and scored[0].place.level in SETTLEMENTS else None


def _why_open(report: _Report, hit: PlaceHit, best: _Scored, others: Sequence[_Scored]) -> str:
    """Why no candidate is taken, or "" where the best one is."""
    if hit.number and not hit.seat and _by_head(hit, best.place)[0] <= WRONG_HEAD:
        return f"no {hit.level} of that name is known"
    if hit.number and _out_of_place(report, hit, best.place):
        return f"only {best.place.id} is known, and nothing else is there"
    town = _told_town(report, hit)
    if town is not None and best.place.level in WITHIN_TOWNS and town.id != best.place.id:
        if kilometres(best.place.lat, best.place.lon, town.lat, town.lon) > FAR_KM:
            return f"only {best.place.id} is known, and the text says it lies in {town.name_en}"
    rival = next((o for o in others if _differs(o.place, best.place)), None)
    if rival and best.score - rival.score < MARGIN:
        return f"could be {best.place.id} or {rival.place.id}"
    return ""


def _differs(a: PlaceFacts, b: PlaceFacts) -> bool:
    """Whether it matters which of two is meant; the two posts of one border crossing do not."""
    apart = CROSSING_KM if a.level == b.level == "crossing" else SAME_PLACE_KM
    return a.level != b.level or kilometres(a.lat, a.lon, b.lat, b.lon) > apart


def _softmax(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    grown = [math.exp(s - top) for s in scores]
    return [g / sum(grown) for g in grown]
