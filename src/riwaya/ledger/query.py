"""What to ask a ledger for: every field narrows, an empty one does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from riwaya.ledger.tables import REPORTS


@dataclass(frozen=True, slots=True)
class Query:
    """Which claims.  A place, an actor or an origin is given by its id or by its words.

    ``first`` and ``last`` bound the day a claim is about, or else the day its report was published.
    ``known_by`` keeps what was published by then: by the clock on the wall where it has no zone.
    ``near`` is a point and a distance: latitude, longitude, kilometres.
    """

    place: str = ""
    actor: str = ""
    type: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    origin: str = ""
    report: str = ""
    claim: str = ""
    claims: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    known_by: datetime | None = None
    after: int = 0
    near: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A claim as the ledger keeps it, with what is needed to cite it; ``origin``: whom a forward is of."""

    seq: int
    claim: Mapping[str, Any]
    day: date | None
    outlet: str
    title: str
    published: str | None
    url: str
    known: datetime
    origin: str = ""

    def to_json(self) -> dict[str, Any]:
        """The claim's public object with where it was published."""
        about = {"outlet": self.outlet, "title": self.title, "published": self.published, "url": self.url}
        forwarded = {"forwarded": self.origin} if self.origin else {}
        return {**self.claim, **about, **forwarded}


def known_before(moment: datetime) -> Any:
    """What was published by a moment: in one clock where it names a zone, on each wall where it does not."""
    if moment.tzinfo:
        return REPORTS.c.known_utc <= moment.astimezone(UTC).replace(tzinfo=None)
    return REPORTS.c.known_wall <= moment
