"""Who holds a place: what one more word does, and what no word may do."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import pytest

from riwaya.events.control import Holding, control
from riwaya.events.knowledge import Knowledge, Voice
from riwaya.events.units import Heard, units

KNOWLEDGE = Knowledge(
    families={
        "control_gained": "control",
        "control_held": "control",
        "entered": "control",
        "withdrew": "control",
    },
    never=frozenset({"civilians"}),
    states=frozenset({"sy-government"}),
    part_of={"hts": ("sy-opposition",)},
    voices={
        "sohr": Voice("sohr", "monitor"),
        "sy-opposition": Voice("sy-opposition", "party", "sy-opposition"),
        "sy-government": Voice("sy-government", "party", "sy-government"),
    },
    above={"sy-homs": "sy-homs-governorate", "sy-waer": "sy-homs", "sy-rastan": "sy-homs-governorate"},
    levels={
        "sy-homs": "place",
        "sy-rastan": "place",
        "sy-waer": "neighbourhood",
        "sy-homs-governorate": "governorate",
    },
    labels={"sy-rastan": ("الرستن", "Rastan")},
)
MONITOR = [{"id": "sohr", "name": "المرصد", "kind": "monitor"}]
REBELS = [{"id": "sy-opposition", "name": "الفصائل", "kind": "party"}]
MINISTRY = [{"id": "sy-government", "name": "الوزارة", "kind": "party"}]


def said(day: str, type: str, actor: str, place: str = "sy-homs", **fields: Any) -> Heard:
    """A claim of that day, by a new report of a new outlet each time."""
    number = fields.pop("report", f"{day}{type}{actor}{place}{sorted(map(str, fields.items()))}")
    at = datetime.fromisoformat(f"2024-{day}T{fields.pop('hour', 12):02}:00")
    plain = {"id": f"c{number}", "report": str(number), "type": type, "status": "happened", "when": None}
    where = {"id": place, "name": place, "lat": 34.7, "lon": 36.7}
    rest = {"extent": None, "hedged": False, "chain": [], "place": [where], "toward": [], "target": []}
    actors = [{"id": actor, "name": actor}] if actor else []
    return Heard(plain | rest | {"actor": actors} | fields, f"outlet {number}", at, at)


def state(*heard: Heard, place: str = "sy-homs", at: str = "12-10", smooth: bool = True) -> Holding | None:
    found = list(units(heard, KNOWLEDGE, {}))
    day = date.fromisoformat(f"2024-{at}")
    return next(iter(control(found, day, KNOWLEDGE, smooth=smooth, places=[place])), None)


def homs(*heard: Heard, **fields: Any) -> Holding:
    found = state(*heard, **fields)
    assert found
    return found


HELD = said("12-01", "control_held", "sy-government")
TAKEN = said("12-07", "control_gained", "sy-opposition")


def test_the_last_to_take_it_holds_it() -> None:
    found = homs(HELD, TAKEN)
    assert (found.holder, found.contested, found.since) == ("sy-opposition", False, date(2024, 12, 7))
    assert found.claims == (HELD.claim["id"], TAKEN.claim["id"])


def test_the_day_before_it_was_the_others() -> None:
    assert homs(HELD, TAKEN, at="12-06").holder == "sy-government"
    assert homs(HELD, TAKEN, at="12-06", smooth=False).holder == "sy-government"


def test_who_lost_it_held_it_the_days_before() -> None:
    taken = said("12-07", "control_gained", "sy-opposition", target=[{"id": "sy-government", "name": "ج"}])
    found = homs(taken, at="12-04")
    assert (found.holder, found.method) == ("sy-government", "contained")
    assert state(taken, at="12-04", smooth=False) is None


def test_before_anybody_speaks_it_is_unknown() -> None:
    assert state(HELD, at="11-01", smooth=False) is None
    assert homs(TAKEN, at="12-01").holder is None


@pytest.mark.parametrize(
    ("heard", "holder", "contested"),
    [
        ([HELD, said("12-07", "withdrew", "sy-government")], None, False),
        ([HELD, said("12-07", "control_gained", "sy-opposition", extent="part")], None, True),
        (
            [HELD, said("12-07", "control_gained", "sy-opposition", extent="surroundings")],
            "sy-government",
            False,
        ),
        ([HELD, said("12-07", "control_gained", "sy-opposition", status="planned")], "sy-government", False),
        (
            [HELD, said("12-07", "control_gained", "sy-opposition", status="predicted")],
            "sy-government",
            False,
        ),
        (
            [HELD, said("12-07", "control_gained", "sy-opposition", status="hypothetical")],
            "sy-government",
            False,
        ),
        ([HELD, said("12-07", "control_gained", "sy-opposition", status="denied")], "sy-government", False),
        ([TAKEN, said("12-07", "control_gained", "hts")], "sy-opposition", False),
        ([TAKEN, said("12-08", "entered", "civilians")], "sy-opposition", False),
        (
            [
                HELD,
                said("12-07", "control_gained", "sy-opposition", chain=REBELS),
                said("12-07", "control_gained", "sy-opposition", chain=MINISTRY, status="denied"),
            ],
            None,
            True,
        ),
        ([HELD, said("12-07", "withdrew", "sy-government"), said("12-07", "entered", "hts")], "hts", False),
    ],
)
def test_what_one_more_word_does(heard: list[Heard], holder: str | None, contested: bool) -> None:
    found = homs(*heard)
    assert (found.holder, found.contested) == (holder, contested)


def test_one_origin_counts_once_however_many_carry_it() -> None:
    copies = [said("12-07", "control_gained", "sy-opposition", chain=MONITOR, report=n) for n in range(5)]
    assert homs(copies[0]).support == homs(*copies).support
    assert homs(TAKEN, copies[0]).support > homs(TAKEN).support


def test_interest_weighs() -> None:
    own = homs(said("12-07", "control_gained", "sy-opposition", chain=REBELS)).support
    outlet = homs(TAKEN).support
    hurt = said("12-07", "control_gained", "sy-opposition", chain=MINISTRY, target=[{"id": "sy-government"}])
    assert own < outlet < homs(hurt).support


def test_a_silence_decays_slowly() -> None:
    later = [homs(TAKEN, at=day).support for day in ("12-07", "12-15", "12-31")]
    assert later == sorted(later, reverse=True)
    assert later[-1] > 0.7


def test_a_governorate_taken_takes_its_towns_openly() -> None:
    whole = said("12-07", "control_gained", "sy-opposition", "sy-homs-governorate", extent="whole")
    found = homs(whole, place="sy-rastan")
    assert (found.holder, found.method) == ("sy-opposition", "contained")


def test_but_not_the_town_it_excepts_nor_a_part() -> None:
    words = {"text": "سيطرت على محافظة حمص باستثناء الرستن"}
    but = said("12-07", "control_gained", "sy-opposition", "sy-homs-governorate", evidence=words)
    part = said("12-07", "control_gained", "sy-opposition", "sy-homs-governorate", extent="part")
    assert state(but, place="sy-rastan") is None
    assert state(part, place="sy-rastan") is None


def test_a_district_taken_contests_the_city() -> None:
    district = said("12-07", "control_gained", "sy-opposition", "sy-waer")
    found = homs(HELD, district)
    assert (found.holder, found.contested) == (None, True)
    assert homs(HELD, district, place="sy-waer").holder == "sy-opposition"


def test_the_order_of_arrival_does_not_matter() -> None:
    heard = [
        HELD,
        TAKEN,
        said("12-07", "entered", "sy-government"),
        said("12-05", "withdrew", "sy-government"),
    ]
    expected = homs(*heard)
    for seed in range(10):
        random.Random(seed).shuffle(heard)
        assert homs(*heard) == expected


def test_the_posterior_adds_up() -> None:
    found = homs(HELD, TAKEN, said("12-08", "entered", "sy-government"))
    assert sum(found.posterior.values()) == pytest.approx(1)
    assert found.support in found.posterior.values()
