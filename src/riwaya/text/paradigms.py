"""The written forms of an Arabic verb or noun, from a root and a pattern.

Patterns are the tables of the grammars (Wright I §§33-180, Ryding chs. 21-33) with the short vowels left in,
because they decide the seat of a hamza and the fate of a weak letter; ``spell`` then writes the word as
newspapers do, without them.  In a pattern 1-4 are the radicals, a i u A I U the vowels, Y a final alif
maqsura, n t s m y w those letters, p and v the lexical vowels of the perfect and the imperfect of form I, V
the long v, and T the infix of form VIII.  "x|y" is the stem before a vowel and that before a consonant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

FREE, BOUND, DEFINITE = 1, 2, 4  # may stand alone, before an enclitic, after the article


class Shape(NamedTuple):
    """What a form says beside its lemma."""

    kind: str
    person: int = 0
    number: str = ""
    gender: str = ""
    voice: str = ""
    construct: bool = False


class Form(NamedTuple):
    """A written form, what it says, and where it may stand."""

    spelling: str
    shape: Shape
    use: int


class Stems(NamedTuple):
    """One row of a table: the seven patterns a form is made of."""

    perfect: str
    perfect_passive: str
    imperfect: str
    imperfect_passive: str
    active: str
    passive: str
    masdar: str


SOUND = {
    "I": Stems("1a2p3", "1u2i3", "12v3", "12a3", "1A2i3", "ma12U3", ""),
    "II": Stems("1a22a3", "1u22i3", "1a22i3", "1a22a3", "mu1a22i3", "mu1a22a3", "ta12I3"),
    "III": Stems("1A2a3", "1U2i3", "1A2i3", "1A2a3", "mu1A2i3", "mu1A2a3", "mu1A2a3aة"),
    "IV": Stems("ءa12a3", "ءu12i3", "12i3", "12a3", "mu12i3", "mu12a3", "ءi12A3"),
    "V": Stems("ta1a22a3", "tu1u22i3", "ta1a22a3", "ta1a22a3", "muta1a22i3", "muta1a22a3", "ta1a22u3"),
    "VI": Stems("ta1A2a3", "tu1U2i3", "ta1A2a3", "ta1A2a3", "muta1A2i3", "muta1A2a3", "ta1A2u3"),
    "VII": Stems("اin1a2a3", "اun1u2i3", "n1a2i3", "n1a2a3", "mun1a2i3", "mun1a2a3", "اin1i2A3"),
    "VIII": Stems("اi1Ta2a3", "اu1Tu2i3", "1Ta2i3", "1Ta2a3", "mu1Ta2i3", "mu1Ta2a3", "اi1Ti2A3"),
    "IX": Stems("اi12a33|اi12a3a3", "", "12a33|12a3i3", "", "mu12a33", "", "اi12i3A3"),
    "X": Stems("اista12a3", "اustu12i3", "sta12i3", "sta12a3", "musta12i3", "musta12a3", "اisti12A3"),
    "Q1": Stems("1a23a4", "1u23i4", "1a23i4", "1a23a4", "mu1a23i4", "mu1a23a4", "1a23a4aة"),
    "Q2": Stems("ta1a23a4", "tu1u23i4", "ta1a23a4", "ta1a23a4", "muta1a23i4", "muta1a23a4", "ta1a23u4"),
    "Q4": Stems("اi12a3a44|اi12a34a4", "", "12a3i44|12a34i4", "", "mu12a3i44", "", "اi12i34A4"),
}

GEMINATE = SOUND | {
    "I": Stems("1a22|1a2p2", "1u22|1u2i2", "1v22|12v2", "1a22|12a2", "1A22", "ma12U2", ""),
    "III": Stems("1A22|1A2a2", "1U22|1U2i2", "1A22|1A2i2", "1A22|1A2a2", "mu1A22", "mu1A22", "mu1A22aة"),
    "IV": Stems("ءa1a22|ءa12a2", "ءu1i22|ءu12i2", "1i22|12i2", "1a22|12a2", "mu1i22", "mu1a22", "ءi12A2"),
    "VI": Stems("ta1A22|ta1A2a2", "", "ta1A22|ta1A2a2", "", "muta1A22", "", "ta1A22"),
    "VII": Stems("اin1a22|اin1a2a2", "", "n1a22|n1a2i2", "", "mun1a22", "", "اin1i2A2"),
    "VIII": Stems(
        "اi1Ta22|اi1Ta2a2",
        "اu1Tu22|اu1Tu2i2",
        "1Ta22|1Ta2i2",
        "1Ta22|1Ta2a2",
        "mu1Ta22",
        "mu1Ta22",
        "اi1Ti2A2",
    ),
    "X": Stems(
        "اista1a22|اista12a2",
        "اustu1i22|اustu12i2",
        "sta1i22|sta12i2",
        "sta1a22|sta12a2",
        "musta1i22",
        "musta1a22",
        "اisti12A2",
    ),
}

HOLLOW = SOUND | {
    "I": Stems("1A3|1i3", "1I3|1i3", "1V3|1v3", "1A3|1a3", "1Aءi3", "ma1V3", ""),
    "IV": Stems("ءa1A3|ءa1a3", "ءu1I3|ءu1i3", "1I3|1i3", "1A3|1a3", "mu1I3", "mu1A3", "ءi1A3aة"),
    "VII": Stems("اin1A3|اin1a3", "", "n1A3|n1a3", "", "mun1A3", "", "اin1iyA3"),
    "VIII": Stems("اi1TA3|اi1Ta3", "اu1TI3|اu1Ti3", "1TA3|1Ta3", "1TA3|1Ta3", "mu1TA3", "mu1TA3", "اi1TiyA3"),
    "X": Stems(
        "اista1A3|اista1a3",
        "اustu1I3|اustu1i3",
        "sta1I3|sta1i3",
        "sta1A3|sta1a3",
        "musta1I3",
        "musta1A3",
        "اisti1A3aة",
    ),
}

# The endings after a sound stem and after a stem that lost a final w or y: رمى (Y), دعا (A), لقي (I).
PERFECT = (
    # person           stem   sound    Y        A        I
    ((3, "s", "m"), 0, ("", "Y", "A", "I")),
    ((3, "s", "f"), 0, ("at", "at", "at", "iyat")),
    ((3, "d", "m"), 0, ("A", "ayA", "awA", "iyA")),
    ((3, "d", "f"), 0, ("atA", "atA", "atA", "iyatA")),
    ((3, "p", "m"), 0, ("Uا", "awا", "awا", "Uا")),
    ((3, "p", "f"), 1, ("na", "ayna", "awna", "Ina")),
    ((1, "s", ""), 1, ("tu", "aytu", "awtu", "Itu")),
    ((1, "p", ""), 1, ("nA", "aynA", "awnA", "InA")),
    ((2, "s", "m"), 1, ("ta", "ayta", "awta", "Ita")),
    ((2, "s", "f"), 1, ("ti", "ayti", "awti", "Iti")),
    ((2, "d", ""), 1, ("tumA", "aytumA", "awtumA", "ItumA")),
    ((2, "p", "m"), 1, ("tum", "aytum", "awtum", "Itum")),
    ((2, "p", "f"), 1, ("tunna", "aytunna", "awtunna", "Itunna")),
)
PERFECT_COLUMN = {"": 0, "Y": 1, "A": 2, "I": 3}

# Indicative, then subjunctive and jussive, after a sound stem and after يرمي (I), يدعو (U), يلقى (Y).
IMPERFECT = {
    # endings            sound        I               U               Y
    "singular": (("",), ("I", "i"), ("U", "u"), ("Y", "a")),
    "dual": (("Ani", "A"), ("iyAni", "iyA"), ("uwAni", "uwA"), ("ayAni", "ayA")),
    "masculine": (("Una", "Uا"), ("Una", "Uا"), ("Una", "Uا"), ("awna", "awا")),
    "feminine": (("Ina", "I"), ("Ina", "I"), ("Ina", "I"), ("ayna", "ay")),
    "women": (("na",), ("Ina",), ("Una",), ("ayna",)),
}
IMPERFECT_COLUMN = {"": 0, "I": 1, "U": 2, "Y": 3}
IMPERFECT_PERSONS = (
    ((3, "s", "m"), "y", "singular"),
    ((3, "s", "f"), "t", "singular"),
    ((3, "d", "m"), "y", "dual"),
    ((3, "d", "f"), "t", "dual"),
    ((3, "p", "m"), "y", "masculine"),
    ((3, "p", "f"), "y", "women"),
    ((1, "s", ""), "ء", "singular"),
    ((1, "p", ""), "n", "singular"),
    ((2, "s", "m"), "t", "singular"),
    ((2, "s", "f"), "t", "feminine"),
    ((2, "d", ""), "t", "dual"),
    ((2, "p", "m"), "t", "masculine"),
    ((2, "p", "f"), "t", "women"),
)

# How the t of form VIII is written after certain first radicals (Wright I §§54-58).
INFIX = {"ص": "ط", "ض": "ط", "ط": "ط", "ظ": "ظ", "د": "د", "ذ": "د", "ز": "د"}
SWALLOWED = {"و": "ت", "ي": "ت", "ذ": "د"}  # first radicals that become like the infix: اتصل، ادخر
LONG = {"a": "A", "i": "I", "u": "U"}
CONSONANTS = str.maketrans({"n": "ن", "t": "ت", "s": "س", "m": "م", "y": "ي", "w": "و"})
VOWELS = str.maketrans({"A": "ا", "I": "ي", "U": "و", "Y": "ى", "a": "", "i": "", "u": ""})
CONNECTS = frozenset("بتثجحخسشصضطظعغفقكلمنهي")  # letters that carry on into the next


@dataclass(frozen=True, slots=True)
class Verb:
    """An entry of the verb list; the fields are explained at the top of ``packs/ar/verbs.yaml``."""

    lemma: str
    root: tuple[str, ...]
    form: str
    vowel: str = ""
    perf: str = "a"
    masdar: tuple[str, ...] = ()
    plural: tuple[str, ...] = ()
    drop: int = 0
    strong: bool = False
    imperative: str = ""
    intr: bool = False

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Verb:
        """Read one mapping of the verb list; what it may not say is an error."""
        _check(entry, cls.__slots__)
        given = dict(entry)
        root = _root(entry)
        given["root"] = root
        given["masdar"] = tuple(entry.get("masdar", ()))
        given["plural"] = tuple(entry.get("plural", ()))
        given.setdefault("vowel", "i" if root[-1] == "ي" or root[1] == "ي" else "u")
        if given["form"] == "I" and root[0] == "و" and given["vowel"] == "i":
            given.setdefault("drop", 1)
        return cls(**given)

    @property
    def weakness(self) -> str:
        """sound, geminate, hollow or defective."""
        last = self.root[-1]
        if last in "وي":
            return "defective"
        if len(self.root) == 3 and not self.strong:
            if self.root[1] == last and self.form not in ("II", "V"):
                return "geminate"
            if self.root[1] in "وي":
                return "hollow"
        return "sound"


def _root(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(re.sub("[أإآؤئ]", "ء", str(entry["root"])).split())


def _check(entry: Mapping[str, Any], keys: Collection[str]) -> None:
    """Stop at an entry that cannot be meant, and say which and why."""
    lemma = entry.get("lemma", "?")
    unknown = sorted(set(entry) - set(keys))
    missing = sorted({"lemma", "root", "form"} - set(entry))
    if unknown or missing:
        known = ", ".join(keys)
        raise ValueError(f"verb {lemma}: unknown {unknown}, missing {missing}; an entry may have {known}")
    form = entry["form"]
    if form not in SOUND:
        raise ValueError(f"verb {lemma}: no form {form}; the forms are {', '.join(SOUND)}")
    if len(_root(entry)) != (4 if form.startswith("Q") else 3):
        raise ValueError(f"verb {lemma}: root {entry['root']} does not fit form {form}")
    for key in ("vowel", "perf"):
        if entry.get(key, "a") not in LONG:
            raise ValueError(f"verb {lemma}: {key} is a, i or u, not {entry[key]}")


def conjugate(verb: Verb) -> Iterator[Form]:
    """All forms of a verb: perfect, imperfect, imperative, participles, masdars."""
    table = {"geminate": GEMINATE, "hollow": HOLLOW}.get(verb.weakness, SOUND)
    row = table[verb.form]
    passive = not verb.intr
    yield from _perfect(verb, row.perfect, "a")
    yield from _imperfect(verb, row.imperfect, "a")
    yield from _imperative(verb, row.imperfect)
    yield from _participle(verb, row.active, "apart")
    if passive and row.perfect_passive:
        yield from _perfect(verb, row.perfect_passive, "p")
        yield from _imperfect(verb, row.imperfect_passive, "p")
        yield from _participle(verb, row.passive, "ppart")
    yield from _masdars(verb, row.masdar)


def decline(entry: Mapping[str, Any]) -> Iterator[Form]:
    """All forms of a noun or an adjective of the noun list: number, gender, construct, before an enclitic."""
    word = str(entry["lemma"])
    kind = "adj" if entry.get("adj") else "noun"
    gender = str(entry.get("gender") or ("f" if word.endswith("ة") else "m"))
    countable = kind == "adj" or "plural" in entry  # أمن has no dual, so أمني is not read as one
    yield from _number(word, Shape(kind, 0, "s", gender), dual=countable)
    for other in entry.get("forms", ()):
        yield from _number(str(other), Shape(kind, 0, "s", gender))
    for plural in entry.get("plural", ()):
        if plural in ("+ون", "+ين"):
            yield from _sound_masculine(word, Shape(kind, 0, "p", gender))
        elif plural == "+ات":
            yield from _number(_sound_feminine(word), Shape(kind, 0, "p", gender))
        else:
            yield from _number(str(plural), Shape(kind, 0, "p", gender))
    if kind == "adj" and "plural" not in entry:
        yield from _sound_masculine(word, Shape(kind, 0, "p", gender))
    if kind == "adj" and gender == "m":
        yield from _adjective_feminine(word, entry)


def relational_adjective(entry: Mapping[str, Any]) -> str:
    """The adjective in ـي of a noun, or "": مدفعي of مدفع, lest it be read as "two guns of"."""
    word, plurals = str(entry["lemma"]), entry.get("plural", ())
    if entry.get("adj") or not plurals:
        return ""
    if "+ون" in plurals:
        return word if word.endswith("ي") else ""  # عسكري and مدني are their own
    return "" if word.endswith(("ي", "ى", "ا", "ء", "أ", "ئ")) else word.removesuffix("ة") + "ي"


def _adjective_feminine(word: str, entry: Mapping[str, Any]) -> Iterator[Form]:
    feminine = str(entry.get("feminine") or word.rstrip("ةى") + "ة")
    yield from _number(feminine, Shape("adj", 0, "s", "f"), dual=True)
    yield from _number(_sound_feminine(feminine), Shape("adj", 0, "p", "f"))


# Verbs


def _perfect(verb: Verb, pattern: str, voice: str) -> Iterator[Form]:
    stems = _stems(verb, pattern)
    ending = ""
    if verb.weakness == "defective":
        last_vowel = "i" if voice == "p" or (verb.form == "I" and verb.perf == "i") else "a"
        after_a = "A" if verb.form == "I" and verb.root[2] == "و" else "Y"
        ending = "I" if last_vowel == "i" else after_a
    for (person, number, gender), closed, endings in PERFECT:
        if voice == "p" and person == 2:
            continue  # nobody is told "you were killed"
        shape = Shape("perf", person, number, gender, voice)
        yield from _verb_forms(verb, stems[closed] + endings[PERFECT_COLUMN[ending]], shape)


def _imperfect(verb: Verb, pattern: str, voice: str) -> Iterator[Form]:
    vowel = "u" if voice == "p" or verb.form in ("II", "III", "IV", "Q1") else "a"
    column = _imperfect_column(verb, pattern)
    open_stem, closed_stem = _stems(verb, _dropped(verb, pattern, voice))
    for (person, number, gender), prefix, endings in IMPERFECT_PERSONS:
        if voice == "p" and person == 2:
            continue
        shape = Shape("impf", person, number, gender, voice)
        ways = tuple(_imperfect_endings(open_stem, closed_stem, endings, column))
        if person == 1 and verb.weakness in ("hollow", "defective"):
            ways = ways[:1]  # نقل and أنه are hardly ever "we did not say, I did not end"
        for stem, ending in ways:
            yield from _verb_forms(verb, prefix + vowel + stem + ending, shape)


def _imperative(verb: Verb, pattern: str) -> Iterator[Form]:
    if verb.drop == 2:
        return  # رأى has none in use
    column = _imperfect_column(verb, pattern)
    open_stem, closed_stem = _stems(verb, _dropped(verb, pattern, "a"))
    if verb.imperative:
        open_stem = closed_stem = verb.imperative
    for (person, number, gender), _, endings in IMPERFECT_PERSONS:
        if person == 2:
            shape = Shape("imp", 2, number, gender, "a")
            closed = endings == "women" or (endings == "singular" and verb.weakness == "hollow")
            stem = closed_stem if closed else open_stem
            yield from _verb_forms(verb, _helped(verb, stem) + IMPERFECT[endings][column][-1], shape)


def _helped(verb: Verb, stem: str) -> str:
    """An imperative stem with the vowel that helps two consonants at its start."""
    if verb.imperative:
        return stem
    if verb.form == "IV":
        return "ءa" + stem
    return stem if stem[1:2] in ("", "a", "i", "u", "A", "I", "U") else "اi" + stem


def _imperfect_endings(
    open_stem: str, closed_stem: str, endings: str, column: int
) -> Iterator[tuple[str, str]]:
    for ending in IMPERFECT[endings][column]:
        yield (closed_stem if endings == "women" else open_stem), ending
    if endings == "singular" and closed_stem != open_stem:
        yield closed_stem, ""


def _imperfect_column(verb: Verb, pattern: str) -> int:
    if verb.weakness != "defective":
        return 0
    vowel = pattern[-2]
    return IMPERFECT_COLUMN[{"a": "Y", "i": "I", "u": "U"}[verb.vowel if vowel == "v" else vowel]]


def _dropped(verb: Verb, pattern: str, voice: str) -> str:
    """The pattern without the radical that falls out: w of يصل, the hamza of يرى."""
    if verb.drop == 2 or (verb.drop == 1 and voice == "a"):
        return pattern.replace(str(verb.drop), "", 1)
    return pattern


def _stems(verb: Verb, pattern: str) -> tuple[str, str]:
    """The open and the closed stem a pattern gives with this verb's radicals."""
    if verb.form == "IV" and verb.drop == 2:
        pattern = pattern.replace("2", "", 1)
    if verb.weakness == "defective":
        pattern = re.sub(r"[aiupv][34]$", "", pattern)
    filled = _filled(verb, pattern)
    open_stem, _, closed_stem = filled.partition("|")
    return open_stem, closed_stem or open_stem


