"""RSS and Atom files: every entry with words as a report."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from riwaya.model import Report
from riwaya.sources.dates import moment
from riwaya.sources.html import host, parse
from riwaya.sources.language import language
from riwaya.sources.received import Given, Input, Problem, Results, receive

KIND = "feed"
ENDINGS = (".rss", ".atom")
OPENINGS = (b"<rss", b"<feed", b"<rdf:rdf")
BLOCKS = frozenset({"p", "div", "br", "li", "h1", "h2", "h3", "h4", "blockquote", "tr"})


def fits(source: Input) -> bool:
    """By its name, or by how it begins."""
    head = source.head.lower()
    return source.suffix in ENDINGS or any(opening in head[:1024] for opening in OPENINGS)


def read(source: Input, given: Given) -> Results:
    """Every entry as a report; a file that declares entities is not opened."""
    import feedparser

    raw = source.bytes()
    if b"<!entity" in raw[:65536].lower():
        yield Problem(source.where, "it declares XML entities; not read", "feeds have no need of them")
        return
    found = feedparser.parse(BytesIO(raw))
    if not found.entries:
        why = str(found.get("bozo_exception") or "no entries in it")
        yield Problem(source.where, f"not a readable feed: {why}")
        return
    name = found.feed.get("title", "") or host(found.feed.get("link", ""))
    for number, entry in enumerate(found.entries, 1):
        yield read_entry(entry, name, f"{source.where}#{number}", given)


def read_entry(entry: Any, name: str, where: str, given: Given) -> Any:
    """One entry: its whole content where it has that, else its summary."""
    contents = [content.get("value", "") for content in entry.get("content", ())]
    text = max((plain(markup) for markup in (*contents, entry.get("summary", ""))), key=len)
    title = plain(entry.get("title", ""))
    if not text.strip() and not title:
        return Problem(where, "an entry without words")
    text = text or title
    report = Report(
        text,
        id=f"{entry.get('id') or entry.get('link') or ''}",
        title=title,
        outlet=plain(entry.get("source", {}).get("title", "")) or plain(name) or given.outlet,
        published=moment(entry.get("published")) or moment(entry.get("updated")) or given.published,
        url=entry.get("link", ""),
        language=language(text),
    )
    raw = json.dumps(entry, ensure_ascii=False, default=str, sort_keys=True).encode("utf-8", "surrogatepass")
    return receive(report, raw, where, KIND)


def plain(markup: str) -> str:
    """The words of a piece of HTML, a line for each paragraph."""
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    tree = parse(f"<div>{markup}</div>")
    if tree is None:
        return ""
    for node in tree.iter():
        if node.tag in BLOCKS:
            node.tail = "\n" + (node.tail or "")
    lines = (" ".join(line.split()) for line in "".join(tree.itertext()).split("\n"))
    return "\n".join(line for line in lines if line)
