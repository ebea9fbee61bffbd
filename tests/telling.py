"""Reports with claims that disagree, repeat and follow one another; the same for the same number."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from making import actor, claim, link, place, report
from riwaya.events.knowledge import Knowledge
from riwaya.model import Claim, Report, Status
from riwaya.packs.pack import load_packs

PLACES = (("sy-homs", "حمص"), ("sy-hama", "حماة"), ("sy-aleppo", "حلب"), ("sy-idlib", "إدلب"))
SIDES = ("sy-government", "sy-opposition", "sdf", "hts")
TYPES = ("control_gained", "control_held", "entered", "withdrew", "clash", "air_strike", "shelling")
WORDS = tuple(f"كلمة{n}" for n in range(200))


@cache
def knowledge() -> Knowledge:
    """What the packs know."""
    return Knowledge.of(load_packs())


@cache
def told(n: int) -> tuple[Report, tuple[Claim, ...]]:
    """Report number n and its claims; every tenth tells almost what the one before told."""
    chance = random.Random(n - n % 10 if n % 10 == 1 else n)
    text = " ".join((*(name for _, name in PLACES), "الفصائل", "مصدر", *chance.choices(WORDS, k=60)))
    day = datetime(2024, 11, 27) + timedelta(hours=3 * n)
    said = report(text, id=f"r{n}", outlet=f"outlet {n % 5}", published=day.isoformat(), title=f"عنوان {n}")
    return said, tuple(one(said, chance, at) for at in range(3))


def one(said: Report, chance: random.Random, at: int) -> Claim:
    """A claim of a report."""
    id, name = chance.choice(PLACES)
    who, whom = chance.sample(SIDES, 2)
    return quoting(
        said,
        chance.choice(TYPES),
        at=at,
        status=Status.DENIED if chance.random() < 0.1 else Status.HAPPENED,
        place=(place(id, name, level="place"),),
        actor=(actor(who),),
        target=(actor(whom),),
        chain=(link("sohr"),) if chance.random() < 0.3 else (),
    )


def quoting(said: Report, type: str = "clash", **fields: Any) -> Claim:
    """A claim whose every name stands in the report where the claim says it does."""
    for role in ("actor", "target", "place", "chain"):
        fields[role] = tuple(standing(said.text, one) for one in fields.get(role, ()))
    return claim(said, type, **fields)


def standing(text: str, named: Any) -> Any:
    """A mention where its name stands in a text."""
    at = text.index(named.name)
    return replace(named, start=at, end=at + len(named.name))
