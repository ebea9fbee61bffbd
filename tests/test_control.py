from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from riwaya.events.control import Holding, Sides, control

SIDES = Sides(never=frozenset({"civilians"}), umbrella={"hts": "sy-opposition"})
OUTLET: list[dict[str, str]] = []


def said(day: str, type: str, actor: str, **fields: Any) -> tuple[dict[str, Any], date]:
    """A claim of that day about Homs, by a new report each time."""
    number = fields.pop("report", f"{day}{type}{actor}{sorted(map(str, fields.items()))}")
    plain = {"id": f"c{number}", "report": str(number), "type": type, "status": "happened", "when": None}
    where = {"id": "sy-homs", "name": "حمص", "lat": 34.7, "lon": 36.7}
    rest = {"extent": None, "hedged": False, "chain": OUTLET, "place": [where], "toward": [], "target": []}
    return plain | rest | {"actor": [{"id": actor, "name": actor}]} | fields, date.fromisoformat(
        f"2024-{day}"
    )


def homs(*claims: tuple[dict[str, Any], date], at: str = "12-10") -> Holding:
    (state,) = control(claims, date.fromisoformat(f"2024-{at}"), SIDES)
    return state


HELD = said("12-01", "control_held", "sy-government")
TAKEN = said("12-07", "control_gained", "sy-opposition")


def test_the_last_to_take_it_holds_it() -> None:
    state = homs(HELD, TAKEN)
    assert (state.holder, state.contested, state.since) == ("sy-opposition", False, date(2024, 12, 7))
    assert state.claims == (HELD[0]["id"], TAKEN[0]["id"])


def test_what_is_still_to_come_is_not_known() -> None:
    assert homs(HELD, TAKEN, at="12-06").holder == "sy-government"


def test_a_place_nobody_spoke_of_is_not_there() -> None:
    assert control([HELD], date(2024, 11, 1), SIDES) == []


@pytest.mark.parametrize(
    ("claims", "holder", "contested"),
    [
        ([HELD, said("12-07", "withdrew", "sy-government")], None, False),
        ([HELD, said("12-07", "entered", "sy-opposition")], None, True),
        ([HELD, said("12-07", "control_gained", "sy-opposition", extent="part")], None, True),
        ([HELD, said("12-07", "control_gained", "sy-opposition", status="planned")], "sy-government", False),
        ([HELD, said("12-07", "control_gained", "sy-opposition", status="denied")], "sy-government", False),
        ([TAKEN, said("12-07", "control_held", "sy-government")], None, True),
        ([TAKEN, said("12-07", "control_gained", "hts")], "sy-opposition", False),
        ([TAKEN, said("12-08", "entered", "civilians")], "sy-opposition", False),
    ],
)
def test_what_one_more_word_does(claims: list[Any], holder: str | None, contested: bool) -> None:
    state = homs(*claims)
    assert (state.holder, state.contested) == (holder, contested)


def test_a_body_nobody_knows_holds_nothing() -> None:
    assert control([said("12-07", "control_gained", "")], date(2024, 12, 10), SIDES) == []


def test_one_origin_counts_once_however_many_carry_it() -> None:
    monitor = [{"id": "sohr", "name": "المرصد", "kind": "monitor"}]
    copies = [said("12-07", "control_gained", "sy-opposition", chain=monitor, report=n) for n in range(5)]
    assert homs(copies[0]).support == homs(*copies).support
    assert homs(TAKEN, copies[0]).support > homs(TAKEN).support


def test_a_side_announcing_its_success_weighs_less_than_a_monitor() -> None:
    party = [{"id": "sy-opposition", "name": "الفصائل", "kind": "party"}]
    assert homs(said("12-07", "control_gained", "sy-opposition", chain=party)).support < homs(TAKEN).support


def test_the_order_of_arrival_does_not_matter() -> None:
    claims = [
        HELD,
        TAKEN,
        said("12-07", "entered", "sy-government"),
        said("12-05", "withdrew", "sy-government"),
    ]
    expected = homs(*claims)
    for seed in range(10):
        random.Random(seed).shuffle(claims)
        assert homs(*claims) == expected
