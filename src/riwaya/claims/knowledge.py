"""Everything the reader looks up, compiled once from the packs and cached.

Packs are plain checked data; here they become indexes: the lexicon, phrase indexes, frames by lemma.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from riwaya.mentions.actors import Actor, Name
from riwaya.mentions.place_index import PlaceIndex
from riwaya.mentions.quantities import NumberWords
from riwaya.mentions.times import TimeWords
from riwaya.packs.pack import Pack, read_cache, write_cache
from riwaya.packs.phrases import PhraseIndex, words_of
from riwaya.packs.place_words import PlaceWords
from riwaya.packs.schema import PackError
from riwaya.text.morphology import Lexicon, build_lexicon
from riwaya.text.normalise import fold
from riwaya.text.segment import Furniture, build_furniture

# The lists of particles.yaml whose words are particles (the others sort nouns and adverbs by what they do).
PARTICLES = (
    "prepositions",
    "relatives",
    "complementisers",
    "breaks",
    "conditionals",
    "negations",
    "perfect_marks",
    "future_marks",
    "pronouns",
    "demonstratives",
    "adverbs",
)
DEFAULT_FORMS = frozenset({"perf", "impf", "masdar", "noun"})
SLOTS = frozenset({"actor", "target", "place", "toward", "amount", "cause", "pair", "side", "none"})


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One way to say that something of a type happened: see ``packs/ar/frames.yaml``."""

    id: str
    type: str
    forms: frozenset[str]
    subject: Mapping[str, str]
    object: Mapping[str, str]
    preps: Mapping[str, Mapping[str, str]]
    with_: Mapping[str, frozenset[str]]
    not_with: Mapping[str, frozenset[str]]
    needs: tuple[frozenset[str], ...]
    becomes: Mapping[str, str]
    default_actor: str = ""
    default_target: str = ""
    tense: str = ""
    aspect: str = ""
    speech: bool = False


@dataclass(frozen=True, slots=True)
class Light:
    """A light verb: where its happening stands, and what its subject is of that happening."""

    event: tuple[str, ...]
    subject: str
    status: str = ""
    preps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Topic:
    """Words of a peaceful field; many of them in a text keep the reader silent."""

    id: str
    weight: float
    needs: float


@dataclass
class Knowledge:
    """The compiled packs."""

    digest: str
    lexicon: Lexicon
    classes: dict[str, frozenset[str]]
    frames: dict[str, tuple[Frame, ...]]
    noun_frames: dict[str, tuple[tuple[tuple[str, ...], Frame], ...]]
    lights: dict[str, tuple[Light, ...]]
    light_phrases: PhraseIndex[Light]
    prepositions: PhraseIndex[str]
    words: dict[str, frozenset[str]]
    phrases: PhraseIndex[str]
    glued: PhraseIndex[tuple[str, str, str]]  # phrases whose last letter leans on the next word: وفقا لـ…
    cues: dict[str, frozenset[str]]
    actors: dict[str, Actor]
    names: PhraseIndex[Name]
    capitals: dict[tuple[str, ...], tuple[str, ...]]
    adjectives: dict[str, tuple[Name, ...]]
    theatres: dict[str, tuple[str, ...]]
    theatre_of_country: dict[str, str]
    places: PlaceIndex
    place_words: PlaceWords
    times: TimeWords
    numbers: NumberWords
    furniture: Furniture
    topics: dict[str, tuple[Topic, ...]]
    topic_phrases: PhraseIndex[Topic]
    type_family: dict[str, str]
    borders: dict[frozenset[str], str]
    spokesmen: dict[str, str]  # body to the office that speaks for it where nobody is named
    heads: dict[str, frozenset[str]] = field(default_factory=dict)  # body to the nouns its names begin with
    form_flags: dict[str, int] = field(default_factory=dict, repr=False)


def compile_packs(pack: Pack) -> Knowledge:
    """The knowledge of a pack, from the cache where its digest is known there."""
    cached = read_cache(f"knowledge-{pack.digest}")
    if isinstance(cached, Knowledge):
        return cached
    built = _build(pack)
    write_cache(f"knowledge-{pack.digest}", built)
    return built


