"""Who: names of bodies and persons, longest match first, settled by theatre and date.

A name that means its body anywhere is taken at once; a short name (الجيش, المقاومة, التنظيم) is taken
only where one theatre of its candidates leads in this report.  Two candidates that stay level leave
the words without an id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from riwaya.packs.phrases import PhraseIndex
from riwaya.text.tokens import Token


@dataclass(frozen=True, slots=True)
class Actor:
    """One body, person or source of a pack."""

    id: str
    kind: str
    voice: str
    label_ar: str = ""
    label_en: str = ""
    country: str = ""
    theatre: str = ""
    speaks_for: str = ""
    part_of: tuple[str, ...] = ()
    enemies: tuple[str, ...] = ()
    allies: tuple[str, ...] = ()
    leaning: str = ""
    generic: bool = False
    since: str = ""
    until: str = ""

    @property
    def is_source(self) -> bool:
        """Whether this is an outlet or agency: it speaks, and does not fight."""
        return self.kind in ("media", "agency")


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one actor: where it holds, and how much it says."""

    actor: str
    theatres: frozenset[str]  # empty: anywhere
    short: bool = False


@dataclass(frozen=True, slots=True)
class ActorHit:
    """A name found in the text: token range and the candidates it may name."""

    i: int
    j: int
    names: tuple[Name, ...]
    letters: int  # clitic letters on the first word


def find_names(tokens: Sequence[Token], index: PhraseIndex[Name]) -> list[ActorHit]:
    """Every name in the text, longest first, none inside another."""
    forms = [t.form for t in tokens]
    hits: list[ActorHit] = []
    i, stop = 0, len(forms)
    starts = index.starts
    while i < stop:
        if starts(forms[i]):
            found = index.match(forms, i, stop)
            if found is not None:
                end, names, letters = found
                hits.append(ActorHit(i, end, tuple(names), letters))
                i = end
                continue
        i += 1
    return hits


def theatre_scores(hits: Iterable[ActorHit], actors: Mapping[str, Actor]) -> dict[str, float]:
    """How strongly each theatre is named, from names that hold anywhere.

    A name shared by several theatres divides its voice; people without a name say nothing.
    """
    scores: dict[str, float] = {}
    for hit in hits:
        named = {
            actors[n.actor].theatre for n in hit.names if not n.theatres and not actors[n.actor].generic
        } - {"world", ""}
        for theatre in named:
            scores[theatre] = scores.get(theatre, 0.0) + 1.0 / len(named)
    return scores


def only_meant(hits: Iterable[ActorHit], actors: Mapping[str, Actor]) -> dict[str, float]:
    """Theatres of names that need one but are one body's in any (قوات الاحتلال, الدعم).

    Asked only where nothing else says what a text is about: a line alone.  One word (العدو) is too little.
    """
    scores: dict[str, float] = {}
    for hit in hits:
        ids = {n.actor for n in hit.names}
        theatre = actors[next(iter(ids))].theatre
        if (
            hit.j - hit.i > 1
            and len(ids) == 1
            and theatre not in ("world", "")
            and not actors[next(iter(ids))].generic
        ):
            scores[theatre] = scores.get(theatre, 0.0) + 0.5
    return scores


def settle(
    hit: ActorHit, actors: Mapping[str, Actor], theatres: Mapping[str, float], day: date | None
) -> str:
    """The id a name stands for in this report, or "" where the text does not decide."""
    fitting = [n for n in hit.names if _fits(n, theatres)]
    if not fitting:
        return ""
    ids = sorted({n.actor for n in fitting})
    if len(ids) == 1:
        return ids[0]
    if day is not None:
        ids = [i for i in ids if _alive(actors[i], day)] or ids
    if len(ids) == 1:
        return ids[0]
    weights = sorted(((_weight(fitting, i, actors, theatres), i) for i in ids), reverse=True)
    if weights[0][0] > weights[1][0]:
        return weights[0][1]
    return ""


def _fits(name: Name, theatres: Mapping[str, float]) -> bool:
    return not name.theatres or any(theatres.get(t, 0.0) > 0 for t in name.theatres)


def _weight(
    names: Iterable[Name], actor: str, actors: Mapping[str, Actor], theatres: Mapping[str, float]
) -> float:
    own = {t for n in names if n.actor == actor for t in n.theatres} or {actors[actor].theatre}
    sure = any(n.actor == actor and not n.short for n in names)
    generic = -0.5 if actors[actor].generic else 0.0
    return max((theatres.get(t, 0.0) for t in own), default=0.0) + (0.1 if sure else 0.0) + generic


def _alive(actor: Actor, day: date) -> bool:
    text = day.isoformat()
    return (not actor.since or actor.since <= text) and (not actor.until or text <= actor.until)
