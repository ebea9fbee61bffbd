"""Which files an archive is made of, and where each may be cut.

Nothing is read here but names, sizes, the ends of Parquet files and a few bytes around each cut; so a
plan of terabytes takes seconds, and every machine makes the same one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from riwaya.archive.shards import CRAWL, OTHER, PACKED, ROWS, TEXT, Piece
from riwaya.archive.stores import filesystem
from riwaya.sources import Problem

WILD = ("*", "?", "[")
READY = 16  # files looked at at once: on object storage each takes a round trip
LEAST_ROWS = 2000  # of a large row group, beyond that size: its beginning is decoded again for each cut
MOST_CUTS = 64  # of one row group
ROW_BYTES = 4096  # what a report takes, before anything is known of it
MEMBER = b"\x1f\x8b\x08"  # where each record of a packed crawl begins
STEP = 1024 * 1024
MANY = 500  # small files in one shard
ENDINGS = {
    ".parquet": ROWS,
    ".jsonl": TEXT,
    ".ndjson": TEXT,
    ".jsonl.gz": PACKED,
    ".ndjson.gz": PACKED,
    ".warc": CRAWL,
    ".warc.gz": CRAWL,
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the archive: its address as it is told, its size, and how its store marks its state."""

    url: str
    size: int
    mark: str


def files(given: Iterable[str]) -> Iterator[File | Problem]:
    """Every file in files, folders, patterns and addresses, in the order given and then by name."""
    seen: set[str] = set()
    for one in given:
        fs, path = filesystem(one)
        found = sorted(listed(fs, path), key=lambda row: str(row["name"]))
        if not found:
            yield Problem(one, "no such file or folder, or nothing in it")
        for row in found:
            url = address(fs, str(row["name"]))
            if url not in seen:
                seen.add(url)
                yield File(url, int(row["size"] or 0), mark_of(row))


def listed(fs: Any, path: str) -> list[dict[str, Any]]:
    """What a path stands for; hidden files and folders are passed over."""
    if any(sign in path for sign in WILD) and not fs.exists(path):
        rows = list(fs.glob(path, detail=True).values())
        return [
            one for row in rows for one in (listed(fs, row["name"]) if row["type"] == "directory" else [row])
        ]
    try:
        if fs.isdir(path):
            rows = list(fs.find(path, detail=True).values())
            depth = len(path.rstrip("/"))
            return [row for row in rows if "/." not in str(row["name"])[depth:] and row["type"] == "file"]
        row = fs.info(path)
    except FileNotFoundError:
        return []
    return [row] if row["type"] == "file" else []


def address(fs: Any, path: str) -> str:
    """A file's address: a local path stays one, so that custody says what people know it by."""
    protocol = fs.protocol if isinstance(fs.protocol, str) else fs.protocol[0]
    return path if protocol in ("file", "local") else str(fs.unstrip_protocol(path))


def mark_of(row: dict[str, Any]) -> str:
    """How a store tells one state of a file from the next."""
    for name in ("ETag", "etag", "md5Hash", "md5", "content_settings", "mtime", "LastModified", "created"):
        if row.get(name):
            return f"{row.get('size')}:{row[name]}"
    return ""


def mark_now(url: str) -> str:
    """The mark of a file as it is now; empty where it is gone."""
    fs, path = filesystem(url)
    fs.invalidate_cache()
    try:
        return mark_of(fs.info(path))
    except FileNotFoundError:
        return ""


def shards(found: Iterable[File], target: int) -> Iterator[tuple[Piece, ...]]:
    """Pieces gathered into shards of about so many bytes; those of one folder only."""
    together: list[Piece] = []
    for piece in pieces(found, target):
        size = sum(one.size for one in together)
        apart = together and folder_of(piece) != folder_of(together[0])
        if together and (apart or size + piece.size > target or len(together) >= MANY):
            yield tuple(together)
            together = []
        together.append(piece)
    if together:
        yield tuple(together)


def folder_of(piece: Piece) -> str:
    """The folder a piece's file is in."""
    return piece.url.rpartition("/")[0]


def pieces(found: Iterable[File], target: int) -> Iterator[Piece]:
    """The pieces of every file, in order."""
    with ThreadPoolExecutor(READY) as pool:
        for cut in pool.map(lambda file: list(cuts(file, target)), found):
            yield from cut


def cuts(file: File, target: int) -> Iterator[Piece]:
    """The pieces of one file."""
    kind = kind_of(file)
    if kind == ROWS:
        yield from row_cuts(file, target)
    elif kind in (TEXT, CRAWL) and file.size > target:
        yield from byte_cuts(file, kind, target)
    else:
        yield Piece(file.url, kind, 0, file.size, file.size, file.mark, whole=True)


