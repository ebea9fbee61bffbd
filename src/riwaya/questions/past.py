"""Events and disputes out of a whole set of conclusions, where they are not kept in tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from riwaya.events.link import Event, root_of
from riwaya.questions.answers import Answers, Brief, Key, dispute_of
from riwaya.views import Conclusions


def answers_of(found: Conclusions) -> Answers:
    """Events in brief and disputes, as a set of conclusions has them."""
    events: dict[Key, list[Brief]] = defaultdict(list)
    for event in found.events:
        key = (event.family, root_of(event.units[0].place, found.knowledge))
        events[key].append(brief_of(event, key))
    disputes: dict[str, list[Any]] = defaultdict(list)
    for dispute in found.disputes:
        root = root_of(str(dispute.place.get("id") or ""), found.knowledge)
        disputes[root].append(dispute_of(dispute.to_json()))
    return Answers(
        {key: tuple(said) for key, said in events.items()},
        {root: tuple(said) for root, said in disputes.items()},
    )


def brief_of(event: Event, key: Key) -> Brief:
    """An event in brief."""
    return Brief(
        id=event.id,
        key=key,
        type=event.type,
        place=str(event.place.get("id") or ""),
        lat=event.place.get("lat"),
        lon=event.place.get("lon"),
        first=event.when[0],
        last=event.when[1],
        support=round(event.weighed.probability, 4),
        origins=tuple(part.origin for part in event.weighed.parts),
        actors=tuple(str(one["id"]) for one in event.actor),
        targets=tuple(str(one["id"]) for one in event.target),
        claims=event.claims,
        statuses=tuple(sorted({unit.status for unit in event.units})),
        known=min(unit.known for unit in event.units),
    )
