from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riwaya.text.offsets import UNCHANGED, OffsetMap, Rewritten, rewrite

TEXTS = st.text(alphabet="abcd \n", max_size=40)
CHANGES = st.dictionaries(st.sampled_from("abcd"), st.text(alphabet="abcxy", max_size=3), min_size=1)


def changed(text: str, change: dict[str, str], attach: bool = False) -> Rewritten:
    """Replace runs of each letter by a string, as a step of the reader would."""
    runs = re.compile("|".join(f"{letter}+" for letter in sorted(change)))
    return rewrite(runs, text, lambda found: change[found[0][0]], attach=attach)


def kept(text: str, change: dict[str, str]) -> list[int]:
    """Places of the characters that a change leaves alone."""
    return [i for i, c in enumerate(text) if c not in change]


@pytest.mark.parametrize(
    ("edits", "edited", "original"),
    [
        ([], (2, 5), (2, 5)),
        ([(2, 4, 2, 2)], (0, 2), (0, 2)),  # what went is not taken in at the edge of a range
        ([(2, 4, 2, 2)], (2, 3), (4, 5)),
        ([(2, 4, 2, 2)], (1, 3), (1, 5)),  # but inside it
        ([(2, 3, 2, 6)], (3, 4), (2, 3)),  # part of what came out of one character is that character
        ([(1, 3, 1, 2), (5, 6, 4, 4)], (1, 4), (1, 5)),
        ([(1, 3, 1, 2), (5, 6, 4, 4)], (4, 5), (6, 7)),
        ([(1, 3, 1, 2)], (1, 1), (1, 1)),
    ],
)
def test_a_span_covers_what_its_characters_came_from(
    edits: list[tuple[int, int, int, int]], edited: tuple[int, int], original: tuple[int, int]
) -> None:
    assert OffsetMap(edits).span(*edited) == original


def test_the_place_of_a_vowel_sign_belongs_to_its_letter() -> None:
    attached = rewrite(re.compile("~+"), "ab~~ c~", lambda found: "", attach=True)
    assert attached.text == "ab c"
    assert attached.map.span(1, 2) == (1, 4)
    assert attached.map.span(3, 4) == (5, 7)


def test_a_stray_sign_belongs_to_nothing() -> None:
    attached = rewrite(re.compile("~+"), "~a ~b", lambda found: "", attach=True)
    assert attached.map.span(0, 1) == (1, 2)
    assert attached.map.span(2, 3) == (4, 5)


def test_two_removals_in_one_place_both_count() -> None:
    first = rewrite(re.compile("x"), "axyb", lambda found: "")
    second = rewrite(re.compile("y"), first.text, lambda found: "")
    both = first.map.then(second.map)
    assert both.span(0, 2) == (0, 4)
    assert both.span(1, 2) == (3, 4)
    assert both.original(1) == 3


def test_an_edit_over_an_edit_becomes_one() -> None:
    first = rewrite(re.compile("x"), "axb", lambda found: "yy")
    second = rewrite(re.compile("yb"), first.text, lambda found: "c")
    assert second.text == "ayc"
    assert first.map.then(second.map).edits == [(1, 3, 1, 3)]


@given(TEXTS, CHANGES, st.booleans())
def test_untouched_characters_keep_their_place(text: str, change: dict[str, str], attach: bool) -> None:
    new, where = changed(text, change, attach)
    if attach:  # a bearer's place grows
        return
    for i in kept(text, change):
        start, end = where.edited(i, i + 1)
        assert new[start:end] == text[i]
        assert where.span(start, end) == (i, i + 1)


@given(TEXTS, CHANGES, st.booleans(), st.data())
def test_there_and_back_loses_nothing(
    text: str, change: dict[str, str], attach: bool, data: st.DataObject
) -> None:
    new, where = changed(text, change, attach)
    i = data.draw(st.integers(0, len(new)))
    j = data.draw(st.integers(i, len(new)))
    start, end = where.span(i, j)
    assert 0 <= start <= end <= len(text)
    if i < j:
        back = where.edited(start, end)
        assert back[0] <= i
        assert back[1] >= j
        assert where.span(*back) == (start, end)
    assert where.original(len(new)) == len(text)


@given(TEXTS, CHANGES, CHANGES, CHANGES, st.booleans())
def test_changes_compose(
    text: str, one: dict[str, str], two: dict[str, str], three: dict[str, str], attach: bool
) -> None:
    a = changed(text, one, attach)
    b = changed(a.text, two, attach)
    c = changed(b.text, three, attach)
    both = a.map.then(b.map)
    for i in range(len(b.text)):
        step = a.map.span(*b.map.span(i, i + 1))
        start, end = both.span(i, i + 1)
        assert start <= step[0]
        assert end >= step[1]
    assert a.map.then(b.map.then(c.map)) == both.then(c.map)
    for i in kept(text, one | two):
        if attach:
            continue
        start, end = both.edited(i, i + 1)
        assert b.text[start:end] == text[i]


@given(TEXTS, CHANGES)
def test_a_walk_with_steady_agrees_with_span(text: str, change: dict[str, str]) -> None:
    new, where = changed(text, change)
    for i in range(len(new)):
        shift, until = where.steady(i)
        for j in range(i + 1, min(until, len(new)) + 1):
            assert where.span(i, j) == (i + shift, j + shift)


@given(TEXTS, CHANGES)
def test_nothing_changed_composes_to_the_same(text: str, change: dict[str, str]) -> None:
    where = changed(text, change).map
    assert UNCHANGED.then(where) == where
    assert where.then(UNCHANGED) == where
    assert UNCHANGED.identity
