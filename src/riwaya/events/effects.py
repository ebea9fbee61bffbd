"""What a claim says about who holds a place, before it is asked whether it is true.

Taking, taking a part, going in, leaving, holding, surrounding: each with the side it is about.  A
governorate taken speaks of its towns, a neighbourhood taken of its city: openly, with its own factor.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from riwaya.events.knowledge import AREAS, DISTRICTS, FACILITIES, GENERIC, Knowledge
from riwaya.events.link import Rulings
from riwaya.events.units import Unit
from riwaya.text.normalise import fold

TAKE, PART, ENTER, LEFT, HELD, BESIEGE, RELEASED, TOPPLED = (
    "take part enter left held besiege released toppled".split()
)
SPEAKING = frozenset(
    "control_gained control_lost control_held entered withdrew siege released property_destroyed".split()
)
OWN, INHERITED, PARTIAL = "own", "inherited", "partial"
WHOEVER = "*"  # the side that a word speaks of without naming it ("the ministry denied that Homs was taken")
SPLITS = 3  # days apart, both said, at which one side's act is another act


@dataclass(frozen=True, slots=True)
class Effect:
    """One unit's word about a side at a place; ``source`` says whether the place itself was named."""

    kind: str
    side: str
    loser: str
    unit: Unit
    day: date
    factor: float
    source: str


@dataclass(frozen=True, slots=True)
class Episode:
    """The effects that speak of one act or state of one side at one place."""

    kind: str
    side: str
    source: str
    day: date
    factor: float
    effects: tuple[Effect, ...]

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units behind it, each once."""
        return tuple({effect.unit.key: effect.unit for effect in self.effects}.values())

    @property
    def losers(self) -> frozenset[str]:
        """Whom the place was taken from, where said."""
        return frozenset(effect.loser for effect in self.effects if effect.loser)


def effects_at(place: str, units: Mapping[str, Sequence[Unit]], knowledge: Knowledge) -> list[Effect]:
    """Everything that bears on a place, each side by one name."""
    found = bearing(place, units, knowledge)
    return one_name_each(found, knowledge, names_of(found, knowledge))


def bearing(place: str, units: Mapping[str, Sequence[Unit]], knowledge: Knowledge) -> list[Effect]:
    """Everything that bears on a place: said of it, of what it lies in, of what lies in it."""
    found = [effect for unit in units.get(place, ()) for effect in effects_of(unit, knowledge)]
    for above in knowledge.lineage(place):
        for unit in units.get(above, ()):
            found += from_above(unit, place, above, knowledge)
    for below, factor in within(place, units, knowledge, own=bool(found)):
        for unit in units[below]:
            found += from_below(unit, factor, knowledge)
    return found


def effects_of(unit: Unit, knowledge: Knowledge) -> Iterator[Effect]:
    """What a unit says of the place it names."""
    kind = kind_of(unit, knowledge)
    if not kind:
        return
    day = unit.last or unit.likely
    sides = [actor for actor in unit.actor if knowledge.may_hold(actor)]
    losers = [target for target in unit.target if knowledge.may_hold(target)]
    if kind == TAKE and not sides and losers and unit.stance == "for":
        kind, sides, losers = LEFT, losers, []
    elif kind in (TAKE, PART, ENTER) and not sides:
        sides = [WHOEVER]
    if kind == TOPPLED:
        sides = [""]
    for side in sides:
        loser = losers[0] if losers and kind in (TAKE, PART, ENTER) else ""
        yield Effect(kind, side, loser, unit, day, 1.0, OWN)


def kind_of(unit: Unit, knowledge: Knowledge) -> str:
    """Which effect a unit has, or none; a town's surroundings are not the town."""
    if unit.extent == "surroundings" and unit.type != "siege":
        return ""
    partly = unit.extent == "part"
    if unit.type in ("control_gained", "control_held"):
        return PART if partly else TAKE if unit.type == "control_gained" else HELD
    if unit.type in ("control_lost", "withdrew"):
        return "" if partly else LEFT
    if unit.type == "entered":
        return ENTER
    if unit.type == "siege":
        return BESIEGE if unit.status != "denied" else ""
    if unit.type == "released" and unit.status == "happened":
        return RELEASED
    if unit.type == "property_destroyed" and unit.status == "happened":
        words = set(folded(unit.words).split())
        return TOPPLED if words.intersection(knowledge.weights.words["toppled"]) else ""
    return ""


