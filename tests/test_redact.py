"""A person is taken out of a ledger for good, and everything that points into it still holds."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ledgers import address
from making import CUSTODY, actor, link, place, report
from riwaya import exports, pipeline, views
from riwaya.custody.chain import verify
from riwaya.kept import Kept
from riwaya.ledger import LEDGERS, Asked, Ledger, LedgerError, Query, open_ledger
from riwaya.ledger.check import check
from riwaya.ledger.redaction import redact, released, vouched, wipe
from riwaya.model import Mention, Report
from riwaya.packs.pack import load_packs
from riwaya.text.names import BLANK, blanked, forms
from running import Run
from telling import quoting

KINDS = [kind.name for kind in LEDGERS]
NAME = "سلمى الجابري"
FOLDED = "سلمي الجابري"
TEXT = f"قالت {NAME} إن الفصائل سيطرت على حمص. وأضافت سلمــى الجابرى: «لا أحد هناك»."
OTHER = "سيطرت الفصائل على حماة ولم تُذكر سلمى وحدها."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"قالت {NAME}.", "قالت ████ ███████."),
        ("ولسَلْمَى الجابرىّ كلام", f"ول{BLANK * len('سَلْمَى')} {BLANK * len('الجابرىّ')} كلام"),
        ("سلـــمى  الجابري", "███████  ███████"),
        ("سلمى فقط", "سلمى فقط"),
        ("سلمى الجابرية", "سلمى الجابرية"),
        ("أسلمى الجابري", "أسلمى الجابري"),
        ("", ""),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, expected: str) -> None:
    assert blanked(text, [forms(NAME)]) == expected


def test_a_name_with_an_article_is_found_behind_a_particle() -> None:
    assert blanked("قيل للجابري", [forms("الجابري")]).count(BLANK) >= 5
    assert blanked("John DOE and doe, john", [forms("john doe")]) == "████ ███ and doe, john"


def said() -> tuple[Report, list[Any]]:
    one = report(TEXT, id="r1", title=f"لقاء مع {NAME}", url="http://example.org/1")
    why = (("chain", f"cue before {NAME}"),)
    chain = (link("x-salma", NAME, "witness"),)
    actors = (Mention("x-salma", NAME, 0, 1), actor("sy-opposition"))
    return one, [
        quoting(one, "control_gained", actor=actors, place=(place("sy-homs"),), chain=chain, why=why)
    ]


@pytest.fixture(params=KINDS)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with open_ledger(address(request.param, tmp_path)) as opened:
        opened.add(*said(), CUSTODY)
        other = report(OTHER, id="r2")
        opened.add(other, [quoting(other, place=(place("sy-hama", "حماة"),))], CUSTODY)
        Kept(opened, pipeline.sides(load_packs())).refresh()
        yield opened


def everything(ledger: Ledger) -> str:
    """All rows of all tables, and of SQLite the bytes of the file as well."""
    from sqlalchemy import MetaData, select

    tables = MetaData()
    with ledger.reading.connect() as connection:
        tables.reflect(connection)
        rows = [repr(list(connection.execute(select(table)))) for table in tables.sorted_tables]
    file = ledger.engine.url.database if ledger.engine.dialect.name == "sqlite" else None
    for path in Path(file).parent.glob(f"{Path(file).name}*") if file else ():
        if path.is_file():
            rows.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(rows)


def test_the_name_is_gone_and_everything_holds(ledger: Ledger) -> None:
    before = {told.claim["id"]: told.claim for told in ledger.claims()}
    assert NAME in everything(ledger)
    assert ledger.search(Asked(NAME)).total == 1
    found = redact(ledger, [NAME], "المشرفة", "asked for by the person")
    Kept(ledger, pipeline.sides(load_packs())).refresh()
    wipe(ledger)
    kept = everything(ledger)
    for word in (NAME, FOLDED, "الجابري", "الجابرى", "x-salma"):
        assert word not in kept, word
    assert "سلمى وحدها" in kept  # another report, another person
    assert ledger.search(Asked(NAME)).total == 0
    after = {told.claim["id"]: told.claim for told in ledger.claims()}
    assert after.keys() == before.keys()
    text = ledger.report("r1").text  # type: ignore[union-attr]
    assert len(text) == len(TEXT)
    for one in after.values():
        if one["report"] == "r1":
            assert one["evidence"]["text"] == text[one["evidence"]["start"] : one["evidence"]["end"]]
    assert list(check(ledger)) == []
    assert all(outcome.holds for outcome in verify(ledger, None))
    assert found.to_json()["reports"] == 1


def test_the_decision_says_who_and_why_and_not_whom(ledger: Ledger) -> None:
    found = redact(ledger, [NAME], "المشرفة", "asked for by the person")
    [made] = [one for one in ledger.decisions() if one["kind"] == "redact"]
    assert (made["id"], made["author"]) == (found.decision, "المشرفة")
    assert made["payload"]["reason"] == "asked for by the person"
    hashes = made["payload"]["reports"]["r1"]
    assert hashes["before"] != hashes["after"]
    assert hashes["after"] in vouched(ledger)
    assert "الجابري" not in json.dumps(made["payload"], ensure_ascii=False)


def test_a_change_that_no_decision_vouches_for_is_found(ledger: Ledger) -> None:
    redact(ledger, [NAME], "a", "b")
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE decisions SET kind = 'other' WHERE kind = 'redact'")
    assert any("no decision to redact" in finding.what for finding in check(ledger))


def test_adding_the_same_again_brings_nothing_back(ledger: Ledger) -> None:
    redact(ledger, [NAME], "a", "b")
    assert ledger.name(said()[0]) is None
    assert ledger.add_all([(*said(), CUSTODY)]) == [False]


def test_redacting_twice_and_another_name(ledger: Ledger) -> None:
    redact(ledger, [NAME], "a", "b")
    assert redact(ledger, [NAME], "a", "b").reports == {}
    redact(ledger, ["حمص"], "a", "a second time")
    assert list(check(ledger)) == []
    assert "حمص" not in ledger.report("r1").text  # type: ignore[union-attr]


def test_a_dry_run_changes_nothing(ledger: Ledger) -> None:
    found = redact(ledger, [NAME], "a", "b", dry=True)
    assert (found.to_json()["reports"], found.decision) == (1, "")
    assert ledger.report("r1").text == TEXT  # type: ignore[union-attr]


@pytest.mark.parametrize(("names", "reason"), [([], "x"), (["!؟"], "x"), ([NAME], f"about {NAME}")])
def test_what_cannot_be_meant_is_refused(ledger: Ledger, names: list[str], reason: str) -> None:
    with pytest.raises(LedgerError):
        redact(ledger, names, "a", reason)


def test_exports_respect_it(ledger: Ledger) -> None:
    redact(ledger, [NAME], "a", "b")
    pack = load_packs()
    concluded = views.Conclusions(ledger, pipeline.sides(pack), None)
    for format in exports.EXPORTS:
        if not format.ready:
            continue
        out = BytesIO()
        asked = exports.Asked(ledger, Query(), concluded, exports.Names.of(pack))
        format.write(replace(asked, table=next(iter(format.tables), "")), out)
        assert "الجابري".encode() not in out.getvalue(), format.name


def test_the_command_and_the_bytes(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "l.sqlite"
    path = tmp_path / "in.jsonl"
    rows = [{"id": "r1", "text": TEXT}, {"id": "r2", "text": OTHER}]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    assert run("add", path, "--ledger", ledger)[0] == 0
    store = tmp_path / "l.sqlite.bytes"
    files = [file for file in store.rglob("*.gz") if file.is_file()]
    assert files
    before = run("check", "--ledger", ledger)[1]  # the reader of these tests quotes loosely
    words = ("redact", NAME, "--author", "a", "--reason", "b", "--ledger", ledger)
    code, out, _ = run(*words, "--dry-run")
    assert (code, "would be" in out) == (0, True)
    assert all(file.exists() for file in files)
    away = tmp_path / "away"
    code, out, _ = run(*words, "--move-bytes", away, "--json")
    told = json.loads(out)
    assert (code, told["reports"], told["files"], told["other_reports_in_them"]) == (0, 1, 1, 1)
    assert not any(file.exists() for file in files)
    assert [file.name for file in away.iterdir()] == [file.name for file in files]
    assert run("check", "--ledger", ledger)[1] == before
    with open_ledger(ledger) as opened:
        assert len(released(opened)) == 1
