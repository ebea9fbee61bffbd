"""Who says otherwise: the sides of every disagreement, since when, and whether it was settled.

A dispute needs two origins that cannot both be right about one place and time: it happened or it did
not, one side holds the place or another, the whole or a part, one figure or another far from it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from riwaya.events.effects import (
    ENTER,
    HELD,
    LEFT,
    OWN,
    PART,
    SPEAKING,
    TAKE,
    Episode,
    effects_of,
    episodes,
    names_of,
    one_name_each,
)
from riwaya.events.knowledge import Knowledge
from riwaya.events.link import Event, Rulings, day_runs
from riwaya.events.units import Unit
from riwaya.events.weigh import interest
from riwaya.model import content_id

# Which act names a dispute where several do, and how many days later a word can still settle it.
FIRST_TOLD = (TAKE, HELD, LEFT, ENTER, PART)
LATEST = 30
LONGEST_SPELL = 84  # days after which what is said of a place without a pause is cut


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says, and who says it."""

    says: str
    units: tuple[Unit, ...]
    holder: str = ""
    act: str = ""

    @property
    def origins(self) -> tuple[str, ...]:
        """The independent origins."""
        return tuple(sorted({unit.origin.id for unit in self.units}))

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "says": self.says,
            "act": self.act,
            "holder": self.holder,
            "origins": list(self.origins),
            "reports": list(dict.fromkeys(unit.report for unit in self.units)),
            "claims": list(dict.fromkeys(unit.claim for unit in self.units)),
        }


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disagreement about one place and one happening."""

    place: Mapping[str, Any]
    type: str
    sides: tuple[Side, ...]
    when: date
    since: datetime
    settled: bool
    how: str = ""
    by: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """The same for the same disagreement: of whose first words, about what, where and when."""
        first = min(self.sides[0].units, key=lambda unit: unit.order).claim
        where = str(self.place.get("id") or self.place.get("name") or "")
        return "di-" + content_id(where, self.type, self.when.isoformat(), self.sides[0].says, first)[:12]

    @property
    def claims(self) -> frozenset[str]:
        """Every claim of every side."""
        return frozenset(unit.claim for side in self.sides for unit in side.units)

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "id": self.id,
            "place": dict(self.place),
            "type": self.type,
            "when": self.when.isoformat(),
            "since": self.since.isoformat(),
            "sides": [side.to_json() for side in self.sides],
            "settled": self.settled,
            "how": self.how,
            "settled_by": list(self.by),
        }


def disputes(
    units: Iterable[Unit], events: Iterable[Event], knowledge: Knowledge, rulings: Rulings | None = None
) -> list[Dispute]:
    """Every disagreement, settled or open, in the order in which they began."""
    by_place: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.place and unit.type in SPEAKING:
            by_place[unit.place].append(unit)
    found = [
        dispute
        for _, said in sorted(by_place.items())
        for spell in spells(said, knowledge)
        for dispute in about_control(spell, knowledge, rulings)
    ]
    for event in events:
        found += about_event(event, knowledge)
    return sorted(found, key=lambda one: (one.since, one.id))


def spells(said: Sequence[Unit], knowledge: Knowledge) -> Iterator[list[Unit]]:
    """What was said of a place, cut where it was long silent (and at fixed days, where it never was)."""
    by_day: dict[date, list[Unit]] = defaultdict(list)
    for unit in sorted(said, key=lambda unit: unit.order):
        by_day[unit.likely].append(unit)
    for days in spell_days(sorted(by_day), knowledge):
        yield [unit for day in days for unit in by_day[day]]


def spell_days(days: Sequence[date], knowledge: Knowledge) -> Iterator[list[date]]:
    """The days of each spell."""
    return day_runs(days, knowledge, gap_name="quiet_days", longest=LONGEST_SPELL, piece=LONGEST_SPELL // 2)


def about_control(
    said: Sequence[Unit], knowledge: Knowledge, rulings: Rulings | None = None
) -> Iterator[Dispute]:
    """Disagreements about who holds one place."""
    found = [e for unit in said for e in effects_of(unit, knowledge)]
    effects = one_name_each(found, knowledge, names_of(found, knowledge))
    acts = [act for act in episodes(effects, knowledge, rulings) if act.source == OWN]
    taken: set[tuple[str, str]] = set()
    days = [act.day for act in sorted(acts, key=lambda act: act.day)]
    by_day = sorted(acts, key=lambda act: act.day)
    spoken = [act for act in acts if act.kind in FIRST_TOLD]
    for act in sorted(spoken, key=lambda act: (FIRST_TOLD.index(act.kind), act.day, act.side)):
        near = by_day[
            bisect_left(days, act.day - timedelta(days=2)) : bisect_right(
                days, act.day + timedelta(days=LATEST)
            )
        ]
        dispute = about_act(act, near, knowledge)
        if dispute is None:
            continue
        claims = {(unit.claim, side.says) for side in dispute.sides for unit in side.units}
        if claims & taken:
            continue
        taken |= claims
        yield dispute


def about_act(act: Episode, acts: Sequence[Episode], knowledge: Knowledge) -> Dispute | None:
    """Who agrees with an act and who does not, or None where nobody disagrees."""
    for_it = [unit for unit in act.units if unit.stance == "for"]
    if not for_it:
        return None
    against = [unit for unit in act.units if unit.stance == "against"]
    retracted = [unit for unit in act.units if unit.stance == "retracts"]
    holders: dict[str, list[Unit]] = defaultdict(list)
    partly: list[Unit] = []
    for other in acts:
        if other is act:
            continue
        contrary, part = opposed(act, other, knowledge)
        if part:
            partly += contrary
        elif contrary:
            holders[other.side] += contrary
    sides = [Side(says_of(act.kind, act.side, knowledge), tuple(for_it), act.side, act.kind)]
    if against:
        sides.append(Side(denied(act.kind, act.side, knowledge), tuple(against), act.side, f"not_{act.kind}"))
    for holder, units in sorted(holders.items()):
        sides.append(Side(says_of(HELD, holder, knowledge), tuple(units), holder, HELD))
    if partly:
        sides.append(Side(says_of(PART, act.side, knowledge), tuple(partly), act.side, PART))
    others = [unit for side in sides[1:] for unit in side.units]
    if (
        not others
        or {unit.origin.id for unit in others} <= {unit.origin.id for unit in for_it}
        and not against
    ):
        return None
    if not {unit.origin.id for unit in others} - {unit.origin.id for unit in for_it} and one_voice(
        for_it, others
    ):
        return None
    how, by = settlement(act, for_it, others, retracted, acts, knowledge)
    known = [unit.known for side in sides for unit in side.units]
    return Dispute(
        place=for_it[0].mention,
        type=type_of(act),
        sides=tuple(sides),
        when=act.day,
        since=max(min(unit.known for unit in for_it), min(unit.known for unit in others))
        if known
        else known[0],
        settled=bool(how),
        how=how,
        by=by,
    )


def one_voice(a: Sequence[Unit], b: Sequence[Unit]) -> bool:
    """Whether only one origin speaks on both sides: it corrected itself, nobody disagrees."""
    return len({unit.origin.id for unit in (*a, *b)}) == 1


def opposed(act: Episode, other: Episode, knowledge: Knowledge) -> tuple[list[Unit], bool]:
    """The units of another act that cannot be right if this one is; and whether they say "only a part"."""
    days = timedelta(days=int(knowledge.weights("disputes", "days")))
    units = [unit for unit in other.units if unit.stance == "for"]
    began = min(unit.known for unit in act.units if unit.stance == "for")
    if other.side == act.side:
        whole = act.kind == TAKE and other.kind in (PART, ENTER) and other.day >= act.day
        partial = [unit for unit in units if unit.extent == "part" and unit.known >= began]
        own = {unit.origin.id for unit in act.units}
        return (
            [u for u in partial if u.origin.id not in own] if whole and other.day <= act.day + days else []
        ), True
    if knowledge.together(act.side, other.side):
        return [], False
    if act.kind in (TAKE, PART, ENTER) and other.kind == HELD and act.day <= other.day <= act.day + days:
        contrary = [unit for unit in units if unit.known >= began - timedelta(days=1)]
        return (contrary if act.kind == TAKE or other.day == act.day else []), False
    if act.kind == TAKE and other.kind == TAKE and act.day == other.day:
        return units, False
    return [], False


def says_of(kind: str, side: str, knowledge: Knowledge) -> str:
    """What a side says, in plain words."""
    name = knowledge.label(side, "en")
    words = {
        TAKE: "took it",
        PART: "took a part of it",
        ENTER: "entered it",
        LEFT: "left it",
        HELD: "holds it",
    }
    return f"{name} {words[kind]}"


def denied(kind: str, side: str, knowledge: Knowledge) -> str:
    """What who denies it says."""
    name = knowledge.label(side, "en")
    words = {
        TAKE: "did not take it",
        PART: "did not take a part of it",
        ENTER: "did not enter it",
        LEFT: "did not leave it",
        HELD: "does not hold it",
    }
    return f"{name} {words[kind]}"


def type_of(act: Episode) -> str:
    """The claim type a dispute is about."""
    types = [unit.type for unit in act.units if unit.stance == "for"]
    return max(sorted(set(types)), key=types.count)


def settlement(
    act: Episode,
    for_it: Sequence[Unit],
    others: Sequence[Unit],
    retracted: Sequence[Unit],
    acts: Sequence[Episode],
    knowledge: Knowledge,
) -> tuple[str, tuple[str, ...]]:
    """How a dispute ended, and by which claims; empty while it is open."""
    last_for = max(unit.known for unit in for_it)
    last_other = max(unit.known for unit in others)
    back = [unit for unit in retracted if unit.known >= last_for]
    if back and {unit.origin.id for unit in for_it} <= {unit.origin.id for unit in retracted}:
        return "taken back by who said it", claims_of(back)
    deniers = {unit.origin.side for unit in others if unit.origin.side}
    agree = agreeing(act, acts, last_other, knowledge)
    admitted = [
        unit
        for unit in agree
        if any(knowledge.together(unit.origin.side, side) for side in deniers if unit.origin.side)
        or unit.origin.id in {other.origin.id for other in others}
    ]
    if admitted:
        return "admitted by who denied it", claims_of(admitted)
    enough = int(knowledge.weights("disputes", "settles"))
    plain = [unit for unit in agree if not interest(unit, knowledge)]
    if len({unit.origin.id for unit in plain}) >= enough:
        return "confirmed by later independent origins", claims_of(plain)
    contrary = [
        unit
        for unit in disagreeing(act, acts, last_for, knowledge)
        if not unit.origin.side
        or not any(
            knowledge.together(unit.origin.side, other.origin.side) for other in others if other.origin.side
        )
    ]
    gave_up = [
        unit
        for unit in disagreeing(act, acts, last_for, knowledge)
        if unit.origin.side and knowledge.together(unit.origin.side, act.side)
    ]
    if gave_up:
        return "admitted by who claimed it", claims_of(gave_up)
    if len({unit.origin.id for unit in contrary}) >= enough:
        return "refuted by later independent origins", claims_of(contrary)
    return "", ()


def claims_of(units: Iterable[Unit]) -> tuple[str, ...]:
    """The claims, each once."""
    return tuple(dict.fromkeys(unit.claim for unit in sorted(units, key=lambda unit: unit.order)))


def agreeing(act: Episode, acts: Sequence[Episode], after: datetime, knowledge: Knowledge) -> list[Unit]:
    """Later words that take an act for true: the act itself, its side holding the place, its enemy gone."""
    found = []
    for other in acts:
        if other.day < act.day - timedelta(days=1):
            continue
        same = other.side == act.side and other.kind in ((TAKE, HELD) if act.kind != LEFT else (LEFT,))
        same = same or other is act
        gone = (
            act.kind in (TAKE, PART, ENTER)
            and other.kind == LEFT
            and not knowledge.together(other.side, act.side)
        )
        gone = gone or (
            act.kind == LEFT and other.kind == TAKE and not knowledge.together(other.side, act.side)
        )
        if same or gone:
            found += [unit for unit in other.units if unit.stance == "for" and unit.known > after]
    return found


def disagreeing(act: Episode, acts: Sequence[Episode], after: datetime, knowledge: Knowledge) -> list[Unit]:
    """Later words that take an act for false or undone: denials, its side gone, its enemy in its place."""
    found = [unit for unit in act.units if unit.stance == "against" and unit.known > after]
    for other in acts:
        gone = other.kind == LEFT and other.side == act.side and act.kind != LEFT
        held = (
            other.kind in (HELD, TAKE) and not knowledge.together(other.side, act.side) and act.kind != LEFT
        )
        stayed = act.kind == LEFT and other.kind == HELD and other.side == act.side
        if (gone or held or stayed) and other.day >= act.day:
            found += [unit for unit in other.units if unit.stance == "for" and unit.known > after]
    return found


def about_event(event: Event, knowledge: Knowledge) -> Iterator[Dispute]:
    """Disagreements about one event that is not about who holds a place: it happened or not, how many."""
    if event.family == "control":
        return
    for_it = [unit for unit in event.units if unit.stance == "for"]
    against = [unit for unit in event.units if unit.stance == "against"]
    if for_it and against and not one_voice(for_it, against):
        how, by = settled_fact(for_it, against, event, knowledge)
        sides = (
            Side("it happened", tuple(for_it), act="happened"),
            Side("it did not happen", tuple(against), act="not_happened"),
        )
        since = max(min(unit.known for unit in for_it), min(unit.known for unit in against))
        yield Dispute(event.place, event.type, sides, event.when[0], since, bool(how), how, by)
    yield from about_figures(event, for_it, knowledge)


def settled_fact(
    for_it: Sequence[Unit], against: Sequence[Unit], event: Event, knowledge: Knowledge
) -> tuple[str, tuple[str, ...]]:
    """How a dispute about whether something happened ended."""
    enough = int(knowledge.weights("disputes", "settles"))
    ends: list[tuple[datetime, str, tuple[str, ...]]] = []
    for ours, theirs, how in ((for_it, against, "confirmed"), (against, for_it, "refuted")):
        last = max(unit.known for unit in theirs)
        later = [unit for unit in ours if unit.known > last]
        sides = {unit.origin.side for unit in theirs if unit.origin.side}
        ids = {unit.origin.id for unit in theirs}
        admitted = [
            unit
            for unit in later
            if unit.origin.id in ids
            or unit.origin.side
            and any(knowledge.together(unit.origin.side, s) for s in sides)
        ]
        plain = [unit for unit in later if not interest(unit, knowledge)]
        if admitted:
            ends.append((admitted[0].known, "admitted by who said otherwise", claims_of(admitted)))
        elif len({unit.origin.id for unit in plain}) >= enough:
            ends.append((plain[0].known, f"{how} by later independent origins", claims_of(plain)))
    back = [unit for unit in event.units if unit.stance == "retracts"]
    if back and {unit.origin.id for unit in for_it} <= {unit.origin.id for unit in back}:
        ends.append((back[0].known, "taken back by who said it", claims_of(back)))
    if not ends:
        return "", ()
    _, how, by = max(ends)
    return how, by


def about_figures(event: Event, for_it: Sequence[Unit], knowledge: Knowledge) -> Iterator[Dispute]:
    """Figures too far apart to be counting: each origin's latest, grouped where they overlap."""
    latest: dict[str, Unit] = {}
    first: dict[str, Unit] = {}
    for unit in sorted(for_it, key=lambda unit: unit.order):
        if unit.figure and unit.figure.low is not None:
            first.setdefault(unit.origin.id, unit)
            latest[unit.origin.id] = unit
    then = groups_of(list(first.values()), knowledge)
    now = groups_of(list(latest.values()), knowledge)
    if len(now) > 1:
        yield figures_dispute(event, now, knowledge, settled=outnumbered(now, knowledge))
    elif len(then) > 1:
        by = claims_of(unit for id, unit in latest.items() if unit is not first[id])
        yield figures_dispute(event, then, knowledge, settled=("figures were corrected and agree", by))