def from_above(unit: Unit, place: str, above: str, knowledge: Knowledge) -> Iterator[Effect]:
    """What a governorate's or a city's fate says of a place inside it, unless the place is excepted."""
    level = knowledge.levels.get(above, "")
    if level == "country" or excepted(unit, place, knowledge):
        return
    weights = knowledge.weights
    for effect in effects_of(unit, knowledge):
        if effect.kind not in (TAKE, LEFT, HELD):
            continue
        if level in AREAS:
            name = "whole_over" if unit.extent == "whole" else "plain_over"
        else:
            name = "city_over"
        yield replace(effect, factor=weights("control", name), source=INHERITED)


def excepted(unit: Unit, place: str, knowledge: Knowledge) -> bool:
    """Whether the words name the place behind an exception ("all of Hama except Salamiyah")."""
    words = folded(unit.words)
    at = min(
        (at for cue in knowledge.weights.words["except"] if (at := words.find(f" {cue} ")) >= 0), default=-1
    )
    name = knowledge.label(place)
    return at >= 0 and fold(name) in words[at:]


@lru_cache(maxsize=4096)
def folded(words: str) -> str:
    """Words as they are looked up, with a space at both ends."""
    return f" {fold(words)} "


def within(
    place: str, units: Mapping[str, Sequence[Unit]], knowledge: Knowledge, *, own: bool
) -> Iterator[tuple[str, float]]:
    """The places inside one that claims speak of, and how much each says of the whole."""
    area = knowledge.levels.get(place) in AREAS
    if area and not own:
        return
    for below in knowledge.inside.get(place, ()):
        if below not in units:
            continue
        level = knowledge.levels.get(below, "")
        name = "town_in" if area else "district_in" if level in DISTRICTS else "facility_in"
        if area and level in FACILITIES:
            continue
        yield below, knowledge.weights("control", name)


def from_below(unit: Unit, factor: float, knowledge: Knowledge) -> Iterator[Effect]:
    """What a part's fate says of the whole: taking it is taking a part."""
    for effect in effects_of(unit, knowledge):
        if effect.kind == TAKE:
            yield replace(effect, kind=PART, factor=factor, source=PARTIAL)
        elif effect.kind == RELEASED:
            yield replace(effect, source=PARTIAL)


def names_of(effects: Iterable[Effect], knowledge: Knowledge, others: Collection[str] = ()) -> dict[str, str]:
    """One name for each side: the umbrella where it is named; unnamed fighters join the one they can.

    ``others`` are named as well, though not by these effects.
    """
    names = {name for effect in effects for name in (effect.side, effect.loser) if name not in ("", WHOEVER)}
    names |= set(others)
    wide = {name: next((up for up in knowledge.umbrellas(name) if up in names), name) for name in names}
    fighters = {wide[name] for name in names if name not in GENERIC and name not in knowledge.states}
    if len(fighters) == 1:
        wide |= dict.fromkeys(GENERIC & names, next(iter(fighters)))
    return wide


def one_name_each(effects: Sequence[Effect], knowledge: Knowledge, wide: Mapping[str, str]) -> list[Effect]:
    """The effects with every side by the one name that ``names_of`` gives it."""
    named = [
        replace(effect, side=wide.get(effect.side, effect.side), loser=wide.get(effect.loser, ""))
        for effect in effects
    ]
    return [one for effect in named for one in whoever(effect, named, knowledge)]


def whoever(effect: Effect, effects: Sequence[Effect], knowledge: Knowledge) -> Iterator[Effect]:
    """An effect with its side; one that names nobody is about the one side said to have done so just then."""
    if effect.side != WHOEVER:
        yield effect
        return
    speaker = effect.unit.origin.side
    near = {
        other.side
        for other in effects
        if other.kind in (TAKE, PART, ENTER)
        and other.unit.stance == "for"
        and other.side != WHOEVER
        and abs((other.day - effect.day).days) <= SPLITS
        and not (effect.unit.stance == "against" and speaker and knowledge.together(speaker, other.side))
    }
    if len(near) == 1:
        yield replace(effect, side=near.pop())


