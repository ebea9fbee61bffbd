"""Every name of every place, by its first word.

Names come in three tiers: as written (also joined or split: كفرنبل, كفر نبل), loose (an article more or
less, a weak ending), and those that hold only where their theatre is what the text is about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from riwaya.packs.phrases import PhraseIndex, unclitic, words_of
from riwaya.packs.place_words import Head, PlaceWords
from riwaya.packs.places_csv import PlaceRow, kilometres, merge_places

EXACT, LOOSE, SHORT, HEADED = range(4)
# Shorter loose spellings are too often some other word.
LOOSE_LETTERS = 4
LOOSE_WORDS = 3
ARABIC = re.compile("[\u0621-\u064a]")
# A town of this size is known to every reader; an ordinary word of the same spelling does not hide it.
WELL_KNOWN = 30_000
# How far the next known town may be to lend a place its governorate.
ADMIN_KM = 40.0


class PlaceFacts(NamedTuple):
    """What resolving needs to know of a place; plain values only, so that an index can be stored.

    ``curated`` rows were written by hand, ``seat`` is where a governorate is run from, ``venue`` a city of
    the wider world that news names wherever the war is, ``between`` the countries a border parts.
    """

    id: str
    name_ar: str
    name_en: str
    lat: float
    lon: float
    level: str
    country: str
    admin1: str
    population: int
    parent: str
    curated: bool
    seat: bool
    venue: bool
    between: tuple[str, ...] = ()


class PlaceNames(PhraseIndex[tuple[str, int]]):
    """A phrase index that also takes a clitic off a first word of two letters: وأم درمان."""

    def starts(self, form: str) -> tuple[str, ...]:
        """The readings of a word that begin some name."""
        if len(form) == 3 and form[0] in "وفبلك" and form not in self._starts and form[1:] in self._first:
            self._starts[form] = (*super().starts(form), form[1:])
        return super().starts(form)


class PlaceIndex:
    """Places by id, and their names as phrases whose payload is ``(id, tier)``."""

    def __init__(self, places: dict[str, PlaceFacts], names: PlaceNames) -> None:
        self.places = places
        self.names = names
        self._seats = {p.admin1: p.id for p in places.values() if p.seat}
        self._heads: dict[str, Head | None] = {}

    @classmethod
    def build(cls, rows: Iterable[PlaceRow], words: PlaceWords) -> PlaceIndex:
        """An index over merged rows of the gazetteer and all theatres."""
        merged = _with_admin1(merge_places(rows))
        seats = set(_seats(merged).values())
        names, owners = PlaceNames(), _owners(merged)
        for row in merged:
            for name, tier in _names(row, words):
                names.add(name, (row.id, tier))
                for namesake in _namesakes(name, row, words, owners):
                    names.add(name, (namesake, EXACT))
        for row in merged:
            for spelling in _loose(row, words, owners):
                names.add(" ".join(spelling), (row.id, LOOSE))
        return cls({row.id: _facts(row, row.id in seats, words) for row in merged}, names)

    def head(self, form: str, words: PlaceWords) -> Head | None:
        """The place noun that a folded word is, with or without clitics; remembered."""
        if form not in self._heads:
            if len(self._heads) > 200_000:  # a bound for archives of many languages
                self._heads.clear()
            self._heads[form] = next((words.heads[f] for f in unclitic(form) if f in words.heads), None)
        return self._heads[form]

    def seat_of(self, governorate: str) -> PlaceFacts | None:
        """The city that a governorate is run from."""
        return self.places.get(self._seats.get(governorate, ""))

    def well_known(self, candidates: Sequence[tuple[str, int]]) -> bool:
        """Whether any candidate is a place everybody means by that name."""
        return any(_is_well_known(self.places[c]) for c, tier in candidates if tier != LOOSE)


def _is_well_known(place: PlaceFacts) -> bool:
    if place.level in ("country", "governorate") or place.seat:
        return True
    return place.population >= WELL_KNOWN


def _is_venue(row: PlaceRow) -> bool:
    """Only the hand-made rows of cities abroad name their country as parent."""
    return row.level == "place" and row.theatre == "gazetteer" and bool(row.parent)


def _facts(row: PlaceRow, seat: bool, words: PlaceWords) -> PlaceFacts:
    named = (words.demonyms.get(w, "") for w in words_of(row.name_ar)) if row.level == "border" else ()
    return PlaceFacts(
        id=row.id,
        name_ar=row.name_ar,
        name_en=row.name_en,
        lat=row.lat,
        lon=row.lon,
        level=row.level,
        country=row.country,
        admin1=row.admin1,
        population=row.population,
        parent=row.parent,
        curated=not row.source.startswith("geonames:") or row.theatre != "gazetteer",
        seat=seat,
        venue=_is_venue(row),
        between=tuple(country for country in named if country),
    )


def _names(row: PlaceRow, words: PlaceWords) -> Iterator[tuple[str, int]]:
    """All spellings of a row that are no guess, with their tiers."""
    for name in (row.name_ar, *row.aliases):
        parts = words_of(name)
        if not parts or not ARABIC.search(name) or _is_function_word(parts, words):
            continue
        yield name, EXACT
        yield from ((" ".join(other), EXACT) for other in _spaced(parts, words))
        head = words.heads.get(parts[0])
        if head and len(parts) > 1:
            yield " ".join(parts[1:]), HEADED
    for name in row.in_theatre:
        yield name, SHORT


def _is_function_word(parts: tuple[str, ...], words: PlaceWords) -> bool:
    """Whether a name is spelt like a preposition or a place noun, and so can never be told from it."""
    tables = (words.plain, words.before, words.joints, words.heads, words.parts)
    return len(parts) == 1 and any(parts[0] in table for table in tables)


def _owners(rows: Iterable[PlaceRow]) -> dict[tuple[str, ...], list[str]]:
    """Which settlements own a spelling; other places own theirs with nobody named."""
    owners: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        for name in (row.name_ar, *row.aliases):
            owned = owners.setdefault(words_of(name), [])
            if row.level in ("place", "neighbourhood") and row.id not in owned:
                owned.append(row.id)
    return owners


def _namesakes(
    name: str, row: PlaceRow, words: PlaceWords, owners: Mapping[tuple[str, ...], list[str]]
) -> Iterator[str]:
    """Where one pack writes مدينة أريحا, the other places called أريحا are meant by it no less."""
    parts = words_of(name)
    head = words.heads.get(parts[0]) if len(parts) > 1 else None
    if head and head.level == row.level == "place" and name != row.name_ar:
        yield from (other for other in owners.get(parts[1:], ()) if other != row.id)


def _spaced(parts: tuple[str, ...], words: PlaceWords) -> Iterator[tuple[str, ...]]:
    """كفرنبل also as كفر نبل, and back; only after words that begin names."""
    first = parts[0]
    if len(parts) == 2 and first in words.starters and len(first) <= 4 and first not in words.heads:
        yield (first + parts[1],)
    if len(parts) == 1:
        for starter in words.starters:
            rest = first[len(starter) :]
            if 3 <= len(starter) <= 4 and first.startswith(starter) and len(rest) >= 3:
                yield (starter, rest)


def _loose(row: PlaceRow, words: PlaceWords, exact: Container[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Spellings that differ by an article or a weak ending, where no other place owns them."""
    if row.level not in ("place", "neighbourhood", "governorate", "region") or _is_venue(row):
        return
    for name in (row.name_ar, *row.aliases):
        parts = words_of(name)
        if len(parts) > LOOSE_WORDS:
            continue
        for other in dict.fromkeys(_loosened(parts)):
            short = len(other) == 1 and (len(other[0]) < LOOSE_LETTERS or other[0] in words.common)
            if other not in exact and not short and not (len(parts) == 1 and parts[0] in words.common):
                yield other


