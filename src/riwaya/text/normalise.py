"""The text as we read it: one spelling for what Arabic writes in many ways.

Each step is one small function; `STEPS` lists them in order.  A step names the characters that make it
necessary, so most texts pass most steps untouched.  Steps that keep the length need no map; the others
note every change in an `OffsetMap`.

Characters are written by name or code point: in a right-to-left file a literal cannot be checked by eye.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from riwaya.text.offsets import UNCHANGED, OffsetMap, Rewritten, rewrite


def _characters(*ranges: tuple[int, int]) -> frozenset[str]:
    """All characters of some inclusive ranges."""
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


def _class(characters: Iterable[str]) -> str:
    """The characters as the inside of a regular expression's brackets."""
    return "".join(re.escape(c) for c in sorted(characters))


TATWEEL = "\N{ARABIC TATWEEL}"

INVISIBLE = _characters(
    (0x00AD, 0x00AD),  # soft hyphen
    (0x061C, 0x061C),  # Arabic letter mark
    (0x180E, 0x180E),  # Mongolian vowel separator, once a zero-width space
    (0x200B, 0x200F),  # zero-width space, joiner and non-joiner; left-to-right and right-to-left marks
    (0x202A, 0x202E),  # embeddings and overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, isolates, retired format characters
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFF9, 0xFFFB),  # interlinear annotation
)
"""Characters that print nothing and belong to no letter."""

MARKS = _characters(
    (0x0300, 0x036F),  # Latin accents that no composed letter took in
    (0x0610, 0x061A),  # honorifics and small high signs
    (0x064B, 0x065F),  # tanwin, fatha … shadda, sukun, combining hamza and madda
    (0x0670, 0x0670),  # superscript alef, as in the full spelling of "this"
    (0x06D6, 0x06DC),  # Quranic pause signs
    (0x06DF, 0x06E8),  # Quranic zeros, small high letters, small waw and yeh
    (0x06EA, 0x06ED),  # Quranic stops
    (0x0898, 0x089F),
    (0x08CA, 0x08E1),
    (0x08E3, 0x08FF),  # extended Arabic marks
    (0x20D0, 0x20FF),  # enclosing marks: the keycap of a digit emoji
    (0xFC5E, 0xFC63),
    (0xFCF2, 0xFCF4),
    (0xFE70, 0xFE7F),  # harakat as presentation forms, on nothing or on a tatweel
    (0xFE00, 0xFE0F),  # variation selectors: "show as emoji"
    (0xFE20, 0xFE2F),  # half marks
)
"""Signs above or below a letter; they belong to the character before them."""

COMPATIBLE = _characters(
    (0x2460, 0x2473),  # circled numbers one to twenty
    (0xFB00, 0xFB06),  # Latin ligatures (ﬁ)
    (0xFB50, 0xFDF9),
    (0xFDFC, 0xFDFC),
    (0xFE80, 0xFEFC),  # Arabic presentation forms, as copied out of PDF files; the honorifics U+FDFA and
    # U+FDFB stay one symbol, or four words would share one place
    (0xFF01, 0xFF5E),  # fullwidth Latin
    (0x1D400, 0x1D7FF),  # mathematical alphabets, used as "bold" in posts
)
"""Other shapes of plain characters; NFKC knows which."""

PLAIN = {
    c: plain
    for c in COMPATIBLE - MARKS
    if (plain := unicodedata.normalize("NFKC", c)) != c and not plain.startswith(" ")
}
"""What each compatible character stands for, such as one for each shape of a letter."""

LETTERS = {
    # Hamza seats are the first thing hurried Arabic drops (امس for أمس); hamza alone is kept.
    "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH WAVY HAMZA ABOVE}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH WAVY HAMZA BELOW}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER HIGH HAMZA ALEF}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER WAW WITH HAMZA ABOVE}": "\N{ARABIC LETTER WAW}",
    "\N{ARABIC LETTER HIGH HAMZA WAW}": "\N{ARABIC LETTER WAW}",
    "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER HIGH HAMZA YEH}": "\N{ARABIC LETTER YEH}",
    # Two dots are a matter of taste: Egypt writes final yeh without, haste writes teh marbuta without.
    "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
    # Persian, Kurdish and Urdu keyboards, and Persian letters in foreign names.
    "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER YEH WITH TAIL}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER E}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER YEH BARREE}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER YEH BARREE WITH HAMZA ABOVE}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER SWASH KAF}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER GAF}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER HEH DOACHASHMEE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH GOAL WITH HAMZA ABOVE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH WITH YEH ABOVE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER TEH MARBUTA GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER AE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER PEH}": "\N{ARABIC LETTER BEH}",
    "\N{ARABIC LETTER TCHEH}": "\N{ARABIC LETTER JEEM}",
    "\N{ARABIC LETTER JEH}": "\N{ARABIC LETTER ZAIN}",
    "\N{ARABIC LETTER VEH}": "\N{ARABIC LETTER FEH}",
}
"""Letters that hurried, regional or foreign writing exchanges for one another."""

