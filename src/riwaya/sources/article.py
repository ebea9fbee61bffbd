"""The running text of a page: no menus, banners, links to other stories or readers' comments.

Boxes that name themselves (``class="comments"``) are cut out before the text is sought; lines that the packs
know for furniture ("اقرأ أيضا: …", and everything after "تعليقات القراء") after it.
"""

from __future__ import annotations

import logging
import re
from typing import Any, NamedTuple

from riwaya.sources import known
from riwaya.text.normalise import normalise
from riwaya.text.segment import segment
from riwaya.text.tokens import tokenise

# Names that pages give to boxes around the article, as whole words of a class or an id.
BOXES = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment-?list|commentlist|disqus\w*|fb-comments|replies|respond|related\w*"
    r"|recommend\w*|most-?(?:read|viewed|popular)|read-?(?:more|also)|see-?also|also-?read|more-?(?:news|stories)"
    r"|cookies?|consent|gdpr|newsletter|subscribe|share|sharing|social\w*|breadcrumbs?"
    r"|popup|modal|trending|outbrain|taboola|advert\w*|sponsored|promo|tags?|tag-?list|keywords|print-?only"
    r"|ticker|weather|prayer-?times|poll|login)(?:$|[\s_-])",
    re.I,
)
BOX_TAGS = "div section aside ul ol form nav footer p span dl table figure details dialog".split()
BLOCKS = frozenset("p div br li h1 h2 h3 h4 h5 h6 blockquote tr td ul ol section article figure".split())
UNREAD = frozenset({"script", "style", "template", "noscript", "iframe", "object", "head", "title"})
SHARE = 0.5  # a box with more of the page's words than this is the page
HEADING = 60  # code points of a heading that may be furniture
LONG = 140  # code points that make an article of an article element; a teaser is shorter


class Article(NamedTuple):
    """The text, the same with the lines of furniture in it, and how many other articles were left out."""

    text: str
    whole: str
    others: int


def article_of(tree: Any, body: str = "") -> Article:
    """The page's article, its text "" where there is none; the tree is cut in finding it.

    ``body`` is the text that the page gives in its JSON-LD, taken where nothing is to be seen.
    """
    cut_boxes(tree)
    cut_under_headings(tree)
    others = one_article(tree)
    whole = extracted(tree) or in_tables(tree) or body
    return Article(without_furniture(whole), whole, others)


def cut_boxes(tree: Any) -> None:
    """Take out boxes that say of themselves that they are no part of the article."""
    whole = len("".join(tree.itertext()))
    for box in [*tree.iter(*BOX_TAGS)]:
        named = f"{box.get('class') or ''} {box.get('id') or ''}"
        if not named.strip() or not BOXES.search(named) or box.getparent() is None:
            continue
        if next(box.iter("article", "main", "h1"), None) is not None:
            continue
        if sum(map(len, box.itertext())) <= SHARE * whole:
            drop(box)


def cut_under_headings(tree: Any) -> None:
    """Take out what stands under a heading such as "readers' comments", and lists under "read also"."""
    for heading in [*tree.iter("h2", "h3", "h4", "h5", "h6")]:
        said = words(heading)
        if not said or len(said) > HEADING or heading.getparent() is None:
            continue
        role = known.furniture().role(list(known.forms(said.rstrip(":"))))
        behind = list(heading.itersiblings())
        if role == "rest":
            for node in behind:
                drop(node)
        elif role == "heading" and behind and is_list(behind[0]):
            drop(behind[0])


def is_list(node: Any) -> bool:
    """Whether a node is a list of links."""
    if not isinstance(node.tag, str):
        return False
    linked = sum(len(words(link)) for link in node.iter("a"))
    return node.tag in ("ul", "ol") or linked > SHARE * len(words(node))


def drop(node: Any) -> None:
    """Remove a node and keep what stands behind it."""
    parent = node.getparent()
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def one_article(tree: Any) -> int:
    """Leave the page's own article, where several follow one another; says how many were left out."""
    found = [
        node
        for node in tree.iter("article")
        if len(words(node)) >= LONG // 2 and not any(True for _ in node.iterancestors("article"))
    ]
    if len(found) < 2:
        return 0
    headed = [node for node in found if next(node.iter("h1"), None) is not None]
    long = [node for node in found if len(words(node)) >= LONG]
    own = (headed or long or [max(found, key=lambda node: len(words(node)))])[0]
    others = [node for node in found if node is not own]
    count = sum(len(words(node)) >= LONG and next(node.iter("p"), None) is not None for node in others)
    for node in others:
        drop(node)
    return count


def words(node: Any) -> str:
    """The words under a node."""
    return " ".join("".join(node.itertext()).split())


def extracted(tree: Any) -> str:
    """What trafilatura takes for the article: precisely, and where that finds little, with more patience."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    for precise in (True, False):
        try:
            text = trafilatura.extract(
                tree,
                include_comments=False,
                include_tables=False,
                favor_precision=precise,
                favor_recall=not precise,
            )
        except (ValueError, TypeError, RecursionError, AttributeError):
            continue
        if text and text.strip():
            return str(text)
    return ""


def in_tables(tree: Any) -> str:
    """The cell with most words, for pages that are laid out as tables."""
    cells = [cell for cell in tree.iter("td") if next(cell.iter("table"), None) is None]
    best = max(cells, key=lambda cell: len(words(cell)), default=None)
    if best is None or len(words(best)) < LONG:
        return ""
    return lines_of(best)


def lines_of(node: Any) -> str:
    """The words under a node, a line for each paragraph."""
    from lxml import etree

    parts: list[str] = []
    skipped = 0
    for event, one in etree.iterwalk(node, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            if not skipped:
                parts.append(one.tail or "")
            continue
        hidden = one.tag in UNREAD
        if event == "start":
            skipped += hidden
            if not skipped:
                parts += ["\n" if one.tag in BLOCKS else "", one.text or ""]
        else:
            skipped -= hidden
            if not skipped:
                parts.append("\n" if one.tag in BLOCKS else "")
                parts.append((one.tail or "") if one is not node else "")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def without_furniture(text: str) -> str:
    """The text without the lines that the packs know for page furniture."""
    normalised = normalise(text)
    tokens = tokenise(normalised)
    sentences = segment(text, normalised, tokens, known.furniture()).sentences
    kept = {text.rfind("\n", 0, one.start) + 1 for one in sentences if one.kind != "furniture"}
    lines, at = [], 0
    for line in text.split("\n"):
        if at in kept:
            lines.append(line)
        at += len(line) + 1
    return "\n".join(lines)
