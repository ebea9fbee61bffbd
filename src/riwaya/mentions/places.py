"""Where: place names in a stretch of tokens, with the words around them that say what is meant.

`find_places` finds names and what stands beside them: the noun that heads a name (مدينة، محافظة، معبر), words
that cut out a part (ريف، محيط، أحياء), the list a name belongs to, the larger place that holds it.
It does not choose among namesakes; `place_choice.resolve` does, for a whole report at once.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from riwaya.mentions.place_index import HEADED, LOOSE, PlaceIndex
from riwaya.model import PlaceMention
from riwaya.packs.phrases import unclitic
from riwaya.packs.place_words import Head, PlaceWords
from riwaya.text.normalise import fold
from riwaya.text.tokens import Token

# How many words may stand between a place and the larger place that explains it.
PARENT_GAP = 5
# How many words a name may have that no list knows.
UNKNOWN_WORDS = 3
# How far back "the eastern districts of" may reach.
PART_GAP = 3
DASHES = frozenset("-–—/")
# Levels whose noun is part of the name: one asks for مستشفى الضعين, but for الضعين.
WHOLE_NAMES = frozenset({"facility", "crossing"})


class PlaceHit(NamedTuple):
    """A place name in the text.

    ``i, j`` are its tokens, ``first`` is where its head noun or part words begin, ``start, end`` the name in
    the original.  ``clitic`` are the letters before the name in its first token, ``lead`` those before the
    whole phrase (و in وبلدة داريا).  ``cands`` are ``(id, tier)``; none means a name nobody knows.
    ``number`` (s, d, p) is set where the head noun stands outside the name.  ``parts`` are ``(token, kind)``
    with kind part, surroundings or direction.  ``parent`` is the token at which the explicit larger place
    begins, or -1.  ``whole`` is the phrase with the noun that stands before the name.
    ``common`` is "" unless the name is an ordinary word too: "some" or "strict" by our list,
    "lexicon" where only the lexicon has the word.  ``chosen`` and what follows it are set by
    `place_choice.resolve`.
    """

    i: int
    j: int
    start: int
    end: int
    name: str
    first: int
    cands: tuple[tuple[str, int], ...] = ()
    clitic: str = ""
    lead: str = ""
    head: str = ""
    number: str = ""
    level: str = ""
    town: bool = True
    parts: tuple[tuple[int, str], ...] = ()
    seat: bool = False
    group: int = -1
    parent: int = -1
    country: str = ""
    preposition: bool = False
    alone: bool = False
    common: str = ""
    whole: tuple[int, str] = (-1, "")  # where the noun before it begins, and both in the original's words
    near: str = ""  # the place whose name an unlisted one bears: مستشفى الضعين
    chosen: str = ""
    score: float = 0.0
    rivals: tuple[tuple[str, float], ...] = ()
    reason: str = ""


def find_places(
    tokens: Sequence[Token],
    lo: int,
    hi: int,
    masked: Container[int],
    index: PlaceIndex,
    words: PlaceWords,
    *,
    known: Callable[[str], bool] | None = None,
    text: str = "",
) -> list[PlaceHit]:
    """Place names among ``tokens[lo:hi]`` (a sentence), in order; masked tokens belong to other names.

    ``known`` says whether a folded word is in the language's lexicon: it keeps ordinary words from being
    taken for villages, and without it unlisted names are not looked for.  ``text`` is the original.
    """
    finder = _Finder(tokens, lo, hi, masked, index, words, known, text)
    hits = _roads(finder, list(finder.named()))
    hits = sorted([*hits, *finder.unnamed(hits)], key=lambda h: h.i)
    hits = sorted([*hits, *finder.seconds(hits)], key=lambda h: h.i)
    listed = [h for h in map(finder.standing, _in_lists(finder, hits)) if h is not None]
    groups: dict[int, list[PlaceHit]] = {}
    for hit in listed:
        groups.setdefault(hit.group, []).append(hit)
    return _with_parents(finder, [h for g in groups.values() for h in finder.in_parts(g)])


def mention(hit: PlaceHit, index: PlaceIndex) -> PlaceMention:
    """The resolved hit as the model's place mention."""
    place = index.places.get(hit.chosen)
    if place is None:
        return _unlisted(hit, index)
    return PlaceMention(
        id=place.id,
        name=hit.name,
        start=hit.start,
        end=hit.end,
        lat=place.lat,
        lon=place.lon,
        level=place.level,
        label_ar=place.name_ar,
        label_en=place.name_en,
        country=place.country,
        score=hit.score,
        rivals=hit.rivals,
        reason=hit.reason,
    )


