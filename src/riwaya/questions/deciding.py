"""Keeping a person's decision: checked, filled with the packs' names, never over another's unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from riwaya.events.knowledge import Knowledge
from riwaya.events.rulings import CORRECT, DIFFERENT, NOTE, SAME
from riwaya.ledger import ConflictError
from riwaya.questions import claims as listing
from riwaya.questions.decisions import WITHDRAW, Log, since
from riwaya.questions.standing import Desk, Standing

BODIES = ("actor", "target")
PLACES = ("place", "toward")


class RefusedError(ValueError):
    """A decision that makes no sense: what is wrong with it."""


class UnseenError(Exception):
    """Others decided about these claims since they were looked at; ``conflicts`` has what, and by whom."""

    def __init__(self, conflicts: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("somebody else has decided about this in the meantime")
        self.conflicts = list(conflicts)


class GoneError(LookupError):
    """A decision that is not there."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision that was kept, and what came of it."""

    decision: Mapping[str, Any]
    claims: Sequence[Mapping[str, Any]]
    events: Sequence[str]
    places: Sequence[str]
    version: str

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "decision": dict(self.decision),
            "claims": list(self.claims),
            "touched": {"events": list(self.events), "places": list(self.places)},
            "version": self.version,
        }


def decide(
    desk: Desk,
    kind: str,
    claims: Sequence[str],
    *,
    author: str,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
    seen: Mapping[str, str],
) -> Outcome:
    """Keep a decision and conclude from it.

    Raises:
        RefusedError: it makes no sense, or names a claim, a body, a place or a type that is not there.
        UnseenError: somebody else has decided about one of the claims since; nothing is kept.
        LedgerError: the ledger cannot be written.
    """
    before = desk.now()
    claims = list(dict.fromkeys(claims))
    check(before, kind, claims, changes, note, seen)
    payload: dict[str, Any] = {"claims": claims}
    if kind == CORRECT:
        payload["changes"] = filled(before, claims, changes or {})
    if note:
        payload["note"] = note
    return kept(desk, before, kind, author, payload, claims, seen)


def withdraw(desk: Desk, id: str, *, author: str, note: str = "") -> Outcome:
    """Take a decision back: the claims stand as they did without it.

    Raises:
        GoneError: there is no such decision, or it is itself a withdrawal.
        UnseenError: somebody has withdrawn it already.
        LedgerError: the ledger cannot be written.
    """
    before = desk.now()
    row = before.log.by_id.get(id)
    if row is None or row.withdraws:
        raise GoneError("there is no such decision")
    payload = {"note": note} if note else {}
    return kept(desk, before, WITHDRAW, author, payload, before.log.claims(row), {}, withdraws=id)


def kept(
    desk: Desk,
    before: Standing,
    kind: str,
    author: str,
    payload: dict[str, Any],
    claims: Sequence[str],
    seen: Mapping[str, str],
    *,
    withdraws: str | None = None,
) -> Outcome:
    """Keep it, conclude, and say what is otherwise now."""
    try:
        with desk.writing:
            id = desk.ledger.decide(kind, author, payload, withdraws, seen=seen)
    except ConflictError as error:
        raise UnseenError(told(desk.now().log, error.conflicts or about(withdraws))) from None
    after = desk.now()
    events = {
        event
        for standing in (before, after)
        for claim in claims
        if (event := standing.answers.event_of.get(claim))
    }
    places = {
        brief.place
        for standing in (before, after)
        for event in events
        if (brief := standing.answers.by_id.get(event)) and brief.place
    }
    return Outcome(
        after.log.to_json(after.log.by_id[id]),
        listing.by_ids(after, claims),
        sorted(events),
        sorted(places),
        after.tag,
    )


def about(withdrawn: str | None) -> list[dict[str, str]]:
    """A conflict that is about a decision and no claim."""
    return [{"claim": "", "seen": withdrawn or "", "now": ""}]


