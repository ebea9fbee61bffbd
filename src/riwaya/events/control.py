"""Who holds which place on which day: what is asked of the chains of ``chain.py``.

A place's history is folded window by window.  A window sees what was told of its own days and of a
fortnight around them, so that an act told again or denied across its border stays one act; it begins
with what was believed at the end of the window before.  So one report touches two windows of a place
and what follows only as far as beliefs differ.  ``known_by`` uses the filter alone (the past of the day
asked about); otherwise the smoother looks at what was told of later days, to the end of the next
window with any.  docs/control.md has the formulas and a worked example.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from riwaya.events.chain import (
    SOMEBODY,
    UNKNOWN,
    VACATED,
    Belief,
    Chain,
    State,
    foreseen,
    known,
    named,
    normalised,
    rested,
    support,
)
from riwaya.events.effects import (
    OWN,
    RELEASED,
    SPEAKING,
    TOPPLED,
    Episode,
    bearing,
    effects_of,
    episodes,
    names_of,
    one_name_each,
)
from riwaya.events.knowledge import Knowledge
from riwaya.events.link import Rulings
from riwaya.events.units import Unit

__all__ = ["CONTESTS", "SOMEBODY", "SPEAKING", "UNKNOWN", "VACATED", "Chain", "Holding", "control"]

CONTESTS = 0.25  # from here on a body is shown as contesting
WINDOW = 56  # days
AROUND = timedelta(days=14)  # before and after a window, what can be told of an act of it
CITED = 20  # claims that are carried on from one window to the next
LEAST = 1e-3  # of a belief, what is carried on


@dataclass(frozen=True, slots=True)
class Holding:
    """A place on a day: who holds it, since when, how probable that is, and the claims it rests on.

    ``support`` is the probability of what is stated: of the holder, of the contest, or of not knowing.
    ``posterior`` has every state; ``method`` says whether the place itself was spoken of.  ``before`` is
    what the window began with: the belief carried on, and since when it held.
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
    before: Mapping[str, Any] | None = None

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
            "before": dict(self.before) if self.before else None,
        }