def outnumbered(groups: Sequence[Sequence[Unit]], knowledge: Knowledge) -> tuple[str, tuple[str, ...]]:
    """A figure that several later origins give, and nobody contradicts after them, settles it."""
    enough = int(knowledge.weights("disputes", "settles"))
    for group in groups:
        others = [unit for other in groups if other is not group for unit in other]
        last = max(unit.known for unit in others)
        later = [unit for unit in group if unit.known > last]
        if len({unit.origin.id for unit in later}) >= enough:
            return "confirmed by later independent origins", claims_of(later)
    return "", ()


def groups_of(units: Sequence[Unit], knowledge: Knowledge) -> list[list[Unit]]:
    """Figures that agree, smallest first."""
    ratio = knowledge.weights("disputes", "toll")
    ordered = sorted(units, key=lambda unit: (unit.figure.low or 0 if unit.figure else 0, unit.order))
    groups: list[list[Unit]] = []
    for unit in ordered:
        figure = unit.figure
        assert figure
        for group in groups:
            last = group[-1].figure
            assert last
            near = (figure.low or 0) <= ratio * max(last.low or 0, last.high or 0) + 1
            if last.overlaps(figure) or near:
                group.append(unit)
                break
        else:
            groups.append([unit])
    return groups


def figures_dispute(
    event: Event,
    groups: Sequence[Sequence[Unit]],
    knowledge: Knowledge,
    *,
    settled: tuple[str, tuple[str, ...]],
) -> Dispute:
    """A dispute about how many."""
    how, by = settled
    sides = tuple(Side(shown(group), tuple(group)) for group in groups)
    since = sorted(min(unit.known for unit in group) for group in groups)[1]
    return Dispute(event.place, event.type, sides, event.when[0], since, bool(how), how, by)


def shown(units: Sequence[Unit]) -> str:
    """The range that a group of figures spans."""
    lows = [unit.figure.low or 0 for unit in units if unit.figure]
    highs = [unit.figure.high for unit in units if unit.figure]
    low, high = min(lows), None if None in highs else max(h for h in highs if h is not None)
    top = "or more" if high is None else f"to {high:g}" if high != low else ""
    return f"{low:g} {top}".strip()
