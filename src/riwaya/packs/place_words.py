"""The words around place names, as the places reader wants them: folded, in sets and small tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from riwaya.packs.places_csv import LEVELS
from riwaya.packs.schema import Flag, Keys, Many, Named, Text, load_yaml
from riwaya.text.normalise import fold

_WORDS = Many(Text())
_HEAD = Keys(
    {
        "noun": Text(),
        "dual": _WORDS,
        "plural": _WORDS,
        "definite": _WORDS,
        "level": Text(LEVELS),
        "town": Flag(),
    },
    frozenset({"noun", "level"}),
)
_PLACE_WORDS = Keys(
    {
        "heads": Many(_HEAD),
        "parts": Named(_WORDS),
        "demonyms": Named(_WORDS),
        **dict.fromkeys(
            (
                *("between_part", "seats", "starters", "unlisted", "named", "bodies", "given_names"),
                *("generic", "before", "joints", "plain", "road_ends", "between", "joins"),
            ),
            _WORDS,
        ),
    },
    frozenset({"heads"}),
)
_GROUP = Keys({"reason": Text(), "strict": Flag(), "names": _WORDS}, frozenset({"reason", "names"}))
_COMMON = Keys({"groups": Many(_GROUP)}, frozenset({"groups"}))


class Head(NamedTuple):
    """A place noun as written in the data, its number (s, d, p), and the level of what it names."""

    lemma: str
    number: str
    level: str
    definite: bool = False
    town: bool = True


class PlaceWords(NamedTuple):
    """Everything in place_words.yaml and common_words.yaml, folded.

    ``common`` maps a name that is also an ordinary word to whether it needs strict support.
    """

    heads: dict[str, Head]
    parts: dict[str, str]
    demonyms: dict[str, str]
    between_part: frozenset[str]
    seats: frozenset[str]
    starters: frozenset[str]
    unlisted: frozenset[str]
    named: frozenset[str]
    bodies: frozenset[str]
    given_names: frozenset[str]
    generic: frozenset[str]
    before: frozenset[str]
    joints: frozenset[str]
    plain: frozenset[str]
    road_ends: frozenset[str]
    between: frozenset[str]
    joins: frozenset[str]
    common: dict[str, bool]


def read_place_words(folder: Path) -> PlaceWords:
    """Reads the two files of the gazetteer's folder; raises PackError with file, line and key."""
    data = load_yaml(folder / "place_words.yaml", _PLACE_WORDS)
    common = load_yaml(folder / "common_words.yaml", _COMMON)
    return PlaceWords(
        heads=_heads(data["heads"]),
        parts={fold(w): kind for kind, words in data.get("parts", {}).items() for w in words},
        demonyms=_demonyms(data.get("demonyms", {})),
        between_part=_folded(data.get("between_part", ())),
        seats=_folded(data.get("seats", ())),
        starters=_folded(data.get("starters", ())),
        unlisted=frozenset(data.get("unlisted", ())),
        named=_folded(data.get("named", ())),
        bodies=_folded(data.get("bodies", ())),
        given_names=_folded(data.get("given_names", ())),
        generic=_with_article(data.get("generic", ())),
        before=_folded(data.get("before", ())),
        joints=_folded(data.get("joints", ())),
        plain=_folded(data.get("plain", ())),
        road_ends=_folded(data.get("road_ends", ())),
        between=_folded(data.get("between", ())),
        joins=_folded(data.get("joins", ())),
        common={fold(n): g.get("strict", False) for g in reversed(common["groups"]) for n in g["names"]},
    )


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


def _with_article(words: Iterable[str]) -> frozenset[str]:
    plain = _folded(words)
    return plain | {f"ال{word}" for word in plain}


def _demonyms(data: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {word: country for country, words in data.items() for word in _with_article(words)}


def _heads(rows: Iterable[Mapping[str, Any]]) -> dict[str, Head]:
    heads: dict[str, Head] = {}
    for row in rows:
        level = row["level"]
        town = row.get("town", level in ("place", "neighbourhood", "governorate"))
        head = Head(row["noun"], "s", level, town=town)
        heads[fold(head.lemma)] = head
        heads |= {fold(form): head._replace(number="d") for form in row.get("dual", ())}
        heads |= {fold(form): head._replace(number="p") for form in row.get("plural", ())}
        heads |= {fold(form): head._replace(definite=True) for form in row.get("definite", ())}
    return heads
