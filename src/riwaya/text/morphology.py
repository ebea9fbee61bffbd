"""Readings of a word: a table of all stems and forms, and the clitics that may be written on to them.

The table holds the veto: a clitic is only taken off when what is left is a form in the table, and a word
that is itself in the table (سيطرة، وصل، فتح) is not cut.  Cutting is weighed, not guessed: every clitic has
a price, the cheapest analyses stay, and those of equal standing stay with them (see ``KEPT``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from riwaya.text.normalise import fold
from riwaya.text.paradigms import (
    BOUND,
    DEFINITE,
    FREE,
    Form,
    Shape,
    Verb,
    conjugate,
    decline,
    relational_adjective,
)

VERBAL = frozenset({"perf", "impf", "imp"})
NOMINAL = frozenset({"masdar", "apart", "ppart", "noun", "adj"})
KINDS = ("particle", "noun", "perf", "impf", "masdar", "adj", "apart", "ppart", "imp")  # the plausible first

ARTICLE = "ال"
PRONOUNS = VERBAL | NOMINAL | {"particle"}
ENCLITICS = {  # what may end a word, with its price and the kinds it may be joined to
    "": (0.0, PRONOUNS),
    "ه": (0.5, PRONOUNS),  # also how folding writes ة: قائده, قائدة
    "ها": (1.0, PRONOUNS),
    "هم": (1.0, PRONOUNS),
    "هما": (1.0, PRONOUNS),
    "هن": (1.0, PRONOUNS),
    "نا": (0.5, PRONOUNS),  # also an ending: قصفنا
    "ي": (1.5, NOMINAL | {"particle"}),
    "ني": (1.0, VERBAL | {"particle"}),
    "ك": (1.0, PRONOUNS),
    "كم": (1.0, PRONOUNS),
    "كما": (1.0, PRONOUNS),
    "كن": (1.0, PRONOUNS),
}
RARE = 1.25  # the price of a form nobody much writes: ودعا is "and he called" before it is "they two parted"
KEPT = 0.5  # analyses this much dearer than the cheapest are of equal standing
LEMMA = 10  # a number in the table is a lemma's place, ten bits for the place of a shape, three for the use
SHAPE = (1 << LEMMA + 3) - 8
SEEN_LIMIT = 300_000  # distinct words remembered before the memory starts afresh


@dataclass(frozen=True, slots=True)
class Reading:
    """What a word form says: its lemma as the data file writes it, and its grammar.

    ``kind`` is perf, impf, imp, masdar, apart, ppart, noun, adj or particle; ``def_`` is None for verbs and
    particles; ``construct`` is true where the nun of a dual or plural is dropped.
    """

    lemma: str
    kind: str
    person: int
    number: str
    gender: str
    voice: str
    def_: bool | None
    construct: bool


class Analysis(NamedTuple):
    """A reading with the clitics taken off to reach it; the stem's offsets are in the form."""

    reading: Reading
    proclitics: tuple[str, ...]
    enclitic: str
    stem_start: int
    stem_end: int


class _Prefix(NamedTuple):
    """Proclitics written as one string: what they are, what they may stand before, what they cost."""

    clitics: tuple[str, ...]
    kinds: frozenset[str]
    price: float


class _Split(NamedTuple):
    """One way of cutting a word, and the analyses that come of it."""

    price: float
    open_class: bool
    clitics: int
    shape: int
    analyses: tuple[Analysis, ...]


def _prefixes() -> dict[str, tuple[_Prefix, ...]]:
    found: dict[str, list[_Prefix]] = {}

    def add(written: str, prefix: _Prefix) -> None:
        found.setdefault(written, []).append(prefix)

    for joint in ("", "و", "ف"):
        head = (joint,) if joint else ()
        price = float(len(head))
        add(joint, _Prefix(head, VERBAL | NOMINAL, price))
        add(joint, _Prefix(head, frozenset({"particle"}), price / 2))
        add(joint + ARTICLE, _Prefix((*head, ARTICLE), NOMINAL, price))
        add(joint + "لل", _Prefix((*head, "ل", ARTICLE), NOMINAL, price + 1))
        add(joint + "س", _Prefix((*head, "س"), frozenset({"impf"}), price + 1))
        add(joint + "ل", _Prefix((*head, "ل"), frozenset({"impf"}), price + 1))
        add(joint + "ل", _Prefix((*head, "ل"), frozenset({"perf"}), price + 2))  # لسقطت: would have fallen
        for preposition in "بكل":
            add(joint + preposition, _Prefix((*head, preposition), NOMINAL, price + 1))
            add(joint + preposition, _Prefix((*head, preposition), frozenset({"particle"}), (price + 1) / 2))
            if preposition != "ل":
                add(joint + preposition + ARTICLE, _Prefix((*head, preposition, ARTICLE), NOMINAL, price + 1))
    return {written: tuple(prefixes) for written, prefixes in found.items()}


