"""Awkward pages: what is read of them, and what is left where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from riwaya.sources import Given, Problem, Received, reports
from riwaya.sources.dates import moment

A = "دخلت فصائل المعارضة مدينة حمص ليلا بعد انسحاب قوات الجيش من أحيائها الغربية، وفق ما أفاد سكان."
B = "وأضاف السكان أن الكهرباء انقطعت عن معظم أحياء المدينة منذ ساعات المساء وأن الشوارع خلت من المارة."
C = "وقال مصدر أمني إن الجيش أعاد انتشاره في ريف المدينة الجنوبي وأقام حواجز على الطريق الدولي."
OTHER = "قصفت طائرات حربية أحياء في مدينة حلب ظهر اليوم ما أدى إلى مقتل خمسة مدنيين وإصابة آخرين بجروح."
READER = "سيطرت الفصائل على دمشق أيضا كما سمعت من أقاربي هناك قبل قليل والله أعلم"


def page(
    body: str, head: str = "", opening: str = '<html lang="ar" dir="rtl">', charset: str = "utf-8"
) -> str:
    meta = f'<meta charset="{charset}"><title>عنوان | موقع</title>{head}'
    return f"<!doctype html>{opening}<head>{meta}</head><body>{body}</body></html>"


def story(*parts: str) -> str:
    return f"<article><h1>حمص</h1>{''.join(parts)}</article>"


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def read(folder: Path, content: str | bytes, name: str = "a.html", **given: Any) -> list[Received | Problem]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(reports([str(path)], Given(**given)))


def one(folder: Path, content: str | bytes, **given: Any) -> Received:
    (found,) = read(folder, content, **given)
    assert isinstance(found, Received), found
    return found


LEFT_OUT = {
    "a link in the text": story(p(A), f'<p><b>اقرأ أيضا:</b> <a href="/x">{OTHER}</a></p>', p(B)),
    "a link without markup": story(p(A, f"شاهد أيضا: {OTHER}", B)),
    "a box of related stories": story(p(A, B), f'<div class="related-posts"><ul><li>{OTHER}</li></ul></div>'),
    "what is read most": story(p(A, B)) + f'<aside id="most-read"><ol><li>{OTHER}</li></ol></aside>',
    "comments behind": story(p(A, B)) + f'<div id="comments"><h3>تعليقات (2)</h3>{p(READER)}</div>',
    "comments within": story(p(A, B), f'<section class="reader-comments">{p(READER)}</section>'),
    "comments under a heading": f"<div><h1>حمص</h1>{p(A, B)}<h3>تعليقات القراء</h3>{p(READER)}</div>",
    "a cookie banner": f'<div class="cookie-consent">{p("ملفات تعريف الارتباط")}</div>' + story(p(A, B)),
    "a newsletter": story(p(A, B), '<div class="newsletter">اشترك في النشرة</div>'),
    "a list under a heading": story(p(A, B), f'<h3>اقرأ أيضا</h3><ul><li><a href="/x">{OTHER}</a></li></ul>'),
    "a menu, a footer": f"<nav>{p(OTHER)}</nav>" + story(p(A, B)) + f"<footer>{p('الحقوق محفوظة')}</footer>",
}  # fmt: skip


@pytest.mark.parametrize("body", LEFT_OUT.values(), ids=LEFT_OUT)
def test_only_the_article_is_read(tmp_path: Path, body: str) -> None:
    text = one(tmp_path, page(body)).report.text
    assert A in text
    assert B in text
    for word in ("قصفت", "أقاربي", "الارتباط", "اشترك", "الحقوق"):
        assert word not in text


def test_of_two_articles_the_pages_own(tmp_path: Path) -> None:
    second = f"<article><h2>حلب</h2>{p(OTHER, OTHER)}</article>"
    first, remark = read(tmp_path, page(f"<main>{second}{story(p(A, B))}</main>"))
    assert isinstance(first, Received)
    assert A in first.report.text
    assert "قصفت" not in first.report.text
    assert "1 more articles on the page are left out" in str(remark)
    assert isinstance(remark, Problem)
    assert not remark.lost


OLD = {
    "a table for a layout": f"<table><tr><td>قائمة</td><td>{p(A, B)}</td></tr></table>",
    "line breaks for paragraphs": f'<div id="content">{A}<br><br>{B}</div>',
    "no markup of an article": f'<div class="story">{A} {B}</div>',
}


@pytest.mark.parametrize("body", OLD.values(), ids=OLD)
def test_old_pages(tmp_path: Path, body: str) -> None:
    text = one(tmp_path, page(body)).report.text
    assert A in text
    assert B in text


def test_a_page_that_needs_a_browser_gives_what_its_data_say(tmp_path: Path) -> None:
    data = f'<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{A}\\n{B}"}}</script>'
    assert one(tmp_path, page('<div id="app"></div>', data)).report.text.split() == f"{A} {B}".split()


@pytest.mark.parametrize(
    ("written", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-8-sig", "windows-1256"),
        ("cp1256", "windows-1256"),
        ("cp1256", "utf-8"),
        ("cp1256", "iso-8859-1"),
        ("utf-8", "windows-1256"),
        ("iso-8859-6", "iso-8859-6"),
        ("cp1256", "no-such-thing"),
    ],
)
def test_encodings_declared_rightly_and_wrongly(tmp_path: Path, written: str, declared: str) -> None:
    raw = page(story(p(A, B)), charset=declared).encode(written)
    assert A in one(tmp_path, raw).report.text


def ld(**said: str) -> str:
    inside = ",".join(f'"{key}":"{value}"' for key, value in said.items())
    return f'<script type="application/ld+json">{{"@type":"NewsArticle",{inside}}}</script>'


ADDRESS = '<link rel="canonical" href="https://news.example/2024/12/07/homs">'
DATED = [
    (ld(datePublished="2024-12-08T01:30:00+03:00") + ADDRESS, "", "2024-12-08", "JSON-LD datePublished"),
    (ld(dateModified="2024-12-09") + ADDRESS, "", "2024-12-07", "address"),
    (ld(datePublished="1970-01-01T00:00:00Z") + ADDRESS, "", "2024-12-07", "address"),
    ('<meta property="article:published_time" content="2024-12-06T10:00Z">', "", "2024-12-06", "meta"),
    ('<meta name="DC.Date.Issued" content="2024-12-06">', "", "2024-12-06", "meta dc.date.issued"),
    ("", "<time datetime='2024-12-05T10:00'>الخميس</time>", "2024-12-05", "time element"),
    ("", "<time>5 ديسمبر 2024</time>", "2024-12-05", "time element"),
    (ADDRESS, "", "2024-12-07", "address"),
    ("", "<p>حمص – 4 كانون الأول/ديسمبر 2024 – قالت مصادر محلية</p>", "2024-12-04", "dateline: حمص – 4"),
    ("", "<time datetime='2024-12-05'>أ</time><time datetime='2024-12-06'>ب</time>", None, ""),
    ("", "<p>في 4 ديسمبر 2024 انسحبت القوات من المدينة</p>", None, ""),
    ('<meta property="article:modified_time" content="2024-12-09T10:00:00Z">', "", None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("head", "body", "day", "reason"), DATED)
def test_the_day_and_what_gave_it(tmp_path: Path, head: str, body: str, day: str | None, reason: str) -> None:
    found = one(tmp_path, page(story(body, p(A, B)), head))
    assert str(found.report.day) == str(day)
    assert found.dated.startswith(reason)
    assert bool(found.dated) == bool(day)


def test_a_persons_word_goes_before_a_dateline_and_behind_the_page(tmp_path: Path) -> None:
    line = "<p>حمص – 4 كانون الأول/ديسمبر 2024 – قالت مصادر محلية</p>"
    given = moment("2024-12-01")
    told = one(tmp_path, page(story(line, p(A, B))), published=given)
    assert (str(told.report.day), told.dated) == ("2024-12-01", "given with --published")
    told = one(tmp_path, page(story(line, p(A, B)), ADDRESS), published=given)
    assert (str(told.report.day), told.dated) == ("2024-12-07", "address")


OUTLETS = [
    ('<meta property="og:site_name" content="موقع الأخبار">', "موقع الأخبار"),
    ('<meta property="og:site_name" content="https://x.example">', "صحيفة"),
    ('<script type="application/ld+json">{"@type":"Post","publisher":[{"name":"دار"}]}</script>', "دار"),
    ('<link rel="canonical" href="https://www.enabbaladi.net/1">', "صحيفة"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "outlet"), OUTLETS)
def test_the_outlet(tmp_path: Path, head: str, outlet: str) -> None:
    assert one(tmp_path, page(story(p(A, B)), head), outlet="صحيفة").report.outlet == outlet


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://www.enabbaladi.net/archives/1", "عنب بلدي"),
        ("https://news.enabbaladi.net/1", "عنب بلدي"),
        ("https://www.unknown.example/1", "unknown.example"),
    ],
)
def test_an_outlet_known_by_its_address(tmp_path: Path, url: str, outlet: str) -> None:
    assert one(tmp_path, page(story(p(A, B)), f'<link rel="canonical" href="{url}">')).report.outlet == outlet


def test_every_host_in_the_packs_is_of_a_source_that_they_know() -> None:
    from riwaya.sources import known

    assert [host for host, name in known.hosts().items() if not name] == []


def test_an_amp_page(tmp_path: Path) -> None:
    found = one(
        tmp_path, page(story(p(A), "<amp-ad></amp-ad>", p(B)), ADDRESS, opening="<html amp lang='ar'>")
    )
    assert (B in found.report.text, found.report.url) == (True, "https://news.example/2024/12/07/homs")


def test_a_page_saved_by_a_browser_knows_where_it_was(tmp_path: Path) -> None:
    saved = "<!-- saved from url=(0041)https://www.enabbaladi.net/2024/12/07/homs -->\n"
    found = one(tmp_path, saved + page(story(p(A, B))))
    assert (found.report.outlet, str(found.report.day)) == ("عنب بلدي", "2024-12-07")


def test_a_page_saved_in_one_file(tmp_path: Path) -> None:
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x.example/homs\r\nSubject: x\r\n"
        "Date: Sun, 8 Dec 2030 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="b"\r\n\r\n\r\n--b\r\n'
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    (found,) = read(tmp_path, f"{head}{page(story(p(A, B)))}\r\n--b--\r\n", "a.mhtml")
    assert isinstance(found, Received)
    assert (found.kind, found.report.url, found.report.published) == ("html", "https://x.example/homs", None)


def test_an_export_of_telegram_as_html_is_named(tmp_path: Path) -> None:
    message = f'<div class="message default clearfix" id="message1"><div class="text">{A}</div></div>'
    body = f'<div class="page_wrap"><div class="page_body"><div class="history">{message}</div></div></div>'
    (problem,) = read(tmp_path, page(body), "messages.html")
    assert "Telegram export as HTML" in str(problem)
    assert "JSON" in str(problem)


def test_pictures_that_a_saved_page_carries_along(tmp_path: Path) -> None:
    picture = f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 1_200_000}">'
    assert B in one(tmp_path, page(story(p(A), picture, p(B)))).report.text


def test_a_body_behind_a_paywall_is_the_body(tmp_path: Path) -> None:
    parts = "".join(f'<section class="paywall">{p(text)}</section>' for text in (A, B, C))
    text = one(tmp_path, page(story(parts))).report.text
    assert all(part in text for part in (A, B, C))
