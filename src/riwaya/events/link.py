"""Which claims are about one happening: scored pairs, joined from the surest on.

Units meet in blocks (type family × governorate × a run of days without a gap).  Within a block every
pair that could be one happening gets a score from its parts; clusters are joined in the order of the
scores, never across a pair that cannot be one.  Ties are broken by ids, so the result is a function of
the set of units, not of their order.  A person's decision outranks every score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from riwaya.events.knowledge import AREAS, Knowledge
from riwaya.events.units import Figure, Unit
from riwaya.events.weigh import Weighed, latest_stance, weigh
from riwaya.model import content_id

CONTROL = "control"
# The type that names an event of several: the outcome before the way to it.
RANK = (
    "control_gained control_held entered advanced control_lost withdrew "
    "violence_against_civilians air_strike shelling abducted attack"
).split()
LEAVING = frozenset({"control_lost", "withdrew"})
TAKING = frozenset({"control_gained", "control_held", "entered", "advanced"})
PIECE = 14  # days of a piece
LONGEST_RUN = 28  # days after which a run without a gap is cut at fixed days, so that no block grows for ever

RULED = 2.0  # the score of a pair that a person said is one happening


@dataclass(frozen=True, slots=True)
class Pairing:
    """Why two claims are one happening: the score and what it was made of."""

    a: str
    b: str
    score: float
    parts: tuple[tuple[str, float], ...]

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {"a": self.a, "b": self.b, "score": round(self.score, 3), "parts": dict(self.parts)}


@dataclass(frozen=True, slots=True)
class Rulings:
    """What people decided about claims: which are one happening, which are not, which are no claims."""

    same: frozenset[frozenset[str]] = frozenset()
    different: frozenset[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Event:
    """One happening: the claims about it, the origins they rest on, and what is to be believed."""

    id: str
    type: str
    family: str
    place: Mapping[str, Any]
    when: tuple[date, date]
    actor: tuple[Mapping[str, Any], ...]
    target: tuple[Mapping[str, Any], ...]
    quantity: Mapping[str, Any] | None
    weighed: Weighed
    units: tuple[Unit, ...]
    pairings: tuple[Pairing, ...] = field(default=(), compare=False)

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims, in the order of their publication."""
        return tuple(dict.fromkeys(unit.claim for unit in self.units))

    @property
    def speaking(self) -> tuple[Unit, ...]:
        """The words for it."""
        return tuple(unit for unit in self.units if unit.stance == "for")

    @property
    def status(self) -> str:
        """Happened or ongoing, as the words for it say; denied where there are none."""
        said = {unit.status for unit in self.speaking}
        return "happened" if "happened" in said else "ongoing" if said else "denied"

    @property
    def extent(self) -> str:
        """The extent that all words for it give."""
        extents = {unit.extent for unit in self.speaking}
        return extents.pop() if len(extents) == 1 else ""

    @property
    def dated(self) -> bool:
        """Whether the words for it name the day."""
        return any(unit.first for unit in self.speaking)

    def to_json(self, *, disputed: bool = False) -> dict[str, Any]:
        """The public object."""
        return {
            "id": self.id,
            "type": self.type,
            "place": dict(self.place) if self.place.get("id") or self.place.get("name") else None,
            "when": [day.isoformat() for day in self.when],
            "actor": [dict(actor) for actor in self.actor],
            "target": [dict(target) for target in self.target],
            "quantity": dict(self.quantity) if self.quantity else None,
            "support": round(self.weighed.probability, 4),
            "origins": [
                {
                    "id": part.origin,
                    "kind": part.kind,
                    "name": part.name,
                    "reports": list(part.reports),
                    "claims": list(part.claims),
                    "stance": part.stance,
                }
                for part in self.weighed.parts
            ],
            "disputed": disputed,
            "claims": list(self.claims),
            "weighing": self.weighed.to_json(),
            "links": [pairing.to_json() for pairing in self.pairings],
            "family": self.family,
            "status": self.status,
            "extent": self.extent,
            "dated": self.dated,
        }