def _loosened(parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if len(parts) == 1 and not parts[0].startswith("ال"):
        yield ("ال" + parts[0],)
    for k, word in enumerate(parts):
        for other in _loose_word(word):
            yield (*parts[:k], other, *parts[k + 1 :])


def _loose_word(word: str) -> Iterator[str]:
    if word.startswith("ال") and len(word) > LOOSE_LETTERS:
        yield word[2:]
    if word.endswith("اء"):
        yield word[:-1]
    elif word[-1] in "اه" and len(word) > 3:
        yield word[:-1] + ("ه" if word[-1] == "ا" else "ا")


def _with_admin1(rows: list[PlaceRow]) -> list[PlaceRow]:
    """Gives a settlement without a governorate that of the nearest settlement with one."""
    known = {row.id for row in rows if row.level == "governorate"}
    by_country: dict[str, list[PlaceRow]] = defaultdict(list)
    for row in rows:
        if row.admin1 in known and row.level in ("place", "neighbourhood"):
            by_country[row.country].append(row)
    return [_placed(row, known, by_country[row.country]) for row in rows]


def _placed(row: PlaceRow, known: set[str], near: list[PlaceRow]) -> PlaceRow:
    if row.admin1 in known or row.level in ("country", "region", "border", "governorate"):
        return row
    if row.parent in known:
        return row._replace(admin1=row.parent)
    close = [n for n in near if abs(n.lat - row.lat) < 0.4 and abs(n.lon - row.lon) < 0.5]
    if not close:
        return row._replace(admin1="")
    best = min(close, key=lambda n: kilometres(row.lat, row.lon, n.lat, n.lon))
    near_enough = kilometres(row.lat, row.lon, best.lat, best.lon) <= ADMIN_KM
    return row._replace(admin1=best.admin1 if near_enough else "")


def _seats(rows: list[PlaceRow]) -> dict[str, str]:
    """The seat of each governorate: the settlement of its name, else its largest."""
    names = {row.id: _bare_governorate(row) for row in rows if row.level == "governorate"}
    best: dict[str, tuple[tuple[bool, int], str]] = {}
    for row in rows:
        if row.level != "place" or row.admin1 not in names:
            continue
        own = " ".join(words_of(row.name_ar)) in names[row.admin1]
        if (own or row.population) and (rank := (own, row.population)) > best.get(
            row.admin1, ((False, 0), "")
        )[0]:
            best[row.admin1] = (rank, row.id)
    return {admin: place for admin, (_, place) in best.items()}


def _bare_governorate(row: PlaceRow) -> set[str]:
    return {" ".join(words_of(n)[1:]) or n for n in (row.name_ar, *row.aliases)}
