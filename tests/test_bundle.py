"""Bundles: the same conclusions in another ledger, and nothing from one that is not what it says."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ledgers import address
from riwaya.ledger import open_ledger, rows
from riwaya.ledger.rows import Ruling
from running import Run

TEXT = "سيطرت الفصائل على حمص"
HERE, THERE = ("--ledger", "here.sqlite"), ("--ledger", "there.sqlite")


@pytest.fixture
def folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger with three reports in two files, a decision and one that withdraws another."""
    monkeypatch.chdir(tmp_path)
    lines: list[dict[str, Any]] = [
        {"text": f"{TEXT} {n}", "id": f"line{n}", "outlet": f"وكالة {n}", "published": f"2024-12-0{n + 6}"}
        for n in range(2)
    ]
    Path("two.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    Path("one.txt").write_text(f"{TEXT} بلا تاريخ \0", "utf-8")
    assert run("add", "two.jsonl", "one.txt", *HERE)[0] == 0
    ids = [json.loads(line)["id"] for line in run("claims", "--json", *HERE)[1].splitlines()]
    run("decide", "different", ids[0], ids[1], "--author", "لينا", *HERE)
    made = run("decide", "not-a-claim", ids[2], "--author", "لينا", *HERE)[1].strip()
    run("decide", "withdraw", made, "--author", "سامي", *HERE)
    assert run("bundle", "b.zip", *HERE)[0] == 0
    return tmp_path


def concluded(run: Run, ledger: tuple[str, str]) -> list[str]:
    asked = (
        ["claims"],
        ["events"],
        ["disputes"],
        ["decisions"],
        ["origins"],
        ["control", "--at", "2024-12-09"],
    )
    asked = (*asked, ["control", "--at", "2024-12-09", "--known-by", "2024-12-06"])
    return [run(*words, "--json", *ledger)[1] for words in asked]


def rewritten(change: Callable[[dict[str, bytes]], object], path: str = "bad.zip") -> Path:
    """The bundle with something in it changed, and a manifest that vouches for the change."""
    with zipfile.ZipFile("b.zip") as box:
        members = {name: box.read(name) for name in box.namelist() if name != "manifest.json"}
        manifest = json.loads(box.read("manifest.json"))
    change(members)
    manifest["files"] = [
        {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in members.items()
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        for name, data in members.items():
            box.writestr(name, data)
        box.writestr("manifest.json", json.dumps(manifest))
    return Path(path)


def refused(run: Run, path: Path | str = "bad.zip") -> str:
    """What is said of a bundle that is not taken; nothing of it is there afterwards."""
    code, out, err = run("unbundle", path, *THERE)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "nothing was added" in err
    assert not Path("there.sqlite").exists()
    assert not Path("there.sqlite.bytes").exists()
    return err


def test_the_same_conclusions_come_out_elsewhere(run: Run, folder: Path) -> None:
    code, out, err = run("unbundle", "b.zip", *THERE, "--json")
    done = json.loads(out)
    assert (code, err, done["conflicts"]) == (0, "", [])
    assert [done[name] for name in ("reports", "claims", "decisions", "files")] == [3, 3, 3, 2]
    assert concluded(run, THERE) == concluded(run, HERE)
    assert run("custody", "--all", *THERE)[0] == 0


def test_twice_is_once(run: Run, folder: Path) -> None:
    run("unbundle", "b.zip", *THERE)
    before = concluded(run, THERE)
    done = json.loads(run("unbundle", "b.zip", *THERE, "--json")[1])
    assert [done[name] for name in ("reports", "decisions", "files", "known")] == [0, 0, 0, 3]
    assert concluded(run, THERE) == before
    assert run("unbundle", "b.zip", *HERE)[0] == 0


def test_the_chain_goes_on_where_it_left_off(run: Run, folder: Path) -> None:
    run("unbundle", "b.zip", *THERE)
    here, there = (json.loads(run("custody", "line0", "--json", *at)[1]) for at in (HERE, THERE))
    first, brought = there["receipts"]
    assert first == here["receipts"][0]
    sealed = Path("b.manifest.sha256").read_text().split()[0]
    assert (brought["kind"], brought["sha256"]) == ("bundle", sealed)
    assert "riwaya unbundle b.zip" in brought["command"]
    assert there["decisions"] == here["decisions"]
    assert run("bundle", "again.zip", *THERE)[0] == 0
    assert run("unbundle", "again.zip", "--ledger", "third.sqlite")[0] == 0
    assert concluded(run, ("--ledger", "third.sqlite")) == concluded(run, HERE)


def test_the_same_ledger_is_the_same_bytes(run: Run, folder: Path) -> None:
    run("bundle", "c.zip", *HERE)
    assert Path("b.zip").read_bytes() == Path("c.zip").read_bytes()
    with zipfile.ZipFile("b.zip") as box:
        manifest = box.read("manifest.json")
        assert {info.date_time for info in box.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert Path("b.manifest.sha256").read_text() == f"{hashlib.sha256(manifest).hexdigest()}  manifest.json\n"
    assert str(Path.cwd()) not in manifest.decode()


def test_filters_take_whole_reports_and_no_others(run: Run, folder: Path) -> None:
    said = json.loads(run("bundle", "some.zip", "--day", "2024-12-06", "--json", *HERE)[1])
    assert [said[name] for name in ("reports", "claims", "decisions", "files", "files_left_out")] == [
        1,
        1,
        1,
        0,
        1,
    ]
    with zipfile.ZipFile("some.zip") as box:
        assert b"line1" not in b"".join(box.read(name) for name in box.namelist())
        assert json.loads(box.read("manifest.json"))["filters"] == {
            "first": "2024-12-06",
            "last": "2024-12-06",
        }
    assert run("unbundle", "some.zip", *THERE)[0] == 0
    assert run("custody", "line0", *THERE)[0] == 0


def test_bytes_and_decisions_can_stay_behind(run: Run, folder: Path) -> None:
    run("bundle", "thin.zip", "--no-bytes", "--no-decisions", *HERE)
    with zipfile.ZipFile("thin.zip") as box:
        assert not [name for name in box.namelist() if name.startswith("bytes/")]
        assert box.read("decisions.jsonl") == b""
    run("unbundle", "b.zip", "--no-bytes", "--no-decisions", *THERE)
    assert not Path("there.sqlite.bytes").exists()
    assert run("decisions", "--json", *THERE)[1] == ""


def test_a_decision_keeps_the_order_its_id_was_made_of(run: Run, folder: Path) -> None:
    with open_ledger("here.sqlite") as ledger:
        ledger.decide("note", "لينا", {"words": "look again", "claims": ["one"], "at": 1})
    run("bundle", "noted.zip", *HERE)
    assert json.loads(run("unbundle", "noted.zip", "--json", *THERE)[1])["decisions"] == 4


def test_a_redacted_report_leaves_as_it_stands(run: Run, folder: Path) -> None:
    assert run("redact", "بلا تاريخ", "--author", "لينا", "--reason", "asked", *HERE)[0] == 0
    run("bundle", "less.zip", *HERE)
    assert run("unbundle", "less.zip", *THERE)[0] == 0
    assert run("custody", "--all", *THERE)[0] == 0
    here, there = (
        [json.loads(line) for line in run("events", "--json", *at)[1].splitlines()] for at in (HERE, THERE)
    )
    names = ("type", "when", "support", "actor")
    assert [[one[name] for name in names] for one in here] == [[one[name] for name in names] for one in there]


def test_damaged_bytes_do_not_leave(run: Run, folder: Path) -> None:
    for path in Path("here.sqlite.bytes").rglob("*.gz"):
        path.write_bytes(path.read_bytes()[:-9])
    code, _, err = run("bundle", "bad.zip", *HERE)
    assert (code, "custody --all" in err) == (3, True)
    assert not Path("bad.zip").exists()


def test_a_manifest_can_be_held_to_the_hash_that_was_signed(run: Run, folder: Path) -> None:
    sealed = Path("b.manifest.sha256").read_text().split()[0]
    assert run("unbundle", "b.zip", "--check", "--manifest", "b.manifest.sha256", *THERE)[:2] == (
        0,
        "all holds\n",
    )
    assert run("unbundle", "b.zip", "--check", "--manifest", sealed.upper(), *THERE)[0] == 0
    assert not Path("there.sqlite").exists()
    code, _, err = run("unbundle", "b.zip", "--manifest", "0" * 64, *THERE)
    assert (code, "not 0000" in err) == (1, True)
    assert run("unbundle", "b.zip", "--manifest", "nonsense", *THERE)[0] == 2


def test_another_text_under_the_same_id_is_said_and_left(run: Run, folder: Path) -> None:
    Path("other.jsonl").write_text(json.dumps({"id": "line0", "text": f"{TEXT} غير ذلك"}), "utf-8")
    run("add", "other.jsonl", *THERE)
    code, _, err = run("unbundle", "b.zip", *THERE)
    assert (code, err.count("another text is here under that id")) == (1, 1)
    assert "غير ذلك" in run("claims", *THERE)[1]


def test_another_reading_of_the_same_text_is_said_and_left(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("making.FakeReader.word", "الفصائل")
    run("add", "two.jsonl", *THERE)
    code, _, err = run("unbundle", "b.zip", *THERE)
    assert (code, err.count("1 claims of the bundle are not here, 1 here are not in it")) == (1, 2)


def in_lines(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, bytes]], None]:
    def changed(members: dict[str, bytes]) -> None:
        lines = [json.loads(line) for line in members[name].splitlines()]
        change(lines[0])
        members[name] = "".join(json.dumps(line) + "\n" for line in lines).encode()

    return changed


FORGED: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "text": (in_lines("reports.jsonl", lambda r: r.update(text="كذب")), "does not say what its hash"),
    "outlet": (in_lines("reports.jsonl", lambda r: r.update(outlet="كذب")), "does not say what its hash"),
    "field": (in_lines("reports.jsonl", lambda r: r.update(more=1)), "other fields"),
    "kind": (in_lines("reports.jsonl", lambda r: r.update(text=7)), "another kind"),
    "receipts": (in_lines("reports.jsonl", lambda r: r.update(receipts=[])), "how the report"),
    "receipt": (
        in_lines("reports.jsonl", lambda r: r["receipts"][0].update(sha256="x")),
        "without a SHA-256",
    ),
    "received": (in_lines("reports.jsonl", lambda r: r["receipts"][0].update(received_at="x")), "no moment"),
    "huge": (in_lines("reports.jsonl", lambda r: r["receipts"][0].update(size=2**70)), "a size"),
    "claim": (in_lines("claims.jsonl", lambda c: c.update(type="control_lost")), "does not say what its id"),
    "why": (in_lines("claims.jsonl", lambda c: c.pop("why")), "without its reasons"),
    "stray": (in_lines("claims.jsonl", lambda c: c.update(report="none")), "claim"),
    "author": (in_lines("decisions.jsonl", lambda d: d.update(author="غيرها")), "does not say what its id"),
    "time": (in_lines("decisions.jsonl", lambda d: d.update(made_at="2020-01-01T00:00:00")), "what its id"),
    "answer": (in_lines("reports.jsonl", lambda r: r["receipts"][0].update(answer=7)), "another kind"),
    "order": (
        lambda m: m.update({"reports.jsonl": b"".join(m["reports.jsonl"].splitlines(True)[::-1])}),
        "place",
    ),
    "twice": (lambda m: m.update({"reports.jsonl": m["reports.jsonl"] * 2}), "twice"),
    "broken": (lambda m: m.update({"claims.jsonl": b"{"}), "not JSON"),
    "deep": (lambda m: m.update({"claims.jsonl": b"[" * 100_000}), "not JSON"),
    "list": (lambda m: m.update({"reports.jsonl": b"[]\n"}), "other fields"),
    "lacking": (lambda m: m.pop("claims.jsonl"), "lacks one of"),
    "escape": (lambda m: m.update({"../../escaped": b"x"}), "which no bundle has"),
    "absolute": (lambda m: m.update({"/tmp/escaped": b"x"}), "which no bundle has"),
    "beside": (lambda m: m.update({"notes.txt": b"x"}), "which no bundle has"),
    "misnamed": (lambda m: m.update({f"bytes/00/{'0' * 64}": b"x"}), "which no bundle has"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_bundle_is_refused_though_its_manifest_vouches_for_it(
    run: Run, folder: Path, name: str
) -> None:
    change, says = FORGED[name]
    rewritten(change)
    assert says in refused(run)


def decided(payload: dict[str, Any], kind: str) -> Callable[[dict[str, bytes]], object]:
    """A decision that is what its id stands for, whatever use it is of."""

    def changed(members: dict[str, bytes]) -> None:
        made = Ruling("", kind, "لينا", datetime(2024, 12, 9), payload)
        members["decisions.jsonl"] += json.dumps(made.to_json() | {"id": made.hash}).encode() + b"\n"

    return changed


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("same", {}),
        ("same", {"claims": ["one"]}),
        ("not-a-claim", {"claims": "one"}),
        ("note", {"claims": [{"id": 1}]}),
        ("correct", {"claims": ["one"]}),
        ("correct", {"claims": ["one"], "changes": {}}),
        ("correct", {"claims": ["one"], "changes": 7}),
        ("correct", {"claims": ["one"], "field": "report", "value": "other"}),
        ("correct", {"claims": ["one"], "field": "when", "value": ["yesterday"]}),
        ("correct", {"claims": ["one"], "field": "when", "value": 7}),
        ("correct", {"claims": ["one"], "field": "status", "value": "certain"}),
        ("correct", {"claims": ["one"], "field": "extent", "value": ["whole"]}),
        ("correct", {"claims": ["one"], "field": "type", "value": {"a": 1}}),
        ("correct", {"claims": ["one"], "field": "quantity", "value": "many"}),
        ("correct", {"claims": ["one"], "field": "quantity", "value": {"min": "x"}}),
        ("correct", {"claims": ["one"], "field": "place", "value": [{"id": 7}]}),
        ("correct", {"claims": ["one"], "field": "place", "value": [{"id": "x", "lat": "north"}]}),
        ("correct", {"claims": ["one"], "field": "actor", "value": [["x"]]}),
        ("redact", {"claims": ["one"]}),
        ("redact", {"claims": ["one"], "files": [], "redacted": {}, "reports": {"r": {"after": 1}}}),
    ],
)
def test_a_decision_that_would_break_conclusions_is_refused(
    run: Run, folder: Path, kind: str, payload: dict[str, Any]
) -> None:
    rewritten(decided(payload, kind))
    assert "the decision" in refused(run)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (
            "correct",
            {"claims": ["one"], "changes": {"actor": ["sna"], "when": "2024-12-08"}},
        ),
        (
            "correct",
            {"claims": ["one"], "changes": {"place": [{"id": "", "name": "x", "lat": 35.1}]}},
        ),
        ("correct", {"claims": ["one"], "changes": {"extent": None, "quantity": "10-20", "chain": []}}),
        ("note", {"words": "look again", "claims": ["one"]}),
        ("of a later version", {}),
    ],
)
def test_an_ordinary_decision_is_taken(run: Run, folder: Path, kind: str, payload: dict[str, Any]) -> None:
    path = rewritten(decided(payload, kind))
    assert json.loads(run("unbundle", path, "--json", *THERE)[1])["decisions"] == 4