def told(log: Log, conflicts: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Conflicts with what was decided since."""
    return [
        {**one, "decisions": [log.to_json(row) for row in since(log, one["claim"], one["seen"])]}
        for one in conflicts
    ]


def check(
    standing: Standing,
    kind: str,
    claims: Sequence[str],
    changes: Mapping[str, Any] | None,
    note: str,
    seen: Mapping[str, str],
) -> None:
    """Refuse what makes no sense."""
    if missing := sorted(set(claims) - listing.known_ids(standing, claims)):
        raise RefusedError(f"there is no claim {missing[0]}")
    if unseen := sorted(set(claims) - set(seen)):
        raise RefusedError(f"say in seen which version of {unseen[0]} you saw")
    if others := sorted(set(seen) - set(claims)):
        raise RefusedError(f"seen names {others[0]}, which the decision is not about")
    if kind in (SAME, DIFFERENT) and len(claims) < 2:
        raise RefusedError("name two claims or more")
    if kind == NOTE and not note:
        raise RefusedError("a note says something")
    if (kind == CORRECT) != bool(changes):
        raise RefusedError("a correction, and nothing else, has changes")
    check_values(standing.knowledge, changes or {})


def check_values(knowledge: Knowledge, changes: Mapping[str, Any]) -> None:
    """Refuse ids that nobody knows, and days that run backwards."""
    for field in ("type", "status", "hedged"):
        if field in changes and changes[field] is None:
            raise RefusedError(f"{field} cannot be empty")
    if "type" in changes and changes["type"] not in knowledge.families:
        raise RefusedError(f"{changes['type']!r} is no type")
    for field in (*BODIES, "chain"):
        for one in changes.get(field) or ():
            if one.get("id") and one["id"] not in knowledge.labels:
                raise RefusedError(f"{one['id']!r} is nobody known")
            if not one.get("id") and not one.get("name"):
                raise RefusedError(f"{field}: an id or a name")
    for field in PLACES:
        for one in changes.get(field) or ():
            if one.get("id") and one["id"] not in knowledge.levels:
                raise RefusedError(f"{one['id']!r} is no place known")
            if not one.get("id") and not one.get("name"):
                raise RefusedError(f"{field}: an id or a name")
    days = changes.get("when")
    if days and days[0] > days[-1]:
        raise RefusedError("when: the first day is after the last")
    figure = changes.get("quantity")
    if figure and None not in (figure.get("min"), figure.get("max")) and figure["min"] > figure["max"]:
        raise RefusedError("quantity: the least is more than the most")


def filled(standing: Standing, claims: Sequence[str], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes with what the packs know of whom they name, and the words where the claim named it already."""
    read = listing.by_ids(standing, claims[:1])[0]
    found = dict(changes)
    for field in (*BODIES, *PLACES, "chain"):
        if changes.get(field) is not None:
            found[field] = [mention(standing.knowledge, field, one, read[field]) for one in changes[field]]
    if changes.get("when"):
        found["when"] = [changes["when"][0], changes["when"][-1]]
    if changes.get("quantity"):
        found["quantity"] = {"min": None, "max": None, "unit": "people"} | changes["quantity"]
    return found


def mention(
    knowledge: Knowledge, field: str, named: Mapping[str, Any], read: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Somebody or some place as a claim names it."""
    id = named.get("id", "")
    before = next((one for one in read if id and one["id"] == id), {})
    found = {
        "id": id,
        "name": named.get("name") or before.get("name") or knowledge.label(id),
        "start": before.get("start", 0),
        "end": before.get("end", 0),
    }
    if field == "chain":
        voice = knowledge.voices.get(id)
        found["kind"] = named.get("kind") or (voice.kind if voice else "unnamed")
    if field in PLACES:
        lat, lon = knowledge.points.get(id, (named.get("lat"), named.get("lon")))
        labels = {"label_ar": found["name"], "label_en": found["name"]}
        if id:
            labels = {"label_ar": knowledge.label(id, "ar"), "label_en": knowledge.label(id, "en")}
        found |= {"lat": lat, "lon": lon, "level": knowledge.levels.get(id, "place"), **labels}
    return found
