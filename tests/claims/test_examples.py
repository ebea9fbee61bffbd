"""The examples that packs bring: what must be read of a small text, and what must not."""

from __future__ import annotations

from functools import cache

from riwaya.claims import READERS
from riwaya.packs.examples import Outcome, check
from riwaya.packs.pack import load_packs

# Examples were written from the specification, before and apart from the reader; it does not read them all.
RIGHT = 0.93


@cache
def outcomes() -> list[Outcome]:
    packs = load_packs()
    return list(check(lambda report: READERS[0].read(report, packs)))


def test_nearly_all_are_read_as_they_say() -> None:
    wrong = [outcome for outcome in outcomes() if not outcome.right]
    assert len(wrong) <= (1 - RIGHT) * len(outcomes()), [outcome.text for outcome in wrong]


def test_nearly_nothing_is_read_where_nothing_is_said() -> None:
    """An example without claims is a near-miss: a play, a match, a figure of speech."""
    loud = [outcome.text for outcome in outcomes() if outcome.extra and not outcome.missing]
    assert len(loud) <= 2, loud