def repacked(change: Callable[[zipfile.ZipFile], object], *, without: str = "") -> None:
    """The bundle's own members, without one of them and with something else."""
    with zipfile.ZipFile("b.zip") as box, zipfile.ZipFile("bad.zip", "w", zipfile.ZIP_DEFLATED) as bad:
        for name in box.namelist():
            if name != without:
                bad.writestr(name, box.read(name))
        change(bad)


def test_what_the_manifest_does_not_name_is_refused(run: Run, folder: Path) -> None:
    repacked(lambda bad: bad.writestr("../evil.sh", "x"))
    assert "does not name" in refused(run)
    repacked(lambda bad: bad.mkdir("folder"))
    assert "does not name" in refused(run)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_in_it_twice_is_refused(run: Run, folder: Path) -> None:
    repacked(lambda bad: bad.writestr("reports.jsonl", "{}"))
    assert "twice" in refused(run)


def test_a_file_that_is_missing_or_changed_is_refused(run: Run, folder: Path) -> None:
    repacked(lambda bad: None, without="claims.jsonl")
    assert "is not in it" in refused(run)
    repacked(lambda bad: bad.writestr("claims.jsonl", "{}"), without="claims.jsonl")
    assert "it was changed" in refused(run)


def test_a_bomb_is_stopped(run: Run, folder: Path) -> None:
    rewritten(lambda members: members.update({"claims.jsonl": b"\n" * 64 * 1024**2}))
    assert Path("bad.zip").stat().st_size < 200_000
    assert "more than it may" in refused(run)


