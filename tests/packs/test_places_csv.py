"""Places tables: what a bad row says, and which rows become one."""

from __future__ import annotations

from pathlib import Path

import pytest

from riwaya.packs.places_csv import COLUMNS, PlaceRow, kilometres, merge_places, read_places_csv
from riwaya.packs.schema import PackError

PACKS = Path(read_places_csv.__code__.co_filename).parent
TABLES = sorted(PACKS.glob("*/places*.csv"))
GOOD = "sy-x,قرية,,X,35.1,36.2,place,sy,,,,,"


def table(folder: Path, *lines: str) -> Path:
    path = folder / "places.csv"
    path.write_text("\n".join((",".join(COLUMNS), *lines)) + "\n", "utf-8")
    return path


def row(ident: str, name: str, lat: float, theatre: str, **more: object) -> PlaceRow:
    empty = PlaceRow(ident, name, (), "", lat, 36.0, "place", "sy", "", 0, "", (), "", theatre)
    return empty._replace(**more)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (GOOD.replace("35.1", "north"), "places.csv:2: lat: 'north' is not a number"),
        (GOOD.replace("35.1", "135.1"), "places.csv:2: lat: 135.1 lies outside"),
        (GOOD.replace("place", "city"), "places.csv:2: level: 'city' is not one of"),
        (GOOD.replace("sy-x", ""), "places.csv:2: id: may not be empty"),
        (GOOD + ",more", "places.csv:2: 14 cells where the header has 13"),
    ],
)
def test_a_bad_row_names_file_line_and_column(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(PackError, match=message.replace("(", r"\(")):
        read_places_csv(table(tmp_path, line))


def test_an_unknown_column_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text("id,name\nx,y\n", "utf-8")
    with pytest.raises(PackError, match=r"places.csv:1: unknown column 'name'"):
        read_places_csv(path)


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    line = "sy-x,قرية,ضيعة|بلدة,X,35.1,36.2,place,SY,sy-homs-governorate,1200,syria,القرية,me"
    (read,) = read_places_csv(table(tmp_path, line, ""))
    assert read.aliases == ("ضيعة", "بلدة")
    assert (read.country, read.population, read.in_theatre) == ("sy", 1200, ("القرية",))
    assert read.theatre == tmp_path.name


def test_a_theatre_wins_by_id_and_keeps_the_names() -> None:
    base = row("sy-x", "تل عفر", 35.0, "gazetteer", population=9)
    own = row("sy-x", "تلعفر", 35.1, "syria")
    (merged,) = merge_places([base, own])
    assert (merged.name_ar, merged.lat, merged.aliases, merged.population) == ("تلعفر", 35.1, ("تل عفر",), 9)


def test_near_namesakes_of_one_level_are_one_place() -> None:
    base = row("sy-kafr-nabl", "كفر نبل", 35.0, "gazetteer")
    near = row("sy-kafranbel", "كفرنبل", 35.01, "syria")
    far = row("sy-kafranbel", "كفرنبل", 35.2, "syria")
    assert [r.id for r in merge_places([base, near])] == ["sy-kafranbel"]
    assert len(merge_places([base, far])) == 2
    assert len(merge_places([base, near._replace(level="base")])) == 2


@pytest.mark.parametrize("path", TABLES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_the_shipped_tables_are_sound(path: Path) -> None:
    rows = read_places_csv(path)
    ids = [r.id for r in rows]
    assert len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1})
    assert all(i == i.lower() and " " not in i for i in ids)


def test_parents_and_areas_exist() -> None:
    rows = merge_places(r for path in TABLES for r in read_places_csv(path))
    ids = {r.id for r in rows}
    assert sorted({r.parent for r in rows if r.parent} - ids) == []


def test_distance() -> None:
    assert kilometres(33.5, 36.3, 33.5, 36.3) == 0
    assert 110 < kilometres(33.0, 36.0, 34.0, 36.0) < 112
