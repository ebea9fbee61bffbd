"""The pages of places and of bodies: what became of them, day by day, and on whose word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from riwaya.events.control import Holding
from riwaya.events.link import root_of
from riwaya.ledger.tables import CLAIM_ACTORS, CLAIM_PLACES
from riwaya.questions import claims, events, maps, origins
from riwaya.questions.answers import parts
from riwaya.questions.selection import Chosen, Selection
from riwaya.questions.standing import Standing
from riwaya.questions.states import Run

MOST = 50
SHARES_ON = 120  # days at most in a place's chart; of a longer story every n-th


def place(standing: Standing, id: str, known_by: datetime | None) -> dict[str, Any] | None:
    """A place's story: its states with the reason for each change, its origins, events and disputes."""
    knowledge, selection = standing.knowledge, Selection(place=id, known_by=known_by)
    chosen = Chosen(selection, standing)
    if id not in knowledge.levels and not standing.mention(id):
        return None
    runs = standing.runs(root_of(id, knowledge), known_by).get(id, [])
    briefs = chosen.events()
    told, total = claims.listed(standing, selection, sort="-day", offset=0, limit=500, brief=False)
    below = list(knowledge.inside.get(id, ()))
    return {
        "place": maps.place_json(id, standing),
        "lineage": [maps.place_json(above, standing) for above in knowledge.lineage(id)],
        "inside": counted(standing, below),
        "history": list(history(standing, id, runs, known_by)),
        "days": list(shares(standing, id, runs, known_by)),
        "origins": by_origin(standing, told),
        "events": events.summaries(standing, briefs[-MOST:][::-1], known_by),
        "disputes": events.disputes(standing, selection, open_only=False),
        "counts": {"claims": total, "events": len(briefs)},
    }


def history(
    standing: Standing, id: str, runs: Sequence[Run], known_by: datetime | None
) -> Iterator[dict[str, Any]]:
    """Each state with the acts it came of: on its first day, or on its eve where later words tell of it."""
    last = standing.days[1] if standing.days else None
    for n, run in enumerate(runs):
        if n and (run.holder, run.rivals, run.first) == (
            runs[n - 1].holder,
            runs[n - 1].rivals,
            runs[n - 1].until,
        ):
            continue  # the same state, believed more or less
        same = n
        while (
            same + 1 < len(runs)
            and runs[same + 1].first == runs[same].until
            and (runs[same + 1].holder, runs[same + 1].rivals) == (run.holder, run.rivals)
        ):
            same += 1
        until = runs[same].until
        state = next(iter(standing.control(run.first, [id], known_by)), None)
        acts = [act for act in state.acts if near(act["day"], run.first)] if state else []
        yield {
            "from": run.first.isoformat(),
            "until": until.isoformat() if last and until <= last else None,
            "holder": run.holder,
            "contested": run.contested,
            "support": run.support,
            "rivals": list(run.rivals),
            "why": "acts" if acts else "faded" if n else "hindsight",
            "acts": acts,
            "claims": cited(state, acts),
        }


def near(day: str, first: date) -> bool:
    """Whether an act can have made a state that begins on a day."""
    return abs((date.fromisoformat(day) - first).days) <= 1


def cited(state: Holding | None, acts: Sequence[Any]) -> list[str]:
    """The claims behind acts; of a state without an act those that it rests on."""
    if state is None:
        return []
    of_acts = [claim for act in acts for part in act["parts"] for claim in part["claims"]]
    return list(dict.fromkeys(of_acts)) or list(state.claims)


def shares(
    standing: Standing, id: str, runs: Sequence[Run], known_by: datetime | None
) -> Iterator[list[Any]]:
    """How the belief is divided, day by day, from the first day spoken of to the last."""
    if not runs or not standing.days:
        return
    first, last = runs[0].first, standing.days[1]
    step = max(1, ((last - first).days + 1) // SHARES_ON)
    for n in range(0, (last - first).days + 1, step):
        day = first + timedelta(days=n)
        for state in standing.control(day, [id], known_by):
            yield [day.isoformat(), {side: round(share, 4) for side, share in state.posterior.items()}]


def by_origin(standing: Standing, told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Claims by who claims to know, those with the most first."""
    found: dict[str, dict[str, Any]] = {}
    for claim in told:
        chain = claim["chain"]
        origin = chain[-1] if chain else {"id": "", "name": claim["outlet"], "kind": "media"}
        id = origin["id"] or f"{origin['kind'] if chain else 'outlet'}:{origin['name']}"
        known = id in standing.knowledge.labels
        group = found.setdefault(
            id,
            {
                "id": id,
                "kind": origin["kind"],
                "name": origin["name"],
                "label_ar": standing.knowledge.label(id, "ar") if known else origin["name"],
                "label_en": standing.knowledge.label(id, "en") if known else origin["name"],
                "claims": [],
            },
        )
        group["claims"].append(claim)
    return sorted(found.values(), key=lambda one: (-len(one["claims"]), one["id"]))


def counted(standing: Standing, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Places with how many claims speak of each; those that none speaks of are left out."""
    found: dict[str, int] = {}
    with standing.ledger.reading.connect() as connection:
        for part in parts(ids):
            asked = select(CLAIM_PLACES.c.place, func.count(CLAIM_PLACES.c.claim.distinct()))
            asked = asked.where(CLAIM_PLACES.c.place.in_(part)).group_by(CLAIM_PLACES.c.place)
            found |= {row[0]: row[1] for row in connection.execute(asked)}
    ranked = sorted(found, key=lambda id: (-found[id], id))
    return [maps.place_json(id, standing) | {"count": found[id]} for id in ranked]


def actor(
    standing: Standing, id: str, known_by: datetime | None, at: date | None, actors: Any
) -> dict[str, Any] | None:
    """A body: what it holds, what it did and suffered, and what it says itself."""
    about = actors.get(id)
    if about is None:
        return None
    chosen = Chosen(Selection(actor=id, known_by=known_by), standing)
    briefs = chosen.events()
    day = at or (standing.days[1] if standing.days else None)
    held = maps.held(standing, day, known_by, actor=id) if day else []
    names = chosen.actors
    disputes = [
        one
        for one in chosen.answers.disagreements
        if not {brief.id for brief in briefs}.isdisjoint(
            chosen.answers.event_of.get(claim, "") for side in one["sides"] for claim in side["claims"]
        )
    ]
    return {
        "actor": about,
        "holds": [
            {key: state[key] for key in ("place", "since", "support", "contested", "holder")}
            for state in held
        ],
        "counts": roles(standing, names) | {"events": len(briefs)},
        "types": dict(Counter(brief.type for brief in briefs).most_common()),
        "days": sorted([day.isoformat(), n] for day, n in Counter(brief.first for brief in briefs).items()),
        "events": events.summaries(standing, briefs[-MOST:][::-1], known_by),
        "disputes": disputes[-MOST:],
        "says": origins.listed(standing, Selection(origin=id, known_by=known_by)),
    }


def roles(standing: Standing, names: set[str]) -> dict[str, int]:
    """How many claims name a body as the one that acts, and how many as the one acted upon."""
    asked = (
        select(CLAIM_ACTORS.c.role, func.count(CLAIM_ACTORS.c.claim.distinct()))
        .where(CLAIM_ACTORS.c.actor.in_(sorted(names)))
        .group_by(CLAIM_ACTORS.c.role)
    )
    with standing.ledger.reading.connect() as connection:
        found = {row[0]: row[1] for row in connection.execute(asked)}
    return {"as_actor": found.get("actor", 0), "as_target": found.get("target", 0)}
