"""Whether a decision that came from elsewhere can be kept: conclusions are drawn from it, and must not break.

What is here decides nothing about who is right.  It looks at shapes: a decision that names no claims, or
corrects a day into a word, would stop every later conclusion of the ledger that took it in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from riwaya.custody.package import BundleError
from riwaya.events.rulings import ACCEPT, CORRECT, DIFFERENT, FIELDS, MENTIONS, NOT_A_CLAIM, SAME, changes_of
from riwaya.ledger.redaction import KIND as REDACT
from riwaya.ledger.rows import Ruling
from riwaya.model import Extent, Status

LEAST = {SAME: 2, DIFFERENT: 2, NOT_A_CLAIM: 1, ACCEPT: 1, CORRECT: 1}
NUMBERS = ("lat", "lon", "min", "max", "score", "start", "end")


def sound(ruling: Ruling) -> Ruling:
    """The decision, if it has the shape of its kind; raises BundleError."""
    claims = ruling.payload.get("claims", [])
    listed = isinstance(claims, list) and all(isinstance(one, str) for one in claims)
    if not listed or (not ruling.withdraws and len(claims) < LEAST.get(ruling.kind, 0)):
        raise BundleError(f"the decision {ruling.id} does not name the claims it is about")
    try:
        holds = bool(ruling.withdraws) or SHAPES.get(ruling.kind, bool)(ruling.payload)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
        holds = False
    if not holds and ruling.kind in SHAPES:
        raise BundleError(f"the decision {ruling.id} does not say what a {ruling.kind} says")
    return ruling


def corrects(payload: Mapping[str, Any]) -> bool:
    """Whether a correction makes something of a claim that a claim can be."""
    changes = changes_of(payload)
    return bool(changes) and all(fits(field, value) for field, value in changes.items())


def redacts(payload: Mapping[str, Any]) -> bool:
    """Whether a redaction says which files it let go of, and what it left of reports and claims."""
    hashes = [*payload["files"], *payload["redacted"].values()]
    return all(isinstance(one, str) for one in (*hashes, *(r["after"] for r in payload["reports"].values())))


SHAPES = {CORRECT: corrects, REDACT: redacts}


def fits(field: str, value: Any) -> bool:
    """Whether a claim may have that value in that field."""
    if field not in FIELDS:
        return False
    if field in MENTIONS:
        return all(
            plain(one) and isinstance(one["id"], str) and isinstance(one["name"], str) for one in value
        )
    if field == "when":
        return value is None or all(bool(date.fromisoformat(day)) for day in value)
    if field == "quantity":
        return value is None or plain(value)
    if field == "status":
        return value in set(Status)
    if field == "extent":
        return value is None or value in set(Extent)
    return isinstance(value, bool) if field == "hedged" else isinstance(value, str)


def plain(found: Mapping[str, Any]) -> bool:
    """An object of words and numbers, with numbers where there must be numbers."""
    return all(
        value is None or (number(value) if name in NUMBERS else isinstance(value, str | bool))
        for name, value in found.items()
    )


def number(value: Any) -> bool:
    """A number that can be counted with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
