"""How answers are shown: in a notebook as HTML, elsewhere as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from riwaya.library.listing import Cited, plain_words
from riwaya.model import Claim, Report

if TYPE_CHECKING:
    from riwaya.notebook.words import Words


class Shown:
    """Something rendered: HTML for a notebook, and its plain form for everything else."""

    def __init__(self, html: str, plain: str) -> None:
        self.html, self.plain = html, plain

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.plain}

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.plain


def show(thing: Any, language: str = "") -> Shown:
    """A claim, a report, or any answer of this library, rendered; in ``language`` (en or ar) where given.

    Raises TypeError for what is none of these.
    """
    from riwaya.library.reading import words_of

    words = words_of(language) if language else None
    if isinstance(thing, Claim):
        return Shown(Cited(thing, words=words)._repr_html_(), repr(thing))
    if isinstance(thing, Report):
        return Shown(report_html(thing), repr(thing))
    if hasattr(thing, "words") and words:
        thing = spoken(thing, words)
    if not hasattr(thing, "_repr_html_"):
        raise TypeError(f"a {type(thing).__name__} is nothing that riwaya shows")
    return Shown(thing._repr_html_(), repr(thing))


def spoken(thing: Any, words: Words) -> Any:
    """The same answer in another language."""
    from dataclasses import replace
    from functools import partial

    from riwaya.library.listing import Listing, Record

    if isinstance(thing, Cited):
        return replace(thing, words=words)
    if isinstance(thing, Record):
        return Record(thing, thing._render, words)
    if not isinstance(thing, Listing):
        return thing
    draw = partial(thing._draw.func, words=words) if isinstance(thing._draw, partial) else thing._draw
    items = [spoken(one, words) for one in thing]
    return Listing(items, thing.table, words, draw, thing.problems)


def report_html(report: Report) -> str:
    """A report: what is known of it, and its text as it came."""
    from html import escape

    from riwaya.notebook import html

    facts = (report.outlet, report.title, report.published or "", report.url, report.id)
    about = " · ".join(html.text(one) for one in facts if one)
    body = escape(report.text)
    side = f'<div style="{html.FAINT}">{about}</div>'
    lines = f'<blockquote dir="auto" style="white-space:pre-wrap;margin:.3em 0">{body}</blockquote>'
    return html.box(side + lines, plain_words())


def report_list(reports: Sequence[Report], words: Words) -> str:
    """Reports below one another."""
    from riwaya.notebook import html

    return html.many([report_html(one) for one in reports[: html.MOST]], len(reports), words)


def map_and_table(holdings: Sequence[Any], words: Words) -> str:
    """Who holds what, on a map and as a table."""
    from riwaya.demo.areas import areas_of
    from riwaya.notebook import html, map

    countries = sorted({str(one["place"]["id"]).split("-")[0] for one in holdings})
    rings = [ring for country in countries for area in areas_of(country) for ring in area.rings]
    return map.draw(holdings, rings, words) + html.holdings(holdings, words)


def register(ipython: Any) -> None:
    """Have a notebook render bare claims and reports."""
    formatter = ipython.display_formatter.formatters["text/html"]
    formatter.for_type(Claim, lambda claim: Cited(claim)._repr_html_())
    formatter.for_type(Report, report_html)