def _unlisted(hit: PlaceHit, index: PlaceIndex) -> PlaceMention:
    """A name no list has, in its own words; a venue named after its town lies where the town does."""
    start, name = hit.whole if hit.level in WHOLE_NAMES and hit.whole[0] >= 0 else (hit.start, hit.name)
    town = index.places.get(hit.near)
    return PlaceMention(
        "",
        name,
        start,
        hit.end,
        lat=town.lat if town else None,
        lon=town.lon if town else None,
        level=hit.level or "place",
        country=town.country if town else "",
        reason=hit.reason,
    )


class _Finder:
    """One sentence's tokens with the tables to read them by."""

    def __init__(
        self,
        tokens: Sequence[Token],
        lo: int,
        hi: int,
        masked: Container[int],
        index: PlaceIndex,
        words: PlaceWords,
        known: Callable[[str], bool] | None,
        text: str,
    ) -> None:
        self.tokens, self.lo, self.hi = tokens, lo, hi
        self.index, self.words, self.known, self.text = index, words, known, text
        self.forms = ["" if k in masked else tokens[k].form for k in range(lo, hi)]

    def form(self, k: int) -> str:
        """The folded word at a token; "" outside the sentence or where another name stands."""
        return self.forms[k - self.lo] if self.lo <= k < self.hi else ""

    def named(self) -> Iterator[PlaceHit]:
        """Names the index knows, longest first from the left."""
        i, starts = self.lo, self.index.names.starts
        while i < self.hi:
            form = self.form(i)
            found = self._longest(i) if form and starts(form) else None
            if not found:
                i += 1
                continue
            end, payloads, letters = found
            inner = self._exact_across(i, end + self.lo) if all(t == LOOSE for _, t in payloads) else 0
            if inner:
                i = inner
                continue
            hit = self._hit(i, end + self.lo, letters, tuple(payloads))
            if hit:
                yield hit
            i = end + self.lo

    def _exact_across(self, i: int, end: int) -> int:
        """Where an exact name begins inside a loose one and goes on behind it (بلدة عين عيسى), or 0."""
        for k in range(i + 1, end):
            found = self._longest(k) if self.form(k) and self.index.names.starts(self.form(k)) else None
            if found and found[0] + self.lo > end and any(t != LOOSE for _, t in found[1]):
                return k
        return 0

    def _longest(self, i: int) -> tuple[int, list[tuple[str, int]], int] | None:
        """The longest name at a token; a loose spelling does not hide a shorter exact one (الباب شرقي)."""
        found = best = self.index.names.match(self.forms, i - self.lo, len(self.forms))
        while found and all(tier == LOOSE for _, tier in found[1]) and found[0] > i - self.lo + 1:
            found = self.index.names.match(self.forms, i - self.lo, found[0] - 1)
        return found or best

    def _hit(self, i: int, j: int, letters: int, cands: tuple[tuple[str, int], ...]) -> PlaceHit | None:
        key = self._key(i, j, letters)
        start, end = self._span(i, j, letters)
        hit = PlaceHit(i, j, start, end, self._name(start, end, i, j), i, cands, self.form(i)[:letters])
        hit = self._headed(hit._replace(lead=hit.clitic))
        if not hit.clitic and not hit.number and self._names_no_place(self.form(hit.first - 1)):
            return None
        if hit.clitic and (self.form(i) in self.words.generic or self.form(i) in self.words.plain):
            return None
        hit = self._parted(hit)
        return hit._replace(
            common=self._common(key, hit),
            preposition=self._after_preposition(hit),
            alone=self._alone(j),
            country=self._demonym(j),
        )

    def _key(self, i: int, j: int, letters: int) -> str:
        """The matched name, folded, without its clitics."""
        form = self.form(i)
        first = form[letters:]
        if letters and first not in self.index.names.starts(form):
            first = "ال" + form[letters + 1 :]
        return " ".join((first, *self.forms[i + 1 - self.lo : j - self.lo]))

    def _span(self, i: int, j: int, letters: int) -> tuple[int, int]:
        start, end = self.tokens[i].start, self.tokens[j - 1].end
        if letters and self.text:
            return _skip_letters(self.text, start, self.tokens[i].end, letters), end
        return start + letters, end

    def _name(self, start: int, end: int, i: int, j: int) -> str:
        return self.text[start:end] if self.text else " ".join(t.form for t in self.tokens[i:j])

    def head_at(self, k: int) -> Head | None:
        """The place noun at a token, with or without clitics."""
        form = self.form(k)
        return self.index.head(form, self.words) if form else None

    def _names_no_place(self, before: str) -> bool:
        """Whether the word before makes the name a body's or a person's: لواء حلب، صدام حسين."""
        return before in self.words.bodies or before in self.words.given_names

    def _headed(self, hit: PlaceHit) -> PlaceHit:
        own = self.head_at(hit.i) if hit.j - hit.i > 1 else None
        if own and not own.definite:  # جبل الزاوية: part of the name, so it decides nothing among candidates
            hit = hit._replace(head=own.lemma, level=own.level)
        form = self.form(hit.i - 1)
        head = None if hit.clitic else self.head_at(hit.i - 1)
        if head is None or (form.startswith("ال") and not head.definite):
            return hit
        return self._with_noun(_under(hit, head, self._clitic(form, self.words.heads)))

    def _with_noun(self, hit: PlaceHit) -> PlaceHit:
        """Notes where the head noun of a name begins, clitics left out: وبمستشفى الضعين → مستشفى الضعين."""
        k = hit.i - 1
        start = self._span(k, k + 1, len(hit.lead))[0]
        return hit._replace(whole=(start, self._name(start, hit.end, k, hit.j)))

    @staticmethod
    def _clitic(form: str, table: Container[str]) -> str:
        """The letters before the word that a table knows."""
        return next(form[: len(form) - len(f)] for f in unclitic(form) if f in table)

    def _parted(self, hit: PlaceHit) -> PlaceHit:
        """Takes in أحياء، ريف، الأطراف الشرقية ل before the name or its noun."""
        parts: list[tuple[int, str]] = []
        first, seat = hit.first, hit.seat
        while (k := self._part_before(first)) >= 0:
            word = next(f for f in unclitic(self.form(k)) if f in self.words.parts)
            if word in self.words.seats and k == first - 1 and hit.head and hit.level != "place":
                seat = True
            else:
                parts.insert(0, (k, self.words.parts[word]))
            first = k
        if first == hit.first:
            return hit
        lead = self._clitic(self.form(first), self.words.parts)
        return hit._replace(first=first, parts=tuple(parts), seat=seat, lead=lead)

    def _part_before(self, first: int) -> int:
        """The token of a part word that governs what begins at ``first``, or -1."""
        for k in range(first - 1, max(self.lo, first - 1 - PART_GAP) - 1, -1):
            form = self.form(k)
            if form and any(f in self.words.parts for f in unclitic(form)):
                return k
            if form not in self.words.between_part:
                return -1
        return -1

    def _common(self, key: str, hit: PlaceHit) -> str:
        strict = self.words.common.get(key)
        if strict is not None:
            return "strict" if strict else "some"
        if self.known is None or hit.j - hit.i > 1 or self.index.well_known(hit.cands):
            return ""
        if hit.clitic and self.known(self.form(hit.i)):
            return "strict"
        return "lexicon" if self.known(key) else ""

    def _after_preposition(self, hit: PlaceHit) -> bool:
        if hit.lead.strip("وفك") or (hit.parts and not hit.number):
            return True
        before = self.form(hit.first - 1)
        return before in self.words.before or (before[:1] in ("و", "ف") and before[1:] in self.words.before)

    def _alone(self, j: int) -> bool:
        """Whether nothing follows that could belong to a common word's own phrase."""
        form = self.form(j)
        if not form or self.tokens[j].kind != "word" or form in self.words.plain:
            return True
        definite = self.form(j - 1).lstrip("وفبك").startswith(("ال", "لل"))
        return form[0] in "وف" if not definite else not form.startswith("ال")

    def _demonym(self, j: int) -> str:
        return self.words.demonyms.get(self.form(j)) or self.words.demonyms.get(self.form(j + 1), "")

    def road(self, a: PlaceHit, b: PlaceHit) -> tuple[tuple[str, int], ...]:
        """The roads that lists name by these two ends, in either order."""
        ends = [self._key(h.i, h.j, len(h.clitic)).split() for h in (a, b)]
        heads = [
            form for form, head in self.words.heads.items() if head.level == "road" and head.number == "s"
        ]
        for head in heads:
            for forms in ([head, *ends[0], *ends[1]], [head, *ends[1], *ends[0]]):
                found = self.index.names.match(forms, 0, len(forms))
                if found and found[0] == len(forms):
                    return tuple(found[1])
        return ()

    def standing(self, hit: PlaceHit) -> PlaceHit | None:
        """Keeps names stripped of their noun only where it heads them after all: مخيمات النصيرات والبريج."""
        if not hit.cands:
            return hit
        cands = tuple((c, tier) for c, tier in hit.cands if tier != HEADED or self._heads(hit, c))
        return hit._replace(cands=cands) if cands else None

    def _heads(self, hit: PlaceHit, candidate: str) -> bool:
        place = self.index.places[candidate]
        own = self.words.heads.get(fold(place.name_ar).split()[0])
        named_so = own is not None and own.lemma == hit.head
        return bool(hit.number) and (place.level == hit.level == "governorate" or named_so)

    def in_parts(self, group: list[PlaceHit]) -> list[PlaceHit]:
        """Reads a plural noun that heads no list of its kind as a part: أحياء أم درمان, مدن سوريا."""
        first = group[0]
        kind = next(
            (self.words.parts[f] for f in unclitic(self.form(first.i - 1)) if f in self.words.parts), ""
        )
        own_kind = len(group) > 1 and any(self._of_level(hit, hit.level) for hit in group)
        if first.number != "p" or not kind or own_kind:
            return group
        parts = (*first.parts, (first.i - 1, kind))
        return [self._cut(hit, parts) if hit.number == "p" and hit.cands else hit for hit in group]

    @staticmethod
    def _cut(hit: PlaceHit, parts: tuple[tuple[int, str], ...]) -> PlaceHit:
        cands = tuple(c for c in hit.cands if c[1] != HEADED) or hit.cands
        return hit._replace(head="", number="", level="", parts=parts, cands=cands)

    def _of_level(self, hit: PlaceHit, level: str) -> bool:
        return any(self.index.places[c].level == level for c, _ in hit.cands)

    def seconds(self, hits: Sequence[PlaceHit]) -> Iterator[PlaceHit]:
        """The second of two under a dual noun, whatever its word: حيي النشوة والشريعة, بلدتي كذا وكذا."""
        begun = {h.i for h in hits}
        for hit in hits:
            form = self.form(hit.j)
            if hit.number != "d" or hit.j in begun or len(form) < 4 or form[0] != "و":
                continue
            if self.tokens[hit.j].kind != "word" or form in self.words.plain or form in self.words.generic:
                continue
            start, end = self._span(hit.j, hit.j + 1, 1)
            yield hit._replace(
                i=hit.j,
                j=hit.j + 1,
                start=start,
                end=end,
                name=self._name(start, end, hit.j, hit.j + 1),
                first=hit.j,
                cands=(),
                clitic="و",
                lead="و",
                whole=(-1, ""),
                common="",
                parent=-1,
            )

    def unnamed(self, hits: Sequence[PlaceHit]) -> Iterator[PlaceHit]:
        """Names nobody lists, after a place noun: قرية كذا."""
        if self.known is None:
            return
        taken = {k for h in hits for k in range(h.first, h.j)}
        for k in range(self.lo, self.hi - 1):
            head = self.head_at(k)
            if head is None or head.number != "s" or head.definite or head.lemma not in self.words.unlisted:
                continue
            if k in taken or k + 1 in taken:
                continue
            end = self._unnamed_end(k + 1, head, taken)
            if end > k + 1:
                yield self._unnamed_hit(k, end, head)

    def _unnamed_end(self, i: int, head: Head, taken: Container[int]) -> int:
        j = i
        while j < min(self.hi, i + UNKNOWN_WORDS) and j not in taken and self._may_name(j, i, head):
            j += 1
        begun_only = j == i + 1 and self.form(i) in self.words.starters
        return i if begun_only else j

    def _may_name(self, j: int, i: int, head: Head) -> bool:
        """Whether an unlisted word may stand at ``j`` in a name that begins at ``i``."""
        form, words = self.form(j), self.words
        if not form or self.tokens[j].kind != "word":
            return False
        if any(form in w for w in (words.generic, words.plain, words.demonyms, words.joints, words.before)):
            return False
        if j > i:
            return self.form(j - 1) in words.starters
        named = fold(head.lemma) in words.named and form.startswith("ال")
        return named or form in words.starters or not self._known(form)

    def _known(self, form: str) -> bool:
        return self.known is not None and self.known(form)

    def _unnamed_hit(self, k: int, end: int, head: Head) -> PlaceHit:
        start, stop = self._span(k + 1, end, 0)
        hit = PlaceHit(k + 1, end, start, stop, self._name(start, stop, k + 1, end), k + 1)
        return self._parted(self._with_noun(_under(hit, head, self._clitic(self.form(k), self.words.heads))))


