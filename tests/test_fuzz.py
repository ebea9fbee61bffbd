"""Every parser against damaged files: no exception, one line for each problem, and an end.

A sound file of each kind is cut, doubled, overwritten and joined to others. ``RIWAYA_FUZZ=5000`` tries so
many of each instead of the few of an ordinary run.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import tarfile
import zipfile
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riwaya.sources import Given, Problem, reports
from riwaya.sources import archive as archives

EXAMPLES = int(os.environ.get("RIWAYA_FUZZ", "25"))
A = "دخلت فصائل المعارضة مدينة حمص ليلا بعد انسحاب قوات الجيش من أحيائها الغربية، وفق ما أفاد سكان."
PAGE = f"""<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>عنوان</title>
<meta property="article:published_time" content="2024-12-06T10:00:00Z"><script type="application/ld+json">
{{"@graph":[{{"@type":"NewsArticle","headline":"ع","datePublished":"2024-12-08","publisher":{{"name":"ن"}}}}]}}
</script></head><body><div class="comments"><p>{A}</p></div><article><h1>ع</h1><p>{A}</p>
<time>7 ديسمبر 2024</time><p>{A}</p></article><table><tr><td>{A}</td></tr></table></body></html>"""
MESSAGES = [
    {"id": 1, "type": "service", "date": "2024-12-01T00:00:00", "text": ""},
    {
        "id": 2,
        "type": "message",
        "date": "2024-12-08T02:30:00",
        "date_unixtime": "1733614200",
        "text": [A, {"text": A}],
    },
    {
        "id": 3,
        "type": "message",
        "date": "2024-12-08T02:30:00",
        "text": A,
        "forwarded_from": None,
        "poll": {},
    },
]
CHAT = {"name": "قناة", "type": "public_channel", "id": 1, "messages": MESSAGES}
RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>م</title><item><title>ع</title>
<guid>1</guid><pubDate>Sun, 08 Dec 2024 01:30:00 +0300</pubDate>
<description><![CDATA[<p>{A}</p>]]></description></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>م</title><entry><title>ع</title><id>1</id>
<updated>2024-12-08T00:00:00Z</updated><content type="html">&lt;p&gt;{A}&lt;/p&gt;</content></entry></feed>"""
MHTML = f"""From: <Saved by Blink>\nSnapshot-Content-Location: https://x.example/a\nMIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit\n\n{PAGE}\n--b--\n"""


def warc_record(page: bytes) -> bytes:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://x.example/a\r\n"
    head += f"Content-Length: {len(answer)}\r\n"
    return head.encode() + b"Content-Type: application/http; msgtype=response\r\n\r\n" + answer + b"\r\n\r\n"


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
        packed.writestr("b.jsonl", json.dumps({"text": A}))
    return out.getvalue()


def tarred(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        for name in ("a.html", "../b.html"):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return out.getvalue()


def table(delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows(
        [["id", "text", "published"], ["1", f'{A}\n"{A}"', "2024-12-08"], ["2", A, "7 ديسمبر 2024"]]
    )
    return out.getvalue().encode("utf-8-sig")


@lru_cache(maxsize=1)
def samples() -> dict[str, bytes]:
    page = PAGE.encode()
    lines = "".join(json.dumps({"id": n, "text": A, "published": "2024-12-08"}) + "\n" for n in range(3))
    found = {
        "a.txt": f"دمشق – 7 كانون الأول/ديسمبر 2024\n{A}".encode(),
        "b.txt": A.encode("utf-16"),
        "a.html": page,
        "b.html": PAGE.replace("utf-8", "windows-1256").encode("cp1256"),
        "a.mhtml": MHTML.encode(),
        "a.jsonl": lines.encode(),
        "a.json": json.dumps([{"text": A}] * 3, indent=1).encode(),
        "result.json": json.dumps(CHAT, ensure_ascii=False, indent=1).encode(),
        "all.json": json.dumps({"about": "x", "chats": {"list": [CHAT, CHAT]}}).encode(),
        "a.csv": table(","),
        "a.tsv": table("\t"),
        "a.rss": RSS.encode(),
        "a.atom": ATOM.encode(),
        "a.warc": warc_record(page) * 3,
        "a.warc.gz": gzip.compress(warc_record(page)) * 3,
        "a.zip": zipped("a.html", page),
        "b.zip": zipped("c.zip", zipped("a.txt", A.encode())),
        "a.wacz": zipped("archive/x.warc", warc_record(page)),
        "a.tar": tarred(page),
        "a.tgz": gzip.compress(tarred(page)),
        "a.html.gz": gzip.compress(page),
    }
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        return found
    out = io.BytesIO()
    parquet.write_table(
        pyarrow.Table.from_pylist([{"text": A, "id": "1", "published": "2024-12-08"}] * 20), out
    )
    return found | {"a.parquet": out.getvalue()}


BITS = [
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"{", b"}", b"[" * 3000, b'{"a":' * 3000, b"<" * 500,
    b"<div>" * 3000, b"<!ENTITY x 'y'>", b"<!--", b"-->", b"]]>", b"\\ud800", b"\xed\xa0\x80", b"9" * 21,
    b"-1",
    b"null", b"NaN", b"1e999", "ـ".encode() * 50, "\u202e".encode(), b"\r", b"\n" * 50, b"\x1f\x8b\x08",
    b"PK\x03\x04", b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"charset=utf-7", b"charset=rot13",
    b"9999-12-31T23:59:59+23:59", b"0001-01-01",
]  # fmt: skip
JUNK = st.one_of(st.binary(max_size=40), st.sampled_from(BITS))


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    """A sound file with a few wounds."""
    data = samples()[name]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.integers(0, 80)))
        how = draw(st.sampled_from(["cut", "drop", "over", "into", "twice", "join"]))
        if how == "cut":
            data = data[:at]
        elif how == "drop":
            data = data[:at] + data[to:]
        elif how == "over":
            junk = draw(JUNK)
            data = data[:at] + junk + data[at + len(junk) :]
        elif how == "into":
            data = data[:at] + draw(JUNK) + data[at:]
        elif how == "twice":
            data = data[:to] + data[at:]
        else:
            data += samples()[draw(st.sampled_from(sorted(samples())))]
    return data


@pytest.mark.parametrize("name", sorted(samples()))
def test_a_damaged_file_never_raises(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST", 4 * 1024 * 1024)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(damaged(name))
    def check(data: bytes) -> None:
        path = tmp_path / name
        path.write_bytes(data)
        for result in reports([str(path)], Given()):
            if isinstance(result, Problem):
                assert "\n" not in str(result)
                assert result.what
                assert len(str(result)) < 2000
            else:
                assert result.report.text.strip()
                assert bool(result.dated) == (result.report.published is not None)
                assert len(result.sha256) == 64

    check()
    assert [path.name for path in tmp_path.iterdir()] == [name]
