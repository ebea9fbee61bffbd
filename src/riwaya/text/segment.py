"""Where a report's sentences, sub-headlines, quotations and page furniture lie.

Nothing here knows words: a stop ends a sentence, a line ends one, quotation marks are told apart by the side
on which they touch a word (Arabic pages mix up “ and ” freely), and what is furniture is handed in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from riwaya.text.normalise import Normalised, fold, normalise
from riwaya.text.tokens import ELLIPSIS, Token, tokenise

STOPS = frozenset((".", "!", "?", "؟", ELLIPSIS))
"""Marks that end a sentence; ';' and '؛' do not, and two dots are a pause."""

UNFINISHED = frozenset((".", ELLIPSIS, "..", ":", "،", ",", "؛", ";"))
"""A line that ends so is running text, not a headline."""

QUOTES = {'"': '"', "“": "”", "”": "”", "„": "”", "«": "»", "»": "»"}
"""Quotation marks, each with the name of its family."""

OPENERS = frozenset("([{«“„")
CLOSERS = frozenset(")]}»”“\"'’")
# Signs behind which an endless sentence may be cut, and how many tokens make one.
PAUSES = frozenset("،,؛;:|")
LONGEST = 240
SIGNS = frozenset(("punct", "symbol"))
BULLETS = frozenset("-–—•·*")
NUMBERING = frozenset("-–—.):/")

SHORT = 22
"""A headline has fewer words than this."""

ROLES = ("whole", "opening", "heading", "rest")
"""What a piece of furniture may be; the pack's furniture.yaml says what each means."""

LINE_END = re.compile(r"\r\n?|\n")
CLOCK = re.compile(r"\d{1,2}:\d{2}")
ADDRESS = re.compile(r"https?://|www\.|@|[^@]+@|[^/]+\.[^/]+/")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, a headline or a piece of furniture.

    ``start`` and ``end`` are places in the original, ``i`` and ``j`` a half-open range of tokens; ``line``
    counts the lines of the text from 0, ``para`` the blocks between blank lines; ``kind`` is 'headline',
    'body' or 'furniture'.
    """

    start: int
    end: int
    i: int
    j: int
    line: int
    kind: str
    para: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A report cut up.

    ``quotes`` are half-open ranges of the tokens between quotation marks, the marks left out, by where they
    begin; a quotation inside another lies within its range.
    """

    tokens: list[Token]
    sentences: list[Sentence]
    quotes: list[tuple[int, int]]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Furniture:
    """What pages put around a report: phrases by their first word, and words that make up whole lines."""

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    dates: frozenset[str]
    credits: frozenset[str]

    def role(self, forms: list[str]) -> str:
        """What a line of these forms is: 'whole', 'opening', 'heading' (bare), 'rest', or ''."""
        for phrase, role in self.phrases.get(forms[0], ()) if forms else ():
            if tuple(forms[: len(phrase)]) == phrase:
                if forms[len(phrase) :] in ([], [":"]):
                    return role
                if role in ("opening", "heading"):
                    return "opening"
        return ""


def build_furniture(lists: Mapping[str, Iterable[str]]) -> Furniture:
    """Furniture from lists of ordinary words, named as in a pack's furniture.yaml.

    >>> furniture = build_furniture({"heading": ["اقرأ أيضًا"], "rest": ["التعليقات"]})
    >>> furniture.role(["اقرا", "ايضا", ":"]), furniture.role(["اقرا", "ايضا", "معارك", "حلب"])
    ('heading', 'opening')
    """
    if unknown := sorted(lists.keys() - {*ROLES, "dates", "credits"}):
        known = ", ".join((*ROLES, "dates", "credits"))
        raise ValueError(f"furniture: unknown key {unknown[0]!r}; known here: {known}")
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for role in ROLES:
        for words in lists.get(role, ()):
            forms = tuple(token.form for token in tokenise(normalise(words)))
            phrases.setdefault(forms[0], []).append((forms, role))
    return Furniture(
        phrases={first: tuple(sorted(rows, key=lambda row: -len(row[0]))) for first, rows in phrases.items()},
        dates=frozenset(map(fold, lists.get("dates", ()))),
        credits=frozenset(map(fold, lists.get("credits", ()))),
    )


