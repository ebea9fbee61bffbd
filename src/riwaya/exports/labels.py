"""Label Studio and doccano, both ways: claims as marked spans that people correct, and back as claims.

Each report is one task.  A claim is its trigger, labelled with its type, and a relation to every span
that plays a role in it.  The claims themselves travel along, so that what a person left alone comes
back with all that was known of it, and only what they changed is new.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from riwaya.exports.jsonl import lines
from riwaya.exports.rows import Asked, reports
from riwaya.model import Report, content_id

MENTIONS = ("actor", "target", "place", "toward")
SINGLE = ("time", "quantity")
VOICE = "source"  # a link of the chain
ROLES = (*MENTIONS, *SINGLE, VOICE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled span of a text; ``of`` is the mark of the trigger whose role it plays."""

    id: str
    start: int
    end: int
    label: str
    of: str = ""


def marks(claim: Mapping[str, Any]) -> Iterator[Mark]:
    """A claim as marks, its trigger first."""
    trigger = claim["trigger"]
    yield Mark(claim["id"], trigger["start"], trigger["end"], claim["type"])
    parts = [(role, part) for role in MENTIONS for part in claim[role]]
    parts += [(role, claim[role]) for role in SINGLE if claim[role]]
    parts += [(VOICE, link) for link in claim["chain"]]
    for number, (role, part) in enumerate(parts):
        yield Mark(f"{claim['id']}-{number}", part["start"], part["end"], role, claim["id"])


def write_label_studio(asked: Asked, out: BinaryIO) -> int:
    """A task a line, with the claims as a prediction to correct."""
    return lines((label_studio(report, said) for report, said in reports(asked)), out)


def label_studio(report: Report, said: Sequence[Any]) -> dict[str, Any]:
    """A report as a task."""
    found = [mark for told in said for mark in marks(told.claim)]
    result: list[dict[str, Any]] = [
        {
            "id": mark.id,
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {
                "start": mark.start,
                "end": mark.end,
                "text": report.text[mark.start : mark.end],
                "labels": [mark.label],
            },
        }
        for mark in found
    ]
    result += [
        {
            "type": "relation",
            "from_id": mark.of,
            "to_id": mark.id,
            "direction": "right",
            "labels": [mark.label],
        }
        for mark in found
        if mark.of
    ]
    readers = sorted({told.claim["reader"] for told in said})
    prediction = {"model_version": "; ".join(readers), "result": result}
    return {"data": about(report, said), "predictions": [prediction] if said else []}


def write_doccano(asked: Asked, out: BinaryIO) -> int:
    """A text a line, with entities and relations."""
    return lines((doccano(report, said, number) for number, (report, said) in enumerate(reports(asked))), out)


def doccano(report: Report, said: Sequence[Any], number: int) -> dict[str, Any]:
    """A report as a text; doccano numbers entities and relations over the whole file."""
    found = [mark for told in said for mark in marks(told.claim)]
    numbers = {mark.id: number * 1_000_000 + place for place, mark in enumerate(found)}
    return about(report, said) | {
        "entities": [
            {"id": numbers[m.id], "label": m.label, "start_offset": m.start, "end_offset": m.end}
            for m in found
        ],
        "relations": [
            {"id": numbers[m.id], "from_id": numbers[m.of], "to_id": numbers[m.id], "type": m.label}
            for m in found
            if m.of
        ],
    }


def about(report: Report, said: Sequence[Any]) -> dict[str, Any]:
    """The text and where it is from, in the keys that ``riwaya add`` takes, with the claims as they were."""
    return {
        "text": report.text,
        "id": report.id,
        "title": report.title,
        "outlet": report.outlet,
        "published": report.published.isoformat() if report.published else None,
        "url": report.url,
        "claims": [dict(told.claim) for told in said],
    }


class NoLabelsError(ValueError):
    """A file or a line that none of the two programs wrote; says which."""


