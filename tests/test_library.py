"""``import riwaya``: what it offers, what a notebook shows of it, and that no report can speak as markup."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import riwaya
from making import FakeReader, report
from riwaya.library import reading
from riwaya.notebook import html, map
from riwaya.notebook.words import Words, said

TEXT = "سيطرت الفصائل على حمص"
EXAMPLE = Path(__file__).parent.parent / "docs" / "example" / "result.json"
EVIL = 'سيطر <script>alert(1)</script> " onmouseover="alert(2) </blockquote> \u202e الفصائل حمص'


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riwaya.claims.READERS", (FakeReader(),))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[riwaya.Ledger]:
    with riwaya.open_ledger(tmp_path / "l.sqlite") as opened:
        opened.add([report(f"{TEXT} {n}", id=f"r{n}", outlet=f"وكالة {n}") for n in range(3)])
        yield opened


class Seen(HTMLParser):
    """The tags and attributes of a page, and whether every tag is closed in its turn."""

    VOID = frozenset({"br", "meta"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_importing_it_imports_nothing_heavy() -> None:
    heavy = "sqlalchemy lxml yaml rich typer fastapi pyarrow riwaya.pipeline riwaya.library.ledger".split()
    code = f"import sys, riwaya; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_every_public_name_is_there_and_documented() -> None:
    assert set(riwaya.LATER) < set(riwaya.__all__) <= set(dir(riwaya))
    assert [
        name for name in riwaya.__all__[1:] if name != "__version__" and not getattr(riwaya, name).__doc__
    ] == []
    with pytest.raises(AttributeError, match="nothing"):
        riwaya.nothing  # noqa: B018


def test_a_text_is_read() -> None:
    (cited,) = riwaya.read(TEXT, published="2024-12-08", outlet="وكالة")
    assert (cited.claim.type, cited.outlet, str(cited.day)) == ("control_gained", "وكالة", "2024-12-08")
    assert isinstance(cited.claim, riwaya.Claim)
    assert len(riwaya.read(riwaya.Report(TEXT))) == len(riwaya.read([riwaya.Report(TEXT)])) == 1


def test_files_are_read_and_problems_said(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(TEXT, "utf-8")
    (tmp_path / "two.txt").write_text("")
    found = riwaya.read(tmp_path)
    assert (len(found), len(found.problems)) == (1, 1)
    assert "two.txt" in found.problems[0]


def test_a_ledger_is_added_to_once(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(TEXT, "utf-8")
    with riwaya.open_ledger(tmp_path / "l.sqlite") as ledger:
        first, again = ledger.add(tmp_path / "one.txt"), ledger.add([str(tmp_path / "one.txt")])
        assert (first.reports, first.claims, again.reports, again.known) == (1, 1, 0, 1)
        assert ledger.custody(ledger.reports()[0].id).holds
        with pytest.raises(KeyError):
            ledger.custody("nothing")
    assert (tmp_path / "l.sqlite.bytes").is_dir()


def test_the_questions_of_the_command_line_are_methods(ledger: riwaya.Ledger) -> None:
    assert [one.outlet for one in ledger.claims(place="حمص", type="control_gained")] == [
        f"وكالة {n}" for n in range(3)
    ]
    assert len(ledger.claims(first="2024-12-09")) == len(ledger.claims(type=["clash"])) == 0
    assert [event["claims"] for event in ledger.events()] == [
        event["claims"] for event in ledger.events(place="حمص")
    ]
    (held,) = ledger.control("2024-12-08")
    assert (held["place"]["id"], held["holder"]) == ("sy-homs", "sy-opposition")
    assert (
        len(ledger.control("2024-12-08", known_by="2024-12-07"))
        == len(ledger.control("2024-12-08", place="x"))
        == 0
    )
    assert len(ledger.events(known_by="2024-12-08")) == 1
    assert len(ledger.disputes()) == len(ledger.disputes(known_by="2024-12-08")) == 0
    found = ledger.report("r1")
    assert found
    assert found.text == f"{TEXT} 1"
    assert "3 reports" in repr(ledger)


@pytest.mark.parametrize("name", ["claims", "events", "disputes", "reports", "control"])
def test_answers_become_tables(ledger: riwaya.Ledger, name: str) -> None:
    pytest.importorskip("pyarrow")
    found = ledger.control("2024-12-08") if name == "control" else getattr(ledger, name)()
    arrow = found.to_arrow()
    assert arrow.num_rows == len(found)
    pytest.importorskip("pandas")
    assert list(found.to_pandas().columns) == arrow.column_names
    pytest.importorskip("polars")
    assert found.to_polars().height == len(found)
    assert found[:0].to_arrow().schema == arrow.schema


def test_a_table_of_claims_is_that_of_the_parquet_export(ledger: riwaya.Ledger, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    assert ledger.export("parquet", tmp_path / "c.parquet") == 3
    assert parquet.read_table(tmp_path / "c.parquet").equals(ledger.claims().to_arrow())
    with pytest.raises(ValueError, match="cannot be written"):
        ledger.export("xlsx", tmp_path / "c.xlsx")


def test_a_missing_extra_is_named(ledger: riwaya.Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"riwaya\[notebook\]"):
        ledger.claims().to_arrow()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_whatever_is_shown_is_whole_and_in_its_direction(ledger: riwaya.Ledger, language: str) -> None:
    answers = [
        ledger.claims(),
        ledger.events(),
        ledger.control("2024-12-08"),
        ledger.disputes(),
        ledger.reports(),
    ]
    claim = ledger.claims()[0].claim
    for one in (*answers, answers[0][0], answers[1][0], answers[2][0], answers[4][0], claim):
        shown = riwaya.show(one, language)
        bundle = shown._repr_mimebundle_()
        assert bundle["text/plain"]
        seen = Seen(bundle["text/html"])
        if not isinstance(one, riwaya.Report) and one is not answers[4]:
            assert ("dir", {"en": "ltr", "ar": "rtl"}[language]) in seen.attributes
    with pytest.raises(TypeError, match="nothing that riwaya shows"):
        riwaya.show(42)
    with pytest.raises(ValueError, match="not one of"):
        riwaya.show(answers[0], "fr")


def test_the_words_of_a_claim_are_marked_with_what_they_mean() -> None:
    (cited,) = riwaya.read(TEXT, outlet="وكالة")
    page = cited._repr_html_()
    marks = re.findall(r'<mark title="([^"]*)"[^>]*>([^<]*)</mark>', page)
    assert [(title.split(":")[0], words) for title, words in marks] == [
        ("act", "سيطرت"),
        ("actor", "الفصائل"),
        ("place", "حمص"),
    ]
    assert "وكالة" in Seen(page).words


def test_no_report_speaks_as_markup(tmp_path: Path) -> None:
    evil = riwaya.Report(EVIL, id="<b>", title="<img src=x>", outlet="<iframe>", url="javascript:alert(1)")
    with riwaya.open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.add([evil])
        for one in (ledger.claims(), ledger.events(), ledger.control("2024-12-08"), ledger.reports()):
            seen = Seen(riwaya.show(one).html)
            assert not {"script", "img", "iframe"} & set(seen.tags)
            assert not [
                name for name, _ in seen.attributes if name.startswith("on") or name in ("href", "src")
            ]
        assert "<script>alert(1)</script>" in Seen(riwaya.show(ledger.claims()).html).words
    link = html.cited(
        {"evidence": {"start": 0, "end": 1}, "report": "r", "id": "c"},
        {"url": 'https://a.example/"><script>'},
    )
    assert "script" not in Seen(link).tags
    assert ("href", 'https://a.example/"><script>') in Seen(link).attributes


def test_a_map_shows_who_holds_what_without_a_network() -> None:
    def held(
        id: str, lon: float, holder: str | None, standing: list[str], *, contested: bool = False
    ) -> dict[str, object]:
        place = {"id": id, "name": id, "lat": 35.0, "lon": lon, "label_ar": id, "label_en": id}
        shares = dict.fromkeys(standing, 0.5)
        about = {"holder": holder, "contested": contested, "standing": shares, "support": 0.9, "since": None}
        return {"place": place, **about}

    found = [
        held("one", 36.0, "a", ["a"]),
        held("<b>", 37.0, None, []),
        held("two", 38.0, None, ["a", "b"], contested=True),
        held("near", 36.01, "a", ["a"]),
    ]
    ring = [(35.0, 34.0), (39.0, 34.0), (39.0, 36.0)]
    far = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
    page = map.draw(found, [ring, far], Words("en", {"a": ("أ", "Side A")}))
    seen = Seen(page)
    assert seen.tags.count("circle") == 1
    assert "Side A" in seen.words
    assert page.count("<path") == 1 + 2 * 3
    assert page.count("<text") == 3
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert map.draw([], [], Words()) == ""
    single = map.draw(found[:1], [], Words("ar"))
    assert "nan" not in single


def test_both_languages_say_the_same_things() -> None:
    assert set(said("ar")) == set(said("en"))


def test_packs_are_loaded_once() -> None:
    assert riwaya.load_packs() is riwaya.load_packs()
    assert reading.known() is reading.known()


def test_the_example_notebook_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    path = EXAMPLE.parent.parent / "example.ipynb"
    book = nbformat.read(path, as_version=4)
    assert [cell for cell in book.cells if cell.get("outputs")] == [], "keep it without its outputs"
    client = nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    pages = [
        output["data"]["text/html"]
        for cell in book.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    assert len(pages) == 8
    assert sum("<svg" in page for page in pages) == 2
    assert "<mark" in pages[0]
