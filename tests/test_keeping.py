"""Check, backup, restore and migrate: what is wrong is found, and a copy is the same ledger."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from ledgers import address
from making import CUSTODY, report
from riwaya.kept import Kept
from riwaya.ledger import LEDGERS, Asked, ByteStore, Ledger, LedgerError, open_ledger
from riwaya.ledger import check as checking
from riwaya.ledger.backup import back_up, carry_bytes, restore
from riwaya.ledger.migrations import MIGRATIONS, migrate
from riwaya.ledger.move import carry, move
from riwaya.ledger.tables import METADATA
from running import Run
from telling import knowledge, quoting, told

KINDS = [kind.name for kind in LEDGERS]
ODD = ("\ud800", "a\0b", "\ufdd0[1]")


@pytest.fixture(params=KINDS)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(address(request.param, tmp_path)) as opened:
        for n in range(30):
            opened.add(*told(n), CUSTODY)
        for odd in ODD:
            said = report(f"نص {odd} ونص", id=f"odd {odd}", title=odd)
            opened.add(said, [quoting(said)], CUSTODY)
        first = opened.decide("not-a-claim", "أمل", {"claims": [told(1)[1][0].id]})
        opened.decide("same", "نور", {"claims": [one.id for one in told(2)[1][:2]]})
        opened.decide("withdraw", "نور", {}, withdraws=first)
        yield opened


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return address(request.param, tmp_path, "target")


def everything(ledger: Ledger) -> dict[str, list[str]]:
    with ledger.reading.connect() as connection:
        return {
            table.name: sorted(repr(list(row)) for row in connection.execute(select(table)))
            for table in METADATA.sorted_tables
        }


def concluded(ledger: Ledger) -> list[Any]:
    kept = Kept(ledger, knowledge())
    kept.refresh()
    return [*kept.events(), *kept.disputes()]


def findings(ledger: Ledger) -> list[str]:
    return [f"{one.about}: {one.what}" for one in checking.check(ledger)]


def test_a_sound_ledger_has_no_findings(ledger: Ledger) -> None:
    assert findings(ledger) == []


DAMAGE = [
    ("UPDATE reports SET text = 'غيره' WHERE id = 'r1'", "report r1: its text or facts"),
    ("UPDATE reports SET text = 'غيره' WHERE id = 'r1'", "are not the words it quotes"),
    ("UPDATE reports SET outlet = 'غيره' WHERE id = 'r1'", "report r1: its text or facts"),
    ("DELETE FROM custody WHERE report = 1", "report r0: nothing says how it came in"),
    ("UPDATE claims SET body = replace(body, 'happened', 'denied')", "not what its id stands for"),
    ("UPDATE claims SET body = '{' WHERE seq = 1", "cannot be read"),
    ("UPDATE claims SET type = 'clasp' WHERE seq = 3", "listed under something it does not say"),
    ("UPDATE claim_places SET place = 'sy-x' WHERE claim = 3", "other places or bodies"),
    ("DELETE FROM claim_actors WHERE claim = 3", "other places or bodies"),
    ("UPDATE decisions SET author = 'غيره' WHERE seq = 1", "not what its id stands for"),
    ("DELETE FROM decision_claims WHERE decision = 1", "noted with other claims"),
]


@pytest.mark.parametrize(("statement", "expected"), DAMAGE)
def test_damage_is_found(ledger: Ledger, statement: str, expected: str) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text(statement))
    assert any(expected in found for found in findings(ledger)), findings(ledger)


def test_rows_that_belong_to_nothing_are_found(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        said = report()
        ledger.add(said, [quoting(said)], CUSTODY)
        with closing(sqlite3.connect(tmp_path / "l.sqlite")) as raw:
            raw.execute("UPDATE claims SET report = 7")
            raw.commit()
        found = findings(ledger)
    assert any("points at a row of reports" in one for one in found)
    assert "claims: 1 rows belong to reports that are not there" in found


def test_what_can_be_made_again_is_mended(ledger: Ledger) -> None:
    before = ledger.search(Asked("عنوان")).to_json()
    with ledger.engine.begin() as connection:
        connection.execute(text("DELETE FROM decision_claims"))
        for table in ("search_words", "search_index"):
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    assert len(findings(ledger)) == 4
    assert all(one.mendable for one in checking.check(ledger))
    checking.mend(ledger)
    assert findings(ledger) == []
    assert ledger.search(Asked("عنوان")).to_json() == before


def test_a_moved_ledger_is_the_same(ledger: Ledger, target: str) -> None:
    with open_ledger(target, half_moved=True) as new:
        moved = move(ledger, new)
        assert (moved.reports, moved.claims, moved.decisions) == (33, 93, 3)
        assert everything(new) == everything(ledger)
        assert findings(new) == []
        assert concluded(new) == concluded(ledger)
        words = Asked("عنوان")
        assert {hit.report for hit in new.search(words).hits} == {
            hit.report for hit in ledger.search(words).hits
        }
        said = report("بعد النقل")
        assert new.add(said, [quoting(said)], CUSTODY)  # numbers go on
        assert new.settled() == 34


def test_a_move_goes_on_where_it_was_interrupted(
    ledger: Ledger, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riwaya.ledger.move.PORTION", 7)
    portions = 0

    def interrupted(*asked: Any) -> None:
        nonlocal portions
        if portions == 2:
            raise KeyboardInterrupt
        portions += 1
        carry(*asked)

    with open_ledger(target, half_moved=True) as new:
        monkeypatch.setattr("riwaya.ledger.move.carry", interrupted)
        with pytest.raises(KeyboardInterrupt):
            move(ledger, new)
        assert new.count()["reports"] == 14
    with pytest.raises(LedgerError, match="not everything has been moved"):
        open_ledger(target)
    monkeypatch.setattr("riwaya.ledger.move.carry", carry)
    with open_ledger(target, half_moved=True) as new:
        assert move(ledger, new).new == 19
        assert everything(new) == everything(ledger)
    with open_ledger(target) as new:
        assert findings(new) == []


def test_a_ledger_with_rows_of_its_own_takes_no_others(ledger: Ledger, target: str) -> None:
    with open_ledger(target) as new:
        new.add(report("موجود"), [], CUSTODY)
        with pytest.raises(LedgerError, match="rows of its own"):
            move(ledger, new)
        assert new.count()["reports"] == 1


def test_a_damaged_row_does_not_travel(ledger: Ledger, target: str) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE reports SET text = 'غيره' WHERE id = 'r1'"))
    with (
        open_ledger(target, half_moved=True) as new,
        pytest.raises(LedgerError, match="report r1 does not match its hash"),
    ):
        move(ledger, new)


def test_a_backup_is_the_ledger_and_comes_back(ledger: Ledger, target: str, tmp_path: Path) -> None:
    out = tmp_path / "backup.sqlite"
    back_up(ledger, out)
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == ["backup.sqlite"]
    with pytest.raises(LedgerError, match="replaces nothing"):
        back_up(ledger, out)
    restore(out, target)
    with open_ledger(target) as again:
        assert everything(again) == everything(ledger)
        assert findings(again) == []
        assert concluded(again) == concluded(ledger)


def test_a_backup_is_taken_while_others_write(ledger: Ledger, tmp_path: Path) -> None:
    more = iter(range(100, 200))

    def add(done: int, of: int) -> None:
        if (n := next(more, None)) is not None:
            ledger.add(*told(n), CUSTODY)

    back_up(ledger, tmp_path / "backup.sqlite", add)
    with open_ledger(tmp_path / "backup.sqlite") as copy:
        assert findings(copy) == []
        assert copy.count()["reports"] >= 33


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        for n in range(40):
            ledger.add(*told(n), CUSTODY)
        back_up(ledger, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    (tmp_path / "backup").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LedgerError, match="damaged"):
        restore(tmp_path / "backup", str(tmp_path / "new.sqlite"))
    assert not (tmp_path / "new.sqlite").exists()


def test_bytes_come_along(tmp_path: Path) -> None:
    import hashlib
    import io

    old, new = ByteStore(tmp_path / "old"), ByteStore(tmp_path / "new")
    names = [hashlib.sha256(word).hexdigest() for word in (b"one", b"two")]
    for name, word in zip(names, (b"one", b"two"), strict=True):
        old.keep(io.BytesIO(word), name)
    assert carry_bytes(old, new) == 2
    assert carry_bytes(old, new) == 0
    assert all(new.has(name) for name in names)


def test_an_older_ledger_is_brought_up_to_date(tmp_path: Path) -> None:
    """A ledger as the first version made it, full: nothing is lost, and everything new works."""
    path = tmp_path / "old.sqlite"
    first = Path(__file__).with_name("ledger_version_1.sql").read_text("utf-8")
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(first)
    with open_ledger(path) as ledger:
        assert ledger.count() == {"reports": 2, "claims": 2}
        assert findings(ledger) == []
        (hit,) = ledger.search(Asked("للحديدة")).hits
        assert hit.report == "two"
        (decision,) = ledger.decisions()
        claims = decision["payload"]["claims"]
        assert ledger.versions(claims) == dict.fromkeys(claims, decision["id"])


def test_an_upgrade_that_fails_changes_nothing(ledger: Ledger) -> None:
    before = everything(ledger)

    def step(connection: Any) -> None:
        connection.execute(text("DELETE FROM custody"))
        raise RuntimeError("no power")

    with pytest.raises(RuntimeError):
        migrate(ledger.engine, (*MIGRATIONS, step))
    assert everything(ledger) == before


def test_the_commands(run: Run, tmp_path: Path) -> None:
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        for n in range(5):
            ledger.add(*told(n), CUSTODY)
        Kept(ledger, knowledge()).refresh()
    code, out, _ = run("check", "--derived", "--ledger", tmp_path / "l.sqlite")
    assert (code, "all well" in out) == (0, True)
    code, out, _ = run("backup", tmp_path / "b", "--ledger", tmp_path / "l.sqlite", "--json")
    assert (code, json.loads(out)["reports"]) == (0, 5)
    code, out, _ = run("restore", tmp_path / "b", tmp_path / "r.sqlite", "--json")
    assert (code, json.loads(out)["claims"]) == (0, 15)
    code, out, _ = run("migrate", tmp_path / "b", tmp_path / "m.sqlite", "--json")
    assert (code, json.loads(out)["new"]) == (0, 5)
    with closing(sqlite3.connect(tmp_path / "l.sqlite")) as raw:
        raw.execute("DELETE FROM derived_events WHERE rowid = 1")
        raw.execute("DROP TABLE search_index")
        raw.commit()
    code, out, _ = run("check", "--derived", "--json", "--ledger", tmp_path / "l.sqlite")
    assert code == 1
    found = [json.loads(line) for line in out.splitlines()]
    assert {(one["about"], one["mendable"]) for one in found} == {
        ("search index", True),
        ("conclusions", True),
    }
    code, out, _ = run("check", "--derived", "--mend", "--ledger", tmp_path / "l.sqlite")
    assert (code, "all well" in out) == (0, True)
    code, out, _ = run("check", "--derived", "--ledger", tmp_path / "l.sqlite")
    assert code == 0
    with closing(sqlite3.connect(tmp_path / "l.sqlite")) as raw:
        raw.execute("UPDATE reports SET title = 'غيره' WHERE seq = 1")
        raw.commit()
    code, out, err = run("check", "--derived", "--ledger", tmp_path / "l.sqlite")
    assert code == 1
    assert "report r0: its text or facts are not what came in (restore a backup" in out
    assert "not compared" in err