def blocks(units: Iterable[Unit], knowledge: Knowledge) -> dict[tuple[str, str], list[Unit]]:
    """Units that could meet: one family in one governorate."""
    found: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        found[unit.family, root_of(unit.place, knowledge)].append(unit)
    return dict(sorted(found.items()))


def root_of(place: str, knowledge: Knowledge) -> str:
    """The governorate of a place; a place without one stands for itself."""
    return knowledge.root(place) if place and not place.startswith("?") else place


def runs(units: Iterable[Unit], knowledge: Knowledge) -> Iterator[list[Unit]]:
    """A block's units in runs of days."""
    by_day: dict[date, list[Unit]] = defaultdict(list)
    for unit in sorted(units, key=lambda unit: (unit.likely, unit.order)):
        by_day[unit.likely].append(unit)
    for days in day_runs(sorted(by_day), knowledge):
        yield [unit for day in days for unit in by_day[day]]


def day_runs(
    days: Sequence[date],
    knowledge: Knowledge,
    *,
    gap_name: str = "gap_days",
    longest: int = LONGEST_RUN,
    piece: int = PIECE,
) -> Iterator[list[date]]:
    """Days cut where nothing was told for a while; a run that never pauses is cut at fixed days."""
    gap = int(knowledge.weights("link", gap_name))
    run: list[date] = []
    for day in days:
        if run and (day - run[-1]).days > gap:
            yield from cut(run, longest, piece)
            run = []
        run.append(day)
    if run:
        yield from cut(run, longest, piece)


