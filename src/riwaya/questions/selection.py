"""Which claims or events somebody wants to see: the filters of the desk, as conditions and as a test.

A claim that a person corrected is asked about as it stands: conditions on its rows pass it over, and it is
held against the filters itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, or_, select

from riwaya.ledger import quotes
from riwaya.ledger.query import known_before
from riwaya.ledger.tables import CLAIM_ACTORS, CLAIM_PLACES, CLAIMS, REPORTS
from riwaya.questions.answers import Answers, Brief, parts
from riwaya.questions.decisions import OPEN
from riwaya.questions.standing import Standing
from riwaya.text.findable import wanted
from riwaya.text.normalise import fold


@dataclass(frozen=True, slots=True)
class Selection:
    """Every field narrows, an empty one does not; see the filters of ``docs/desk.md``."""

    at: date | None = None
    known_by: datetime | None = None
    first: date | None = None
    last: date | None = None
    place: str = ""
    area: str = ""
    actor: str = ""
    type: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    origin: str = ""
    outlet: str = ""
    q: str = ""
    review: str = ""
    disputed: bool | None = None
    report: str = ""

    @property
    def end(self) -> date | None:
        """The last day that counts."""
        return min((day for day in (self.at, self.last) if day), default=None)


class Chosen:
    """A selection made ready for one standing: names looked up, corrected claims sorted out."""

    def __init__(self, selection: Selection, standing: Standing) -> None:
        self.selection = selection
        self.standing = standing

    @cached_property
    def places(self) -> set[str] | None:
        """The ids of the places asked for; None where every place is."""
        return self.standing.found.chosen(self.selection.place, self.selection.area)

    @cached_property
    def actors(self) -> set[str]:
        """The ids of the bodies asked for, by id or by name."""
        asked = self.selection.actor
        if not asked:
            return set()
        knowledge = self.standing.knowledge
        id = knowledge.named.get(fold(asked), asked)
        return {asked, id, knowledge.body(id)}

    @property
    def answers(self) -> Answers:
        """Events and disputes as far as they were known."""
        return self.standing.answers_by(self.selection.known_by)

    @cached_property
    def corrected(self) -> Mapping[str, Mapping[str, Any]]:
        """Claims that a person corrected, as they stand."""
        ids = sorted(self.standing.log.decided.corrected)
        found: dict[str, Mapping[str, Any]] = {}
        with self.standing.ledger.reading.connect() as connection:
            for part in parts(ids):
                asked = select(CLAIMS.c.id, CLAIMS.c.body, CLAIMS.c.day).where(CLAIMS.c.id.in_(part))
                for row in connection.execute(asked):
                    changes = self.standing.log.decided.corrected[row.id]
                    found[row.id] = {**json.loads(row.body), "day": row.day, **changes}
        return found

    @cached_property
    def words(self) -> Any:
        """Claims whose words hold all that is looked for.

        Where none does, letters joined before the words asked for are taken off (وحمص as حمص).
        """
        ledger, things = self.standing.ledger, wanted(self.selection.q)
        if not self.standing.kept:
            return quotes.plainly(self.selection.q)
        strictly = quotes.holding(things, ledger.engine.dialect.name)
        looser = tuple(one.loosened() for one in things)
        if looser == things:
            return strictly
        with ledger.reading.connect() as connection:
            some = connection.scalar(select(CLAIMS.c.seq).where(strictly).limit(1))
        return strictly if some else quotes.holding(looser, ledger.engine.dialect.name)

    def conditions(self) -> list[Any]:
        """What narrows a selection of claims joined with their reports."""
        asked = [*self._of_the_report(), *self._of_the_review()]
        said_so = list(self._of_the_claim())
        if not said_so:
            return asked
        if not self.standing.log.decided.corrected:
            return [*asked, *said_so]
        fitting = [id for id, claim in self.corrected.items() if self.fits(claim)]
        as_read = CLAIMS.c.id.not_in(list(self.corrected))
        return [*asked, or_(as_read & and_(*said_so), CLAIMS.c.id.in_(fitting))]

    def _of_the_report(self) -> Iterable[Any]:
        asked = self.selection
        if asked.known_by:
            yield known_before(asked.known_by)
        if asked.outlet:
            yield REPORTS.c.outlet == asked.outlet
        if asked.report:
            yield REPORTS.c.id == asked.report
        if asked.q:
            yield self.words

    def _of_the_review(self) -> Iterable[Any]:
        asked, log = self.selection, self.standing.log
        if asked.review == OPEN:
            ruled = {id for id in log.touching if log.review(id).state != OPEN}
            if ruled:
                yield CLAIMS.c.id.not_in(sorted(ruled))
        elif asked.review:
            yield CLAIMS.c.id.in_(sorted(log.in_state(asked.review)))
        if asked.disputed is not None:
            disputed = sorted(self.answers.disputed)
            yield CLAIMS.c.id.in_(disputed) if asked.disputed else CLAIMS.c.id.not_in(disputed)

    def _of_the_claim(self) -> Iterable[Any]:
        asked = self.selection
        if self.places is not None:
            near: Any = CLAIM_PLACES.c.place.in_(sorted(self.places))
            if asked.place and not asked.area:
                near = or_(near, CLAIM_PLACES.c.words == fold(asked.place))
            yield CLAIMS.c.seq.in_(select(CLAIM_PLACES.c.claim).where(near))
        if asked.actor:
            named = or_(
                CLAIM_ACTORS.c.actor.in_(sorted(self.actors)), CLAIM_ACTORS.c.words == fold(asked.actor)
            )
            yield CLAIMS.c.seq.in_(select(CLAIM_ACTORS.c.claim).where(named))
        if asked.origin:
            yield self._origin(asked.origin)
        if asked.type:
            yield CLAIMS.c.type.in_(asked.type)
        if asked.status:
            yield CLAIMS.c.status.in_(asked.status)
        if asked.first:
            yield CLAIMS.c.day >= asked.first
        if asked.end:
            yield func.coalesce(CLAIMS.c.first_day, CLAIMS.c.day) <= asked.end

    def _origin(self, asked: str) -> Any:
        """By the id of an origin or its words; an outlet that speaks for itself by its name."""
        words = fold(asked.partition(":")[2] or asked)
        voices = [id for id, name in self.standing.knowledge.labels.items() if words in map(fold, name)]
        own = (CLAIMS.c.origin_words == "") & (REPORTS.c.outlet == (asked.partition(":")[2] or asked))
        return or_(CLAIMS.c.origin_id.in_([asked, *voices]), CLAIMS.c.origin_words == words, own)

    def fits(self, claim: Mapping[str, Any]) -> bool:
        """Whether a corrected claim, as it stands, is one of those asked for."""
        asked = self.selection
        days = claim["when"] or [day.isoformat() if (day := claim["day"]) else ""] * 2
        origin = claim["chain"][-1] if claim["chain"] else {}
        return (
            (self.places is None or any(place["id"] in self.places for place in claim["place"]))
            and (not asked.actor or named(self.actors, [*claim["actor"], *claim["target"]]))
            and (not asked.origin or asked.origin in (origin.get("id"), origin.get("name")))
            and (not asked.type or claim["type"] in asked.type)
            and (not asked.status or claim["status"] in asked.status)
            and (not asked.first or days[1] >= asked.first.isoformat())
            and (not asked.end or days[0] <= asked.end.isoformat())
        )

    def events(self) -> list[Brief]:
        """The events that fit, oldest first."""
        asked = self.selection
        by_text = self._claims_holding() if asked.q or asked.outlet or asked.review or asked.report else None
        return [
            brief
            for brief in self.answers.every
            if (self.places is None or brief.place in self.places)
            and (not asked.type or brief.type in asked.type)
            and (not asked.first or brief.last >= asked.first)
            and (not asked.end or brief.first <= asked.end)
            and (not asked.actor or not self.actors.isdisjoint((*brief.actors, *brief.targets)))
            and (not asked.origin or asked.origin in brief.origins)
            and (not asked.status or not set(asked.status).isdisjoint(brief.statuses))
            and (asked.disputed is None or self.answers.is_disputed(brief) == asked.disputed)
            and (by_text is None or not by_text.isdisjoint(brief.claims))
        ]

    def _claims_holding(self) -> set[str]:
        """The claims that fit what cannot be asked of an event."""
        asked = select(CLAIMS.c.id).join(REPORTS, CLAIMS.c.report == REPORTS.c.seq)
        review = [] if not self.selection.review else list(self._of_the_review())
        conditions = [*self._of_the_report(), *review]
        with self.standing.ledger.reading.connect() as connection:
            return set(connection.scalars(asked.where(*conditions)))


def named(ids: Collection[str], mentions: Iterable[Mapping[str, Any]]) -> bool:
    """Whether any mention names one of them, by id or by words."""
    return any(one["id"] in ids or one["name"] in ids for one in mentions)
