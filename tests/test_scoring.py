from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riwaya.scoring import Score, score

TEXT = "سيطرت القوات على حمص. ثم دخلت حماة.\nوانسحبت من حلب."
SECOND = TEXT.index("\n") + 1

PLACES = [
    {"id": "sy-homs", "name_ar": "حمص", "lat": "34.73", "lon": "36.71", "level": "place", "aliases": ""},
    {"id": "sy-hama", "name_ar": "حماة", "lat": "35.13", "lon": "36.75", "level": "place", "aliases": "hama"},
]
ACTORS = [{"id": "sy-government", "name_ar": "القوات الحكومية", "aliases": "syria-army|الجيش السوري"}]


def claim(**fields: Any) -> dict[str, Any]:
    """A claim with ordinary fields where none are given."""
    plain = {"report": "r", "id": "c", "type": "control_gained", "status": "happened", "actor": ["a"]}
    rest = {"target": [], "place": ["sy-homs"], "toward": [], "start": 0, "end": 5, "trigger": "سيطرت"}
    return plain | rest | {"chain": []} | fields


def place(
    id: str, lat: float | None = None, lon: float | None = None, level: str = "place"
) -> dict[str, Any]:
    return {"id": id, "name": id, "lat": lat, "lon": lon, "level": level}


def scored(gold: list[dict[str, Any]], read: list[dict[str, Any]]) -> Score:
    return score(gold, read, {"r": TEXT}, places=PLACES, actors=ACTORS)


def wrong(gold: dict[str, Any], read: dict[str, Any]) -> tuple[str, ...]:
    (pair,) = scored([gold], [read]).pairs
    return pair.wrong


def test_a_reading_agrees_with_itself() -> None:
    gold = [claim(), claim(id="d", place=["sy-homs", "sy-hama"]), claim(id="e", place=[], toward=["sy-hama"])]
    found = scored(gold, gold)
    assert (found.claims.f1, found.full.f1) == (1.0, 1.0)
    assert found.claims.gold == 4


def test_nothing_wanted_and_nothing_read_is_perfect() -> None:
    assert scored([], []).claims.f1 == 1.0


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (claim(), 1),
        (claim(type="entered"), 0),
        (claim(place=["sy-hama"]), 0),
        (claim(place=[]), 0),
        (claim(start=22), 1),  # another sentence of the same line
        (claim(start=SECOND), 0),
        (claim(place=[place("sy-somewhere", 34.74, 36.72)]), 1),
        (claim(place=[place("sy-somewhere", 34.74, 36.72, level="facility")]), 0),
        (claim(place=[place("sy-somewhere", 34.80, 36.71)]), 0),
        (claim(place=[place("")]), 0),
    ],
)
def test_what_counts_as_found(read: dict[str, Any], found: int) -> None:
    assert scored([claim()], [read]).claims.right == found


def test_the_closest_trigger_is_taken_and_none_twice() -> None:
    gold = [claim(id="1", start=0), claim(id="2", start=20)]
    read = [claim(id="b", start=19), claim(id="a", start=1), claim(id="c", start=30)]
    found = scored(gold, read)
    assert [(p.gold.claim["id"], p.read.claim["id"]) for p in found.pairs] == [("1", "a"), ("2", "b")]
    assert [unit.claim["id"] for unit in found.extra] == ["c"]


def test_the_matching_is_as_large_as_can_be() -> None:
    """The closest pair first would leave one of two without a partner; moving it helps both."""
    near = place("x", 34.745, 36.71)  # 1.7 km from Homs, 3.3 km from the other
    far = place("y", 34.715, 36.71)
    gold = [claim(id="1", start=5), claim(id="2", start=9, place=[far])]
    read = [
        claim(id="a", start=5, place=[place("sy-homs", 34.73, 36.71)]),
        claim(id="b", start=30, place=[near]),
    ]
    assert scored(gold, read).claims.right == 2


def test_an_optional_unit_is_neither_missed_nor_wrong() -> None:
    optional = claim(optional=True, start=10)
    assert scored([optional], []).claims.f1 == 1.0
    found = scored([claim(), optional], [claim(), claim(id="d", start=10, status="denied")])
    assert (found.claims.read, found.full.f1) == (1, 1.0)
    assert scored([claim(), optional], [claim(start=10)]).claims.recall == 1.0


@pytest.mark.parametrize(
    ("gold", "read", "expected"),
    [
        ({"status": "ongoing"}, {}, ("status",)),
        ({"actor": ["sy-government"]}, {"actor": [{"id": "syria-army", "name": "x"}]}, ()),
        ({"actor": ["sy-government"]}, {"actor": [{"id": "", "name": "الجيش السوري"}]}, ()),
        ({"actor": ["sy-government"]}, {"actor": [{"id": "", "name": "الجيش"}]}, ("actor",)),
        ({"actor": ["a", "b"]}, {"actor": ["b", "a"]}, ()),
        ({"when": ["2024-12-07"]}, {"when": ["2024-12-07", "2024-12-07"]}, ()),
        ({"when": ["2024-12-07"]}, {"when": None}, ("when",)),
        ({"extent": "part"}, {"extent": None}, ("extent",)),
        ({}, {"extent": None, "quantity": None, "when": None}, ()),
        (
            {"quantity": {"min": 2, "unit": "people"}},
            {"quantity": {"min": 2, "unit": "people", "text": "z"}},
            (),
        ),
        (
            {"quantity": {"min": 2, "unit": "people"}},
            {"quantity": {"min": 2, "max": 2, "unit": "people"}},
            ("quantity",),
        ),
    ],
)
def test_fields_are_scored_one_by_one(gold: Any, read: Any, expected: tuple[str, ...]) -> None:
    assert wrong(claim(**gold), claim(**read)) == expected


def link(id: str, name: str) -> dict[str, str]:
    return {"id": id, "name": name, "kind": "unnamed"}


@pytest.mark.parametrize(
    ("gold", "read", "expected"),
    [
        ([link("ina", "الوكالة")], [link("ina", "وكالة")], ()),
        ([link("iq-source", "مصدر أمني عراقي")], [link("", "مصدر أمني عراقي رفيع")], ()),
        ([link("iq-source", "مصدر أمني")], [link("", "مصدر طبي")], ("chain", "origin")),
        ([link("ina", "و"), link("s", "مصدر")], [link("", "مصدر")], ("chain",)),
        ([link("a", "و"), link("b", "ز")], [link("b", "ز"), link("a", "و")], ("chain", "origin")),
        ([], [link("b", "ز")], ("chain", "origin")),
    ],
)
def test_chains(gold: Any, read: Any, expected: tuple[str, ...]) -> None:
    assert wrong(claim(chain=gold), claim(chain=read)) == expected


claims = st.builds(
    lambda start, kind, where, optional: claim(start=start, type=kind, place=where, optional=optional),
    st.integers(0, len(TEXT) - 1),
    st.sampled_from(["entered", "clash"]),
    st.lists(st.sampled_from(["sy-homs", "sy-hama", "sy-x"]), max_size=2, unique=True),
    st.booleans(),
)


@given(st.lists(claims, max_size=8), st.lists(claims, max_size=8), st.randoms())
def test_the_score_does_not_hang_on_the_order(gold: Any, read: Any, random: Any) -> None:
    one = scored(gold, read).claims
    gold, read = list(gold), list(read)
    random.shuffle(gold)
    random.shuffle(read)
    other = scored(gold, read).claims
    assert (one.gold, one.right) == (other.gold, other.right)
    assert 0 <= one.f1 <= 1