def episodes(
    effects: Iterable[Effect], knowledge: Knowledge, rulings: Rulings | None = None
) -> list[Episode]:
    """The effects as acts and states: words of one act together, a later act apart, as people decided."""
    rulings = rulings or Rulings()
    ordered = sorted(effects, key=lambda effect: (effect.day, effect.unit.order, effect.kind, effect.side))
    turns = [e for e in ordered if e.kind in (TAKE, LEFT) and e.unit.stance == "for" and e.source != PARTIAL]
    kinds: dict[tuple[str, str, str], list[Effect]] = defaultdict(list)
    for effect in ordered:
        kinds[effect.kind, effect.side, effect.source].append(effect)
    found: list[Episode] = []
    for (kind, side, source), said in sorted(kinds.items()):
        found += [
            episode(kind, side, source, group)
            for group in acts(kind, side, said, turns, knowledge, rulings)
            if group
        ]
    return found


def acts(
    kind: str,
    side: str,
    said: Sequence[Effect],
    turns: Sequence[Effect],
    knowledge: Knowledge,
    rulings: Rulings,
) -> Iterator[list[Effect]]:
    """Groups of effects that speak of one act; a denial joins the act it denies."""
    groups: list[list[Effect]] = []
    for effect in (one for one in said if one.unit.stance == "for"):
        ruled = ruled_into(effect, groups, rulings)
        if ruled is not None:
            ruled.append(effect)
        elif not groups or ruled_out(effect, groups[-1], rulings):
            groups.append([effect])
        elif another(kind, side, groups[-1], effect, turns, knowledge):
            groups.append([effect])
        else:
            groups[-1].append(effect)
    for group in groups:
        yield [*group, *(one for one in denials(said, group) if not ruled_out(one, group, rulings))]
    if said and not groups:
        yield list(said)


def ruled_into(effect: Effect, groups: Sequence[list[Effect]], rulings: Rulings) -> list[Effect] | None:
    """The group of an act that a person said an effect speaks of."""
    if not rulings.same:
        return None
    claim = effect.unit.claim
    return next(
        (g for g in groups if any(frozenset((claim, one.unit.claim)) in rulings.same for one in g)), None
    )


def ruled_out(effect: Effect, group: Sequence[Effect], rulings: Rulings) -> bool:
    """Whether a person said that an effect speaks of another act than a group's."""
    claim = effect.unit.claim
    return bool(rulings.different) and any(
        frozenset((claim, one.unit.claim)) in rulings.different for one in group
    )


def denials(said: Sequence[Effect], group: Sequence[Effect]) -> list[Effect]:
    """The denials near an act: until four days after the last word for it, not before a day that is said."""
    early = timedelta(days=0 if group[0].unit.last else 1)
    first = bisect_left(said, group[0].day - early, key=lambda one: one.day)
    last = bisect_right(said, group[-1].day + timedelta(days=4), key=lambda one: one.day)
    return [one for one in said[first:last] if one.unit.stance != "for"]


def another(
    kind: str,
    side: str,
    group: Sequence[Effect],
    effect: Effect,
    turns: Sequence[Effect],
    knowledge: Knowledge,
) -> bool:
    """Whether an effect speaks of another act than the group's."""
    last = group[-1].day
    if kind == HELD:
        return effect.day != last
    after = bisect_right(turns, group[0].day, key=lambda turn: turn.day)
    before = bisect_left(turns, effect.day, key=lambda turn: turn.day)
    if any(turns_from(turn, kind, side, knowledge) for turn in turns[after:before]):
        return True
    apart = (effect.day - group[0].day).days
    if effect.unit.last is not None:
        said = [one for one in group if one.unit.last is not None]
        return (effect.day - (said[-1].day if said else group[0].day)).days > SPLITS
    limit = SPLITS if kind not in (TAKE, LEFT) else int(knowledge.weights("link", "retell_days"))
    return apart > limit


def turns_from(turn: Effect, kind: str, side: str, knowledge: Knowledge) -> bool:
    """Whether a turn undoes what a side did: another took the place, or it left; or it came back."""
    if kind == LEFT:
        return turn.kind == TAKE and turn.side == side
    if turn.kind == LEFT:
        return turn.side == side
    return turn.side != side and not knowledge.together(turn.side, side)


def episode(kind: str, side: str, source: str, group: Sequence[Effect]) -> Episode:
    """One act: on the day most words say, or else the day it was first told."""
    spoken = [effect for effect in group if effect.unit.stance == "for"] or list(group)
    days = [effect.day for effect in spoken if effect.unit.last is not None]
    day = max(sorted(set(days)), key=days.count) if days else min(effect.day for effect in spoken)
    return Episode(kind, side, source, day, max(effect.factor for effect in spoken), tuple(group))
