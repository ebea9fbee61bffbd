"""Telegram exports, tables, feeds, crawls and archives: what people have goes in as it is."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riwaya.sources import Given, Problem, Received, reports
from riwaya.sources import archive as archives

ARABIC = "سيطرت الفصائل على مدينة حمص بعد انسحاب الجيش منها، وقال شهود إن الطريق إليها مفتوح."


def page(encoding: str) -> bytes:
    head = f'<!doctype html><html lang="ar"><head><meta charset="{encoding}"><title>عنوان</title></head>'
    body = f"<h1>حمص</h1><p>{ARABIC}</p><p>{ARABIC} وانقطعت الكهرباء عن معظم أحياء المدينة منذ المساء.</p>"
    return f"{head}<body><article>{body}</article></body></html>".encode(encoding)


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: object, **given: Any) -> list[Received | Problem]:
    return list(reports([str(path)], Given(**given)))


def said(found: list[Received | Problem]) -> list[str]:
    return [str(one) for one in found if isinstance(one, Problem)]


def texts(found: list[Received | Problem]) -> list[str]:
    return [one.report.text for one in found if isinstance(one, Received)]


MESSAGES: list[dict[str, Any]] = [
    {"id": 1, "type": "service", "date": "2024-12-01T00:00:00", "action": "create_channel", "text": ""},
    {
        "id": 2,
        "type": "message",
        "date": "2024-12-08T02:30:00",
        "date_unixtime": "1733614200",
        "edited": "2024-12-08T03:00:00",
        "from": "قناة حمص",
        "text": [
            "عاجل: ",
            {"type": "bold", "text": "سيطرت الفصائل"},
            " على حمص ",
            {"type": "hashtag", "text": "#حمص"},
        ],
        "forwarded_from": "شبكة الريف",
        "photo": "photos/1.jpg",
    },
    {"id": 3, "type": "message", "date": "2024-12-08T02:31:00", "text": "", "photo": "photos/2.jpg"},
    {"id": 4, "type": "message", "text": ARABIC},
    5,  # type: ignore[list-item]
]
CHANNEL = {"name": "قناة حمص", "type": "public_channel", "id": 123, "messages": MESSAGES}


@pytest.mark.parametrize("root", [CHANNEL, {"about": "x", "chats": {"about": "y", "list": [CHANNEL]}}])
def test_a_telegram_export(tmp_path: Path, root: dict[str, Any]) -> None:
    found = read(put(tmp_path, "result.json", json.dumps(root, ensure_ascii=False, indent=1)))
    first, second = [one.report for one in found if isinstance(one, Received)]
    assert first.text == "عاجل: سيطرت الفصائل على حمص #حمص"
    assert (first.outlet, first.origin, first.id) == ("قناة حمص", "شبكة الريف", "telegram/123/2")
    assert first.published
    assert first.published.isoformat() == "2024-12-08T02:30:00+03:00"
    assert first.url == "https://t.me/c/123/2"
    assert (second.text, second.published) == (ARABIC, None)
    assert ["without a date" in said(found)[0], "no object" in said(found)[1]] == [True, True]


def test_a_telegram_export_cut_short_says_so(tmp_path: Path) -> None:
    found = read(put(tmp_path, "result.json", json.dumps(CHANNEL, indent=1)[:-40]))
    assert len(texts(found)) == 1
    assert "result.json:42: not a whole Telegram export: the file ends in the middle" in said(found)[0]
    assert "1 messages before are read" in said(found)[0]


def test_between_people_the_outlet_is_who_wrote(tmp_path: Path) -> None:
    chat = {"name": "x", "type": "personal_chat", "id": 1, "messages": [MESSAGES[3] | {"from": "فلان"}]}
    one = next(
        one for one in read(put(tmp_path, "result.json", json.dumps(chat))) if isinstance(one, Received)
    )
    assert (one.report.outlet, one.report.url) == ("فلان", "")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1256"])
def test_a_spreadsheet(tmp_path: Path, delimiter: str, encoding: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["ID", "Text", "published", "outlet"])
    writer.writerow(["7", f"{ARABIC}\n{ARABIC}", "2024-12-08", "وكالة"])
    writer.writerow(["8", "", "2024-12-08", ""])
    writer.writerow(["9", ARABIC, "soon", "", "one too many"])
    writer.writerow(["10", ARABIC, "soon", ""])
    found = read(put(tmp_path, "a.csv", out.getvalue().encode(encoding)), outlet="صحيفة")
    assert texts(found) == [f"{ARABIC}\n{ARABIC}", ARABIC]
    assert [one.report.outlet for one in found if isinstance(one, Received)] == ["وكالة", "صحيفة"]
    assert [
        problem[problem.index(".csv") + 4 :][: len(wanted)]
        for problem, wanted in zip(said(found), (":4: no", ":5: 5 cells", ":6: published"), strict=True)
    ] == [":4: no", ":5: 5 cells", ":6: published"]


def test_a_spreadsheet_without_the_column_says_which(tmp_path: Path) -> None:
    (problem,) = said(read(put(tmp_path, "a.csv", "id,body\n1,x\n2,y\n")))
    assert "one column must be called text" in problem


def test_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    from pyarrow import parquet

    rows = [{"text": ARABIC, "id": "1", "published": "2024-12-08", "n": 1}, {"text": None, "id": "2"}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet")
    assert texts(found) == [ARABIC]
    assert ':2: no "text"' in said(found)[0]
    damaged = (tmp_path / "a.parquet").read_bytes()[:-20]
    assert "not readable Parquet" in said(read(put(tmp_path, "b.parquet", damaged)))[0]


RSS = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>موقع</title>
<link>https://x.example/</link>
<item><title>حمص</title><link>https://x.example/1</link><guid>1</guid>
<pubDate>Sun, 08 Dec 2024 01:30:00 +0300</pubDate><description>موجز</description>
<content:encoded><![CDATA[<p>{ARABIC}</p><p>ثم &amp; ثم</p>]]></content:encoded></item>
<item><title>بلا متن</title></item></channel></rss>"""


