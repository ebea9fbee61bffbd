"""Reading without keeping: the claims of a text, a report, or files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riwaya.library.listing import Cited, Listing
from riwaya.model import Report

if TYPE_CHECKING:
    from riwaya.notebook.words import Words
    from riwaya.packs.pack import Pack
    from riwaya.sources import Problem, Received

Moment = str | date | datetime | None


@cache
def load_packs() -> Pack:
    """What the reader knows, here and in ``$RIWAYA_PACKS``, loaded once; raises PackError."""
    from riwaya.packs.pack import load_packs

    return load_packs()


def read(
    what: str | Report | Path | Iterable[Report],
    *,
    published: Moment = None,
    outlet: str = "",
    language: str = "en",
) -> Listing[Cited]:
    """The claims of a text (a ``str``), of reports, or of a file or folder (a ``Path``); nothing is kept.

    ``published`` and ``outlet`` are said of reports that do not say them: words like "yesterday" can only
    be dated by the day of publication.  ``language`` (en or ar) is the one of names and of renderings.
    What could not be read is in ``problems`` of the answer.
    """
    from riwaya import pipeline
    from riwaya.claims import READERS

    problems: list[str] = []
    found: list[Cited] = []
    words = words_of(language)
    for outcome in pipeline.read(received(what, published, outlet), READERS[0], load_packs()):
        if not isinstance(outcome, pipeline.Reading):
            problems.append(str(outcome))
            continue
        report = outcome.received.report
        day = report.published.isoformat() if report.published else None
        for claim in outcome.claims:
            last = claim.when[1] if claim.when else report.day
            found.append(Cited(claim, report.outlet, report.title, day, report.url, last, words))
    return Listing(found, "claims", words, problems=problems)


def received(
    what: str | Report | Path | Iterable[Report], published: Moment, outlet: str
) -> Iterator[Received | Problem]:
    """Reports as sources hand them over."""
    from riwaya.sources import Given, reports
    from riwaya.sources.received import receive

    if isinstance(what, Path):
        yield from reports([what], Given(moment(published), outlet))
        return
    given: Sequence[Report] | Iterable[Report]
    if isinstance(what, str):
        given = [Report(what, outlet=outlet, published=moment(published))]
    else:
        given = [what] if isinstance(what, Report) else what
    for report in given:
        yield receive(report, report.text.encode("utf-8", "surrogatepass"), "memory", "text")


def moment(value: Moment) -> datetime | None:
    """A moment as people give it: ``2024-12-08``, ``2024-12-08T18:00``, a date or a datetime."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value if isinstance(value, str) else value.isoformat())


def words_of(language: str) -> Words:
    """A language with the packs' names in it."""
    from riwaya.notebook.words import Words

    labels, types = known()
    return Words(language, labels, types)


@cache
def known() -> tuple[Any, Any]:
    """The names of actors and places by their ids, and the names of claim types."""
    from riwaya.exports.names import Names

    names = Names.of(load_packs())
    return names.labels, names.types
