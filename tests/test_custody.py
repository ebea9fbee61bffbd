"""The chain of custody: said in full, and verified against what was received."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from making import FakeReader, claim, report
from riwaya import pipeline
from riwaya.custody.chain import chain
from riwaya.ledger import Files, open_ledger, rows, store_of
from riwaya.ledger.said import claim_of
from riwaya.model import Claim, Mention
from riwaya.sources.kinds import read_whole
from riwaya.sources.received import Given, Input
from running import Run

TEXT = "سيطرت الفصائل على حمص"


@pytest.fixture
def folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger of a text, of two lines of a file and of a member of a zip."""
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text(TEXT, "utf-8")
    lines = [{"text": f"{TEXT} {n}", "id": f"line{n}", "outlet": "وكالة"} for n in range(2)]
    Path("two.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    with zipfile.ZipFile("box.zip", "w") as box:
        box.writestr("inside/page.txt", f"{TEXT} أمس")
    assert run("add", "one.txt", "two.jsonl", "box.zip", "--ledger", "l.sqlite")[0] == 0
    return tmp_path


def change(statement: str, *values: Any) -> None:
    with closing(sqlite3.connect("l.sqlite")) as ledger:
        ledger.execute(statement, values)
        ledger.commit()


def states(run: Run, id: str) -> tuple[int, dict[str, str]]:
    code, out, _ = run("custody", id, "--ledger", "l.sqlite", "--json")
    return code, {check["what"]: check["state"] for check in json.loads(out)["checks"]}


ALL_HOLD = dict.fromkeys(("text", "claims", "decisions", "bytes", "record"), "holds")


@pytest.mark.parametrize("where", ["one.txt", "two.jsonl:2", "box.zip!inside/page.txt"])
def test_a_chain_says_every_step(run: Run, folder: Path, where: str) -> None:
    with closing(sqlite3.connect("l.sqlite")) as ledger:
        asked = "SELECT id FROM reports JOIN custody ON report = reports.seq WHERE source = ?"
        [(id,)] = ledger.execute(asked, (where,))
    code, out, _ = run("custody", id, "--ledger", "l.sqlite", "--json")
    found = json.loads(out)
    (receipt,) = found["receipts"]
    assert (code, found["holds"], {c["what"]: c["state"] for c in found["checks"]}) == (0, True, ALL_HOLD)
    assert (receipt["source"], receipt["file_name"]) == (where, where.split("!")[0].split(":")[0])
    assert "riwaya add one.txt" in receipt["command"]
    assert receipt["reader"] == "fake/1"
    assert len(receipt["pack"]) == 16
    assert [one["evidence"]["start"] for one in found["claims"]] == [0]
    assert found["report"]["characters"] == found["claims"][0]["evidence"]["end"]


def test_a_chain_says_what_people_decided(run: Run, folder: Path) -> None:
    id = json.loads(run("custody", "line0", "--ledger", "l.sqlite", "--json")[1])["claims"][0]["id"]
    made = run("decide", "not-a-claim", id, "--author", "لينا", "--ledger", "l.sqlite")[1].strip()
    run("decide", "withdraw", made, "--author", "سامي", "--ledger", "l.sqlite")
    found = json.loads(run("custody", "line0", "--ledger", "l.sqlite", "--json")[1])
    assert [(one["author"], one["withdraws"]) for one in found["decisions"]] == [
        ("لينا", None),
        ("سامي", made),
    ]
    assert json.loads(run("custody", "line1", "--ledger", "l.sqlite", "--json")[1])["decisions"] == []
    change("UPDATE decisions SET author = 'somebody else' WHERE withdraws IS NULL")
    assert states(run, "line0") == (1, ALL_HOLD | {"decisions": "fails"})
    assert "decisions" in run("custody", "--all", "--ledger", "l.sqlite")[1]


def test_for_a_person_it_is_read_from_top_to_bottom(run: Run, folder: Path) -> None:
    code, out, _ = run("custody", "line1", "--ledger", "l.sqlite")
    assert code == 0
    heads = [line.split()[0] for line in out.splitlines() if not line.startswith(" ")]
    assert heads == ["report", "received", "read", *["holds"] * 5]


def test_the_beginning_of_an_id_is_enough_where_it_is_one(run: Run, folder: Path) -> None:
    assert run("custody", "line1", "--ledger", "l.sqlite")[0] == 0
    code, _, err = run("custody", "line", "--ledger", "l.sqlite")
    assert (code, "more than one report" in err) == (2, True)
    assert "no report" in run("custody", "nothing%", "--ledger", "l.sqlite")[2]
    assert run("custody", "--ledger", "l.sqlite")[0] == 2
    assert run("custody", "line1", "--all", "--ledger", "l.sqlite")[0] == 2


def test_a_changed_text_fails(run: Run, folder: Path) -> None:
    change("UPDATE reports SET text = text || '!' WHERE id = 'line0'")
    assert states(run, "line0") == (1, ALL_HOLD | {"text": "fails", "record": "fails"})
    assert states(run, "line1") == (0, ALL_HOLD)


def test_a_text_changed_together_with_its_hash_fails_by_its_bytes(run: Run, folder: Path) -> None:
    from riwaya.ledger.store import content_hash
    from riwaya.model import Report

    said = Report(f"{TEXT} 0 لم يحدث", "line0", outlet="وكالة")
    change("UPDATE reports SET text = ?, hash = ? WHERE id = 'line0'", said.text, content_hash(said))
    assert states(run, "line0") == (1, ALL_HOLD | {"record": "fails"})


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("control_gained", "control_lost"), ("sy-homs", "sy-hama"), ('"start": 0', '"start": 1')],
)
def test_a_changed_claim_fails(run: Run, folder: Path, was: str, becomes: str) -> None:
    change("UPDATE claims SET body = replace(body, ?, ?)", was, becomes)
    assert states(run, "line0") == (1, ALL_HOLD | {"claims": "fails"})


