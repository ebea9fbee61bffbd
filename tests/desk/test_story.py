"""The whole story of an analyst, in both languages, at a desk and on a phone held upright."""

from __future__ import annotations

import json
from typing import Any

import pytest
from acting import WORDS, at_rest, first_claim, map_drawn, panel, places, sign_in, sign_out, to
from playwright.sync_api import expect

# Each run has a town of its own, so that all can share one ledger.
RUNS = [
    ("ar", "desktop", "الباب", "sy-al-bab", "Al-Bab"),
    ("en", "desktop", "جرابلس", "sy-jarabulus", "Jarabulus"),
    ("ar", "phone", "عفرين", "sy-afrin", "Afrin"),
    ("en", "phone", "أعزاز", "sy-azaz", "Azaz"),
]


@pytest.mark.parametrize(("lang", "size", "town", "place", "english"), RUNS, ids=lambda value: str(value))
def test_an_analysts_day(
    house: Any, opened: Any, shot: Any, lang: str, size: str, town: str, place: str, english: str
) -> None:
    words = WORDS[lang]
    tag = f"{lang}-{size}"
    page = opened(house, "/add", lang=lang, size=size)
    shot(page, f"{tag}-00-sign-in")
    sign_in(page, lang, "amal")

    # Add: the reading shows while the text is pasted, and nothing is kept before it is asked for.
    text = f"🔴 سيطرت قوات سوريا الديمقراطية على مدينة {town}، وفق سكان."
    page.get_by_label(words["text"]).fill(text)
    page.get_by_label(words["published"]).fill("2024-12-07")
    page.get_by_label(words["outlet"]).fill("وكالة الجسر")
    expect(page.locator(".reading .place").first).to_have_text(town)
    shot(page, f"{tag}-01-try")
    page.get_by_role("button", name=words["keep"]).click()
    expect(page.locator(".job .tag", has_text=words["done"])).to_be_visible()

    # Look: the map has the town on the day, not before it, and not by what was known the day before.
    page.goto(house.url + to("/", at="2024-12-07"))
    map_drawn(page)
    at_rest(page)
    shot(page, f"{tag}-02-map")
    panel(page, lang)
    name = town if lang == "ar" else english
    row = page.locator("aside .list li", has_text=name).first
    expect(row).to_be_visible()
    before = places(page)
    slider = page.get_by_label(words["when"])
    day = int(slider.input_value())
    slider.focus()
    # On a page from right to left, left is later; Home and End are first and last in both.
    page.keyboard.press("ArrowRight" if lang == "ar" else "ArrowLeft")
    expect(slider).to_have_value(str(day - 1))
    expect(row).to_have_count(0)
    assert places(page) < before
    page.keyboard.press("End")
    expect(row).to_be_visible()
    known = page.get_by_label(words["known"]).first
    known.focus()
    page.keyboard.press("Home")
    expect(row).to_have_count(0)
    at_rest(page)
    shot(page, f"{tag}-03-known-by")
    page.keyboard.press("End")
    expect(row).to_be_visible()

    # Open the place, then its story, then the words it rests on.
    row.locator("button").click()
    at_rest(page)
    shot(page, f"{tag}-04-place-card")
    page.get_by_role("link", name=words["story"]).click()
    expect(page.locator("h1")).to_contain_text(name)
    at_rest(page)
    shot(page, f"{tag}-05-place")
    page.locator(".history a.text").first.click()
    expect(page.locator(".report")).to_be_visible()
    assert page.locator(".report").text_content() == text
    marked = page.locator(".report [data-role=place]")
    expect(marked).to_have_text(town)
    expect(page.locator(".report .trigger")).to_have_text("سيطرت")
    at_rest(page)
    shot(page, f"{tag}-06-evidence")

    # Correct the place by keys: the map is another at once, and undo brings it back.
    claim = first_claim(page, house, town)
    page.goto(house.url + to(f"/review/{claim['id']}"))
    expect(page.locator(".detail .report")).to_be_visible()
    page.keyboard.press("c")
    form = page.locator("form", has=page.get_by_role("button", name=words["save"]))
    expect(form).to_be_visible()
    form.get_by_role("button", name=f"{words['remove']}: {town}").click()
    finder = form.get_by_role("combobox", name=words["place"])
    finder.fill("السلمية")
    expect(form.locator("[role=option]").first).to_be_visible()
    shot(page, f"{tag}-07-correct")
    finder.press("Enter")
    form.get_by_role("button", name=words["save"]).click()
    expect(page.locator(".detail .tag.accent", has_text=words["corrected"]).first).to_be_visible()
    at_rest(page)
    shot(page, f"{tag}-08-corrected")
    settles(page, house, place, None)
    tools = page.get_by_role("toolbar")
    tools.get_by_role("button", name=words["undo"]).click()
    expect(page.locator(".detail .tag.accent", has_text=words["corrected"])).to_have_count(0)
    settles(page, house, place, "sdf")

    # Accept it, and take the view away as a file.
    tools.get_by_role("button", name=words["accept"]).click()
    expect(page.locator(".decision", has_text="amal").first).to_be_visible()
    page.goto(house.url + to("/timeline", q=town))
    expect(page.locator(".body .cells").first).to_be_visible()
    at_rest(page)
    shot(page, f"{tag}-09-timeline")
    page.get_by_role("button", name=words["export"]).click()
    with page.expect_download() as download:
        page.locator("dialog").get_by_role("link", name="geojson").first.click()
    exported = json.loads(download.value.path().read_text("utf-8"))
    assert exported["type"] == "FeatureCollection"
    assert {one["properties"].get("name_ar") for one in exported["features"]} == {town}
    page.keyboard.press("Escape")

    # A second person sees who decided what.
    sign_out(page, lang)
    sign_in(page, lang, "badr")
    page.goto(house.url + to(f"/review/{claim['id']}"))
    expect(page.locator(".decision", has_text="amal").first).to_be_visible()
    at_rest(page)
    shot(page, f"{tag}-10-second-person")


def settles(page: Any, desk: Any, place: str, holder: str | None) -> None:
    """Wait until the server concludes that somebody, or nobody, holds a place."""
    address = desk.url + to("/api/v1/control", at="2024-12-08")
    for _ in range(60):
        found = {one["place"]["id"]: one["holder"] for one in page.request.get(address).json()["items"]}
        if found.get(place) == holder:
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{place} is held by {found.get(place)}, not by {holder}")
