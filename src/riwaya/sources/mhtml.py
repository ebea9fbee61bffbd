"""MHTML: a page as Chrome saves it in one file; the day of saving is never taken for the page's."""

from __future__ import annotations

import email
import email.policy
import re

from riwaya.sources import html
from riwaya.sources.page import is_address
from riwaya.sources.received import Given, Input, Problem, Results

KIND = "mhtml"
ENDINGS = (".mhtml", ".mht")
OPENING = re.compile(r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?content-type:\s*multipart/related", re.I)
LARGEST = 256 * 1024 * 1024


def shows(source: Input) -> bool:
    """By its headers."""
    return bool(OPENING.match(source.opening))


def fits(source: Input) -> bool:
    """By its name."""
    return source.suffix in ENDINGS


def read(source: Input, given: Given) -> Results:
    """The first page in it, with the address it was saved from."""
    raw = source.bytes()
    if len(raw) > LARGEST:
        yield Problem(source.where, f"more than {LARGEST // 2**20} MB; not read")
        return
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            data = part.get_payload(decode=True)
            address = next(
                (
                    str(url)
                    for url in (message.get("Snapshot-Content-Location"), part.get("Content-Location"))
                    if url
                ),
                "",
            )
            if isinstance(data, bytes) and data:
                page = Input(
                    source.where,
                    data[:4096],
                    data=data,
                    depth=source.depth,
                    address=address if is_address(address) else "",
                    media="text/html",
                    charset=str(part.get_content_charset() or ""),
                )
                yield from html.read(page, given)
                return
    yield Problem(source.where, "no page in it", "save the page again, as HTML")