def _build(pack: Pack) -> Knowledge:
    language = pack.language
    lists = language["particles"]
    nouns = language["nouns"]
    _check_classes(nouns)
    lexicon = build_lexicon(
        language["verbs"]["verbs"],
        nouns["nouns"],
        [w for name in PARTICLES for w in lists[name] if " " not in w],
    )
    frames, noun_frames = _frames(language["frames"]["frames"])
    lights, light_phrases = _lights(language["frames"].get("light", ()))
    actors = _actors(pack)
    theatres = {t.id: t.countries for t in pack.theatres}
    topics, topic_phrases = _topics(language["topics"].get("topics", ()))
    return Knowledge(
        digest=pack.digest,
        lexicon=lexicon,
        classes={fold(k): v for k, v in _merged_classes(lexicon.classes).items()},
        frames=frames,
        noun_frames=noun_frames,
        lights=lights,
        light_phrases=light_phrases,
        prepositions=PhraseIndex(_canonical(lists["prepositions"])),
        words=_word_sets(lists),
        phrases=PhraseIndex(_cue_phrases(language, lists)),
        glued=PhraseIndex(
            _glued(_cue_phrases(language, lists), "a") + _glued(_canonical(lists["prepositions"]), "p")
        ),
        cues=_cue_verbs(language),
        actors=actors,
        names=_names(pack),
        capitals=_capitals(pack),
        adjectives=_adjectives(pack),
        theatres=theatres,
        theatre_of_country={c: t for t, countries in theatres.items() for c in countries},
        place_words=pack.place_words,
        places=PlaceIndex.build(pack.places, pack.place_words),
        times=TimeWords.from_data(language["time"], language["numbers"]),
        numbers=NumberWords.from_data(language["numbers"]),
        furniture=build_furniture(language["furniture"]),
        topics=topics,
        topic_phrases=topic_phrases,
        borders=_borders(pack),
        spokesmen={a.speaks_for: i for i, a in actors.items() if a.speaks_for and i.endswith("-spokesman")},
        heads=_heads(pack),
        type_family={t["id"]: t["family"] for t in language["types"]["types"]},
    )


def _check_classes(nouns: Mapping[str, Any]) -> None:
    known = set(nouns["classes"])
    for noun in nouns["nouns"]:
        for name in noun["class"]:
            if name not in known:
                raise PackError(f"nouns.yaml: noun {noun['lemma']}: class {name!r} is not declared")


def _merged_classes(classes: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    merged: dict[str, frozenset[str]] = {}
    for lemma, names in classes.items():
        key = fold(lemma)
        merged[key] = merged.get(key, frozenset()) | names
    return merged


def _canonical(phrases: Iterable[str]) -> list[tuple[str, str]]:
    return [(p, fold(p)) for p in phrases]


def _frame(row: Mapping[str, Any]) -> Frame:
    def folded(slots: Mapping[str, str]) -> dict[str, str]:
        for slot in slots.values():
            if slot not in SLOTS:
                raise PackError(f"frames.yaml: frame {row['id']}: slot {slot!r} is not known")
        return dict(slots)

    return Frame(
        id=row["id"],
        type=row["type"],
        forms=frozenset(row["forms"]) if "forms" in row else DEFAULT_FORMS,
        subject=folded(row.get("subject", {"actor": "actor", "force": "actor"})),
        object=folded(row.get("object", {})),
        preps={fold(p): folded(s) for p, s in row.get("preps", {}).items()},
        with_={fold(k): frozenset(v) for k, v in row.get("with", {}).items()},
        not_with={fold(k): frozenset(v) for k, v in row.get("not_with", {}).items()},
        needs=tuple(frozenset(n.split("|")) for n in row.get("needs", ())),
        becomes={fold(k): v for k, v in row.get("becomes", {}).items()},
        default_actor=row.get("default_actor", ""),
        default_target=row.get("default_target", ""),
        tense=row.get("tense", ""),
        aspect=row.get("aspect", ""),
        speech=row.get("speech", False),
    )


def _frames(
    rows: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, tuple[Frame, ...]], dict[str, tuple[tuple[tuple[str, ...], Frame], ...]]]:
    by_verb: dict[str, list[Frame]] = {}
    by_noun: dict[str, list[tuple[tuple[str, ...], Frame]]] = {}
    for row in rows:
        frame = _frame(row)
        for verb in row.get("verbs", ()):
            by_verb.setdefault(fold(verb), []).append(frame)
        for noun in row.get("nouns", ()):
            head, *rest = words_of(noun)
            by_noun.setdefault(head, []).append((tuple(rest), frame))
    return (
        {k: tuple(v) for k, v in by_verb.items()},
        {k: tuple(sorted(v, key=lambda x: -len(x[0]))) for k, v in by_noun.items()},
    )


