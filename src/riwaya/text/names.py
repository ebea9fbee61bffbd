"""Where a name stands in a text, however it is spelt and whatever leans on it; and blanking it there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from riwaya.text.normalise import normalise
from riwaya.text.tokens import tokenise

BLANK = "\N{FULL BLOCK}"
# What is written together with a name that follows: و ف ب ل ك and س, of which at most three come together.
LEANS = re.compile("[وفبلكس]{0,3}")
ARTICLE, TO_THE = "ال", "لل"


def forms(name: str) -> tuple[str, ...]:
    """The folded words of a name; none where it has no letter or digit."""
    return tuple(
        token.form for token in tokenise(normalise(name)) if token.kind in ("word", "latin", "number")
    )


def places(text: str, names: Iterable[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Every run ``[start, stop)`` of the text that is one of the names, given as ``forms`` has them.

    Particles that lean on the first word are passed over and stay out of the run.  Between the words of a
    name may stand nothing but white space and marks, whatever their number.
    """
    wanted = [name for name in names if name]
    tokens = [t for t in tokenise(normalise(text)) if t.kind in ("word", "latin", "number")]
    for at, token in enumerate(tokens):
        for name in wanted:
            end = at + len(name)
            lean = leaning(token.form, name[0])
            if lean is None or end > len(tokens):
                continue
            if all(tokens[at + n].form == form for n, form in enumerate(name) if n):
                yield token.start + min(lean, token.end - token.start), tokens[end - 1].end


def leaning(form: str, name: str) -> int | None:
    """How many letters lean on a word that is a name; None where it is another word."""
    spellings = [name, TO_THE + name[len(ARTICLE) :]] if name.startswith(ARTICLE) else [name]
    for spelt in spellings:
        lean = len(form) - len(spelt)
        if lean >= 0 and form.endswith(spelt) and LEANS.fullmatch(form[:lean]):
            return lean
    return None


def blanked(text: str, names: Iterable[Sequence[str]]) -> str:
    """The text with every letter of the names replaced, one character for one, so that offsets hold."""
    out: list[str] | None = None
    for start, stop in places(text, names):
        out = out or list(text)
        for at in range(start, stop):
            if not out[at].isspace():
                out[at] = BLANK
    return "".join(out) if out else text
