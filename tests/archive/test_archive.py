"""``riwaya archive``: every kind of input, cut anywhere, gives the claims that reading it gives."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="archives need riwaya[archive]")
pytest.importorskip("fsspec", reason="archives need riwaya[archive]")

import inputs

from making import FakeReader
from riwaya import pipeline
from riwaya.archive.cells import Cells
from riwaya.archive.inputs import files as listed
from riwaya.archive.inputs import pieces
from riwaya.archive.records import records
from riwaya.archive.shards import CRAWL, Piece, Settings, Shard, slice_of
from riwaya.archive.stores import Store
from riwaya.archive.work import do
from riwaya.packs.pack import load_packs
from riwaya.sources import Given, Problem, Received, reports

# warcio leaves the buffers it writes through to the collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
Ran = Callable[..., tuple[int, str, str]]
ROWS = inputs.rows(220)


def read_at_once(*paths: Path) -> list[dict[str, object]]:
    """The claims that ``riwaya read`` gives."""
    found = pipeline.read(reports([str(path) for path in paths]), FakeReader(), None)
    return [c.to_json(why=True) for one in found if isinstance(one, pipeline.Reading) for c in one.claims]


def every_kind(folder: Path) -> list[Path]:
    folder.mkdir()
    (folder / "page.txt").write_text(ROWS[2]["text"], "utf-8")
    return [
        inputs.write_lines(folder / "a.jsonl", ROWS),
        inputs.write_lines(folder / "b.jsonl.gz", inputs.rows(90, first=1000)),
        inputs.write_parquet(folder / "c.parquet", inputs.rows(180, first=2000)),
        inputs.write_crawl(folder / "d.warc.gz", ROWS[:60]),
        inputs.write_crawl(folder / "e.warc", ROWS[60:90]),
        folder / "page.txt",
    ]


def test_every_kind_of_input_gives_what_reading_it_gives(tmp_path: Path, riwaya: Ran) -> None:
    paths = every_kind(tmp_path / "in")
    code, out, err = riwaya("archive", tmp_path / "in", tmp_path / "out", "--shard-size", 0.01, "--json")
    assert (code, [line for line in err.splitlines() if " a second" not in line]) == (0, [])
    assert inputs.claims(tmp_path / "out") == read_at_once(*paths)
    counts = json.loads(out)
    assert counts["shards"] > 10
    assert counts["reports"] == 220 + 90 + 180 + 60 + 30 + 1
    assert counts["claims"] == len(read_at_once(*paths))


@pytest.mark.parametrize("name", ["a.jsonl", "b.jsonl.gz", "c.parquet", "d.warc.gz", "e.warc"])
@pytest.mark.parametrize("target", [1, 700, 5000, 10**9])
def test_pieces_cover_a_file_exactly(
    tmp_path: Path, name: str, target: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riwaya.archive.inputs.LEAST_ROWS", 7)
    path = next(path for path in every_kind(tmp_path / "in") if path.name == name)
    found = [file for file in listed([str(path)]) if not isinstance(file, Problem)]
    cut = list(pieces(found, target))
    taken = [one for piece in cut for record in records(piece, Given()) for one in record.take()]
    told = [one.report for one in taken if isinstance(one, Received)]
    assert told == [one.report for one in reports([path]) if isinstance(one, Received)]
    if target < 5000 and not name.endswith("l.gz"):
        assert len(cut) > 2


def test_the_same_bytes_whatever_the_workers(tmp_path: Path, riwaya: Ran) -> None:
    every_kind(tmp_path / "in")
    outputs = []
    for workers in (1, 3):
        out = tmp_path / f"out{workers}"
        assert (
            riwaya("archive", tmp_path / "in", out, "--shard-size", 0.01, "--workers", workers, "--text")[0]
            == 0
        )
        outputs.append(inputs.files(out))
    assert outputs[0] == outputs[1]


def test_slices_share_the_work_and_give_the_same(tmp_path: Path, riwaya: Ran) -> None:
    every_kind(tmp_path / "in")
    whole, sliced = tmp_path / "whole", tmp_path / "sliced"
    asked = ("--shard-size", 0.01)
    assert riwaya("archive", tmp_path / "in", whole, *asked)[0] == 0
    assert riwaya("archive", tmp_path / "in", sliced, *asked, "--plan")[0] == 0
    assert riwaya("archive", tmp_path / "in", sliced, *asked, "--shard", "1/3")[0] == 0
    code, _, err = riwaya("archive", sliced, "--finish")
    assert code == 1
    assert "is not read yet" in err
    assert not (sliced / "manifest.json").exists()
    for part in ("0/3", "2/3"):
        assert riwaya("archive", tmp_path / "in", sliced, *asked, "--shard", part)[0] == 0
    assert riwaya("archive", sliced, "--check")[0] == 0
    assert inputs.files(whole) == inputs.files(sliced)


def test_a_slice_of_another_plan_is_refused(tmp_path: Path, riwaya: Ran) -> None:
    path = inputs.write_lines(tmp_path / "a.jsonl", ROWS)
    assert riwaya("archive", path, tmp_path / "out", "--plan")[0] == 0
    code, _, err = riwaya("archive", path, tmp_path / "out", "--shard", "0/2", "--text")
    assert code == 4
    assert "plan again" in err


def test_slices_are_of_a_size_and_leave_nothing_out() -> None:
    shards = [Shard(n, ()) for n in range(100)]
    parts = [slice_of(shards, part, 7) for part in range(7)]
    assert sorted(shard.number for part in parts for shard in part) == list(range(100))
    assert {len(part) for part in parts} <= {14, 15}


def test_what_was_read_is_not_read_again(tmp_path: Path, riwaya: Ran) -> None:
    paths = every_kind(tmp_path / "in")
    asked = ("archive", tmp_path / "in", tmp_path / "out", "--shard-size", 0.01, "--json")
    assert riwaya(*asked)[0] == 0
    before = inputs.files(tmp_path / "out")
    os.utime(paths[0], (1, 1))  # touched: hashed again, not read
    counts = json.loads(riwaya(*asked)[1])
    assert counts["shards_done_before"] == counts["shards"]
    assert {name: sha for name, sha in inputs.files(tmp_path / "out").items() if "/" not in name}.keys() >= {
        "manifest.json"
    }
    assert inputs.parts(tmp_path / "out") == {
        name: sha for name, sha in before.items() if name.split("/")[0] in ("claims", "reports")
    }
    inputs.write_lines(paths[0], [*ROWS, *inputs.rows(3, first=900)])
    counts = json.loads(riwaya(*asked)[1])
    assert 0 < counts["shards"] - counts["shards_done_before"] <= 2
    assert inputs.claims(tmp_path / "out") == read_at_once(*paths)


def test_parts_that_are_gone_or_damaged_are_made_again(tmp_path: Path, riwaya: Ran) -> None:
    path = inputs.write_lines(tmp_path / "a.jsonl", ROWS)
    out = tmp_path / "out"
    asked = ("archive", path, out, "--shard-size", 0.01)
    assert riwaya(*asked)[0] == 0
    before = inputs.files(out)
    first, second, third, *_ = sorted((out / "claims").iterdir())
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1])
    data = bytearray(third.read_bytes())
    data[len(data) // 2] ^= 1  # of the same size: only a hash tells
    third.write_bytes(data)
    code, _, err = riwaya("archive", out, "--check")
    assert code == 1
    assert all(f"claims/{path.name}" in err for path in (first, second, third))
    assert riwaya(*asked)[0] == 0
    assert inputs.files(out) == before


def test_bad_lines_are_named_and_the_rest_is_read(tmp_path: Path, riwaya: Ran) -> None:
    path = tmp_path / "a.jsonl"
    good = [inputs.as_lines([row]) for row in ROWS[:6]]
    bad = [b"{\n", b'{"id": 1}\n', b"\xff\xfe\x00\n", b"[" * 5000 + b"\n"]
    path.write_bytes(b"".join([good[0], *bad, *good[1:]]))
    code, _, err = riwaya("archive", path, tmp_path / "out")
    assert code == 1
    assert "4 problems" in err
    assert [row["where"] for row in inputs.quarantined(tmp_path / "out")] == [
        f"{path}:{n}" for n in (2, 3, 4, 5)
    ]
    assert inputs.claims(tmp_path / "out") == read_at_once(path)


@pytest.mark.parametrize("name", ["b.jsonl.gz", "c.parquet", "d.warc.gz"])
def test_what_stands_before_damage_is_read(tmp_path: Path, riwaya: Ran, name: str) -> None:
    path = next(path for path in every_kind(tmp_path / "in") if path.name == name)
    whole = read_at_once(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert riwaya("archive", path, tmp_path / "out")[0] == 1
    problems = [row["what"] for row in inputs.quarantined(tmp_path / "out")]
    assert any("damaged" in what or "not readable" in what for what in problems)
    found = inputs.claims(tmp_path / "out")
    assert found == whole[: len(found)]
    assert 0 < len(found) < len(whole) or name == "c.parquet"


@pytest.mark.parametrize("name", ["d.warc.gz", "e.warc"])
def test_a_crawl_cut_anywhere_says_so(tmp_path: Path, name: str) -> None:
    path = inputs.write_crawl(tmp_path / name, ROWS[:4])
    data = path.read_bytes()
    cut = tmp_path / f"cut-{name}"
    quiet = []
    for size in range(1, len(data), 31):
        cut.write_bytes(data[:size])
        taken = [
            one for record in records(Piece(str(cut), CRAWL, 0, size, size), Given()) for one in record.take()
        ]
        quiet += [] if any(isinstance(one, Problem) and "damaged" in one.what for one in taken) else [size]
    assert quiet == []


def test_a_report_kills_no_more_than_itself(tmp_path: Path, riwaya: Ran) -> None:
    words = {7: "CRASH", 30: "STALL", 31: "EAT", 90: "RAISE", 150: "CRASH"}
    rows = [row | {"text": f"{words.get(n, '')} {row['text']}"} for n, row in enumerate(ROWS)]
    path = inputs.write_lines(tmp_path / "a.jsonl", rows)
    out = tmp_path / "out"
    code, _, err = riwaya("archive", path, out, "--timeout", 3, "--memory", 700, "--shard-size", 0.02)
    assert code == 1
    assert "5 problems (4 reports that stopped a reader)" in err
    said = {row["where"].rpartition("@")[2]: row["what"] for row in inputs.quarantined(out)}
    assert sorted(said.values()) == [
        "crashed the process that read it (SIGSEGV)",
        "crashed the process that read it (SIGSEGV)",
        "needs more than 700 MB of memory",
        "the reader fake/1 failed: ValueError: a mistake of the reader's",
        "took more than 3 s of computing",
    ]
    harmless = inputs.write_lines(tmp_path / "b.jsonl", [row for n, row in enumerate(rows) if n not in words])
    assert inputs.claims(out) == read_at_once(harmless)


def test_what_was_set_aside_can_be_tried_again(tmp_path: Path, riwaya: Ran) -> None:
    rows = [row | {"text": row["text"] + "STALL" * (n == 3)} for n, row in enumerate(ROWS)]
    path = inputs.write_lines(tmp_path / "a.jsonl", rows)
    asked = ("archive", path, tmp_path / "out", "--timeout", 0.3, "--shard-size", 0.01, "--json")
    shards = json.loads(riwaya(*asked)[1])["shards"]
    assert json.loads(riwaya(*asked)[1])["shards_done_before"] == shards
    counts = json.loads(riwaya(*asked, "--retry")[1])
    assert (counts["shards_done_before"], counts["set_aside"]) == (shards - 1, 1)


def test_nothing_to_read_is_said(tmp_path: Path, riwaya: Ran) -> None:
    code, _, err = riwaya("archive", tmp_path / "none.jsonl", tmp_path / "out")
    assert (code, "nothing to read" in err) == (4, True)
    (tmp_path / "empty.jsonl").touch()
    path = inputs.write_lines(tmp_path / "a.jsonl", ROWS)
    code, _, err = riwaya("archive", path, tmp_path / "empty.jsonl", tmp_path / "out")
    assert (code, "empty.jsonl: empty" in err) == (1, True)


def test_an_output_in_memory_and_one_by_address(tmp_path: Path, environment: dict[str, str]) -> None:
    path = inputs.write_lines(tmp_path / "a.jsonl", ROWS)
    settings = Settings(FakeReader.name, load_packs().digest)
    found = [file for file in listed([str(path)]) if not isinstance(file, Problem)]
    shard = Shard(0, tuple(pieces(found, 10**9)))
    got: list[Sequence[bytes | None]] = []
    for url in ("memory://archive", f"file://{tmp_path}/out", str(tmp_path / "plain")):
        store = Store(url)
        with Cells(settings).closing() as cells:
            receipt = do(shard, settings, store, cells)
            assert receipt.counts["reports"] == len(ROWS)
            assert not do(shard, settings, store, cells).new
        got.append([store.read(name) for name in receipt.paths])
        assert store.read_all("receipts").keys() == {f"{shard.id}.json"}
    assert got[0] == got[1] == got[2]
    assert None not in got[0]
