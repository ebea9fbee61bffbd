"""What a person should look at next: what is disputed, what much rests on, what is uncertain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from riwaya.events.control import SPEAKING
from riwaya.ledger.store import told
from riwaya.ledger.tables import CLAIMS
from riwaya.questions import claims
from riwaya.questions.answers import Brief, parts
from riwaya.questions.decisions import ACCEPTED, CORRECTED, OPEN, REJECTED
from riwaya.questions.selection import Chosen, Selection
from riwaya.questions.standing import Standing

KINDS = ("all", "disputed", "consequential", "uncertain")
# How much each reason matters, from 0 to 1; of several the score is what none of them leaves out.
DISPUTED = 0.6
CONTROL = 0.5  # who holds a place rests on it, divided among its independent origins
DEATHS = 0.3  # likewise, of counts of the dead
DOUBT = 0.4  # where it is as likely as not
HEDGED, NOWHERE, NOBODY, ALONE = 0.15, 0.3, 0.2, 0.1
UNCERTAIN = frozenset({"uncertain", "place", "voice", "hedged"})


@dataclass(frozen=True, slots=True)
class Due:
    """A claim to look at, and why."""

    claim: str
    event: str
    place: str
    reasons: tuple[tuple[str, float], ...]

    @property
    def score(self) -> float:
        """How much it matters, from 0 to 1."""
        rest = 1.0
        for _, weight in self.reasons:
            rest *= 1 - weight
        return 1 - rest

    def is_of(self, kind: str) -> bool:
        """Whether it is due for such a reason."""
        names = {name for name, _ in self.reasons}
        return kind == "all" or kind in names or kind == "uncertain" and bool(names & UNCERTAIN)


def queue(
    standing: Standing, selection: Selection, *, kind: str, offset: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of what is due, the most important first, and how much there is in all."""
    found = [due for due in ranked(standing, selection) if due.is_of(kind)]
    page = found[offset : offset + limit]
    shown = {one["id"]: one for one in brief(standing, [due.claim for due in page])}
    items = [
        {
            "claim": shown[due.claim],
            "reasons": [{"kind": name, "weight": round(weight, 3)} for name, weight in due.reasons],
            "score": round(due.score, 4),
            "event": due.event or None,
            "place": due.place or None,
        }
        for due in page
        if due.claim in shown
    ]
    return items, len(found)


def ranked(standing: Standing, selection: Selection) -> list[Due]:
    """Everything that fits and is due, the most important first; of equals what was told last."""
    wanted = selection.review or OPEN
    plain = selection == Selection(review=selection.review)
    key = ("due", wanted)
    if plain and key in standing.told.get("due", {}):
        return list(standing.told["due"][key])
    chosen = Chosen(selection, standing)
    hedged = hedged_claims(standing)
    best: dict[str, tuple[Due, float]] = {}
    for brief in chosen.events():
        known = brief.known.timestamp() if brief.known.year > 1970 else 0.0
        for due in of_event(brief, chosen.answers.disputed, hedged):
            before = best.get(due.claim)  # a claim of several places is one of several events
            if before is None or before[0].score < due.score:
                best[due.claim] = due, known
    found = [pair for claim, pair in best.items() if standing.log.review(claim).state == wanted]
    found.sort(key=lambda pair: (-pair[0].score, -pair[1], pair[0].claim))
    ordered = [due for due, _ in found]
    if plain:
        standing.told.setdefault("due", {})[key] = ordered
    return ordered


def of_event(brief: Brief, disputed: frozenset[str], hedged: frozenset[str]) -> Iterator[Due]:
    """The claims of an event, each with the reasons to look at it."""
    shared = list(reasons_of(brief))
    for claim in brief.claims:
        reasons = [("disputed", DISPUTED)] if claim in disputed else []
        reasons += shared
        if claim in hedged:
            reasons.append(("hedged", HEDGED))
        if reasons:
            yield Due(claim, brief.id, brief.place, tuple(reasons))


def reasons_of(brief: Brief) -> Iterator[tuple[str, float]]:
    """Why all claims of an event matter."""
    origins = max(1, len(brief.origins))
    if brief.type in SPEAKING and brief.place:
        yield "consequential", CONTROL / origins
    elif brief.key[0] == "killed":
        yield "consequential", DEATHS / origins
    doubt = DOUBT * (1 - abs(2 * brief.support - 1))
    if doubt > DOUBT / 4:
        yield "uncertain", doubt
    if not brief.place or brief.place.startswith("?"):
        yield "place", NOWHERE
    if not brief.actors and brief.type in SPEAKING:
        yield "voice", NOBODY
    elif origins == 1:
        yield "voice", ALONE


def hedged_claims(standing: Standing) -> frozenset[str]:
    """The claims that their reports tell with doubt."""
    with standing.ledger.reading.connect() as connection:
        return frozenset(connection.scalars(select(CLAIMS.c.id).where(CLAIMS.c.hedged)))


def brief(standing: Standing, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Claims as rows, by their ids."""
    found: list[dict[str, Any]] = []
    with standing.ledger.reading.connect() as connection:
        for part in parts(ids):
            seqs = list(connection.scalars(select(CLAIMS.c.seq).where(CLAIMS.c.id.in_(part))))
            rows = connection.execute(claims.of_numbers(seqs))
            found += [claims.brief_json(told(row), standing, standing.answers.disputed) for row in rows]
    return found


def counts(standing: Standing) -> Mapping[str, int]:
    """How many claims are in each state of review."""
    states = Counter(standing.log.review(claim).state for claim in standing.log.touching)
    total = standing.ledger.count()["claims"]
    ruled = {state: states[state] for state in (ACCEPTED, REJECTED, CORRECTED)}
    return {OPEN: total - sum(ruled.values()), **ruled}
