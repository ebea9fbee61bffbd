"""What the packs know that helps at the door: names of places and outlets, words of dates, page furniture."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from riwaya import packs
from riwaya.packs.pack import Pack, load_packs
from riwaya.packs.schema import Keys, Many, Named, Text, load_yaml
from riwaya.text.normalise import normalise
from riwaya.text.segment import Furniture, build_furniture
from riwaya.text.tokens import tokenise

HERE = Path(packs.__file__).parent
DATELINE_KEYS = ("published", "updated", "joined")
DATELINE = Keys(dict.fromkeys(DATELINE_KEYS, Many(Text())), frozenset(DATELINE_KEYS))
HOSTS = Keys({"hosts": Named(Text())}, frozenset({"hosts"}))

Forms = tuple[str, ...]
"""The folded words of a phrase."""


@lru_cache(maxsize=1)
def pack() -> Pack:
    """The packs, loaded once."""
    return load_packs()


@lru_cache(maxsize=1)
def furniture() -> Furniture:
    """What pages put around a report."""
    return build_furniture(pack().language["furniture"])


@lru_cache(maxsize=1)
def time_words() -> Mapping[str, Any]:
    """The sections of ``packs/ar/time.yaml``."""
    return dict(pack().language["time"])


@lru_cache(maxsize=1)
def labels() -> Mapping[str, frozenset[Forms]]:
    """What is written before the day of publication, before that of a later change, and behind a place."""
    data = load_yaml(HERE / "ar" / "dateline.yaml", DATELINE)
    return {kind: frozenset(map(forms, words)) for kind, words in data.items()}


@lru_cache(maxsize=1)
def months() -> Mapping[Forms, tuple[str, int]]:
    """Every name of a month: its calendar and number."""
    return {
        forms(name): (calendar, int(number))
        for section in ("months", "months_shy", "hijri", "hijri_shy")
        for calendar in ["hijri" if section.startswith("hijri") else "gregorian"]
        for number, names in time_words()[section].items()
        for name in names
    }


@lru_cache(maxsize=1)
def beside_dates() -> frozenset[str]:
    """Single words that may stand around a day and say nothing else: weekdays, parts of a day, "the day"."""
    words = time_words()
    told = [*words["day_word"], *words["part"], *words["adverb"], *words["tail"], *words["clock"]]
    told += [name for names in words["weekdays"].values() for name in names]
    return frozenset(form for phrase in told for form in forms(phrase))


@lru_cache(maxsize=1)
def ordinals() -> Mapping[str, int]:
    """The ordinals that name a day of the month, each one word."""
    words = time_words()
    named = [(name, int(day)) for day, names in words["ordinals"].items() for name in names]
    named += [(name, 1) for name in words["joined_first"]]
    named += [(name, int(ten)) for ten, names in words["tens_alone"].items() for name in names]
    return {form[0]: day for name, day in named if len(form := forms(name)) == 1}


@lru_cache(maxsize=1)
def tens() -> Mapping[str, int]:
    """What makes a twelfth of a second and a twenty-first of a first."""
    told = time_words()["joined_tens"].items()
    return {form: int(ten) for ten, names in told for name in names for form in forms(name)[:1]}


@lru_cache(maxsize=1)
def month_links() -> frozenset[str]:
    """What may stand between a day and its month: "of", "the month of"."""
    words = time_words()
    return frozenset(form for name in (*words["from"], *words["one"]["month"]) for form in forms(name))


@lru_cache(maxsize=1)
def year_links() -> frozenset[str]:
    """What may stand between a month and its year."""
    words = time_words()
    told = (*words["from"], *words["one"]["year"])
    return frozenset(form for name in told for form in forms(name)) | {"،", ",", "/", "-"}


@lru_cache(maxsize=1)
def eras() -> Mapping[Forms, str]:
    """The letters behind a year and the calendar that they name."""
    return {forms(word): calendar for calendar, words in time_words()["eras"].items() for word in words}


@lru_cache(maxsize=1)
def twins() -> frozenset[str]:
    """What joins a day to the same day in the other calendar, signs included."""
    said = frozenset(form for words in time_words()["exactly"] for form in forms(words))
    return said | {"/", "(", "-", "–", "="}


@lru_cache(maxsize=1)
def names() -> frozenset[Forms]:
    """Names of places and of outlets: what a dateline opens with."""
    found = {forms(name) for place in pack().places for name in (place.name_ar, *place.aliases)}
    for row in pack().sources:
        labelled = [row["label"]["ar"]] if "label" in row else []
        found |= {forms(name) for name in (*row.get("names", ()), *row.get("in_theatre", ()), *labelled)}
    return frozenset(found - {()})


@lru_cache(maxsize=1)
def place_heads() -> frozenset[str]:
    """Nouns that may stand before a place's name: city, town, governorate."""
    return frozenset(pack().place_words.heads)


@lru_cache(maxsize=1)
def hosts() -> Mapping[str, str]:
    """The name of the outlet behind a site's address, as the packs label it."""
    by_id = {row["id"]: row["label"]["ar"] for row in pack().sources if row.get("label", {}).get("ar")}
    data = load_yaml(HERE / "hosts.yaml", HOSTS)
    return {host: by_id.get(id, "") for host, id in data["hosts"].items()}


def forms(words: str) -> Forms:
    """The folded words of a phrase, as they stand in a text."""
    return tuple(token.form for token in tokenise(normalise(words)))
