"""One contract, every ledger.  A PostgreSQL server is tried where RIWAYA_TEST_POSTGRESQL names one."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgers import address
from making import CUSTODY, actor, claim, link, place, report
from riwaya.ledger import LEDGERS, ConflictError, Ledger, LedgerError, Query, open_ledger
from riwaya.ledger.migrations import MIGRATIONS, migrate
from riwaya.model import Report, Status

OUTLETS = st.text(max_size=8)


@pytest.fixture(params=[kind.name for kind in LEDGERS])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(address(request.param, tmp_path)) as opened:
        yield opened


def ids(ledger: Ledger, **asked: Any) -> list[str]:
    return [told.claim["id"] for told in ledger.claims(Query(**asked))]


def test_what_goes_in_comes_out(ledger: Ledger) -> None:
    said = report(outlet="وكالة", title="عنوان", url="https://example.org/1", origin="قناة")
    found = claim(said, when=["2024-12-07"], chain=(link("iq-source"),), why=(("type", "frame"),))
    assert ledger.add(said, [found], CUSTODY)
    assert ledger.report(said.id) == said
    assert list(ledger.reports()) == [said]
    assert ledger.custody(said.id) == CUSTODY
    (told,) = ledger.claims()
    assert told.claim == found.to_json()
    assert (told.outlet, told.title, told.published) == ("وكالة", "عنوان", "2024-12-08T10:00:00+03:00")
    assert ledger.why(found.id) == [{"slot": "type", "reason": "frame"}]


def test_adding_twice_adds_nothing(ledger: Ledger) -> None:
    said = report()
    assert ledger.name(said) == said
    assert ledger.add(said, [claim(said)], CUSTODY)
    assert ledger.name(said) is None
    assert not ledger.add(said, [claim(said)], CUSTODY)
    assert ledger.count() == {"reports": 1, "claims": 1}


def test_one_text_under_two_ids_is_two_reports(ledger: Ledger) -> None:
    for id in ("1", "2"):
        assert ledger.add(report(id=id), [], CUSTODY)
    assert ledger.count()["reports"] == 2


def test_the_same_claim_twice_in_a_reading_is_one(ledger: Ledger) -> None:
    said = report()
    ledger.add(said, [claim(said), claim(said)], CUSTODY)
    assert ledger.count()["claims"] == 1


def test_another_text_under_a_taken_id_is_kept_beside_the_first(ledger: Ledger) -> None:
    first, edited = report(id="7"), report("عدّل النص", id="7")
    ledger.add(first, [], CUSTODY)
    named = ledger.name(edited)
    assert named is not None
    assert named.id.startswith("7@")
    ledger.add(named, [], CUSTODY)
    assert ledger.name(edited) is None
    assert [kept.text for kept in ledger.reports()] == [first.text, edited.text]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(), min_size=1), OUTLETS)
def test_any_text_is_kept_as_it_is(ledger: Ledger, words: str, outlet: str) -> None:
    said = Report(words, outlet=outlet)
    ledger.add(said, [claim(said, actor=(actor("", words),))], CUSTODY)
    assert ledger.report(said.id) == said
    assert said.text in [told.claim["evidence"]["text"] for told in ledger.claims(Query(report=said.id))]


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "\ufdd0", "\ufdd0[1]", "\ufdd0\ud800", ""])
def test_odd_texts(ledger: Ledger, odd: str) -> None:
    said = Report(f"x{odd}", title=odd, outlet=f"{odd}y")
    ledger.add(said, [claim(said, place=(place("", odd),))], CUSTODY)
    assert ledger.report(said.id) == said


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({}, "abcd"),
    ({"place": "sy-homs"}, "ad"),
    ({"place": "حماه"}, "b"),  # by its words, folded
    ({"place": "iraq"}, "c"),
    ({"actor": "sy-government"}, "bc"),
    ({"actor": "isis"}, "d"),
    ({"type": ("entered", "clash")}, "bd"),
    ({"status": ("denied",)}, "c"),
    ({"origin": "sohr"}, "b"),
    ({"origin": "مصدر أمني"}, "c"),
    ({"first": datetime(2024, 12, 8).date()}, "ad"),
    ({"last": datetime(2024, 12, 6).date()}, "bc"),
    ({"first": datetime(2024, 12, 6).date(), "last": datetime(2024, 12, 6).date()}, "bc"),
    ({"known_by": datetime(2024, 12, 7, 23, 59)}, "bc"),
    ({"known_by": datetime.fromisoformat("2024-12-07T22:30:00+00:00")}, "abc"),
    ({"report": "early"}, "bc"),
]


@pytest.mark.parametrize(("asked", "expected"), FILTERS)
def test_filters(ledger: Ledger, asked: dict[str, Any], expected: str) -> None:
    late = report("أ" * 9, published="2024-12-08T01:00:00+03:00", id="late")
    early = report("ب" * 9, published="2024-12-07T20:00:00+03:00", id="early")
    unpublished = report("ج" * 9, published=None, id="unpublished")
    government = (actor("sy-government"),)
    claims = {
        "a": claim(late),
        "b": claim(
            early,
            "entered",
            when=["2024-12-06"],
            place=(place("sy-hama", "حماة"),),
            actor=government,
            chain=(link("sohr"),),
        ),
        "c": claim(
            early,
            at=1,
            status=Status.DENIED,
            place=(),
            toward=(place("iraq", "العراق"),),
            target=government,
            actor=(),
            when=["2024-12-05", "2024-12-07"],
            chain=(link("", "مصدر أمنى"),),
        ),
        "d": claim(unpublished, "clash", actor=(actor("isis"),), when=["2024-12-08"]),
    }
    for said in (late, early, unpublished):
        ledger.add(said, [c for c in claims.values() if c.report == said.id], CUSTODY)
    names = {c.id: name for name, c in claims.items()}
    assert sorted(names[id] for id in ids(ledger, **asked)) == sorted(expected)


def test_claims_come_in_the_order_of_their_days(ledger: Ledger) -> None:
    said = report("x" * 30)
    days = ["2024-12-03", "2024-12-01", "2024-12-02"]
    ledger.add(said, [claim(said, at=n, when=[day]) for n, day in enumerate(days)], CUSTODY)
    assert [told.day.isoformat() for told in ledger.claims() if told.day] == sorted(days)


def test_a_decision_is_taken_back_by_another(ledger: Ledger) -> None:
    first = ledger.decide("not-a-claim", "me", {"claim": "x"})
    second = ledger.decide("same", "me", {"claims": ["x", "y"]})
    assert [d["id"] for d in ledger.decisions()] == [first, second]
    ledger.decide("withdraw", "you", {}, withdraws=first)
    assert [(d["id"], d["payload"]) for d in ledger.decisions()] == [(second, {"claims": ["x", "y"]})]


def test_nobody_overrules_what_they_have_not_seen(ledger: Ledger) -> None:
    assert ledger.versions(["x", "y"]) == {"x": "", "y": ""}
    first = ledger.decide("not-a-claim", "me", {"claims": ["x"]}, seen={"x": ""})
    assert ledger.versions(["x", "y"]) == {"x": first, "y": ""}
    with pytest.raises(ConflictError) as refused:
        ledger.decide("same", "you", {"claims": ["x", "y"]}, seen={"x": "", "y": ""})
    assert refused.value.conflicts == [{"claim": "x", "seen": "", "now": first}]
    assert [d["id"] for d in ledger.decisions()] == [first]
    back = ledger.decide("withdraw", "you", {}, withdraws=first, seen={"x": first})
    assert ledger.versions(["x"]) == {"x": back}
    with pytest.raises(ConflictError, match="withdrawn already"):
        ledger.decide("withdraw", "me", {}, withdraws=first)
    with pytest.raises(ConflictError, match="no decision"):
        ledger.decide("withdraw", "me", {}, withdraws="none")


def test_of_many_who_saw_the_same_one_decides(ledger: Ledger) -> None:
    refused: list[str] = []
    address = ledger.engine.url.render_as_string(hide_password=False)

    def review(name: str) -> None:
        with open_ledger(address) as mine:
            for n in range(10):
                try:
                    mine.decide("not-a-claim", name, {"claims": [str(n)]}, seen={str(n): ""})
                except ConflictError:
                    refused.append(name)

    threads = [threading.Thread(target=review, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [d["payload"]["claims"][0] for d in ledger.decisions()]
    assert sorted(kept) == [str(n) for n in range(10)]
    assert len(refused) == 20


def test_a_clock_that_goes_back_loses_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = datetime(2024, 12, 8)
    monkeypatch.setattr("riwaya.ledger.store.now", lambda: stuck)
    made = [ledger.decide("not-a-claim", "me", {"claims": ["x"]}) for _ in range(3)]
    stuck = datetime(1970, 1, 1)
    made += [ledger.decide("not-a-claim", "me", {"claims": ["x"]})]
    assert [d["id"] for d in ledger.decisions()] == made
    assert len(set(made)) == 4


def test_a_reader_is_not_disturbed_by_a_writer(ledger: Ledger) -> None:
    for n in range(3):
        said = report(f"نص {n}")
        ledger.add(said, [claim(said)], CUSTODY)
    stream = ledger.claims()
    next(stream)
    said = report("جديد")
    ledger.add(said, [claim(said)], CUSTODY)
    assert len(list(stream)) == 2


def test_two_writers_of_the_same_reports(ledger: Ledger) -> None:
    texts = [report(f"نص {n}") for n in range(20)]

    def write() -> None:
        with open_ledger(ledger.engine.url.render_as_string(hide_password=False)) as mine:
            for said in texts:
                mine.add(said, [claim(said)], CUSTODY)

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.count() == {"reports": 20, "claims": 20}


def test_migrations_go_forward_once(ledger: Ledger) -> None:
    ran = []
    steps = (*MIGRATIONS, *(lambda connection, n=n: ran.append(n) for n in range(2)))
    migrate(ledger.engine, steps)
    migrate(ledger.engine, steps)
    assert ran == [0, 1]
    with pytest.raises(LedgerError, match="update riwaya"):
        migrate(ledger.engine)


def test_failures_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        open_ledger(tmp_path / "none.sqlite", create=False)
    with pytest.raises(LedgerError, match="does the folder exist"):
        open_ledger(tmp_path / "no" / "folder.sqlite")
    (tmp_path / "text").write_text("not a database, but long enough to be looked at as one" * 50)
    with pytest.raises(LedgerError, match="no ledger"):
        open_ledger(tmp_path / "text")
    with closing(sqlite3.connect(tmp_path / "theirs.sqlite")) as theirs:
        theirs.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(LedgerError, match="no ledger of riwaya's"):
        open_ledger(tmp_path / "theirs.sqlite")
    with pytest.raises(LedgerError, match="no such kind"):
        open_ledger("carrier+pigeon://coop")


def test_an_archive_is_read_where_nothing_may_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "with space.sqlite"
    said = report()
    with open_ledger(path) as made:
        made.add(said, [claim(said)], CUSTODY)
    monkeypatch.setattr("riwaya.ledger.engines.writable", lambda path: False)
    with open_ledger(path, create=False) as archive:
        assert archive.count() == {"reports": 1, "claims": 1}
        assert list(archive.reports()) == [said]
        with pytest.raises(LedgerError, match="no permission"):
            archive.add(report("جديد"), [], CUSTODY)


@pytest.mark.parametrize("asked", ["sy-hama", "حماة", "مدينة حماه", "Hama", "hama"])
def test_a_place_is_found_by_its_words_and_by_its_plain_names(ledger: Ledger, asked: str) -> None:
    said, hama = report(), place("sy-hama", "مدينة حماة", label_ar="حماة", label_en="Hama")
    made = claim(said, place=(hama,))
    ledger.add(said, [made], CUSTODY)
    assert ids(ledger, place=asked) == [made.id]