def _filled(verb: Verb, pattern: str) -> str:
    first = verb.root[0]
    if verb.form == "VIII" and "1T" in pattern:
        pattern = pattern.replace("1T", SWALLOWED.get(first, first) + INFIX.get(first, "t"))
    long_vowel = LONG[verb.vowel]
    if pattern.startswith("ma1V"):
        long_vowel = "U" if verb.root[1] == "و" else "I"
    filled = pattern.replace("V", long_vowel).replace("v", verb.vowel).replace("p", verb.perf)
    for place, radical in enumerate(verb.root, 1):
        filled = filled.replace(str(place), radical)
    return filled


def _verb_forms(verb: Verb, vocalised: str, shape: Shape) -> Iterator[Form]:
    takes_object = shape.voice == "a" and not verb.intr
    for spelling in spell(vocalised):
        yield Form(spelling, shape, FREE)
    if not takes_object:
        return
    plural_you = shape.kind == "perf" and vocalised.endswith("tum")
    joined = vocalised[:-1] if vocalised.endswith("ا") else vocalised + "U" * plural_you
    for spelling in spell(joined):
        for bound in before_enclitic(spelling)[: 1 if shape.kind == "perf" else 2]:
            yield Form(bound, shape, BOUND)


def _participle(verb: Verb, pattern: str, kind: str) -> Iterator[Form]:
    if pattern == "1A22" and not verb.intr:
        return  # شانّ and حالّ are not in use, and would be read into شأن and حالة
    voice = "a" if kind == "apart" else "p"
    masculine, feminine = (Shape(kind, 0, "s", gender, voice) for gender in "mf")
    stem = _stems(verb, pattern)[0]
    final = ""
    if verb.weakness == "defective":
        if pattern == "ma12U3":
            stem = _filled(verb, "ma12u33" if verb.root[2] == "و" else "ma12i33")
        else:
            final = "Y" if kind == "ppart" else "I"
    elif pattern.endswith("ءi3") and verb.root[2] == "ء":
        stem, final = stem[:-2], "I"  # جاءٍ: the two hamzas do not stay side by side
    for word in spell(stem + final):
        yield from _number(word, masculine, dual=True)
        yield from _sound_masculine(word, masculine._replace(number="p"))
        if final == "I":
            yield from _indefinite_of_defective(word, masculine)
    for word in spell(stem + {"": "aة", "I": "iyaة", "Y": "Aة"}[final]):
        yield from _number(word, feminine, dual=True)
        yield from _number(_sound_feminine(word), feminine._replace(number="p"))


