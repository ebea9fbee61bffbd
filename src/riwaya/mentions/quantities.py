"""How many: the counts of Arabic news, with their bounds and the noun they count.

    quantity = bound? count bound?                      نحو 20 صاروخا، 12 قتيلا على الأقل
    count    = number-or-range counted?                 بين 10 و15 جنديا، عشرات المعتقلين
             | noun "one" | noun "two" | the-noun the-number    شخص واحد، الجنود الثلاثة
             | dual                                     قتيلان
             | "one of" nouns                           أحد الجنود
    counted  = noun | of-them | others | "of" nouns     ثلاثة منهم، ستة آخرون، عشرات من أهالي

What is measured, priced, timed, numbered or aged (5 km, 20%, brigade 47, 12 years old) is no count and
is not returned.  Which words are nouns, and which of them duals, is told by the caller's lexicon.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from riwaya.mentions import numerals
from riwaya.mentions.numerals import Number
from riwaya.mentions.words import THE, Data, Row, Words, check_sections, definite, words_in
from riwaya.text.tokens import Token

Nouns = Callable[[str], "tuple[str, str] | None"]
"""A folded form to its lemma and number ('s', 'd', 'p'), or None where it is no known noun."""

SECTIONS = numerals.SECTIONS.union(
    ("before", "after", "between", "joints", "others", "of_them", "one_of", "measures", "labels", "out_of"),
    ("rising", "totals", "since_start", "not_dual", "function"),
)
"""The sections of numbers.yaml; not_dual and function have only to be known, to be nothing else."""
_DASHES = frozenset({"-", "–", "—"})
_SIGNS = frozenset({"%", "$", "€", "£", "°", "/", ":", "+", "="})
_PREPOSITIONS = frozenset({"من", "في", "علي"})
_CLITICS = frozenset("وفبلك")
# Without a noun after them these are as often a fraction, a lady, a lion or a tithe.
_SHORT = frozenset({"ثلاث", "اربع", "خمس", "ست", "سبع", "ثمان", "تسع", "عشر"})
_YEARS = range(1900, 2101)


class QuantityHit(NamedTuple):
    """A count in tokens [i, j): its bounds (None where open) and the token of the counted noun.

    ``cut`` letters of clitics precede it in its first token.  ``cumulative`` counts say what a total
    has come to, not what one event did.
    """

    i: int
    j: int
    min: float | None
    max: float | None
    noun: int | None
    cumulative: bool
    rule: str
    cut: int = 0


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The words of numbers.yaml."""

    words: Words

    @classmethod
    def from_data(cls, numbers: Data) -> NumberWords:
        """The words of a language, from its numbers.yaml as plainly read."""
        check_sections(numbers, SECTIONS, "numbers.yaml")
        others = {kind: words for kind, words in numbers.items() if kind not in numerals.SECTIONS}
        phrases = list(words_in(others))
        the_measures = definite(phrases, frozenset({"measures"}))
        measures = [(phrase, word._replace(kind="measures")) for phrase, word in the_measures]
        return cls(Words([*numerals.numeral_phrases(numbers), *phrases, *measures], _OPENING, _DUAL))


class Read(NamedTuple):
    """What a rule read, from where to where; ``counts`` is False for what is no count."""

    start: int
    end: int
    low: float | None = None
    high: float | None = None
    noun: int | None = None
    rule: str = ""
    counts: bool = True


class Counted(NamedTuple):
    """What is counted: where its words end, the noun if it is one, and how it was found."""

    end: int
    noun: int | None
    rule: str


