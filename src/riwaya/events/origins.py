"""On whose word: the origin behind a claim, and which reports are one telling.

An origin is counted once however many outlets carry it.  It is known by the id of the body or source
where the packs have it; else by what is said of it: kind, words, who passed it on, and the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from rensa import RMinHash

from riwaya.events.knowledge import Knowledge, Voice
from riwaya.packs.weights import Weights
from riwaya.text.normalise import fold, normalise

# 24 bands of two: two texts at the Jaccard threshold share a band with probability above 0.98.
BANDS, ROWS, SEED = 24, 2, 71

# Ids that stand for any source of a kind, so that their words must tell them apart.
ANYBODY = ("unnamed", "resident", "witness", "footage", "document", "analyst")


@dataclass(frozen=True, slots=True)
class Origin:
    """Who claims to know: a stable key, its kind, the side it serves, and how many voices lie between."""

    id: str
    kind: str
    name: str
    side: str
    voices: int


class First(NamedTuple):
    """Who told first what a report repeats, and when, where that is known."""

    outlet: str
    known: datetime | None


def origin_of(
    claim: Mapping[str, Any],
    outlet: str,
    forwarded: str,
    day: date,
    knowledge: Knowledge,
    first_of: Mapping[str, First],
) -> Origin:
    """The origin of a claim: the last link of its chain, or the outlet that speaks itself."""
    chain = claim["chain"]
    speaker = _outlet(outlet, forwarded, claim["report"], knowledge, first_of)
    if not chain:
        return speaker
    last = chain[-1]
    voice = knowledge.voices.get(last["id"])
    if voice and last["kind"] not in ANYBODY:
        body = knowledge.top(last["id"]) if voice.kind == "party" else last["id"]
        return Origin(body, last["kind"] or voice.kind, last["name"], voice.side, len(chain))
    via = _passed_on(chain[:-1], knowledge) or speaker
    side = via.side if last["kind"] == "unnamed" else ""
    words = fold(last["name"]) or last["kind"]
    return Origin(f"{last['kind']}:{words}:{via.id}:{day}", last["kind"], last["name"], side, len(chain))


def _outlet(
    outlet: str, forwarded: str, report: str, knowledge: Knowledge, first_of: Mapping[str, First]
) -> Origin:
    """An outlet as an origin; a forward has the voice of whom it came from, a copy the first's."""
    first = first_of.get(report)
    name = forwarded or outlet
    if first is not None:
        name = first.outlet or name
    voice = knowledge.outlet(name) if name else None
    if voice is None:
        return Origin(f"outlet:{fold(name) or report}", "media", name, "", 0)
    id = knowledge.top(voice.id) if voice.kind == "party" and voice.side == voice.id else voice.id
    return Origin(id, voice.kind, name, voice.side, 0)


def _passed_on(chain: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> Origin | None:
    """The nearest named voice that passed an unnamed one's word on."""
    for link in reversed(chain):
        voice = knowledge.voices.get(link["id"]) or knowledge.outlet(link["name"])
        if isinstance(voice, Voice):
            return Origin(voice.id, voice.kind, link["name"], voice.side, 0)
    return None


def shingles(text: str, weights: Weights) -> frozenset[str]:
    """The runs of words of a text as read: without marks, punctuation or the shape of letters."""
    words = "".join(letter if letter.isalnum() else " " for letter in normalise(text).text).split()
    size = int(weights("telling", "shingle"))
    return frozenset(" ".join(words[i : i + size]) for i in range(max(len(words) - size + 1, 0)))


def bands(shingled: Iterable[str]) -> tuple[int, ...]:
    """The MinHash of a text cut into bands, each one number; near-identical texts share one or more."""
    hashes = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    hashes.update(sorted(shingled))
    digest = hashes.digest()
    return tuple(
        (i << 48) ^ (digest[i * ROWS] << 16) ^ digest[i * ROWS + 1] & 0xFFFFFFFFFFFF for i in range(BANDS)
    )


def one_telling(a: frozenset[str], b: frozenset[str], weights: Weights) -> bool:
    """Whether two texts are one telling: the exact check behind the index."""
    least = min(len(a), len(b))
    if least < weights("telling", "least"):
        return False
    shared = len(a & b)
    alike = shared / (len(a) + len(b) - shared)
    return alike >= weights("telling", "same") or shared / least >= weights("telling", "within")


@dataclass(frozen=True, slots=True)
class Text:
    """What is needed to compare a report with others."""

    report: str
    outlet: str
    day: date
    known: str
    bands: tuple[int, ...]
    shingles: frozenset[str]


def text_of(report: str, outlet: str, day: date, known: str, text: str, weights: Weights) -> Text:
    """A report as the index of tellings keeps it."""
    shingled = shingles(text, weights)
    found = bands(shingled) if len(shingled) >= weights("telling", "least") else ()
    return Text(report, outlet, day, known, found, shingled)


def tellings(texts: Iterable[Text], weights: Weights) -> list[tuple[str, ...]]:
    """Groups of two and more reports that are one telling, each first told first."""
    all_texts = list(texts)
    pairs = list(copies(all_texts, weights))
    by_id = {text.report: text for text in all_texts}
    groups = joined(pairs)
    return sorted(
        tuple(sorted(group, key=lambda id: (by_id[id].known, id))) for group in groups if len(group) > 1
    )


def copies(texts: Sequence[Text], weights: Weights) -> Iterable[tuple[str, str]]:
    """The pairs of reports that are one telling."""
    shelves: dict[int, list[Text]] = {}
    for text in texts:
        for band in text.bands:
            shelves.setdefault(band, []).append(text)
    tried: set[tuple[str, str]] = set()
    days = weights("telling", "days")
    for shelf in shelves.values():
        for i, a in enumerate(shelf):
            for b in shelf[i + 1 :]:
                pair = (min(a.report, b.report), max(a.report, b.report))
                if pair in tried or abs((a.day - b.day).days) > days:
                    continue
                tried.add(pair)
                if one_telling(a.shingles, b.shingles, weights):
                    yield pair


def joined(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Connected components."""
    of: dict[str, set[str]] = {}
    for a, b in pairs:
        left, right = of.get(a, {a}), of.get(b, {b})
        if left is not right:
            both = left | right
            of.update(dict.fromkeys(both, both))
        elif a not in of:
            of[a] = left
    return list({id(group): group for group in of.values()}.values())
