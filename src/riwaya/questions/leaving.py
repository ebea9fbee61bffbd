"""The selection on the screen as the exports take it: a ledger that tells only the claims that fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from riwaya.ledger import Ledger, Query, Told
from riwaya.ledger.tables import CLAIMS, REPORTS
from riwaya.questions.selection import Chosen, Selection
from riwaya.questions.standing import Standing

ALL = -1  # in ``Query.after``: every row has a higher number, so it narrows nothing and marks the question


class Narrowed:
    """A ledger that tells the claims of a selection where the selection is asked for, and else everything."""

    def __init__(self, ledger: Ledger, ids: frozenset[str]) -> None:
        self._ledger = ledger
        self._ids = ids

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def claims(self, query: Query | None = None) -> Iterator[Told]:
        """The claims that fit a question."""
        for told in self._ledger.claims(query):
            if query is None or query.after != ALL or told.claim["id"] in self._ids:
                yield told


def narrowed(standing: Standing, selection: Selection) -> tuple[Any, Query, Any]:
    """What an export is asked with: a ledger, a question, and what is concluded."""
    concluded = standing.by(selection.known_by)
    if selection == Selection(known_by=selection.known_by, at=selection.at):
        return standing.ledger, Query(last=selection.at, known_by=selection.known_by), concluded
    conditions = Chosen(selection, standing).conditions()
    asked = select(CLAIMS.c.id).join(REPORTS, CLAIMS.c.report == REPORTS.c.seq).where(*conditions)
    with standing.ledger.reading.connect() as connection:
        ids = frozenset(connection.scalars(asked))
    query = Query(
        place=selection.place if not selection.area else "",
        status=selection.status,
        known_by=selection.known_by,
        after=ALL,
    )
    return Narrowed(standing.ledger, ids), query, concluded
