"""What pronouns and definite nouns stand for: the latest body or place that fits, or nothing.

A slot is filled only when gender, number and kind leave one candidate nearest; the mention then points
at the pronoun or the noun, and carries the id of what it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from riwaya.claims.grammar import Node

SPEAKER = frozenset({"نا", "ي", "ني", "نحن", "انا"})
# How far back a pronoun may look, in sentences: news repeats a name within three.
REACH = 3


@dataclass(slots=True)
class Seen:
    """A body or place met in the text, with the agreement its words ask for."""

    ids: tuple[str, ...]
    node: Node
    sentence: int
    gender: str
    number: str
    subject: bool = False
    place: Any = None
    level: str = ""
    head: str = ""
    aside: bool = False  # only tells where another place lies: جنوبي مأرب


@dataclass(slots=True)
class Memory:
    """What was met so far, the latest last."""

    actors: list[Seen] = field(default_factory=list)
    places: list[Seen] = field(default_factory=list)
    speakers: list[Seen] = field(default_factory=list)  # outlets and monitors met: they only speak
    last_subject: Seen | None = None

    def actor_for(self, pronoun: str, sentence: int, before: int, taken: Iterable[str] = ()) -> Seen | None:
        """The body a third-person pronoun stands for; not one that already has the other role."""
        for seen in self._latest(self.actors, sentence, before):
            if set(seen.ids) & set(taken):
                continue
            if agrees(pronoun, seen.gender, seen.number):
                return seen
        return None

    def called(
        self, head: str, heads: Mapping[str, frozenset[str]], before: int, *, speaking: bool = False
    ) -> str:
        """The body a definite noun stands for because its names begin with it: التنظيم, الحركة, الشبكة.

        The last one met whose names do; a movement named once is "the movement" to the end of a report.
        """
        rows = [*self.speakers, *self.actors] if speaking else self.actors
        for seen in sorted(rows, key=lambda s: s.node.i, reverse=True):
            if seen.node.i >= before:
                continue
            ident = next((i for i in seen.ids if head in heads.get(i, ())), "")
            if ident:
                return ident
        return ""

    def place_for(self, pronoun: str, sentence: int, before: int) -> Seen | None:
        """The place a third-person pronoun stands for."""
        rows = list(self._latest(self.places, sentence, before))
        here = [s for s in rows if s.sentence == sentence]
        told = [s for s in rows if s.sentence != sentence and s.subject]
        for seen in (*here, *told, *rows):
            if seen.aside or seen.level in ("country", "region") and seen.sentence != sentence:
                continue
            if pronoun == "هناك" or _place_agrees(pronoun, seen):
                return seen
        return None

    def place_named(self, head: str, sentence: int, before: int) -> Seen | None:
        """The place a definite noun (المدينة, المطار, المنطقة) stands for."""
        levels = HEAD_LEVELS.get(head)
        found: Seen | None = None
        if head in TOWN_HEADS:
            return self._town_told_of(head, sentence, before)
        for seen in self._latest(self.places, sentence, before, reach=REACH):
            told_here = seen.sentence == sentence and seen.level in (levels or ()) and not seen.aside
            if seen.head == head or told_here:
                return seen
        for seen in self._latest(self.places, sentence, before, reach=REACH + 3):
            if levels is not None and seen.level in levels and not seen.aside:
                return seen
        for seen in self._latest(self.places, sentence, before, reach=REACH + 3):
            if levels is None and seen.level not in ("country",):
                found = seen
                break
            if levels is not None and (seen.head == head or seen.level in levels):
                found = seen
                break
        return found

    def _town_told_of(self, head: str, sentence: int, before: int) -> Seen | None:
        """المدينة: of the towns met so far the one the text is about — told by that very noun, often, lately.

        Weights in mentions, set on the development set: its own noun (مدينة حلب) two more, being what a claim
        was about one more, standing in this very sentence three more; a capital, where speakers sit, and a
        place that only tells where another lies count half; each sentence back leaves three quarters.
        """
        levels = HEAD_LEVELS[head]
        scores: dict[str, float] = {}
        latest: dict[str, Seen] = {}
        for seen in self.places:
            if seen.sentence == sentence and seen.node.i >= before or seen.sentence > sentence:
                continue
            if seen.level not in levels or not seen.ids[0]:
                continue
            ident = seen.ids[0]
            weight = 0.5 if seen.aside or "capital" in seen.node.classes else 1.0
            weight += 2.0 * (seen.head == head) + 1.0 * seen.subject
            weight += 3.0 * (seen.sentence == sentence and not seen.aside)
            fading = 0.75 ** (sentence - seen.sentence)
            scores[ident] = scores.get(ident, 0.0) + weight * fading
            latest[ident] = seen
        if not scores:
            return None
        best = max(scores, key=lambda i: (scores[i], latest[i].sentence, latest[i].node.i))
        return latest[best]

    def _latest(self, row: list[Seen], sentence: int, before: int, reach: int = REACH) -> Iterable[Seen]:
        for seen in reversed(row):
            if seen.sentence < sentence - reach:
                return
            if seen.sentence == sentence and seen.node.i >= before:
                continue
            yield seen


def agrees(pronoun: str, gender: str, number: str) -> bool:
    """Whether a pronoun may stand for a noun: broken plurals of bodies are feminine or plural."""
    if pronoun in ("ها", "هي", "التي"):
        return gender != "m" or number == "p"
    if pronoun in ("ه", "هو", "الذي"):
        return gender != "f" and number != "p"
    if pronoun in ("هم", "هن"):
        return number == "p" or gender == "f" or number == ""
    if pronoun == "هما":
        return number == "d"
    return True


def _place_agrees(pronoun: str, seen: Seen) -> bool:
    masculine = (
        seen.head in MASCULINE_HEADS
        or seen.level in ("facility", "base", "crossing", "road")
        and (seen.head not in FEMININE_HEADS)
    )
    if pronoun == "ه":
        return masculine
    if pronoun == "ها":
        return not masculine or seen.head in FEMININE_HEADS
    return False


MASCULINE_HEADS = frozenset(
    "حي مخيم مطار معبر سجن قصر مبني مقر جسر ميناء طريق جبل وادي سهل قضاء قطاع معسكر حقل سد اقليم".split()
)
FEMININE_HEADS = frozenset(
    "مدينه بلده قريه منطقه محافظه ولايه قاعده مصفاه عاصمه ناحيه جزيره تله مستوطنه محليه مديريه كليه".split()
)
# Nouns that stand for the town a text is about, whatever was named last.
TOWN_HEADS = frozenset({"مدينه", "عاصمه"})
_TOWN = frozenset({"place", "neighbourhood"})
HEAD_LEVELS: dict[str, frozenset[str]] = {
    "مدينه": frozenset({"place"}),
    "بلده": _TOWN,
    "قريه": _TOWN,
    "عاصمه": frozenset({"place"}),
    "محافظه": frozenset({"governorate"}),
    "ولايه": frozenset({"governorate"}),
    "حي": frozenset({"neighbourhood"}),
    "مخيم": frozenset({"neighbourhood", "place"}),
    "قضاء": frozenset({"governorate", "place"}),
    "قطاع": frozenset({"region", "governorate"}),
    "اقليم": frozenset({"region", "governorate"}),
    "مطار": frozenset({"facility", "base"}),
    "قاعده": frozenset({"base", "facility"}),
    "سجن": frozenset({"facility"}),
    "قصر": frozenset({"facility"}),
    "مبني": frozenset({"facility"}),
    "مقر": frozenset({"facility", "base"}),
    "مصفاه": frozenset({"facility"}),
    "مستشفي": frozenset({"facility"}),
    "معبر": frozenset({"crossing"}),
    "جسر": frozenset({"facility"}),
    "ميناء": frozenset({"facility"}),
    "معسكر": frozenset({"base"}),
    "سد": frozenset({"facility"}),
    "حقل": frozenset({"facility"}),
    "طريق": frozenset({"road"}),
    "حدود": frozenset({"border"}),
}
