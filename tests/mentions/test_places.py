"""Places in context: the share of mentions read rightly, on the half we tune on and on the half we do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from riwaya.mentions.place_choice import country_weights, resolve
from riwaya.mentions.place_index import PlaceFacts, PlaceIndex
from riwaya.mentions.places import PlaceHit, find_places, mention
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
def tables(*folders: str) -> tuple[PlaceIndex, PlaceWords]:
    """The index of some packs' places: the gazetteer's alone, or with theatres."""
    words = read_place_words(PACKS / "gazetteer")
    files = [PACKS / "gazetteer" / f for f in ("places.csv", "places_extra.csv")]
    files += [PACKS / folder / "places.csv" for folder in folders]
    return PlaceIndex.build((row for f in files for row in read_places_csv(f)), words), words


def read(text: str, about: Iterable[str] = (), folders: tuple[str, ...] = ()) -> list[PlaceHit]:
    index, words = tables(*folders)
    tokens = tokenise(normalise(text))
    hits = find_places(tokens, 0, len(tokens), set(), index, words, known=known(), text=text)
    return resolve(hits, index, dict.fromkeys(about, 1.0))


def chosen(text: str, about: Iterable[str] = ()) -> dict[str, str]:
    """Name -> id of everything read in a text."""
    return {hit.name: hit.chosen for hit in read(text, about)}


def same(a: str, b: str, places: Mapping[str, PlaceFacts]) -> bool:
    """Whether two ids are one place, as claims compare them."""
    if a == b or a not in places or b not in places:
        return a == b
    x, y = places[a], places[b]
    return x.level == y.level and kilometres(x.lat, x.lon, y.lat, y.lon) < 3


def theatres() -> tuple[str, ...]:
    """The packs that bring places of their own."""
    return tuple(sorted(p.parent.name for p in PACKS.glob("*/places.csv") if p.parent.name != "gazetteer"))


def judged(row: dict[str, Any], folders: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """(name, expected, read) for every name of a row, and for every name read that nobody expects."""
    text, out, used = row["text"], [], set()
    hits = read(text, row.get("about", ()), folders)
    for name, expected in row["places"].items():
        at = text.find(name)
        over = [h for h in hits if h.start < at + len(name) and at < h.end]
        used |= {h.i for h in over}
        got = over[0].chosen if over else "none"
        out.append((name, expected, "" if expected == "" and got == "none" else got))
    out += [(h.name, "none", h.chosen) for h in hits if h.i not in used and h.chosen]
    return out


def shares(file: str, folders: tuple[str, ...] = ()) -> tuple[float, float, list[str]]:
    """The share of names read rightly, of names read wrongly (an id that is not the one), and what failed.

    What is neither was left open where a person knows the place.
    """
    rows = yaml.safe_load((HERE / file).read_text("utf-8"))
    places = tables(*folders)[0].places
    every = [(j, row["text"]) for row in rows for j in judged(row, folders)]
    bad = [(name, want, got, text) for (name, want, got), text in every if not same(want, got, places)]
    wrong = [b for b in bad if b[2] not in ("", "none")]
    told = [f"{name}: {want or 'open'} read as {got or 'open'} | {text}" for name, want, got, text in bad]
    return 1 - len(bad) / len(every), len(wrong) / len(every), told


@pytest.mark.parametrize("file", ["places_in_context.yaml", "places_heldout.yaml"])
def test_places_in_context(file: str) -> None:
    right, wrong, told = shares(file)
    assert right >= 0.93, "\n".join([f"{right:.3f} right", *told])
    assert wrong <= 0.03, "\n".join([f"{wrong:.3f} wrong", *told])


def test_places_of_the_seven_wars_in_context() -> None:
    right, wrong, told = shares("places_theatres.yaml", theatres())
    assert right >= 0.98, "\n".join([f"{right:.3f} right", *told])
    assert wrong <= 0.01, "\n".join([f"{wrong:.3f} wrong", *told])


def test_the_set_of_the_seven_wars_is_large_and_names_places_there_are() -> None:
    rows = yaml.safe_load((HERE / "places_theatres.yaml").read_text("utf-8"))
    ids = [expected for row in rows for expected in row["places"].values()]
    assert len(ids) >= 300
    assert sorted({i for i in ids if i not in ("", "none")} - tables(*theatres())[0].places.keys()) == []


def test_head_nouns_decide_the_level() -> None:
    assert chosen("سيطرت على محافظة القنيطرة")["محافظة القنيطرة"] == "sy-quneitra-governorate"
    assert chosen("سيطرت على مدينة القنيطرة")["القنيطرة"] == "sy-quneitra"


def test_a_list_shares_its_noun_and_its_part() -> None:
    hits = read("انتشروا في محافظات حلب وإدلب (شمال) وحماة")
    assert [h.chosen for h in hits] == [
        "sy-aleppo-governorate",
        "sy-idlib-governorate",
        "sy-hama-governorate",
    ]
    hits = read("يسيطر الجيش على معظم أحياء أم درمان والخرطوم بحري")
    assert [(h.chosen, [k for _, k in h.parts]) for h in hits] == [
        ("sd-omdurman", ["part"]),
        ("sd-khartoum-north", ["part"]),
    ]


def test_parts_and_surroundings_are_told() -> None:
    def kinds(text: str) -> list[str]:
        return [kind for hit in read(text) for _, kind in hit.parts]

    assert kinds("في ريف حماة الشمالي") == ["surroundings"]
    assert kinds("في الأطراف الشرقية لمدينة الموصل") == ["part"]
    assert kinds("دخلت الضواحي الجنوبية للعاصمة دمشق") == ["part"]
    assert kinds("دخلت دمشق") == []


def test_the_text_settles_namesakes() -> None:
    assert chosen("اشتباك في طرابلس (شمال لبنان)")["طرابلس"] == "lb-tripoli"
    assert chosen("اشتباك في طرابلس الليبية")["طرابلس الليبية"] == "ly-tripoli"
    assert chosen("قصف على أريحا بريف إدلب")["أريحا"] == "sy-ariha"
    assert chosen("اقتحام مدينة أريحا", ["ps"])["أريحا"] == "ps-jericho"


def test_what_stays_open_says_why() -> None:
    (hit,) = read("انفجار في مدينة طرابلس")
    assert (hit.chosen, {r for r, _ in hit.rivals[:2]}) == ("", {"ly-tripoli", "lb-tripoli"})
    assert "ly-tripoli" in hit.reason
    (hit,) = [h for h in read("سيطروا على قرية كنصفرة", ["sy"]) if not h.cands]
    assert (hit.name, hit.chosen, hit.level) == ("كنصفرة", "", "place")


def test_generic_words_after_a_place_noun_are_no_names() -> None:
    for text in ("وصلوا إلى مدينة كبيرة", "قصف حي سكني", "دخلوا منطقة عسكرية", "بلدة تقع على النهر"):
        assert read(text) == []


def test_spans_are_the_name_in_the_original() -> None:
    text = "نزحوا من الــخـرطوم ولـلـحديدة ثم بمدينة حِمْص"
    for hit in read(text):
        assert text[hit.start : hit.end] == hit.name
    assert [hit.name for hit in read(text)] == ["الــخـرطوم", "لـحديدة", "حِمْص"]


def test_masked_words_belong_to_other_names() -> None:
    index, words = tables()
    tokens = tokenise(normalise("هيئة تحرير حلب"))
    assert find_places(tokens, 0, 3, {0, 1, 2}, index, words) == []


def test_a_mention_carries_the_place() -> None:
    text = "دخلوا حمص"
    (hit,) = read(text)
    told = mention(hit, tables()[0])
    assert (told.id, told.name, told.span.of(text), told.country) == ("sy-homs", "حمص", "حمص", "sy")
    assert 0 < told.score <= 1
    assert told.reason


def test_countries_of_a_report_weigh() -> None:
    index, _ = tables()
    weights = country_weights(read("قصف على حمص وحماة وحلب، واتصال من عمّان"), index)
    assert weights["sy"] == 1.0
    assert weights["jo"] < 0.5


def test_every_theatre_keeps_the_gazetteer_readable() -> None:
    hits = read("سقطت حلب وحماة، وقصف على سرمين وأريحا بريف إدلب", folders=theatres())
    assert [h.chosen for h in hits] == ["sy-aleppo", "sy-hama", "sy-sarmin", "sy-ariha", "sy-idlib"]
