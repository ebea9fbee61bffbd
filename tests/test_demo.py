"""The demo, with the reader that ships."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from riwaya.claims import READERS
from riwaya.demo.page import parts
from riwaya.demo.show import LAST, REPORTS, Demo, run
from riwaya.ledger import Query, open_ledger
from riwaya.packs.pack import load_packs


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run(tmp_path_factory.mktemp("demo"), READERS[0], load_packs())


def test_every_report_is_read(demo: Demo) -> None:
    bundled = [json.loads(line) for line in REPORTS.read_text("utf-8").splitlines()]
    assert len({report["outlet"] for report in bundled}) >= 6
    assert demo.added["reports"] == len(bundled) >= 14
    assert demo.problems == []


def test_who_holds_what_on_the_last_day(demo: Demo) -> None:
    holders = {state.place["id"]: state.holder for state in demo.states}
    for place in ("sy-aleppo", "sy-hama", "sy-homs", "sy-damascus"):
        assert holders[place] == "sy-opposition", place
    assert holders["sy-raqqa"] == "sdf"
    contested = {state.place["id"] for state in demo.states if state.contested}
    assert "sy-manbij" in contested


def test_every_span_is_what_the_claim_quotes(demo: Demo) -> None:
    with open_ledger(demo.ledger) as ledger:
        texts = {report.id: report.text for report in ledger.reports()}
        for told in ledger.claims(Query()):
            text = texts[told.claim["report"]]
            for part in ("trigger", "evidence"):
                span = told.claim[part]
                assert text[span["start"] : span["end"]] == span["text"]
            runs = parts(told.claim, text)
            assert "".join(run for run, _ in runs) == told.claim["evidence"]["text"]


def test_the_page_needs_nothing_but_itself(demo: Demo) -> None:
    page = demo.page.read_text("utf-8")
    assert set(re.findall(r"https?://[^\"' ]+", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(link|img|iframe)|src=|@import|url\(", page)
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found
    data = json.loads(found[1])
    assert data["days"][-1] == LAST.isoformat()
    assert len(data["areas"]) == 14
    assert all(len(place["states"]) == len(data["days"]) for place in data["places"])
    assert all(0 <= place["x"] <= 1000 and 0 <= place["y"] <= data["height"] for place in data["places"])


def test_the_demo_can_be_run_again(demo: Demo) -> None:
    again = run(demo.page.parent, READERS[0], load_packs())
    assert again.page.read_bytes() == demo.page.read_bytes()


def test_a_page_written_elsewhere_is_the_same(demo: Demo, tmp_path: Path) -> None:
    assert run(tmp_path, READERS[0], load_packs()).page.read_bytes() == demo.page.read_bytes()