def cut(run: list[date], longest: int, piece: int) -> Iterator[list[date]]:
    """A run that is too long, in pieces of so many calendar days."""
    if (run[-1] - run[0]).days < longest:
        yield run
        return
    pieces: dict[int, list[date]] = defaultdict(list)
    for day in run:
        pieces[day.toordinal() // piece].append(day)
    yield from pieces.values()


def events(units: Iterable[Unit], knowledge: Knowledge, rulings: Rulings | None = None) -> list[Event]:
    """Every event of a set of units."""
    rulings = rulings or Rulings()
    found = [
        event
        for _, block in blocks(units, knowledge).items()
        for run in runs(block, knowledge)
        for event in events_of(run, knowledge, rulings)
    ]
    return sorted(ruled_together(found, knowledge, rulings), key=lambda event: (event.when, event.id))


def pooled(rulings: Rulings) -> dict[str, str]:
    """The claims that people said are one happening with others, each with the first claim of its group."""
    groups: dict[str, set[str]] = {}
    for pair in sorted(rulings.same, key=sorted):
        group = set(pair).union(*(groups[claim] for claim in pair if claim in groups))
        groups.update(dict.fromkeys(group, group))
    return {claim: min(group) for claim, group in groups.items()}


def ruled_together(events: Iterable[Event], knowledge: Knowledge, rulings: Rulings) -> Iterator[Event]:
    """The events, those joined that people said are one, wherever and whenever they are told to be.

    Of a claim about several places the event nearest to the other claim's is meant.  Two events stay two
    where that would join claims that people said are not one.
    """
    pool = pooled(rulings)
    owner: dict[int, Event] = {}
    by_claim: dict[str, list[int]] = defaultdict(list)
    for event in events:
        if pool and any(claim in pool for claim in event.claims):
            number = len(owner)
            owner[number] = event
            for claim in event.claims:
                by_claim[claim].append(number)
        else:
            yield event
    now = {number: number for number in owner}
    for first, second in (sorted(pair) for pair in sorted(rulings.same, key=sorted)):
        mine, theirs = ({now[n] for n in by_claim.get(claim, ())} for claim in (first, second))
        if not mine or not theirs or mine & theirs:
            continue
        pairs = [
            (nearness(owner[i], owner[j], knowledge), owner[i].id, owner[j].id, i, j)
            for i in mine
            for j in theirs
        ]
        *_, i, j = min(pairs)
        if torn(owner[i], owner[j], rulings):
            continue
        pairing = Pairing(first, second, RULED, (("decision", RULED),))
        units = (*owner[i].units, *owner.pop(j).units)
        owner[i] = event_of(units, (*owner[i].pairings, pairing), knowledge)
        now = {number: i if at == j else at for number, at in now.items()}
    yield from owner.values()


def nearness(a: Event, b: Event, knowledge: Knowledge) -> tuple[int, int]:
    """How far two events are from one another in place and days; the least is the nearest."""
    one, other = str(a.place.get("id") or ""), str(b.place.get("id") or "")
    near = (
        0 if one == other else 1 if one in knowledge.lineage(other) or other in knowledge.lineage(one) else 2
    )
    return near, abs((a.when[0] - b.when[0]).days)


def torn(a: Event, b: Event, rulings: Rulings) -> bool:
    """Whether people said of a claim of one and a claim of the other that they are not one happening."""
    mine, theirs = set(a.claims), set(b.claims)
    return any(
        len(pair & mine) == 1 and len(pair & theirs) == 1 and len(pair) == 2 for pair in rulings.different
    )


def events_of(run: Sequence[Unit], knowledge: Knowledge, rulings: Rulings) -> list[Event]:
    """The events of one run of a block."""
    cells = celled(run, rulings)
    linker = Linker(cells, knowledge, rulings)
    return [event_of(cluster, pairings, knowledge) for cluster, pairings in linker.clusters()]


def celled(run: Sequence[Unit], rulings: Rulings) -> list[list[Unit]]:
    """Units that say the same of one place and day: one happening without asking, unless a person said no."""
    apart = frozenset(claim for ruling in rulings.different for claim in ruling)
    cells: dict[Any, list[Unit]] = defaultdict(list)
    for unit in sorted(run, key=lambda unit: unit.order):
        day = (unit.first, unit.last) if unit.last else unit.likely
        figure = (unit.figure.low, unit.figure.high) if unit.figure else None
        said = (unit.place, unit.type, unit.actor, unit.target, day, unit.stance == "for", figure)
        cells[said, unit.claim if unit.claim in apart else ""].append(unit)
    return list(cells.values())


def body_of(unit: Unit) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """What of a unit decides whether its bodies and type fit another's; of a clash both sides do."""
    return unit.type, unit.actor, unit.target if unit.type == "clash" else ()


class Linker:
    """Joins the cells of one run into clusters, from the surest pair on."""

    def __init__(self, cells: Sequence[list[Unit]], knowledge: Knowledge, rulings: Rulings) -> None:
        self.cells = cells
        self.knowledge = knowledge
        self.rulings = rulings
        self.reach = int(knowledge.weights("link", "retell_days")) + 1
        self.memory: dict[tuple[int, int], float] = {}
        ruled = {claim for pair in rulings.same | rulings.different for claim in pair}
        self.decided = {i for i, cell in enumerate(cells) if any(unit.claim in ruled for unit in cell)}
        self.bodies = [body_of(cell[0]) for cell in cells]
        self.near: dict[tuple[str, str], float] = {}
        self.fits: dict[Any, tuple[float, float]] = {}

    def clusters(self) -> Iterator[tuple[list[Unit], list[Pairing]]]:
        """Each cluster with the pairs that joined it."""
        threshold = self.knowledge.weights("link", "threshold")
        pairs = [(i, j, self.judged(i, j)) for i, j in sorted(self.pairs()) if self.scored(i, j) >= threshold]
        pairs.sort(key=lambda pair: (-pair[2].score, pair[2].a, pair[2].b))
        owner = list(range(len(self.cells)))
        members = {i: {i} for i in owner}
        joined: dict[int, list[Pairing]] = {i: [] for i in owner}
        for i, j, pairing in pairs:
            a, b = owner[i], owner[j]
            if a == b or any(self.scored(x, y) <= 0 for x in members[a] for y in members[b]):
                continue
            for member in members[b]:
                owner[member] = a
            members[a] |= members.pop(b)
            joined[a] += [*joined.pop(b), pairing]
        for a, cluster in members.items():
            yield [unit for i in sorted(cluster) for unit in self.cells[i]], joined[a]

    def pairs(self) -> set[tuple[int, int]]:
        """The pairs near enough in place and time to be one, and those that a person ruled on."""
        tried: set[tuple[int, int]] = set()
        for shelf in self.shelves():
            for at, i in enumerate(shelf):
                for j in shelf[at + 1 :]:
                    if (self.cells[j][0].likely - self.cells[i][0].likely).days > self.reach:
                        break
                    tried.add((min(i, j), max(i, j)))
        tried.update(self.asked())
        return tried

    def shelves(self) -> Iterator[list[int]]:
        """Cells that could meet: at one place, at a place and where it lies, at no place; by their days."""
        at: dict[str, list[int]] = defaultdict(list)
        order = sorted(range(len(self.cells)), key=lambda i: (self.cells[i][0].likely, i))
        for i in order:
            at[self.cells[i][0].place].append(i)
        nowhere = at.pop("", [])
        for place, here in at.items():
            above = [i for up in self.knowledge.lineage(place) for i in at.get(up, ())]
            yield sorted([*here, *above, *nowhere], key=lambda i: (self.cells[i][0].likely, i))
        yield nowhere

    def asked(self) -> Iterator[tuple[int, int]]:
        """The pairs of cells that a person said are one."""
        of = (
            {unit.claim: i for i, cell in enumerate(self.cells) for unit in cell} if self.rulings.same else {}
        )
        for ruling in self.rulings.same:
            found = sorted({of[claim] for claim in ruling if claim in of})
            if len(found) == 2:
                yield found[0], found[1]

    def judged(self, i: int, j: int) -> Pairing:
        """The score of two cells, with its parts."""
        a, b = self.cells[min(i, j)], self.cells[max(i, j)]
        score, parts = self.score(a, b)
        return Pairing(a[0].claim, b[0].claim, score, parts)

    def scored(self, i: int, j: int) -> float:
        """The score of two cells."""
        key = (i, j) if i < j else (j, i)
        found = self.memory.get(key)
        if found is None:
            found = self.memory[key] = self.quick(*key)
        return found

    def quick(self, i: int, j: int) -> float:
        """The score alone; what depends on places, types and bodies is asked once for each kind of pair."""
        a, b = self.cells[i], self.cells[j]
        if i in self.decided and j in self.decided:
            return self.score(a, b)[0]
        first, second = a[0], b[0]
        places = (first.place, second.place)
        near = self.near.get(places)
        if near is None:
            near = self.near[places] = self.place(first, second)
        if near <= 0:
            return 0.0
        bodies = (self.bodies[i], self.bodies[j])
        fit = self.fits.get(bodies)
        if fit is None:
            fit = self.fits[bodies] = (self.actor(first, second), self.type(first, second))
        if fit[0] <= 0:
            return 0.0
        time = self.time(first, second)
        if time <= 0:
            return 0.0
        score = near * time * fit[0] * fit[1]
        apart = first.figure and second.figure and not first.figure.overlaps(second.figure)
        return score * self.weight("apart") if apart else score

    def ruled(self, a: Sequence[Unit], b: Sequence[Unit]) -> float | None:
        """What a person decided about any claim of one cell and any of the other."""
        if not self.rulings.same and not self.rulings.different:
            return None
        pairs = {frozenset((x.claim, y.claim)) for x in a for y in b}
        if pairs & self.rulings.different:
            return 0.0
        return RULED if pairs & self.rulings.same else None

    def score(self, a: Sequence[Unit], b: Sequence[Unit]) -> tuple[float, tuple[tuple[str, float], ...]]:
        """The product of the parts; 0 where one of them says that two cannot be one."""
        ruled = self.ruled(a, b)
        if ruled is not None:
            return ruled, (("decision", ruled),)
        return self.product(self.fitting(a[0], b[0]), self.time(a[0], b[0]), a[0], b[0])

    def fitting(self, a: Unit, b: Unit) -> tuple[float, tuple[tuple[str, float], ...]]:
        """The parts that do not depend on days or figures, and their product."""
        parts = []
        score = 1.0
        for name, part in (("place", self.place), ("actor", self.actor), ("type", self.type)):
            value = part(a, b)
            if value <= 0:
                return 0.0, ((name, 0.0),)
            parts.append((name, value))
            score *= value
        return score, tuple(parts)

    def product(
        self, fit: tuple[float, tuple[tuple[str, float], ...]], time: float, a: Unit, b: Unit
    ) -> tuple[float, tuple[tuple[str, float], ...]]:
        """All parts together."""
        score, parts = fit
        if score <= 0:
            return fit
        if time <= 0:
            return 0.0, (("time", 0.0),)
        parts = (parts[0], ("time", time), *parts[1:])
        if a.figure and b.figure and not a.figure.overlaps(b.figure):
            parts = (*parts, ("quantity", self.weight("apart")))
        score = 1.0
        for _, value in parts:
            score *= value
        return score, parts

    def weight(self, name: str) -> float:
        """One weight of linking."""
        return self.knowledge.weights("link", name)

    def place(self, a: Unit, b: Unit) -> float:
        """One place, or one inside the other; who holds a town and who holds its governorate are two."""
        if a.place == b.place:
            return self.weight("same_place") if a.place else self.weight("no_place")
        if not a.place or not b.place:
            return self.weight("no_place")
        small, large = (a, b) if b.place in self.knowledge.lineage(a.place) else (b, a)
        if large.place not in self.knowledge.lineage(small.place):
            return 0.0
        if self.knowledge.levels.get(large.place) in AREAS:
            return 0.0 if a.family == CONTROL else self.weight("inside_area")
        return 0.0 if a.family == CONTROL else self.weight("inside_city")

    def time(self, a: Unit, b: Unit) -> float:
        """Days that are said and meet; a day said and a publication soon after; else days of publication."""
        if a.first and a.last and b.first and b.last:
            apart = max((b.first - a.last).days, (a.first - b.last).days)
            return self.weight("same_day") if apart <= 0 else self.weight("next_day") if apart == 1 else 0.0
        retold = self.weight("retell_days") if self.retold(a, b) else 0
        if a.last or b.last:
            dated, undated = (a, b) if a.last else (b, a)
            assert dated.first
            assert dated.last
            late = (undated.likely - dated.last).days
            if -1 <= late <= 2:
                return self.weight("undated")
            return self.weight("later") if 0 <= late <= retold else 0.0
        apart = abs((a.likely - b.likely).days)
        if apart <= 1:
            return self.weight("undated_next" if apart else "undated_both")
        return self.weight("later") if apart <= retold else 0.0

    def retold(self, a: Unit, b: Unit) -> bool:
        """Whether both speak of a change of hands by one side, which is told again for days."""
        return a.type == b.type == "control_gained" and bool(a.actor) and a.actor == b.actor

    def actor(self, a: Unit, b: Unit) -> float:
        """One body, an umbrella and what stands under it, allies; or who left and who took."""
        if a.type in LEAVING and b.type in TAKING or b.type in LEAVING and a.type in TAKING:
            return self.left_and_took(a, b) if a.type in LEAVING else self.left_and_took(b, a)
        if not a.actor or not b.actor:
            return self.weight("no_actor")
        if set(a.actor) & set(b.actor):
            return self.weight("same_actor")
        if any(self.knowledge.one_side(x, y) for x in a.actor for y in b.actor):
            return self.weight("umbrella")
        if any(self.knowledge.together(x, y) for x in a.actor for y in b.actor):
            return self.weight("allied")
        if a.type == b.type == "clash" and set(a.actor) & set(b.target):
            return self.weight("same_actor")
        return 0.0

    def left_and_took(self, left: Unit, took: Unit) -> float:
        """A withdrawal and the entry of the other side are one change of hands."""
        if not left.actor or not took.actor:
            return self.weight("no_actor")
        ours = any(self.knowledge.together(x, y) for x in left.actor for y in took.actor)
        return 0.0 if ours else self.weight("left_and_took")

    def type(self, a: Unit, b: Unit) -> float:
        """One type, or another of its family."""
        return 1.0 if a.type == b.type else self.weight("other_type")


def event_of(units: Sequence[Unit], pairings: Sequence[Pairing], knowledge: Knowledge) -> Event:
    """An event out of its units."""
    ordered = tuple(sorted(units, key=lambda unit: unit.order))
    first = ordered[0]
    speaking = [unit for unit in ordered if unit.stance == "for"] or list(ordered)
    named = [unit for unit in speaking if unit.mention.get("id")] or list(ordered)
    place = most([unit.place for unit in named])
    mention = next(unit.mention for unit in ordered if unit.place == place)
    return Event(
        id="ev-" + content_id(first.family, first.place, first.claim)[:12],
        type=min((unit.type for unit in speaking), key=rank),
        family=first.family,
        place=mention,
        when=days_of(speaking),
        actor=bodies(speaking, "actor", knowledge),
        target=bodies(speaking, "target", knowledge),
        quantity=merged_figure(ordered),
        weighed=weigh(ordered, knowledge),
        units=ordered,
        pairings=tuple(sorted(pairings, key=lambda pairing: (pairing.a, pairing.b))),
    )


def rank(type: str) -> tuple[int, str]:
    """Where a type stands among those that can name an event."""
    return (RANK.index(type) if type in RANK else len(RANK), type)


def most(values: Collection[str]) -> str:
    """The value said most often; of several, the first in the alphabet."""
    counted = list(values)
    return max(sorted(set(counted)), key=counted.count)


def days_of(units: Sequence[Unit]) -> tuple[date, date]:
    """The days most words say; else the first day anybody told it."""
    said = [(unit.first, unit.last) for unit in units if unit.first and unit.last]
    if said:
        first, last = max(sorted(set(said)), key=lambda days: (said.count(days), -(days[1] - days[0]).days))
        return first, last
    day = min(unit.likely for unit in units)
    return day, day


def bodies(units: Sequence[Unit], role: str, knowledge: Knowledge) -> tuple[Mapping[str, Any], ...]:
    """Who acts, or who is acted upon: each body once, with the words of the first to name it."""
    taking = [unit for unit in units if unit.type not in LEAVING] or units
    found: dict[str, Mapping[str, Any]] = {}
    for unit in taking:
        said = unit.actors_said if role == "actor" else unit.targets_said
        for mention in said:
            id = knowledge.body(mention["id"]) if mention["id"] else ""
            if id and id not in found:
                labels = {"label_ar": knowledge.label(id), "label_en": knowledge.label(id, "en")}
                found[id] = {"id": id, "name": mention["name"], **labels}
    return tuple(found[id] for id in sorted(found))


def merged_figure(units: Sequence[Unit]) -> dict[str, Any] | None:
    """The range of the figures that stand: each origin's latest; what it said before stays visible."""
    by_origin: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.figure:
            by_origin[unit.origin.id].append(unit)
    standing: list[tuple[str, Unit]] = []
    replaced: list[Unit] = []
    for origin, said in sorted(by_origin.items()):
        if latest_stance(said) == "supports":
            speaking = [unit for unit in said if unit.stance == "for"]
            standing.append((origin, speaking[-1]))
            replaced += [
                unit for unit in said if unit is not speaking[-1] and unit.figure != speaking[-1].figure
            ]
        else:
            replaced += said
    if not standing:
        return None
    figures = [unit.figure for _, unit in standing if unit.figure]
    lows = [figure.low for figure in figures if figure.low is not None]
    highs = [figure.high for figure in figures if figure.high is not None]
    return {
        "min": _plain(min(lows)) if lows else None,
        "max": _plain(max(highs)) if highs else None,
        "unit": most([figure.unit for figure in figures]),
        "cumulative": any(figure.cumulative for figure in figures),
        "said": [
            {"origin": origin, "claim": unit.claim, **figure_json(unit.figure)} for origin, unit in standing
        ],
        "replaced": [
            {"origin": unit.origin.id, "claim": unit.claim, **figure_json(unit.figure)} for unit in replaced
        ],
    }


def figure_json(figure: Figure | None) -> dict[str, Any]:
    """Bounds as they are shown."""
    return {"min": _plain(figure.low), "max": _plain(figure.high)} if figure else {}


def _plain(number: float | None) -> float | int | None:
    return int(number) if number is not None and float(number).is_integer() else number
