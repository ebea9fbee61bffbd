from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from riwaya.model import Report
from riwaya.sources import SOURCES, Given, Problem, Received, reports
from riwaya.sources.dates import from_address, moment
from riwaya.sources.decode import NotTextError, decode
from riwaya.sources.language import language

ARABIC = "سيطرت الفصائل على مدينة حمص بعد انسحاب الجيش منها.\r\nوقال شهود إن الطريق مفتوح.\r\n"


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(*paths: object, **given: Any) -> list[Received | Problem]:
    return list(reports([str(path) for path in paths], Given(**given)))


def only(*paths: object, **given: Any) -> Report:
    (received,) = read(*paths, **given)
    assert isinstance(received, Received)
    return received.report


def problems(*paths: object) -> list[str]:
    return [str(result) for result in read(*paths) if isinstance(result, Problem)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "windows-1256"]
)
def test_text_in_any_encoding_is_what_was_written(tmp_path: Path, encoding: str) -> None:
    path = put(tmp_path, "a.txt", ARABIC.encode(encoding))
    assert only(path).text == ARABIC


def test_a_text_file_says_neither_day_nor_outlet_unless_told(tmp_path: Path) -> None:
    path = put(tmp_path, "2024-12-08.txt", ARABIC)
    assert (only(path).published, only(path).outlet, only(path).title) == (None, "", "")
    told = only(path, published=moment("2024-12-08"), outlet="صحيفة")
    assert (str(told.day), told.outlet) == ("2024-12-08", "صحيفة")


def test_custody_is_of_the_bytes_as_they_came(tmp_path: Path) -> None:
    raw = ARABIC.encode("utf-16")
    (received,) = read(put(tmp_path, "a.txt", raw))
    assert isinstance(received, Received)
    assert (received.sha256, received.size) == (hashlib.sha256(raw).hexdigest(), len(raw))


def test_a_stray_nul_is_part_of_the_text(tmp_path: Path) -> None:
    assert only(put(tmp_path, "a.txt", f"{ARABIC}\0{ARABIC}")).text == f"{ARABIC}\0{ARABIC}"


def test_a_scratched_file_is_read_and_named(tmp_path: Path) -> None:
    raw = ARABIC.encode()
    received, problem = read(put(tmp_path, "a.txt", raw[:11] + b"\xff" + raw[11:]))
    assert isinstance(received, Received)
    assert "\ufffd" in received.report.text
    assert "1 places are not utf-8" in str(problem)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t\n", "empty"),
        ("a.jsonl", b"\n\n", "empty"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "a PNG picture"),
        ("a.txt", bytes(2000), "binary"),
        ("a.html", b"<html><body></body></html>", "no article"),
        ("a.bin", bytes(range(128, 256)) * 8 + b"latin letters and more of them" * 90, "neither"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    import re

    (said,) = problems(put(tmp_path, name, content))
    assert re.search(says, said)
    assert name in said
    assert "\n" not in said


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.txt") == [f"{tmp_path / 'none.txt'}: no such file or folder"]


LINE = {
    "id": 7,
    "outlet": "وكالة",
    "published": "2024-12-08T10:00:00+03:00",
    "title": "عنوان",
    "text": ARABIC,
}


def lines(*rows: Any) -> bytes:
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def test_json_lines_carry_what_they_say(tmp_path: Path) -> None:
    said = only(put(tmp_path, "a.jsonl", lines(LINE)), outlet="other", published=moment("2001-01-01"))
    assert (said.id, said.outlet, said.title, said.text) == ("7", "وكالة", "عنوان", ARABIC)
    assert said.published == moment("2024-12-08T10:00:00+03:00")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (b'{"text": "x', ":2: not JSON"),
        (b"[1]", ":2: not a JSON object"),
        (b'{"id": 1}', ':2: no "text"'),
        (b'{"text": 5}', ':2: no "text"'),
        (b'{"text": "\xff\xfe"}' + b"\xff" * 9, ":2: "),
        (b"[" * 100_000, ":2: "),
        (b'{"a":' * 100_000, ":2: "),
    ],
)
def test_a_broken_line_is_named_by_number_and_the_rest_is_read(
    tmp_path: Path, broken: bytes, says: str
) -> None:
    found = read(put(tmp_path, "a.jsonl", lines(LINE, broken, LINE | {"id": 8})))
    assert [result.report.id for result in found if isinstance(result, Received)] == ["7", "8"]
    (problem,) = [result for result in found if isinstance(result, Problem)]
    assert says in str(problem)


def test_a_day_that_is_none_is_named_and_left_out(tmp_path: Path) -> None:
    received, problem = read(put(tmp_path, "a.jsonl", lines(LINE | {"published": "yesterday"})))
    assert isinstance(received, Received)
    assert received.report.published is None
    assert "'yesterday' is no date" in str(problem)


def test_something_else_under_that_name_is_given_up_early(tmp_path: Path) -> None:
    said = problems(put(tmp_path, "a.json", b"{\n" + b'"a": 1,\n' * 500 + b"}"))
    assert len(said) < 30
    assert "not JSON Lines" in said[-1]


