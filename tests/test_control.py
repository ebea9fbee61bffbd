"""Who holds what, asked of a ledger: the answers that no weighing may change."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from making import CUSTODY, actor, claim, link, report
from riwaya import pipeline, views
from riwaya.events.control import Holding
from riwaya.ledger import open_ledger
from riwaya.model import Claim, Extent, Report, Status
from riwaya.packs.pack import load_packs

Told = tuple[Report, Claim]
knowledge = cache(lambda: pipeline.sides(load_packs()))


def said(day: str, type: str, who: str, **fields: Any) -> Told:
    """A report of that day in which somebody does something to Homs."""
    words = f"{day} {type} {who} {sorted(map(str, fields.items()))}"
    told = report(
        words, published=f"2024-{day}T20:00:00+03:00", outlet=f"outlet {fields.pop('outlet', words)}"
    )
    return told, claim(told, type, actor=(actor(who, who),), **fields)


def homs(folder: Path, told: Sequence[Told], at: str = "12-10", known_by: str = "12-31") -> Holding | None:
    """The state of Homs on the evening of a day, from these reports in this order."""
    with open_ledger(folder / f"{random.random()}.sqlite") as ledger:
        for one, claimed in told:
            ledger.add(one, [claimed], CUSTODY)
        known = views.evening(date.fromisoformat(f"2024-{known_by}"))
        states = views.held(ledger, date.fromisoformat(f"2024-{at}"), known_by=known, sides=knowledge())
    return next((state for state in states if state.place["id"] == "sy-homs"), None)


HELD = said("12-01", "control_held", "sy-government")
TAKEN = said("12-07", "control_gained", "sy-opposition")


def holder(folder: Path, *told: Told, **asked: str) -> str | None:
    state = homs(folder, told, **asked)
    return state.holder if state else None


def test_the_last_to_take_it_holds_it(tmp_path: Path) -> None:
    state = homs(tmp_path, [HELD, TAKEN])
    assert state
    assert (state.holder, state.contested) == ("sy-opposition", False)
    assert set(state.claims) >= {TAKEN[1].id}


def test_what_is_still_to_come_is_not_known(tmp_path: Path) -> None:
    assert holder(tmp_path, HELD, TAKEN, at="12-03") == "sy-government"
    assert holder(tmp_path, HELD, TAKEN, at="12-03", known_by="12-03") == "sy-government"
    assert holder(tmp_path, TAKEN, known_by="12-06") is None


def test_nobody_spoke_of_it(tmp_path: Path) -> None:
    assert homs(tmp_path, []) is None


@pytest.mark.parametrize("status", [Status.PLANNED, Status.PREDICTED, Status.DENIED, Status.HYPOTHETICAL])
def test_what_did_not_happen_takes_nothing(tmp_path: Path, status: Status) -> None:
    assert holder(
        tmp_path, HELD, said("12-02", "control_gained", "sy-opposition", status=status), at="12-02"
    ) == ("sy-government")


def test_a_part_is_not_the_whole(tmp_path: Path) -> None:
    part = said("12-02", "control_gained", "sy-opposition", extent=Extent.PART)
    assert holder(tmp_path, HELD, part, at="12-02") != "sy-opposition"


def test_whoever_withdrew_does_not_hold_it(tmp_path: Path) -> None:
    assert holder(tmp_path, HELD, said("12-07", "withdrew", "sy-government")) != "sy-government"


def test_people_hold_nothing(tmp_path: Path) -> None:
    assert holder(tmp_path, TAKEN, said("12-08", "entered", "civilians")) == "sy-opposition"


def test_one_origin_counts_once_however_many_carry_it(tmp_path: Path) -> None:
    monitor = (link("sohr", kind="monitor"),)
    copies = [said("12-07", "control_gained", "sy-opposition", chain=monitor, outlet=n) for n in range(4)]
    one, many = homs(tmp_path, copies[:1]), homs(tmp_path, copies)
    assert one
    assert many
    assert one.support == pytest.approx(many.support)


def test_the_order_of_arrival_does_not_matter(tmp_path: Path) -> None:
    told = [
        HELD,
        TAKEN,
        said("12-07", "entered", "sy-government"),
        said("12-05", "withdrew", "sy-government"),
    ]
    expected = homs(tmp_path, told)
    assert expected
    for seed in range(4):
        random.Random(seed).shuffle(told)
        found = homs(tmp_path, told)
        assert found
        assert (found.holder, found.contested, found.since) == (
            expected.holder,
            expected.contested,
            expected.since,
        )
        assert found.support == pytest.approx(expected.support)
