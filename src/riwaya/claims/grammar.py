"""Chunks: a sentence as a row of nodes — verbs, happenings, noun phrases, prepositions, borders.

Names are units before anything else is looked at (هيئة تحرير الشام contains no liberation).  A noun
phrase takes its idafa chain, its adjectives and its glosses; a happening (masdar or event noun) is
always a node of its own, so that its complement is an argument like any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from riwaya.claims.knowledge import ANY_THEATRE, Frame, Knowledge, Light
from riwaya.mentions.actors import Actor, ActorHit, settle
from riwaya.text.morphology import Analysis
from riwaya.text.segment import Sentence
from riwaya.text.tokens import Token

QUOTES = frozenset('"“”„«»')
DAMMA = "\N{ARABIC DAMMA}"
BARE_PREPOSITIONS = frozenset({"علي", "عن", "من", "الي", "في"})  # folded
DASHES = frozenset("-–—")
VERBAL = frozenset({"perf", "impf", "imp"})
TANWIN_OPEN = ("ا",)
PER_CENT = frozenset({"بالميه", "في", "الميه", "بالمايه", "المايه", "%"})  # folded
PERSON_CLASSES = frozenset({"civilian", "person", "victim", "detainee"})
NUMERALS_OF_PEOPLE = frozenset({"people", "amount"})


@dataclass(slots=True)
class Unit:
    """A mention that is one piece for the grammar: a name, a place, a time, a quantity."""

    kind: str  # actor | place | time | qty
    i: int
    j: int
    hit: Any
    letters: int = 0


@dataclass(slots=True, eq=False)
class Node:
    """One chunk of a sentence.

    kind: v verb, e happening, n noun phrase, p preposition, s clause border, r relative pronoun,
    x punctuation, t time, g negation, q pronoun, a attribution or other cue phrase.
    """

    kind: str
    i: int
    j: int
    head: int = -1
    text: str = ""
    lemma: str = ""
    analyses: tuple[Analysis, ...] = ()
    frames: tuple[Frame, ...] = ()
    lights: tuple[Light, ...] = ()
    cues: frozenset[str] = frozenset()
    classes: set[str] = field(default_factory=set)
    actors: list[tuple[str, int, int]] = field(default_factory=list)  # (id, i, j)
    places: list[Any] = field(default_factory=list)  # place hits inside
    head_place: Any = None
    head_actor: tuple[str, int, int] | None = None
    qty: Any = None
    prep: str = ""
    conj: bool = False
    gen: bool = False
    definite: bool = False
    enclitic: str = ""
    gender: str = ""
    number: str = ""
    person: int = 3
    adjectives: list[str] = field(default_factory=list)
    extent: str = ""
    demonstrative: bool = False
    gloss: bool = False
    quoted: bool = False
    index: int = 0
    sentence: int = 0
    inner_place: tuple[str, str] | None = None  # a definite place noun inside: أهالي البلدة
    tags: set[str] = field(default_factory=set)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.text} {self.prep or ''} {sorted(self.classes)}>"


@dataclass
class Text:
    """A report prepared for reading: tokens, their units, what the names resolve to."""

    tokens: list[Token]
    forms: list[str]
    units: dict[int, Unit]
    know: Knowledge
    actor_ids: dict[int, str]  # unit start -> id
    theatres: dict[str, float]
    source: str
    outlet_id: str = ""
    writes_ala: bool | None = None  # whether it writes على with its own letter; None until asked
    asides: frozenset[int] = frozenset()  # places (by token) that only tell where another lies

    def words(self, i: int, j: int) -> str:
        """The original words of a token range."""
        return self.source[self.tokens[i].start : self.tokens[j - 1].end]


def chunk(text: Text, sentence: Sentence, number: int) -> list[Node]:
    """The nodes of one sentence, in order."""
    nodes = _Chunker(text, sentence).run()
    _join_offices(nodes)
    nodes = _without_glosses(nodes, text.know.words["gloss_heads"])
    nodes = _shares_of_places(nodes, text.know.words["share_heads"])
    for k, node in enumerate(nodes):
        node.index = k
        node.sentence = number
    return nodes


def _without_glosses(nodes: list[Node], heads: frozenset[str]) -> list[Node]:
    """الرمادي مركز المحافظة, أجدابيا آخر بلدة كبيرة: what a place is called besides belongs to its name."""
    out: list[Node] = []
    for node in nodes:
        last = out[-1] if out else None
        if (
            last is not None
            and node.kind == last.kind == "n"
            and last.head_place is not None
            and last.j == node.i
            and not node.prep
            and not node.conj
            and node.text.split(" ")[0] in heads
        ):
            last.j = node.j
            continue
        out.append(node)
    return out


def _shares_of_places(nodes: list[Node], heads: frozenset[str]) -> list[Node]:
    """على 98 بالمئة من أحياء حلب, على الجانب الفلسطيني من المعبر: a part of the place behind من."""
    out: list[Node] = []
    k = 0
    while k < len(nodes):
        node = nodes[k]
        m = k + 1
        percent = False
        while m < len(nodes) and nodes[m].kind in "np" and nodes[m].text in PER_CENT:
            percent, m = True, m + 1
        share = percent and node.text[:1].isdigit() or node.text.split(" ")[0] in heads
        if (
            node.kind == "n"
            and share
            and node.prep
            and m + 1 < len(nodes)
            and nodes[m].kind == "p"
            and nodes[m].text == "من"
            and nodes[m + 1].kind == "n"
            and (nodes[m + 1].head_place is not None or nodes[m + 1].classes & {"place-noun", "part-noun"})
        ):
            place = nodes[m + 1]
            place.prep, place.conj, place.extent = node.prep, node.conj, place.extent or "part"
            out.append(place)
            k = m + 2
            continue
        out.append(node)
        k += 1
    return out


def _join_offices(nodes: Sequence[Node]) -> None:
    """المتحدث باسم الجيش فلان: whom an office speaks for, and who holds it, belong to the office."""
    for k in range(len(nodes) - 2):
        node = nodes[k]
        if node.kind == "n" and node.classes & {"commander"} and not node.actors:
            for after in nodes[k + 1 : k + 5]:
                if after.kind not in "np" or after.conj:
                    break
                if after.kind == "n" and not after.prep and "person-name" in after.classes:
                    node.actors += after.actors
                    after.tags.add("apposed")
                    break
    for node, after in itertools.pairwise(nodes):
        if (
            node.kind == after.kind == "n"
            and node.definite
            and not node.actors
            and node.head_place is None
            and "person-name" in after.classes
            and after.i == node.j
            and not after.prep
            and not after.conj
        ):
            node.actors += after.actors  # المرجع الأعلى فلان: a title no list has, and whose it is
            node.classes.add("commander")
            after.tags.add("apposed")
    for k in range(len(nodes) - 1):
        node, whom = nodes[k], nodes[k + 1]
        if node.kind == "n" and node.classes & {"commander", "speaker"} and not node.actors:
            if whom.kind == "p" and k + 2 < len(nodes):
                whom = nodes[k + 2]
            if whom.kind == "n" and whom.prep in ("ل", "في", "ب", "لدي") and whom.actors and not whom.conj:
                if len(whom.actors) > 1 and whom.classes & {"actor"} and node.definite and whom.prep == "ل":
                    node.actors += whom.actors  # الأمين العام للأمم المتحدة فلان
                    whom.tags.add("apposed")
    for k in range(len(nodes) - 2):
        node, link, whom = nodes[k], nodes[k + 1], nodes[k + 2]
        if (
            node.kind == whom.kind == "n"
            and node.classes & {"commander", "force"}
            and not node.actors
            and not node.definite
            and link.kind == "p"
            and link.text in ("في", "لدي")
            and whom.head_actor is not None
            and not whom.conj
        ):
            node.tags.add("member")
            node.actors += whom.actors[:1]  # قيادي في حماس, عنصر في الدفاع المدني
            whom.tags.add("apposed")
    for k in range(len(nodes) - 2):
        node, link, whom = nodes[k], nodes[k + 1], nodes[k + 2]
        if (
            node.kind == "n"
            and node.classes & {"commander", "speaker"}
            and link.kind == "p"
            and link.text == "باسم"
        ):
            if whom.kind == "n":
                node.actors += whom.actors
                holder = nodes[k + 3] if k + 3 < len(nodes) else None
                if (
                    holder is not None
                    and holder.kind == "n"
                    and not holder.prep
                    and not holder.conj
                    and ("person-name" in holder.classes)
                ):
                    node.actors += holder.actors
                    holder.tags.add("apposed")


class _Chunker:
    def __init__(self, text: Text, sentence: Sentence) -> None:
        self.text = text
        self.know = text.know
        self.forms = text.forms
        self.tokens = text.tokens
        self.i = sentence.i
        self.stop = sentence.j
        self.nodes: list[Node] = []
        self.prep = ""
        self.conj = False
        self.negation = False
        self.lasting = False  # ما زال, لا تزال: the next predicate goes on

    # -- driving ------------------------------------------------------------------------------
    def run(self) -> list[Node]:
        t = self.i
        while t < self.stop:
            t = self._step(t)
        return self.nodes

    def _step(self, t: int) -> int:
        unit = self.text.units.get(t)
        token = self.tokens[t]
        if unit is not None:
            return self._unit(t, unit)
        if token.kind in ("punct", "symbol"):
            return self._punctuation(t)
        if token.kind in ("number", "latin"):
            return self._noun_phrase(t)
        return self._word(t)

    def _add(self, node: Node) -> Node:
        node.prep, self.prep = node.prep or self.prep, ""
        node.conj, self.conj = node.conj or self.conj, False
        node.text = node.text or " ".join(self.forms[node.i : node.j])
        if self.lasting and node.kind in "ve":
            node.tags.add("lasting")
            self.lasting = False
        self.nodes.append(node)
        return node

    def _punctuation(self, t: int) -> int:
        form = self.forms[t]
        if form == "#":
            return t + 1  # a hashtag's sign is no border
        if form == "(":
            end = self._closing(t)
            if end:
                return end
        kind = "x"
        self.nodes.append(Node(kind, t, t + 1, text=form))
        if form not in QUOTES:
            self.prep = ""
        return t + 1

    def _closing(self, t: int) -> int:
        """The end of a short parenthesis (a gloss: the north, an abbreviation), else 0."""
        for k in range(t + 1, min(t + 9, self.stop)):
            if self.forms[k] == ")":
                return k + 1
        return 0

    # -- words --------------------------------------------------------------------------------
    def _word(self, t: int) -> int:
        know, forms = self.know, self.forms
        form = forms[t]
        if form in ("و", "ف", "او", "ام"):
            self.conj = True
            return t + 1
        found = know.phrases.match(forms, t, self.stop)
        if found is not None and self._takes_phrase(t, found):
            end = self._phrase(t, found)
            self._speech_participle(t)
            return end
        end = self._leaning(t)
        if end:
            return end
        if self._speech_participle(t):
            return t + 1
        words = know.words
        bare = form[1:] if len(form) > 2 and form[0] in "وف" else form
        if form in words["adverbs"] or bare in words["adverbs"]:
            self.conj = self.conj or bare != form
            if bare in words["now"] and self.nodes and self.nodes[-1].kind == "v":
                self.nodes[-1].tags.add("lasting")  # يقصف الآن
            return t + 1
        after = self._auxiliary(t, bare != form)
        if after:
            return after
        if form in words["there"] or bare in words["there"]:
            self._add(Node("q", t, t + 1, prep="في", enclitic="هناك", conj=bare != form))
            return t + 1
        for name in (form, bare):
            if name in words["complementisers"] or name in words["relatives"] and name not in ("ما",):
                kind = "s" if name in words["complementisers"] else "r"
                tag = "comp" if kind == "s" else "rel"
                node = self._add(Node(kind, t, t + 1, text=name, conj=name != form))
                node.tags.add(tag)
                if len(name) > 2 and kind == "s" and name[-1] in "هام" and name not in ("بان",):
                    node.enclitic = name[2:] if not name.startswith("ب") else name[3:]
                return t + 1
            if name in words["negations"] and not (name in ("غير", "دون", "لا") and self._noun_next(t)):
                node = self._add(Node("g", t, t + 1, text=name, conj=name != form))
                self.negation = True
                return t + 1
            if name in words["perfect_marks"] or name in words["future_marks"]:
                self.conj = self.conj or name != form
                if name in words["future_marks"]:
                    self._add(Node("g", t, t + 1, text="سوف"))
                return t + 1
            if name in words["pronouns"]:
                self._add(Node("q", t, t + 1, text=name, conj=name != form, enclitic=name))
                return t + 1
        prep = know.prepositions.match(forms, t, self.stop)
        if prep is not None and bare == "علي" and prep[0] == t + 1 and self._is_ali(t):
            prep = None
        if prep is not None and bare == "عبر" and self._opens_clause() and self._acts(t, bare != form):
            return self._verb(t)
        if prep is not None and form[0] == "ف" and prep[2] == 1 and self._verb_analyses(t):
            prep = None  # فتحت is no ف + تحت
        if prep is not None and self._takes_preposition(t, prep):
            end, names, letters = prep
            if letters and form[0] in "وف":
                self.conj = True
            self.prep = max(names, key=len)
            nxt = self._enclitic_of_preposition(t, end)
            node = Node("p", t, end, text=self.prep, conj=self.conj)
            self.nodes.append(node)
            if nxt:
                self.nodes.append(Node("q", t, end, text=form, prep=self.prep, enclitic=nxt))
                self.prep = ""
            self.conj = False
            return end
        glued = self._glued_preposition(t)
        if glued:
            self.conj = self.conj or form[0] in "وف"
            self.nodes.append(Node("p", t, t + 1, text=glued[0], conj=self.conj))
            self.nodes.append(Node("q", t, t + 1, text=form, prep=glued[0], enclitic=glued[1]))
            self.prep, self.conj = "", False
            return t + 1
        if self._is_verb(t):
            return self._verb(t)
        return self._noun_phrase(t)

    def _leaning(self, t: int) -> int:
        """وفقا لوزارة…, تمهيدا لاقتحام…: a phrase whose last letter is written with the next word."""
        found = self.know.glued.match(self.forms, t, self.stop)
        if found is None or found[0] >= self.stop:
            return 0
        end, entries, letters = found
        fitting = [e for e in entries if self.forms[end].startswith(e[0]) and len(self.forms[end]) > 2]
        if not fitting:
            return 0
        conj = letters > 0 and self.forms[t][0] in "وف"
        words = " ".join(self.forms[t:end])[letters:]
        cues = frozenset(name for _, name, kind in fitting if kind == "a")
        if cues:
            self.nodes.append(Node("a", t, end, text=words, conj=conj or self.conj, cues=cues))
        else:
            _, name, _ = fitting[0]
            self.nodes.append(Node("p", t, end, text=name, conj=conj or self.conj))
        self.conj, self.prep = False, ""
        return end

    def _speech_participle(self, t: int) -> bool:
        """متعهدا باستعادتها, مطالبين الحكومة ب…: an accusative participle is a speech act of its subject."""
        form = self.forms[t]
        if not form.endswith(("ا", "ين", "ه")) or form.startswith("ال") or self.prep:
            return False
        last = self.nodes[-1] if self.nodes else None
        if last is not None and last.j > t:  # the cue phrase made of the same word
            last = self.nodes[-2] if len(self.nodes) > 1 else None
        if last is None or not (
            last.kind == "x"
            and last.text in "،,"
            or form[0] == "و"
            or last.kind in "nt"
            and self._goes_to(t + 1)
        ):
            return False
        for analysis in self.know.lexicon.analyse(form):
            reading = analysis.reading
            if reading.kind != "apart" or set(analysis.proclitics) - {"و"} or analysis.enclitic:
                continue
            frames = tuple(f for f in self.know.frames.get(_fold_lemma(reading.lemma), ()) if f.speech)
            if frames:
                node = Node("e", t, t + 1, head=t, analyses=(analysis,), frames=frames)
                node.lemma = _fold_lemma(reading.lemma)
                node.tags |= {"hal"}
                node.conj = bool(analysis.proclitics)
                kept, self.prep = self.prep, ""
                self._add(node)
                self.prep = kept
                return True
        return False

    def _goes_to(self, t: int) -> bool:
        """Whether what a demanding participle asks for follows: مطالبين بالإصلاح, متوعدا إياه."""
        if t >= self.stop:
            return False
        form = self.forms[t]
        return form.startswith(("بال", "ايا")) or any(
            "ب" in a.proclitics and a.reading.kind == "masdar" for a in self.know.lexicon.analyse(form)
        )

    def _auxiliary(self, t: int, conj: bool) -> int:
        """كان، ما زال، لا تزال: they date or prolong what follows and leave its grammar as it is.

        With a conjunction (وكان …) the next clause begins.
        """
        words = self.know.words
        form = self.forms[t][1:] if conj else self.forms[t]
        if form in words["lasting_negations"] and t + 1 < self.stop:
            if self.forms[t + 1] in words["lasting_verbs"]:
                self.conj = self.conj or conj
                self.lasting = True
                return t + 2
        if form not in words["auxiliaries"]:
            return 0
        if conj:
            self._add(Node("s", t, t + 1, text="و" + form, conj=True)).tags.add("break")
            self.prep = ""
        return t + 1

    def _damma(self, t: int) -> bool:
        """قُتل, وقُصف: a written damma on the first radical is a passive."""
        token = self.tokens[t]
        letters = self.text.source[token.start : token.end]
        at = letters.find(DAMMA)
        return 0 < at <= 3

    def _after_light(self) -> bool:
        """تواصل المليشيا قصفها, شنّ الجيش هجوما: a light verb waits for its happening."""
        if len(self.nodes) < 2 or self.conj or self.nodes[-1].kind != "n":
            return False
        return any(n.kind == "v" and any("bare" in x.event for x in n.lights) for n in self.nodes[-3:-1])

    def _verb_has_subject(self) -> bool:
        """نفت تركيا قصف…: behind a verb that tells and its subject stands what is told, not another verb."""
        if len(self.nodes) < 2 or self.conj:
            return False
        verb, noun = self.nodes[-2:]
        return noun.kind == "n" and noun.definite and verb.kind == "v" and bool(verb.cues)

    def _opens_clause(self) -> bool:
        return not self.nodes or self.nodes[-1].kind in "xsr"

    def _is_ali(self, t: int) -> bool:
        """Whether a word written علي is the name: in a text that writes the preposition على."""
        if self.text.writes_ala is None:
            self.text.writes_ala = "على " in self.text.source
        return self.text.writes_ala and self.text.source[self.tokens[t].end - 1] == "ي"

    def _acts(self, t: int, conj: bool) -> bool:
        """وعبر مئات…, عبّر فلان عن قلقه: a verb; behind a comma (، عبر الصليب الأحمر) rather by way of."""
        if self._place_next(t):
            return False
        inside = bool(self.nodes) and self.nodes[-1].kind == "x" and not conj
        return not inside or "عن" in self.forms[t + 1 : min(t + 8, self.stop)]

    def _place_next(self, t: int) -> bool:
        unit = self.text.units.get(t + 1)
        return unit is not None and unit.kind == "place"

    def _noun_next(self, t: int) -> bool:
        """غير and دون before a noun without a verb: part of a noun phrase, not a denial of one."""
        if self.forms[t] in ("دون", "من دون"):
            return False
        if t + 1 >= self.stop:
            return True
        if self.forms[t].endswith("غير"):
            return True
        return not self._verb_analyses(t + 1) and self.forms[t].endswith("لا")

    def _takes_phrase(self, t: int, found: tuple[int, list[str], int]) -> bool:
        end, names, _ = found
        if end - t == 1 and set(names) <= {"breaks"} and self.forms[t] in ("كي", "او"):
            return True
        return True

    def _phrase(self, t: int, found: tuple[int, list[str], int]) -> int:
        end, names, letters = found
        form = self.forms[t]
        cues = frozenset(names)
        conj = letters > 0 and form[0] in "وف"
        if "breaks" in cues and len(cues) == 1:
            self._add(Node("s", t, end, conj=conj, cues=cues)).tags.add("break")
            self.prep = ""
            return end
        node = Node("a", t, end, conj=conj or self.conj, cues=cues, prep="")
        last = self.forms[end - 1]
        node.text = " ".join(self.forms[t:end])
        self.nodes.append(node)
        self.conj = False
        kept, self.prep = self.prep, ""
        if any(c.startswith("status") for c in cues):
            self.prep = kept
            if "conditionals" in cues:
                node.tags.add("break")
        if any(c in ("voice-after", "voice-through") for c in cues):
            self.prep = "voice"
        if last in ("ل", "ب"):
            self.prep = last
        return end

    def _takes_preposition(self, t: int, found: tuple[int, list[str], int]) -> bool:
        end, _names, letters = found
        if end - t > 1 or letters == 0:
            return True
        rest = self.forms[t][letters:]
        # a lone ب or ل is only ever glued to its noun; a conjunction before a preposition is fine
        return self.forms[t][0] in "وف" and letters == 1 and len(rest) > 1

    def _enclitic_of_preposition(self, t: int, end: int) -> str:
        return ""

    def _glued_preposition(self, t: int) -> tuple[str, str] | None:
        """منها, عليه, بينهم, فيها: a preposition with its pronoun."""
        form = self.forms[t]
        if self.text.source[self.tokens[t].end - 1] == "ة":
            return None  # آلية is a vehicle, not إليه
        bare = form[1:] if form[0] in "وف" and form[1:] in GLUED else form
        return GLUED.get(bare)

    # -- verbs --------------------------------------------------------------------------------
    def _analyses(self, t: int) -> tuple[Analysis, ...]:
        """The readings of a word; a written ة is no pronoun, though it folds to the same letter."""
        found = self._split_if_better(self.forms[t], self.know.lexicon.analyse(self.forms[t]))
        if not found or found[0].enclitic not in ("", "ه"):
            return found
        last = self.text.source[self.tokens[t].end - 1]
        if last == "ة":
            return tuple(a for a in found if a.enclitic != "ه")
        if last == "ه" and not any(a.enclitic == "ه" for a in found):
            owned = tuple(
                a._replace(enclitic="ه")
                for a in self.know.lexicon.analyse(self.forms[t][:-1])
                if a.reading.kind in ("noun", "apart", "ppart") and a.reading.construct and not a.enclitic
            )
            if owned:
                return owned  # مقاتليه: his fighters, where ة is written ة
        if last == "ه" and any(a.enclitic == "ه" for a in found):
            return tuple(sorted(found, key=lambda a: a.enclitic != "ه"))
        return found

    def _split_if_better(self, form: str, found: tuple[Analysis, ...]) -> tuple[Analysis, ...]:
        """وفروا, ووصلت: where only "and" + a verb of the news says something, that is meant."""
        if form[0] not in "وف" or len(form) < 4 or any(self._says_something(a) for a in found):
            return found
        if any(a.reading.kind not in VERBAL for a in found):
            return found
        split = tuple(
            a._replace(
                proclitics=(form[0], *a.proclitics), stem_start=a.stem_start + 1, stem_end=a.stem_end + 1
            )
            for a in self.know.lexicon.analyse(form[1:])
            if a.reading.kind in ("perf", "impf") and self._says_something(a)
        )
        return split or found

    def _verb_analyses(self, t: int) -> list[Analysis]:
        if t >= self.stop or t in self.text.units or self.tokens[t].kind != "word":
            return []
        return [a for a in self._analyses(t) if a.reading.kind in ("perf", "impf")]

    def _is_verb(self, t: int) -> bool:
        analyses = self._analyses(t)
        if not analyses:
            form = self.forms[t]
            return len(form) > 4 and form.endswith("وا") and not self.prep
        verbs = [a for a in analyses if a.reading.kind in ("perf", "impf")]
        if not verbs:
            return False
        others = [a for a in analyses if a.reading.kind not in VERBAL]
        previous = self.nodes[-1] if self.nodes else None
        if previous is not None and previous.kind == "g" and previous.j == t:
            return True
        dual = any(a.reading.number == "d" and a.reading.kind == "perf" for a in verbs)
        if dual and self._two_before(t):
            return True  # الجهاز واللواء توصلا إلى اتفاق
        if all(a.reading.number == "d" for a in verbs) and _accusative(self.forms[t], ()):
            if previous is not None and previous.kind == "n" and not self.prep:
                return False  # رميا بالرصاص: an adverb, not two who threw
        if not others:
            return True
        if self._damma(t) and any(a.reading.voice == "p" for a in verbs):
            return True
        if self.prep and (previous is None or previous.kind in "pa"):
            return False
        if any(a.reading.kind == "masdar" for a in others) and (
            self._after_light() or self._verb_has_subject()
        ):
            return False
        if all(a.reading.number == "d" for a in verbs) and _accusative(self.forms[t], ()):
            return False  # طوقا, هجوما: an open accusative, hardly ever a dual
        if previous is not None and previous.kind == "a" and previous.j == t:
            if previous.text.endswith(" ان"):
                return True  # من المقرر أن تدخل
            if "status-planned" in previous.cues and any(a.reading.kind == "masdar" for a in others):
                return False  # محاولة تسلل لإرهابيين: the attempt is at a happening
        if all(a.reading.kind == "particle" for a in others):
            return any(self._says_something(a) for a in verbs)
        if not any(self._means_something(a) for a in others):
            told = [a for a in verbs if self._says_something(a)]
            if told and all(a.reading.kind == "impf" for a in told):
                return True  # تمنع is منع; the noun that is written alike is no word of the news
        return self._verb_by_neighbours(t, previous, verbs, others)

    def _two_before(self, t: int) -> bool:
        """Whether two who may act stand before the word, and nothing they could be the end of."""
        row = self.nodes[-3:]
        if not row or row[-1].kind != "n" or row[-1].j != t:
            return False
        last, rest = row[-1], row[:-1]
        if last.number == "d" and last.definite and not last.prep:
            return not rest or rest[-1].kind in "sx"
        if not last.conj or not rest or rest[-1].kind != "n" or rest[-1].prep:
            return False
        return "belligerent" in last.classes and (len(rest) == 1 or rest[-2].kind in "sx")

    def _verb_by_neighbours(
        self, t: int, previous: Node | None, verbs: Sequence[Analysis], others: Sequence[Analysis]
    ) -> bool:
        conj = any(p in ("و", "ف") for p in verbs[0].proclitics) or self.conj
        ahead = self.text.units.get(t + 1)
        if (
            ahead is not None
            and ahead.kind == "place"
            and any(
                a.reading.kind == "noun"
                and "place-noun" in self.know.classes.get(_fold_lemma(a.reading.lemma), ())
                for a in others
            )
        ):
            return False
        if previous is not None and previous.j == t and not conj:
            if previous.kind == "n":
                # an idafa wants an indefinite first noun; after a definite one a verb may stand
                return previous.definite or "plural-nun" in previous.tags or "time" in previous.tags
            if previous.kind == "e":
                return previous.definite
            if previous.kind == "v":
                return False
        if previous is not None and previous.kind == "s" and "comp" in previous.tags:
            return True
        nxt = t + 1
        if self.forms[t].endswith("نا"):
            if any(a.reading.person == 1 for a in verbs):
                return True
            if any(not a.enclitic for a in others):
                return False  # إعلانا, بيانا: the noun itself ends so
        if nxt >= self.stop:
            return previous is not None and previous.kind in "nrq"
        unit = self.text.units.get(nxt)
        if unit is not None and unit.letters == 0:
            if unit.kind == "actor":
                masdar_of_object = any(a.reading.kind == "masdar" for a in others)
                return not (masdar_of_object and conj and previous is not None and previous.kind == "e")
            if unit.kind == "qty":
                return True
            if unit.kind == "place":
                return conj or previous is None or previous.kind in "sxr"
            return True
        form = self.forms[nxt]
        if form.startswith("ال") or form in BARE_PREPOSITIONS:
            if form in BARE_PREPOSITIONS:
                return previous is not None and previous.kind in ("r", "q", "n", "g") or conj
            return True
        following = [a for a in self.know.lexicon.analyse(form) if a.reading.kind not in VERBAL]
        carries = any(self.know.lights.get(_fold_lemma(a.reading.lemma)) for a in verbs)
        if carries and (conj or previous is None or previous.kind in "xsr"):
            if following and following[0].reading.kind == "masdar" and not following[0].proclitics:
                return True  # جرى تجريف…: the light verb before its happening
        tells = any(self.know.cues.get(_fold_lemma(a.reading.lemma)) for a in verbs)
        if tells and (conj or previous is None or previous.kind in "xsr") and not form.startswith("ل"):
            # نفى حاكم…: a clause of news opens with who says it; نفي رسمي with its adjective does not
            if following and following[0].reading.kind in ("noun", "apart", "ppart"):
                return not _looks_nisba(form)
        asks = any(f.speech for a in verbs for f in self.know.frames.get(_fold_lemma(a.reading.lemma), ()))
        if asks and (conj or previous is None or previous.kind in "xsr"):
            if any("ب" in a.proclitics and a.reading.kind == "masdar" for a in following):
                return True  # وطالب بإطلاق…, وطالبها بسحب…
        if form.endswith("ون") and any(a.reading.number == "p" for a in following):
            return True  # تعهد مانحون: a plural in ون is a subject; behind a masdar it would be مانحين
        if following:
            return following[0].reading.kind == "noun"
        return not _looks_nisba(form)

    def _verb(self, t: int) -> int:
        form = self.forms[t]
        analyses = tuple(
            a
            for a in self._split_if_better(form, self.know.lexicon.analyse(form))
            if a.reading.kind in ("perf", "impf")
        )
        node = Node("v", t, t + 1, head=t, analyses=analyses)
        told = tuple(a for a in analyses if self._says_something(a))
        # in news "I" hardly ever acts: واقال is "he dismissed"
        analyses = tuple(
            sorted(told or analyses, key=lambda a: a.reading.person == 1 and a.reading.number == "s")
        )
        node.analyses = analyses
        if analyses:
            first = next((a for a in analyses if a.reading.person == 1), analyses[0])
            if first.reading.number != "p" or analyses[0].reading.number != "d":
                first = analyses[0]
            node.conj = any(p in ("و", "ف") for p in first.proclitics)
            node.enclitic = first.enclitic
            node.person = first.reading.person
            node.number = first.reading.number
            node.gender = first.reading.gender
            if any("س" in a.proclitics for a in analyses):
                node.tags.add("future")
            if any("ل" in a.proclitics for a in analyses):
                node.tags.add("purpose")
            node.lemma = _fold_lemma(first.reading.lemma)
            if all(a.reading.kind == "impf" for a in analyses):
                node.tags.add("impf")
            if (
                all(a.reading.voice == "p" for a in analyses)
                or self._damma(t)
                and any(a.reading.voice == "p" and a.reading.kind == "perf" for a in analyses)
            ):
                node.tags.add("passive")
            elif any(a.reading.voice == "p" for a in analyses):
                node.tags.add("maybe-passive")
        elif form[0] in "وف":
            node.conj = True
        self._fill_knowledge(node)
        self._add(node)
        self.prep = ""
        return t + 1

    def _says_something(self, analysis: Analysis) -> bool:
        """Whether a verb has a frame or a cue: of homographs (تهرب: flees, evaded) the one that counts."""
        lemma = _fold_lemma(analysis.reading.lemma)
        return lemma in self.know.frames or lemma in self.know.lights or lemma in self.know.cues

    def _means_something(self, analysis: Analysis) -> bool:
        """Whether a nominal reading is a word the packs know a class, a frame or a light use of."""
        lemma = _fold_lemma(analysis.reading.lemma)
        if self.know.classes.get(lemma) or lemma in self.know.noun_frames:
            return True
        return analysis.reading.kind != "masdar" or lemma in self.know.frames or lemma in self.know.lights

    def _fill_knowledge(self, node: Node) -> None:
        know = self.know
        frames: list[Frame] = []
        lights: list[Light] = []
        cues: set[str] = set()
        for lemma in dict.fromkeys(_fold_lemma(a.reading.lemma) for a in node.analyses):
            frames += know.frames.get(lemma, ())
            lights += know.lights.get(lemma, ())
            cues |= know.cues.get(lemma, frozenset())
        node.frames, node.lights, node.cues = tuple(dict.fromkeys(frames)), tuple(lights), frozenset(cues)

    # -- nouns --------------------------------------------------------------------------------
    def _unit(self, t: int, unit: Unit) -> int:
        if unit.kind == "time":
            node = Node("t", unit.i, unit.j)
            node.qty = unit.hit
            kept = self.prep
            self._add(node)
            node.prep = kept
            return unit.j
        return self._noun_phrase(t)

    def _event_at(self, t: int) -> tuple[tuple[Analysis, ...], tuple[Frame, ...], int] | None:
        """The frames of an event noun or masdar at this word, and where the term ends."""
        unit = self.text.units.get(t)
        if unit is not None and (unit.kind != "qty" or unit.hit.noun != t) or self.tokens[t].kind != "word":
            return None
        know, forms = self.know, self.forms
        analyses = self._analyses(t)
        if any(
            a.reading.kind == "noun"
            and a.reading.number == "p"
            and "force" in know.classes.get(_fold_lemma(a.reading.lemma), ())
            for a in analyses
        ):
            return None  # تعزيزات are troops, not the strengthening
        if self._only_names_kind(t, analyses) or self._people_there(t, analyses):
            return None
        found: list[Frame] = []
        kept: list[Analysis] = []
        end = t + 1
        for analysis in analyses:
            reading = analysis.reading
            lemma = _fold_lemma(reading.lemma)
            if reading.kind == "masdar":
                hits = [f for f in know.frames.get(lemma, ()) if "masdar" in f.forms]
                if hits or know.lights.get(lemma):
                    found += hits
                    kept.append(analysis)
            elif reading.kind in ("ppart", "apart") and "ال" not in analysis.proclitics:
                hits = [f for f in know.frames.get(lemma, ()) if reading.kind in f.forms]
                if hits:
                    found += hits
                    kept.append(analysis)
            if reading.kind in ("noun", "masdar"):
                stem = _fold_lemma(reading.lemma) if reading.kind == "noun" else _stem(forms[t], analysis)
                for key in dict.fromkeys((stem, _stem(forms[t], analysis))):
                    for rest, frame in know.noun_frames.get(key, ()):
                        stop = self._rest_follows(t + 1, rest)
                        if stop:
                            found.append(frame)
                            kept.append(analysis)
                            end = max(end, stop)
        if not kept:
            return None
        if not found and any(
            a.reading.kind == "noun"
            and know.classes.get(_fold_lemma(a.reading.lemma), frozenset())
            & {"speaker", "person", "civilian", "force", "body"}
            for a in analyses
        ):
            return None  # شهود are witnesses here, القيادة a body; not the witnessing, not the leading
        return tuple(dict.fromkeys(kept)), tuple(dict.fromkeys(found)), end

    def _people_there(self, t: int, analyses: Sequence[Analysis]) -> bool:
        """اعتقال نازحين, تدفق آلاف النازحين: in a clause of their own act the displaced are people."""
        known = any("civilian" in self.know.classes.get(_fold_lemma(a.reading.lemma), ()) for a in analyses)
        if not known or any(
            a.reading.kind == "masdar" and self.know.frames.get(_fold_lemma(a.reading.lemma))
            for a in analyses
        ):
            return False
        if any("ال" in a.proclitics for a in analyses):
            return True
        for node in reversed(self.nodes):
            if node.kind in "xsr":
                return False
            if node.kind in "ve":
                return True
        return False

    def _only_names_kind(self, t: int, analyses: Sequence[Analysis]) -> bool:
        """عملية تفتيش, حملة اعتقالات: before a happening the noun only says what kind of act it is."""
        if not any(
            a.reading.kind == "noun"
            and "operation" in self.know.classes.get(_fold_lemma(a.reading.lemma), ())
            and "ال" not in a.proclitics
            for a in analyses
        ):
            return False
        if t + 1 >= self.stop or t + 1 in self.text.units or self.tokens[t + 1].kind != "word":
            return False
        return any(
            a.reading.kind == "masdar"
            and set(a.proclitics) <= {"ال"}
            and self.know.frames.get(_fold_lemma(a.reading.lemma))
            for a in self.know.lexicon.analyse(self.forms[t + 1])
        ) or any(
            not rest or rest[:1] == (self.forms[t + 2] if t + 2 < self.stop else "",)
            for rest, frame in self.know.noun_frames.get(self.forms[t + 1].removeprefix("ال"), ())
        )

    def _rest_follows(self, t: int, rest: tuple[str, ...]) -> int:
        """Where a term of several words ends, or 0; an adjective may stand inside: وقفا تاما لإطلاق النار."""
        for n, word in enumerate(rest):
            if t >= self.stop:
                return 0
            form = self.forms[t]
            if form == word + "ا":
                form = word  # اتصالا هاتفيا
            if n == 0 and word.startswith("ل") and form.endswith("ا") and t + 1 < self.stop:
                t, form = t + 1, self.forms[t + 1]
            if form != word and form.removeprefix("ال") != word:
                return 0
            t += 1
        return t

    def _noun_phrase(self, t: int) -> int:
        event = None if self.forms[t] in ("علي", "وعلي") else self._event_at(t)
        if event is not None:
            end = self._event(t, *event)
            unit = self.text.units.get(t)
            if unit is not None:
                self.nodes[-1].qty = unit.hit  # قتيلان: the dual counts itself
            return end
        node = Node("n", t, t + 1)
        self._open(node, t)
        end = _NounPhrase(self, node).take(t)
        node.j = max(end, t + 1)
        if node.head_place is not None and not self.prep and not node.prep and not node.conj:
            if self.forms[t].removeprefix("و") in self.know.words["surroundings"]:
                node.prep = "في"  # جنوبي العراق: a name that begins with its direction says where
        self._add(node)
        return node.j

    def _open(self, node: Node, t: int) -> None:
        """Clitics of a phrase's first word."""
        unit = self.text.units.get(t)
        form = self.forms[t]
        if unit is not None:
            head = form[: unit.letters]
            if head[:1] in ("و", "ف") and head:
                node.conj = True
                head = head[1:]
            if head[:1] in ("ب", "ل", "ك") and head:
                node.prep = head[0]
            return
        for analysis in self.know.lexicon.analyse(form)[:1]:
            if analysis.reading.kind in VERBAL:
                continue
            for clitic in analysis.proclitics:
                if clitic in ("و", "ف"):
                    node.conj = True
                elif clitic in ("ب", "ل", "ك"):
                    node.prep = clitic
            return
        if form.startswith(("وال", "فال")):
            node.conj = True
        elif form.startswith(("بال", "كال")):
            node.prep = form[0]
        elif form.startswith("لل"):
            node.prep = "ل"
        elif form.startswith("وبال"):
            node.conj, node.prep = True, "ب"
        elif form.startswith("ولل"):
            node.conj, node.prep = True, "ل"

    def _event(self, t: int, analyses: tuple[Analysis, ...], frames: tuple[Frame, ...], end: int) -> int:
        node = Node("e", t, end, head=t, analyses=analyses, frames=frames)
        first = analyses[0]
        for clitic in first.proclitics:
            if clitic in ("و", "ف"):
                node.conj = True
            elif clitic in ("ب", "ل", "ك"):
                node.prep = clitic
            elif clitic == "ال":
                node.definite = True
        node.enclitic = first.enclitic
        node.definite = node.definite or bool(node.enclitic)
        node.number = first.reading.number
        node.gender = first.reading.gender
        node.lemma = _fold_lemma(first.reading.lemma)
        node.tags.add(first.reading.kind)
        lights: list[Light] = []
        cues: set[str] = set()
        for analysis in analyses:
            lemma = _fold_lemma(analysis.reading.lemma)
            if analysis.reading.kind == "masdar":
                lights += self.know.lights.get(lemma, ())
                cues |= self.know.cues.get(lemma, frozenset())
            node.classes |= self.know.classes.get(lemma, frozenset())
        node.lights, node.cues = tuple(lights), frozenset(cues)
        qty = self.nodes[-1] if self.nodes else None
        if qty is not None and qty.kind == "n" and "count" in qty.tags and qty.j == t:
            node.qty = qty.qty
            node.i = qty.i
            node.prep, node.conj = node.prep or qty.prep, node.conj or qty.conj
            self.nodes.pop()
        elif self._adjacent_nominal(t, node):
            node.gen = True
            last = self.nodes[-1]
            if (
                last.kind == "n"
                and last.classes
                and not last.classes & WRAPPERS
                and not last.tags & {"count", "quantified"}
            ):
                node.tags.add("swallowed")
                node.frames, node.lights = (), ()
        node.adjectives += [self.forms[k].removeprefix("ال") for k in range(t + 1, end)]  # ضربات جوية
        end = self._event_adjectives(node, end)
        node.j = end
        self._add(node)
        return end

    def _adjacent_nominal(self, t: int, node: Node) -> bool:
        if not self.nodes or node.prep or node.conj or self.prep:
            return False
        last = self.nodes[-1]
        if last.kind == "e":
            return last.j == t and not last.enclitic
        return last.kind == "n" and last.j == t and "open" in last.tags

    def _event_adjectives(self, node: Node, t: int) -> int:
        while t < self.stop:
            unit = self.text.units.get(t)
            form = self.forms[t]
            if unit is not None or self.tokens[t].kind != "word":
                break
            adjectives = self.know.adjectives.get(form)
            analyses = self.know.lexicon.analyse(form)
            if adjectives:
                ids = [n.actor for n in adjectives if self._theatre_fits(n.theatres)]
                if len(set(ids)) > 1:
                    ranked = sorted(
                        set(ids), key=lambda i: -self.text.theatres.get(self.know.actors[i].theatre, 0.0)
                    )
                    ids = ranked[:1]
                if ids:
                    node.actors.append((ids[0], t, t + 1))
                node.adjectives.append(form.removeprefix("ال"))
                t += 1
                continue
            if node.definite and not node.enclitic and not form.startswith("ال"):
                break
            if not node.definite and form.startswith("ال"):
                break  # مقتل القيادي فلان: an idafa, no adjective
            kinds = {a.reading.kind for a in analyses if not set(a.proclitics) & {"و", "ف", "ب", "ل", "ك"}}
            plain = form.removeprefix("ال")
            feminine = form.endswith("ه") and any(
                a.reading.kind in ("apart", "ppart") and a.reading.gender == "f" for a in analyses
            )
            if (
                "adj" in kinds
                or (kinds & {"apart", "ppart"} and not node.enclitic and ("noun" not in kinds or feminine))
                or (not kinds - {"noun"} and _looks_nisba(form) and "noun" not in kinds)
            ):
                if self._event_at(t) is not None and "ppart" not in kinds:
                    break
                if any(a.reading.number == "p" and a.reading.gender == "m" for a in analyses):
                    break  # استهداف المدنيين: a happening takes no adjective in the sound masculine plural
                node.adjectives.append(plain)
                self._mark_extent(node, form)
                t += 1
                continue
            break
        return t

    def _theatre_fits(self, theatres: frozenset[str]) -> bool:
        return not theatres or any(self.text.theatres.get(x, 0) > 0 for x in theatres)

    def _mark_extent(self, node: Node, form: str) -> None:
        if form in self.know.words["whole"]:
            node.extent = "whole"


