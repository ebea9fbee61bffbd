from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from riwaya.ledger import engines
from running import Run

TEXT = "سيطرت الفصائل على مدينة حمص.\nثم قالت إنها تسيطر على الريف."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    rows = [{"id": n, "text": f"{TEXT} {n}", "published": f"2024-12-0{n}"} for n in (1, 2)]
    lines = [json.dumps(rows[0]), "{broken", json.dumps(rows[1])]
    (tmp_path / "b.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_read_prints_a_claim_a_line(run: Run, folder: Path) -> None:
    code, out, err = run("read", "a.txt", "--published", "2024-12-08", "--json")
    found = objects(out)
    assert (code, err, len(found)) == (0, "", 2)
    for claim in found:
        trigger = claim["trigger"]
        assert TEXT[trigger["start"] : trigger["end"]] == trigger["text"]
        assert "why" not in claim


def test_read_in_a_pipe_prints_lines_with_tabs(run: Run, folder: Path) -> None:
    _, out, _ = run("read", "a.txt")
    header, *rows = out.splitlines()
    assert header.split("\t")[:2] == ["claim", "what"]
    assert len(rows) == 2
    assert all(row.count("\t") == header.count("\t") for row in rows)


def test_what_is_skipped_is_said_and_the_rest_is_read(run: Run, folder: Path) -> None:
    code, out, err = run("read", "none.txt", "b.jsonl", "a.txt", "--json", "--published", "2024-12-08")
    assert (code, len(objects(out))) == (1, 6)
    assert [line.split(":")[:3] for line in err.splitlines()] == [
        ["riwaya", " none.txt", " no such file or folder"],
        ["riwaya", " b.jsonl", "2"],
    ]


def test_a_reader_that_fails_on_one_report_reads_the_others(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(self: Any, report: Any, pack: Any) -> list[Any]:
        if report.id == "1":
            raise IndexError("far out")
        return list(self._find(report))

    monkeypatch.setattr("making.FakeReader.read", failing)
    code, out, err = run("read", "b.jsonl", "--json")
    assert (code, len(objects(out))) == (1, 2)
    assert "b.jsonl:1: the reader fake/1 failed: IndexError: far out" in err


def test_add_twice_adds_nothing(run: Run, folder: Path) -> None:
    code, out, _ = run("add", "a.txt", "b.jsonl")
    assert (code, out) == (1, "riwaya.sqlite: 3 reports added with 6 claims, 0 were there, 1 skipped\n")
    code, out, _ = run("add", "a.txt")
    assert (code, out) == (0, "riwaya.sqlite: 0 reports added with 0 claims, 1 were there, 0 skipped\n")
    assert len(objects(run("claims", "--json")[1])) == 6


def test_add_says_each_report_once_it_is_safe(run: Run, folder: Path) -> None:
    _, out, _ = run("add", "b.jsonl", "--ledger", "other.sqlite", "--json")
    assert objects(out) == [{"report": n, "new": True, "claims": 2} for n in ("1", "2")]


def test_claims_are_filtered(run: Run, folder: Path) -> None:
    run("add", "b.jsonl", "--outlet", "وكالة")
    everything = objects(run("claims", "--json")[1])
    assert {claim["outlet"] for claim in everything} == {"وكالة"}
    for filters, count in (
        (["--day", "2024-12-01"], 2),
        (["--day", "2024-12-02.."], 2),
        (["--known-by", "2024-12-01"], 2),
        (["--place", "حمص"], 4),
        (["--place", "حلب"], 0),
        (["--type", "clash", "--type", "control_gained"], 4),
    ):
        assert len(objects(run("claims", "--json", *filters)[1])) == count, filters


def test_who_said_it(run: Run, folder: Path) -> None:
    run("add", "b.jsonl", "--outlet", "وكالة")
    (voice,) = objects(run("claims", "--voices", "--json")[1])
    assert (voice["name"], voice["kind"], len(voice["claims"])) == ("وكالة", "media", 4)


def test_control_is_one_object_a_place(run: Run, folder: Path) -> None:
    run("add", "b.jsonl")
    (state,) = objects(run("control", "--at", "2024-12-08", "--json")[1])
    assert (state["place"]["id"], state["holder"], state["since"]) == (
        "sy-homs",
        "sy-opposition",
        "2024-12-01",
    )
    assert set(state) >= {"place", "holder", "contested", "support", "since", "claims"}
    assert objects(run("control", "--at", "2024-11-08", "--json")[1]) == []
    assert objects(run("control", "--at", "2024-12-08", "--known-by", "2024-11-30", "--json")[1]) == []
    _, out, _ = run("control", "--at", "2024-12-08")
    assert "Syrian armed opposition" in out


def test_explain_reads_a_file_or_a_kept_report(run: Run, folder: Path) -> None:
    _, out, _ = run("explain", "a.txt")
    assert "control_gained" in out
    run("add", "b.jsonl")
    code, out, _ = run("explain", "2", "--json")
    assert (code, len(objects(out))) == (0, 2)
    one = objects(out)[0]["id"]
    assert len(objects(run("explain", "2", one[:12], "--json")[1])) == 1


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["claims", "--ledger", "none.sqlite"], 3, "there is no ledger"),
        (["add", "a.txt", "--ledger", "no/such/folder.sqlite"], 3, "does the folder exist"),
        (["claims", "--ledger", "a.txt"], 3, "no ledger"),
        (["add", "a.txt", "--ledger", "pigeon://x"], 3, "no such kind of ledger"),
        (["read", "a.txt", "--published", "soon"], 2, "is no date"),
        (["claims", "--day", "soon"], 2, "is no day"),
        (["read", "a.txt", "--reader", "tea-leaves"], 2, "there is no reader"),
        (["explain", "nothing", "--ledger", "l.sqlite"], 3, "there is no ledger"),
        (["fly"], 2, "No such command"),
        (["read"], 2, "Missing argument"),
        (["evaluate", "none.jsonl"], 2, "does not exist"),
    ],
)
def test_misuse_and_trouble_have_a_code_and_a_line(
    run: Run, folder: Path, words: list[str], code: int, says: str
) -> None:
    left, out, err = run(*words)
    assert (left, out) == (code, "")
    assert says in " ".join(re.sub("[│╭╮╰╯─]", " ", err).split())
    assert "Traceback" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_named(folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "riwaya", "--help"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert (ended.returncode, ended.stderr) == (4, "riwaya: cannot write: the disk is full\n")


def test_a_full_disk_under_the_ledger_is_named(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says the same when a ledger may not grow as when the disk is full."""
    prepare = engines.prepare

    def cramped(connection: Any, record: Any) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA max_page_count=60")

    rows = [json.dumps({"id": n, "text": TEXT * 4}) for n in range(90)]
    Path("many.jsonl").write_text("\n".join(rows), "utf-8")
    monkeypatch.setattr(engines, "prepare", cramped)
    code, out, err = run("add", "many.jsonl", "--json", "--published", "2024-12-08")
    monkeypatch.setattr(engines, "prepare", prepare)
    assert (code, err.count("\n")) == (3, 1)
    assert "the disk is full; what was acknowledged before is safe" in err
    acknowledged = {report["report"] for report in objects(out)}
    kept = {claim["report"] for claim in objects(run("claims", "--json")[1])}
    assert kept == acknowledged
    assert 0 < len(kept) < 90


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_ledger_is_named(run: Run, folder: Path) -> None:
    run("add", "a.txt")
    Path("riwaya.sqlite").chmod(0o400)
    code, _, err = run("add", "b.jsonl")
    assert code == 3
    assert "no permission to write" in err


def test_a_closed_pipe_is_no_failure(folder: Path) -> None:
    command = f"{sys.executable} -m riwaya --help | true; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], stderr=subprocess.PIPE, text=True)
    assert ended.stderr == ""
    assert ended.returncode in (0, 128 + signal.SIGPIPE)


HEAVY = ("dask", "fastapi", "httpx", "lxml", "procrastinate", "psycopg", "pyarrow", "shapely", "sqlalchemy")


def test_start_up_is_quick() -> None:
    """Nothing heavy is imported before it is used; how long that takes is in the bench."""
    code = f"import sys, riwaya.cli; print([name for name in {HEAVY} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ended.stdout == "[]\n"
