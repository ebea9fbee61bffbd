"""The queue: workers add what was put into it, lost jobs are found again, hopeless ones are told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ledgers import address
from riwaya import queue
from riwaya.ledger import open_ledger
from riwaya.queue import jobs
from running import Run

pytest.importorskip("procrastinate")


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    return address("postgresql", tmp_path, "queue")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    where = tmp_path / "in"
    where.mkdir()
    for n in range(12):
        (where / f"{n}.txt").write_text(f"سيطرت الفصائل على مدينة حمص في اليوم {n}", "utf-8")
    return where


def worker(ledger: str, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "riwaya", "worker", "--ledger", ledger, "--json", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> dict[str, int]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err[-2000:]
    return dict(json.loads(out.splitlines()[-1]))


def eventually(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 90
    while not what():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.2)


def test_two_workers_share_the_work(ledger: str, folder: Path) -> None:
    put = queue.put(ledger, [str(path) for path in sorted(folder.iterdir())])
    assert put == [(str(path), True) for path in sorted(folder.iterdir())]
    assert queue.put(ledger, [put[0][0]]) == [(put[0][0], False)]
    both = [worker(ledger, "--once") for _ in range(2)]
    done = [ended(process) for process in both]
    assert sum(one["new"] for one in done) == 12
    with open_ledger(ledger) as opened:
        assert opened.count()["reports"] == 12
    assert queue.failed(ledger) == []
    assert queue.status(ledger)["waiting"] == 0


def test_what_fails_again_and_again_is_told(ledger: str, folder: Path) -> None:
    queue.put(ledger, [str(folder / "none.txt"), str(folder / "1.txt")])
    done = ended(worker(ledger, "--once", "--attempts", "3", "--back-off", "0"))
    assert done == {"jobs": 1, "new": 1, "failed": 3}
    (letter,) = queue.failed(ledger)
    assert letter.what == str(folder / "none.txt")
    assert letter.attempts == 3
    assert "none.txt" in letter.reason
    with pytest.raises(queue.QueueError, match="no failed job"):
        queue.retry(ledger, [letter.id + 1])
    (folder / "none.txt").write_text("سيطرت الفصائل على حلب", "utf-8")
    assert queue.retry(ledger, []) == [letter.id]
    assert ended(worker(ledger, "--once"))["new"] == 1
    assert queue.failed(ledger) == []


def test_a_dead_letter_can_be_forgotten(ledger: str, folder: Path) -> None:
    queue.put(ledger, [str(folder / "none.txt")])
    ended(worker(ledger, "--once", "--attempts", "1"))
    (letter,) = queue.failed(ledger)
    assert queue.forget(ledger, []) == [letter.id]
    assert queue.failed(ledger) == []


def test_told_to_stop_it_ends_what_it_has_begun(ledger: str, folder: Path) -> None:
    big = folder / "many.jsonl"
    with big.open("w", encoding="utf-8") as out:
        for n in range(300):
            out.write(json.dumps({"text": f"سيطرت الفصائل على قرية {n} في ريف حمص", "id": f"m{n}"}) + "\n")
    queue.put(ledger, [str(big), str(folder / "1.txt")])
    process = worker(ledger)
    with open_ledger(ledger) as opened:
        eventually(lambda: opened.count()["reports"] > 0)
        process.send_signal(signal.SIGTERM)
        done = ended(process)
        assert done["jobs"] >= 1
        assert opened.count()["reports"] >= 300
    assert queue.status(ledger)["running"] == 0


def test_a_killed_workers_job_is_done_by_another(
    ledger: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = folder / "many.jsonl"
    with big.open("w", encoding="utf-8") as out:
        for n in range(300):
            out.write(json.dumps({"text": f"سيطرت الفصائل على قرية {n} في ريف حمص", "id": f"m{n}"}) + "\n")
    queue.put(ledger, [str(big)])
    process = worker(ledger)
    with open_ledger(ledger) as opened:
        eventually(lambda: opened.count()["reports"] > 0)
        process.kill()
        process.communicate()
        assert queue.status(ledger)["running"] == 1
        with opened.engine.begin() as connection:  # as if a minute had passed
            connection.execute(
                text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 min'")
            )
            connection.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'riwaya.tick'"))
        with queue.jobs.queue(ledger) as app:
            app.configure_task("riwaya.tick", queue="riwaya").defer(timestamp=0)
        ended(worker(ledger, "--once"))
        ended(worker(ledger, "--once"))
        assert opened.count()["reports"] == 300
    assert queue.status(ledger)["running"] == 0


def test_what_is_watched_is_due_once(ledger: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.watch(ledger, str(folder), every=10, outlet="وكالة")
    assert [one["address"] for one in queue.watched(ledger)] == [str(folder)]
    with jobs.tables(ledger) as first, jobs.tables(ledger) as second:
        assert jobs.due(first) == [(str(folder), "وكالة")]
        assert jobs.due(second) == []  # two schedulers: the other has it in hand
    with jobs.tables(ledger) as connection:
        assert jobs.due(connection) == []
    now = jobs.utc()
    monkeypatch.setattr("riwaya.queue.jobs.utc", lambda: now - timedelta(days=3))  # the clock went back
    with jobs.tables(ledger) as connection:
        assert jobs.due(connection) == [(str(folder), "وكالة")]
        assert jobs.due(connection) == []
    queue.watch(ledger, str(folder), every=0)
    assert queue.watched(ledger) == []


def test_the_commands(run: Run, ledger: str, folder: Path) -> None:
    assert run("queue", "add", folder / "1.txt", folder / "none.txt", "--ledger", ledger)[0] == 0
    code, out, _ = run("queue", "status", "--ledger", ledger, "--json")
    assert json.loads(out)["waiting"] == 2
    code, out, err = run("worker", "--once", "--attempts", "1", "--ledger", ledger, "--json")
    assert (code, json.loads(out.splitlines()[-1])["new"]) == (0, 1), err
    code, out, _ = run("queue", "failed", "--ledger", ledger, "--json")
    assert json.loads(out)["what"] == str(folder / "none.txt")
    assert run("queue", "forget", "--ledger", ledger)[0] == 0
    assert run("queue", "failed", "--ledger", ledger, "--json")[1] == ""
    assert run("queue", "watch", folder, "--every", "5", "--ledger", ledger)[0] == 0


def test_a_file_needs_no_queue(run: Run, tmp_path: Path) -> None:
    code, _, err = run("queue", "add", "x", "--ledger", tmp_path / "l.sqlite")
    assert code == 3
    assert "needs PostgreSQL" in err
    assert list(tmp_path.iterdir()) == []
