"""What came in and what did not: said while it happens on stderr, and counted for the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from riwaya import console

if TYPE_CHECKING:
    from riwaya.sources import Problem, Received

SPOKEN = 10  # reports without a day that are said one by one; the others are counted
REASONS = 12  # reasons told at the end
NAMES = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")


@dataclass
class Tally:
    """Counts of what was read, kept unread and skipped, and why."""

    kinds: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    undated: int = 0
    skipped: int = 0
    remarks: int = 0

    def problem(self, problem: Problem) -> None:
        """Say on stderr what was skipped, or read with a remark."""
        console.say(str(problem))
        if problem.lost:
            self.skipped += 1
            self.reasons[generally(problem.what)] += 1
        else:
            self.remarks += 1

    def received(self, received: Received) -> None:
        """Count a report; one without a day is said, for relative days in it mean nothing then."""
        from riwaya.sources import Problem

        report = received.report
        self.kinds[received.kind] += 1
        if report.language != "ar":
            self.languages[report.language] += 1
        elif report.published is None:
            self.undated += 1
            if self.undated <= SPOKEN:
                what = "no day of publication in it; read without (--published 2024-12-08 says it)"
                console.say(str(Problem(received.where, what)))
            elif self.undated == SPOKEN + 1:
                console.say("more reports without a day of publication follow; they are counted at the end")

    def lines(self) -> Iterator[str]:
        """What to say at the end."""
        if self.kinds:
            yield "taken: " + ", ".join(f"{count} {kind}" for kind, count in self.kinds.most_common())
        if self.languages:
            told = ", ".join(f"{count} {language}" for language, count in self.languages.most_common())
            yield f"kept and not read, in another language: {told}"
        if self.undated:
            yield f"without a day of publication: {self.undated} (say it with --published)"
        for reason, count in self.reasons.most_common(REASONS):
            yield f"skipped {count}: {reason}"
        if len(self.reasons) > REASONS:
            rest = self.reasons.total() - sum(count for _, count in self.reasons.most_common(REASONS))
            yield f"skipped {rest} for other reasons, said above"


def generally(what: str) -> str:
    """A reason without the names and numbers of the one case."""
    return NAMES.sub("…", what)
