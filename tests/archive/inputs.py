"""Archives for tests: reports by the thousand in every kind of file, and what an output holds."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PLACES = ("حمص", "حماة", "حلب", "درعا", "إدلب")


def texts(count: int, *, words: str = "") -> Iterator[str]:
    for n in range(count):
        said = f"سيطرت الفصائل على {PLACES[n % 5]} في اليوم {n}. " * (n % 3)
        yield f"تقرير رقم {n} {words} عن معارك في المدينة. {said}"


def rows(count: int, *, words: str = "", first: int = 0) -> list[dict[str, str]]:
    return [
        {
            "id": f"r{first + n}",
            "text": text,
            "outlet": f"outlet {n % 7}",
            "published": f"2024-12-{1 + n % 28:02}",
        }
        for n, text in enumerate(texts(count, words=words))
    ]


def as_lines(found: list[dict[str, str]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in found)


def write_lines(path: Path, found: list[dict[str, str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = as_lines(found)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def write_parquet(path: Path, found: list[dict[str, str]], *, group: int = 50) -> Path:
    parquet.write_table(pa.Table.from_pylist(found), path, row_group_size=group)
    return path


def write_crawl(path: Path, found: list[dict[str, str]]) -> Path:
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=path.suffix == ".gz")
        for n, row in enumerate(found):
            page = f"<html><body><article><p>{row['text']}</p></article></body></html>".encode()
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], "HTTP/1.0")
            url = f"http://example.org/2024/12/01/{n}"
            writer.write_record(
                writer.create_warc_record(url, "response", payload=BytesIO(page), http_headers=head)
            )
    return path


def files(out: Path) -> dict[str, str]:
    """Every file of an output with its hash: what must be the same whoever wrote it."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.name.startswith(".lock")
    }


def parts(out: Path) -> dict[str, str]:
    """The same without what says where the inputs are."""
    return {name: sha for name, sha in files(out).items() if name.split("/")[0] in ("claims", "reports")}


def claims(out: Path) -> list[dict[str, object]]:
    """The claims of an output in the order of its manifest."""
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    found: list[dict[str, object]] = []
    for shard in manifest["shards"]:
        table = parquet.read_table(out / shard["claims"]["path"], columns=["json"])
        found += [json.loads(text) for text in table["json"].to_pylist()]
    return found


def quarantined(out: Path) -> list[dict[str, str]]:
    return [
        json.loads(line)
        for path in sorted((out / "quarantine").glob("*"))
        for line in path.read_text("utf-8").splitlines()
    ]