PREFIXES = _prefixes()
LONGEST_PREFIX = max(map(len, PREFIXES))
LONGEST_ENCLITIC = max(map(len, ENCLITICS))


class Lexicon:
    """Every form the data files give, and how to read a word with it.

    ``classes`` maps the lemma of a noun to the semantic classes its entry names.
    """

    def __init__(
        self,
        lemmas: tuple[str, ...],
        shapes: tuple[tuple[Any, ...], ...],
        forms: dict[str, tuple[int, ...]],
        classes: dict[str, tuple[str, ...]],
    ) -> None:
        """Take the tables as they are; a number in ``forms`` holds places in lemmas and shapes, and a use."""
        self._lemmas = lemmas
        self._shapes = shapes
        self._forms = forms
        self._rare = frozenset(place for place, shape in enumerate(shapes) if _is_rare(Shape(*shape)))
        self._readings: dict[tuple[int, bool], Reading] = {}
        self._seen: dict[str, tuple[Analysis, ...]] = {}
        self.classes = {lemma: frozenset(names) for lemma, names in classes.items()}

    def analyse(self, form: str) -> tuple[Analysis, ...]:
        """The readings of a folded word, the most plausible first; () for an unknown one."""
        known = self._seen.get(form)
        if known is None:
            if len(self._seen) >= SEEN_LIMIT:
                self._seen.clear()
            known = self._seen[form] = self._analyse(form)
        return known

    def _analyse(self, form: str) -> tuple[Analysis, ...]:
        splits = list(self._splits(form))
        if not splits:
            return ()
        dearest = min(split.price for split in splits) + KEPT
        kept = sorted((split for split in splits if split.price <= dearest), key=lambda split: split[:4])
        return tuple(dict.fromkeys(analysis for split in kept for analysis in split.analyses))

    def _splits(self, form: str) -> Iterator[_Split]:
        """Every way to cut a form that leaves something the table has."""
        if form.startswith(("لل", "ولل", "فلل")):
            # للجنة: the article's lam and the noun's are written once
            at = form.index("ل")
            definite = tuple(prefix for prefix in PREFIXES[form[: at + 2]] if ARTICLE in prefix.clitics)
            yield from self._stems(form, at + 1, definite)
        for start in range(min(LONGEST_PREFIX, len(form) - 1) + 1):
            if form[:start] in PREFIXES:
                yield from self._stems(form, start, PREFIXES[form[:start]])

    def _stems(self, form: str, start: int, prefixes: tuple[_Prefix, ...]) -> Iterator[_Split]:
        """What the table has for the rest of a form, whole and without an enclitic."""
        for end in range(len(form), max(start, len(form) - LONGEST_ENCLITIC - 1), -1):
            codes = self._forms.get(form[start:end])
            if codes is None or form[end:] not in ENCLITICS:
                continue
            for prefix in prefixes:
                fitting = [code for code in codes if self._fits(code, prefix, form, end)]
                if fitting:
                    yield self._split(fitting, prefix, form, start, end)

    def _fits(self, code: int, prefix: _Prefix, form: str, end: int) -> bool:
        """Whether a reading may stand between these clitics."""
        kind, _, number, _, _, construct = self._shapes[(code & SHAPE) >> 3]
        enclitic = form[end:]
        if kind not in prefix.kinds or kind not in ENCLITICS[enclitic][1]:
            return False
        definite = ARTICLE in prefix.clitics
        if not enclitic:
            return bool(code & (DEFINITE if definite else FREE))
        if enclitic == "ه" and construct and form[end - 1] == "ي" and (kind, number) != ("noun", "p"):
            return False  # ميدانية is an adjective, not "its two fields"; مقاتليه is "its fighters"
        return bool(code & BOUND) and not definite

    def _split(self, codes: list[int], prefix: _Prefix, form: str, start: int, end: int) -> _Split:
        place = (codes[0] & SHAPE) >> 3
        enclitic = form[end:]
        open_class = self._shapes[place][0] != "particle"
        price = prefix.price + RARE * (place in self._rare)
        if open_class or enclitic == "ه":
            price += ENCLITICS[enclitic][0]
        definite = ARTICLE in prefix.clitics
        analyses = tuple(
            Analysis(self._reading(code >> 3, definite), prefix.clitics, enclitic, start, end)
            for code in codes
        )
        clitics = len(prefix.clitics) - definite + bool(enclitic)
        return _Split(price, open_class, clitics, place, analyses)

    def _reading(self, place: int, definite: bool) -> Reading:
        reading = self._readings.get((place, definite))
        if reading is None:
            lemma = self._lemmas[place >> LEMMA]
            kind, person, number, gender, voice, construct = self._shapes[place & (SHAPE >> 3)]
            def_ = definite if kind in NOMINAL else None
            reading = Reading(lemma, kind, person, number, gender, voice, def_, construct)
            self._readings[place, definite] = reading
        return reading

    def dump(self) -> tuple[Any, ...]:
        """The tables as plain tuples, strings and numbers, for ``load``."""
        classes = {lemma: tuple(sorted(names)) for lemma, names in self.classes.items()}
        return self._lemmas, self._shapes, self._forms, classes

    @classmethod
    def load(cls, dumped: tuple[Any, ...]) -> Lexicon:
        """A lexicon from what ``dump`` gave."""
        return cls(*dumped)