def test_what_is_no_bundle_is_refused(run: Run, folder: Path) -> None:
    Path("bad.zip").write_bytes(b"no zip at all")
    assert "damaged" in refused(run)
    Path("bad.zip").write_bytes(Path("b.zip").read_bytes()[:-100])
    assert "damaged" in refused(run)
    with zipfile.ZipFile("bad.zip", "w") as box:
        box.writestr("holiday.txt", "x")
    assert "no bundle" in refused(run)
    repacked(
        lambda bad: bad.writestr("manifest.json", '{"format": "riwaya-bundle", "version": 99}'),
        without="manifest.json",
    )
    assert "update riwaya" in refused(run)


def test_any_single_flipped_byte_is_noticed_or_harmless(run: Run, folder: Path) -> None:
    data = Path("b.zip").read_bytes()
    for at in range(0, len(data), max(1, len(data) // 60)):
        Path("bad.zip").write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        code, _, err = run("unbundle", "bad.zip", "--check", *THERE)
        assert code in (0, 1), err
        assert "Traceback" not in err


def test_decisions_come_under_their_authors_and_times(run: Run, folder: Path) -> None:
    run("unbundle", "b.zip", *THERE)
    with open_ledger("here.sqlite") as here, open_ledger("there.sqlite") as there:
        assert list(rows.rulings(here)) == list(rows.rulings(there))


def test_a_bundle_moves_a_ledger_to_a_server(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ("--ledger", address("postgresql", folder))
    monkeypatch.setenv("RIWAYA_BYTES", str(folder / "bytes"))
    assert run("unbundle", "b.zip", *server)[0] == 0
    assert run("custody", "--all", *server)[0] == 0
    assert concluded(run, server) == concluded(run, HERE)
    monkeypatch.delenv("RIWAYA_BYTES")
    run("unbundle", "b.zip", *THERE)
    assert concluded(run, THERE) == concluded(run, server)
