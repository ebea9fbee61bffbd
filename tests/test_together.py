"""Several processes on one ledger: what they conclude together is what one would have concluded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ledgers import address
from riwaya.kept import Kept
from riwaya.kept.refresh import BATCH
from riwaya.ledger import LEDGERS, Ledger, open_ledger
from telling import knowledge, told

TELLING = """
import sys
from making import CUSTODY
from riwaya.kept import Kept
from riwaya.ledger import open_ledger
from telling import knowledge, told

address, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with open_ledger(address) as ledger:
    for n in range(first, last):
        ledger.add(*told(n), CUSTODY)
        if n % 7 == 0:
            ledger.decide("not-a-claim", "me", {"claims": [told(n)[1][0].id]})
        if n % 5 == 0:
            Kept(ledger, knowledge()).refresh()
    Kept(ledger, knowledge()).refresh()
"""
KINDS = [kind.name for kind in LEDGERS]


def run(address: str, first: int, last: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", TELLING, address, str(first), str(last)]
    return subprocess.Popen(command, cwd=Path(__file__).parent, stderr=subprocess.PIPE)


def concluded(ledger: Ledger) -> tuple[list[object], list[object]]:
    kept = Kept(ledger, knowledge())
    kept.refresh()
    events = sorted(repr(sorted(one.items(), key=str)) for one in kept.events())
    return list(events), [repr(one) for one in kept.disputes()]


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    return lambda: address(request.param, tmp_path)


def test_several_add_decide_and_conclude_at_once(place: Callable[[], str]) -> None:
    where = place()
    with open_ledger(where):
        pass
    several = [run(where, first, first + 30) for first in (0, 20, 40)]
    for process in several:
        assert process.wait() == 0, process.communicate()[1].decode()[-2000:]
        process.communicate()
    with open_ledger(where) as ledger:
        assert ledger.count()["reports"] == 70
        together = concluded(ledger)
        Kept(ledger, knowledge()).rebuild()
        assert concluded(ledger) == together
        assert len(together[0]) > 10


def test_what_a_killed_process_left_unanswered_is_answered(
    place: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from making import CUSTODY

    with open_ledger(place()) as ledger:
        for n in range(40):
            ledger.add(*told(n), CUSTODY)
        monkeypatch.setattr("riwaya.kept.refresh.BATCH", 10)
        first = Kept(ledger, knowledge())
        until = ledger.settled()
        for _ in range(2):
            with first._alone() as connection:
                first._take_in(connection, until)
        del first  # killed: what it had touched is noted, and not yet answered
        monkeypatch.setattr("riwaya.kept.refresh.BATCH", BATCH)
        second = concluded(ledger)
        Kept(ledger, knowledge()).rebuild()
        assert concluded(ledger) == second