def test_damaged_bytes_fail(run: Run, folder: Path) -> None:
    for path in (folder / "l.sqlite.bytes").rglob("*.gz"):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xFF
        path.write_bytes(data)
    assert states(run, "line0") == (1, ALL_HOLD | {"bytes": "fails", "record": "unknown"})
    code, out, _ = run("custody", "--all", "--ledger", "l.sqlite")
    assert (code, out.count("bytes: ")) == (1, 4)


def test_lost_bytes_fail_and_bytes_that_stayed_behind_are_unknown(run: Run, folder: Path) -> None:
    for path in (folder / "l.sqlite.bytes").rglob("*.gz"):
        path.unlink()
    assert states(run, "line0") == (1, ALL_HOLD | {"bytes": "fails", "record": "unknown"})
    (folder / "l.sqlite.bytes").rename(folder / "elsewhere")
    assert states(run, "line0") == (0, ALL_HOLD | {"bytes": "unknown", "record": "unknown"})


def test_bytes_left_where_they_are_are_verified_there(run: Run, folder: Path) -> None:
    ledger = ("--ledger", "left.sqlite")
    assert run("add", "two.jsonl", "--no-keep-bytes", *ledger)[0] == 0
    assert run("custody", "--all", *ledger)[0] == 0
    Path("two.jsonl").write_text("{}")
    code, out, _ = run("custody", "line0", *ledger)
    assert (code, "other bytes than were received" in out) == (1, True)
    Path("two.jsonl").unlink()
    assert "cannot be read" in run("custody", "line0", *ledger)[1]


def test_an_answer_is_read_again_as_the_server_said(tmp_path: Path) -> None:
    """A page in windows-1256 that says so nowhere but in the server's answer, fetched and gone."""
    pack = SimpleNamespace(digest="pack")
    answer, at = tmp_path / "answer", "https://a.example/1"
    body = f"{TEXT}. {'وقال شهود إنها هادئة. ' * 20}"
    answer.write_bytes(f"<html><body><article><p>{body}</p></article>".encode("cp1256"))
    head = answer.read_bytes()[:4096]
    source = Input(at, head, answer, address=at, charset="cp1256", passing=True)
    for kept in (True, False):
        path = tmp_path / f"{kept}.sqlite"
        with open_ledger(path) as ledger:
            files = Files(store_of(path) if kept else None)
            results = read_whole(source, Given())
            list(pipeline.add(results, ledger, FakeReader(), pack, command="riwaya add", files=files))
            (report,) = rows.kept_reports(ledger)
            found = chain(ledger, store_of(path), report)
        assert TEXT in report.report.text
        assert found.receipts[0].left_at == ""
        states = {check.what: check.state.value for check in found.checks}
        assert states["record"] == states["bytes"] == ("holds" if kept else "unknown")


def test_a_whole_ledger_is_verified(run: Run, folder: Path) -> None:
    code, out, _ = run("custody", "--all", "--ledger", "l.sqlite")
    assert code == 0
    assert out.split(", ")[0] == "4 × bytes holds"
    lines = [
        json.loads(line) for line in run("custody", "--all", "--ledger", "l.sqlite", "--json")[1].splitlines()
    ]
    assert {line["report"] for line in lines} >= {"", "line0", "line1"}
    assert all(line["holds"] for line in lines)


def test_a_claim_comes_back_from_its_public_object() -> None:
    said: Claim = claim(report(), when=("2024-12-07", "2024-12-08"))
    assert claim_of(said.to_json()).id == said.id
    for changed in (
        said.to_json() | {"id": "0" * 16},
        said.to_json() | {"more": 1},
        said.to_json() | {"when": ["yesterday"]},
        said.to_json() | {"actor": [Mention("x", "y", 0, 1).to_json() | {"z": 1}]},
        said.to_json() | {"trigger": {"start": 5, "end": 1, "text": ""}},
        said.to_json() | {"chain": None},
        {},
    ):
        with pytest.raises(ValueError, match="claim"):
            claim_of(changed)
