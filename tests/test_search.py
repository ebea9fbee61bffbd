"""Looking for words: the same answers from every kind of ledger, with offsets of the original text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgers import address
from making import CUSTODY, claim, report
from riwaya.ledger import LEDGERS, Asked, Ledger, NothingAskedError, open_ledger, search
from riwaya.model import Report
from riwaya.text.findable import spellings, terms, wanted
from running import Run

TEXTS = {
    "arrived": ("أنباء عن حمص", "وصلت القوات إلى إدلب وبالحديدة أُعلِنَ القتال في ألمانيا بحسب سانا."),
    "struck": ("غارات", "قوات النظام السوري لألمانيا قصفت حلب و(حمص). طائرة SU-24 فوق المدينة"),
    "quiet": ("أسعار الخضار", "قال الوزير إن الموازنة ستُعرض، للحـديدة نصيب منها.\nوفي مدينتهم سوق"),
}


@pytest.fixture(params=[kind.name for kind in LEDGERS])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(address(request.param, tmp_path)) as opened:
        for n, (id, (title, said)) in enumerate(TEXTS.items()):
            day = f"2024-12-0{n + 1}T10:00:00+03:00"
            one = report(said, id=id, title=title, outlet=f"صحيفة {n}", published=day)
            opened.add(one, [claim(one, at=at) for at in range(n)], CUSTODY)
        yield opened


def found(ledger: Ledger, words: str, **asked: Any) -> set[str]:
    page = ledger.search(Asked(words, **asked))
    assert page.total == len(page.hits)
    return {hit.report for hit in page.hits}


QUESTIONS: list[tuple[str, set[str]]] = [
    ("ادلب", {"arrived"}),
    ("إدلب", {"arrived"}),
    ("الحديدة", {"arrived", "quiet"}),
    ("حديدة", {"arrived", "quiet"}),
    ("وبالحديدة", {"arrived", "quiet"}),
    ("ألمانيا", {"arrived", "struck"}),
    ("حمص", {"arrived", "struck"}),
    ("وحمص", {"arrived", "struck"}),  # nothing stands so: without the letter joined before
    ("مدينة", {"struck", "quiet"}),
    ("حمص سانا", {"arrived"}),
    ("حمص -حلب", {"arrived"}),
    ("اعلن", {"arrived"}),
    ('"قوات النظام"', {"struck"}),
    ("«وقوات النظام السوري»", {"struck"}),
    ('"النظام قوات"', set()),
    ('"حمص وصلت"', set()),  # a phrase does not reach from the title into the text
    ("su-24", {"struck"}),
    ("24", {"struck"}),
    ("سور*", {"struck"}),
    ('"النظام السور*"', {"struck"}),
    ("زعفران", set()),
    ("زعفران حمص", set()),
]


@pytest.mark.parametrize(("words", "expected"), QUESTIONS)
def test_words_are_found(ledger: Ledger, words: str, expected: set[str]) -> None:
    assert found(ledger, words) == expected


@pytest.mark.parametrize("words", ["", "  ", "-حمص", "؟!", '""'])
def test_a_question_without_words(ledger: Ledger, words: str) -> None:
    with pytest.raises(NothingAskedError):
        ledger.search(Asked(words))


def test_odd_questions_find_nothing_and_break_nothing(ledger: Ledger) -> None:
    for words in (
        "a'b",
        'a" OR "b',
        "x\0y",
        "\ud800z",
        "NEAR(a b)",
        "a:*",
        "title:x",
        "!a&b|c",
        "*x",
        "س" * 5000,
    ):
        assert found(ledger, words) <= set(TEXTS)


def test_the_title_weighs_more(ledger: Ledger) -> None:
    assert [hit.report for hit in ledger.search(Asked("حمص")).hits] == ["arrived", "struck"]
    assert [hit.report for hit in ledger.search(Asked("حمص", newest=True)).hits] == ["struck", "arrived"]


def test_a_question_is_narrowed(ledger: Ledger) -> None:
    assert found(ledger, "حمص", outlet="صحيفة 1") == {"struck"}
    assert found(ledger, "حمص", first=datetime(2024, 12, 2)) == {"struck"}
    assert found(ledger, "حمص", last=datetime(2024, 12, 1, 12)) == {"arrived"}
    assert found(ledger, "حمص", known_by=datetime.fromisoformat("2024-12-01T07:00:00+00:00")) == {"arrived"}
    page = ledger.search(Asked("حمص", limit=1, offset=1))
    assert (page.total, [hit.report for hit in page.hits]) == (2, ["struck"])


def test_snippets_are_offsets_of_the_original(ledger: Ledger) -> None:
    hit = next(h for h in ledger.search(Asked("الحديدة")).hits if h.report == "quiet")
    (snippet,) = hit.snippets
    said = TEXTS["quiet"][1]
    assert snippet.text == snippet.span.of(said)
    assert [mark.of(said) for mark in snippet.marks] == ["للحـديدة"]
    assert hit.claims == 2
    (title, body) = next(h for h in ledger.search(Asked("حمص سانا")).hits if h.report == "arrived").snippets
    assert [mark.of(TEXTS["arrived"][0]) for mark in title.marks] == ["حمص"]
    assert [mark.of(TEXTS["arrived"][1]) for mark in body.marks] == ["سانا"]


def test_a_long_text_is_cut_where_words_end(ledger: Ledger) -> None:
    said = "كلمة " * 2000 + "زعفران وزيت " + "كلمة " * 2000 + "والزعفران"
    ledger.add(report(said, id="long"), [], CUSTODY)
    (hit,) = ledger.search(Asked("زعفران زيت")).hits
    first, second = hit.snippets
    assert [mark.of(said) for mark in first.marks] == ["زعفران", "وزيت"]
    assert [mark.of(said) for mark in second.marks] == ["والزعفران"]
    for snippet in hit.snippets:
        assert len(snippet.text) <= 200
        assert snippet.text == snippet.span.of(said)
        assert snippet.text.split()[0] in ("كلمة", "زعفران")


def test_a_phrase_with_many_spellings(ledger: Ledger) -> None:
    """More paths than a question may have: it is asked pair by pair."""
    joined = [
        f"{before}{word}"
        for word in ("قوات", "نظام", "سوري")
        for before in ("", *"وفبكل", "ال", "وال", "بال")
    ]
    ledger.add(report(" ".join(joined), id="all"), [], CUSTODY)
    assert found(ledger, '"قوات النظام السوري"') == {"struck"}


def test_words_narrow_another_question(ledger: Ledger) -> None:
    with ledger.reading.connect() as connection:
        holding = search.holding(connection, "الحديدة")
        assert holding is not None
        assert sorted(connection.scalars(holding)) == [1, 3]
        assert search.holding(connection, "زعفران") is None


def test_the_index_can_be_dropped_and_filled_again(ledger: Ledger) -> None:
    before = [ledger.search(Asked(words)).to_json() for words, _ in QUESTIONS]
    with ledger.engine.begin() as connection:
        search.drop(connection)
        search.create(connection)
    assert found(ledger, "حمص") == set()
    assert search.fill(ledger.engine.begin) == len(TEXTS)
    assert search.fill(ledger.engine.begin) == 0
    assert [ledger.search(Asked(words)).to_json() for words, _ in QUESTIONS] == before


def test_a_report_can_be_taken_out_of_the_index(ledger: Ledger) -> None:
    title, said = TEXTS["struck"]
    with ledger.engine.begin() as connection:
        search.forget(connection, 2, title, said)
    assert found(ledger, "حمص") == {"arrived"}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_every_word_of_any_text_finds_it(ledger: Ledger, words: str) -> None:
    said = Report(words, outlet="any")
    ledger.add(said, [], CUSTODY)
    for term in [*terms(words)][:3]:
        page = ledger.search(Asked(f'"{words[term.start : term.end]}"', outlet="any", limit=10**6))
        assert said.id in {hit.report for hit in page.hits}


@given(st.text())
def test_terms_stand_where_they_say(text: str) -> None:
    last = 0
    for term in terms(text):
        assert last <= term.start < term.end <= len(text)
        last = term.end if term.start >= last else last


def test_a_word_is_spelled_with_what_may_be_joined_to_it() -> None:
    assert {"بلده", "وبلده", "البلده", "بالبلده", "للبلده", "بلدتهم", "لبلده"} <= set(spellings("بلده"))
    assert "لده" not in spellings("بلده")
    assert "ان" not in spellings("الان")


def test_what_is_asked_for() -> None:
    assert [(w.words, w.without, w.prefix) for w in wanted('حمص  "خان شيخون" -«حلب» سو*')] == [
        (("حمص",), False, False),
        (("خان", "شيخون"), False, False),
        (("حلب",), True, False),
        (("سو",), False, True),
    ]


def test_the_command(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with open_ledger(path) as made:
        one = report("سيطرت الفصائل على مدينة حمص", title="عنوان", id="1", outlet="وكالة")
        made.add(one, [claim(one)], CUSTODY)
    code, out, _ = run("search", "بحمص", "--ledger", path, "--json")
    assert code == 0
    (line,) = out.splitlines()
    hit = json.loads(line)
    assert (hit["report"], hit["claims"], hit["outlet"]) == ("1", 1, "وكالة")
    assert hit["snippets"][0]["marks"] == [[24, 27]]
    code, out, err = run("search", "حمص", "--ledger", path)
    assert "1 report" in err
    assert "حمص" in out
    code, _, err = run("search", "؟", "--ledger", path)
    assert code == 2
    assert "no word" in err
