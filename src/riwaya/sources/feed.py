"""RSS and Atom: every entry with words as a report."""

from __future__ import annotations

import json
import re
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from riwaya.model import Report
from riwaya.sources.article import lines_of, without_furniture
from riwaya.sources.dates import Dated, from_address, moment, settled
from riwaya.sources.decode import NotTextError, decode
from riwaya.sources.html import parse
from riwaya.sources.language import language
from riwaya.sources.page import is_address, site
from riwaya.sources.received import Given, Input, Problem, Result, Results, receive

KIND = "feed"
ENDINGS = (".rss", ".atom")
OPENING = re.compile(r"<(?:\?xml|!doctype|rss|feed|rdf:rdf|atom:feed)\b")
PAGE = re.compile(r"<(?:!doctype\s+html|html)\b")
ROOT = re.compile(r"<(?:rss|feed|rdf:RDF|atom:feed)\b", re.I)
PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
DATES = ("published", "created", "updated")
LARGEST = 64 * 1024 * 1024  # bytes of one feed


def shows(source: Input) -> bool:
    """By how it begins: XML that is no page; whether it is a feed shows when it is read."""
    return bool(OPENING.match(source.opening)) and not PAGE.search(source.opening)


def fits(source: Input) -> bool:
    """By its name."""
    return source.suffix in ENDINGS


def read(source: Input, given: Given) -> Results:
    """Every entry as a report; a file that declares entities is not opened."""
    import feedparser

    raw = source.bytes()
    if len(raw) > LARGEST:
        yield Problem(source.where, f"a feed of more than {LARGEST // 2**20} MB; not read")
        return
    try:
        text = decode(raw, markup=True, declared=source.charset).text
    except NotTextError as error:
        yield Problem(source.where, str(error), "is it really a feed?")
        return
    root = ROOT.search(text)
    if "<!entity" in text[: root.start() if root else None].lower():
        yield Problem(source.where, "it declares XML entities; not read", "feeds have no need of them")
        return
    if root is None:
        yield Problem(source.where, "XML, but not a readable feed; not read", "add feeds, pages or text")
        return
    headers = {"content-type": "application/xml; charset=utf-8"}
    plain = PROLOG.sub("", text, count=1).encode("utf-8", "replace")
    try:
        found = feedparser.parse(BytesIO(plain), response_headers=headers)
    except Exception as error:  # what its parsers throw at torn markup is no closed list
        yield Problem(source.where, f"not a readable feed: {type(error).__name__}: {error}")
        return
    if not found.entries:
        why = str(found.get("bozo_exception") or "no entries in it")
        yield Problem(source.where, f"not a readable feed: {why}")
        return
    name = words(found.feed.get("title")) or site(said(found.feed.get("link")))
    for number, entry in enumerate(found.entries, 1):
        yield read_entry(entry, name, source, f"{source.where}#{number}", given)
    if found.get("bozo") and not text.rstrip().endswith(">"):
        yield Problem(
            source.where, f"cut short after {len(found.entries)} entries", "fetch it again", lost=False
        )


def read_entry(entry: Any, name: str, feed: Input, where: str, given: Given) -> Result:
    """One entry: its whole content where it has that, else its summary."""
    contents = [content.get("value", "") for content in entry.get("content", ())]
    text = max((words(markup) for markup in (*contents, entry.get("summary"))), key=len)
    title = words(entry.get("title"))
    if not text.strip() and not title:
        return Problem(where, "an entry without words")
    whole = text or title
    text = without_furniture(whole) or whole
    link = joined(feed.address, said(entry.get("link")))
    days: list[Dated] = [(moment(dict.get(entry, key)), f"feed: {key}") for key in DATES]
    days.append((day_of(link), "address"))
    published, dated = settled(days, given, whole)
    source = entry.get("source")
    report = Report(
        text,
        id=said(entry.get("id")) or said(entry.get("link")),
        title=title,
        outlet=words(source.get("title") if isinstance(source, dict) else "") or given.outlet or name,
        published=published,
        url=link,
        language=language(text),
    )
    raw = json.dumps(entry, ensure_ascii=False, default=str, sort_keys=True).encode("utf-8", "surrogatepass")
    return receive(report, raw, where, KIND, dated)


def day_of(link: str) -> datetime | None:
    """The day in an entry's address."""
    return from_address(urlsplit(link).path) if is_address(link) else None


def joined(base: str, link: str) -> str:
    """An entry's address; some feeds write it without their site's."""
    try:
        return urljoin(base, link) if base and link else link
    except ValueError:
        return link


def said(value: Any) -> str:
    """A short field as text."""
    return value.strip() if isinstance(value, str) else ""


def words(markup: Any) -> str:
    """The words of a piece of HTML, a line for each paragraph."""
    if not isinstance(markup, str) or "<" not in markup and "&" not in markup:
        return said(markup)
    tree = parse(f"<div>{markup}</div>")
    return "" if tree is None else lines_of(tree)