def _masdars(verb: Verb, pattern: str) -> Iterator[Form]:
    words = verb.masdar or (derived_masdar(verb, pattern),)
    for word in filter(None, words):
        shape = Shape("masdar", 0, "s", "f" if word.endswith("ة") else "m")
        yield from _number(word, shape, dual=bool(verb.plural or verb.form != "I"))
        if verb.form in ("V", "VI") and verb.weakness == "defective" and word.endswith("ي"):
            yield from _indefinite_of_defective(word, shape)
        for plural in verb.plural or ("+ات",) * (verb.form != "I"):
            written = _sound_feminine(word) if plural == "+ات" else plural
            yield from _number(written, shape._replace(number="p"))


def derived_masdar(verb: Verb, pattern: str) -> str:
    """The masdar that the form alone foretells ("" for form I)."""
    if verb.weakness == "defective":
        pattern = re.sub("A[34]$", "Aء", pattern)
        pattern = {"ta12I3": "ta12iyaة", "mu1A2a3aة": "mu1A2Aة"}.get(pattern, re.sub("u[34]$", "I", pattern))
    elif pattern == "ta12I3" and verb.root[2] == "ء":
        pattern = "ta12i3aة"  # تهدئة
    return spell(_filled(verb, pattern))[0] if pattern else ""