@dataclass(frozen=True, slots=True)
class Carried:
    """What one window hands to the next: a belief on its last day, and what it rests on."""

    day: date
    belief: Mapping[State, float]
    named: State
    since: date
    claims: tuple[str, ...]
    own: bool
    mention: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "day": self.day.isoformat(),
            "belief": {" ".join(state): share for state, share in self.belief.items()},
            "named": list(self.named),
            "since": self.since.isoformat(),
            "claims": list(self.claims),
            "own": self.own,
            "mention": dict(self.mention),
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Carried:
        """Out of what is kept."""
        return cls(
            date.fromisoformat(kept["day"]),
            {tuple(state.split(" ")): share for state, share in kept["belief"].items()},
            tuple(kept["named"]),
            date.fromisoformat(kept["since"]),
            tuple(kept["claims"]),
            kept["own"],
            kept["mention"],
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """One window of one place, folded: beliefs on each day that something was told of.

    ``alone`` and ``ahead`` say how well each state explains what follows: by this window's words alone
    (the first day only, for the window before), and with those of the next (every day).  ``unbroken`` says
    whether what was stated at the end of the window before was still so on the eve of the first day.
    """

    window: int
    mention: Mapping[str, Any]
    states: tuple[State, ...]
    start: tuple[float, ...]
    days: tuple[date, ...]
    forward: tuple[tuple[float, ...], ...]
    alone: tuple[float, ...]
    ahead: tuple[tuple[float, ...], ...]
    acts: tuple[Mapping[str, Any], ...]
    cited: tuple[tuple[date, bool, tuple[str, ...]], ...]
    before: Carried | None
    unbroken: bool
    carried: Carried

    @property
    def low(self) -> date:
        """The first day that something was told of."""
        return self.days[0]

    def belief(self, values: Sequence[float]) -> Belief:
        """Numbers in the order of the states as a belief."""
        return dict(zip(self.states, values, strict=True))

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "window": self.window,
            "mention": dict(self.mention),
            "states": [list(state) for state in self.states],
            "start": list(self.start),
            "days": [day.isoformat() for day in self.days],
            "forward": [list(values) for values in self.forward],
            "alone": list(self.alone),
            "ahead": [list(values) for values in self.ahead],
            "acts": [dict(act) for act in self.acts],
            "cited": [[day.isoformat(), own, list(claims)] for day, own, claims in self.cited],
            "before": self.before.to_json() if self.before else None,
            "unbroken": self.unbroken,
            "carried": self.carried.to_json(),
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Stretch:
        """Out of what is kept."""
        return cls(
            kept["window"],
            kept["mention"],
            tuple(tuple(state) for state in kept["states"]),
            tuple(kept["start"]),
            tuple(date.fromisoformat(day) for day in kept["days"]),
            tuple(tuple(values) for values in kept["forward"]),
            tuple(kept["alone"]),
            tuple(tuple(values) for values in kept["ahead"]),
            tuple(kept["acts"]),
            tuple((date.fromisoformat(day), own, tuple(claims)) for day, own, claims in kept["cited"]),
            Carried.of_json(kept["before"]) if kept["before"] else None,
            kept["unbroken"],
            Carried.of_json(kept["carried"]),
        )


def window_of(day: date) -> int:
    """The number of the window that a day lies in."""
    return day.toordinal() // WINDOW


def days_of_window(window: int) -> tuple[date, date]:
    """The first and the last day of a window."""
    first = date.fromordinal(window * WINDOW)
    return first, first + timedelta(days=WINDOW - 1)


def seen_from(day: date) -> set[int]:
    """The windows that see what was told of a day."""
    return {window_of(day - AROUND), window_of(day), window_of(day + AROUND)}


def control(
    units: Iterable[Unit],
    at: date,
    knowledge: Knowledge,
    *,
    smooth: bool = True,
    places: Iterable[str] = (),
    rulings: Rulings | None = None,
) -> list[Holding]:
    """The state of every place that claims speak of (and of those asked for), on the evening of a day."""
    by_place = speaking(units)
    asked = list(places) or [id for id, said in by_place.items() if spoken_of(said, at, knowledge)]
    found = (hold(place, by_place, at, knowledge, smooth=smooth, rulings=rulings) for place in sorted(asked))
    return [holding for holding in found if holding is not None]


def speaking(units: Iterable[Unit]) -> dict[str, list[Unit]]:
    """The units that bear on who holds a place, by place."""
    by_place: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.place and unit.type in SPEAKING:
            by_place[unit.place].append(unit)
    return by_place


def spoken_of(said: Iterable[Unit], at: date, knowledge: Knowledge) -> bool:
    """Whether somebody said until a day who holds a place, itself and not only what lies in or around it."""
    return any(first is not None and first <= at for first in (own_day(unit, knowledge) for unit in said))


def own_day(unit: Unit, knowledge: Knowledge) -> date | None:
    """The day of which a unit says something about the place it names, that lists the place."""
    for effect in effects_of(unit, knowledge):
        if effect.kind not in (RELEASED, TOPPLED):
            return effect.day
    return None


def hold(
    place: str,
    units: Mapping[str, Sequence[Unit]],
    at: date,
    knowledge: Knowledge,
    *,
    smooth: bool = True,
    rulings: Rulings | None = None,
) -> Holding | None:
    """One place on one day, or None where nothing bears on it."""
    history = stretches(place, units, knowledge, None if smooth else at, rulings)
    return holding_at(history, at, knowledge, smooth=smooth)


def stretches(
    place: str,
    units: Mapping[str, Sequence[Unit]],
    knowledge: Knowledge,
    until: date | None = None,
    rulings: Rulings | None = None,
    carried: Carried | None = None,
    after: int | None = None,
) -> list[Stretch]:
    """A place's whole history folded; ``until`` a day alone where one asks what was known (no smoothing).

    ``carried`` is what is known at the end of the window ``after``, where not all is to be folded.
    """
    near = related(place, units, knowledge)
    windows = sorted({window_of(unit.likely) for said in near.values() for unit in said})
    folds: list[Folding] = []
    for window in windows:
        if after is not None and window <= after or until is not None and window > window_of(until):
            continue
        fold = folding(place, window, near, knowledge, carried, until=until, rulings=rulings)
        if fold:
            folds.append(fold)
            carried = fold.stretch().carried
    if until is not None:
        return [fold.stretch() for fold in folds]
    found: list[Stretch] = []
    for fold in reversed(folds):
        found.append(fold.stretch(found[-1] if found else None))
    return found[::-1]


def related(
    place: str, units: Mapping[str, Sequence[Unit]], knowledge: Knowledge
) -> dict[str, Sequence[Unit]]:
    """What is said of a place, of what it lies in, and of what lies in it."""
    return {id: units[id] for id in related_places(place, knowledge) if id in units}


def related_places(place: str, knowledge: Knowledge) -> list[str]:
    """A place, the areas and the city it lies in, and what lies directly in it."""
    above = [id for id in knowledge.lineage(place) if knowledge.levels.get(id) != "country"]
    return [place, *above, *knowledge.inside.get(place, ())]


def folding(
    place: str,
    window: int,
    units: Mapping[str, Sequence[Unit]],
    knowledge: Knowledge,
    carried: Carried | None,
    *,
    until: date | None = None,
    rulings: Rulings | None = None,
) -> Folding | None:
    """One window of a place, from what was believed before it; None where nothing was told of its days."""
    first, last = days_of_window(window)
    near = {
        id: [unit for unit in said if first - AROUND <= unit.likely <= last + AROUND]
        for id, said in units.items()
    }
    sides = {name for state in carried.belief for name in state if name != SOMEBODY} if carried else set()
    sides -= {*UNKNOWN, *VACATED}
    effects = bearing(place, {id: said for id, said in near.items() if said}, knowledge)
    names = names_of(effects, knowledge, sides)
    acts = episodes(one_name_each(effects, knowledge, names), knowledge, rulings)
    if until is not None:
        acts, last = [act for act in acts if act.day <= until], min(last, until)
    inherited = renamed(carried.belief, names) if carried else {}
    chain = Chain(acts, knowledge, first=first, last=last, sides={names.get(side, side) for side in sides})
    if not chain.days:
        return None
    return Folding(place, window, chain, near, carried, inherited)


def renamed(belief: Mapping[State, float], names: Mapping[str, str]) -> Belief:
    """A belief by the names that are used now; a contest of two that are one is that one's."""
    found: Belief = {}
    for state, share in belief.items():
        now = tuple(sorted({names.get(side, side) for side in state}))
        now = UNKNOWN if now == (SOMEBODY,) else now
        found[now] = found.get(now, 0.0) + share
    return found


class Folding:
    """One window on its way from a chain to a stretch."""

    def __init__(
        self,
        place: str,
        window: int,
        chain: Chain,
        units: Mapping[str, Sequence[Unit]],
        carried: Carried | None,
        inherited: Belief,
    ) -> None:
        self.place, self.window, self.chain, self.units = place, window, chain, units
        self.carried, self.inherited = carried, inherited
        self.shown = chain.weigh("control", "shown")

    def stretch(self, then: Stretch | None = None) -> Stretch:
        """The window folded; with what was told in the next, where that is known."""
        chain = self.chain
        before = dict.fromkeys(chain.start, 0.0) | self.inherited if self.carried else dict(chain.start)
        forward = chain.forward(before, self.carried.day if self.carried else chain.days[0])
        alone = chain.backward(None, None)
        ahead = alone
        if then:
            ahead = chain.backward(translated(then, chain.start, chain.knowledge), then.low)
        mention = mention_of(self.place, self.units, self.carried, chain.knowledge)
        cited = tuple(sorted((act.day, act.source == OWN, claims_of(act)) for act in chain.acts))
        states = tuple(chain.start)
        return Stretch(
            window=self.window,
            mention=mention,
            states=states,
            start=numbers(chain.start, states),
            days=tuple(chain.days),
            forward=tuple(numbers(belief, states) for belief in forward),
            alone=numbers(alone[0], states),
            ahead=tuple(numbers(value, states) for value in ahead),
            acts=tuple(chain.told(act) for act in chain.acts),
            cited=cited,
            before=self.carried,
            unbroken=self._goes_on(),
            carried=self._carried(forward, cited, mention),
        )

    def _carried(
        self,
        forward: Sequence[Belief],
        cited: Sequence[tuple[date, bool, tuple[str, ...]]],
        mention: Mapping[str, Any],
    ) -> Carried:
        """What the next window begins with."""
        days = self.chain.days
        kept = {state: round(share, 6) for state, share in forward[-1].items() if share >= LEAST}
        kept[UNKNOWN] = round(1 - sum(share for state, share in kept.items() if state != UNKNOWN), 6)
        names = [named(belief, self.shown) for belief in forward]
        run = next((i + 1 for i in range(len(days) - 2, -1, -1) if names[i] != names[-1]), 0)
        since = days[run]
        if run == 0 and self.carried and self.carried.named == names[-1] and self._goes_on():
            since = self.carried.since
        own = [claims for _, mine, claims in cited if mine]
        said = [claim for claims in own or [claims for _, _, claims in cited] for claim in claims]
        had = self.carried.claims if self.carried else ()
        return Carried(
            days[-1],
            kept,
            names[-1],
            since,
            tuple(dict.fromkeys((*had, *said)))[-CITED:],
            bool(own) or bool(self.carried and self.carried.own),
            mention,
        )

    def _goes_on(self) -> bool:
        """Whether what was stated at the end of the window before was so to the eve of this one's words."""
        if not self.carried:
            return False
        gap = (self.chain.days[0] - self.carried.day).days
        eve = self.chain.rest(dict.fromkeys(self.chain.start, 0.0) | self.inherited, gap - 1)
        return named(eve, self.shown) == self.carried.named


def numbers(belief: Mapping[State, float], states: Sequence[State]) -> tuple[float, ...]:
    """A belief as numbers in the order of the states."""
    return tuple(round(belief[state], 9) for state in states)


def claims_of(act: Episode) -> tuple[str, ...]:
    """The claims of an act, oldest first."""
    ordered = sorted(act.effects, key=lambda effect: (effect.day, effect.unit.order))
    return tuple(dict.fromkeys(effect.unit.claim for effect in ordered))


def mention_of(
    place: str, units: Mapping[str, Sequence[Unit]], carried: Carried | None, knowledge: Knowledge
) -> Mapping[str, Any]:
    """The place as a claim has it; one that no claim names, as the packs have it."""
    if said := units.get(place):
        return min(said, key=lambda unit: (not unit.mention.get("label_ar"), unit.order)).mention
    return carried.mention if carried else knowledge.mention(place)


def translated(then: Stretch, states: Iterable[State], knowledge: Knowledge) -> Belief:
    """How well states explain what was told in the next window, whose sides may bear other names."""
    value = then.belief(then.alone)
    sides = {name for state in then.states for name in state}

    def now(side: str) -> str:
        if side in sides:
            return side
        return next((name for name in sorted(sides) if known(name) and knowledge.one_side(name, side)), "")

    found: Belief = {}
    for state in states:
        if state in (UNKNOWN, VACATED):
            found[state] = value[state]
            continue
        names = tuple(sorted({now(side) for side in state}))
        found[state] = value.get(names, value[UNKNOWN])
    return found


def holding_at(
    history: Sequence[Stretch], at: date, knowledge: Knowledge, *, smooth: bool = True
) -> Holding | None:
    """The state on the evening of a day, from windows in their order."""
    here = max((i for i, one in enumerate(history) if one.low <= at), default=-1)
    if here < 0:
        return before_all(history[0], at, knowledge) if history and smooth else None
    then = history[here + 1] if here + 1 < len(history) else None
    return Evening(history[here], then, knowledge, smooth=smooth).holding(at)


def before_all(first: Stretch, at: date, knowledge: Knowledge) -> Holding:
    """A day before anybody spoke: what later words say of it."""
    start = first.belief(first.start)
    value = foreseen(
        first.belief(first.alone), start, knowledge.weights("control", "stays") ** (first.low - at).days
    )
    belief = normalised({state: share * value[state] for state, share in start.items()})
    now = named(belief, knowledge.weights("control", "shown"))
    own = [claims for _, mine, claims in first.cited if mine] or [claims for _, _, claims in first.cited]
    claims = tuple(dict.fromkeys(claim for said in own for claim in said))
    return stated(first.mention, belief, now, at, claims[:CITED], "contained", ())


class Evening:
    """Evenings of one place in one window, with the window that follows."""

    def __init__(
        self, here: Stretch, then: Stretch | None, knowledge: Knowledge, *, smooth: bool = True
    ) -> None:
        self.here, self.then, self.smooth = here, then if smooth else None, smooth
        self.knowledge = knowledge
        self.shown = knowledge.weights("control", "shown")
        self.stays = knowledge.weights("control", "stays")
        self.start = here.belief(here.start)

    def index(self, at: date) -> int:
        """Which of the days that something was told of is the last until a day."""
        return bisect_right(self.here.days, at) - 1

    def belief(self, at: date) -> Belief:
        """The belief of a day; with what was told of later ones, where that is asked for."""
        here, i = self.here, self.index(at)
        past = rested(here.belief(here.forward[i]), self.start, self.stays ** (at - here.days[i]).days)
        if self.smooth and i + 1 < len(here.days):
            value, day = here.belief(here.ahead[i + 1]), here.days[i + 1]
        elif self.then:
            value, day = translated(self.then, here.states, self.knowledge), self.then.low
        else:
            return past
        value = foreseen(value, self.start, self.stays ** max(0, (day - at).days))
        return normalised({state: share * value[state] for state, share in past.items()})

    def named(self, at: date) -> State:
        """What is stated of a day."""
        return named(self.belief(at), self.shown)

    def holding(self, at: date) -> Holding:
        """The state on the evening of a day."""
        here = self.here
        belief = self.belief(at)
        now = named(belief, self.shown)
        since = self.since(at, now)
        own = [claims for day, mine, claims in here.cited if mine and day <= at]
        used = own or [claims for day, _, claims in here.cited if day <= at]
        had = here.before.claims if here.before and (not own or since < here.low) else ()
        return stated(
            here.mention,
            belief,
            now,
            since,
            tuple(dict.fromkeys((*had, *(claim for said in used for claim in said)))),
            "direct" if own or here.before and here.before.own else "contained",
            tuple(act for act in here.acts if act["day"] <= at.isoformat()),
            here.before,
        )

    def since(self, at: date, now: State) -> date:
        """The first day from which it was so without a break."""
        days, index = self.here.days, self.index(at)
        if self.named(days[index]) != now:
            return self._turned(days[index], at, now)
        for i in range(index - 1, -1, -1):
            if self.named(days[i]) != now:
                return days[i + 1]
        before = self.here.before
        return before.since if before and self.here.unbroken and before.named == now else days[0]

    def _turned(self, low: date, high: date, now: State) -> date:
        """The day within a silence from which it was so."""
        while (high - low).days > 1:
            middle = low + (high - low) // 2
            low, high = (low, middle) if self.named(middle) == now else (middle, high)
        return high


def stated(
    mention: Mapping[str, Any],
    belief: Belief,
    now: State,
    since: date,
    claims: tuple[str, ...],
    method: str,
    acts: tuple[Mapping[str, Any], ...],
    before: Carried | None = None,
) -> Holding:
    """A belief in words and numbers that a person can read."""
    holder = now[0] if len(now) == 1 and known(now[0]) else None
    contested = len(now) > 1
    had = None
    if before:
        had = {
            "day": before.day.isoformat(),
            "since": before.since.isoformat(),
            "posterior": {state: round(share, 4) for state, share in posterior(before.belief).items()},
        }
    return Holding(
        place=mention,
        holder=holder,
        contested=contested,
        support=support(belief, now),
        since=since if holder or contested else None,
        claims=claims,
        standing=standing(belief),
        posterior=posterior(belief),
        method=method,
        acts=acts,
        before=had,
    )


def sides_of(belief: Iterable[State]) -> list[str]:
    """The sides that states name."""
    return sorted({name for state in belief for name in state if known(name)})


def standing(belief: Mapping[State, float]) -> dict[str, float]:
    """How much of the belief each side has: what it holds and what it contests."""
    shares = {
        side: sum(share for state, share in belief.items() if side in state) for side in sides_of(belief)
    }
    return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))


def posterior(belief: Mapping[State, float]) -> dict[str, float]:
    """The belief in plain states: each holder, contested, unknown."""
    shares = {side: belief.get((side,), 0.0) for side in sides_of(belief)}
    shares["contested"] = sum(share for state, share in belief.items() if len(state) > 1)
    shares["unknown"] = belief.get(UNKNOWN, 0.0) + belief.get(VACATED, 0.0)
    return shares
