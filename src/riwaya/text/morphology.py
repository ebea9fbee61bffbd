"""Readings of a word: a table of all stems and forms, and the clitics that may be written on to them.

The table holds the veto: a clitic is only taken off when what is left is a form in the table, and a word
that is itself in the table (سيطرة، وصل، فتح) is not cut.  Cutting is weighed, not guessed: every clitic has
a price, the cheapest analyses stay, and those of equal standing stay with them (see ``KEPT``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from riwaya.text.normalise import fold
from riwaya.text.paradigms import BOUND, DEFINITE, FREE, Form, Shape, Verb, conjugate, decline

VERBAL = frozenset({"perf", "impf", "imp"})
NOMINAL = frozenset({"masdar", "apart", "ppart", "noun", "adj"})
KINDS = ("particle", "noun", "perf", "impf", "masdar", "adj", "apart", "ppart", "imp")  # the plausible first

ARTICLE = "ال"
ENCLITICS = {  # what may end a word, with its price and the kinds it may be joined to
    "": (0.0, VERBAL | NOMINAL | {"particle"}),
    "ه": (0.5, VERBAL | NOMINAL | {"particle"}),  # also how folding writes ة: قائده, قائدة
    "ها": (1.0, VERBAL | NOMINAL | {"particle"}),
    "هم": (1.0, VERBAL | NOMINAL | {"particle"}),
    "هما": (1.0, VERBAL | NOMINAL | {"particle"}),
    "هن": (1.0, VERBAL | NOMINAL | {"particle"}),
    "نا": (0.5, VERBAL | NOMINAL | {"particle"}),  # also an ending: قصفنا
    "ي": (1.0, NOMINAL | {"particle"}),
    "ني": (1.0, VERBAL | {"particle"}),
    "ك": (1.0, VERBAL | NOMINAL | {"particle"}),
    "كم": (1.0, VERBAL | NOMINAL | {"particle"}),
    "كما": (1.0, VERBAL | NOMINAL | {"particle"}),
    "كن": (1.0, VERBAL | NOMINAL | {"particle"}),
}
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


# Its price, whether of an open class, how many clitics, the place of its shape among the plausible
_Found = tuple[float, bool, int, int, Analysis]


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
    add("ا", _Prefix(("ا",), frozenset({"perf", "impf"}), 3.0))  # أتعود؟
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
        self._readings: dict[tuple[int, bool], Reading] = {}
        self._seen: dict[str, tuple[Analysis, ...]] = {}
        self.classes = {lemma: frozenset(names) for lemma, names in classes.items()}

    def __len__(self) -> int:
        return len(self._forms)

    def __contains__(self, form: str) -> bool:
        """Whether a folded form stands in the table by itself."""
        return any(code & FREE for code in self._forms.get(form, ()))

    def analyse(self, form: str) -> tuple[Analysis, ...]:
        """The readings of a folded word, the most plausible first; () for an unknown one."""
        known = self._seen.get(form)
        if known is None:
            if len(self._seen) >= SEEN_LIMIT:
                self._seen.clear()
            known = self._seen[form] = self._analyse(form)
        return known

    def _analyse(self, form: str) -> tuple[Analysis, ...]:
        found: list[_Found] = []
        for start in range(min(LONGEST_PREFIX, len(form) - 1) + 1):
            prefixes = PREFIXES.get(form[:start])
            if prefixes:
                self._look_up(form, start, prefixes, found)
        if form.startswith(("لل", "ولل", "فلل")):
            # للجنة: the article's lam and the noun's are written once
            at = form.index("ل")
            assimilated = tuple(p for p in PREFIXES[form[: at + 2]] if ARTICLE in p.clitics)
            self._look_up(form, at + 1, assimilated, found)
        if not found:
            return ()
        dearest = min(price for price, *_ in found) + KEPT
        kept = sorted((f for f in found if f[0] <= dearest), key=lambda f: f[:4])
        return tuple(dict.fromkeys(f[4] for f in kept))

    def _look_up(self, form: str, start: int, prefixes: tuple[_Prefix, ...], found: list[_Found]) -> None:
        """Add what the table has for the rest of a form, whole and without an enclitic."""
        for end in range(len(form), max(start, len(form) - LONGEST_ENCLITIC - 1), -1):
            codes = self._forms.get(form[start:end])
            enclitic = form[end:]
            if codes is None or enclitic not in ENCLITICS:
                continue
            cost, kinds = ENCLITICS[enclitic]
            for prefix in prefixes:
                definite = prefix.clitics[-1:] == (ARTICLE,)
                use = BOUND if enclitic else DEFINITE if definite else FREE
                if enclitic and definite:
                    continue
                clitics = len(prefix.clitics) + bool(enclitic)
                for code in codes:
                    shape = self._shapes[(code & SHAPE) >> 3]
                    kind = shape[0]
                    if code & use and kind in prefix.kinds and kind in kinds:
                        if enclitic == "ه" and shape[5] and not _owned(shape, form[end - 1]):
                            continue
                        reading = self._reading(code >> 3, definite)
                        analysis = Analysis(reading, prefix.clitics, enclitic, start, end)
                        price = prefix.price + (cost if kind != "particle" or enclitic == "ه" else 0.0)
                        found.append((price, kind != "particle", clitics, code & SHAPE, analysis))

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


def _owned(shape: tuple[Any, ...], last: str) -> bool:
    """Whether a construct may stand before ه: مقاتليه may; ميدانية is an adjective, not its two fields."""
    return last != "ي" or (shape[0] == "noun" and shape[2] == "p")


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


def _rank(shape: Shape) -> tuple[bool, int, bool, int, bool, Shape]:
    """News speaks of third persons in the active voice; duals without their nun and second persons are rare."""
    rare = shape.person == 2 or (shape.number == "d" and shape.construct)
    persons = (0, 1, 3, 0)[shape.person]
    return (rare, KINDS.index(shape.kind), shape.voice == "p", persons, shape.number == "d", shape)