def build_lexicon(
    verbs: Iterable[Mapping[str, Any]],
    nouns: Iterable[Mapping[str, Any]] = (),
    particles: Iterable[str | Mapping[str, Any]] = (),
) -> Lexicon:
    """Generate every form of the entries of the verb list, the noun list and the particles.

    A particle is a word, or a mapping with ``lemma`` and ``forms``.
    """
    nouns = tuple(nouns)
    table = _Table()
    seen: set[str] = set()
    for entry in verbs:
        verb = Verb.of(entry)
        if verb.lemma in seen:
            raise ValueError(f"verb {verb.lemma}: listed twice; tell the lemmas apart with a shadda")
        seen.add(verb.lemma)
        table.add(verb.lemma, conjugate(verb))
    for entry in nouns:
        table.add(str(entry["lemma"]), decline(entry))
        adjective = relational_adjective(entry)
        if adjective:
            table.add(adjective, decline({"lemma": adjective, "adj": True}))
    for particle in particles:
        table.add(*_particle(particle))
    classes: dict[str, tuple[str, ...]] = {}
    for entry in nouns:
        lemma = str(entry["lemma"])
        classes[lemma] = (*classes.get(lemma, ()), *entry.get("class", ()))
    return table.lexicon(classes)


def _particle(entry: str | Mapping[str, Any]) -> tuple[str, list[Form]]:
    lemma = entry if isinstance(entry, str) else str(entry["lemma"])
    forms = () if isinstance(entry, str) else entry.get("forms", ())
    return lemma, [Form(word, Shape("particle"), FREE | BOUND) for word in dict.fromkeys((lemma, *forms))]


class _Table:
    """Forms being gathered: each folded once, each with its readings and uses."""

    def __init__(self) -> None:
        self._lemmas: dict[str, int] = {}
        self._shapes: set[Shape] = set()
        self._uses: dict[str, dict[tuple[Shape, int], int]] = {}
        self._folded: dict[str, str] = {}

    def add(self, lemma: str, forms: Iterable[Form]) -> None:
        lemma_place = self._lemmas.setdefault(lemma, len(self._lemmas))
        for spelling, shape, use in forms:
            form = self._fold(spelling)
            if len(form) < 2 and shape.kind != "particle":
                continue  # one letter is no word: it would be read into every ل and ب
            self._shapes.add(shape)
            uses = self._uses.setdefault(form, {})
            uses[shape, lemma_place] = uses.get((shape, lemma_place), 0) | use

    def _fold(self, spelling: str) -> str:
        if spelling not in self._folded:
            self._folded[spelling] = fold(spelling)
        return self._folded[spelling]

    def lexicon(self, classes: dict[str, tuple[str, ...]]) -> Lexicon:
        shapes = {shape: place for place, shape in enumerate(sorted(self._shapes, key=_rank))}

        def codes(uses: dict[tuple[Shape, int], int]) -> tuple[int, ...]:
            places = sorted((shapes[shape], lemma, use) for (shape, lemma), use in uses.items())
            return tuple((lemma << LEMMA | place) << 3 | use for place, lemma, use in places)

        forms = {form: codes(uses) for form, uses in self._uses.items()}
        return Lexicon(tuple(self._lemmas), tuple(tuple(shape) for shape in shapes), forms, classes)


def _is_rare(shape: Shape) -> bool:
    """Second persons, duals and women in verbs, "I was …", duals without their nun."""
    if shape.kind in VERBAL:
        dual_or_women = shape.number == "d" or (shape.number == "p" and shape.gender == "f")
        return (
            shape.person == 2 or dual_or_women or (shape.person == 1 and shape.voice + shape.number == "ps")
        )
    return shape.number == "d" and shape.construct


def _rank(shape: Shape) -> tuple[bool, int, bool, int, bool, Shape]:
    """News speaks of third persons in the active voice."""
    persons = (0, 1, 3, 0)[shape.person]
    return (
        _is_rare(shape),
        KINDS.index(shape.kind),
        shape.voice == "p",
        persons,
        shape.number == "d",
        shape,
    )
