"""Awkward, broken and hostile files: all are gone through, what can be read is, the rest is named."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from riwaya.sources import Given, Problem, Received, reports
from riwaya.sources.kinds import kind_of
from riwaya.sources.received import Input
from running import Run
from test_inputs import ARABIC, page, record

A = "سيطرت الفصائل على مدينة حمص ليلا بعد انسحاب الجيش من أحيائها الغربية، وفق ما أفاد سكان المدينة."


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path) -> list[Received | Problem]:
    return list(reports([str(path)], Given()))


def said(found: list[Received | Problem]) -> list[str]:
    return [str(one) for one in found if isinstance(one, Problem)]


def texts(found: list[Received | Problem]) -> list[str]:
    return [one.report.text for one in found if isinstance(one, Received)]


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def locked(data: bytes) -> bytes:
    raw = bytearray(data)
    raw[raw.find(b"PK\x03\x04") + 6] |= 1
    raw[raw.find(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def nested(depth: int) -> bytes:
    data = A.encode()
    for n in range(depth):
        data = zipped(**{f"{n}.zip" if n else "a.txt": data})
    return data


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel/></rss>'
OUTSIDE = (
    '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss/>'
)
# What lies in the folder: its bytes, how many reports come of it, and what is said of it.
FOLDER: dict[str, tuple[bytes | str | Callable[[], bytes], int, str]] = {
    "zip.txt": (zipped(**{"a.txt": A.encode()}), 1, ""),
    "page.jsonl": (page("utf-8"), 1, ""),
    "lines.html": (json.dumps({"text": A, "id": "1"}), 1, ""),
    "text.html": (A, 1, ""),
    "table.txt": (f"id,text,published\n1,{A},2024-12-08\n", 1, ""),
    "array.json": (json.dumps([{"text": A, "id": "2"}, {"text": A, "id": "3"}], indent=1), 2, ""),
    "object.json": (json.dumps({"text": A, "id": "4"}, indent=1), 1, ""),
    "broken.jsonl": (f'{{"id":"5","text":"{A}"}}\n{{x\n{{"id":"6","text":"{A}"}}', 2, "broken.jsonl:2:"),
    "cut.json": (json.dumps([{"text": A, "id": "7"}] * 2, indent=1)[:-30], 1, "cut.json:6: not a"),
    "deep.json": ('{"a":' * 100_000, 0, "deep.json:1: nested too deeply"),
    "deep.jsonl": (f'{{"x":{"[" * 9000}{"]" * 9000}}}\n{{"id":"8","text":"{A}"}}', 1, "deep.jsonl:1: "),
    "half.jsonl": (b'{"id":"9","text":"\\ud800 ' + A.encode() + b'"}', 1, ""),
    "long.txt": ("وقال شهود إن الطريق إليها مفتوح " * 220_000, 1, ""),  # 12 MB on one line
    "nul.txt": (f"{A}\0{A}", 1, ""),
    "laughs.xml": (LAUGHS, 0, "declares XML entities"),
    "outside.rss": (OUTSIDE.encode("utf-16"), 0, "declares XML entities"),
    "sitemap.xml": ('<?xml version="1.0"?><urlset><url/></urlset>', 0, "not a readable feed"),
    "bomb.gz": (lambda: gzip.compress(b"\0" * 30_000_000), 0, "times its size"),
    "slip.zip": (zipped(**{"..__..__out.txt": A.encode(), "b.txt": b""}), 1, "slip.zip!b.txt: empty"),
    "nested.zip": (nested(6), 0, "archives within one another"),
    "deep.zip": (nested(3), 1, ""),
    "locked.zip": (locked(zipped(**{"a.txt": A.encode()})), 0, "locked with a password"),
    "empty.zip": (b"PK\x05\x06" + bytes(18), 0, "without files"),
    "office.docx": (zipped(**{"[Content_Types].xml": b"x"}), 0, "an Office file"),
    "cut.gz": (gzip.compress(A.encode() * 9)[:-9], 0, "damaged gzip"),
    "cut.zip": (zipped(**{"a.txt": A.encode()})[:-30], 0, "damaged zip"),
    "open.csv": (f'id;text\n1;"{A}\n{A}"\n2;"{A}\n3;{A}\n', 2, "open.csv:4: a quotation mark is opened"),
    "excel.csv": (f"sep=;\nid;text\n1;{A}\n2;{A};3\n".encode("utf-16"), 1, "excel.csv:4: 3 cells where"),
    "other.csv": ("a,b\n1,2\n", 0, "other.csv:2: no column called text"),
    "photo.jpg": (b"\xff\xd8\xff\xe0" + bytes(range(256)), 0, "a JPEG picture"),
    "paper.pdf": (b"%PDF-1.7\n" + bytes(range(256)), 0, "a PDF"),
    "x.rar": (b"Rar!\x1a\x07\x00", 0, "a RAR archive"),
    "noise.bin": (bytes(range(128, 256)) * 8 + b"latin letters " * 90, 0, "neither UTF-8 nor"),
    "empty.txt": (b"", 0, "empty"),
    "english.txt": ("The rebels took the city of Homs on Sunday after the army had left.", 1, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", FOLDER)
def test_each_is_read_or_named(tmp_path: Path, name: str) -> None:
    content, count, says = FOLDER[name]
    found = read(put(tmp_path, name, content() if callable(content) else content))
    assert len(texts(found)) == count, said(found)
    assert all(str(tmp_path) in one and "\n" not in one for one in said(found))
    assert says in " | ".join(said(found))
    assert bool(says) == bool(said(found))


def test_the_whole_folder_is_gone_through(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, (content, _, _) in FOLDER.items():
        put(folder, name, content() if callable(content) else content)
    (folder / "dangling.txt").symlink_to(tmp_path / "nowhere")
    put(folder, "line\nbreak.txt", A)
    os.mkfifo(folder / "pipe")
    monkeypatch.chdir(tmp_path)
    code, out, err = run("add", "in")
    skipped = sum(bool(says) for _, _, says in FOLDER.values()) + 2
    assert code == 1
    assert out.endswith(f" were there, {skipped} skipped\n")
    assert "Traceback" not in err
    assert all(line.startswith("riwaya: ") for line in err.splitlines())
    for _, _, says in FOLDER.values():
        assert says in err
    for told in (
        "dangling.txt: no such file",
        "pipe: a device or a pipe",
        "in another language: 1 en",
        "without a day",
    ):
        assert told in err
    code, again, _ = run("add", "in")
    assert (code, again.split()[1]) == (1, "0")


def test_a_tar_is_read_and_its_links_are_not_followed(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as out:
        for name in ("a.txt", "../../b.txt", "/etc/c.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(A.encode())
            out.addfile(info, io.BytesIO(A.encode()))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        out.addfile(link)
    home = tmp_path / "home"
    home.mkdir()
    found = read(put(home, "x.tgz", packed.getvalue()))
    assert len(texts(found)) == 3
    assert "x.tar!link: a link or a device; not followed" in said(found)[0]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["home", "x.tgz"]


def test_a_crawl_goes_on_behind_what_is_damaged(tmp_path: Path) -> None:
    first, second = (record(f"https://x.example/{n}", "200 OK", "text/html", page("utf-8")) for n in (1, 2))
    found = read(put(tmp_path, "a.warc", first + b"no record at all\r\n" * 9 + second))
    assert (len(texts(found)), "damaged after 1 pages" in said(found)[0]) == (2, True)
    hurt = bytearray(gzip.compress(first))
    hurt[60:90] = bytes(30)
    found = read(put(tmp_path, "b.warc.gz", bytes(hurt) + gzip.compress(second)))
    assert (len(texts(found)), len(said(found)) > 0) == (1, True)


def test_a_crawl_packed_in_one_piece(tmp_path: Path) -> None:
    pages = [record(f"https://x.example/{n}", "200 OK", "text/html", page("utf-8")) for n in range(3)]
    found = read(put(tmp_path, "a.warc.gz", gzip.compress(b"".join(pages))))
    assert (len(texts(found)), said(found)) == (3, [])


def message(number: int, **more: Any) -> dict[str, Any]:
    sent = {"date": "2024-12-08T02:30:00", "date_unixtime": "1733614200"}
    return {"id": number, "type": "message", **sent, "text": f"{ARABIC} {number}", **more}


def chat(*messages: Any, **more: Any) -> str:
    about = {"name": "قناة", "type": "public_channel", "id": 9, "messages": list(messages)}
    return json.dumps(about | more, ensure_ascii=False, indent=1)


def test_odd_messages_are_passed_over_and_counted(tmp_path: Path) -> None:
    content = chat(
        message(1, type="service"),
        message(2, text="", poll={"question": "؟"}),
        message(3, text=None, photo="x.jpg"),
        message(4, edited="2024-12-08T03:00:00"),
        message(5, text=[ARABIC, {"type": "link", "text": " https://x.example"}]),
        None,
    )
    found = read(put(tmp_path, "result.json", content))
    four, five = (one for one in found if isinstance(one, Received))
    assert four.dated == "message date (edited 2024-12-08T03:00:00)"
    assert five.report.text == f"{ARABIC} https://x.example"
    assert "result.json:52: a message that is no object" in said(found)[0]
    assert "passed over: service messages 1, polls 1, messages without words 1" in said(found)[1]


@pytest.mark.parametrize(
    ("more", "origin"),
    [
        ({}, ""),
        ({"forwarded_from": "شبكة الريف", "forwarded_from_id": "channel5"}, "شبكة الريف"),
        ({"forwarded_from": "فلان"}, "فلان"),
        ({"forwarded_from": None}, "Deleted Account"),
        ({"forwarded_from": None, "forwarded_from_id": "user7"}, "user7"),
        ({"forwarded_from": "قناة"}, ""),  # itself
        ({"saved_from": "قناة أخرى"}, "قناة أخرى"),
    ],
)
def test_whom_a_message_is_forwarded_from(tmp_path: Path, more: dict[str, Any], origin: str) -> None:
    (found,) = read(put(tmp_path, "result.json", chat(message(1, **more))))
    assert isinstance(found, Received)
    assert found.report.origin == origin


def test_a_forward_is_on_the_word_of_whom_it_is_from(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "result.json", chat(message(1, forwarded_from="شبكة الريف"), message(2)))
    _, out, _ = run("read", "result.json")
    assert [row.split("\t")[5] for row in out.splitlines()[1:]] == ["شبكة الريف", ""]
    run("add", "result.json")
    _, out, _ = run("claims", "--json")
    first, second = map(json.loads, out.splitlines())
    assert (first["outlet"], first["forwarded"], "forwarded" in second) == ("قناة", "شبكة الريف", False)
    _, out, _ = run("claims", "--voices", "--json")
    assert sorted(json.loads(line)["name"] for line in out.splitlines()) == ["شبكة الريف", "قناة"]


def test_an_export_of_everything(tmp_path: Path) -> None:
    one, two = json.loads(chat(message(1))), json.loads(chat(message(1), id=10, name="ثانية"))
    whole = {
        "about": "x",
        "personal_information": {"first_name": "y", "more": [1, {"messages": []}]},
        "contacts": {"list": [{"first_name": "z" * 50} for _ in range(200)]},
        "chats": {"about": "c", "list": [one]},
        "left_chats": {"about": "c", "list": [two]},
    }
    found = read(put(tmp_path, "result.json", json.dumps(whole, ensure_ascii=False)))
    assert [one.report.outlet for one in found if isinstance(one, Received)] == ["قناة", "ثانية"]


def test_a_chat_that_says_its_name_last(tmp_path: Path) -> None:
    content = json.dumps({"messages": [message(1)], "name": "قناة", "type": "public_channel", "id": 3})
    (found,) = read(put(tmp_path, "x.json", content))
    assert isinstance(found, Received)
    assert (found.report.outlet, found.report.id) == ("قناة", "telegram/3/1")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"id": 2,', '"id": 2 2,,'),
        ('"id": 2,', '"id": 2, "x": {'),
        ('"id": 2,', '"id": 2, "x": ['),
        ('"id": 2,', '"id": 2, }'),
        ('"id": 2,', '"id": 2, ]'),
        ('"id": 2,', '"id": "2,'),
    ],
)
def test_a_broken_message_costs_itself_only(tmp_path: Path, old: str, new: str) -> None:
    content = chat(*(message(n) for n in range(1, 6))).replace(old, new, 1)
    found = read(put(tmp_path, "result.json", content))
    assert [one[-1] for one in texts(found)] == ["1", "3", "4", "5"]
    assert "result.json:" in said(found)[0]


def test_a_large_export_is_read_as_a_stream(tmp_path: Path) -> None:
    path = put(tmp_path, "result.json", chat(*(message(n, text=ARABIC * 40) for n in range(1500))))
    assert path.stat().st_size > 8_000_000
    read(put(tmp_path, "small.json", chat(message(1))))  # what is loaded once does not count
    tracemalloc.start()
    try:
        assert sum(1 for _ in reports([str(path)])) == 1500
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("<!-- x --><!DOCTYPE html><html></html>", "html"),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="y">', "html"),
        ('<?xml version="1.0"?><rss version="2.0">', "feed"),
        ('<feed xmlns="http://www.w3.org/2005/Atom">', "feed"),
        ('{"id": 1, "text": "x"}\n', "jsonl"),
        ('{"name": "x", "type": "public_channel", "messages": [', "telegram"),
        ("id,text,outlet\n", "csv"),
        ("حمص", "text"),
    ],
)
def test_a_kind_shows_in_any_encoding(content: str, kind: str, encoding: str) -> None:
    assert kind_of(Input("x", content.encode(encoding))).kind == kind


def test_a_pipe_of_any_kind() -> None:
    (found,) = reports(["-"], stdin=io.BytesIO(gzip.compress(json.dumps({"text": A}).encode())))
    assert isinstance(found, Received)
    assert found.where == "stdin!:1"


def test_interrupted_it_says_how_to_go_on(tmp_path: Path) -> None:
    """A person stops it: what was added is safe, nothing is half, the same command goes on."""
    rows = "\n".join(
        json.dumps({"id": str(n), "text": f"{A} {n}", "published": "2024-12-08"}) for n in range(500)
    )
    put(tmp_path, "many.jsonl", rows)
    code = (
        f"import sys, time; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from making import FakeReader\n"
        "import riwaya.claims\n"
        "class Slow(FakeReader):\n"
        "    def read(self, report, pack):\n"
        "        time.sleep(0.02)\n"
        "        return super().read(report, pack)\n"
        "riwaya.claims.READERS = (Slow(),)\n"
        "sys.argv = ['riwaya', 'add', 'many.jsonl', '--json']\n"
        "from riwaya.cli import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code]
    pipes: dict[str, Any] = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "cwd": tmp_path,
    }
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout
        for _ in range(5):
            process.stdout.readline()
        time.sleep(0.1)
        process.send_signal(2)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "what was added is safe, add again to go on" in err
    assert "Traceback" not in err


ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>م</title><entry><title>ع</title>
<id>tag:x,2024:1</id><link href="https://x.example/1"/><published>2024-12-08T01:00:00+03:00</published>
<updated>2024-12-09T00:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{A}</p>
<p>{ARABIC}</p></div></content></entry></feed>"""
RDF = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x">
<title>م</title></channel><item rdf:about="https://x.example/1"><title>ع</title><link>https://x.example/1</link>
<description>{A}</description><dc:date>2024-12-08T01:00:00+03:00</dc:date></item></rdf:RDF>"""


def rss(item: str, head: str = "") -> str:
    channel = f"<channel><title>م</title><item>{item}</item></channel>"
    return f'{head}<rss version="2.0">{channel}</rss>'


LINK = "<link>https://x.example/2024/12/07/1</link>"
WORDS = f"<description>{A}</description>"
PLACED = f"حمص، 6 ديسمبر 2024 - {A}"
MARKED = f"<description>&lt;p&gt;{A}&lt;/p&gt;&lt;p&gt;اقرأ المزيد&lt;/p&gt;</description>"
FEEDS = [
    (ATOM, "utf-8", f"{A}\n{ARABIC}", "2024-12-08", "feed: published"),
    (RDF, "utf-8", A, "2024-12-08", "feed: updated"),
    (rss(LINK + WORDS), "utf-8", A, "2024-12-07", "address"),
    (rss(f"<description>{PLACED}</description>"), "utf-8", PLACED, "2024-12-06", "dateline: "),
    (rss(WORDS), "utf-8", A, "None", ""),
    (rss(WORDS, '<?xml version="1.0" encoding="windows-1256"?>'), "cp1256", A, "None", ""),
    (rss(MARKED), "utf-8", A, "None", ""),
    (rss(f"<pubDate>السبت 7 كانون الأول 2024</pubDate>{WORDS}"), "utf-16", A, "2024-12-07", "feed"),
]


@pytest.mark.parametrize(("content", "encoding", "text", "day", "reason"), FEEDS)
def test_feeds_of_every_sort(
    tmp_path: Path, content: str, encoding: str, text: str, day: str, reason: str
) -> None:
    (found,) = read(put(tmp_path, "feed.xml", content.encode(encoding)))
    assert isinstance(found, Received)
    assert found.report.text == text
    assert (str(found.report.day), found.dated[: len(reason)]) == (day, reason)
