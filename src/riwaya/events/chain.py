"""The hidden Markov chain of one place over one stretch of time.

The hidden state is a holder, a contest between two, vacated, or unknown.  An act that is believed with
probability p moves that share of each state to where the act leads; a state that is seen multiplies.
Everything is linear up to normalising, so what was told later is carried back through the same moves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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
    TAKE,
    TOPPLED,
    Episode,
)
from riwaya.events.knowledge import Knowledge
from riwaya.events.weigh import Weighed, interest, weigh

UNKNOWN, VACATED = ("unknown",), ("vacated",)
SOMEBODY = "?"  # whoever held a place before anybody said who
SURE = 0.985  # no act is believed more than this, however many tell it
STRONGEST = 6.0  # in log-odds, the most that a state seen may weigh
# What of a word that one side holds a place speaks for a contest: little, unless both are said to hold it.
ONE_SEEN, BOTH_SEEN = 0.4, 0.75
RENEWED = 3  # days in which an interested "we hold it" still answers "we took it"

State = tuple[str, ...]
Belief = dict[State, float]
# Where an act leads each state, and with which share; a state that is not named stays.
Move = Mapping[State, tuple[tuple[State, float], ...]]
ORDER = {INHERITED: 0, PARTIAL: 1, OWN: 2}
WITHIN_A_DAY = {HELD: 9, LEFT: 0, TOPPLED: 0, BESIEGE: 1, RELEASED: 2, ENTER: 3, PART: 4, TAKE: 5}


@dataclass(frozen=True, slots=True)
class Seen:
    """A multiplication of beliefs on a day: a side, and the log-odds for it (against where negative)."""

    day: date
    side: str
    weight: float


class Chain:
    """What some days' acts do to the belief about one place.

    ``acts`` are all that is known of these days and of those around them; only acts from ``first`` to
    ``last`` move anything.  ``sides`` are named although no act names them: who held the place before.
    """

    def __init__(
        self,
        acts: Sequence[Episode],
        knowledge: Knowledge,
        *,
        first: date = date.min,
        last: date = date.max,
        sides: Collection[str] = (),
    ) -> None:
        self.knowledge = knowledge
        self.weigh = knowledge.weights
        self.acts = [act for act in acts if first <= act.day <= last]
        named = {name for act in self.acts for name in (act.side, *act.losers) if name}
        self.sides = sorted(named | set(sides))
        self.start = self._start()
        self.weighed: dict[int, Weighed] = {}
        self.moves: dict[date, list[tuple[tuple[int, int, str], Move]]] = defaultdict(list)
        self.seen: dict[date, list[Seen]] = defaultdict(list)
        answers = self._answers(acts)
        for act in self.acts:
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
            if held.kind != HELD or held.source != OWN:
                continue
            answered = [
                take
                for take in takes
                if 0 <= (held.day - take.day).days <= RENEWED
                and not self.knowledge.together(take.side, held.side)
            ]
            for unit in held.units if answered else ():
                if interest(unit, self.knowledge) == "own_success":
                    found[unit.key] = answered[-1]
        return found

    def _add(self, act: Episode, acts: Sequence[Episode], answers: Mapping[tuple[str, str], Episode]) -> None:
        units = list(act.units)
        if act.kind == HELD:
            units = [unit for unit in units if unit.key not in answers]
            if not units:
                return
        answering = act.kind == TAKE and any(take is act for take in answers.values())
        against = [
            replace(unit, stance="against", type="control_gained", actor=(act.side,), target=())
            for other in (acts if answering else ())
            for unit in other.units
            if answers.get(unit.key) is act
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
        return {
            state: (
                ((side,), takes),
                (self._contest(state, side), contests),
                (state, 1 - takes - contests),
            )
            for state in self.start
            if state != (side,)
        }

    def _entering(self, side: str, contests: float, empty: float) -> Move:
        """Going in: a contest with who holds the place; where it is empty, or nobody is known, often more."""
        move: dict[State, tuple[tuple[State, float], ...]] = {}
        for state in self.start:
            takes, rest = 0.0, contests
            if state == VACATED:
                takes, rest = min(1.0, 2 * empty), 0.0
            elif state == UNKNOWN:
                takes, rest = empty, contests / 2
            elif len(state) > 1 or self.knowledge.together(state[0], side):
                continue
            move[state] = (
                ((side,), takes),
                (self._contest(state, side), rest),
                (state, 1 - takes - rest),
            )
        return move

    def _leaving(self, side: str, gone: float) -> Move:
        """Leaving: the place is empty, or the other's in a contest."""
        move: dict[State, tuple[tuple[State, float], ...]] = {}
        for state in self.start:
            where = VACATED
            if len(state) > 1 and side in state:
                other = next(name for name in state if name != side)
                where = VACATED if other == SOMEBODY else (other,)
            elif state not in ((side,), UNKNOWN):
                continue
            move[state] = ((where, gone), (state, 1 - gone))
        return move

    def _toppling(self, gone: float) -> Move:
        """A state's symbols come down: its grip is gone, a little."""
        states = [(side,) for side in self.sides if side in self.knowledge.states]
        return {state: ((VACATED, gone), (state, 1 - gone)) for state in states}

    def _contest(self, state: State, side: str) -> State:
        """The contest that a side's coming makes of a state."""
        if len(state) > 1:
            return state
        other = SOMEBODY if state in (UNKNOWN, VACATED) else state[0]
        if self.knowledge.together(other, side) and other != SOMEBODY:
            return state
        first, second = sorted((other, side))
        return first, second

    def forward(self, belief: Belief, before: date) -> list[Belief]:
        """Beliefs on the evening of each day that something was told of, from that of a day ``before``."""
        found: list[Belief] = []
        for day in self.days:
            belief = self.rest(belief, (day - before).days)
            for move in self._ordered(day):
                belief = led(belief, move)
            seen = self._multipliers(day)
            belief = normalised({state: share * seen.get(state, 1.0) for state, share in belief.items()})
            found.append(belief)
            before = day
        return found

    def backward(self, likely: Belief | None, after: date | None) -> list[Belief]:
        """How well each state before a day's acts explains that day and all that follows it, for each day.

        ``likely`` says so of what was told still later, before the acts of the day ``after``.
        """
        found: list[Belief] = []
        value = dict.fromkeys(self.start, 1.0)
        for day in reversed(self.days):
            if likely is not None and after is not None:
                value = self.foreseen(likely, (after - day).days)
            seen = self._multipliers(day)
            value = {state: value[state] * seen.get(state, 1.0) for state in value}
            for move in reversed(self._ordered(day)):
                value = explained(value, move)
            most = max(value.values()) or 1.0
            value = {state: one / most for state, one in value.items()}
            found.append(value)
            likely, after = value, day
        return found[::-1]

    def run(self, days: Sequence[date], later: Sequence[date]) -> dict[date, Belief]:
        """Beliefs on the evenings of days; with what was told of later ones, where any is asked for."""
        forward = dict(zip(self.days, self.forward(dict(self.start), days[0]), strict=True))
        likely = dict(zip(self.days, self.backward(None, None), strict=True))
        found: dict[date, Belief] = {}
        for day in days:
            past = max((one for one in self.days if one <= day), default=None)
            belief = self.rest(forward[past], (day - past).days) if past else dict(self.start)
            after = min((one for one in self.days if one > day), default=None)
            if later and after:
                value = self.foreseen(likely[after], (after - day).days)
                belief = normalised({state: share * value[state] for state, share in belief.items()})
            found[day] = belief
        return found

    def named(self, belief: Belief) -> State:
        """What is stated of a belief."""
        return named(belief, self.weigh("control", "shown"))

    def support(self, belief: Belief, now: State) -> float:
        """The probability of what is stated."""
        return support(belief, now)

    def _ordered(self, day: date) -> list[Move]:
        """The acts of a day in the order in which they are taken."""
        return [move for _, move in sorted(self.moves.get(day, ()), key=lambda pair: pair[0])]

    def rest(self, belief: Belief, days: int) -> Belief:
        """Days without any word."""
        return rested(belief, self.start, self.weigh("control", "stays") ** max(days, 0))

    def foreseen(self, likely: Belief, days: int) -> Belief:
        """How well each state explains what comes so many days later."""
        return foreseen(likely, self.start, self.weigh("control", "stays") ** max(days, 0))

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


