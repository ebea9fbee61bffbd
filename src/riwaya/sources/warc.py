"""WARC: every page of a crawl as a report."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from riwaya.sources import html
from riwaya.sources.page import is_address
from riwaya.sources.received import Given, Input, Problem, Received, Results

KIND = "warc"
ENDINGS = (".warc", ".warc.gz")
PAGES = ("text/html", "application/xhtml+xml")
LARGEST = 32 * 1024 * 1024  # bytes of one page
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
GZIP, RECORD = b"\x1f\x8b\x08", b"WARC/1."
CHUNK = 1 << 20


def shows(source: Input) -> bool:
    """By its first line."""
    return source.head.startswith(RECORD)


def fits(source: Input) -> bool:
    """By its name."""
    return source.where.lower().endswith(ENDINGS)


def read(source: Input, given: Given) -> Results:
    """Every response and resource that is a page; the crawl's own day is never taken for the page's."""
    pages = damaged = 0
    with source.open() as stream:
        for record in records(stream):
            if isinstance(record, str):
                damaged += 1
                what = f"damaged after {pages} pages: {record}"
                yield Problem(source.where, what, "what came before it, and what is whole behind it, is read")
            elif is_page(record):
                pages += 1
                yield from read_page(record, source, given)
    if not pages and not damaged:
        yield Problem(source.where, "no pages in this crawl")


def records(stream: BinaryIO) -> Iterator[Any]:
    """Every record; where one is damaged, what is wrong with it, and on from the next that is whole."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    class Quiet(ArchiveIterator):  # type: ignore[misc]
        INC_RECORD = ""  # it would be printed

    packed = stream.read(2) == GZIP[:2]
    begin: int | None = 0
    told = 0
    while begin is not None:
        stream.seek(begin)
        found = Quiet(stream, arc2warc=True)
        last = begin
        try:
            for record in found:
                last = found.offset
                yield record
                told += 1
            return
        except (
            ArchiveLoadFailed,
            OSError,
            EOFError,
            ValueError,
            KeyError,
            AttributeError,
            zlib.error,
        ) as error:
            if "non-chunked" in str(error) and begin == 0:  # packed in one piece, not record by record
                yield from in_one_piece(Quiet, stream, told)
                return
            yield str(error).splitlines()[0] if str(error) else type(error).__name__
            begin = next_record(stream, last + 1, GZIP if packed else b"\n" + RECORD)


def in_one_piece(iterator: Any, stream: BinaryIO, told: int) -> Iterator[Any]:
    """The records of a file that was packed as a whole, without the first that were told."""
    stream.seek(0)
    try:
        with gzip.GzipFile(fileobj=stream) as plain:
            for number, record in enumerate(iterator(plain, arc2warc=True)):
                if number >= told:
                    yield record
    except Exception as error:  # whatever a damaged stream makes warcio throw
        yield str(error).splitlines()[0] if str(error) else type(error).__name__


def next_record(stream: BinaryIO, start: int, mark: bytes) -> int | None:
    """Where the next record begins, at or after a place; None where there is none."""
    stream.seek(start)
    held, at = b"", start
    while chunk := stream.read(CHUNK):
        held += chunk
        if (found := held.find(mark)) >= 0:
            return at + found + (mark[:1] == b"\n")
        keep = len(mark) - 1
        at += len(held) - keep
        held = held[-keep:]
    return None


def is_page(record: Any) -> bool:
    """Whether a record holds a page that was found."""
    headers = record.http_headers
    if record.rec_type == "response" and headers:
        return headers.get_statuscode() == "200" and content_type(headers) in PAGES
    return record.rec_type == "resource" and content_type(record.rec_headers) in PAGES


def content_type(headers: Any) -> str:
    """The kind of content, without its parameters."""
    return (headers.get_header("Content-Type") or "").split(";")[0].strip().lower()


def read_page(record: Any, source: Input, given: Given) -> Results:
    """A page, with the crawled address where it gives none itself."""
    address = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    where = f"{source.where}#{address}"
    try:
        data = record.content_stream().read(LARGEST + 1)
    except Exception as error:  # whatever unpacking a damaged answer throws
        yield Problem(where, f"a damaged page: {str(error) or type(error).__name__}")
        return
    if len(data) > LARGEST:
        yield Problem(where, f"a page of more than {LARGEST // 2**20} MB; not read")
        return
    if not data:
        yield Problem(where, "empty: there is nothing to read")
        return
    said = CHARSET.search((record.http_headers or record.rec_headers).get_header("Content-Type") or "")
    page = Input(
        where,
        data[:4096],
        data=data,
        address=address if is_address(address) else "",
        media="text/html",
        charset=said[1] if said else "",
    )
    for result in html.read(page, given):
        yield replace(result, kind=KIND) if isinstance(result, Received) else result
    if getattr(record.raw_stream, "limit", 0) > 0:
        yield Problem(where, "the page is cut short; what is there is read", lost=False)