# Nouns


def _number(word: str, shape: Shape, *, dual: bool = False) -> Iterator[Form]:
    """A word in one number: alone, with the article, before an enclitic, with the alif of the accusative."""
    if "ؤو" in word:
        yield from _number(word.replace("ؤو", "ئو"), shape, dual=dual)  # مسئول beside مسؤول
    yield Form(word, shape, FREE | DEFINITE)
    for bound in before_enclitic(word):
        yield Form(bound, shape, BOUND)
    accusative = _accusative(word)
    if accusative:
        yield Form(accusative, shape, FREE)
    if dual:
        yield from _dual(word, shape._replace(number="d"))


def _dual(word: str, shape: Shape) -> Iterator[Form]:
    base = _dual_base(word)
    for ending in ("ان", "ين"):
        yield Form(_append(base, ending), shape, FREE | DEFINITE)
    feminine = word.endswith("ة")
    if shape.kind in ("noun", "adj") or feminine:  # else تنظيمي and داخلي, adjectives, would be duals
        for ending in ("ا", "ي"):
            yield Form(_append(base, ending), shape._replace(construct=True), FREE | BOUND)


def _dual_base(word: str) -> str:
    if word.endswith("ة"):
        return word[:-1] + "ت"
    if word[-1:] in ("ى", "ا"):
        return word[:-1] + "ي"
    return word