class _NounPhrase:
    """Takes one noun phrase: modifiers, head, idafa, adjectives, gloss."""

    def __init__(self, chunker: _Chunker, node: Node) -> None:
        self.c = chunker
        self.node = node
        self.know = chunker.know
        self.closed = False  # after a name or a definite noun only adjectives follow
        self.last_definite = False
        self._after_from = -1
        self.after_adjective = False
        self.last_open = True  # whether the last noun may be the first of an idafa

    def take(self, t: int) -> int:
        start = t
        c = self.c
        while t < c.stop:
            unit = c.text.units.get(t)
            if unit is not None:
                if t > start and unit.letters:
                    return self._belonging(t) or t
                if not self._takes_unit(unit, t, start):
                    return t
                t = unit.j if unit.kind != "qty" else self._quantity(unit)
                continue
            kind = c.tokens[t].kind
            if kind in ("punct", "symbol"):
                end = self._through_punctuation(t, start)
                if not end:
                    return t
                t = end
                continue
            if kind in ("number", "latin"):
                self.node.head = self.node.head if self.node.head >= 0 else t
                t += 1
                continue
            if t > start and not self._goes_on(t):
                end = self._partitive(t)
                if end > t and end < c.stop and c.forms[end].removeprefix("و") in self.know.words["known_as"]:
                    end = self._known_as(end)
                return end
            self._take_word(t, start)
            t += 1
        return t

    # -- units --------------------------------------------------------------------------------
    def _takes_unit(self, unit: Unit, t: int, start: int) -> bool:
        node = self.node
        if t > start:
            first = self.c.forms[t][: unit.letters]
            if first or unit.kind in ("time", "qty"):
                return False
            if (self.closed or self.last_definite) and not self._apposed(unit):
                return False
            if unit.kind == "place" and self.after_adjective:
                return False  # 120 عائلة عراقية مخيم الهول: behind an adjective no name belongs to the noun
        if unit.kind == "actor":
            ident = self.c.text.actor_ids.get(unit.i, "")
            entry = (ident, unit.i, unit.j)
            node.actors.append(entry)
            if node.head < 0:
                node.head = unit.i
                node.head_actor = entry
                self._actor_classes(ident)
                self._name_agreement(unit)
                kinds = {"commander"} if ident == "unnamed-sources" else {"weapon-air", "weapon-ground"}
                node.classes |= self._classes_at(unit.i) & kinds  # ضابط كبير: an officer, too
            self.closed = True
            node.definite = True
            node.tags.discard("open")
            return True
        if unit.kind == "place":
            node.places.append(unit.hit)
            if node.head < 0:
                node.head = unit.i
                node.head_place = unit.hit
                node.classes.add("place")
                if self._capital(unit):
                    node.classes.add("capital")
            elif node.head_place is None and node.classes & {"place-noun", "part-noun", "around-noun"}:
                node.head_place = unit.hit
                node.classes.add("place")
            self.closed = True
            node.definite = True
            node.tags.discard("open")
            return True
        return unit.kind == "qty"

    def _capital(self, unit: Unit) -> bool:
        """Whether a place may stand for its government."""
        forms = self.c.forms[unit.i : unit.j]
        return (forms[0][unit.letters :], *forms[1:]) in self.know.capitals or (
            tuple(forms) in self.know.capitals
        )

    def _apposed(self, unit: Unit) -> bool:
        """A person named behind an office: قائد هيئة تحرير الشام أبو محمد الجولاني."""
        if unit.kind != "actor":
            return False
        actor = self.know.actors.get(self.c.text.actor_ids.get(unit.i, ""))
        if actor is None:
            return False
        if self.node.classes & {"commander", "speaker"} and actor.kind == "person":
            return True
        return bool(self.node.head_actor) and actor.kind == "person" and self.c.prep == ""

    def _actor_classes(self, ident: str) -> None:
        node = self.node
        actor = self.know.actors.get(ident)
        if actor is None:
            node.classes.add("force")
            return
        if actor.generic:
            node.classes |= GENERIC_CLASSES.get(actor.id, frozenset({"people", "person"}))
            return
        if actor.kind == "operation":
            node.classes.add("operation")
            return
        node.classes.add("actor")
        side = self.know.actors.get(actor.speaks_for) if actor.speaks_for else actor
        if side is not None and side.kind in BELLIGERENTS:
            node.classes.add("belligerent")
        if actor.kind == "person":
            node.classes.add("person-name")
        if actor.is_source:
            node.classes.add("media")

    def _name_agreement(self, unit: Unit) -> None:
        form = self.c.forms[unit.i][unit.letters :]
        for analysis in self.know.lexicon.analyse(form):
            if analysis.reading.kind not in VERBAL and analysis.reading.kind not in ("particle", "masdar"):
                self.node.gender = analysis.reading.gender
                self.node.number = analysis.reading.number
                return

    def _quantity(self, unit: Unit) -> int:
        node, c = self.node, self.c
        node.qty = unit.hit
        node.tags.add("count")
        node.classes.add("amount")
        noun = unit.hit.noun
        if noun is not None and noun >= unit.i:
            if noun in c.text.units and noun != unit.i:
                return int(noun)
            event = c._event_at(noun) if noun != unit.i else None
            if event is not None and (
                not (self._classes_at(noun) & (PERSON_CLASSES - {"victim"}))
                or any(f.type == "displaced" for f in event[1])
            ):
                return int(noun)
            self._take_word(noun, node.i)
            node.tags.discard("count")
            return max(unit.j, int(noun) + 1)
        return unit.j

    # -- words --------------------------------------------------------------------------------
    def _classes_at(self, t: int) -> frozenset[str]:
        out: set[str] = set()
        for analysis in self.c._analyses(t):
            if analysis.reading.kind not in VERBAL:
                out |= self.know.classes.get(_fold_lemma(analysis.reading.lemma), frozenset())
        return frozenset(out)

    def _goes_on(self, t: int) -> bool:
        """Whether the word at ``t`` still belongs to the phrase."""
        c, node = self.c, self.node
        form = c.forms[t]
        know = self.know
        if form in ("و", "ف", "او", "ام") or know.phrases.match(c.forms, t, c.stop) is not None:
            return False
        words = know.words
        if form in words["relatives"] or form in words["complementisers"] or form in words["negations"]:
            return False
        if form in words["pronouns"] or form in words["perfect_marks"] or form in words["adverbs"]:
            return False
        if form in words["demonstratives"]:
            return not self.closed
        if _glued(form):
            return False
        prep = know.prepositions.match(c.forms, t, c.stop)
        if prep is not None and c._takes_preposition(t, prep):
            return False
        if "count" in node.tags and node.head < 0:
            readings = c._analyses(t)
            only_verb = bool(readings) and all(a.reading.kind in VERBAL for a in readings)
            return c._event_at(t) is None and not only_verb
        if c._event_at(t) is not None:
            analyses = c._analyses(t)
            owned = node.head >= 0 and node.classes and not node.classes & WRAPPERS and self.last_open
            kinds = {a.reading.kind for a in analyses}
            if not owned and not ("ppart" in kinds and not kinds & {"noun", "masdar"}):
                return False
        analyses = c._analyses(t)
        if analyses and set(analyses[0].proclitics) & {"و", "ف", "ب", "ل", "ك", "س"}:
            return False
        if not analyses and (form.startswith(("وال", "بال", "لل"))):
            return False
        verbs = [a for a in analyses if a.reading.kind in ("perf", "impf")]
        if verbs and self._verb_here(t, analyses, verbs):
            return False
        definite = form.startswith("ال")
        adjective = self._adjective(form, analyses)
        if adjective:
            return True
        if self.closed:
            return definite and self._classes_at(t) == frozenset() and node.head_actor is None
        if not self.last_open or t - 1 == node.head and self._own_thing(t, analyses):
            return False
        return not (_accusative(form, analyses) and not _accusative(c.forms[t - 1], ()))

    def _own_thing(self, t: int, analyses: Sequence[Analysis]) -> bool:
        """فجر انتحاري حزامه, سلم مسلح نفسه: what is his is no idafa with him, but the verb's object."""
        if not analyses or not analyses[0].enclitic:
            return False
        lone = self.know.words["lone_fighters"]
        return any(
            _fold_lemma(a.reading.lemma) in lone and a.reading.number == "s"
            for a in self.c._analyses(t - 1)
            if a.reading.kind not in VERBAL
        )

    def _verb_here(self, t: int, analyses: Sequence[Analysis], verbs: Sequence[Analysis]) -> bool:
        others = [a for a in analyses if a.reading.kind not in VERBAL]
        if not others:
            return True
        return self.closed or self.last_definite or not self.last_open

    def _adjective(self, form: str, analyses: Sequence[Analysis]) -> bool:
        if form in self.know.adjectives:
            return True
        kinds = {a.reading.kind for a in analyses}
        if "adj" in kinds:
            # القوة المشتركة عملية واسعة: a name takes no adjective without the article
            named = self.node.head_actor is not None or self.node.head_place is not None
            article = form.startswith("ال")
            return article if named or self.node.definite else not article or bool(self.node.places)
        if kinds & {"apart", "ppart"} and not kinds & {"noun"}:
            return form.startswith("ال") == self.node.definite
        return not kinds and _looks_nisba(form) and form.startswith("ال") == self.node.definite

    def _take_word(self, t: int, start: int) -> None:
        c, node, know = self.c, self.node, self.know
        form = c.forms[t]
        words = know.words
        plain = form
        if t == start and node.conj and plain[:1] in "وف" and len(plain) > 2:
            plain = plain[1:]
        if t == start and node.prep in ("ب", "ل", "ك") and plain[:1] in "بلك" and len(plain) > 2:
            plain = "ال" + plain[2:] if plain.startswith("لل") else plain[1:]
        analyses = [
            a
            for a in know.lexicon.analyse(form)
            if a.reading.kind not in VERBAL and a.reading.kind != "particle"
        ]
        classes: frozenset[str] = frozenset()
        for analysis in analyses:
            classes |= know.classes.get(_fold_lemma(analysis.reading.lemma), frozenset())
        adjective_of = know.adjectives.get(plain)
        if node.head < 0:
            self._modifier_or_head(t, plain, classes, analyses)
        elif adjective_of:
            self._national(t, adjective_of)
        elif "aid" in classes and node.classes & {"vehicle", "quantity-noun"}:
            node.classes.add("aid")
        elif "explosive" in classes and node.classes & {"vehicle", "thing", "uniform"}:
            node.classes.add("explosive")  # سيارة مفخخة
        elif not self.closed and classes and self._classless_head() and not _looks_nisba(form):
            node.classes |= classes & NOUN_HEADS
        if (
            node.head >= 0
            and node.head != t
            and "place-noun" in classes
            and plain.startswith("ال")
            and analyses
        ):
            node.inner_place = (_fold_lemma(analyses[0].reading.lemma), analyses[0].reading.number)
        if node.head >= 0 and node.head != t and analyses and analyses[0].reading.kind == "adj":
            node.adjectives.append(plain.removeprefix("ال"))
        elif node.head >= 0 and node.head != t:
            node.adjectives.append(plain.removeprefix("ال"))
        if plain in words["whole"] and node.extent == "":
            node.extent = "whole"
        enclitic = analyses[0].enclitic if analyses else ""
        if not enclitic and form.endswith("ه") and "force" in classes:
            # مقاتليه is folded like مقاتلية, but fighters at the head of a phrase are their owner's.
            own = any(a.enclitic == "ه" and a.reading.number == "p" for a in analyses)
            enclitic = "ه" if own else ""
        if enclitic and node.head == t:
            node.enclitic = enclitic
        elif enclitic:
            node.tags.add("inner-enclitic")
        definite = plain.startswith("ال") or bool(enclitic)
        if definite:
            node.definite = True
            if t != node.head or plain.startswith("ال"):
                self.last_definite = True
        if definite and (t == node.head or not self._adjective(form, know.lexicon.analyse(form))):
            self.closed = True  # بالمدفعية مخيم…: a noun with its article heads no idafa
        self.last_open = not enclitic and _opens_idafa(plain, analyses)
        self.after_adjective = node.head != t and bool(
            adjective_of or analyses and analyses[0].reading.kind == "adj"
        )
        if self.after_adjective:
            self.last_open = False
        node.tags.discard("open")
        if self.last_open and not self.closed and not definite:
            node.tags.add("open")
        if not self.last_open and node.head == t:
            node.tags.add("plural-nun")

    def _classless_head(self) -> bool:
        return not self.node.classes & NOUN_HEADS

    def _modifier_or_head(
        self, t: int, form: str, classes: frozenset[str], analyses: Sequence[Analysis]
    ) -> None:
        node, words = self.node, self.know.words
        if form in words["demonstratives"]:
            node.demonstrative = True
            node.definite = True
            return
        if (
            analyses
            and analyses[0].reading.number == "d"
            and form.startswith("ال")
            and (_fold_lemma(analyses[0].reading.lemma) in words["both_sides"])
        ):
            node.head, node.definite, node.number = t, True, "d"
            node.classes |= {"force", "both"}
            return
        nxt = t + 1
        more = nxt < self.c.stop and (nxt in self.c.text.units or self.c.tokens[nxt].kind == "word")
        if form in words["before_head"] and more and self._heads_at(nxt):
            return  # آخر مقاتلي…, بقية العناصر, كبار الضباط: the noun behind it says who
        if form in words["whole"] and more:
            node.extent = "whole"
            return
        if (form in words["part"] or "part-noun" in classes) and more:
            if not self._own_head(nxt, analyses):
                node.extent = node.extent or "part"
            node.tags.add("partial")
            node.classes |= classes & {"part-noun", "place-noun"}
            if "place-noun" not in classes and "part-noun" not in classes:
                return
        if form in words["around"] or "around-noun" in classes:
            node.extent = "surroundings"
        if classes & {"quantity-noun"} and not classes & {"force"} and more:
            node.tags.add("quantified")
            return
        node.head = t
        node.classes |= classes
        if classes & PERSON_CLASSES:
            node.classes.add("people")
        if analyses:
            reading = analyses[0].reading
            node.gender, node.number, node.lemma = reading.gender, reading.number, _fold_lemma(reading.lemma)
            if reading.kind in ("masdar",):
                node.tags.add("masdar")
        adjective = self.know.adjectives.get(form)
        if adjective:
            self._national(t, adjective)
            node.classes.add("actor")
        node.definite = node.definite or form.startswith("ال")

    def _heads_at(self, t: int) -> bool:
        """Whether a bare noun or name of a body or of people stands at ``t``."""
        unit = self.c.text.units.get(t)
        if unit is not None:
            return unit.kind == "actor" and not unit.letters
        form = self.c.forms[t]
        analyses = self.c._analyses(t)
        if not analyses or analyses[0].proclitics not in ((), ("ال",)) or form.endswith("ا"):
            return False
        return bool(self._classes_at(t) & {"force", "civilian", "person", "commander", "vehicle", "position"})

    def _own_head(self, t: int, analyses: Sequence[Analysis]) -> bool:
        """حي الوعر, ضاحية قدسيا: here the noun belongs to the name and cuts nothing out."""
        unit = self.c.text.units.get(t)
        if unit is None or unit.kind != "place" or not unit.hit.head:
            return False
        plural = any(a.reading.number == "p" for a in analyses)
        return not plural and any(
            _fold_lemma(a.reading.lemma) == _fold_lemma(unit.hit.head) for a in analyses
        )

    def _national(self, t: int, names: Sequence[Any]) -> None:
        node = self.node
        if (
            not node.classes
            & {
                "force",
                "weapon-air",
                "weapon-ground",
                "vehicle",
                "body",
                "commander",
                "person",
                "speaker",
                "operation",
                "attack",
                "civilian",
            }
            and node.head != t
        ):
            return
        ids = {n.actor for n in names if self.c._theatre_fits(n.theatres)}
        if len(ids) > 1:
            best = max(ids, key=lambda i: self.c.text.theatres.get(self.know.actors[i].theatre, 0.0))
            ids = {best}
        for ident in ids:
            if "civilian" in node.classes:
                node.tags.add("national-civilian")
                continue
            node.actors.append((ident, t, t + 1))

    # -- going on -----------------------------------------------------------------------------
    def _through_punctuation(self, t: int, start: int) -> int:
        c = self.c
        form = c.forms[t]
        if form == "(":
            return c._closing(t)
        if form in QUOTES and t > start and t + 1 < c.stop:
            nxt = c.text.units.get(t + 1)
            if nxt is not None and nxt.kind in ("actor", "place") and not self.closed:
                return t + 1
            if self.node.classes & NAMED_IN_QUOTES and not self.closed:
                for k in range(t + 1, min(t + 6, c.stop)):
                    if c.forms[k] in QUOTES:
                        self.closed = True
                        return k + 1
            if form in QUOTES and self.closed and self._closes_name(t):
                return t + 1
            if self.node.tags & {"count", "quantified"} and self._closes_name(t) and self.node.head < 0:
                return t + 1  # "عشرات" الصواريخ
        if form == "#":
            return t + 1
        return 0

    def _closes_name(self, t: int) -> bool:
        return t - 2 >= 0 and any(self.c.forms[k] in QUOTES for k in range(max(self.node.i, t - 6), t))

    def _partitive(self, t: int) -> int:
        """عناصر من الجيش, أجزاء كبيرة من الجنوب, عشرات من أهالي: من joins the part to the whole."""
        c, node = self.c, self.node
        belongs = self._belonging(t)
        if belongs:
            return belongs
        self._after_from = t + 1
        if c.forms[t] != "من" or t + 1 >= c.stop or not self._may_partition():
            return t
        inner = Node("n", t + 1, t + 2)
        if c.text.units.get(t + 1) is None and (
            c._event_at(t + 1) is not None or c._is_verb(t + 1) or c.tokens[t + 1].kind != "word"
        ):
            return t
        c._open(inner, t + 1)
        if inner.prep or inner.conj:
            return t
        end = _NounPhrase(c, inner).take(t + 1)
        where = inner.classes & {"place", "place-noun", "part-noun"} and not inner.classes & {"force", "body"}
        if where and not node.tags & {"partial"} and node.head >= 0:
            return t  # انسحب عناصر من المدينة: whence, not of what
        node.actors += inner.actors
        node.places += inner.places
        if node.head < 0:
            node.head, node.head_actor, node.head_place = inner.head, inner.head_actor, inner.head_place
            node.gender, node.number = inner.gender, inner.number
            node.classes |= inner.classes
        elif node.tags & {"partial"} and inner.classes & {"place", "place-noun"}:
            node.head_place = inner.head_place
            node.classes |= inner.classes
            if inner.extent == "surroundings":
                node.extent = node.extent or inner.extent
        else:
            node.classes |= inner.classes & (PERSON_CLASSES | {"people", "actor", "force"})
        node.qty = node.qty or inner.qty
        node.definite = node.definite or inner.definite
        node.enclitic = node.enclitic or inner.enclitic
        if "open" not in inner.tags:
            node.tags.discard("open")
        return end

    def _belonging(self, t: int) -> int:
        """الضواحي الجنوبية للعاصمة, رتل للجيش, جنود تابعون للنظام: whose a thing is, behind ل."""
        c, node = self.c, self.node
        words = self.know.words
        start = t
        if c.forms[t] in words["belonging"] and t + 1 < c.stop:
            t += 1
        elif c.forms[t].removeprefix("و") in words["known_as"]:
            return self._known_as(t)
        unit = c.text.units.get(t)
        if unit is None or not unit.letters or c.forms[t][: unit.letters] not in ("ل", "لل"):
            return 0
        if unit.kind == "actor":
            whose = self.know.actors.get(c.text.actor_ids.get(unit.i, ""))
            if whose is not None and whose.is_source:
                return 0
        if (
            unit.kind == "actor"
            and (t > start or not node.definite)
            and not node.actors
            and (
                node.classes
                & {
                    "force",
                    "vehicle",
                    "position",
                    "building",
                    "weapon-air",
                    "weapon-ground",
                    "person",
                    "civilian",
                    "commander",
                    "place-noun",
                }
            )
        ):
            node.actors.append((c.text.actor_ids.get(unit.i, ""), unit.i, unit.j))
            if "force" not in node.classes and node.classes & {"person"}:
                node.classes.add("force")
            return unit.j
        if (
            unit.kind == "place"
            and not node.places
            and (node.classes & {"part-noun", "around-noun", "border", "place-noun"})
        ):
            node.places.append(unit.hit)
            node.head_place = unit.hit
            node.classes.add("place")
            return unit.j
        return 0

    def _known_as(self, t: int) -> int:
        """العناصر … المعروفة محليا بـ«الشبيحة»: the name it is known by."""
        c, node = self.c, self.node
        for k in range(t + 1, min(t + 5, c.stop)):
            unit = c.text.units.get(k)
            if unit is not None and unit.kind == "actor":
                node.actors.insert(0, (c.text.actor_ids.get(unit.i, ""), unit.i, unit.j))
                node.head_actor = None
                end = unit.j
                if end < c.stop and c.forms[end] in QUOTES:
                    end += 1
                return end
        return t

    def _may_partition(self) -> bool:
        node = self.node
        if node.head < 0 or node.tags & {"partial", "quantified", "count"}:
            return True
        if "amount" in node.classes and node.qty is not None and node.qty.noun is None:
            return True
        unit = self.c.text.units.get(self._after_from)
        if unit is not None and unit.kind == "actor" and node.classes & {"force"} and not node.actors:
            return True
        return bool(node.classes & {"quantity-noun"}) or bool(
            not node.definite
            and not node.actors
            and node.classes & {"force", "person", "civilian", "commander"}
        )


