"""Bytes as received: kept once, whole or not at all, before the report they came as is acknowledged."""

from __future__ import annotations

import gzip
import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

from making import CUSTODY, claim, report
from riwaya.ledger import ByteStore, LedgerError, open_ledger, store_of
from riwaya.ledger.bytes import ChangedError, Files
from riwaya.sources.received import Input
from running import Run

TEXT = "سيطرت الفصائل على حمص"
LINES = [{"text": f"{TEXT} في اليوم {n}", "id": f"r{n}"} for n in range(3)]


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def kept(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_bytes_are_kept_under_their_hash_and_open_without_us(tmp_path: Path) -> None:
    store, data = ByteStore(tmp_path / "bytes"), TEXT.encode() * 100
    store.keep(BytesIO(data), sha(data))
    store.keep(BytesIO(data), sha(data))
    (path,) = kept(tmp_path)
    assert path == tmp_path / "bytes" / sha(data)[:2] / f"{sha(data)}.gz"
    assert gzip.decompress(path.read_bytes()) == data
    assert path.stat().st_size < len(data) / 10
    with store.open(sha(data)) as stream:
        assert stream.read() == data


def test_the_same_bytes_are_the_same_file_everywhere(tmp_path: Path) -> None:
    for name in ("a", "b"):
        ByteStore(tmp_path / name).keep(BytesIO(TEXT.encode()), sha(TEXT.encode()))
    one, other = kept(tmp_path)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b" + b"x" * 50, b"PK\x03\x04" + b"x" * 50, b"\0" * 10])
def test_any_bytes_come_back(tmp_path: Path, data: bytes) -> None:
    store = ByteStore(tmp_path)
    store.keep(BytesIO(data), sha(data))
    with store.open(sha(data)) as stream:
        assert stream.read() == data


def test_what_changed_meanwhile_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ChangedError):
        ByteStore(tmp_path).keep(BytesIO(b"now"), sha(b"then"))
    assert kept(tmp_path) == []


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if data := super().read(4):
                return data
            raise OSError(5, "the disk is gone")

    with pytest.raises(LedgerError, match="cannot be kept"):
        ByteStore(tmp_path).keep(Broken(b"some bytes"), sha(b"some bytes"))
    assert kept(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="--no-keep-bytes"):
        ByteStore(tmp_path / "file").keep(BytesIO(b"x"), sha(b"x"))


def test_a_file_is_hashed_once_for_all_its_reports(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(b"bytes")
    source, files = Input(str(path), b"", path=path), Files(ByteStore(tmp_path / "bytes"))
    first = files.file(source)
    path.unlink()
    assert files.file(source) is first
    assert (first.sha256, first.size, first.left_at) == (sha(b"bytes"), 5, "")


def test_without_a_store_a_file_is_left_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_bytes(b"bytes")
    assert Files(None).file(Input(str(path), b"", path=path)).left_at == str(path)
    assert Files(None).file(Input("stdin", b"", data=b"bytes")).left_at == ""


def test_where_the_bytes_of_a_ledger_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert getattr(store_of("war.sqlite"), "folder", None) == Path("war.sqlite.bytes")
    assert getattr(store_of("sqlite:////data/war.db"), "folder", None) == Path("/data/war.db.bytes")
    assert store_of("postgresql://host/war") is None
    monkeypatch.setenv("RIWAYA_BYTES", str(tmp_path))
    assert getattr(store_of("postgresql://host/war"), "folder", None) == tmp_path


def test_add_keeps_a_file_once_for_all_its_reports(run: Run, tmp_path: Path) -> None:
    path, ledger = tmp_path / "r.jsonl", tmp_path / "l.sqlite"
    path.write_text("\n".join(json.dumps(line) for line in LINES), "utf-8")
    assert run("add", path, "--ledger", ledger)[0] == 0
    assert run("add", path, "--ledger", ledger)[0] == 0
    (only,) = kept(tmp_path / "l.sqlite.bytes")
    assert gzip.decompress(only.read_bytes()) == path.read_bytes()
    with open_ledger(ledger) as opened:
        found = [opened.custody(line["id"]) for line in LINES]
    assert {one.file for one in found if one} == {sha(path.read_bytes())}
    assert {one.left_at for one in found if one} == {""}
    assert len({one.sha256 for one in found if one}) == 3


def test_of_an_archive_the_outer_file_is_kept_and_the_member_noted(run: Run, tmp_path: Path) -> None:
    path, ledger = tmp_path / "box.zip", tmp_path / "l.sqlite"
    with zipfile.ZipFile(path, "w") as box:
        box.writestr("a/one.txt", TEXT)
        box.writestr("two.txt", TEXT + " أمس")
    assert run("add", path, "--ledger", ledger)[0] == 0
    (only,) = kept(tmp_path / "l.sqlite.bytes")
    assert gzip.decompress(only.read_bytes()) == path.read_bytes()
    with open_ledger(ledger) as opened:
        found = [opened.custody(one.id) for one in opened.reports()]
    assert [one.source.split("!")[1] for one in found if one] == ["a/one.txt", "two.txt"]
    assert [one.sha256 for one in found if one] == [sha(TEXT.encode()), sha(f"{TEXT} أمس".encode())]


@pytest.mark.parametrize("by", ["option", "setting"])
def test_bytes_can_be_left_where_they_are(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    path, ledger = tmp_path / "r.txt", tmp_path / "l.sqlite"
    path.write_text(TEXT, "utf-8")
    if by == "setting":
        monkeypatch.setenv("RIWAYA_KEEP_BYTES", "0")
    assert run("add", path, "--ledger", ledger, *(["--no-keep-bytes"] if by == "option" else []))[0] == 0
    assert not (tmp_path / "l.sqlite.bytes").exists()
    with open_ledger(ledger) as opened:
        (found,) = [opened.custody(one.id) for one in opened.reports()]
    assert found
    assert (found.file, found.left_at) == (sha(path.read_bytes()), str(path))


def test_a_report_whose_bytes_cannot_be_kept_is_not_acknowledged(run: Run, tmp_path: Path) -> None:
    path, ledger = tmp_path / "r.txt", tmp_path / "l.sqlite"
    path.write_text(TEXT, "utf-8")
    (tmp_path / "l.sqlite.bytes").write_text("in the way")
    code, _, err = run("add", path, "--ledger", ledger)
    assert code == 3
    assert "bytes cannot be kept" in err
    with open_ledger(ledger) as opened:
        assert opened.count()["reports"] == 0


def test_an_older_ledger_learns_to_note_files(tmp_path: Path) -> None:
    path, said = tmp_path / "old.sqlite", report()
    with open_ledger(path) as made:
        made.add(said, [claim(said)], CUSTODY)
    with closing(sqlite3.connect(path)) as older:
        for column in ("file", "file_size", "file_name", "left_at", "answer"):
            older.execute(f"ALTER TABLE custody DROP COLUMN {column}")
        for table in ("reports", "claims"):
            older.execute(f"ALTER TABLE {table} DROP COLUMN redacted")
        older.execute("UPDATE meta SET value = '2' WHERE key = 'version'")
        older.commit()
    with open_ledger(path) as opened:
        assert opened.custody(said.id) == CUSTODY