def _sound_masculine(word: str, shape: Shape) -> Iterator[Form]:
    if "ؤو" in word:
        yield from _sound_masculine(word.replace("ؤو", "ئو"), shape)
    weak = ("ى", "ا", "ي") if shape.kind == "apart" else ("ى", "ا")
    base = word[:-1] if word.endswith(weak) else word
    for ending in ("ون", "ين"):
        yield Form(_append(base, ending), shape, FREE | DEFINITE)
    for ending in ("و", "ي"):
        yield Form(_append(base, ending), shape._replace(construct=True), FREE | BOUND)


def _sound_feminine(word: str) -> str:
    if word.endswith(("اة", "ى")):
        return re.sub("اة$|ى$", "", word) + "يات"
    if word.endswith("ة"):
        return _append(word[:-1], "ات")
    return _append(word.removesuffix("ا"), "ات")


def _indefinite_of_defective(word: str, shape: Shape) -> Iterator[Form]:
    """قاض beside قاضي."""
    yield Form(word[:-1], shape, FREE)


def _accusative(word: str) -> str:
    if word.endswith(("ة", "ى", "ا", "اء", "أ", "ات", "آت")):
        return ""
    return _append(word, "ا")


def _append(word: str, ending: str) -> str:
    """Add an ending, moving a final hamza to the seat it then needs: عبء, عبئا; منشأ, منشآت."""
    if word.endswith("أ") and ending.startswith("ا"):
        return word[:-1] + "آ" + ending[1:]
    if word.endswith("ء") and word[-2:-1] in CONNECTS:
        return word[:-1] + "ئ" + ending
    return word + ending


