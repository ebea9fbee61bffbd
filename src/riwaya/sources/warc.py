"""WARC: every page of a crawl as a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from riwaya.sources import html
from riwaya.sources.dates import from_address
from riwaya.sources.received import Given, Input, Problem, Received, Results

KIND = "warc"
ENDINGS = (".warc", ".warc.gz")
PAGES = ("text/html", "application/xhtml+xml")
LARGEST = 32 * 1024 * 1024  # bytes of one page


def fits(source: Input) -> bool:
    """By its name, or by its first line."""
    return source.where.lower().endswith(ENDINGS) or source.head.startswith(b"WARC/1.")


def read(source: Input, given: Given) -> Results:
    """Every response and resource that is a page; the crawl's own day is never taken for the page's."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    pages = 0
    try:
        with source.open() as stream:
            for record in ArchiveIterator(stream, arc2warc=True):
                if is_page(record):
                    pages += 1
                    yield from read_page(record, source, given)
    except (ArchiveLoadFailed, OSError, EOFError, ValueError, KeyError) as error:
        yield Problem(source.where, f"damaged after {pages} pages: {error}", "what came before is read")
        return
    if not pages:
        yield Problem(source.where, "no pages in this crawl")


def is_page(record: Any) -> bool:
    """Whether a record holds a page that was found."""
    headers = record.http_headers
    if record.rec_type == "response" and headers:
        return headers.get_statuscode() == "200" and content_type(headers) in PAGES
    return record.rec_type == "resource" and content_type(record.rec_headers) in PAGES


def content_type(headers: Any) -> str:
    """The kind of content, without its parameters."""
    return (headers.get_header("Content-Type") or "").split(";")[0].strip().lower()


def read_page(record: Any, source: Input, given: Given) -> Iterator[Received | Problem]:
    """A page, with the crawled address where it gives none itself."""
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    data = record.content_stream().read(LARGEST + 1)
    where = f"{source.where}#{address}"
    if len(data) > LARGEST:
        yield Problem(where, f"a page of more than {LARGEST // 2**20} MB; not read")
        return
    if not data:
        yield Problem(where, "empty: there is nothing to read")
        return
    for result in html.read(Input(where, data[:4096], data=data), given):
        if not isinstance(result, Received):
            yield result
            continue
        report = result.report
        url = report.url or address
        yield replace(
            result,
            kind=KIND,
            report=replace(
                report,
                id="",
                url=url,
                outlet=report.outlet or html.host(url),
                published=report.published or from_address(urlsplit(url).path),
            ),
        )
