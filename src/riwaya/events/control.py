"""Who holds which place on which day: a hidden Markov model over dated, weighed acts.

The hidden state of a place is a holder, a contest between two, vacated, or unknown.  Between reports it
goes on as it was, slowly decaying to what was known before anybody spoke.  An act that is believed with
probability p moves that share of each state to where the act leads; a state that is seen multiplies.
``known_by`` uses the filter alone (the past of the day asked about); otherwise the smoother looks at
what was told of later days too.  docs/control.md has the formulas and a worked example.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations
from math import exp, log
from typing import Any

from riwaya.events.effects import (
    BESIEGE,
    ENTER,
    HELD,
    INHERITED,
    LEFT,
    OWN,
    PART,
    PARTIAL,
    RELEASED,
    SPEAKING,
    TAKE,
    TOPPLED,
    Episode,
    effects_at,
    effects_of,
    episodes,
)
from riwaya.events.knowledge import Knowledge
from riwaya.events.units import Unit
from riwaya.events.weigh import Weighed, interest, weigh

__all__ = ["CONTESTS", "SPEAKING", "Holding", "control"]

CONTESTS = 0.25  # from here on a body is shown as contesting
UNKNOWN, VACATED = ("unknown",), ("vacated",)
SOMEBODY = "?"  # whoever held a place before anybody said who
SURE = 0.985  # no act is believed more than this, however many tell it
STRONGEST = 6.0  # in log-odds, the most that a state seen may weigh
# What of a word that one side holds a place speaks for a contest: little, unless both are said to hold it.
ONE_SEEN, BOTH_SEEN = 0.4, 0.75
RENEWED = 3  # days in which an interested "we hold it" still answers "we took it"

State = tuple[str, ...]
Belief = dict[State, float]
Move = Callable[[Belief], Belief]
ORDER = {INHERITED: 0, PARTIAL: 1, OWN: 2}
WITHIN_A_DAY = {HELD: 9, LEFT: 0, TOPPLED: 0, BESIEGE: 1, RELEASED: 2, ENTER: 3, PART: 4, TAKE: 5}


@dataclass(frozen=True, slots=True)
class Holding:
    """A place on a day: who holds it, since when, how probable that is, and the claims it rests on.

    ``support`` is the probability of what is stated: of the holder, of the contest, or of not knowing.
    ``posterior`` has every state; ``method`` says whether the place itself was spoken of.
    """

    place: Mapping[str, Any]
    holder: str | None
    contested: bool
    support: float
    since: date | None
    claims: tuple[str, ...]
    standing: Mapping[str, float]
    posterior: Mapping[str, float] = field(default_factory=dict)
    method: str = "direct"
    acts: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "place": dict(self.place),
            "holder": self.holder,
            "contested": self.contested,
            "support": round(self.support, 4),
            "since": self.since.isoformat() if self.since else None,
            "claims": list(self.claims),
            "standing": {actor: round(value, 4) for actor, value in self.standing.items()},
            "posterior": {state: round(value, 4) for state, value in self.posterior.items()},
            "method": self.method,
            "acts": [dict(act) for act in self.acts],
        }


@dataclass(frozen=True, slots=True)
class Seen:
    """A multiplication of beliefs on a day: a side, and the log-odds for it (against where negative)."""

    day: date
    side: str
    weight: float


def control(
    units: Iterable[Unit], at: date, knowledge: Knowledge, *, smooth: bool = True, places: Iterable[str] = ()
) -> list[Holding]:
    """The state of every place that claims speak of (and of those asked for), on the evening of a day."""
    by_place: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.place and unit.type in SPEAKING:
            by_place[unit.place].append(unit)
    asked = list(places) or [id for id, said in by_place.items() if _spoken_of(said, at, knowledge)]
    found = (hold(place, by_place, at, knowledge, smooth=smooth) for place in sorted(asked))
    return [holding for holding in found if holding is not None]


def _spoken_of(said: Sequence[Unit], at: date, knowledge: Knowledge) -> bool:
    return any(
        effect.kind not in (RELEASED, TOPPLED) and effect.day <= at
        for unit in said
        for effect in effects_of(unit, knowledge)
    )


def hold(
    place: str, units: Mapping[str, Sequence[Unit]], at: date, knowledge: Knowledge, *, smooth: bool = True
) -> Holding | None:
    """One place on one day, or None where nothing bears on it."""
    acts = episodes(effects_at(place, units, knowledge), knowledge)
    acts = acts if smooth else [act for act in acts if act.day <= at]
    if not acts:
        return None
    chain = Chain(acts, knowledge)
    days = sorted({day for day in chain.days if day <= at} | {at})
    beliefs = chain.run(days, [day for day in chain.days if day > at] if smooth else [])
    named = [chain.named(beliefs[day]) for day in days]
    now = named[-1]
    since = next((days[i + 1] for i in range(len(days) - 2, -1, -1) if named[i] != now), days[0])
    belief = beliefs[at]
    holder = now[0] if len(now) == 1 and now not in (UNKNOWN, VACATED) else None
    contested = len(now) > 1
    mention = place_of(place, units, knowledge)
    return Holding(
        place=mention,
        holder=holder,
        contested=contested,
        support=chain.support(belief, now),
        since=since if holder or contested else None,
        claims=cited(acts, at, smooth=smooth),
        standing=chain.standing(belief),
        posterior=chain.posterior(belief),
        method="direct" if any(act.source == OWN for act in acts if act.day <= at) else "contained",
        acts=tuple(chain.told(act) for act in acts if act.day <= at),
    )


def cited(acts: Sequence[Episode], at: date, *, smooth: bool) -> tuple[str, ...]:
    """The claims a state rests on, oldest first: those that name the place, or else all."""
    own = [act for act in acts if act.source == OWN and act.day <= at]
    used = own or [act for act in acts if act.day <= at] or (list(acts) if smooth else [])
    effects = sorted(
        (effect for act in used for effect in act.effects), key=lambda effect: (effect.day, effect.unit.order)
    )
    return tuple(dict.fromkeys(effect.unit.claim for effect in effects))


def place_of(place: str, units: Mapping[str, Sequence[Unit]], knowledge: Knowledge) -> Mapping[str, Any]:
    """The place as a claim has it; one that no claim names, as the packs have it."""
    said = units.get(place)
    if said:
        return min(said, key=lambda unit: (not unit.mention.get("label_ar"), unit.order)).mention
    lat, lon = knowledge.points.get(place, (None, None))
    name = knowledge.label(place)
    return {
        "id": place,
        "name": name,
        "start": 0,
        "end": 0,
        "lat": lat,
        "lon": lon,
        "level": knowledge.levels.get(place, ""),
        "label_ar": name,
        "label_en": knowledge.label(place, "en"),
    }


class Chain:
    """The hidden Markov chain of one place."""

    def __init__(self, acts: Sequence[Episode], knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.weigh = knowledge.weights
        self.sides = sorted({name for act in acts for name in (act.side, *act.losers) if name})
        self.start = self._start()
        self.weighed: dict[int, Weighed] = {}
        self.moves: dict[date, list[tuple[tuple[int, int, str], Move]]] = defaultdict(list)
        self.seen: dict[date, list[Seen]] = defaultdict(list)
        answers = self._answers(acts)
        for act in acts:
            self._add(act, acts, answers)
        self.days = sorted({*self.moves, *self.seen})

    def _start(self) -> Belief:
        """What is believed before anybody speaks."""
        unknown, contested = self.weigh("control", "unknown"), self.weigh("control", "contested")
        holders = [(side,) for side in self.sides]
        contests = list(combinations(sorted([*self.sides, SOMEBODY]), 2))
        belief: Belief = {UNKNOWN: unknown * 0.95, VACATED: unknown * 0.05}
        rest = 1 - unknown - contested
        # Where only one or two are named at all, each has the share it would have among three.
        share = rest / max(3, len(holders))
        belief |= dict.fromkeys(holders, share)
        belief[UNKNOWN] += rest - share * len(holders)
        return belief | dict.fromkeys(contests, contested / max(1, len(contests)))

    def _answers(self, acts: Sequence[Episode]) -> dict[tuple[str, str], Episode]:
        """Interested words that a side holds a place which answer its enemy's taking it, by unit."""
        found: dict[tuple[str, str], Episode] = {}
        takes = [act for act in acts if act.kind in (TAKE, PART, ENTER) and act.source == OWN]
        for held in acts:
            for unit in held.units if held.kind == HELD and held.source == OWN else ():
                for take in takes:
                    late = (held.day - take.day).days
                    enemy = not self.knowledge.together(take.side, held.side)
                    if enemy and 0 <= late <= RENEWED and interest(unit, self.knowledge) == "own_success":
                        found[unit.key] = take
        return found

    def _add(self, act: Episode, acts: Sequence[Episode], answers: Mapping[tuple[str, str], Episode]) -> None:
        units = list(act.units)
        if act.kind == HELD:
            units = [unit for unit in units if unit.key not in answers]
            if not units:
                return
        against = [
            replace(unit, stance="against", type="control_gained", actor=(act.side,), target=())
            for other in acts
            for unit in other.units
            if act.kind == TAKE and answers.get(unit.key) is act
        ]
        weighed = weigh([*units, *against], self.knowledge)
        self.weighed[id(act)] = weighed
        if not any(part.stance == "supports" for part in weighed.parts):
            if act.kind in (TAKE, HELD, PART, ENTER):
                strength = -0.5 * sum(-part.value for part in weighed.parts)
                self.seen[act.day].append(Seen(act.day, act.side, max(-1.0, strength)))
            elif act.kind == LEFT:
                strength = 0.5 * sum(-part.value for part in weighed.parts)
                self.seen[act.day].append(Seen(act.day, act.side, min(1.5, strength)))
            return
        p = min(weighed.probability, SURE) * act.factor
        odds = log(weighed.probability / (1 - weighed.probability))
        if act.kind == HELD:
            strength = min(STRONGEST, max(0.0, odds + self.weigh("control", "held"))) * act.factor
            self.seen[act.day].append(Seen(act.day, act.side, strength))
            return
        if act.kind == BESIEGE:
            self.seen[act.day].append(Seen(act.day, act.side, -self.weigh("control", "besieged")))
            return
        key = (ORDER[act.source], WITHIN_A_DAY[act.kind], act.side)
        self.moves[act.day].append((key, self._move(act, weighed, p, acts)))
        before = act.losers if act.kind in (TAKE, PART, ENTER) else {act.side} if act.kind == LEFT else ()
        for loser in before:
            strength = max(0.0, odds) * self.weigh("control", "loser") * act.factor
            if act.source == OWN:
                day = act.day - timedelta(days=1)
                self.seen[day].append(Seen(day, loser, min(STRONGEST, strength)))

    def _move(self, act: Episode, weighed: Weighed, p: float, acts: Sequence[Episode]) -> Move:
        """Where an act leads each state, and with what share."""
        number, side = self.weigh, act.side
        if act.kind == TAKE:
            supports = [part for part in weighed.parts if part.stance == "supports"]
            denies = [part for part in weighed.parts if part.stance == "denies"]
            if denies and all(part.interested for part in supports):
                takes, contests = (
                    number("control", "claimed_denied_takes"),
                    number("control", "claimed_denied_contests"),
                )
                return self._towards(side, takes * act.factor, contests * act.factor)
            rivals = [other for other in acts if other is not act and self._rival(act, other)]
            if rivals:
                return self._towards(side, p / (1 + len(rivals)), p * len(rivals) / (1 + len(rivals)))
            return self._towards(side, p, (1 - p) / 2 if denies and act.source == OWN else 0.0)
        if act.kind == PART:
            return self._towards(side, 0.0, p * number("control", "part"))
        if act.kind == ENTER:
            return self._entering(
                side, p * number("control", "entered"), p * number("control", "entered_empty")
            )
        if act.kind == RELEASED:
            return self._entering(side, p * number("control", "released"), p * number("control", "released"))
        if act.kind == TOPPLED:
            return self._toppling(p * number("control", "toppled"))
        return self._leaving(side, p * number("control", "left"))

    def _rival(self, act: Episode, other: Episode) -> bool:
        """Whether two took one place on one day, and it is not known which came last."""
        if other.kind != TAKE or other.day != act.day or other.source != act.source or other.side == act.side:
            return False
        if not any(unit.stance == "for" for unit in other.units):
            return False
        return not self.knowledge.together(act.side, other.side)

    def _towards(self, side: str, takes: float, contests: float) -> Move:
        """Taking: every state goes to the side, or to a contest between the side and who holds it."""

        def move(belief: Belief) -> Belief:
            out = dict.fromkeys(belief, 0.0)
            for state, share in belief.items():
                if state == (side,):
                    out[state] += share
                    continue
                out[(side,)] += share * takes
                out[self._contest(state, side)] += share * contests
                out[state] += share * (1 - takes - contests)
            return out

        return move

    def _entering(self, side: str, contests: float, empty: float) -> Move:
        """Going in: a contest with who holds the place; where it is empty, or nobody is known, often more."""

        def move(belief: Belief) -> Belief:
            out = dict.fromkeys(belief, 0.0)
            for state, share in belief.items():
                if state == VACATED:
                    takes, rest = min(1.0, 2 * empty), 0.0
                elif state == UNKNOWN:
                    takes, rest = empty, contests / 2
                elif len(state) > 1 or self.knowledge.together(state[0], side):
                    takes, rest = 0.0, 0.0
                else:
                    takes, rest = 0.0, contests
                out[(side,)] += share * takes
                out[self._contest(state, side)] += share * rest
                out[state] += share * (1 - takes - rest)
            return out

        return move

    def _leaving(self, side: str, gone: float) -> Move:
        """Leaving: the place is empty, or the other's in a contest."""

        def move(belief: Belief) -> Belief:
            out = dict.fromkeys(belief, 0.0)
            for state, share in belief.items():
                where = state
                if state == (side,):
                    where = VACATED
                elif state == UNKNOWN:
                    where = VACATED
                elif side in state:
                    other = next(name for name in state if name != side)
                    where = VACATED if other == SOMEBODY else (other,)
                out[where] += share * gone
                out[state] += share * (1 - gone)
            return out

        return move

    def _toppling(self, gone: float) -> Move:
        """A state's symbols come down: its grip is gone, a little."""

        def move(belief: Belief) -> Belief:
            out = dict(belief)
            for state in [(side,) for side in self.sides if side in self.knowledge.states]:
                out[VACATED] += out[state] * gone
                out[state] *= 1 - gone
            return out

        return move

    def _contest(self, state: State, side: str) -> State:
        """The contest that a side's coming makes of a state."""
        if len(state) > 1:
            return state
        other = SOMEBODY if state in (UNKNOWN, VACATED) else state[0]
        if self.knowledge.together(other, side) and other != SOMEBODY:
            return state
        first, second = sorted((other, side))
        return first, second

    def run(self, days: Sequence[date], later: Sequence[date]) -> dict[date, Belief]:
        """Beliefs on the evening of each day; what was told of later days is carried back to them."""
        forward: dict[date, Belief] = {}
        belief, before = dict(self.start), days[0]
        for day in (*days, *later):
            belief = self._evening(self._rest(belief, (day - before).days), day)
            forward[day] = belief
            before = day
        return self._back(forward, [*days, *later]) if later else forward

    def _back(self, forward: Mapping[date, Belief], days: Sequence[date]) -> dict[date, Belief]:
        """The smoother: how well each state explains what was told of later days."""
        states = list(self.start)
        likely = dict.fromkeys(states, 1.0)
        found = {days[-1]: dict(forward[days[-1]])}
        for day, after in zip(reversed(days[:-1]), reversed(days[1:]), strict=True):
            likely = self._before(likely, after, (after - day).days)
            joint = {state: forward[day][state] * likely[state] for state in states}
            found[day] = normalised(joint)
        return found

    def _before(self, likely: Belief, day: date, gap: int) -> Belief:
        """How well each state some days before a day explains that day and all that follow it."""
        seen = self._multipliers(day)
        weighed = {state: likely[state] * seen.get(state, 1.0) for state in likely}
        found: Belief = {}
        moves = [move for _, move in sorted(self.moves.get(day, ()), key=lambda pair: pair[0])]
        for state in likely:
            one = dict.fromkeys(likely, 0.0)
            one[state] = 1.0
            one = self._rest(one, gap)
            for move in moves:
                one = move(one)
            found[state] = sum(share * weighed[end] for end, share in one.items())
        most = max(found.values()) or 1.0
        return {state: value / most for state, value in found.items()}

    def _rest(self, belief: Belief, days: int) -> Belief:
        """Days without any word."""
        if days <= 0:
            return dict(belief)
        kept = self.weigh("control", "stays") ** days
        return {state: kept * share + (1 - kept) * self.start[state] for state, share in belief.items()}

    def _evening(self, belief: Belief, day: date) -> Belief:
        """A day's acts and then what was seen of its evening."""
        for _, move in sorted(self.moves.get(day, ()), key=lambda pair: pair[0]):
            belief = move(belief)
        seen = self._multipliers(day)
        return normalised({state: share * seen.get(state, 1.0) for state, share in belief.items()})

    def _multipliers(self, day: date) -> dict[State, float]:
        """What being seen to hold a place does to each state; a contest explains it less well."""
        found: dict[State, float] = {}
        holding = {seen.side for seen in self.seen.get(day, ()) if seen.weight > 0}
        for seen in self.seen.get(day, ()):
            for state in self.start:
                if seen.side in state:
                    both = seen.weight > 0 and holding.issuperset(state)
                    share = 1.0 if len(state) == 1 else BOTH_SEEN if both else ONE_SEEN
                    found[state] = found.get(state, 1.0) * exp(seen.weight * share)
        return found

    def named(self, belief: Belief) -> State:
        """What is stated of a belief: a holder, a contest of the likeliest two, or nothing."""
        holders = {
            state: share for state, share in belief.items() if len(state) == 1 and state[0] in self.sides
        }
        shown = self.weigh("control", "shown")
        best = max(sorted(holders), key=lambda state: holders[state], default=UNKNOWN)
        if holders.get(best, 0.0) >= shown:
            return best
        contests = {state: share for state, share in belief.items() if len(state) > 1}
        contested = sum(contests.values())
        nobody = belief[UNKNOWN] + belief[VACATED]
        if contests and contested >= max(nobody, holders.get(best, 0.0)):
            return max(sorted(contests), key=lambda state: contests[state])
        if len(holders) > 1 and sum(holders.values()) + contested > shown and nobody < 0.4:
            first, second = sorted(sorted(holders, key=lambda state: -holders[state])[:2])
            return first[0], second[0]
        return UNKNOWN

    def support(self, belief: Belief, named: State) -> float:
        """The probability of what is stated."""
        if named == UNKNOWN:
            return belief[UNKNOWN] + belief[VACATED]
        if len(named) == 1:
            return belief[named]
        return sum(share for state, share in belief.items() if len(state) > 1)

    def standing(self, belief: Belief) -> dict[str, float]:
        """How much of the belief each side has: what it holds and what it contests."""
        shares = {side: sum(share for state, share in belief.items() if side in state) for side in self.sides}
        return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))

    def posterior(self, belief: Belief) -> dict[str, float]:
        """The belief in plain states: each holder, contested, unknown."""
        shares = {side: belief[(side,)] for side in self.sides}
        shares["contested"] = sum(share for state, share in belief.items() if len(state) > 1)
        shares["unknown"] = belief[UNKNOWN] + belief[VACATED]
        return shares

    def told(self, act: Episode) -> dict[str, Any]:
        """An act as a person can read it, with its weighing."""
        weighed = self.weighed.get(id(act))
        return {
            "act": act.kind,
            "side": act.side,
            "day": act.day.isoformat(),
            "source": act.source,
            "factor": act.factor,
            "probability": round(weighed.probability, 4) if weighed else None,
            "parts": [part.to_json() for part in weighed.parts] if weighed else [],
        }


def normalised(belief: Belief) -> Belief:
    """A belief whose shares add up to one."""
    total = sum(belief.values())
    return {state: share / total for state, share in belief.items()} if total else belief