def test_a_feed(tmp_path: Path) -> None:
    found = read(put(tmp_path, "feed.xml", RSS))
    first, second = [one.report for one in found if isinstance(one, Received)]
    assert first.text == f"{ARABIC}\nثم & ثم"
    assert (first.title, first.outlet, first.url) == ("حمص", "موقع", "https://x.example/1")
    assert first.published
    assert first.published.isoformat() == "2024-12-08T01:30:00+03:00"
    assert second.published is None


def test_a_feed_with_entities_is_not_opened(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    (problem,) = said(read(put(tmp_path, "a.rss", RSS.replace("<rss", f"{laughs}<rss", 1))))
    assert "entities" in problem


def record(url: str, status: str, kind: str, body: bytes) -> bytes:
    answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
    head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    return head.encode() + answer + b"\r\n\r\n"


def crawl(path: Path) -> Path:
    records = [
        record("https://x.example/2024/12/07/homs", "200 OK", "text/html; charset=utf-8", page("utf-8")),
        record("https://x.example/old", "200 OK", "text/html", page("cp1256")),
        record("https://x.example/gone", "404 Not Found", "text/html", b"<html>gone</html>"),
        record("https://x.example/a.png", "200 OK", "image/png", b"PNG"),
    ]
    path.write_bytes(b"".join(map(gzip.compress, records)) if path.suffix == ".gz" else b"".join(records))
    return path


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_crawl(tmp_path: Path, name: str) -> None:
    found = read(crawl(tmp_path / name))
    first, second = [one.report for one in found if isinstance(one, Received)]
    assert ARABIC in first.text
    assert ARABIC in second.text
    assert (first.url, str(first.day), first.outlet) == (
        "https://x.example/2024/12/07/homs",
        "2024-12-07",
        "x.example",
    )
    assert second.published is None  # the day of the crawl is not the day of the page


def test_a_crawl_cut_short_gives_what_came_before(tmp_path: Path) -> None:
    whole = crawl(tmp_path / "a.warc.gz").read_bytes()
    found = read(put(tmp_path, "b.warc.gz", whole[: len(whole) // 2]))
    assert len(texts(found)) >= 1


def test_a_wacz_gives_its_crawl_only(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as out:
        out.writestr("datapackage.json", "{}")
        out.writestr("pages/pages.jsonl", '{"url": "https://x.example"}')
        out.write(crawl(tmp_path / "x.warc.gz"), "archive/data.warc.gz")
    found = read(tmp_path / "a.wacz")
    assert (len(texts(found)), said(found)) == (2, [])


def packed(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(name.replace("__", "/"), content)
    return path


def test_a_zip_is_read_by_what_is_in_it(tmp_path: Path) -> None:
    inner = packed(tmp_path / "inner.zip", **{"c.txt": ARABIC.encode()}).read_bytes()
    line = json.dumps({"text": ARABIC}).encode()
    path = packed(
        tmp_path / "a.zip",
        **{
            "a.txt": ARABIC.encode(),
            "b.jsonl.gz": gzip.compress(line),
            "in__inner.zip": inner,
            ".DS_Store": b"x",
        },
    )
    found = read(path)
    assert texts(found) == [ARABIC] * 3
    assert [one.where.rpartition("!")[2] for one in found] == ["a.txt", "b.jsonl:1", "c.txt"]


def test_nothing_is_ever_written_where_an_archive_says(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    path = packed(home / "a.zip", **{"..__..__escaped.txt": ARABIC.encode(), "__etc__x.txt": ARABIC.encode()})
    assert texts(read(path)) == [ARABIC] * 2
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["a.zip", "home"]


def test_bombs_are_named_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "RATIO_FROM", 1024)
    zeros = b"\0" * 3_000_000
    found = read(packed(tmp_path / "a.zip", **{"a.txt": zeros, "b.txt": ARABIC.encode()}))
    assert texts(found) == [ARABIC]
    assert "times its size; not read" in said(found)[0]
    assert "times its size" in said(read(put(tmp_path, "b.gz", gzip.compress(zeros))))[0]


def test_archives_within_archives_end(tmp_path: Path) -> None:
    data = ARABIC.encode()
    for _ in range(6):
        data = gzip.compress(data)
    assert "within one another" in said(read(put(tmp_path, "a.gz", data)))[0]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.zip", b"PK\x03\x04 and then nothing", "damaged zip"),
        ("a.gz", gzip.compress(ARABIC.encode())[:-9], "damaged gzip"),
        ("a.gz", b"\x1f\x8b\x08", "damaged gzip"),
        ("a.warc", b"WARC/1.0\r\nbroken", "a.warc"),
        ("a.parquet", b"PAR1 and then nothing", "Parquet"),
        ("a.rss", b"<rss>", "not a readable feed"),
        ("a.csv", b"", "empty"),
    ],
)
def test_damaged_files_are_named(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (problem,) = said(read(put(tmp_path, name, content)))
    assert says in problem


OPENINGS = [
    b"",
    b"PK\x03\x04",
    b"\x1f\x8b\x08\0",
    b"WARC/1.0\r\n",
    b"PAR1",
    b"<rss>",
    b'{"name":1,"messages":[',
    b"a,text\n",
]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(OPENINGS),
    st.binary(max_size=200),
    st.sampled_from([".zip", ".gz", ".warc", ".warc.gz", ".parquet", ".rss", ".csv", ".json"]),
)
def test_no_bytes_raise(tmp_path: Path, opening: bytes, content: bytes, ending: str) -> None:
    for result in read(put(tmp_path, f"a{ending}", opening + content)):
        assert str(result)