def find_quantities(
    tokens: Sequence[Token],
    lo: int,
    hi: int,
    words: NumberWords,
    skip: Collection[int] = frozenset(),
    nouns: Nouns | None = None,
) -> list[QuantityHit]:
    """The counts among tokens [lo, hi), in order, without overlap and outside the tokens to skip."""
    row = Row(tokens, lo, hi, words.words)
    openings = row.openings()
    if not openings:
        return []
    grammar = _Grammar(row, tokens, lo, frozenset(i - lo for i in skip), nouns or _no_nouns)
    reads: list[Read] = []
    done = 0
    for i in openings:
        if i < done:
            continue
        read = grammar.quantity(i)
        if read is not None:
            done = read.end
            if read.counts and read.start >= (reads[-1].end if reads else 0):
                reads.append(read)
    totals = _totals(row, reads) if reads else []
    return [_hit(read, lo, total, grammar.cut(read)) for read, total in zip(reads, totals, strict=True)]


def _hit(read: Read, lo: int, total: bool, cut: int) -> QuantityHit:
    noun = None if read.noun is None else lo + read.noun
    return QuantityHit(lo + read.start, lo + read.end, read.low, read.high, noun, total, read.rule, cut)


def _no_nouns(form: str) -> tuple[str, str] | None:
    """The lexicon of somebody who has none."""
    return None