def _under(hit: PlaceHit, head: Head, lead: str) -> PlaceHit:
    """The hit with the noun that stands just before it."""
    told = hit._replace(head=head.lemma, number=head.number, level=head.level, town=head.town)
    return told._replace(first=hit.i - 1, lead=lead)


def _skip_letters(text: str, start: int, end: int, letters: int) -> int:
    """Where the letters after the first ``letters`` begin, signs that fold away not counted."""
    for k in range(start, end):
        if letters <= 0 and _letters(text[k]):
            return k
        letters -= _letters(text[k])
    return start


@lru_cache(maxsize=2048)
def _letters(character: str) -> int:
    """How many letters a character of the original is in the folded text."""
    return len(fold(character))


def _roads(finder: _Finder, hits: list[PlaceHit]) -> list[PlaceHit]:
    """A road named by its two ends is one place, not two."""
    out: list[PlaceHit] = []
    for hit in hits:
        last = out[-1] if out else None
        if last and last.cands and _ends_road(finder, last, hit):
            name = finder.text[last.start : hit.end] if finder.text else f"{last.name} - {hit.name}"
            out[-1] = last._replace(
                j=hit.j, end=hit.end, name=name, cands=finder.road(last, hit), alone=hit.alone, level="road"
            )
        else:
            out.append(hit)
    return out


