"""The shape of every pack file, in one place: keys, and which of them must be there."""

from __future__ import annotations

from riwaya.packs.schema import Flag, Keys, Many, Named, Number, Shape, Text

WORDS = Many(Text())
LABEL = Keys({"ar": Text(), "en": Text()}, frozenset({"ar", "en"}))
VOICE = Text(
    frozenset("party official monitor media agency resident witness footage unnamed analyst document".split())
)

_NAMED: dict[str, Shape] = {
    "id": Text(),
    "label": LABEL,
    "kind": Text(),
    "names": WORDS,
    "country": Text(),
    "source": Text(),
    "theatres": WORDS,
    "why": Text(),
    "from": Text(),
    "until": Text(),
}
ACTOR = Keys(
    {
        **_NAMED,
        "voice": VOICE,
        "in_theatre": WORDS,
        "loaded": WORDS,
        "adjectives": WORDS,
        "capital_names": WORDS,
        "part_of": WORDS,
        "enemies": WORDS,
        "allies": WORDS,
        "aliases": WORDS,
        "side": Text(),
        "generic": Flag(),
    },
    frozenset({"id"}),
)
PERSON = Keys(
    {
        **_NAMED,
        "short": WORDS,
        "in_theatre": WORDS,
        "roles": WORDS,
        "speaks_for": Text(),
        "aliases": WORDS,
    },
    frozenset({"id", "names"}),
)
OPERATION = Keys(
    {
        **_NAMED,
        "actor": WORDS,
        "enemy": WORDS,
        "start": Text(),
        "end": Text(),
    },
    frozenset({"id", "names"}),
)
ACTORS = Keys(
    {
        "theatre": Keys({"id": Text(), "countries": WORDS, "label": LABEL}, frozenset({"id"})),
        "actors": Many(ACTOR),
        "persons": Many(PERSON),
        "operations": Many(OPERATION),
    },
    frozenset({"theatre"}),
)
SOURCES = Keys(
    {
        "sources": Many(
            Keys(
                {
                    **_NAMED,
                    "leaning": Text(),
                    "in_theatre": WORDS,
                    "short": WORDS,
                    "aliases": WORDS,
                    "voice": VOICE,
                },
                frozenset({"id", "kind", "names"}),
            )
        )
    }
)

VERBS = Keys(
    {
        "verbs": Many(
            Keys(
                {
                    "lemma": Text(),
                    "root": Text(),
                    "form": Text(),
                    "vowel": Text(),
                    "masdar": WORDS,
                    "forms": WORDS,
                    "apart": WORDS,
                    "ppart": WORDS,
                    "plural": WORDS,
                    "passive": Flag(),
                    "drop": Text(),
                    "strong": Flag(),
                    "imperative": Text(),
                    "intr": Flag(),
                    "perf": Text(),
                    "why": Text(),
                },
                frozenset({"lemma", "root", "form"}),
            )
        )
    },
    frozenset({"verbs"}),
)
NOUNS = Keys(
    {
        "classes": Named(Text()),
        "nouns": Many(
            Keys(
                {
                    "lemma": Text(),
                    "plural": WORDS,
                    "gender": Text(frozenset({"m", "f"})),
                    "class": WORDS,
                    "forms": WORDS,
                    "adj": Flag(),
                    "why": Text(),
                },
                frozenset({"lemma", "class"}),
            )
        ),
    },
    frozenset({"classes", "nouns"}),
)
SLOTS = Named(Text())
FRAMES = Keys(
    {
        "frames": Many(
            Keys(
                {
                    "id": Text(),
                    "type": Text(),
                    "verbs": WORDS,
                    "nouns": WORDS,
                    "forms": WORDS,
                    "subject": SLOTS,
                    "object": SLOTS,
                    "preps": Named(SLOTS),
                    "with": Named(WORDS),
                    "not_with": Named(WORDS),
                    "needs": WORDS,
                    "becomes": Named(Text()),
                    "default_actor": Text(),
                    "default_target": Text(),
                    "tense": Text(frozenset({"present"})),
                    "speech": Flag(),
                    "aspect": Text(),
                    "why": Text(),
                },
                frozenset({"id", "type"}),
            )
        ),
        "light": Many(
            Keys(
                {
                    "verbs": WORDS,
                    "phrases": WORDS,
                    "event": WORDS,
                    "subject": Text(),
                    "object": Text(),
                    "status": Text(),
                    "not_with": WORDS,
                    "why": Text(),
                },
                frozenset({"event"}),
            )
        ),
    },
    frozenset({"frames"}),
)
LISTS = Named(WORDS)
VOICES = Named(Keys({"verbs": WORDS, "phrases": WORDS, "participles": WORDS, "preposition": Text()}))
STATUS = Named(Keys({"verbs": WORDS, "phrases": WORDS, "words": WORDS}))
TOPICS = Keys(
    {
        "topics": Many(
            Keys(
                {"id": Text(), "words": WORDS, "weight": Number(), "needs": Number(), "why": Text()},
                frozenset({"id", "words"}),
            )
        )
    }
)
TYPES = Keys(
    {
        "acled_events": Named(Many(Text())),
        "types": Many(
            Keys(
                {
                    "id": Text(),
                    "family": Text(),
                    "acled": Text(),
                    "acled_sub": Text(),
                    "acled_sub_other": Text(),
                    "acled_words": Named(Many(Text())),
                    "plover": Text(),
                    "ar": Text(),
                    "en": Text(),
                },
                frozenset({"id", "family", "acled", "acled_sub", "plover", "ar", "en"}),
            )
        ),
    }
)
EXAMPLES = Many(
    Keys(
        {
            "text": Text(),
            "published": Text(),
            "title": Text(),
            "outlet": Text(),
            "why": Text(),
            "claims": Many(
                Keys(
                    {
                        "type": Text(),
                        "status": Text(),
                        "actor": WORDS,
                        "target": WORDS,
                        "place": WORDS,
                        "toward": WORDS,
                        "trigger": Text(),
                        "chain": WORDS,
                        "origin": Text(),
                        "extent": Text(),
                        "hedged": Flag(),
                        "when": WORDS,
                        "min": Number(),
                        "max": Number(),
                    },
                    frozenset({"type"}),
                )
            ),
        },
        frozenset({"text", "claims"}),
    )
)