GENERIC_CLASSES = {
    "civilians": frozenset({"civilian", "people"}),
    "detainees": frozenset({"detainee", "people"}),
    "armed-groups": frozenset({"force"}),
    "unnamed-sources": frozenset({"speaker"}),
    "unknown": frozenset({"force", "unknown"}),
    "witnesses": frozenset({"speaker", "people"}),
    "footage": frozenset({"footage"}),
    "reports": frozenset({"news"}),
    "analysts": frozenset({"speaker"}),
}
# Kinds of body that fight; states are told of by much besides war.
BELLIGERENTS = frozenset({"armed-group", "coalition", "umbrella", "party"})
NOUN_HEADS = frozenset(
    "force commander speaker body civilian person detainee victim place-noun position building vehicle "
    "thing symbol weapon-ground weapon-air explosive fire gunfire operation attack aid arms uniform service "
    "agreement talks status-noun loss news footage road border".split()
)
NAMED_IN_QUOTES = frozenset(
    {"operation", "body", "force", "speaker", "commander", "weapon-ground", "weapon-air", "vehicle"}
)
# Nouns before a happening that only say what kind it is: حملة تفتيش, موجة نزوح, لحظة إفراج, حالة تأهب.
WRAPPERS = frozenset(
    {"operation", "attack", "quantity-noun", "time-noun", "wrapper", "news", "talks", "speaker"}
)
_PRONOUNS = ("ه", "ها", "هم", "هما", "هن", "نا", "ي", "كم")
GLUED: dict[str, tuple[str, str]] = {}
for _prep, _stem_ in (
    ("من", "من"),
    ("علي", "علي"),
    ("الي", "الي"),
    ("في", "في"),
    ("عن", "عن"),
    ("مع", "مع"),
    ("بين", "بين"),
    ("ب", "ب"),
    ("ل", "ل"),
    ("لدي", "لدي"),
    ("ضد", "ضد"),
    ("حول", "حول"),
    ("نحو", "نحو"),
    ("قرب", "قرب"),
    ("داخل", "داخل"),
    ("خلال", "خلال"),
    ("امام", "امام"),
    ("بعد", "بعد"),
    ("قبل", "قبل"),
    ("باتجاه", "باتجاه"),
    ("بايدي", "بايدي"),
    ("بيد", "بيد"),
    ("بقبضه", "بقبضت"),
    ("بنيران", "بنيران"),
    ("برصاص", "برصاص"),
):
    for _pron in _PRONOUNS:
        GLUED[_stem_ + _pron] = (_prep, _pron)
