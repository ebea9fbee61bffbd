"""Ordinary reports and claims, so that a test says only what matters to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from riwaya.ledger import Custody
from riwaya.model import Claim, Link, Mention, PlaceMention, Report, Span, Status

CUSTODY = Custody("0" * 64, 1, datetime(2024, 12, 9), "here", "text", "riwaya add", "fake/1", "pack")


def report(text: str = "سيطرت الفصائل على حمص", **fields: Any) -> Report:
    published = fields.pop("published", "2024-12-08T10:00:00+03:00")
    return Report(text, published=datetime.fromisoformat(published) if published else None, **fields)


def place(id: str, name: str = "حمص", **fields: Any) -> PlaceMention:
    return PlaceMention(id, name, 0, 1, **fields)


def actor(id: str, name: str = "الفصائل") -> Mention:
    return Mention(id, name, 0, 1)


def link(id: str, name: str = "مصدر", kind: str = "unnamed") -> Link:
    return Link(name, id, kind, 0, 1)


def claim(of: Report, type: str = "control_gained", **fields: Any) -> Claim:
    when = fields.pop("when", None)
    days = (date.fromisoformat(when[0]), date.fromisoformat(when[-1])) if when else None
    at = fields.pop("at", 0)
    ordinary = {"status": Status.HAPPENED, "actor": (actor("sy-opposition"),), "place": (place("sy-homs"),)}
    end = min(at + 5, len(of.text))
    spans = {"trigger": Span(at, end), "evidence": Span(0, len(of.text))}
    words = {"trigger_text": of.text[at:end], "evidence_text": of.text, "reader": "fake/1"}
    return Claim(of.id, type, when=days, **(ordinary | spans | words | fields))


class FakeReader:
    """Finds one word and says that somebody took Homs there."""

    name = "fake/1"
    word = "سيطر"

    def read(self, report: Report, pack: Any) -> Iterable[Claim]:
        return list(self._find(report))

    def _find(self, report: Report) -> Iterator[Claim]:
        at = report.text.find(self.word)
        while at >= 0:
            yield claim(
                report,
                at=at,
                actor=(self._at(report, actor("sy-opposition")),),
                place=(self._at(report, place("sy-homs")),),
            )
            at = report.text.find(self.word, at + 1)

    def _at(self, report: Report, mention: Any) -> Any:
        """A mention where its words stand, or else as it is."""
        start = report.text.find(mention.name)
        return mention if start < 0 else replace(mention, start=start, end=start + len(mention.name))