def _lights(
    rows: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, tuple[Light, ...]], PhraseIndex[Light]]:
    by_verb: dict[str, list[Light]] = {}
    phrases: PhraseIndex[Light] = PhraseIndex()
    for row in rows:
        light = Light(
            event=tuple(fold(e) for e in row["event"]),
            subject=row.get("subject", "actor"),
            status=row.get("status", ""),
        )
        for verb in row.get("verbs", ()):
            by_verb.setdefault(fold(verb), []).append(light)
        for phrase in row.get("phrases", ()):
            phrases.add(phrase, light)
    return {k: tuple(v) for k, v in by_verb.items()}, phrases


def _word_sets(lists: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(fold(w) for w in words) for name, words in lists.items()}


def _cue_phrases(language: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for name in ("breaks", "conditionals"):
        out += [(p, name) for p in lists[name]]
    for name, entry in language["voices"].items():
        out += [(p, f"voice-{name}") for p in entry.get("phrases", ())]
        out += [(p, f"participle-{name}") for p in entry.get("participles", ())]
    for name, entry in language["status"].items():
        out += [(p, f"status-{name}") for p in (*entry.get("phrases", ()), *entry.get("words", ()))]
    return out


def _glued(phrases: Iterable[tuple[str, str]], kind: str) -> list[tuple[str, tuple[str, str, str]]]:
    """Phrases that end in a lone ل or ب, without it: (phrase, (letter, what it stands for, node kind))."""
    out: list[tuple[str, tuple[str, str, str]]] = []
    for phrase, name in phrases:
        head, _, last = phrase.strip().rpartition(" ")
        if head and last in ("ل", "ب"):
            out.append((head, (last, name, kind)))
    return out


def _cue_verbs(language: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = {}
    for prefix, group in (("voice", "voices"), ("status", "status")):
        for name, entry in language[group].items():
            for verb in entry.get("verbs", ()):
                out.setdefault(fold(verb), set()).add(f"{prefix}-{name}")
    return {k: frozenset(v) for k, v in out.items()}


def _actors(pack: Pack) -> dict[str, Actor]:
    home = {c: t.id for t in pack.theatres for c in t.countries}
    out: dict[str, Actor] = {}
    for row in (
        *pack.actors,
        *pack.persons,
        *pack.sources,
        *({**o, "kind": "operation"} for o in pack.operations),
    ):
        person = "speaks_for" in row or "roles" in row
        label = row.get("label", {})
        fresh = Actor(
            id=row["id"],
            kind="person" if person else row.get("kind", "body"),
            voice=row.get("voice") or _voice_of(row),
            label_ar=label.get("ar", "") or next(iter(row.get("names", ())), ""),
            label_en=label.get("en", ""),
            country=row.get("country", ""),
            theatre=row["theatre"],
            speaks_for=row.get("speaks_for", ""),
            part_of=tuple(row.get("part_of", ())),
            enemies=tuple(row.get("enemies", ())),
            allies=tuple(row.get("allies", ())),
            leaning=row.get("leaning", ""),
            generic=row.get("generic", False),
            since=row.get("from", ""),
            until=row.get("until", ""),
        )
        out[fresh.id] = _united(out[fresh.id], fresh, home) if fresh.id in out else fresh
    return out


def _voice_of(row: Mapping[str, Any]) -> str:
    kind = row.get("kind", "")
    return (
        kind if kind in ("media", "agency", "monitor", "official", "party", "analyst", "witness") else "party"
    )


def _united(first: Actor, second: Actor, home: Mapping[str, str]) -> Actor:
    """One entry of two packs: the facts of its own country's pack, else the world's; relations of both."""
    country = first.country or second.country

    def rank(actor: Actor) -> tuple[bool, bool, bool]:
        return actor.theatre != home.get(country, "world"), actor.theatre != "world", not actor.label_en

    base, other = sorted((first, second), key=rank)
    return Actor(
        id=base.id,
        kind=base.kind,
        voice=base.voice,
        label_ar=base.label_ar if base.label_en else other.label_ar,
        label_en=base.label_en or other.label_en,
        country=country,
        theatre=base.theatre,
        speaks_for=base.speaks_for or other.speaks_for,
        part_of=tuple(dict.fromkeys((*base.part_of, *other.part_of))),
        enemies=tuple(dict.fromkeys((*base.enemies, *other.enemies))),
        allies=tuple(dict.fromkeys((*base.allies, *other.allies))),
        leaning=base.leaning or other.leaning,
        generic=base.generic or other.generic,
        since=base.since or other.since,
        until=base.until or other.until,
    )


ANY_THEATRE = "*"


def _names(pack: Pack) -> PhraseIndex[Name]:
    index: PhraseIndex[Name] = PhraseIndex()
    for row in (*pack.actors, *pack.persons, *pack.sources, *pack.operations):
        own = frozenset(row.get("theatres", ())) or frozenset({row["theatre"]})
        if own == {"world"}:
            own = frozenset({ANY_THEATRE})
        for name in row.get("names", ()):
            index.add(name, Name(row["id"], frozenset()))
        for key in ("in_theatre", "loaded", "short"):
            for name in row.get(key, ()):
                if name.endswith("نا") and name.startswith(("قوات", "قطعات", "مجاهد", "مقاتل")):
                    continue  # "our forces" are the speaker's, whoever speaks
                index.add(name, Name(row["id"], own, short=True))
    return index


def _heads(pack: Pack) -> dict[str, frozenset[str]]:
    """For each body the nouns its names begin with: what الحركة, التنظيم, الشبكة may stand for."""
    out: dict[str, set[str]] = {}
    for row in (*pack.actors, *pack.sources):
        for name in row.get("names", ()):
            first = words_of(name)[0].removeprefix("ال")
            out.setdefault(row["id"], set()).add(first)
    return {k: frozenset(v) for k, v in out.items()}


def _capitals(pack: Pack) -> dict[tuple[str, ...], tuple[str, ...]]:
    out: dict[tuple[str, ...], list[str]] = {}
    for row in pack.actors:
        for name in row.get("capital_names", ()):
            out.setdefault(words_of(name), []).append(row["id"])
    return {k: tuple(v) for k, v in out.items()}


def _adjectives(pack: Pack) -> dict[str, tuple[Name, ...]]:
    out: dict[str, list[Name]] = {}
    for row in pack.actors:
        own = frozenset() if row["theatre"] == "world" else frozenset({row["theatre"]})
        for word in row.get("adjectives", ()):
            folded = fold(word)
            for form in (
                folded,
                "ال" + folded,
                folded + "ا",
                folded + "ين",
                folded + "ون",
                "ال" + folded + "ين",
                "ال" + folded + "ون",
            ):
                out.setdefault(form, []).append(Name(row["id"], own))
    return {k: tuple(v) for k, v in out.items()}


def _topics(
    rows: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, tuple[Topic, ...]], PhraseIndex[Topic]]:
    single: dict[str, list[Topic]] = {}
    phrases: PhraseIndex[Topic] = PhraseIndex()
    for row in rows:
        topic = Topic(row["id"], float(row.get("weight", 1.0)), float(row.get("needs", 3.0)))
        for word in row["words"]:
            phrases.add(word, topic)
    return {k: tuple(v) for k, v in single.items()}, phrases


def _borders(pack: Pack) -> dict[frozenset[str], str]:
    """The border of two countries, by their codes: its id names both (syria-iraq-border)."""
    codes = {row.id: row.country for row in pack.places if row.level == "country"}
    out: dict[frozenset[str], str] = {}
    for row in pack.places:
        if row.level == "border":
            names = row.id.removesuffix("-border")
            pair = {
                code
                for name, code in codes.items()
                if names == name or names.startswith(name + "-") or names.endswith("-" + name)
            }
            if len(pair) == 2:
                out.setdefault(frozenset(pair), row.id)
    return out