GLUED["منا"], GLUED["عنا"] = ("من", "نا"), ("عن", "نا")
for _not in ("بي", "لي", "بكم", "لكم", "مني", "عني", "علي", "الي", "في"):
    GLUED.pop(_not, None)


def _glued(form: str) -> bool:
    return form in GLUED or (form[:1] in "وف" and form[1:] in GLUED)


def _fold_lemma(lemma: str) -> str:
    known = _FOLDED.get(lemma)
    if known is None:
        from riwaya.text.normalise import fold

        known = _FOLDED[lemma] = fold(lemma)
    return known


_FOLDED: dict[str, str] = {}


def _stem(form: str, analysis: Analysis) -> str:
    return form[analysis.stem_start : analysis.stem_end]


def _looks_nisba(form: str) -> bool:
    """عسكري, مدفعية: an adjective in ي or ية, by its shape."""
    return len(form) > 3 and (form.endswith(("ي", "يه")))


def _accusative(form: str, analyses: Sequence[Analysis]) -> bool:
    """A noun in the open accusative (هجوما, حاجزا): an object or an adverb, never an idafa's second half."""
    return len(form) > 3 and form.endswith("ا") and not form.endswith("يا") and not form.startswith("ال")


def _opens_idafa(form: str, analyses: Sequence[Analysis]) -> bool:
    """Whether a noun may be the first of an idafa: no article, no nun of the plural or dual."""
    if form.startswith("ال"):
        return False
    if _accusative(form, ()):
        return False
    for analysis in analyses:
        reading = analysis.reading
        if reading.number in ("d", "p") and not reading.construct and form.endswith(("ون", "ين", "ان")):
            if reading.gender == "m" or reading.number == "d":
                return False
    return True


__all__ = ["ANY_THEATRE", "Actor", "ActorHit", "Node", "Text", "Unit", "chunk", "settle"]
