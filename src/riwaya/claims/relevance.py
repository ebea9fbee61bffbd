"""Whether a text is about armed conflict at all: fields that borrow its words keep the reader silent.

A field's words are counted against what names a war: bodies that fight, resolved places of a theatre.
The same is asked of a single line in a list of headlines.
"""

from __future__ import annotations

from riwaya.claims.grammar import Text, _fold_lemma
from riwaya.model import Report
from riwaya.text.segment import Layout, Sentence

FIGHTERS = frozenset(
    {"state", "armed-group", "coalition", "umbrella", "party", "people", "person", "community"}
)
GENERATIONS, NEAR = 50 * 365, 30  # days
ARMS = frozenset(
    {"force", "weapon-ground", "weapon-air", "explosive", "gunfire", "attack", "ambush", "operation", "arms"}
)
# Words of a post or a headline by itself: armed words are enough there; a long text names somebody.
A_POST = 60
# What happens in any city too: told of a text without a fighter or a weapon it is no claim.
EVERYDAY = frozenset(
    {"casualties", "explosion", "property_destroyed", "detained", "abducted", "searched", "attack"}
)


class Relevance:
    """Field words and war words of one report, as a whole and by sentence."""

    def __init__(self, text: Text, layout: Layout, report: Report) -> None:
        self.text = text
        self.fields = self._fields(0, len(text.forms))
        self.war = self._war(0, len(text.forms))
        self.named = self._places(0, len(text.forms))
        self.lines: dict[int, list[Sentence]] = {}
        for sentence in layout.sentences:
            self.lines.setdefault(sentence.line, []).append(sentence)
        heaviest = max(self.fields.values(), default=0.0)
        armed = self._arms()
        alone = armed and heaviest == 0 and len(text.forms) <= A_POST
        war = self.war or 0.5 * alone
        self.silent = self._silent(heaviest, war, self.named) or self._long_past(report)
        self.unarmed = self.war < 0.7 and not armed

    def _long_past(self, report: Report) -> bool:
        """Whether the days a text names lie generations back, and none of them near."""
        if report.day is None:
            return False
        ages = [
            (report.day - unit.hit.first).days
            for unit in self.text.units.values()
            if unit.kind == "time" and unit.hit.first is not None
        ]
        return any(age > GENERATIONS for age in ages) and not any(0 <= age < NEAR for age in ages)

    def _arms(self) -> bool:
        """Whether a word for fighters, weapons, explosives or civilians stands anywhere in the text."""
        know = self.text.know
        if any(form in know.words["war_victims"] for form in self.text.forms):
            return True
        for form in set(self.text.forms):
            for analysis in know.lexicon.analyse(form):
                if _fold_lemma(analysis.reading.lemma) in know.words["armed_words"]:
                    return True
                if (
                    analysis.reading.kind in ("noun", "masdar")
                    and know.classes.get(_fold_lemma(analysis.reading.lemma), frozenset()) & ARMS
                ):
                    return True
        return False

    def quiet(self, sentence: Sentence) -> bool:
        """Whether this sentence alone belongs to a peaceful field."""
        fields = self._fields(sentence.i, sentence.j)
        heaviest = max(fields.values(), default=0.0)
        if heaviest < 2:
            return False
        war = self._war(sentence.i, sentence.j) + 0.5 * self._armed_nouns(sentence.i, sentence.j)
        return self._silent(heaviest, war, self._places(sentence.i, sentence.j))

    def _silent(self, field: float, war: float, places: float) -> bool:
        if war == 0 and places == 0:
            return True
        if field < 2:
            return False
        return field > 1.5 * war + 0.25 * places

    def _fields(self, i: int, j: int) -> dict[str, float]:
        out: dict[str, float] = {}
        forms, phrases = self.text.forms, self.text.know.topic_phrases
        k = i
        while k < j:
            found = phrases.match(forms, k, j) if phrases.starts(forms[k]) else None
            if found is None or k in self.text.units and self.text.units[k].kind == "actor":
                k += 1
                continue
            end, topics, _ = found
            for topic in topics:
                out[topic.id] = out.get(topic.id, 0.0) + topic.weight
            k = end
        return out

    def _war(self, i: int, j: int) -> float:
        total = 0.0
        actors = self.text.know.actors
        for k, unit in self.text.units.items():
            if i <= k < j and unit.kind == "actor":
                actor = actors.get(self.text.actor_ids.get(k, ""))
                if actor is None:
                    total += 0.5
                elif actor.generic:
                    total += 0.3 if actor.id != "armed-groups" else 1.0
                elif actor.kind in FIGHTERS:
                    total += 1.0
                else:
                    total += 0.3
        return total + 0.5 * self._war_words(i, j)

    def _armed_nouns(self, i: int, j: int) -> int:
        """How many words of a stretch name fighters or arms, whoever they are."""
        know = self.text.know
        return sum(
            any(
                a.reading.kind == "noun"
                and know.classes.get(_fold_lemma(a.reading.lemma), frozenset()) & ARMS
                for a in know.lexicon.analyse(form)
            )
            for form in self.text.forms[i:j]
        )

    def _war_words(self, i: int, j: int) -> float:
        know = self.text.know
        return sum(1.0 for k in range(i, j) if self.text.forms[k] in know.adjectives)

    def _places(self, i: int, j: int) -> float:
        return sum(1.0 for k, u in self.text.units.items() if i <= k < j and u.kind == "place")
