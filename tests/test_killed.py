"""A killed process loses nothing acknowledged and leaves nothing half-done; `make faults` kills thousands."""

from __future__ import annotations

import os

import pytest

import faults
from faults import KINDS, inflict
from riwaya.ledger import LEDGERS

KILLS = 6

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")


@pytest.mark.parametrize("kind", [kind.name for kind in LEDGERS])
@pytest.mark.parametrize("name", KINDS)
def test_nothing_acknowledged_is_lost(name: str, kind: str) -> None:
    if name == "upgrade" and kind != "sqlite":
        pytest.skip("an older ledger is kept for SQLite only")
    tally = inflict(name, kind, KILLS)
    assert (tally.lost, tally.twice, tally.wrong) == (0, 0, [])
    assert tally.kills >= KILLS


def test_the_harness_sees_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that acknowledges what it did not do."""

    def idle(address: str, first: int) -> faults.Work:
        def lasting(say: faults.Say) -> None:
            say(faults.BEGUN)
            for n in range(first, first + 20):
                say(str(n))

        return lasting

    monkeypatch.setattr(faults, "adding", idle)
    assert inflict("add", "sqlite", 1).lost > 0
