"""What speaks for and against a happening, in log-odds, as parts a person can read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from riwaya.events.knowledge import Knowledge
from riwaya.events.units import Unit

# Whom a claim of a type serves if it is true, and whom it hurts.
SERVES_ACTOR = frozenset(
    (
        "control_gained control_held entered advanced siege deployed operation_launched attack air_strike "
        "shelling"
    ).split()
)
HURTS_ACTOR = frozenset("control_lost withdrew defected".split())
BLAMES_ACTOR = frozenset(
    "violence_against_civilians casualties property_destroyed abducted detained displaced explosion".split()
)


@dataclass(frozen=True, slots=True)
class Part:
    """One origin's word and what it weighs: the number, and the reasons that made it."""

    origin: str
    kind: str
    name: str
    stance: str
    value: float
    reasons: tuple[str, ...]
    reports: tuple[str, ...]
    claims: tuple[str, ...]
    interested: bool

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "origin": self.origin,
            "kind": self.kind,
            "name": self.name,
            "stance": self.stance,
            "value": round(self.value, 3),
            "reasons": list(self.reasons),
            "reports": list(self.reports),
            "claims": list(self.claims),
        }


@dataclass(frozen=True, slots=True)
class Weighed:
    """A probability with its parts; ``prior`` and the parts add up to its log-odds."""

    probability: float
    prior: float
    parts: tuple[Part, ...]

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "probability": round(self.probability, 4),
            "prior": self.prior,
            "parts": [part.to_json() for part in self.parts],
        }


def chance(log_odds: float) -> float:
    """A probability out of log-odds."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, log_odds))))


def weigh(units: Iterable[Unit], knowledge: Knowledge) -> Weighed:
    """What is to be believed of one happening: every origin counts once, by its latest word."""
    weights = knowledge.weights
    prior = weights("prior", "any")
    by_origin: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        by_origin[unit.origin.id].append(unit)
    parts = [part_of(said, knowledge) for _, said in sorted(by_origin.items())]
    ranked = sorted(parts, key=lambda part: (part.stance, -abs(part.value), part.origin))
    shaded: list[Part] = []
    rank = {"supports": 0, "denies": 0}
    for part in ranked:
        share = weights("speech", "again") ** rank[part.stance]
        rank[part.stance] += 1
        shaded.append(_shaded(part, share))
    return Weighed(chance(prior + sum(part.value for part in shaded)), prior, tuple(shaded))


def _shaded(part: Part, share: float) -> Part:
    if share == 1:
        return part
    reasons = (*part.reasons, f"one of several origins ×{share:.2f}")
    return Part(
        part.origin,
        part.kind,
        part.name,
        part.stance,
        part.value * share,
        reasons,
        part.reports,
        part.claims,
        part.interested,
    )


def part_of(said: Sequence[Unit], knowledge: Knowledge) -> Part:
    """One origin's word: the strongest of what it said last; a word taken back no longer speaks."""
    ordered = sorted(said, key=lambda unit: unit.order)
    stance = latest_stance(ordered)
    standing = [unit for unit in ordered if _stands(unit, stance)]
    values = [(value_of(unit, knowledge), unit) for unit in standing]
    (value, reasons), best = max(values, key=lambda pair: (pair[0][0], pair[1].order))
    dropped = len(ordered) - len(standing)
    if dropped:
        reasons = (*reasons, f"{dropped} earlier word(s) of its own replaced")
    return Part(
        origin=best.origin.id,
        kind=best.origin.kind,
        name=best.origin.name,
        stance=stance,
        value=value if stance == "supports" else -value,
        reasons=reasons,
        reports=tuple(dict.fromkeys(unit.report for unit in ordered)),
        claims=tuple(dict.fromkeys(unit.claim for unit in ordered)),
        interested=interest(best, knowledge) in ("own_success", "denies_own_loss", "blames_enemy"),
    )


def latest_stance(ordered: Sequence[Unit]) -> str:
    """Where an origin stands now; words published at one moment that contradict leave it denying."""
    last = ordered[-1].known
    now = [unit for unit in ordered if unit.known == last]
    if any(unit.stance == "retracts" for unit in ordered):
        back = max(unit.known for unit in ordered if unit.stance == "retracts")
        if not any(unit.stance == "for" and unit.known > back for unit in ordered):
            return "denies"
    return "supports" if any(unit.stance == "for" for unit in now) else "denies"


def _stands(unit: Unit, stance: str) -> bool:
    return (unit.stance == "for") == (stance == "supports")


def value_of(unit: Unit, knowledge: Knowledge) -> tuple[float, tuple[str, ...]]:
    """How much one word weighs, and why; the sign is the stance's."""
    weights = knowledge.weights
    kind = unit.origin.kind if unit.origin.kind in weights.numbers["origin"] else "media"
    value = weights("origin", kind)
    reasons = [f"{kind} {value:g}"]

    def times(section: str, name: str, power: int = 1) -> None:
        nonlocal value
        factor = weights(section, name) ** power
        value *= factor
        reasons.append(f"{name.replace('_', ' ')} ×{factor:.2f}")

    if served := interest(unit, knowledge):
        times("interest", served)
    if unit.hedged:
        times("speech", "hedged")
    if unit.status == "ongoing":
        times("speech", "ongoing")
    if unit.origin.voices > 1:
        times("speech", "hearsay", unit.origin.voices - 1)
    if unit.stance == "against":
        times("doubt", "denial")
    if unit.stance == "retracts":
        times("doubt", "retraction")
    return value, tuple(reasons)


def interest(unit: Unit, knowledge: Knowledge) -> str:
    """Which rule of interest applies to an origin's word, if any."""
    side = unit.origin.side
    if not side or unit.origin.kind == "monitor" or unit.stance == "retracts":
        return ""
    own = any(knowledge.together(side, actor) for actor in unit.actor)
    other = any(knowledge.together(side, target) for target in unit.target)
    denies = unit.stance == "against"
    if unit.type in HURTS_ACTOR:
        if own:
            return "denies_own_loss" if denies else "own_loss"
        return "" if not unit.actor or denies else "own_success"
    if unit.type in SERVES_ACTOR:
        if own:
            return "denies_own_success" if denies else "own_success"
        if denies:
            return "denies_own_loss"
        return "own_loss" if other and unit.type == "control_gained" else ""
    if unit.type in BLAMES_ACTOR:
        if own:
            return "denies_own_loss" if denies else "own_loss"
        return "" if not unit.actor or denies else "blames_enemy"
    return ""
