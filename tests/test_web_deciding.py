"""Deciding at the desk: what follows at once, what is taken back, and two people at one ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desking import Browser, app_over
from running import Run


@pytest.fixture
def desk(war: Path) -> Iterator[Browser]:
    browser = Browser(app_over(war))
    with browser.client:
        yield browser.open()


def holder(desk: Browser, place: str, at: str = "2024-12-08") -> Any:
    items = desk.json("/control", at=at, place=place)["items"]
    return items[0]["holder"] if items else None


def taken(desk: Browser, place: str) -> list[str]:
    """The claims that the state of a place on the last day rests on."""
    found: list[str] = desk.json("/control", at="2024-12-08", place=place)["items"][0]["claims"]
    return found


def test_rejecting_what_a_colour_rests_on_takes_the_colour_away_and_undoing_brings_it_back(
    desk: Browser,
) -> None:
    assert holder(desk, "sy-hama") == "sy-opposition"
    before = desk.json("/control/days")
    made = [desk.decide("not-a-claim", claim)["decision"]["id"] for claim in taken(desk, "sy-hama")]
    assert holder(desk, "sy-hama") != "sy-opposition"
    assert desk.json("/control/days") != before
    for id in made:
        assert desk.post(f"/decisions/{id}/withdraw", {}).status_code == 200
    assert holder(desk, "sy-hama") == "sy-opposition"
    assert desk.json("/control/days") == before


def test_a_corrected_place_moves_on_the_map_and_is_found_by_its_new_name(desk: Browser) -> None:
    claim = next(
        one
        for one in desk.json("/claims", type="control_gained", place="sy-hama", limit=500)["items"]
        if one["status"] == "happened" and len(one["place"]) == 1
    )
    assert "sy-salamiyah" not in {p["id"] for p in desk.json("/control/days")["places"]}
    done = desk.decide("correct", claim["id"], changes={"place": [{"id": "sy-salamiyah"}]})
    assert "sy-salamiyah" in done["touched"]["places"]
    assert "sy-salamiyah" in {p["id"] for p in desk.json("/control/days")["places"]}
    assert claim["id"] in {one["id"] for one in desk.json("/claims", place="sy-salamiyah")["items"]}
    assert claim["id"] not in {one["id"] for one in desk.json("/claims", place="sy-hama", limit=500)["items"]}
    shown = desk.json(f"/claims/{claim['id']}")
    assert shown["place"] == claim["place"]  # as it was read
    assert shown["now"]["place"][0]["id"] == "sy-salamiyah"
    assert shown["now"]["place"][0]["lat"] == pytest.approx(35.0, abs=0.2)


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({"type": "withdrew"}, {"type": "withdrew"}),
        ({"status": "denied", "hedged": True}, {"status": "denied", "hedged": True}),
        ({"actor": [{"id": "sdf"}], "target": []}, {"target": []}),
        ({"actor": [{"name": "لجنة محلية"}]}, {}),
        ({"when": ["2024-12-02"]}, {"when": ["2024-12-02", "2024-12-02"]}),
        ({"when": None}, {"when": None}),
        ({"quantity": {"min": 3, "max": 5}}, {}),
        ({"extent": "part"}, {"extent": "part"}),
        ({"place": [{"name": "مزرعة", "lat": 34.5, "lon": 36.5}]}, {}),
        ({"chain": [{"id": "sohr", "kind": "monitor"}]}, {}),
        ({"toward": [{"id": "sy-homs"}]}, {}),
    ],
)
def test_every_field_can_be_corrected_and_is_concluded_from(
    desk: Browser, changes: dict[str, Any], stands: dict[str, Any]
) -> None:
    claim = desk.json("/claims", type="control_gained")["items"][0]["id"]
    desk.decide("correct", claim, changes=changes)
    shown = desk.json(f"/claims/{claim}")
    assert shown["review"]["state"] == "corrected"
    assert stands.items() <= shown["now"].items()
    if "chain" in changes:
        event = desk.json(f"/events/{shown['event']}")
        assert "sohr" in {origin["id"] for origin in event["origins"]}
    assert desk.json("/events", limit=500)["total"] > 0
    assert desk.get("/export/acled").status_code == 200
    assert desk.get("/export/geojson").status_code == 200


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"kind": "correct"}, "has changes"),
        ({"kind": "correct", "changes": {}}, "has changes"),
        ({"kind": "accept", "changes": {"type": "clash"}}, "has changes"),
        ({"kind": "correct", "changes": {"type": "conquered"}}, "is no type"),
        ({"kind": "correct", "changes": {"type": None}}, "cannot be empty"),
        ({"kind": "correct", "changes": {"status": "certain"}}, "status"),
        ({"kind": "correct", "changes": {"place": [{"id": "sy-nowhere"}]}}, "no place known"),
        ({"kind": "correct", "changes": {"place": [{}]}}, "an id or a name"),
        ({"kind": "correct", "changes": {"actor": [{"id": "nobody-at-all"}]}}, "nobody known"),
        ({"kind": "correct", "changes": {"when": ["2024-12-05", "2024-12-01"]}}, "after the last"),
        ({"kind": "correct", "changes": {"quantity": {"min": 9, "max": 2}}}, "more than the most"),
        ({"kind": "correct", "changes": {"why": "x"}}, "why"),
        ({"kind": "correct", "changes": {"place": [{"name": "x", "lat": 91}]}}, "lat"),
        ({"kind": "same"}, "two claims"),
        ({"kind": "note"}, "says something"),
        ({"kind": "explode"}, "kind"),
        ({"kind": "accept", "claims": ["none"], "seen": {"none": ""}}, "no claim none"),
        ({"kind": "accept", "seen": {}}, "which version"),
        ({"kind": "accept", "claims": []}, "claims"),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_kept(desk: Browser, body: dict[str, Any], says: str) -> None:
    claim = desk.json("/claims")["items"][0]["id"]
    answer = desk.post("/decisions", {"claims": [claim], "seen": {claim: ""}} | body)
    assert answer.status_code == 422, answer.text
    assert says in answer.json()["detail"]
    assert desk.json("/decisions")["total"] == 0


def test_two_people_do_not_overwrite_each_other_unseen(war: Path) -> None:
    app = app_over(war)
    with Browser(app).client:
        amal, bassam = Browser(app).open(), Browser(app).open()
        assert bassam.post("/session", {"name": "bassam"}, method="PUT").json()["user"]["name"] == "bassam"
        claim = amal.json("/claims")["items"][0]["id"]
        seen = {claim: ""}
        first = amal.post("/decisions", {"kind": "accept", "claims": [claim], "seen": seen})
        assert first.status_code == 201
        body = {"kind": "not-a-claim", "claims": [claim], "seen": seen}
        late = bassam.post("/decisions", body)
        assert late.status_code == 409
        conflict = late.json()["conflicts"][0]
        assert (late.json()["type"], conflict["claim"]) == ("riwaya:conflict", claim)
        assert [one["author"] for one in conflict["decisions"]] == ["amal"]
        assert amal.json(f"/claims/{claim}")["review"]["state"] == "accepted"
        again = bassam.post("/decisions", body | {"seen": {claim: conflict["now"]}})
        assert again.status_code == 201
        assert again.json()["decision"]["author"] == "bassam"
        undo = f"/decisions/{again.json()['decision']['id']}/withdraw"
        assert amal.post(undo, {}).status_code == 200
        assert bassam.post(undo, {}).status_code == 409
        assert bassam.json(f"/claims/{claim}")["review"]["state"] == "accepted"


def test_one_of_two_at_the_same_moment_is_told_of_the_other(war: Path) -> None:
    from threading import Barrier, Thread

    app = app_over(war)
    with Browser(app).client:
        people = [Browser(app).open() for _ in range(4)]
        claim = people[0].json("/claims")["items"][0]["id"]
        gate, codes = Barrier(len(people)), []

        def decide(person: Browser) -> None:
            gate.wait()
            body = {"kind": "accept", "claims": [claim], "seen": {claim: ""}}
            codes.append(person.post("/decisions", body).status_code)

        threads = [Thread(target=decide, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(codes) == [201, 409, 409, 409]
        assert people[0].json("/decisions")["total"] == 1


def test_what_another_program_decides_is_seen(war: Path, desk: Browser, run: Run) -> None:
    before = desk.json("/version")
    claims = taken(desk, "sy-hama")
    code, _, err = run("decide", "not-a-claim", *claims, "--author", "cli", "--ledger", war)
    assert code == 0, err
    run("events", "--ledger", war)  # it concludes as well
    assert holder(desk, "sy-hama") != "sy-opposition"
    assert desk.json("/version") != before
    assert desk.json("/decisions")["items"][0]["author"] == "cli"


def test_events_merge_and_split(desk: Browser) -> None:
    event = next(one for one in desk.json("/events", limit=500)["items"] if len(one["claims"]) > 1)
    first, *rest = event["claims"]
    desk.decide("different", first, *rest)
    apart = desk.json(f"/claims/{first}")["event"]
    assert all(desk.json(f"/claims/{other}")["event"] != apart for other in rest)
    done = desk.decide("same", first, *rest)
    together = {desk.json(f"/claims/{claim}")["event"] for claim in event["claims"]}
    assert len(together) == 1
    assert together <= set(done["touched"]["events"])


def test_the_queue_puts_first_what_matters_and_forgets_what_was_ruled_on(desk: Browser) -> None:
    queue = desk.json("/review", limit=500)
    scores = [one["score"] for one in queue["items"]]
    assert scores == sorted(scores, reverse=True)
    top = queue["items"][0]
    assert top["reasons"]
    disputed = desk.json("/review", kind="disputed", limit=500)["items"]
    assert disputed
    assert all("disputed" in {reason["kind"] for reason in one["reasons"]} for one in disputed)
    desk.decide("accept", top["claim"]["id"])
    after = desk.json("/review", limit=500)
    assert top["claim"]["id"] not in {one["claim"]["id"] for one in after["items"]}
    assert after["counts"]["accepted"] == 1
    assert [one["claim"]["id"] for one in desk.json("/review", review="accepted")["items"]] == [
        top["claim"]["id"]
    ]
    assert desk.json("/claims", review="accepted")["total"] == 1
    assert desk.json("/claims", review="open")["total"] == queue["counts"]["open"] - 1


def test_corrections_are_gold_that_evaluate_takes(desk: Browser, tmp_path: Path, run: Run) -> None:
    claims = [one for one in desk.json("/claims", limit=500)["items"] if one["place"]]
    desk.decide("accept", claims[0]["id"])
    desk.decide("not-a-claim", claims[1]["id"])
    desk.decide("correct", claims[2]["id"], changes={"status": "planned"})
    gold = desk.get("/corrections")
    left = [json.loads(line) for line in gold.text.splitlines()]
    assert claims[1]["id"] not in {one["id"] for one in left}
    assert {one["id"]: one for one in left}[claims[2]["id"]]["status"] == "planned"
    score = desk.json("/corrections/score")
    assert score["score"]["claims"]["read"] > score["score"]["claims"]["right"]
    (tmp_path / "gold.jsonl").write_bytes(gold.content)
    (tmp_path / "reports.jsonl").write_bytes(desk.get("/corrections/reports").content)
    code, out, err = run("evaluate", tmp_path / "gold.jsonl", "--claims", tmp_path / "gold.jsonl", "--json")
    assert code == 0, err
    assert json.loads(out)["claims"]["f1"] == 1


def test_a_note_leaves_everything_as_it_is(desk: Browser) -> None:
    claim = desk.json("/claims")["items"][0]["id"]
    before = desk.json("/events", limit=500)["items"]
    desk.decide("note", claim, note="<b>اسأل المراسل</b>")
    assert desk.json("/events", limit=500)["items"] == before
    shown = desk.json(f"/claims/{claim}")
    assert (shown["review"]["state"], shown["decisions"][0]["note"]) == ("noted", "<b>اسأل المراسل</b>")


def test_a_rejected_claim_can_be_accepted_after_all(desk: Browser) -> None:
    claim = taken(desk, "sy-hama")[0]
    desk.decide("not-a-claim", claim)
    assert desk.json(f"/claims/{claim}")["now"] is None
    desk.decide("accept", claim)
    assert desk.json(f"/claims/{claim}")["now"]["id"] == claim


def test_rebuilding_gives_what_the_desk_shows(desk: Browser, war: Path, run: Run) -> None:
    for claim in taken(desk, "sy-hama")[:1]:
        desk.decide("correct", claim, changes={"place": [{"id": "sy-salamiyah"}], "hedged": True})
    shown = {one["id"]: one["support"] for one in desk.json("/events", limit=500)["items"]}
    assert run("rebuild", "--ledger", war)[0] == 0
    _, out, _ = run("events", "--ledger", war, "--json")
    said = [json.loads(line) for line in out.splitlines()]
    assert {one["id"]: one["support"] for one in said} == shown
