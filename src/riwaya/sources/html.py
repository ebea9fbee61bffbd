"""A saved web page: the article without the page's furniture, its title, day, outlet and address."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from riwaya.model import Report
from riwaya.sources.dates import from_address, moment
from riwaya.sources.decode import NotTextError, decode
from riwaya.sources.language import language
from riwaya.sources.received import Given, Input, Problem, Results, receive

KIND = "html"
ENDINGS = (".html", ".htm", ".xhtml", ".shtml")
OPENINGS = (b"<!doctype html", b"<html", b"<head", b"<body")

META_DATES = (
    "article:published_time",
    "datePublished",
    "og:article:published_time",
    "pubdate",
    "publishdate",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
)
META_OUTLETS = ("og:site_name", "application-name", "publisher", "dc.publisher")
META_TITLES = ("og:title", "twitter:title", "dc.title")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says about itself."""

    title: str
    outlet: str
    url: str
    published: datetime | None


def fits(source: Input) -> bool:
    """By its name, or by how it begins."""
    return source.suffix in ENDINGS or source.head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(OPENINGS)


def read(source: Input, given: Given) -> Results:
    """The page's article as one report."""
    raw = source.bytes()
    try:
        markup = decode(raw, markup=True).text
    except NotTextError as error:
        yield Problem(source.where, str(error), "is it really a web page?")
        return
    tree = parse(markup)
    text = article(markup) if tree is not None else ""
    if not text.strip():
        yield Problem(source.where, "no article found in the page", "save its text and add that")
        return
    page = about(tree)
    report = Report(
        text,
        title=page.title,
        outlet=page.outlet or given.outlet,
        published=page.published or given.published,
        url=page.url,
        language=language(text),
    )
    yield receive(report, raw, source.where, KIND)


def parse(markup: str) -> Any:
    """The page as a tree, or None where there is none in it."""
    from lxml import etree, html

    try:
        return html.document_fromstring(
            markup.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8")
        )
    except (etree.LxmlError, ValueError):
        return None


def article(markup: str) -> str:
    """The running text of the page: no comments, no links to other stories."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        return (
            trafilatura.extract(markup, include_comments=False, include_tables=False, favor_precision=True)
            or ""
        )
    except (ValueError, TypeError, RecursionError):
        return ""


def about(tree: Any) -> Page:
    """Title, outlet, address and day, in the order in which pages can be trusted to say them."""
    cards = list(json_ld(tree))
    url = canonical(tree)
    published = first(moment(card.get("datePublished")) for card in cards)
    published = published or first(moment(meta(tree, name)) for name in META_DATES)
    published = published or first(moment(value) for value in tree.xpath("//article//time/@datetime"))
    title = first(text_of(card.get("headline")) for card in cards) or first(
        meta(tree, name) for name in META_TITLES
    )
    outlet = first(name_of(card.get("publisher")) for card in cards)
    return Page(
        title=(title or " ".join("".join(tree.xpath("//title[1]//text()")).split())).strip(),
        outlet=(outlet or first(meta(tree, name) for name in META_OUTLETS) or host(url)).strip(),
        url=url,
        published=published or from_address(urlsplit(url).path),
    )


def json_ld(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in the page's JSON-LD that says when it was published, articles first."""
    cards: list[dict[str, Any]] = []
    for script in tree.xpath('//script[@type="application/ld+json"]/text()'):
        try:
            cards.extend(objects(json.loads(script, strict=False)))
        except (ValueError, RecursionError):
            continue
    dated = [card for card in cards if card.get("datePublished")]
    yield from sorted(dated, key=lambda card: "Article" not in str(card.get("@type")))


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in a JSON-LD value: itself, a list of them, or a graph."""
    if isinstance(value, list):
        for part in value:
            yield from objects(part)
    elif isinstance(value, dict):
        yield value
        yield from objects(value.get("@graph"))


def meta(tree: Any, name: str) -> str:
    """What a meta element says, whichever of three ways it is named."""
    found = tree.xpath("//meta[@name=$name or @property=$name or @itemprop=$name]/@content", name=name)
    return str(found[0]).strip() if found else ""


def canonical(tree: Any) -> str:
    """The page's own address, where it gives one."""
    found = tree.xpath('//link[@rel="canonical"]/@href') or [meta(tree, "og:url")]
    url = str(found[0]).strip()
    return url if urlsplit(url).scheme in ("http", "https") else ""


def host(url: str) -> str:
    """The site's name out of its address."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def text_of(value: Any) -> str:
    """A string field of JSON-LD."""
    return value if isinstance(value, str) else ""


def name_of(value: Any) -> str:
    """The name of a JSON-LD publisher, written as an object or as a string."""
    return text_of(value.get("name")) if isinstance(value, dict) else text_of(value)


def first(values: Iterator[Any]) -> Any:
    """The first value that says something."""
    return next((value for value in values if value), None)
