"""Which decisions are about which claims, so that nobody overrules what they have not seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from riwaya.ledger.errors import LedgerError
from riwaya.ledger.tables import DECISION_CLAIMS, DECISIONS

MOST_AT_ONCE = 500  # values in one question


class ConflictError(LedgerError):
    """Somebody else has decided about the same claims in the meantime; nothing was kept.

    ``conflicts`` has ``{claim, seen, now}`` for each: the last decision that was seen, and the last.
    """

    def __init__(self, what: str, conflicts: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(what, "look at what was decided, then decide again")
        self.conflicts = list(conflicts)


def versions(connection: Connection, claims: Iterable[str]) -> dict[str, str]:
    """For each claim the last decision about it, or that took one back; "" where there is none."""
    found = dict.fromkeys(claims, "")
    wanted = list(found)
    for n in range(0, len(wanted), MOST_AT_ONCE):
        last = (
            select(DECISION_CLAIMS.c.claim, func.max(DECISION_CLAIMS.c.decision).label("seq"))
            .where(DECISION_CLAIMS.c.claim.in_(wanted[n : n + MOST_AT_ONCE]))
            .group_by(DECISION_CLAIMS.c.claim)
            .subquery()
        )
        asked = select(last.c.claim, DECISIONS.c.id).join(DECISIONS, DECISIONS.c.seq == last.c.seq)
        found |= {row[0]: row[1] for row in connection.execute(asked)}
    return found


def about(payload: Mapping[str, Any]) -> list[str]:
    """The claims that a decision is about."""
    return list(dict.fromkeys(map(str, payload.get("claims", ()))))


def note(connection: Connection, seq: int, claims: Iterable[str]) -> None:
    """Note which claims a decision is about."""
    rows = [{"decision": seq, "claim": claim} for claim in claims]
    if rows:
        connection.execute(DECISION_CLAIMS.insert(), rows)


def check_seen(connection: Connection, seen: Mapping[str, str]) -> None:
    """Refuse where a claim has been decided about since it was looked at."""
    now = versions(connection, seen)
    conflicts = [
        {"claim": claim, "seen": version, "now": now[claim]}
        for claim, version in seen.items()
        if now[claim] != version
    ]
    if conflicts:
        raise ConflictError(f"somebody has decided about {conflicts[0]['claim']} in the meantime", conflicts)


def taken_back(connection: Connection, id: str) -> list[str]:
    """The claims of a decision that is to be withdrawn; refused where it is not in force."""
    payload = connection.scalar(select(DECISIONS.c.payload).where(DECISIONS.c.id == id))
    if payload is None:
        raise ConflictError(f"there is no decision {id}")
    if connection.scalar(select(DECISIONS.c.id).where(DECISIONS.c.withdraws == id)):
        raise ConflictError(f"the decision {id} is withdrawn already")
    return about(json.loads(payload))


def note_all(connection: Connection) -> None:
    """Note it for every decision of a ledger."""
    claims: dict[str, list[str]] = {}
    columns = (DECISIONS.c.seq, DECISIONS.c.id, DECISIONS.c.payload, DECISIONS.c.withdraws)
    for row in connection.execute(select(*columns).order_by(DECISIONS.c.seq)).all():
        claims[row.id] = about(json.loads(row.payload)) or claims.get(row.withdraws or "", [])
        note(connection, row.seq, claims[row.id])
