"""Claims near a point: the same in every ledger, with PostGIS or without."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from ledgers import address, connected
from making import CUSTODY, claim, place, report
from riwaya.ledger import LEDGERS, Ledger, Query, near, open_ledger
from running import Run

POINTS = {
    "homs": (34.7268, 36.7234),
    "rastan": (34.9262, 36.7323),
    "hama": (35.1318, 36.7578),
    "suez": (29.97, 32.55),
}


def filled(ledger: Ledger) -> Ledger:
    for name, (lat, lon) in POINTS.items():
        said = report(f"تقرير عن {name}", id=name)
        ledger.add(said, [claim(said, place=(place(name, lat=lat, lon=lon), place("", "مجهول")))], CUSTODY)
    return ledger


@pytest.fixture(params=[*(kind.name for kind in LEDGERS), "postgis"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param != "postgis":
        with open_ledger(address(request.param, tmp_path, "near")) as opened:
            yield filled(opened)
        return
    where = address("postgresql", tmp_path, "near")
    with open_ledger(where) as opened:
        url = opened.engine.url
    with connected(url) as connection:
        if not connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'")):
            pytest.skip("the server has no PostGIS")
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION postgis"))
    with open_ledger(where) as opened:
        with opened.reading.connect() as connection:
            assert near.has_postgis(connection)
            assert connection.scalar(
                text("SELECT 1 FROM pg_indexes WHERE indexname = 'place_points_geography'")
            )
        yield filled(opened)
    with connected(url) as connection:
        connection.execute(text("DROP EXTENSION postgis CASCADE"))


@pytest.mark.parametrize(
    ("km", "expected"),
    [
        (1, ["homs"]),
        (22, ["homs"]),
        (22.5, ["homs", "rastan"]),
        (46, ["hama", "homs", "rastan"]),
        (800, sorted(POINTS)),
    ],
)
def test_places_within_a_distance(ledger: Ledger, km: float, expected: list[str]) -> None:
    lat, lon = POINTS["homs"]
    assert sorted(ledger.near(lat, lon, km)) == expected
    assert sorted(told.claim["report"] for told in ledger.claims(Query(near=(lat, lon, km)))) == expected


def test_the_command(run: Run, tmp_path: Path) -> None:
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        filled(ledger)
    code, out, _ = run(
        "claims", "--near", "34.73,36.72", "--within", "30", "--json", "--ledger", tmp_path / "l.sqlite"
    )
    assert (code, {json.loads(line)["report"] for line in out.splitlines()}) == (0, {"homs", "rastan"})
    for wrong in ("34.73", "x,y", "134,36"):
        assert run("claims", "--near", wrong, "--ledger", tmp_path / "l.sqlite")[0] == 2