def _ends_road(finder: _Finder, last: PlaceHit, hit: PlaceHit) -> bool:
    """Whether two names are one road's: طريق دمشق - حمص, الطريق بين دمشق وحلب."""
    gap = [finder.form(k) for k in range(last.j, hit.first)]
    if hit.number or hit.parts or not all(g in DASHES for g in gap):
        return False
    before = finder.form(last.first - 1)
    if before in finder.words.between and finder.form(last.first - 2) in finder.words.road_ends:
        return hit.lead == "و"
    return last.number == "s" and last.level == "road" and hit.lead in ("", "و")


def _in_lists(finder: _Finder, hits: Sequence[PlaceHit]) -> list[PlaceHit]:
    """Numbers coordinated names alike, and gives the list the noun and the part words of its first name."""
    out: list[PlaceHit] = []
    for hit in hits:
        last = out[-1] if out else None
        if last is None or not _coordinated(finder, last, hit):
            out.append(hit._replace(group=hit.i))
            continue
        hit = hit._replace(group=last.group)
        if not hit.head and last.number in ("d", "p"):
            hit = hit._replace(head=last.head, number=last.number, level=last.level, town=last.town)
        if not hit.parts and hit.first == hit.i:
            hit = hit._replace(parts=tuple(p for p in last.parts if p[1] != "direction"))
        out.append(hit)
    return out


