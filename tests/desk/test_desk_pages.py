"""Every page: nothing axe objects to, nothing from outside, and a map without WebGL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from acting import WORDS, at_rest, map_drawn, sign_in, to
from desks import chromium, ended, riwaya_, served
from playwright.sync_api import expect

import riwaya

AXE = Path(riwaya.__file__).parent / "web" / "desk" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
HOSTILE = '<script>window.__hit=1</script><img src=x onerror="window.__hit=1">"\'><svg onload=window.__hit=1>'


def addresses(page: Any, desk: Any) -> dict[str, str]:
    """One of every page."""
    ask = lambda path: page.request.get(desk.url + "/api/v1" + path).json()["items"][0]  # noqa: E731
    claim = ask(to("/claims", place="sy-manbij", type="control_gained"))
    return {
        "map": to("/"),
        "compare": "/?at=2024-12-08&with=2024-12-01",
        "timeline": "/timeline?first=2024-12-06",
        "place": "/place/sy-manbij",
        "event": f"/event/{ask(to('/events', place='sy-manbij', disputed='true'))['id']}",
        "actor": "/actor/sdf",
        "origin": to("/origin/sdf"),
        "origins": "/origins",
        "disputes": "/disputes",
        "report": f"/report/{claim['report']}?claim={claim['id']}",
        "review": "/review",
        "add": "/add",
        "search": to("/search", q="بحمص"),
    }


@pytest.mark.parametrize(
    ("lang", "size", "dark"), [("ar", "desktop", False), ("en", "phone", True)], ids=["light", "dark"]
)
def test_axe_finds_nothing(desk: Any, opened: Any, shot: Any, lang: str, size: str, dark: bool) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: make desk")
    script = AXE.read_text("utf-8")
    page = opened(desk, lang=lang, size=size, dark=dark)
    found = {}
    for name, path in addresses(page, desk).items():
        page.goto(desk.url + path)
        expect(page.locator("h1").first).to_be_attached()
        at_rest(page)
        if name == "review":
            page.keyboard.press("c")
        shot(page, f"page-{lang}-{size}{'-dark' if dark else ''}-{name}")
        page.evaluate(script)
        violations = page.evaluate("rules => axe.run(document, rules).then(found => found.violations)", RULES)
        if violations:
            found[name] = [
                (one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in violations
            ]
    assert found == {}, json.dumps(found, ensure_ascii=False)


def test_signing_in_is_for_everybody(house: Any, opened: Any) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: make desk")
    page = opened(house, "/", lang="en")
    expect(page.get_by_label(WORDS["en"]["password"], exact=True)).to_be_visible()
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate("rules => axe.run(document, rules).then(found => found.violations)", RULES) == []


def test_a_reader_reads_and_does_not_decide(house: Any, opened: Any) -> None:
    page = opened(house, "/review", lang="en")
    sign_in(page, "en", "zeid")
    expect(page.locator(".detail .report")).to_be_visible()
    expect(page.get_by_role("button", name=WORDS["en"]["accept"])).to_have_count(0)
    expect(page.get_by_role("link", name="Add", exact=True)).to_have_count(0)


def test_a_map_without_webgl(desk: Any, opened: Any, shot: Any, playwright: Any) -> None:
    plain = playwright.chromium.launch(executable_path=chromium(), args=["--disable-3d-apis"])
    try:
        page = opened(desk, "/?at=2024-12-08", by=plain)
        map_drawn(page)
        at_rest(page)
        assert page.evaluate("document.createElement('canvas').getContext('webgl2')") is None
        expect(page.locator(".map svg text", has_text="منبج")).to_be_visible()
        shot(page, "map-without-webgl")
        page.locator(".map svg circle[role]").first.click(force=True)
        expect(page.get_by_role("link", name=WORDS["ar"]["story"])).to_be_visible()
        page.context.close()
    finally:
        plain.close()


def test_the_map_with_webgl_is_drawn(desk: Any, opened: Any, shot: Any) -> None:
    page = opened(desk, "/?at=2024-12-08", lang="en")
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    expect(page.locator(".map svg")).to_have_count(0)  # the sketch goes when the map is whole
    shot(page, "map-with-webgl")


def test_hostile_reports_stay_text(tmp_path: Path, opened: Any, shot: Any) -> None:
    ledger, reports = tmp_path / "war.sqlite", tmp_path / "reports.jsonl"
    text = f"سيطرت الفصائل على مدينة حمص {HOSTILE}، وفق سكان.\n{HOSTILE}"
    row = {"id": "bad", "title": HOSTILE, "outlet": HOSTILE, "url": "javascript:window.__hit=1", "text": text}
    reports.write_text(json.dumps(row | {"published": "2024-12-07T10:00:00+03:00"}), "utf-8")
    riwaya_("add", reports, "--ledger", ledger)
    desk = served(ledger)
    try:
        page = opened(desk, "/report/bad", lang="en")
        expect(page.locator(".report")).to_be_visible()
        assert page.locator(".report").text_content() == text
        assert page.locator("h1").text_content() == HOSTILE
        assert page.locator("a[href^='javascript:']").count() == 0
        shot(page, "hostile-report")
        for path in ("/", "/timeline", "/review", "/origins", to("/search", q="حمص"), "/place/sy-homs"):
            page.goto(desk.url + path)
            at_rest(page)
            assert page.evaluate("window.__hit") is None
        page.context.close()
    finally:
        ended(desk)


def test_two_people_do_not_overwrite_each_other_unseen(house: Any, opened: Any, shot: Any) -> None:
    words = WORDS["en"]
    first, second = opened(house, "/", lang="en"), opened(house, "/", lang="en")
    for page, name in ((first, "amal"), (second, "badr")):
        # The one who sleeps is not told by the clock: what the other did is met when deciding.
        page.route("**/api/v1/version", lambda route: route.abort())
        sign_in_quietly(page, name)
    answer = first.request.get(house.url + "/api/v1/claims?type=air_strike").json()["items"][0]
    for page in (first, second):
        page.goto(f"{house.url}/review/{answer['id']}")
        expect(page.locator(".detail .report")).to_be_visible()
    first.get_by_role("button", name=words["accept"]).click()
    expect(first.locator(".decision", has_text="amal")).to_be_visible()
    second.get_by_role("button", name=words["reject"]).click()
    dialog = second.locator("dialog")
    expect(dialog.get_by_text("amal")).to_be_visible()
    shot(second, "conflict")
    dialog.get_by_role("button", name=words["theirs"]).click()
    expect(second.locator(".decision", has_text="amal")).to_be_visible()
    expect(second.locator(".decision", has_text="badr")).to_have_count(0)


def sign_in_quietly(page: Any, name: str) -> None:
    """Come in while the clock of versions stands still."""
    page.unroute("**/api/v1/version")
    sign_in(page, "en", name)


def test_the_language_is_switched_and_kept(desk: Any, opened: Any) -> None:
    page = opened(desk, "/timeline", lang="en")
    expect(page.locator("body")).to_have_attribute("dir", "ltr")
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("body")).to_have_attribute("dir", "rtl")
    expect(page.locator("h1")).to_have_text("الخط الزمني")
    assert page.evaluate("document.documentElement.dir") == ""
    page.reload()
    expect(page.locator("body")).to_have_attribute("dir", "rtl")


def test_a_view_is_an_address(desk: Any, opened: Any) -> None:
    page = opened(desk, "/timeline?first=2024-12-01&type=clash", lang="en")
    rows = page.locator(".body .cells a")
    expect(rows.first).to_have_text("Clash")
    assert set(rows.all_text_contents()) == {"Clash"}
    page.get_by_role("button", name="Remove the filter Clash").click()
    expect(page).to_have_url(desk.url + "/timeline?first=2024-12-01")
    page.go_back()
    expect(page).to_have_url(desk.url + "/timeline?first=2024-12-01&type=clash")
