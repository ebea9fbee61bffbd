"""The desk over a server says what it says over a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desking import Browser
from ledgers import address
from riwaya import pipeline
from riwaya.claims import READERS
from riwaya.demo.show import REPORTS
from riwaya.ledger import open_ledger
from riwaya.packs.pack import load_packs
from riwaya.sources import reports
from riwaya.web.app import create_app
from riwaya.web.house import House
from riwaya.web.settings import Settings
from riwaya.web.state import State

ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("/claims", {"limit": "500"}),
    ("/claims", {"q": "بحلب"}),
    ("/claims", {"q": '"قوات النظام" -حلب سيطر*'}),
    ("/claims", {"area": "sy-aleppo-governorate", "sort": "-known"}),
    ("/events", {"limit": "500"}),
    ("/events", {"known_by": "2024-12-03", "limit": "500"}),
    ("/disputes", {}),
    ("/control", {"at": "2024-12-05"}),
    ("/control/days", {}),
    ("/control/days", {"known_by": "2024-12-04"}),
    ("/places/sy-hama", {}),
    ("/origins", {}),
    ("/timeline", {"of": "claims", "q": "حلب"}),
    ("/review", {"limit": "500"}),
    ("/reports", {"q": "حلب"}),
)


def shown(ledger: str) -> list[tuple[str, dict[str, str], Any]]:
    """What a desk over a ledger answers, before and after a decision."""
    pack = load_packs()
    with open_ledger(ledger) as opened:
        list(pipeline.add(reports([REPORTS]), opened, READERS[0], pack, command="test"))
    house = House(open_ledger(ledger), pack, READERS[0], Settings(author="amal"), State(), ledger)
    desk = Browser(create_app(house))
    with desk.client:
        desk.open()
        found = [(path, params, desk.json(path, **params)) for path, params in ASKED]
        claim = desk.json("/control", at="2024-12-08", place="sy-hama")["items"][0]["claims"][0]
        desk.decide("correct", claim, changes={"place": [{"id": "sy-salamiyah"}]})
        stale = {"kind": "accept", "claims": [claim], "seen": {claim: ""}}
        assert desk.post("/decisions", stale).status_code == 409
        for path, params in ASKED:
            if path.startswith(("/control", "/events")):
                found.append((path, params, desk.json(path, **params)))
    return found


def test_a_server_answers_as_a_file_does(tmp_path: Path) -> None:
    there = shown(address("postgresql", tmp_path, "desk"))
    here = shown(address("sqlite", tmp_path, "desk"))
    assert len(there) == len(here)
    for one, other in zip(there, here, strict=True):
        assert alike(*one) == alike(*other)


def alike(path: str, params: dict[str, str], said: Any) -> Any:
    """What both must say: each engine ranks reports by its own measure."""
    if path == "/reports":
        said = said | {"items": sorted(one["id"] for one in said["items"])}
    return path, params, said
