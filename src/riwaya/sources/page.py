"""What a web page says about itself: title, outlet, address and day, and what said the day."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from riwaya.sources.dates import Dated, from_address, moment

META_DATES = (
    "article:published_time",
    "datePublished",
    "og:article:published_time",
    "og:published_time",
    "parsely-pub-date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "sailthru.date",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.issued",
)
META_OUTLETS = ("og:site_name", "application-name", "publisher", "dc.publisher", "article:publisher")
META_TITLES = ("og:title", "twitter:title", "dc.title")
# What a browser notes when a person saves a page.
SAVED_FROM = re.compile(
    r"<!--\s*(?:Page saved with \w+\s+)?(?:saved from url=\(\d+\)|url:\s*)(https?://\S+)", re.I
)
TEXT_LIKE = ("Article", "Posting", "Report", "Statement")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says about itself; ``dated`` are the days it gives, the most trustworthy first."""

    title: str
    outlet: str
    url: str
    dated: tuple[Dated, ...]
    body: str = ""


def about(tree: Any, markup: str = "", address: str = "") -> Page:
    """Title, outlet, address and days, in the order in which pages can be trusted to say them."""
    url = canonical(tree, address) or saved_from(markup) or address
    cards = sorted(json_ld(tree), key=lambda card: rank(card, url))
    title = first(text_of(card.get("headline")) for card in cards if is_article(card))
    title = title or first(meta(tree, name) for name in META_TITLES) or element_title(tree)
    outlet = first(name_of(card.get("publisher")) for card in cards)
    outlet = outlet or first(name for key in META_OUTLETS if (name := meta(tree, key)) and "://" not in name)
    return Page(
        title=" ".join(title.split()),
        outlet=" ".join((outlet or "").split()),
        url=url,
        dated=tuple(days(tree, cards, url)),
        body=first(text_of(card.get("articleBody")) for card in cards if is_article(card)) or "",
    )


def days(tree: Any, cards: list[dict[str, Any]], url: str) -> Iterator[Dated]:
    """Every day of publication that a page gives, with what gives it."""
    for card in cards:
        if is_article(card) or not any(map(is_article, cards)):
            yield moment(card.get("datePublished")), "JSON-LD datePublished"
    for name in META_DATES:
        yield moment(meta(tree, name)), f"meta {name}"
    yield from times(tree)
    yield from_address(urlsplit(url).path), "address"


def times(tree: Any) -> Iterator[Dated]:
    """The page's time elements: one that says it is of publication, or the only day in the article."""
    marked = tree.xpath("//time[@itemprop='datePublished' or @pubdate or contains(@class, 'publish')]")
    for time in marked:
        yield time_of(time), "time element of publication"
    for within in ("//article//time", "//main//time", "//time"):
        said = {when.date(): when for time in tree.xpath(within) if (when := time_of(time))}
        if said:
            if len(said) == 1:
                yield next(iter(said.values())), "time element"
            return


def time_of(time: Any) -> Any:
    """The moment of a time element: its attribute, or its words."""
    return moment(time.get("datetime")) or moment(" ".join("".join(time.itertext()).split()))


def json_ld(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in the page's JSON-LD."""
    for script in tree.xpath("//script[contains(@type, 'ld+json')]/text()"):
        try:
            yield from objects(json.loads(script.strip().rstrip(";"), strict=False))
        except (ValueError, RecursionError):
            continue


def objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The objects in a JSON-LD value: itself, a list of them, a graph, what a page is about."""
    if depth > 8:
        return
    if isinstance(value, list):
        for part in value:
            yield from objects(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(value.get(key), list | dict):
                yield from objects(value[key], depth + 1)


def rank(card: dict[str, Any], url: str) -> tuple[bool, bool]:
    """Articles first, and of these the one whose address is the page's."""
    return not is_article(card), not (url and url in addresses(card))


def is_article(card: dict[str, Any]) -> bool:
    """Whether an object is an article or a post."""
    kind = card.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(one, str) and one.endswith(TEXT_LIKE) for one in kinds)


def addresses(card: dict[str, Any]) -> list[Any]:
    """The addresses that an object gives for itself."""
    page = card.get("mainEntityOfPage")
    return [card.get("url"), card.get("@id"), page.get("@id") if isinstance(page, dict) else page]


def meta(tree: Any, name: str) -> str:
    """What a meta element says, whichever of three ways it is named."""
    found = tree.xpath(
        "//meta[translate(@name, $up, $low)=$name or translate(@property, $up, $low)=$name"
        " or translate(@itemprop, $up, $low)=$name]/@content",
        name=name.lower(),
        up="ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        low="abcdefghijklmnopqrstuvwxyz",
    )
    return str(found[0]).strip() if found else ""


def canonical(tree: Any, address: str = "") -> str:
    """The page's own address, where it gives one; it may be written without its site's."""
    for found in (*tree.xpath('//link[@rel="canonical"]/@href'), meta(tree, "og:url")):
        said = str(found).strip()
        try:
            url = urljoin(address, said) if address and said else said
        except ValueError:
            continue
        if is_address(url):
            return url
    return ""


def saved_from(markup: str) -> str:
    """The address that a browser noted when it saved the page."""
    found = SAVED_FROM.search(markup[:4096])
    return found[1] if found and is_address(found[1]) else ""


def is_address(url: str) -> bool:
    """Whether a text is a web address that can be taken apart."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def host(url: str) -> str:
    """The site's name out of its address."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def site(url: str) -> str:
    """The outlet whose site an address is, as the packs name it, or the site's own name."""
    from riwaya.sources import known

    name = host(url)
    labels = name.split(".")
    for start in range(len(labels) - 1):
        if outlet := known.hosts().get(".".join(labels[start:])):
            return outlet
    return name


def element_title(tree: Any) -> str:
    """What the title element says."""
    return "".join(tree.xpath("//head//title[1]//text()") or tree.xpath("//title[1]//text()"))


def text_of(value: Any) -> str:
    """A string field of JSON-LD."""
    return value if isinstance(value, str) else ""


def name_of(value: Any) -> str:
    """The name of a JSON-LD publisher, written as an object, in a list or as a string."""
    if isinstance(value, list):
        return next(filter(None, map(name_of, value)), "")
    name = text_of(value.get("name")) if isinstance(value, dict) else text_of(value)
    return "" if "://" in name else name


def first(values: Iterator[Any]) -> Any:
    """The first value that says something."""
    return next((value for value in values if value), None)
