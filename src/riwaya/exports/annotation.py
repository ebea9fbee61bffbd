"""Web Annotation (W3C): each claim as an annotation of its report, by position and by quotation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, BinaryIO
from urllib.parse import quote

from riwaya.exports.jsonl import array
from riwaya.exports.rows import Asked, claims
from riwaya.model import Report

AROUND = 32  # characters of the text before and after that make a quotation findable


def write(asked: Asked, out: BinaryIO) -> int:
    """One annotation page."""
    out.write(b'{"@context":"http://www.w3.org/ns/anno.jsonld","id":"urn:riwaya:claims",')
    out.write(b'"type":"AnnotationPage","items":[')
    count = array(every(asked), out)
    out.write(b"\n]}\n")
    return count


def every(asked: Asked) -> Iterator[dict[str, Any]]:
    """One annotation per claim."""
    report = lru_cache(64)(asked.ledger.report)
    for told in claims(asked):
        yield annotation(told, report(told.claim["report"]))


def annotation(told: Any, report: Report) -> dict[str, Any]:
    """What a claim says as bodies; where it says so as a target."""
    claim = told.claim
    return {
        "id": f"urn:riwaya:claim:{claim['id']}",
        "type": "Annotation",
        "motivation": "classifying",
        "creator": {"type": "Software", "name": f"riwaya {claim['reader']}"},
        "body": [
            {"type": "TextualBody", "purpose": "classifying", "value": claim["type"]},
            {
                "type": "TextualBody",
                "purpose": "describing",
                "format": "application/json",
                "value": json.dumps(dict(claim), ensure_ascii=False, sort_keys=True),
            },
        ],
        "target": {
            "source": report.url or f"urn:riwaya:report:{quote(report.id, safe='')}",
            "selector": selectors(report.text, claim["evidence"]["start"], claim["evidence"]["end"]),
        },
    }


def selectors(text: str, start: int, end: int) -> list[dict[str, Any]]:
    """Where, in code points of the text as it came; and which words between which others."""
    return [
        {"type": "TextPositionSelector", "start": start, "end": end},
        {
            "type": "TextQuoteSelector",
            "exact": text[start:end],
            "prefix": text[max(0, start - AROUND) : start],
            "suffix": text[end : end + AROUND],
        },
    ]