def before_enclitic(word: str) -> tuple[str, ...]:
    """How a word is written before a pronoun; a final hamza takes the seat of each case."""
    if word.endswith("ة"):
        return (word[:-1] + "ت",)
    if word.endswith("ى"):
        return (word[:-1] + "ا",)
    if word.endswith("ء"):
        return (word, word[:-1] + "ؤ", word[:-1] + "ئ")
    if word.endswith("أ"):
        return (word, word[:-1] + "ؤ", word[:-1] + "ئ")
    return (word,)


# Spelling


def spell(vocalised: str) -> tuple[str, ...]:
    """The ways newspapers write a vocalised form, the most correct first.

    >>> spell("maسءUل")
    ('مسؤول', 'مسئول', 'مسءول')
    """
    text = _meeting_hamzas(vocalised.translate(CONSONANTS))
    text = re.sub(r"([^aiuAIUY])\1", r"\1", text)  # a doubled letter is written once
    text = re.sub("iو(?![aiuAIU])", "I", re.sub("uي(?![aiuAIU])", "U", text))
    text = re.sub("يa?Y", "يA", text)
    spellings = [""]
    for at, letter in enumerate(text):
        seats = _seats(text, at) if letter == "ء" else (letter,)
        spellings = [done + seat for done in spellings for seat in seats]
    return tuple(dict.fromkeys(_without_vowels(s) for s in spellings))