DIGITS = {chr(zero + n): str(n) for zero in (0x0660, 0x06F0) for n in range(10)}
"""Arabic-Indic digits and their eastern (Persian) forms."""

SIGNS = {
    "\N{ARABIC PERCENT SIGN}": "%",
    "\N{ARABIC FULL STOP}": ".",
    "\N{ARABIC FIVE POINTED STAR}": "*",
}
"""Arabic signs with an exact ASCII twin."""

SPACES = dict.fromkeys(
    _characters(
        (0x00A0, 0x00A0),  # no-break space
        (0x1680, 0x1680),
        (0x2000, 0x200A),  # en, em, thin, hair …
        (0x202F, 0x202F),  # narrow no-break
        (0x205F, 0x205F),
        (0x3000, 0x3000),  # ideographic
        (0x0000, 0x0008),
        (0x000E, 0x001F),
        (0x007F, 0x0084),
        (0x0086, 0x009F),  # control characters that no writer typed
    ),
    " ",
)
"""Everything that separates words on a line."""

BREAKS = dict.fromkeys("\v\f\N{NEXT LINE}\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}", "\n")
"""Rare line ends. CR stays: with LF it is one line end, alone it is one, too."""

SURROGATES = dict.fromkeys(_characters((0xD800, 0xDFFF)), "\N{REPLACEMENT CHARACTER}")
"""Halves of a pair, from cut JSON; they cannot be written to a file."""

CASES = {
    c: lower
    for c in _characters((0x41, 0x5A), (0xC0, 0x24F), (0x386, 0x3AB), (0x400, 0x42F), (0x1E00, 0x1EFF))
    if len(lower := c.lower()) == 1 and lower != c
}
"""Capital letters of Latin, Greek and Cyrillic."""


def _one_to_one() -> dict[int, str]:
    """All folds that keep the length, as one table; plain shapes are folded in their turn."""
    folds = CASES | LETTERS | DIGITS | SIGNS | SPACES | BREAKS | SURROGATES
    shapes = {c: folds.get(plain, plain) for c, plain in PLAIN.items() if len(plain) == 1}
    return {ord(c): fold for c, fold in (folds | shapes).items()}


FOLDS = _one_to_one()
LIGATURES = {c: plain for c, plain in PLAIN.items() if len(plain) > 1}
ARABIC = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff"
    "\u0750-\u077f\u0870-\u0887\u0889-\u088e\u08a0-\u08c9"
)
"""Arabic letters, as the inside of brackets."""

ACCENTS = _characters((0x0300, 0x036F))


@dataclass(frozen=True, slots=True)
class Step:
    """One change: the characters that call for it, and the function that makes it."""

    name: str
    touches: frozenset[str]
    change: Callable[[str], Rewritten]


_LIGATURE = re.compile(f"[{_class(LIGATURES)}]")
_ACCENTED = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff][\u0300-\u036f]+")
_INVISIBLE = re.compile(f"[{_class(INVISIBLE)}]+")
_MARK = re.compile(f"[{_class(MARKS)}]+")
_GAP = r"[ \t.*\N{BULLET}\N{MIDDLE DOT}_\-]{1,3}"
_BROKEN = re.compile(rf"(?<=[{ARABIC}]){TATWEEL}++(?:{_GAP}{TATWEEL}++)++(?=[{ARABIC}])")
_TATWEEL = re.compile(f"{TATWEEL}+")
_FIGURES = re.compile(r"(?<![0-9])[0-9]++(?:[\u066b\u066c\u060c,.][0-9]++)+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[\u066c\u060c,][0-9]{3})+(?:[\u066b.][0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}")


def _nothing(found: re.Match[str]) -> str:
    return ""


def expand_ligatures(text: str) -> Rewritten:
    """One character for several letters becomes the letters.

    >>> expand_ligatures("بﻼد ﷲ").text
    'بلاد الله'
    """
    return rewrite(_LIGATURE, text, lambda found: LIGATURES[found[0]])


