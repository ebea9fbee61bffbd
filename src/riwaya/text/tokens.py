"""Words, figures, signs: the pieces of a text, each with its place in the original."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from sys import intern

from riwaya.text.normalise import ARABIC, Normalised


class Token:
    """One piece of text.

    ``form`` is folded, ``start`` and ``end`` are places in the original; ``kind`` is 'word' (Arabic letters),
    'number', 'latin' (any other letters, handles, addresses), 'punct' or 'symbol'; ``after`` says whether
    white space follows.
    """

    __slots__ = ("after", "end", "form", "kind", "start")

    def __init__(self, form: str, start: int, end: int, kind: str, after: bool) -> None:
        self.form = form
        self.start = start
        self.end = end
        self.kind = kind
        self.after = after

    def __repr__(self) -> str:
        return f"Token({self.form!r}, {self.start}, {self.end}, {self.kind!r})"


LETTER = rf"[^\W\d_{ARABIC}]"
LETTER_OR_DIGIT = rf"[^\W_{ARABIC}]"
PATH = r"[^\s<>\"“”„«»،؛؟]*[^\s<>\"“”„«»،؛؟.,:;!?)(\]\['*_]"
ADDRESS = rf"(?:https?://|www\.){PATH}|[a-z0-9\-]++(?:\.[a-z0-9\-]++)++/(?:{PATH})?"
MAIL = r"[a-z0-9._%+\-]{1,64}@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+"  # bounded, or an endless a.a.a. costs its square
HANDLE = r"@[a-z0-9_]+"
# Letters with their inner hyphens, stops and apostrophes: su-24, aljazeera.net, o'brien, u.n
NAME = rf"{LETTER}{LETTER_OR_DIGIT}*(?:[-.'’]{LETTER_OR_DIGIT}+)*"
# A date with hyphens; thousands with commas; otherwise figures joined by stop, colon or slash.
NUMBER = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-\d{4})(?![\d\-])"
    r"|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?"
    r"|\d+(?:[.:/]\d+)*"
)

PIECE = re.compile(
    rf"(?P<word>[{ARABIC}]+)"
    r"|(?P<punct>[،؛؟!\"“”„«»()\[\]{}\-–—'’‘]|[.…]+)"
    rf"|(?P<number>{NUMBER})"
    rf"|(?P<latin>{ADDRESS}|{MAIL}|{HANDLE}|{NAME})"
    r"|_+"  # joins the words of a hashtag and says nothing
    r"|(?P<other>[^\s_])"
)

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
WHITE = frozenset(" \t\n\r")


@lru_cache(maxsize=4096)
def _sign(character: str) -> str:
    """Whether a character that is neither letter nor digit punctuates or pictures."""
    return "punct" if character.isascii() or unicodedata.category(character)[0] == "P" else "symbol"


def tokenise(normalised: Normalised) -> list[Token]:
    """Cut a normalised text into tokens, in order.

    >>> from riwaya.text.normalise import normalise
    >>> [(t.form, t.kind) for t in tokenise(normalise("#أم_درمان 3,500 عائلة"))]
    [('#', 'punct'), ('ام', 'word'), ('درمان', 'word'), ('3,500', 'number'), ('عايله', 'word')]
    """
    tokens: list[Token] = []
    append = tokens.append
    text = normalised.text
    padded = text + "\0"  # so that there is always a character behind; normalised text holds no NUL
    shift, until = normalised.map.steady(0)
    for piece in PIECE.finditer(text):
        kind = piece.lastgroup
        if kind is None:
            continue
        start, end = piece.span()
        form = text[start:end]
        after = padded[end] in WHITE
        if kind == "punct":
            if end - start > 1 and form != "..":  # two dots are a pause, not an end
                form = ELLIPSIS
        elif kind == "other":
            kind = _sign(form)
        if end <= until:
            append(Token(intern(form), start + shift, end + shift, kind, after))
        else:
            shift, until = normalised.map.steady(end)
            append(Token(intern(form), *normalised.map.span(start, end), kind, after))
    return tokens
