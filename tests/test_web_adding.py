"""Reports that come in at the desk, and texts that are only tried."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from desking import Browser, app_over

TEXT = "سيطرت فصائل المعارضة السورية على مدينة السلمية، وفق المرصد السوري لحقوق الإنسان."


@pytest.fixture
def desk(war: Path) -> Iterator[Browser]:
    browser = Browser(app_over(war))
    with browser.client:
        yield browser.open()


def test_a_pasted_text_is_read_and_kept_once(desk: Browser) -> None:
    body = {"text": TEXT, "title": "خبر", "outlet": "وكالة", "published": "2024-12-05T10:00:00+03:00"}
    first = desk.finished(desk.post("/texts", body))
    assert (first["new"], first["known"], first["claims"] > 0) == (1, 0, True)
    again = desk.finished(desk.post("/texts", body))
    assert (again["new"], again["known"]) == (0, 1)
    shown = desk.json(f"/reports/{first['reports'][0]['id']}")
    assert shown["report"]["text"] == TEXT
    assert "amal" in shown["custody"]["command"]
    assert desk.get(f"/reports/{first['reports'][0]['id']}/original").content == TEXT.encode()
    places = {one["id"] for one in desk.json("/control/days")["places"]}
    assert "sy-salamiyah" in places


def test_files_of_any_kind_are_taken_and_what_was_skipped_is_said(desk: Browser) -> None:
    rows = [{"text": TEXT, "id": "a", "published": "2024-12-05"}, {"text": ""}]
    lines = "\n".join(json.dumps(row) for row in rows) + "\n{broken\n"
    job = desk.finished(desk.post("/uploads?name=feed.jsonl&outlet=وكالة", content=lines.encode()))
    assert (job["state"], job["new"]) == ("done", 1)
    assert len(job["skipped"]) >= 1
    assert all(one["where"].startswith("feed.jsonl") for one in job["skipped"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.txt", TEXT.replace("السلمية", "الرستن"))
        archive.writestr("two.txt", TEXT.replace("السلمية", "تلبيسة"))
    job = desk.finished(desk.post("/uploads?name=two.zip&published=2024-12-05", content=packed.getvalue()))
    assert job["new"] == 2


def test_half_a_character_comes_back_as_it_was(desk: Browser) -> None:
    line = json.dumps({"text": TEXT + "\ud800", "id": "half", "published": "2024-12-05"})
    job = desk.finished(desk.post("/uploads?name=x.jsonl", content=line.encode()))
    assert job["new"] == 1
    assert json.loads(desk.get("/reports/half").content)["report"]["text"] == TEXT + "\ud800"


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\x\\y.txt", "a" * 250, "خبر.txt", "\x00.txt", "."])
def test_a_file_may_be_called_anything(desk: Browser, name: str) -> None:
    answer = desk.client.post(
        "/api/v1/uploads",
        params={"name": name, "published": "2024-12-05"},
        content=TEXT.encode(),
        headers={"X-Riwaya-CSRF": desk.token},
    )
    job = desk.finished(answer)
    assert job["state"] == "done"
    assert "/" not in job["name"]


@pytest.mark.parametrize("content", [b"", b"\x00" * 500, b"PK\x03\x04broken", b"\xff\xfe\x00", b"{" * 5000])
def test_what_is_no_report_breaks_nothing(desk: Browser, content: bytes) -> None:
    job = desk.finished(desk.post("/uploads?name=x.bin", content=content))
    assert job["state"] == "done"
    assert desk.json("/meta")["counts"]["reports"] >= 17


def test_trying_keeps_nothing(desk: Browser) -> None:
    before = desk.json("/version")
    tried = desk.post("/try", {"text": TEXT, "published": "2024-12-05"}).json()
    claim = tried["claims"][0]
    assert (claim["type"], claim["place"][0]["id"]) == ("control_gained", "sy-salamiyah")
    assert claim["why"]
    assert claim["chain"][-1]["id"] == "sohr"
    assert desk.json("/version") == before
    assert (
        desk.post("/try", {"text": "The army took the town of Homs on Sunday, officials said."}).json()[
            "claims"
        ]
        == []
    )


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": 5}, {"text": "x", "published": "soon"}, [], "x"])
def test_what_is_no_text_is_refused(desk: Browser, body: object) -> None:
    assert desk.post("/try", body).status_code == 422
    assert desk.post("/texts", body).status_code == 422


def test_nothing_is_fetched_unless_the_desk_was_told_to(desk: Browser) -> None:
    answer = desk.post("/addresses", {"url": "https://example.org/"})
    assert (answer.status_code, answer.json()["type"]) == (403, "riwaya:offline")


def test_an_address_inside_is_not_fetched_even_then(war: Path) -> None:
    desk = Browser(app_over(war, fetch=True))
    with desk.client:
        desk.open()
        for url in (
            "http://127.0.0.1:1/x",
            "http://[::1]/",
            "http://169.254.169.254/latest",
            "http://localhost/",
        ):
            job = desk.finished(desk.post("/addresses", {"url": url}))
            assert (job["state"], job["new"]) == ("done", 0)
            assert job["skipped"], url


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/y", "javascript:alert(1)", "", "http:"])
def test_only_web_addresses_are_taken(desk: Browser, url: str) -> None:
    assert desk.post("/addresses", {"url": url}).status_code == 422