def led(belief: Belief, move: Move) -> Belief:
    """A belief after an act."""
    out = dict.fromkeys(belief, 0.0)
    for state, share in belief.items():
        to = move.get(state)
        if to is None:
            out[state] += share
            continue
        for end, part in to:
            out[end] += share * part
    return out


def explained(value: Belief, move: Move) -> Belief:
    """How well each state explains what follows an act, from how well each state after it does."""
    return {
        state: sum(part * value[end] for end, part in move[state]) if state in move else own
        for state, own in value.items()
    }


def rested(belief: Belief, start: Belief, kept: float) -> Belief:
    """A belief that went on as it was with a share ``kept``, and else is what it was before anybody spoke."""
    if kept == 1:
        return dict(belief)
    return {state: kept * share + (1 - kept) * start[state] for state, share in belief.items()}


def foreseen(likely: Belief, start: Belief, kept: float) -> Belief:
    """The same, backwards in time."""
    if kept == 1:
        return dict(likely)
    any_of = (1 - kept) * sum(start[state] * value for state, value in likely.items())
    return {state: kept * value + any_of for state, value in likely.items()}


def normalised(belief: Belief) -> Belief:
    """A belief whose shares add up to one."""
    total = sum(belief.values())
    return {state: share / total for state, share in belief.items()} if total else belief


def known(side: str) -> bool:
    """Whether a name is that of a side."""
    return side not in (SOMEBODY, *UNKNOWN, *VACATED)


def named(belief: Mapping[State, float], shown: float) -> State:
    """What is stated of a belief: a holder, a contest of the likeliest two, or nothing."""
    holders = {state: share for state, share in belief.items() if len(state) == 1 and known(state[0])}
    best = max(sorted(holders), key=lambda state: holders[state], default=UNKNOWN)
    if holders.get(best, 0.0) >= shown:
        return best
    contests = {state: share for state, share in belief.items() if len(state) > 1}
    contested = sum(contests.values())
    nobody = belief.get(UNKNOWN, 0.0) + belief.get(VACATED, 0.0)
    if contests and contested >= max(nobody, holders.get(best, 0.0)):
        return max(sorted(contests), key=lambda state: contests[state])
    if len(holders) > 1 and sum(holders.values()) + contested > shown and nobody < 0.4:
        first, second = sorted(sorted(holders, key=lambda state: -holders[state])[:2])
        return first[0], second[0]
    return UNKNOWN


def support(belief: Mapping[State, float], now: State) -> float:
    """The probability of what is stated."""
    if now == UNKNOWN:
        return belief[UNKNOWN] + belief[VACATED]
    if len(now) == 1:
        return belief[now]
    return sum(share for state, share in belief.items() if len(state) > 1)
