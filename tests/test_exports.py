"""Every export of a small ledger, read back by the program that it is for."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from making import CUSTODY, actor, claim, link, place, report
from riwaya import exports
from riwaya.events.knowledge import Knowledge
from riwaya.exports import EXPORTS, Asked, Names, acled, ged, labels
from riwaya.exports.features import CONTROL_FIELDS, EVENT_FIELDS
from riwaya.kept import Found
from riwaya.ledger import Ledger, Query, open_ledger
from riwaya.model import Status
from riwaya.packs.pack import HERE, shapes
from riwaya.packs.places_csv import PlaceRow
from riwaya.packs.schema import load_yaml
from riwaya.sources import SOURCES
from riwaya.views import Conclusions

HOMS = place("sy-homs", lat=34.7227, lon=36.7148, level="place", label_ar="حمص", label_en="Homs")
TYPES = load_yaml(HERE / "ar" / "types.yaml", shapes.TYPES)


def located(id: str, ar: str, en: str, level: str, admin1: str) -> PlaceRow:
    return PlaceRow(id, ar, (), en, 34.7, 36.7, level, "sy", admin1, 0, "", (), "", "syria")


PACK = SimpleNamespace(
    actors=(
        {"id": "sy-opposition", "kind": "umbrella", "label": {"ar": "المعارضة", "en": "Syrian opposition"}},
        {"id": "sy-government", "kind": "state", "country": "sy", "label": {"ar": "ح", "en": "Government"}},
        {"id": "russia", "kind": "state", "country": "ru", "label": {"ar": "روسيا", "en": "Russia"}},
        {"id": "civilians", "kind": "people", "label": {"ar": "مدنيون", "en": "Civilians"}},
    ),
    persons=({"id": "sy-x", "kind": "party", "label": {"ar": "فلان", "en": "Somebody"}},),
    sources=({"id": "wakala", "kind": "agency", "country": "sy", "names": ["وكالة"], "label": {}},),
    places=(
        located("sy-homs", "حمص", "Homs", "place", "sy-homs-governorate"),
        located("sy-homs-governorate", "محافظة حمص", "Homs Governorate", "governorate", ""),
    ),
    language={"types": TYPES},
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "l.sqlite") as opened:
        first = report(
            "سيطرت الفصائل على حمص 🚀 وقالت =1+1", outlet="=وكالة", url="https://x.example/1", id="a/1"
        )
        near = replace(place("", "قرية", level="place"), start=2, end=6)
        opened.add(
            first,
            [
                claim(
                    first, place=(HOMS, near), when=("2024-12-07", "2024-12-07"), chain=(link("", "ناشط"),)
                ),
                claim(
                    first, "air_strike", actor=(actor("russia"),), target=(actor("civilians"),), place=(HOMS,)
                ),
                claim(first, "entered", status=Status.PLANNED),
            ],
            CUSTODY,
        )
        late = report("قصفت قوات النظام حمص", published="2024-12-10", outlet="وكالة", id="b")
        opened.add(
            late,
            [
                claim(
                    late, "clash", actor=(actor("sy-government"),), target=(actor("sy-opposition"),), place=()
                )
            ],
            CUSTODY,
        )
        yield opened


def asked(ledger: Ledger, **query: Any) -> Asked:
    options = {name: query.pop(name) for name in ("hxl", "bom", "table", "at") if name in query}
    found = Query(**query)
    return Asked(
        ledger, found, Conclusions(ledger, Knowledge.of(PACK), found.known_by), Names.of(PACK), **options
    )


def written(name: str, question: Asked) -> bytes:
    export = exports.export_named(name)
    assert export
    if not export.ready:
        pytest.skip(f"{export.needs} is not installed (the extra {export.extra})")
    if not question.table and export.tables:
        question = replace(question, table=export.tables[0])
    out = io.BytesIO()
    export.write(question, out)
    return out.getvalue()


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", [export.name for export in EXPORTS])
def test_same_ledger_same_bytes_and_an_empty_one_is_written_too(
    ledger: Ledger, tmp_path: Path, name: str
) -> None:
    assert written(name, asked(ledger)) == written(name, asked(ledger))
    with open_ledger(tmp_path / "empty.sqlite") as empty:
        written(name, asked(empty))


@pytest.mark.parametrize("name", [export.name for export in EXPORTS])
def test_what_is_kept_gives_the_same_bytes(ledger: Ledger, name: str) -> None:
    question = asked(ledger)
    kept = replace(question, concluded=Found.of(ledger, Knowledge.of(PACK)))
    assert written(name, kept) == written(name, question)


def test_acled_has_its_columns_and_vocabulary(ledger: Ledger) -> None:
    data = written("acled", asked(ledger))
    rows = table(data)
    assert list(rows[0])[:31] == acled.ACLED
    assert len(acled.ACLED) == 31
    assert [row["sub_event_type"] for row in rows] == [
        "Non-state actor overtakes territory",
        "Non-state actor overtakes territory",
        "Air/drone strike",
        "Armed clash",
    ]
    taken, _, strike, clash = rows
    assert (taken["event_date"], taken["time_precision"], taken["year"]) == ("2024-12-07", "1", "2024")
    assert (taken["country"], taken["iso"], taken["admin1"]) == ("Syria", "760", "Homs Governorate")
    assert (taken["location"], taken["latitude"], taken["geo_precision"]) == ("Homs", "34.7227", "1")
    assert (taken["actor1"], taken["inter1"], taken["interaction"]) == ("Syrian opposition", "2", "20")
    assert (strike["inter1"], strike["inter2"], strike["interaction"]) == ("8", "7", "78")
    assert strike["civilian_targeting"] == "Civilian targeting"
    assert (strike["disorder_type"], strike["time_precision"]) == ("Political violence", "2")
    assert (clash["interaction"], clash["location"], clash["geo_precision"]) == ("12", "", "3")
    assert taken["riwaya_origins"] == "ناشط"
    assert len({row["event_id_cnty"] for row in rows}) == len(rows)


def test_cells_are_no_formulas_and_excel_reads_arabic(ledger: Ledger) -> None:
    data = written("acled", asked(ledger, bom=True, hxl=True))
    assert data.startswith(b"\xef\xbb\xbf")
    tags, first, *_ = table(data)
    assert (tags["event_date"], tags["fatalities"], tags["iso"]) == ("#date+occurred", "#affected+killed", "")
    assert first["source"] == "'=وكالة"


def test_every_acled_name_of_the_packs_is_in_its_vocabulary() -> None:
    for row in TYPES["types"]:
        if row["acled"]:
            assert row["acled"] in acled.DISORDER
            for sub in (row["acled_sub"], row.get("acled_sub_other")):
                assert sub is None or sub in VOCABULARY[row["acled"]], row


def test_every_word_of_acled_chooses_a_name_that_it_has() -> None:
    assert {event: tuple(subs) for event, subs in TYPES["acled_events"].items()} == VOCABULARY
    known = {sub for subs in VOCABULARY.values() for sub in subs}
    assert [row["id"] for row in TYPES["types"] if not known.issuperset(row.get("acled_words", {}))] == []


@pytest.mark.parametrize(
    ("type", "words", "event", "sub"),
    [
        ("explosion", "فجّر انتحاري نفسه قرب الحاجز", "Explosions/Remote violence", "Suicide bomb"),
        ("explosion", "ألقى مجهولون قنبلة يدوية على المنزل", "Explosions/Remote violence", "Grenade"),
        ("explosion", "انفجرت عبوة ناسفة", "Explosions/Remote violence", "Remote explosive/landmine/IED"),
        ("shelling", "قصفت البلدة بغاز السارين", "Explosions/Remote violence", "Chemical weapon"),
        ("air_strike", "شنت الطائرات غارة على البلدة", "Explosions/Remote violence", "Air/drone strike"),
        ("attack", "هجوم انتحاري على المقر", "Explosions/Remote violence", "Suicide bomb"),
        ("attack", "هاجم مسلحون المقر", "Battles", "Armed clash"),
        ("protest", "خرجت مظاهرة في الساحة", "Protests", "Peaceful protest"),
        ("protest", "أطلقت الشرطة الغاز المسيل للدموع على المظاهرة", "Protests", "Protest with intervention"),
        ("protest", "أضرم محتجون النار في المبنى", "Riots", "Violent demonstration"),
        ("protest", "هاجم حشد غاضب المخفر", "Riots", "Mob violence"),
        (
            "violence_against_civilians",
            "أطلقوا النار على المتظاهرين",
            "Protests",
            "Excessive force against protesters",
        ),
        ("violence_against_civilians", "تعرضت للاغتصاب", "Violence against civilians", "Sexual violence"),
        ("violence_against_civilians", "أعدموا ثلاثة مدنيين", "Violence against civilians", "Attack"),
    ],
)
def test_a_claims_own_words_choose_the_sub_event(type: str, words: str, event: str, sub: str) -> None:
    assert Names.of(PACK).acled(type, None, (words,)) == (event, sub)


def test_what_people_decided_is_in_the_review(ledger: Ledger) -> None:
    ids = {one.claim["type"]: one.claim["id"] for one in ledger.claims()}
    ledger.decide("accept", "reviewer", {"claims": [ids["clash"]]})
    ledger.decide("correct", "reviewer", {"claims": [ids["air_strike"]], "field": "hedged", "value": "true"})
    reviews = {row["sub_event_type"]: row["riwaya_review"] for row in table(written("acled", asked(ledger)))}
    assert (reviews["Armed clash"], reviews["Air/drone strike"]) == ("accepted", "corrected")
    assert reviews["Non-state actor overtakes territory"] == ""


VOCABULARY = {
    "Battles": ("Armed clash", "Government regains territory", "Non-state actor overtakes territory"),
    "Explosions/Remote violence": (
        "Chemical weapon",
        "Air/drone strike",
        "Suicide bomb",
        "Shelling/artillery/missile attack",
        "Remote explosive/landmine/IED",
        "Grenade",
    ),
    "Violence against civilians": ("Sexual violence", "Attack", "Abduction/forced disappearance"),
    "Protests": (
        "Peaceful protest",
        "Protest with intervention",
        "Excessive force against protesters",
    ),
    "Riots": ("Violent demonstration", "Mob violence"),
    "Strategic developments": (
        "Agreement",
        "Arrests",
        "Change to group/activity",
        "Disrupted weapons use",
        "Headquarters or base established",
        "Looting/property destruction",
        "Non-violent transfer of territory",
        "Other",
    ),
}


def test_ged_has_armed_violence_only(ledger: Ledger) -> None:
    rows = table(written("ged", asked(ledger)))
    assert list(rows[0]) == ged.COLUMNS
    assert [row["type_of_violence"] for row in rows] == ["2", "2", "3", "1"]
    assert rows[3]["dyad_name"] == "Government - Syrian opposition"
    assert rows[0]["source_original"] == "ناشط"


def test_the_two_clocks_and_the_filters_hold_for_every_table(ledger: Ledger) -> None:
    for query, count in (
        ({"known_by": datetime(2024, 12, 9)}, 3),
        ({"last": date(2024, 12, 7)}, 2),
        ({"type": ("clash",)}, 1),
        ({"status": ("planned",)}, 1),
        ({"place": "sy-homs"}, 3),
    ):
        assert len(table(written("acled", asked(ledger, **query)))) == count, query


def test_jsonl_is_the_claims(ledger: Ledger) -> None:
    rows = [json.loads(line) for line in written("jsonl", asked(ledger)).splitlines()]
    assert [row["type"] for row in rows] == ["control_gained", "air_strike", "entered", "clash"]
    assert {"actor", "chain", "evidence", "outlet"} <= set(rows[0])


def opened(name: str, data: bytes, tmp_path: Path) -> tuple[Any, Path]:
    pyogrio = pytest.importorskip("pyogrio", reason="the extra geo is not installed")
    path = tmp_path / f"x{exports.export_named(name).ending}"  # type: ignore[union-attr]
    path.write_bytes(data)
    return pyogrio, path


@pytest.mark.parametrize("name", ["geojson", "gpkg", "kml"])
def test_maps_open_in_gdal(ledger: Ledger, tmp_path: Path, name: str) -> None:
    pyogrio, path = opened(name, written(name, asked(ledger)), tmp_path)
    assert pyogrio.read_info(path, layer="events")["features"] == 4
    if name != "geojson":
        assert pyogrio.read_info(path, layer="control")["features"] == 2


def test_geopackage_has_real_days(ledger: Ledger, tmp_path: Path) -> None:
    pyogrio, path = opened("gpkg", written("gpkg", asked(ledger)), tmp_path)
    about = pyogrio.read_info(path, layer="events")
    assert list(about["fields"]) == list(EVENT_FIELDS)
    kinds = dict(zip(about["fields"], about["dtypes"], strict=True))
    assert kinds["date_start"].startswith("datetime64")
    control = pyogrio.read_info(path, layer="control")
    assert list(control["fields"]) == list(CONTROL_FIELDS)
    _, _, _, values = pyogrio.raw.read(path, layer="events", columns=["date_start"])
    assert str(values[0][0]) == "2024-12-07"


def test_control_has_its_history_in_half_open_intervals(ledger: Ledger) -> None:
    later = report("انسحبت الفصائل من حمص ودخلها الجيش", published="2024-12-20", id="c")
    taken = claim(later, actor=(actor("sy-government"),), target=(actor("sy-opposition"),), place=(HOMS,))
    ledger.add(
        later, [taken, claim(later, at=6, actor=taken.actor, place=(HOMS,), chain=(link("x"),))], CUSTODY
    )
    rows = json.loads(written("geojson", asked(ledger, table="control")))["features"]
    homs = [row["properties"] for row in rows if row["properties"]["place_id"] == "sy-homs"]
    now, before = homs[0], homs[-1]
    assert (now["valid_from"], now["valid_to"], now["holder"]) == ("2024-12-20", None, "Government")
    assert (before["valid_from"], before["holder"]) == ("2024-12-07", "Syrian opposition")
    assert [row["valid_to"] for row in homs[1:]] == [row["valid_from"] for row in homs[:-1]]
    assert now["event_ids"]
    (then,) = [
        row["properties"]
        for row in json.loads(written("geojson", asked(ledger, table="control", at=date(2024, 12, 9))))[
            "features"
        ]
        if row["properties"]["place_id"] == "sy-homs"
    ]
    assert then["holder"] == "Syrian opposition"


def test_parquet_opens_in_duckdb(ledger: Ledger, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    for name, count in (("claims", 4), ("events", 4), ("control", 2), ("reports", 2)):
        path = tmp_path / f"{name}.parquet"
        path.write_bytes(written("parquet", asked(ledger, table=name)))
        assert duckdb.sql(f"select count(*) from '{path}'").fetchall() == [(count,)]
    row, *_ = duckdb.sql(f"select actor[1].id, day from '{tmp_path}/claims.parquet'").fetchall()
    assert row == ("sy-opposition", date(2024, 12, 7))


def test_followthemoney_takes_entities_and_statements(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    if beside := os.environ.get("RIWAYA_TEST_FTM"):  # built for this test alone, see .ci/run
        monkeypatch.setattr(sys, "path", [*sys.path, beside])
    ftm = pytest.importorskip("followthemoney", reason="followthemoney needs ICU to install")
    from followthemoney.statement.serialize import read_csv_statements

    entities = [json.loads(line) for line in written("ftm", asked(ledger)).splitlines()]
    for entity in entities:
        proxy = ftm.model.make_entity(entity["schema"])
        for name, values in entity["properties"].items():
            for value in values:
                proxy.add(name, value)
            assert proxy.get(name), (entity, name)
    assert [one["schema"] for one in entities].count("Event") == 4
    data = written("ftm-statements", asked(ledger))
    for statement in read_csv_statements(io.BytesIO(data)):
        assert statement.id == statement.generate_key()
    for row in table(data):
        assert ftm.model.get(row["schema"]).get(row["prop"]).type.name == row["prop_type"]


def test_statements_point_at_the_words(ledger: Ledger) -> None:
    texts = {one.id: one.text for one in ledger.reports()}
    rows = [row for row in table(written("ftm-statements", asked(ledger))) if row["prop"] == "summary"]
    assert len(rows) == 4
    for row in rows:
        id, _, span = row["origin"].partition("#char=")
        start, end = map(int, span.split(","))
        assert texts[id][start:end] == row["original_value"]


def test_annotations_point_at_the_words(ledger: Ledger) -> None:
    page = json.loads(written("annotation", asked(ledger)))
    texts = {one.url or f"urn:riwaya:report:{one.id}": one.text for one in ledger.reports()}
    assert len(page["items"]) == 4
    for item in page["items"]:
        position, quote = item["target"]["selector"]
        text = texts[item["target"]["source"]]
        assert text[position["start"] : position["end"]] == quote["exact"]


def test_prov_is_read_by_its_library(ledger: Ledger) -> None:
    data = written("prov", asked(ledger))
    sections = json.loads(data)
    assert len(sections["wasGeneratedBy"]) == 4
    assert {"report:a%2F1", "report:b"} <= set(sections["entity"])
    model = pytest.importorskip("prov.model", reason="prov is not installed")
    assert model.ProvDocument.deserialize(content=data.decode(), format="json").get_records()


def test_timemap_has_its_fields(ledger: Ledger) -> None:
    whole = json.loads(written("timemap", asked(ledger)))
    first, _ = whole["events"]
    assert (first["date"], first["location"], first["sources"]) == ("12/07/2024", "Homs", ["a/1"])
    assert {one["id"] for one in whole["associations"]} >= set(first["associations"])
    assert set(whole["sources"]) == {"a/1", "b"}
    assert json.loads(written("timemap", asked(ledger, table="sources"))) == whole["sources"]


SAME = ("report", "type", "status", "actor", "target", "place", "chain", "when", "trigger", "evidence")


@pytest.mark.parametrize("name", ["label-studio", "doccano"])
def test_what_nobody_corrected_comes_back_as_it_was(ledger: Ledger, name: str) -> None:
    def told(claim: Any) -> str:
        return json.dumps([claim[key] for key in SAME], sort_keys=True)

    before = sorted(told(one.claim) for one in ledger.claims())
    data = written(name, asked(ledger))
    assert sorted(map(told, labels.read(io.BytesIO(data)))) == before
    if name == "label-studio":  # its own export is one array, with people's annotations
        tasks = [json.loads(line) for line in data.splitlines()]
        array = [{"data": task["data"], "annotations": task["predictions"]} for task in tasks]
        assert sorted(map(told, labels.read(io.BytesIO(json.dumps(array).encode())))) == before


def test_what_people_mark_is_a_claim() -> None:
    text = "دخلت القوات 🚀 حمص"
    row = {
        "text": text,
        "entities": [
            {"id": 1, "label": "entered", "start_offset": 0, "end_offset": 4},
            {"id": 2, "label": "place", "start_offset": 14, "end_offset": 17},
        ],
        "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "place"}],
    }
    (made,) = labels.read(io.BytesIO(json.dumps(row).encode()))
    assert made["place"] == [{"id": "", "name": "حمص", "start": 14, "end": 17}]
    assert (made["trigger"]["text"], made["evidence"]["text"]) == ("دخلت", text)


@pytest.mark.parametrize("data", [b"{", b"[1]", b'{"text": 1}', b"[[[", b'{"data": {}}', b'"x"'])
def test_what_is_no_labelling_is_said(data: bytes) -> None:
    with pytest.raises(labels.NoLabelsError):
        list(labels.read(io.BytesIO(data)))


def test_every_export_and_input_is_in_the_docs() -> None:
    docs = (Path(__file__).parent.parent / "docs" / "formats.md").read_text("utf-8")
    assert [one.name for one in EXPORTS if f"| `{one.name}` | `{one.ending}` |" not in docs] == []
    assert [one.kind for one in SOURCES if f"| `{one.kind}` |" not in docs] == []
