"""The whole flow: reports come in, are read, become claims, and are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from riwaya.model import Claim, Report
from riwaya.sources import Problem, Received


class Reader(Protocol):
    """Whatever makes claims of a report: a name with a version, and one method."""

    @property
    def name(self) -> str:
        """The reader and its version; part of every claim's id."""

    def read(self, report: Report, pack: Any) -> Iterable[Claim]:
        """The claims of one report."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A report, where it came from, and the claims read in it."""

    received: Received
    claims: tuple[Claim, ...]


def read(results: Iterable[Received | Problem], reader: Reader, pack: Any) -> Iterator[Reading | Problem]:
    """Read every report that comes in; problems pass through, and one bad report stops no other."""
    for result in results:
        yield result if isinstance(result, Problem) else read_one(result, reader, pack)


def read_one(received: Received, reader: Reader, pack: Any) -> Reading | Problem:
    """Read one report; one in another language is kept and not read."""
    report = received.report
    if report.language != "ar":
        return Reading(received, ())
    try:
        return Reading(received, tuple(reader.read(report, pack)))
    except Exception as error:  # a reader's mistake on one text must not lose the others
        what = f"the reader {reader.name} failed: {type(error).__name__}: {error}"
        return Problem(received.where, what, "please send us this report")
