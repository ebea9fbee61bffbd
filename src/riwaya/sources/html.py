"""A web page: its article as one report, with its title, day, outlet and address."""

from __future__ import annotations

import re
from typing import Any

from riwaya.model import Report
from riwaya.sources import text
from riwaya.sources.article import article_of
from riwaya.sources.dates import settled
from riwaya.sources.decode import NotTextError, decode
from riwaya.sources.language import language
from riwaya.sources.page import about, site
from riwaya.sources.received import Given, Input, Problem, Results, receive

KIND = "html"
ENDINGS = (".html", ".htm", ".xhtml", ".shtml")
OPENING = re.compile(
    r"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title)\b", re.S
)
TAG = re.compile(r"<[a-zA-Z!/]")
# Telegram Desktop's messages.html: all messages of a channel in one page, their days apart from them.
TELEGRAM = ('class="page_wrap"', 'class="history"', 'class="message ')
PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
INLINE = re.compile(r"""(["'(])data:[^"')\s]{1000,}""")  # pictures that a saved page carries along
LARGEST = 64 * 1024 * 1024  # bytes of one page


def shows(source: Input) -> bool:
    """By how it begins."""
    return bool(OPENING.match(source.opening))


def fits(source: Input) -> bool:
    """By its name."""
    return source.suffix in ENDINGS


def read(source: Input, given: Given) -> Results:
    """The page's article as one report."""
    raw = source.bytes()
    if len(raw) > LARGEST:
        yield Problem(source.where, f"a page of more than {LARGEST // 2**20} MB; not read")
        return
    try:
        decoded = decode(raw, markup=True, declared=source.charset)
    except NotTextError as error:
        yield Problem(source.where, str(error), "is it really a web page?")
        return
    if not TAG.search(decoded.text):
        yield from text.read(source, given)
        return
    if all(mark in decoded.text for mark in TELEGRAM):
        what = "a Telegram export as HTML; not read"
        yield Problem(source.where, what, "export it again, format: machine-readable JSON")
        return
    tree = parse(decoded.text)
    if tree is None:
        yield Problem(source.where, "no page in it", "save it again")
        return
    page = about(tree, decoded.text, source.address)
    found = article_of(tree, page.body)
    if not found.text.strip():
        yield Problem(source.where, "no article found in the page", "save its text and add that")
        return
    outlet = page.outlet or given.outlet or (site(page.url) if page.url else "")
    published, dated = settled(page.dated, given, found.whole)
    report = Report(
        found.text,
        title=page.title,
        outlet=outlet,
        published=published,
        url=page.url,
        language=language(found.text),
    )
    yield receive(report, raw, source.where, KIND, dated)
    if found.others:
        what = f"{found.others} more articles on the page are left out; read is the first"
        yield Problem(source.where, what, "add each by its own address", lost=False)


def parse(markup: str) -> Any:
    """The page as a tree, or None where there is none in it."""
    from lxml import etree, html

    markup = INLINE.sub(r"\1data:,", PROLOG.sub("", markup, count=1).replace("\0", " "))
    try:
        parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        return html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