class _Grammar:
    """The rules over one row of words."""

    __slots__ = ("lo", "nouns", "row", "skip", "tokens")

    def __init__(
        self, row: Row, tokens: Sequence[Token], lo: int, skip: frozenset[int], nouns: Nouns
    ) -> None:
        self.row = row
        self.tokens = tokens
        self.lo = lo
        self.skip = skip
        self.nouns = nouns

    def quantity(self, i: int) -> Read | None:
        """The count that starts at a place: the first rule that reads one."""
        if i in self.skip:
            return None
        if self.row.at(i) is None:  # what the pack knows (not_dual) is not looked up as a dual
            return self.dual(i)
        for rule in _RULES:
            read = rule(self, i)
            if read is not None:
                return read
        return None

    # --- numbers before what they count

    def bounded(self, i: int) -> Read | None:
        """أكثر من 300 عائلة، نحو 20 صاروخا، ما لا يقل عن 70 مواطنا."""
        bound = self.row.word(i, "before")
        if bound is None:
            return None
        start = self.row.end(i)
        start += self.row.form(start) == THE
        if self.row.cut(start):
            return None
        read = self.counted(start, bound.name)
        return read and read._replace(start=i)

    def counted(self, i: int, bound: str = "") -> Read | None:
        """A number or a range, the bound after it, and what it counts."""
        between = self.row.word(i, "between")
        start = self.row.end(i) if between is not None else i
        number = self.range(start, between is not None)
        if number is None:
            if between is not None:
                return None
            number = numerals.read(self.row, start)
        if number is None or not self.skip.isdisjoint(range(start, number.end)):
            return None
        begin = i - 1 if self.spread(i, number) else i
        return self.measured(begin, number) or self.count(begin, number, bound)

    def spread(self, i: int, number: Number) -> bool:
        """Whether "from" stands before a range."""
        return number.low < number.high and self.row.form(i - 1) == "من" and not self.row.word(i, "fuzzy")

    def count(self, begin: int, number: Number, bound: str) -> Read | None:
        """A number that is a count: bounded, of a noun, or standing for people; else no count."""
        counted = self.what(begin, number)
        end, later = self.bound_after(counted.end)
        bound = bound or later
        if not bound and not counted.rule and not self.bare_count(begin, number):
            return Read(begin, number.end, counts=False)
        if number.low == number.high == 1 and not number.figures:
            return None  # "one" stands after its noun
        low = None if bound == "most" else number.low
        high = None if bound == "least" else number.high
        size = "number" if number.exact else "fuzzy" if self.row.word(number.end - 1, "fuzzy") else "range"
        rule = bound or size
        what = counted.rule or ("unknown" if self.unknown(number.end) else "")
        return Read(begin, end, low, high, counted.noun, f"{rule} {what}".strip())

    def range(self, i: int, between: bool) -> Number | None:
        """بين 10 و15، من 10 إلى 15، 10-15، خمسة أو ستة، with a scale that serves both."""
        first = numerals.read(self.row, i)
        start = self.joint(i, first, between) if first is not None else None
        second = numerals.read(self.row, start) if start is not None else None
        if first is None or second is None or not (first.exact and second.exact):
            return None
        low = first.low
        if first.scale == 1 and low < second.low / second.scale:
            low *= second.scale
        return second._replace(low=low) if low < second.low else None

    def joint(self, i: int, first: Number, between: bool) -> int | None:
        """The place of the second number of a range."""
        end, form = first.end, self.row.form(first.end)
        if between and (start := self.row.after_and(end)) is not None:
            return start
        if form in _DASHES:
            return end + 1 if first.figures and self.row.word(end + 1, "figures") else None
        if self.row.bare(end, "joints") is None:
            return None
        open_range = between or (self.row.form(i - 1) == "من" and not self.rising_before(i))
        return self.row.end(end) if open_range or form == "او" else None

    def rising_before(self, i: int) -> bool:
        """Whether "from 10 to 12" tells a rise and no range."""
        return any(self.row.word(k, "rising") for k in range(max(0, i - 8), i))

    def bound_after(self, i: int) -> tuple[int, str]:
        """على الأقل after the noun and at most two adjectives."""
        for k in range(i, i + 3):
            word = self.row.word(k, "after")
            if word is not None:
                return self.row.end(k), word.name
            if self.row.at(k) or k >= self.row.stop or self.tokens[self.lo + k].kind != "word":
                break
        return i, ""

    # --- what is no count

    def measured(self, begin: int, number: Number) -> Read | None:
        """5 كيلومترات، 20%، 12 عاما: measured, priced, timed."""
        end = number.end
        if self.row.bare(end, "measures"):
            return Read(begin, self.row.end(end), counts=False)
        money = self.row.form(begin - 1) in ("$", "€", "£")
        bare = self.row.form(end) in _SIGNS or self.scored(number)
        if money or bare or self.left(begin, number) or self.part(begin):
            return Read(begin, end, counts=False)
        return None

    def part(self, i: int) -> bool:
        """Whether "out of" ends before a place: 10 من أصل 14."""
        return self.row.word(i - 2, "out_of") is not None and self.row.end(i - 2) == i

    def scored(self, number: Number) -> bool:
        """3-2: figures on both sides of a dash that are no range."""
        dash = number.figures and self.row.form(number.end) in _DASHES
        return dash and self.row.word(number.end + 1, "figures") is not None

    def left(self, i: int, number: Number) -> bool:
        """Whether a rise begins here: "from 10 to 12"."""
        joint = self.row.bare(number.end, "joints") is not None
        return joint and self.row.form(i - 1) == "من" and self.rising_before(i)

    def bare_count(self, i: int, number: Number) -> bool:
        """Whether a number without a noun can be a count: "twelve were killed"."""
        if number.figures:
            return not self.numbered(i, number)
        if self.row.form(i)[self.row.cut(i) :] in _SHORT and number.end == i + 1:
            return False
        return self.row.word(i, "scales") is None or self.row.word(i, "fuzzy") is not None

    def numbered(self, i: int, number: Number) -> bool:
        """Whether figures without a noun number something: brigade 47, statement (41), F-16, 2011."""
        before = i - 1 - (self.row.form(i - 1) == THE)
        if before < i - 1 and self.row.form(before).startswith(THE):
            return True  # ordinal: اليوم الـ34
        before -= self.row.form(before) == "("
        if self.labelled(before) or self.row.form(before) in ("#", "/", "=", "@", "+"):
            return True
        if self.row.form(i - 1) == "(" and self.row.form(number.end) == ")":
            return True
        form = self.row.form(i)
        if form.isdigit() and len(form) == 4 and int(form) in _YEARS and int(number.high) in _YEARS:
            return True
        if not number.exact and self.row.form(i + 1) in _DASHES:
            return True  # 5-12 is as often a date
        return self.listed(i, number) or self.glued(i)

    def labelled(self, i: int) -> bool:
        """Whether a label of at most three words ends here."""
        return any(self.row.word(k, "labels") and self.row.end(k) == i + 1 for k in range(i, i - 3, -1))

    def listed(self, i: int, number: Number) -> bool:
        """Whether figures open a line of a list: "1- …"."""
        opener = self.row.form(number.end)
        return i == 0 and (opener in _DASHES or opener in (")", "."))

    def glued(self, i: int) -> bool:
        """Whether a dash ties figures to a word or other figures before them: شاهد-136, 3-2."""
        k = self.lo + i
        apart = self.tokens[k - 1].after or self.tokens[k - 2].after if i > 1 else True
        return self.row.form(i - 1) in _DASHES and not apart

    # --- what is counted

    def what(self, begin: int, number: Number) -> Counted:
        """The noun after a number, "of them", "others", "of" and a plural; nothing where none is there."""
        end = number.end
        if self.row.form(end) == ")":
            inner = self.noun(end + 1, number)
            return Counted(end + 2, end + 1, "noun") if inner else Counted(number.end, None, "")
        if self.noun(end, number) or (self.singular(end, number) and not self.numbered(begin, number)):
            return Counted(self.row.skip(end + 1, "others"), end, "noun")
        for kind in ("of_them", "others"):
            if self.row.bare(end, kind):
                return Counted(self.row.end(end), None, kind.replace("_", " "))
        if self.row.form(end) == "من" and self.plural(end + 1):
            return Counted(end + 2, end + 1, "of nouns")
        return Counted(end, None, "")

    def unknown(self, i: int) -> bool:
        """Whether a word that no lexicon knows follows, which may well be what is counted."""
        form = self.row.form(i)
        word = i < self.row.stop and i not in self.skip and self.tokens[self.lo + i].kind == "word"
        return word and not self.row.at(i) and form[0] not in _CLITICS and not form.startswith(THE)

    def noun(self, i: int, number: Number) -> bool:
        """Whether the word at a place is what the number counts."""
        form = self.row.form(i)
        if i in self.skip or i >= self.row.stop or self.tokens[self.lo + i].kind != "word":
            return False
        if form.startswith(THE) and number.exact and number.scale == 1:
            return False  # "three were killed, the army said"
        return self.known(form)

    def singular(self, i: int, number: Number) -> bool:
        """Whether an unknown word has the ending ا of what is counted from 11 to 99: 37 داعشيا."""
        form = self.row.form(i)
        return (
            number.exact
            and 11 <= number.low % 100 <= 99
            and i not in self.skip
            and not self.row.at(i)
            and len(form) > 3
            and form.endswith("ا")
            and not form.endswith("ها")
        )

    def known(self, form: str, numbers: str = "spd") -> bool:
        """Whether a form is a known noun, itself and not with a clitic before it."""
        info = self.nouns(form)
        if info is None or info[1] not in numbers:
            return False
        return form[:1] not in _CLITICS or info[0][:1] == form[:1]

    def plural(self, i: int) -> bool:
        return i not in self.skip and self.known(self.row.form(i), "p")

    # --- numbers after what they count, or inside it

    def after_noun(self, i: int) -> Read | None:
        """شخص واحد، جنديين اثنين، الجنود الثلاثة."""
        found = self.row.at(i)
        if (
            i == 0
            or i - 1 in self.skip
            or found is None
            or found.cut
            or _AFTER.isdisjoint(word.kind for word in found.words)
        ):
            return None
        noun = self.nouns(self.row.form(i - 1))
        if noun is None:
            return None
        the = numerals.read(self.row, i, "the_")
        if the is not None:
            counts = noun[1] == "p" and the.low > 2  # "the two" is also Monday
            return Read(i - 1, the.end, the.low, the.high, i - 1, "the number") if counts else None
        ones = self.row.word(i, "ones")
        if ones is None or self.row.form(i - 1).startswith(THE):
            return None
        one = ones.low == 1 and noun[1] == "s" and self.row.form(i - 2) not in _PREPOSITIONS
        two = ones.low == 2 and self.row.form(i - 1).endswith(("ين", "ان"))
        return Read(i - 1, i + 1, ones.low, ones.low, i - 1, "after noun") if one or two else None

    def one_of(self, i: int) -> Read | None:
        """أحد الجنود، إحدى السيدات."""
        if self.row.word(i, "one_of") and self.plural(self.row.end(i)):
            return Read(i, self.row.end(i) + 1, 1.0, 1.0, self.row.end(i), "one of")
        return None

    def dual(self, i: int) -> Read | None:
        """قتيلان، شهيدين مدنيين."""
        form = self.row.forms[i]
        noun = self.nouns(form)
        if noun is None or noun[1] != "d":
            return None
        end = i + 1
        two = self.row.bare(end, "ones")
        if two is not None and two.low == 2:
            end += 1
        elif self.row.form(end)[-2:] == form[-2:] and not self.row.at(end):
            end += self.known(self.row.form(end))  # its adjective
        return Read(i, end, 2.0, 2.0, i, "dual")

    def cut(self, read: Read) -> int:
        """How many letters of clitics stand before a count in its first token."""
        if self.row.at(read.start):
            return self.row.cut(read.start)
        form = self.row.form(read.start)
        info = self.nouns(form)
        cut = 0
        while info and len(form) - cut > 4 and form[cut] in _CLITICS and info[0][:1] != form[cut]:
            cut += 1
            if form.startswith("لل", cut - 1):
                break
        return cut


