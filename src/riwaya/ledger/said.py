"""A claim out of its public object, checked: the way back from ``Claim.to_json``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from riwaya.model import Claim, Extent, Link, Mention, PlaceMention, Quantity, Span, Status, TimeMention


def claim_of(body: Mapping[str, Any], why: Iterable[Mapping[str, str]] = ()) -> Claim:
    """The claim that a public object says.

    Raises ValueError where the object is no claim, has anything a claim has not, or has another id than
    what it says gives (law 2).  Scores and rivals of places are not in the public object, nor here.
    """
    try:
        claim = built(body, tuple((one["slot"], one["reason"]) for one in why))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"not a claim: {type(error).__name__}: {error}") from None
    if claim.to_json() != body:
        raise ValueError(f"the claim {str(body.get('id'))[:40]!r} does not say what its id stands for")
    return claim


def built(body: Mapping[str, Any], why: tuple[tuple[str, str], ...]) -> Claim:
    """A claim field by field; its id is worked out anew."""
    when = [date.fromisoformat(day) for day in body["when"] or ()]
    trigger, evidence = body["trigger"], body["evidence"]
    return Claim(
        report=body["report"],
        type=body["type"],
        status=Status(body["status"]),
        trigger=Span(trigger["start"], trigger["end"]),
        evidence=Span(evidence["start"], evidence["end"]),
        trigger_text=trigger["text"],
        evidence_text=evidence["text"],
        actor=tuple(Mention(**one) for one in body["actor"]),
        target=tuple(Mention(**one) for one in body["target"]),
        place=tuple(PlaceMention(**one) for one in body["place"]),
        toward=tuple(PlaceMention(**one) for one in body["toward"]),
        extent=Extent(body["extent"]) if body["extent"] else None,
        when=(when[0], when[1]) if when else None,
        time=time_of(body["time"], when),
        quantity=quantity_of(body["quantity"]),
        chain=tuple(Link(**one) for one in body["chain"]),
        hedged=body["hedged"],
        reader=body["reader"],
        why=why,
    )


def time_of(body: Mapping[str, Any] | None, when: list[date]) -> TimeMention | None:
    """A time expression; the days it means are the claim's."""
    first, last = (when[0], when[-1]) if when else (date.min, date.min)
    return TimeMention(first, last, body["text"], body["start"], body["end"]) if body else None


def quantity_of(body: Mapping[str, Any] | None) -> Quantity | None:
    """How many."""
    if not body:
        return None
    bounds = body.get("min"), body.get("max")
    return Quantity(
        body["text"], body["start"], body["end"], *bounds, body["unit"], body.get("cumulative", False)
    )


def spans_of(claim: Claim) -> Iterable[tuple[Span, str]]:
    """Every span of a claim with the words that should stand there."""
    yield claim.trigger, claim.trigger_text
    yield claim.evidence, claim.evidence_text
    named: list[Mention | PlaceMention | Link] = [*claim.actor, *claim.target, *claim.place, *claim.toward]
    for mention in (*named, *claim.chain):
        yield Span(mention.start, mention.end), mention.name
    for said in (claim.time, claim.quantity):
        if said:
            yield Span(said.start, said.end), said.text
