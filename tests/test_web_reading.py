"""What the desk shows is what the commands say, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desking import Browser, app_over
from running import Run


@pytest.fixture(scope="module")
def desk(demo_ledger: Path) -> Iterator[Browser]:
    browser = Browser(app_over(demo_ledger))
    with browser.client:
        yield browser.open()


def lines(run: Run, *words: object) -> list[dict[str, Any]]:
    code, out, err = run(*words, "--json")
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


def test_meta_names_everything_in_both_languages(desk: Browser) -> None:
    meta = desk.json("/meta")
    assert meta["counts"]["reports"] == 17
    assert meta["counts"]["claims"] == desk.json("/claims")["total"]
    for kind in ("types", "statuses", "roles", "levels", "extents", "voices", "reviews", "theatres", "areas"):
        assert meta[kind], kind
        assert all(one["label_ar"] and one["label_en"] for one in meta[kind]), kind
    assert [one["rank"] for one in meta["actors"]] == list(range(len(meta["actors"])))
    assert {one["name"] for one in meta["exports"]} >= {"acled", "geojson", "jsonl"}
    assert meta["dates"]["first"] <= "2024-11-28" <= meta["dates"]["last"]


def test_claims_are_those_of_the_command(desk: Browser, demo_ledger: Path, run: Run) -> None:
    said = {one["id"]: one for one in lines(run, "claims", "--ledger", demo_ledger)}
    shown = {one["id"]: one for one in desk.json("/claims", limit=500)["items"]}
    assert set(said) == set(shown)
    for id, claim in said.items():
        assert {key: shown[id][key] for key in claim} == claim


def test_events_disputes_and_control_are_those_of_the_commands(
    desk: Browser, demo_ledger: Path, run: Run
) -> None:
    events = {one["id"]: one for one in lines(run, "events", "--ledger", demo_ledger)}
    shown = desk.json("/events", limit=500)["items"]
    assert {one["id"] for one in shown} == set(events)
    for one in shown:
        whole = desk.json(f"/events/{one['id']}")
        assert {key: whole[key] for key in events[one["id"]]} == events[one["id"]]
    disputes = lines(run, "disputes", "--ledger", demo_ledger)
    assert len(desk.json("/disputes")["items"]) == len(disputes)
    control = lines(run, "control", "--ledger", demo_ledger, "--at", "2024-12-05")
    said = {one["place"]["id"]: (one["holder"], one["contested"], one["support"]) for one in control}
    items = desk.json("/control", at="2024-12-05")["items"]
    assert {one["place"]["id"]: (one["holder"], one["contested"], one["support"]) for one in items} == said


@pytest.mark.parametrize("params", [{}, {"known_by": "2024-12-04"}, {"follow": "true"}])
def test_the_days_of_the_slider_are_those_of_control(desk: Browser, params: dict[str, str]) -> None:
    found = desk.json("/control/days", **params)
    for number, day in enumerate(found["days"]):
        known = {"known_by": day} if "follow" in params else params
        states = {
            one["place"]["id"]: (one["holder"], one["contested"])
            for one in desk.json("/control", at=day, **known)["items"]
            if one["holder"] or one["contested"]
        }
        spans = {
            place["id"]: (span[2], span[3])
            for place in found["places"]
            for span in place["spans"]
            if span[0] <= number < span[1]
        }
        assert spans == states, day


def test_areas_do_not_overlap_and_stay_in_their_governorates(desk: Browser) -> None:
    from shapely.geometry import shape

    areas = desk.json("/areas")["features"]
    admin = {
        one["properties"]["id"]: shape(one["geometry"]) for one in desk.json("/map/base")["admin"]["features"]
    }
    assert areas
    shapes = [(one["properties"], shape(one["geometry"])) for one in areas]
    for n, (about, area) in enumerate(shapes):
        assert area.is_valid
        assert area.difference(admin[about["parent"]].buffer(0.01)).area < 1e-4
        assert all(
            area.intersection(other).area < 0.01 * min(area.area, other.area) for _, other in shapes[:n]
        )


def test_pages_hold_everything_once(desk: Browser) -> None:
    for path in ("/claims", "/events", "/reports", "/review", "/origins"):
        every = [one.get("id") or one["claim"]["id"] for one in desk.json(path, limit=500)["items"]]
        paged: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = desk.json(path, limit=7, **({"cursor": cursor} if cursor else {}))
            paged += [one.get("id") or one["claim"]["id"] for one in page["items"]]
            assert page["total"] == len(every)
            cursor = page["next"]
        assert paged == every, path
        assert len(set(paged)) == len(paged)


@pytest.mark.parametrize("cursor", ["x", "zz", "W10", "eyJhIjoxfQ", "=" * 9, "WyItMSIsIiJd", "٣٣", "a" * 199])
def test_a_bad_cursor_is_refused(desk: Browser, cursor: str) -> None:
    answer = desk.get("/claims", params={"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["type"] == "riwaya:cursor"


def test_a_cursor_of_another_list_is_refused(desk: Browser) -> None:
    cursor = desk.json("/claims", limit=3)["next"]
    assert desk.get("/claims", params={"cursor": cursor, "type": "clash"}).status_code == 400
    assert desk.get("/events", params={"cursor": cursor}).status_code == 400


def test_words_are_found_as_people_spell_them(desk: Browser) -> None:
    def found(q: str) -> set[str]:
        return {one["id"] for one in desk.json("/claims", q=q, limit=500)["items"]}

    assert found("إدلب") == found("ادلب") != set()
    assert found("حلب") <= {one["id"] for one in desk.json("/claims", limit=500)["items"]}
    assert found("بحلب") == found("حلب")
    assert found("كلمةلاتوجد") == set()
    hits = desk.json("/search", q="ادلب")
    assert hits["reports"]["items"]
    assert "sy-idlib" in {one["id"] for one in hits["places"]}
    for hit in hits["reports"]["items"]:
        text = desk.json(f"/reports/{hit['id']}")["report"]
        for snippet in hit["snippets"]:
            whole = text[snippet["field"]]
            assert whole[snippet["start"] : snippet["end"]] == snippet["text"]


def test_filters_narrow_every_list_alike(desk: Browser) -> None:
    for params in (
        {"place": "sy-aleppo"},
        {"place": "حلب"},
        {"area": "sy-aleppo-governorate"},
        {"type": "control_gained"},
        {"actor": "sy-opposition"},
        {"first": "2024-12-01", "last": "2024-12-03"},
        {"status": "denied"},
        {"outlet": "وكالة المدى"},
        {"disputed": "true"},
        {"q": "حلب"},
    ):
        claims = desk.json("/claims", limit=500, **params)
        assert 0 < claims["total"] < desk.json("/claims")["total"], params
        counted = desk.json("/timeline", of="claims", **params)
        assert sum(counted["total"]) == claims["total"]
    known = desk.json("/claims", known_by="2024-12-01")
    assert all(one["published"] <= "2024-12-02" for one in known["items"])
    assert desk.json("/events", known_by="2024-12-01")["total"] < desk.json("/events")["total"]


def test_nothing_has_changed_is_said_without_a_body(desk: Browser) -> None:
    for path in ("/meta", "/claims", "/events", "/control/days", "/areas", "/version"):
        first = desk.get(path)
        again = desk.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path


def test_a_place_tells_its_story(desk: Browser) -> None:
    story = desk.json("/places/sy-hama")
    assert [state["holder"] for state in story["history"]][-1] == "sy-opposition"
    taken = story["history"][-1]
    assert taken["why"] == "acts"
    assert any(act["act"] == "take" for act in taken["acts"])
    told = {claim["id"] for origin in story["origins"] for claim in origin["claims"]}
    assert set(taken["claims"]) & told
    assert all(abs(sum(shares.values()) - 1) < 0.01 for _, shares in story["days"])
    assert story["lineage"][0]["id"] == "sy-hama-governorate"


def test_pages_of_bodies_origins_and_disputes(desk: Browser) -> None:
    body = desk.json("/actors/sy-opposition")
    assert body["holds"]
    assert body["events"]
    for origin in desk.json("/origins")["items"]:
        page = desk.json(f"/origins/{origin['id']}")
        assert page["total"] == origin["claims"], origin
    for dispute in desk.json("/disputes")["items"]:
        sides = desk.json(f"/disputes/{dispute['id']}")["sides"]
        assert len(sides) > 1
        assert all(side["told"] for side in sides)


def test_a_report_is_shown_to_the_letter(desk: Browser) -> None:
    for one in desk.json("/reports", limit=500)["items"]:
        shown = desk.json(f"/reports/{one['id']}")
        text = shown["report"]["text"]
        assert len(shown["claims"]) == one["claims"]
        for claim in shown["claims"]:
            for part in ("trigger", "evidence"):
                span = claim[part]
                assert text[span["start"] : span["end"]] == span["text"]
            assert claim["why"]
        assert shown["custody"]["original"] is True
        original = desk.get(f"/reports/{one['id']}/original")
        assert original.status_code == 200
        assert text.splitlines()[0].encode() in original.content or text[:20] in json.dumps(
            original.text, ensure_ascii=False
        )
        assert original.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path",
    [
        "/claims/none",
        "/events/none",
        "/reports/none",
        "/disputes/none",
        "/places/none",
        "/actors/none",
        "/origins/none",
        "/jobs/none",
        "/export/none",
        "/reports/none/original",
        "/nothing",
    ],
)
def test_what_is_not_there_is_said_so(desk: Browser, path: str) -> None:
    answer = desk.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "riwaya:not-found"


def test_every_export_takes_the_selection(desk: Browser) -> None:
    for export in desk.json("/meta")["exports"]:
        whole = desk.get(f"/export/{export['name']}")
        assert whole.status_code == 200, export
        if export["name"] in ("jsonl", "acled", "ftm"):
            part = desk.get(f"/export/{export['name']}", params={"q": "حلب", "type": "control_gained"})
            assert 0 < len(part.content) < len(whole.content)
    claims = desk.get("/export/jsonl", params={"area": "sy-aleppo-governorate"}).text.splitlines()
    assert len(claims) == desk.json("/claims", area="sy-aleppo-governorate")["total"]


def test_an_empty_ledger_has_an_empty_desk(tmp_path: Path) -> None:
    browser = Browser(app_over(tmp_path / "new.sqlite"))
    with browser.client:
        browser.open()
        assert browser.json("/meta")["dates"]["first"] is None
        for path in ("/claims", "/events", "/disputes", "/review", "/reports", "/origins", "/tellings"):
            assert browser.json(path)["items"] == []
        assert browser.json("/control/days") == {"days": [], "known_by": None, "places": []}
        assert browser.json("/control", at="2024-12-08")["items"] == []
        assert browser.json("/areas")["features"] == []
        assert browser.json("/timeline")["days"] == []
        assert browser.json("/corrections/score")["reports"] == 0
        assert browser.get("/export/jsonl").content == b""