def _without_vowels(text: str) -> str:
    return text.replace("آA", "آ").translate(VOWELS)


def _meeting_hamzas(text: str) -> str:
    """Two hamzas at the start of a word: آمن, إيمان, أومن."""
    return re.sub("^ء([aiu])ء(?![aiuAIU])", lambda found: "ء" + LONG[found[1]], text)


def _seats(text: str, at: int) -> tuple[str, ...]:
    """What a hamza may stand on, by the vowels around it."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if at == 0:
        return ({"i": "إ", "I": "إ", "A": "آ"}.get(after, "أ"),)
    if not after:
        return ({"a": "أ", "i": "ئ", "u": "ؤ"}.get(before, "ء"),)
    if after in "iI" or before in "iIي":
        return ("ئ",)
    if after in "uU":
        return _seats_before_u(before, after)
    if before == "u":
        return ("ؤ",)
    if before in "AU":
        return ("ء",)
    return ("آ",) if after == "A" else ("أ",)


def _seats_before_u(before: str, after: str) -> tuple[str, ...]:
    if before == "U":
        return ("ء", "ؤ")
    if after == "u":
        return ("ؤ",)
    if before == "a":
        return ("ؤ", "أ", "ء")
    return ("ؤ", "ء") if before == "A" else ("ؤ", "ئ", "ء")