def read(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """The claims that people marked, out of what Label Studio or doccano exported."""
    for number, row in rows(stream):
        try:
            text, found = task(row)
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise NoLabelsError(f"line {number}: neither Label Studio's nor doccano's: {error!r}") from None
        data = row.get("data", row)
        yield from claims(text, found, data)


def rows(stream: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    """The tasks: Label Studio exports one array, both take a task a line."""
    first = stream.readline()
    try:
        if first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
            yield from enumerate(json.loads(first.removeprefix(b"\xef\xbb\xbf") + stream.read()), 1)
            return
        number = 1
        while first:
            if first.strip():
                yield number, json.loads(first.removeprefix(b"\xef\xbb\xbf"))
            first, number = stream.readline(), number + 1
    except (ValueError, RecursionError) as error:
        raise NoLabelsError(f"not JSON: {error}") from None


def task(row: Mapping[str, Any]) -> tuple[str, list[Mark]]:
    """A text and its marks, whichever program wrote them; the last annotation of a task counts."""
    if "data" not in row:
        return row["text"], list(from_doccano(row))
    drafts = row.get("annotations") or row.get("predictions") or [{"result": []}]
    return row["data"]["text"], list(from_label_studio(drafts[-1]["result"]))


def from_doccano(row: Mapping[str, Any]) -> Iterator[Mark]:
    """Doccano's entities, once for every relation that points at them."""
    relations = row.get("relations", ())
    for one in row["entities"]:
        triggers = [link["from_id"] for link in relations if link["to_id"] == one["id"]]
        for of in triggers or [""]:
            yield Mark(str(one["id"]), one["start_offset"], one["end_offset"], one["label"], str(of))


def from_label_studio(result: Sequence[Mapping[str, Any]]) -> Iterator[Mark]:
    """Label Studio's regions, once for every relation that points at them."""
    relations = [one for one in result if one["type"] == "relation"]
    for one in result:
        if one["type"] == "labels":
            value = one["value"]
            triggers = [link["from_id"] for link in relations if link["to_id"] == one["id"]]
            for of in triggers or [""]:
                yield Mark(one["id"], value["start"], value["end"], value["labels"][0], of)


def claims(text: str, found: Sequence[Mark], data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The claims that marks make: one per trigger, which is any mark that is no role."""
    before = data.get("claims") or ()
    report = str(data.get("id") or content_id(text))
    for mark in found:
        if mark.label not in ROLES:
            yield claim(text, mark, [part for part in found if part.of == mark.id], before, report)


def claim(
    text: str, trigger: Mark, parts: Sequence[Mark], before: Sequence[Mapping[str, Any]], report: str
) -> dict[str, Any]:
    """A claim as people marked it, with what was known of the same spans before."""
    known = next(
        (one for one in before if same(one["trigger"], trigger) and one["type"] == trigger.label), {}
    )
    edges = [(trigger.start, trigger.end), *((part.start, part.end) for part in parts)]
    start, end = min(edges)[0], max(end for _, end in edges)
    made: dict[str, Any] = {
        "report": report,
        "type": trigger.label,
        "status": known.get("status", "happened"),
        "trigger": words(text, trigger),
        "evidence": known.get("evidence") or {"start": start, "end": end, "text": text[start:end]},
        "extent": known.get("extent"),
        "hedged": known.get("hedged", False),
    }
    for role in (*MENTIONS, VOICE):
        field = "chain" if role == VOICE else role
        of_role = [part for part in parts if part.label == role]
        made[field] = [restored(text, part, known.get(field, ())) for part in of_role]
    for role in SINGLE:
        part = next((part for part in parts if part.label == role), None)
        old = known.get(role)
        made[role] = (old if old and same(old, part) else words(text, part)) if part else None
    made["when"] = known.get("when") if made["time"] == known.get("time") else None
    return {"id": content_id(json.dumps(made, ensure_ascii=False, sort_keys=True))} | made


def restored(text: str, part: Mark, known: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A mention as it was where its span is the same, else its words alone."""
    for one in known:
        if same(one, part):
            return dict(one)
    fresh = {"id": "", "name": text[part.start : part.end], "start": part.start, "end": part.end}
    return fresh | ({"kind": "unnamed"} if part.label == VOICE else {})


def same(one: Mapping[str, Any], mark: Mark) -> bool:
    """Whether a part of a claim stands where a mark does."""
    return (one["start"], one["end"]) == (mark.start, mark.end)


def words(text: str, mark: Mark) -> dict[str, Any]:
    """The marked words with their place."""
    return {"start": mark.start, "end": mark.end, "text": text[mark.start : mark.end]}
