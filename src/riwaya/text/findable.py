"""How a text is looked up: its terms, and the spellings under which one word can stand.

The index holds every term as it stands, folded, and nothing stemmed: a question is widened instead, to the
spellings that clitics give a word.  So الحديدة finds وبالحديدة and للحديدة, and no other root is drawn in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from riwaya.text.normalise import ARABIC, fold, normalise

TERM = re.compile(rf"[{ARABIC}]+|[^\W_{ARABIC}]+")
"""A run of Arabic letters, or of other letters and digits; in normalised text."""

LONGEST = 100  # characters of a term that count; a database takes no endless ones

CONJUNCTIONS = ("", "و", "ف")
PREPOSITIONS = ("", "ب", "ك", "ل")
DETERMINED = ("ال", "بال", "كال", "لل")
ENCLITICS = ("ه", "ها", "هم", "هما", "هن", "نا", "كم")
ARTICLE = "ال"
TEH = "ه"  # what folding makes of teh marbuta; before an enclitic it is written ت
ENDINGS_WITHOUT_TANWIN = (TEH, "ا", "ء", "ي")
SHORTEST = 3  # letters of a word that may be told apart from what is joined to it

CLITICS = re.compile(rf"[وف]?(?:[بك]?{ARTICLE}|لل)(?P<core>.{{{SHORTEST},}})")
LONE_CLITIC = re.compile(rf"[وفبكل](?P<core>.{{{SHORTEST},}})")
PIECE = re.compile(
    r'(?P<minus>-)?(?:["“”„](?P<quoted>[^"“”„]*)["“”„]?|«(?P<said>[^»]*)»?|(?P<word>[^\s"“”„«»]+))'
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a text, folded, and where it stands in the original."""

    form: str
    start: int
    end: int


def terms(text: str) -> Iterator[Term]:
    """Every term of a text with its place in the original.

    >>> [(one.form, one.start, one.end) for one in terms("إلى «أريحا» 12كم")]
    [('الي', 0, 3), ('اريحا', 5, 10), ('12', 12, 14), ('كم', 14, 16)]
    """
    normalised = normalise(text)
    for found in TERM.finditer(normalised.text):
        start, end = normalised.map.span(*found.span())
        yield Term(cased(found[0])[:LONGEST], start, end)


def forms(text: str) -> list[str]:
    """The terms of a text without their places.

    >>> forms("Su-24 فوق إدلب")
    ['su', '24', 'فوق', 'ادلب']
    """
    return [cased(form)[:LONGEST] for form in TERM.findall(fold(text))]


def cased(form: str) -> str:
    """A term without upper case and letters that databases hold for another (µ is Greek μ there).

    >>> cased("µg")
    'μg'
    """
    return form if form.isascii() else form.casefold()


def spellings(form: str) -> tuple[str, ...]:
    """Every spelling under which a folded word can stand: with what is joined before and behind it.

    >>> {"الحديده", "وبالحديده", "للحديده", "حديده"} <= set(spellings("الحديده"))
    True
    >>> {"لالمانيا", "بالمانيا"} <= set(spellings("المانيا"))
    True
    >>> "الحديده" in spellings("وبالحديده")
    True
    >>> spellings("bbc")
    ('bbc',)
    """
    if not re.match(rf"[{ARABIC}]", form):
        return (form,)
    found = dict.fromkeys((form, *joined(form)))
    if clitics := CLITICS.fullmatch(form):
        found |= dict.fromkeys(joined(clitics["core"]))
    return tuple(found)


def joined(core: str) -> Iterator[str]:
    """A word with every clitic."""
    behind = [core, *with_enclitic(core)] if len(core) >= SHORTEST else [core]
    for conjunction in CONJUNCTIONS:
        for preposition in PREPOSITIONS:
            for word in behind:
                yield conjunction + preposition + word
        if not core.startswith(ARTICLE):
            for article in DETERMINED:
                yield conjunction + article + core


def with_enclitic(core: str) -> Iterator[str]:
    """A word with a pronoun behind it, or the accusative's alef."""
    if core.startswith(ARTICLE):
        return
    stem = core[: -len(TEH)] + "ت" if core.endswith(TEH) else core
    for enclitic in ENCLITICS:
        yield stem + enclitic
    if not core.endswith(ENDINGS_WITHOUT_TANWIN):
        yield core + "ا"


def loosened(form: str) -> str:
    """A word without the one letter that may be joined before it; itself where none may.

    >>> loosened("وحمص"), loosened("حمص")
    ('حمص', 'حمص')
    """
    found = LONE_CLITIC.fullmatch(form)
    return found["core"] if found else form


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing looked for: words that stand side by side, one of them as a rule.

    ``without`` says that no text found may hold it; ``prefix`` that the last word may go on.
    """

    words: tuple[str, ...]
    without: bool = False
    prefix: bool = False

    def loosened(self) -> Wanted:
        """The same without letters joined before its words."""
        return Wanted(tuple(map(loosened, self.words)), self.without, self.prefix)


def wanted(asked: str) -> tuple[Wanted, ...]:
    """What a person looks for: words, "phrases", -what must not be there, beginnings*.

    >>> wanted('إدلب "قوات النظام" -حلب سيطر*')  # doctest: +NORMALIZE_WHITESPACE
    (Wanted(words=('ادلب',), without=False, prefix=False),
     Wanted(words=('قوات', 'النظام'), without=False, prefix=False),
     Wanted(words=('حلب',), without=True, prefix=False),
     Wanted(words=('سيطر',), without=False, prefix=True))
    """
    found = []
    for piece in PIECE.finditer(asked):
        said = piece["quoted"] or piece["said"] or piece["word"] or ""
        words = tuple(forms(said))
        if words:
            found.append(Wanted(words, bool(piece["minus"]), said.rstrip().endswith("*")))
    return tuple(dict.fromkeys(found))


def shortest(spelled: Iterable[str]) -> tuple[str, ...]:
    """The beginnings that cover all others.

    >>> shortest(["سورها", "سور", "وسور"])
    ('سور', 'وسور')
    """
    kept: list[str] = []
    for form in sorted(spelled):
        if not kept or not form.startswith(kept[-1]):
            kept.append(form)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Sought:
    """Something looked for with every spelling of its words, ready to be held against a text."""

    of: Wanted
    spellings: tuple[frozenset[str], ...]
    beginnings: tuple[str, ...] = ()

    @classmethod
    def of_wanted(cls, one: Wanted) -> Sought:
        """Every spelling of what is wanted."""
        each = tuple(frozenset(spellings(word)) for word in one.words)
        return cls(one, each, shortest(each[-1]) if one.prefix else ())

    def ends(self, said: Sequence[Term], at: int) -> int:
        """The index after the last term of an occurrence that begins at a term; 0 where none begins."""
        last = len(self.spellings) - 1
        if at + last >= len(said):
            return 0
        for n, allowed in enumerate(self.spellings):
            form = said[at + n].form
            if form not in allowed and not (
                n == last and self.beginnings and form.startswith(self.beginnings)
            ):
                return 0
        return at + last + 1