NO_FURNITURE = build_furniture({})


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its number, its block, its tokens ``i`` to ``j``.

    ``first`` is the first of them that is not a bullet, bracket or other sign.
    """

    number: int
    para: int
    i: int
    j: int
    first: int


def segment(
    text: str, normalised: Normalised, tokens: list[Token], furniture: Furniture = NO_FURNITURE
) -> Layout:
    """Find the sentences and quotations of a tokenised text.

    >>> text = "سقوط البلدة\\nانسحب الجيش. وقال شاهد: «دخلوا ليلا."
    >>> normalised = normalise(text)
    >>> layout = segment(text, normalised, tokenise(normalised))
    >>> [(text[s.start : s.end], s.kind) for s in layout.sentences]
    [('سقوط البلدة', 'headline'), ('انسحب الجيش.', 'body'), ('وقال شاهد: «دخلوا ليلا.', 'body')]
    >>> [text[tokens[i].start : tokens[j - 1].end] for tokens in [layout.tokens] for i, j in layout.quotes]
    ['دخلوا ليلا.']
    """
    lines = list(_lines(normalised, tokens))
    stops = [k for k, token in enumerate(tokens) if token.form in STOPS]
    sentences: list[Sentence] = []
    for line, role in _roles(lines, tokens, furniture):
        if role:
            cuts, kind = [line.j], "furniture"
        else:
            cuts = _cuts(
                line, stops[bisect_left(stops, line.i) : bisect_left(stops, line.j)], tokens, furniture
            )
            kind = _kind(line, cuts, tokens)
        i = line.i
        for j in cuts:
            aside = i > line.i and _role(i, j, tokens, furniture)
            sentences.append(
                Sentence(
                    start=tokens[i].start,
                    end=tokens[j - 1].end,
                    i=i,
                    j=j,
                    line=line.number,
                    kind="furniture" if aside else kind,
                    para=line.para,
                )
            )
            i = j
    return Layout(tokens, sentences, _quotes(lines, tokens), text)


def _lines(normalised: Normalised, tokens: list[Token]) -> Iterator[Line]:
    """The lines that hold tokens."""
    starts = [token.start for token in tokens]
    ends = [normalised.map.original(found.start()) for found in LINE_END.finditer(normalised.text)]
    para = i = 0
    blank = False
    for number, end in enumerate([*ends, None]):
        j = len(tokens) if end is None else bisect_left(starts, end, i)
        if i < j:
            para += blank and i > 0
            first = next((k for k in range(i, j) if tokens[k].kind not in SIGNS), j)
            yield Line(number, para, i, j, first)
        blank = i == j
        i = j


def _roles(lines: Iterable[Line], tokens: list[Token], furniture: Furniture) -> Iterator[tuple[Line, str]]:
    """Each line with the sort of furniture it is, or ''.

    Readers' comments, once a report has begun, run to its end.  Under a bare "read also" stand
    titles of other reports, up to a blank line or a line of running text.
    """
    begun = over = listing = False
    block = -1  # where the titles under a heading stand, once the first has come
    for line in lines:
        role = _role(line.i, line.j, tokens, furniture)
        if over:
            role = "rest"
        elif role == "heading":
            listing, block = True, -1
        elif listing and not role:
            listing = block in (-1, line.para) and _kind(line, [line.j], tokens) == "headline"
            role, block = ("title", line.para) if listing else ("", -1)
        over = over or (begun and role == "rest")
        begun = begun or not role
        yield line, role


def _role(i: int, j: int, tokens: list[Token], furniture: Furniture) -> str:
    """What sort of furniture a line or a sentence is, or ''."""
    core = _core(i, j, tokens)
    if core and core[0].form in furniture.phrases and (role := furniture.role([t.form for t in core])):
        return role
    return "whole" if _says_nothing(core, furniture) else ""


def _says_nothing(core: list[Token], furniture: Furniture) -> bool:
    """Whether a line holds only a date, only names of agencies, or only addresses."""
    if len(core) > SHORT:
        return False
    said = [token for token in core if token.kind not in SIGNS]
    return (
        all(token.kind == "number" or token.form in furniture.dates for token in said)
        or all(token.form in furniture.credits for token in said)
        or all(token.kind == "latin" and ADDRESS.match(token.form) is not None for token in said)
    )


def _core(i: int, j: int, tokens: list[Token]) -> list[Token]:
    """The tokens of a range without the signs around it and the figures behind it, as in "Comments (3)".

    A colon behind stays: it tells a label from a word.
    """
    while i < j and tokens[i].kind in SIGNS:
        i += 1
    end = j
    while i < j and tokens[j - 1].kind in ("punct", "symbol", "number") and tokens[j - 1].form != ":":
        j -= 1
    return tokens[i:j] or tokens[i:end]


def _cuts(line: Line, stops: list[int], tokens: list[Token], furniture: Furniture) -> list[int]:
    """Where the sentences of a line end (token indices, the last is the line's end)."""
    cuts: list[int] = []
    for k in stops:
        if cuts and k < cuts[-1]:
            continue  # the second of two stops in a row
        end = k + 1
        while end < line.j and _closes(end, line, tokens):
            end += 1
        if end < line.j and _ends(k, end, line, tokens):
            cuts.append(end)
    if cuts and _is_parenthesis(cuts[-1], line.j, tokens) and not _role(cuts[-1], line.j, tokens, furniture):
        cuts.pop()
    return _bounded(line.i, [*cuts, line.j], tokens)


def _bounded(i: int, cuts: list[int], tokens: list[Token]) -> list[int]:
    """The same cuts, and more where a sentence never ends: behind its last comma within reach.

    No newspaper writes a sentence this long; a scraped table or a page without stops does, and the cost
    of reading a sentence grows faster than its length.
    """
    out: list[int] = []
    for j in cuts:
        while j - i > LONGEST:
            pauses = (k for k in range(i + LONGEST - 1, i + LONGEST // 2, -1) if tokens[k].form in PAUSES)
            i = next(pauses, i + LONGEST - 1) + 1
            out.append(i)
        out.append(j)
        i = j
    return out


def _closes(k: int, line: Line, tokens: list[Token]) -> bool:
    """Whether a sign behind a stop belongs to the same sentence: it touches the stop, or nothing."""
    if tokens[k].form not in CLOSERS and tokens[k].form not in STOPS:
        return False
    return not tokens[k - 1].after or tokens[k].after or k + 1 == line.j


def _ends(k: int, end: int, line: Line, tokens: list[Token]) -> bool:
    """Whether the stop at ``k``, with what closes behind it up to ``end``, ends a sentence in mid-line."""
    before = tokens[k - 1] if k > line.i else None
    if before is None or before.form in OPENERS:  # a doubting (؟) or (!)
        return False
    if tokens[k].form == ".":
        if before.kind == "word" and len(before.form.removeprefix("و")) <= 1:  # د. or وم., but not 2011 م.
            return k - 2 >= line.i and tokens[k - 2].kind == "number"
        if before.kind == "number" and k - 1 == line.first:  # "1. "
            return False
    elif any(token.form == ")" for token in tokens[k + 1 : end]):  # a remark in passing (no!)
        return False
    if tokens[end - 1].after:
        return True
    # A forgotten space; shorter words are rather initials.
    behind = tokens[end]
    return before.kind == behind.kind == "word" and min(len(before.form), len(behind.form)) > 2


def _is_parenthesis(i: int, j: int, tokens: list[Token]) -> bool:
    """Whether a range is one remark in brackets, such as "(analysis)" behind a headline that asks."""
    return tokens[i].form == "(" and [k for k in range(i, j) if tokens[k].form == ")"] == [j - 1]


def _kind(line: Line, cuts: list[int], tokens: list[Token]) -> str:
    """Whether a line that is not furniture is a headline or running text."""
    first = line.first
    numbered = first + 1 < line.j and tokens[first].form.isdigit() and tokens[first + 1].form in NUMBERING
    if not numbered:
        opening = tokens[line.i]
        if (
            opening.kind == "symbol"
            or opening.form in BULLETS
            or (first < line.j and CLOCK.fullmatch(tokens[first].form))
        ):
            return "body"
    if any(tokens[j - 1].form == "." for j in cuts[:-1]):
        return "body"
    last = line.j - 1
    while last > line.i and tokens[last].form in CLOSERS:
        last -= 1
    words = sum(token.kind not in SIGNS for token in tokens[line.i : line.j])
    return "body" if tokens[last].form in UNFINISHED or words >= SHORT else "headline"


def _quotes(lines: Iterable[Line], tokens: list[Token]) -> list[tuple[int, int]]:
    """The token ranges between quotation marks.

    A mark that nothing closes holds to the end of its line, or to a closing mark further down if neither a
    blank line nor another mark comes between.
    """
    marks = [k for k, token in enumerate(tokens) if token.form in QUOTES]
    ranges: list[tuple[int, int]] = []
    left: tuple[int, Line] | None = None  # an open mark of an earlier line
    for line in lines:
        here = marks[bisect_left(marks, line.i) : bisect_left(marks, line.j)]
        open_: list[int] = []
        if left and here and left[1].para == line.para and not _opens(here[0], open_, line, tokens):
            ranges.append((left[0] + 1, here.pop(0)))
            left = None
        if left and (here or left[1].para != line.para):
            ranges.append((left[0] + 1, left[1].j))
            left = None
        for k in here:
            if _opens(k, open_, line, tokens):
                ranges += ((inner + 1, k) for inner in open_[1:])  # no deeper than one in another
                open_[1:] = [k] if open_ else []
                open_ = open_ or [k]
            elif fellow := [n for n, mark in enumerate(open_) if _match(tokens[mark].form, tokens[k].form)]:
                ranges += ((mark + 1, k) for mark in open_[fellow[-1] :])
                del open_[fellow[-1] :]
        ranges += ((inner + 1, line.j) for inner in open_[1:])
        left = (open_[0], line) if open_ else left
    if left:
        ranges.append((left[0] + 1, left[1].j))
    return sorted((i, j) for i, j in ranges if i < j)


def _opens(k: int, open_: list[int], line: Line, tokens: list[Token]) -> bool:
    """Whether a quotation mark opens: by the side it touches a word on, then by its shape."""
    mark = tokens[k].form
    before = tokens[k - 1] if k > line.i else None
    behind = tokens[k + 1] if k + 1 < line.j and not tokens[k].after else None
    touches_before = before is not None and not before.after and before.form not in OPENERS
    touches_behind = behind is not None and (
        behind.kind != "punct" or behind.form in OPENERS or behind.form == ELLIPSIS
    )
    is_open = any(QUOTES[tokens[n].form] == QUOTES[mark] for n in open_)
    if mark == '"' and is_open:
        return False
    if touches_before != touches_behind:
        return touches_behind
    return not is_open and (touches_behind or mark in OPENERS or mark == '"')


def _match(opening: str, closing: str) -> bool:
    """Whether one mark may close another: curly and straight ones are mixed up, angled ones are not."""
    families = {QUOTES[opening], QUOTES[closing]}
    return len(families) == 1 or "»" not in families