def kind_of(file: File) -> str:
    """What a file is, by its name or else by its first bytes."""
    name = file.url.lower()
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if name.endswith(ending):
            return ENDINGS[ending]
    fs, path = filesystem(file.url)
    with fs.open(path, "rb") as stream:
        head = stream.read(STEP // 16)
    if head.startswith(b"PAR1"):
        return ROWS
    if head.startswith(b"WARC/1."):
        return CRAWL
    if head.startswith(MEMBER):
        inner = unpacked(head)
        return CRAWL if inner.startswith(b"WARC/1.") else PACKED if reports_in(inner) else OTHER
    return TEXT if reports_in(head) else OTHER


def reports_in(head: bytes) -> bool:
    """Whether a file begins as JSON Lines do."""
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0]
    return first.startswith(b"{") and b'"text"' in first


def unpacked(head: bytes) -> bytes:
    """The beginning of what is packed."""
    try:
        return zlib.decompressobj(31).decompress(head, 4096)
    except zlib.error:
        return b""


def byte_cuts(file: File, kind: str, target: int) -> Iterator[Piece]:
    """Runs of lines or of crawl records, each cut where one begins."""
    fs, path = filesystem(file.url)
    with fs.open(path, "rb") as stream:
        packed = stream.read(3) == MEMBER
        after = next_line if kind == TEXT else next_member if packed else next_record
        start = 0
        while start < file.size:
            stop = file.size
            if start + target < file.size:
                stop = min(after(stream, start + target), file.size)
            first = 0 if start == 0 else -1
            yield Piece(file.url, kind, start, stop, stop - start, file.mark, first)
            start = stop


def next_line(stream: Any, offset: int) -> int:
    """Where the next line begins."""
    stream.seek(offset)
    while chunk := stream.readline(STEP):
        offset += len(chunk)
        if chunk.endswith(b"\n"):
            break
    return offset


def next_member(stream: Any, offset: int) -> int:
    """Where the next record of a packed crawl begins: a member that unpacks to a record's first line."""
    return found_at(stream, offset, MEMBER, lambda head: unpacked(head).startswith(b"WARC/1."))


def next_record(stream: Any, offset: int) -> int:
    """Where the next record of an unpacked crawl begins."""
    mark = b"\r\n\r\nWARC/1."
    at: int = found_at(stream, offset, mark, lambda head: b"WARC-Type:" in head)
    return at + 4


def found_at(stream: Any, offset: int, mark: bytes, is_one: Callable[[bytes], bool]) -> int:
    """Where a mark stands at or after an offset that is what it seems; far beyond the end where none is."""
    held, base = b"", offset
    stream.seek(offset)
    while True:
        chunk = bytes(stream.read(STEP))
        held += chunk
        at = held.find(mark)
        while at >= 0 and (len(held) - at >= 4096 or not chunk):
            if is_one(held[at : at + 4096]):
                return base + at
            at = held.find(mark, at + 1)
        if not chunk:
            return 2**62
        keep = at if at >= 0 else max(0, len(held) - len(mark))
        held, base = held[keep:], base + keep


def row_cuts(file: File, target: int) -> Iterator[Piece]:
    """Runs of row groups of a Parquet file, and of rows where a group is large.

    A file whose end cannot be read is one piece; reading it then says what is wrong.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        yield Piece(file.url, OTHER, 0, file.size, file.size, file.mark, whole=True)
        return
    fs, path = filesystem(file.url)
    try:
        with fs.open(path, "rb") as stream:
            about = parquet.read_metadata(stream)
            groups = [about.row_group(number) for number in range(about.num_row_groups)]
    except (pyarrow.ArrowException, OSError, ValueError):
        yield Piece(file.url, ROWS, 0, file.size, file.size, file.mark, whole=True)
        return
    rows = 0
    for number, group in enumerate(groups):
        start, stop = bytes_of(group)
        count = group.num_rows
        most = max(LEAST_ROWS, target // ROW_BYTES, -(-count // MOST_CUTS))
        for skip in range(0, count, most):
            part = min(most, count - skip)
            size = max(1, group.total_byte_size * part // max(1, count))
            yield Piece(
                file.url, ROWS, start, stop, size, file.mark, rows + skip, (number, number + 1), skip, part
            )
        rows += count


def bytes_of(group: Any) -> tuple[int, int]:
    """The run of bytes in which a row group's columns lie."""
    starts, stops = [], []
    for number in range(group.num_columns):
        column = group.column(number)
        start = min(
            offset
            for offset in (column.dictionary_page_offset, column.data_page_offset)
            if offset is not None
        )
        starts.append(start)
        stops.append(start + column.total_compressed_size)
    return min(starts), max(stops)