def _coordinated(finder: _Finder, last: PlaceHit, hit: PlaceHit) -> bool:
    gap = _outside_brackets([f for k in range(last.j, hit.first) if (f := finder.form(k)) != "#"])
    starts_with_and = hit.lead.startswith("و")
    if not gap:
        return starts_with_and
    if gap in (["،"], [","], ["؛"]):
        return starts_with_and or not hit.lead
    joined = [form for form in gap if form not in finder.words.joins]
    return len(joined) < len(gap) and joined in ([], ["،"]) and not hit.lead


def _outside_brackets(forms: list[str]) -> list[str]:
    """Words outside a short gloss in brackets: إدلب (شمال) وحماة."""
    if "(" in forms and ")" in forms:
        a, b = forms.index("("), forms.index(")")
        if a < b <= a + PARENT_GAP:
            return forms[:a] + forms[b + 1 :]
    return forms


def _with_parents(finder: _Finder, hits: Sequence[PlaceHit]) -> list[PlaceHit]:
    """Notes the larger place that the text itself gives: كفرنبل بريف إدلب، طرابلس (شمال لبنان)."""
    parents: dict[int, int] = {}
    for hit, following in pairwise(hits):
        if hit.group != following.group and _explains(finder, hit, following):
            parents[hit.group] = following.i
    return [h._replace(parent=parents[h.group]) if h.group in parents else h for h in hits]


def _explains(finder: _Finder, hit: PlaceHit, parent: PlaceHit) -> bool:
    gap = [finder.form(k) for k in range(hit.j, parent.first)]
    words = [w for w in gap if w not in ("،", ",", "(", ")")]
    joints = finder.words.joints
    if len(gap) > PARENT_GAP or not all(w in joints or w in finder.words.parts for w in words):
        return False
    return bool(words) or "(" in gap or bool(parent.parts) or parent.lead in ("ب", "ل")