def test_a_lone_surrogate_is_kept(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jsonl", b'{"text": "\\ud800 ' + ARABIC[:20].encode() + b'"}')
    assert only(path).text.startswith("\ud800")


PAGE = """<!doctype html><html lang="ar"><head><meta charset="{charset}"><title>عنوان الصفحة | موقع</title>
<link rel="canonical" href="https://news.example.org/2024/12/07/homs">
<meta property="og:site_name" content="موقع الأخبار">{head}</head><body>
<nav><a href="/">الرئيسية</a><a href="/sport">رياضة</a></nav>
<article><h1>المعارضة في حمص</h1>
<p>دخلت فصائل المعارضة مدينة حمص ليلا بعد انسحاب قوات الجيش من أحيائها الغربية، وفق ما أفاد سكان.</p>
<p>وأضاف السكان أن الكهرباء انقطعت عن معظم أحياء المدينة منذ ساعات المساء وأن الشوارع خلت من المارة.</p>
</article><section id="comments" class="comments"><p>تعليق قارئ: لا أصدق هذا الخبر أبدا</p></section>
<footer>جميع الحقوق محفوظة 2019</footer></body></html>"""
LD = """<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"x"},{"@type":"NewsArticle",
"headline":"المعارضة تدخل حمص",
"datePublished":"2024-12-08T01:30:00+03:00","publisher":{"name":"الناشر"}}]}</script>"""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1256"])
def test_a_page_gives_its_article(tmp_path: Path, charset: str) -> None:
    said = only(put(tmp_path, "a.html", PAGE.format(charset=charset, head=LD).encode(charset)))
    assert "دخلت فصائل المعارضة مدينة حمص" in said.text
    assert "تعليق قارئ" not in said.text
    assert "رياضة" not in said.text
    assert (said.title, said.outlet) == ("المعارضة تدخل حمص", "الناشر")
    assert said.url == "https://news.example.org/2024/12/07/homs"
    assert said.published == moment("2024-12-08T01:30:00+03:00")


@pytest.mark.parametrize(
    ("head", "day"),
    [
        (LD, "2024-12-08"),
        ('<meta property="article:published_time" content="2024-12-06T10:00:00Z">', "2024-12-06"),
        ("", "2024-12-07"),  # its own address says so
        ('<script type="application/ld+json">{broken</script>', "2024-12-07"),
    ],
)
def test_a_page_day_comes_from_what_it_says(tmp_path: Path, head: str, day: str) -> None:
    assert str(only(put(tmp_path, "a.html", PAGE.format(charset="utf-8", head=head))).day) == day


def test_a_page_without_a_day_has_none(tmp_path: Path) -> None:
    page = PAGE.format(charset="utf-8", head="").replace("2024/12/07/", "")
    assert only(put(tmp_path, "a.html", page)).published is None


def test_a_folder_is_read_whole_whatever_lies_in_it(tmp_path: Path) -> None:
    put(tmp_path, "b.jsonl", lines(LINE, b"x", LINE | {"id": 9}))
    put(tmp_path, "a.txt", ARABIC)
    put(tmp_path, "c.png", bytes(range(256)) * 9)
    put(tmp_path, ".hidden", "x")
    (tmp_path / "sub").mkdir()
    put(tmp_path / "sub", "d.html", PAGE.format(charset="utf-8", head=""))
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    found = read(tmp_path)
    assert [type(result) for result in found] == [Received, Received, Problem, Received, Problem, Received]


def test_a_pipe_in_a_folder_is_named_and_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p")
    assert problems(tmp_path) == [f"{tmp_path / 'p'}: a device or a pipe, not a file"]


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    assert problems(tmp_path) == [f"{tmp_path}: no files in this folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_closed_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir(mode=0)
    assert problems(tmp_path) == [f"{tmp_path / 'sub'}: no permission to read it"]


def test_the_pipe_is_read_like_a_file() -> None:
    (received,) = reports(["-"], stdin=io.BytesIO(ARABIC.encode()))
    assert isinstance(received, Received)
    assert (received.report.text, received.where) == (ARABIC, "stdin")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example(b"\x00\xd8", ".txt")
@example(b"<html>\x00<p>", ".html")
@given(st.binary(max_size=300), st.sampled_from([".txt", ".html", ".jsonl", ".bin"]))
def test_no_bytes_raise(tmp_path: Path, content: bytes, ending: str) -> None:
    for result in read(put(tmp_path, f"a{ending}", content)):
        assert str(result)


@given(st.text(st.characters(codec="utf-8")))
def test_text_with_a_mark_is_never_changed(text: str) -> None:
    try:
        assert decode(text.encode("utf-8-sig")).text == text
    except NotTextError:
        assert sum(char < " " or char == "\x7f" for char in text) > 8


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ARABIC, "ar"),
        ("12345 678", "ar"),
        ("Rebels took the city of Homs on Sunday after the army had left it.", "en"),
        ("نیروهای امنیتی گفتند که چند نفر در این حمله کشته و زخمی شده‌اند و گروهی گریختند", "fa"),
        ("الجیش یسیطر علی المدینة بعد معارك عنیفة استمرت یومین", "ar"),  # typed on a Persian keyboard
    ],
)
def test_languages(text: str, code: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("/2024/12/08/homs-12345", "2024-12-08"),
        ("/news/2024-12-8/x", "2024-12-08"),
        ("/news/20241208/x", "2024-12-08"),
        ("/news/2024/13/40", None),
        ("/2024/02/30/x", None),
        ("/id/120241208", None),
        ("/2024/12/08/as-on-2024/12/07/", None),
    ],
)
def test_days_in_addresses(address: str, day: str | None) -> None:
    found = from_address(address)
    assert (str(found.date()) if found else None) == day


@pytest.mark.parametrize("value", [None, "", "x", True, [], {}, 10**30, float("nan"), "2024-13-01"])
def test_what_is_no_moment(value: object) -> None:
    assert moment(value) is None


def test_every_kind_of_source_is_described() -> None:
    assert all(source.about and source.kind for source in SOURCES)
