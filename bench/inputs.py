"""How fast reports come in: taken out of their files, and added to a ledger with their claims."""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import corpus
from riwaya import pipeline
from riwaya.claims import READERS
from riwaya.ledger import open_ledger
from riwaya.model import Report
from riwaya.packs.pack import load_packs
from riwaya.sources import Received, reports

TAKEN = 5  # so many times more reports are only taken than are added


def jsonl(found: Sequence[Report], path: Path) -> Path:
    """JSON Lines."""
    rows = ({"id": str(n), "text": report.text, "published": "2024-12-08"} for n, report in enumerate(found))
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def telegram(found: Sequence[Report], path: Path) -> Path:
    """A Telegram export of one channel."""
    sent = {"type": "message", "date": "2024-12-08T02:30:00", "date_unixtime": "1733614200"}
    messages = [{"id": n, **sent, "text": report.text} for n, report in enumerate(found)]
    chat = {"name": "قناة", "type": "public_channel", "id": 1, "messages": messages}
    path.write_text(json.dumps(chat, ensure_ascii=False, indent=1), "utf-8")
    return path


def page(report: Report, number: int) -> bytes:
    """A web page with a menu and a footer around the report."""
    body = "".join(f"<p>{line}</p>" for line in report.text.splitlines())
    menu = "".join(f'<li><a href="/{n}">باب {n}</a></li>' for n in range(30))
    head = f"<head><meta charset=utf-8><title>خبر {number}</title></head>"
    article = f"<article><h1>خبر {number}</h1>{body}</article>"
    return (
        f"<!doctype html><html lang=ar>{head}<body><nav><ul>{menu}</ul></nav>{article}</body></html>".encode()
    )


def warc(found: Sequence[Report], path: Path) -> Path:
    """A crawl, packed record by record."""
    with path.open("wb") as out:
        for number, report in enumerate(found):
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page(report, number)
            head = (
                f"WARC-Target-URI: https://x.example/2024/12/08/{number}\r\nContent-Length: {len(answer)}\r\n"
            )
            kind = "Content-Type: application/http; msgtype=response\r\n"
            record = f"WARC/1.0\r\nWARC-Type: response\r\n{head}{kind}\r\n".encode() + answer + b"\r\n\r\n"
            out.write(gzip.compress(record))
    return path


KINDS: dict[str, tuple[Callable[[Sequence[Report], Path], Path], str]] = {
    "jsonl": (jsonl, "many.jsonl"),
    "telegram": (telegram, "result.json"),
    "warc": (warc, "many.warc.gz"),
}


def measured(count: int) -> Iterator[tuple[str, dict[str, float]]]:
    """For each kind of input, reports and megabytes a second taken, and reports a second added."""
    pack, reader = load_packs(), READERS[0]
    list(reader.read(Report("سيطرت قوات على مدينة حمص."), pack))
    found = corpus.reports(count * TAKEN)
    with tempfile.TemporaryDirectory() as folder:
        for name, (make, file) in KINDS.items():
            path = make(found, Path(folder) / file)
            next(iter(reports([str(path)])))  # what is loaded once does not count
            before = time.perf_counter()
            taken = sum(isinstance(one, Received) for one in reports([str(path)]))
            seconds = time.perf_counter() - before
            assert taken == len(found), f"{taken} of {len(found)}"
            size = path.stat().st_size / 1e6
            path = make(found[:count], Path(folder) / file)
            with open_ledger(Path(folder) / f"{name}.sqlite") as ledger:
                before = time.perf_counter()
                added = pipeline.add(reports([str(path)]), ledger, reader, pack, command="bench")
                new = sum(isinstance(one, pipeline.Added) and one.new for one in added)
                whole = time.perf_counter() - before
                before = time.perf_counter()
                again = pipeline.add(reports([str(path)]), ledger, reader, pack, command="bench")
                known = sum(isinstance(one, pipeline.Added) for one in again)
                resumed = time.perf_counter() - before
            yield (
                name,
                {
                    "taken a second": taken / seconds,
                    "MB a second": size / seconds,
                    "added a second": new / whole,
                    "passed over a second": known / resumed,
                },
            )


def main(count: int) -> None:
    for name, numbers in measured(count):
        print(
            f"{name:10} " + "  ".join(f"{what} {number:,.1f}" for what, number in numbers.items()), flush=True
        )
