"""``riwaya load``: an archive comes into a ledger as if each report had been added, whatever happens."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="archives need riwaya[archive]")
pytest.importorskip("fsspec", reason="archives need riwaya[archive]")

import inputs
from sqlalchemy import select

from ledgers import address
from making import FakeReader
from riwaya import pipeline
from riwaya.archive.loading import load
from riwaya.ledger import LEDGERS, open_ledger
from riwaya.ledger.tables import CLAIM_ACTORS, CLAIM_PLACES, CLAIMS, CUSTODY, REPORTS
from riwaya.packs.pack import load_packs
from riwaya.sources import reports

KINDS = [kind.name for kind in LEDGERS]
Ran = Callable[..., tuple[int, str, str]]
Start = Callable[..., subprocess.Popen[str]]
# A line of a file that was cut is named by its first byte, not by its number.
PASSING = {
    "source",
    "received_at",
    "command",
    "known_wall",
    "known_utc",
    "file",
    "file_size",
    "file_name",
    "left_at",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of every kind: some under one id with other texts, some twice, some that UTF-8 cannot hold."""
    folder = tmp_path_factory.mktemp("load") / "in"
    rows = inputs.rows(300)
    edited = [row | {"text": f"{row['text']} وأضيف لاحقا"} for row in rows[:5]]
    inputs.write_lines(folder / "a.jsonl", [*rows, *edited, *rows[:7]])
    odd = [
        {"id": f"odd{n}", "text": f"سيطرت {sign} الفصائل"}
        for n, sign in enumerate(("\ud800", "\0", "\ufdd0"))
    ]
    with (folder / "b.jsonl").open("w") as out:
        out.writelines(json.dumps(row) + "\n" for row in odd)
    inputs.write_parquet(folder / "c.parquet", inputs.rows(60, first=5000))
    return folder


@pytest.fixture(scope="module")
def outputs(archive: Path, riwaya: Ran) -> tuple[Path, Path]:
    """The archive read with its texts kept, and without."""
    made = (archive.with_name("texts"), archive.with_name("bare"))
    assert riwaya("archive", archive, made[0], "--shard-size", 0.01, "--text")[0] == 0
    assert riwaya("archive", archive, made[1], "--shard-size", 0.01)[0] == 0
    return made


def rows_of(where: str) -> dict[str, list[str]]:
    """Everything in a ledger that does not depend on the moment."""
    with open_ledger(where) as ledger, ledger.reading.connect() as connection:
        return {
            table.name: [
                repr([value for name, value in row._mapping.items() if name not in PASSING])
                for row in connection.execute(select(table).order_by(*table.columns))
            ]
            for table in (REPORTS, CUSTODY, CLAIMS, CLAIM_PLACES, CLAIM_ACTORS)
        }


def added(archive: Path, where: str) -> dict[str, list[str]]:
    """What ``riwaya add`` makes of the same."""
    with open_ledger(where) as ledger:
        found = reports(sorted(archive.iterdir()))
        for one in pipeline.add(found, ledger, FakeReader(), load_packs(), command="x"):
            assert isinstance(one, pipeline.Added)
    return rows_of(where)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("texts", [True, False])
def test_loading_is_adding(
    archive: Path, outputs: tuple[Path, Path], tmp_path: Path, kind: str, texts: bool
) -> None:
    where = address(kind, tmp_path)
    with open_ledger(where) as ledger:
        loaded = load(str(outputs[0 if texts else 1]), ledger, "riwaya load")
        assert (loaded.new, loaded.known) == (300 + 5 + 3 + 60, 7)
        again = load(str(outputs[0 if texts else 1]), ledger, "riwaya load")
        assert (again.new, again.shards_known) == (0, again.shards)
    assert rows_of(where) == added(archive, address("sqlite", tmp_path, "added"))


def test_killed_at_random_moments(outputs: tuple[Path, Path], tmp_path: Path, start: Start) -> None:
    where = tmp_path / "l.sqlite"
    chance = random.Random(5)
    kills = 0
    while True:
        process = start("load", outputs[0], "--ledger", where, "--no-conclude")
        try:
            process.communicate(timeout=chance.uniform(0.5, 1.5) if kills < 8 else 120)
            break
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
    assert process.returncode == 0
    with open_ledger(tmp_path / "undisturbed.sqlite") as ledger:
        load(str(outputs[0]), ledger, "x")
    assert rows_of(str(where)) == rows_of(str(tmp_path / "undisturbed.sqlite"))


def test_into_a_ledger_that_has_some_of_it(archive: Path, outputs: tuple[Path, Path], tmp_path: Path) -> None:
    where = str(tmp_path / "l.sqlite")
    with open_ledger(where) as ledger:
        found = reports([archive / "c.parquet"])
        list(pipeline.add(found, ledger, FakeReader(), load_packs(), command="x"))
        assert load(str(outputs[0]), ledger, "x").known == 60 + 7
    kept = {name: sorted(rows) for name, rows in rows_of(where).items() if name == "reports"}
    assert len(kept["reports"]) == 368


def test_what_cannot_be_loaded_is_said(archive: Path, tmp_path: Path, riwaya: Ran) -> None:
    code, _, err = riwaya("load", tmp_path, "--ledger", tmp_path / "l.sqlite")
    assert (code, "no manifest.json" in err) == (4, True)
    moved = inputs.write_lines(tmp_path / "in" / "a.jsonl", inputs.rows(5))
    assert riwaya("archive", moved, tmp_path / "out")[0] == 0
    inputs.write_lines(moved, inputs.rows(5, words="changed"))
    code, _, err = riwaya("load", tmp_path / "out", "--ledger", tmp_path / "l.sqlite")
    assert (code, "changed since it was read" in err) == (4, True)


def test_the_command_concludes(outputs: tuple[Path, Path], tmp_path: Path, riwaya: Ran) -> None:
    code, out, _ = riwaya("load", outputs[0], "--ledger", tmp_path / "l.sqlite", "--json")
    told = json.loads(out)
    assert (code, told["reports_new"], told["shards_known"]) == (0, 368, 0)
    assert told["seconds_concluding"] >= 0
    assert "control_gained" in riwaya("events", "--ledger", tmp_path / "l.sqlite", "--json")[1]