_Rule = Callable[[_Grammar, int], Read | None]
_RULES: tuple[_Rule, ...] = (
    _Grammar.after_noun,
    _Grammar.bounded,
    _Grammar.one_of,
    _Grammar.counted,
)
_AFTER = frozenset({"ones", "the_ones", "the_teens", "the_tens", "the_hundreds"})
_DUAL = ("ان", "ين")
_OPENING = numerals.SECTIONS | {"the_" + kind for kind in numerals.COUNTING} | {"before", "between", "one_of"}


def _totals(row: Row, reads: Sequence[Read]) -> list[bool]:
    """For each count whether it is a running total; counts joined by "and" share the answer."""
    found = [(i, found) for i in range(row.stop) if (found := row.at(i)) is not None]
    cues = [(i, word.kind) for i, words in found for word in words.words if word.kind in _CUES]
    marked = {_cued(row, reads, i, kind) for i, kind in cues}
    totals = [k in marked for k in range(len(reads))]
    for k in range(1, len(reads)):
        if _joined(row, reads[k - 1], reads[k]):
            totals[k] |= totals[k - 1]
    for k in range(len(reads) - 1, 0, -1):
        if _joined(row, reads[k - 1], reads[k]):
            totals[k - 1] |= totals[k]
    return totals


_CUES = frozenset({"rising", "totals", "since_start"})


def _cued(row: Row, reads: Sequence[Read], i: int, kind: str) -> int | None:
    """Which count a cue at a place makes a total."""
    following = next((k for k, read in enumerate(reads) if read.start >= row.end(i)), None)
    if kind == "since_start":
        before = [k for k, read in enumerate(reads) if read.end <= i]
        return before[-1] if before else following
    if kind == "totals":
        return following if following is not None and reads[following].start - row.end(i) <= 4 else None
    to = (k for k, read in enumerate(reads) if read.start > i and row.form(read.start - 1) == "الي")
    reached = next(to, None)
    return reached if reached is not None and reads[reached].start - i <= 25 else None


def _joined(row: Row, first: Read, second: Read) -> bool:
    """Whether "and" joins two counts that stand side by side."""
    between = row.forms[first.end : second.start]
    return len(between) <= 2 and ("و" in between or row.form(second.start)[:1] == "و")