def compose_accents(text: str) -> Rewritten:
    r"""A Latin letter and its accent become one letter, as most keyboards write it.

    >>> compose_accents("Re\u0301publique").text
    'République'
    """
    return rewrite(_ACCENTED, text, lambda found: unicodedata.normalize("NFC", found[0]))


def fold_characters(text: str) -> Rewritten:
    """Each character becomes its plain twin, one for one.

    >>> fold_characters("إلى أريحا ٢٧ دبّابة BBC").text
    'الي اريحا 27 دبّابه bbc'
    """
    return Rewritten(text.translate(FOLDS), UNCHANGED)


def drop_invisible(text: str) -> Rewritten:
    r"""Direction marks, joiners and byte order marks go.

    >>> drop_invisible("\u200fقال\u200c إن").text
    'قال إن'
    """
    return rewrite(_INVISIBLE, text, _nothing)


def drop_marks(text: str) -> Rewritten:
    """Vowel signs and other marks go; their place belongs to the letter that bore them.

    >>> drop_marks("قُتِلَ")
    Rewritten(text='قتل', map=OffsetMap([(0, 2, 0, 1), (2, 4, 1, 2), (4, 6, 2, 3)]))
    """
    return rewrite(_MARK, text, _nothing, attach=True)


def rejoin_words(text: str) -> Rewritten:
    """Words pulled apart to get past a filter come together, where tatweels show that they were one.

    >>> rejoin_words("مـ ـجـ ـزرة ومقـ.ـتل هـ. ثم").text
    'مجزرة ومقتل هـ. ثم'
    """
    return rewrite(_BROKEN, text, _nothing)


def drop_tatweel(text: str) -> Rewritten:
    """The stroke that stretches a word goes.

    >>> drop_tatweel("الـخـرطــوم").text
    'الخرطوم'
    """
    return rewrite(_TATWEEL, text, _nothing, attach=True)


def settle_separators(text: str) -> Rewritten:
    """Inside a figure the comma parts thousands and the stop begins the fraction.

    >>> settle_separators("12٫5 و3٬500 و3،500 و7,5 و4،5").text
    '12.5 و3,500 و3,500 و7.5 و4،5'
    """
    return Rewritten(_FIGURES.sub(_settled, text), UNCHANGED)


def _settled(found: re.Match[str]) -> str:
    """One figure with the separators that it means."""
    figure = found[0]
    if _THOUSANDS.fullmatch(figure):
        figure = figure.replace("\N{ARABIC COMMA}", ",")
    elif _DECIMAL_COMMA.fullmatch(figure):
        return figure.replace(",", ".")
    return figure.replace("\N{ARABIC DECIMAL SEPARATOR}", ".").replace("\N{ARABIC THOUSANDS SEPARATOR}", ",")


def _leading_to(characters: Iterable[str]) -> frozenset[str]:
    """Characters, and those that an earlier step turns into one of them."""
    wanted = frozenset(characters)
    earlier = PLAIN | DIGITS
    return wanted | {c for c, plain in earlier.items() if not wanted.isdisjoint(plain)}


STEPS: tuple[Step, ...] = (
    Step("expand ligatures", frozenset(LIGATURES), expand_ligatures),
    Step("compose accents", ACCENTS, compose_accents),
    Step("fold characters", _leading_to(map(chr, FOLDS)), fold_characters),
    Step("drop invisible", INVISIBLE, drop_invisible),
    Step("drop marks", _leading_to(MARKS), drop_marks),
    Step("rejoin words", frozenset(TATWEEL), rejoin_words),
    Step("drop tatweel", frozenset(TATWEEL), drop_tatweel),
    Step("settle separators", _leading_to("0123456789"), settle_separators),
)
"""Every change, in order: marks hide the tatweels beside them, and folding makes spaces and digits plain."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """The text as we read it, and the map to the text as it came."""

    text: str
    map: OffsetMap


def normalise(text: str) -> Normalised:
    """Fold a text, keeping the way back.

    >>> folded = normalise("سـيطرَ الجيشُ على أمّ درمان")
    >>> folded.text, folded.map.span(0, 4)
    ('سيطر الجيش علي ام درمان', (0, 6))
    """
    where = UNCHANGED
    characters = set(text)
    for step in STEPS:
        if not step.touches.isdisjoint(characters):
            text, change = step.change(text)
            where = where.then(change)
    return Normalised(text, where)


def fold(word: str) -> str:
    """A dictionary word in the spelling of normalised text.

    >>> fold("هيئة تحرير الشَّام")
    'هييه تحرير الشام'
    """
    return normalise(word).text
