"""Places in context: the share of mentions read rightly, on the half we tune on and on the half we do not."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from riwaya.mentions.place_choice import resolve
from riwaya.mentions.place_index import PlaceIndex
from riwaya.mentions.places import PlaceHit, find_places
from riwaya.packs.place_words import PlaceWords, read_place_words
from riwaya.packs.places_csv import kilometres, read_places_csv
from riwaya.text.morphology import build_lexicon
from riwaya.text.normalise import normalise
from riwaya.text.tokens import tokenise

HERE = Path(__file__).parent
PACKS = Path(read_places_csv.__code__.co_filename).parent


@lru_cache
def known() -> Callable[[str], bool]:
    """Whether a word is in the language's lexicon, with or without clitics."""

    def load(name: str) -> Any:
        return yaml.safe_load((PACKS / "ar" / f"{name}.yaml").read_text("utf-8"))

    particles = {word for words in load("particles").values() for word in words if " " not in word}
    lexicon = build_lexicon(load("verbs")["verbs"], load("nouns")["nouns"], sorted(particles))
    return lambda form: bool(lexicon.analyse(form))


@lru_cache
def tables() -> tuple[PlaceIndex, PlaceWords]:
    words = read_place_words(PACKS / "gazetteer")
    files = [PACKS / "gazetteer" / f for f in ("places.csv", "places_extra.csv")]
    return PlaceIndex.build((row for f in files for row in read_places_csv(f)), words), words


def read(text: str, about: list[str] = []) -> list[PlaceHit]:  # noqa: B006
    index, words = tables()
    tokens = tokenise(normalise(text))
    hits = find_places(tokens, 0, len(tokens), set(), index, words, known=known(), text=text)
    return resolve(hits, index, dict.fromkeys(about, 1.0))


def same(a: str, b: str) -> bool:
    """Whether two ids are one place, as claims compare them."""
    places = tables()[0].places
    if a == b or a not in places or b not in places:
        return a == b
    x, y = places[a], places[b]
    return x.level == y.level and kilometres(x.lat, x.lon, y.lat, y.lon) < 3


def judged(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(name, expected, read) for every name of a row, and for every name read that nobody expects."""
    text, out, used = row["text"], [], set()
    hits = read(text, row.get("about", []))
    for name, expected in row["places"].items():
        at = text.find(name)
        over = [h for h in hits if h.start < at + len(name) and at < h.end]
        used |= {h.i for h in over}
        got = over[0].chosen if over else "none"
        if expected == "" and got == "none":
            got = ""
        out.append((name, expected, got))
    out += [(h.name, "none", h.chosen) for h in hits if h.i not in used and h.chosen]
    return out


def shares(file: str) -> tuple[float, float, list[str]]:
    """The share of names read rightly, of names read wrongly (an id that is not the one), and what failed."""
    rows = yaml.safe_load((HERE / file).read_text("utf-8"))
    every = [(j, row["text"]) for row in rows for j in judged(row)]
    bad = [(name, want, got, text) for (name, want, got), text in every if not same(want, got)]
    wrong = [b for b in bad if b[2] not in ("", "none")]
    told = [f"{name}: {want or 'open'} read as {got or 'open'} | {text}" for name, want, got, text in bad]
    return 1 - len(bad) / len(every), len(wrong) / len(every), told


@pytest.mark.parametrize("file", ["places_in_context.yaml", "places_heldout.yaml"])
def test_places_in_context(file: str) -> None:
    right, wrong, told = shares(file)
    assert right >= 0.93, "\n".join([f"{right:.3f} right", *told])
    assert wrong <= 0.03, "\n".join([f"{wrong:.3f} wrong", *told])
