from __future__ import annotations

import pytest
from any_text import TEXTS
from hypothesis import given

from riwaya.text.normalise import normalise
from riwaya.text.tokens import Token, tokenise


def tokens(text: str) -> list[Token]:
    return tokenise(normalise(text))


def forms(text: str) -> str:
    return " ".join(token.form for token in tokens(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("دخلت القوات، ثم انسحبت.", "دخلت القوات ، ثم انسحبت ."),
        ("#حلب_الشهباء و#أم_درمان", "# حلب الشهباء و # ام درمان"),
        ("الـ24 و37داعشيا و30 و٣٠ جريحا", "ال 24 و 37 داعشيا و 30 و 30 جريحا"),
        ("12 12.5 3,500 1,250,000 ١٢٫٥ ٣٬٥٠٠", "12 12.5 3,500 1,250,000 12.5 3,500"),
        ("10% و٪20", "10 % و % 20"),
        ("13:45 و5/11/2024 و2024-11-05 و5-11-2024", "13:45 و 5/11/2024 و 2024-11-05 و 5-11-2024"),
        ("10-15 قتيلا، عام 2011.", "10 - 15 قتيلا ، عام 2011 ."),
        ("تقدم… ثم... وأخيرا.. لا", "تقدم … ثم … واخيرا .. لا"),
        (
            "@War_Room: https://t.me/war/12?x=1, www.a.org.",
            "@war_room : https://t.me/war/12?x=1 , www.a.org .",
        ),
        ("t.me/abc a.b@c-d.org وaljazeera.net.", "t.me/abc a.b@c-d.org و aljazeera.net ."),
        ("Su-24 وF16 و20km", "su-24 و f16 و 20 km"),
        ("بـ”الشبيحة“ (جنوب)", "ب ” الشبيحه “ ( جنوب )"),
        ("ــــــــ\n____", ""),
    ],
)
def test_forms(text: str, expected: str) -> None:
    assert forms(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("حلب", "word"),
        ("ء", "word"),
        ("3,500", "number"),
        ("5/11/2024", "number"),
        ("BBC", "latin"),
        ("Алеппо", "latin"),
        ("@a_b", "latin"),
        ("http://a.b/c_d", "latin"),
        ("؛", "punct"),
        ("|", "punct"),
        ("+", "punct"),
        ("•", "punct"),
        ("﴾", "punct"),
        ("🔴", "symbol"),
        ("▪", "symbol"),
        ("€", "symbol"),
        ("\ufffd", "symbol"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert [token.kind for token in tokens(text)] == [kind]


def test_after_says_whether_white_space_follows() -> None:
    assert [(t.form, t.after) for t in tokens("مدن: حلب،\nحمص")] == [
        ("مدن", False),
        (":", True),
        ("حلب", False),
        ("،", True),
        ("حمص", False),
    ]


def test_places_are_places_in_the_original() -> None:
    text = "\u200fشـنّ الــجــيـشُ\u00a0هجومًا على ﻻرنكا\u200f."
    assert [text[t.start : t.end] for t in tokens(text)] == [
        "شـنّ",
        "الــجــيـشُ",
        "هجومًا",
        "على",
        "ﻻرنكا",
        ".",
    ]


def test_a_broken_word_is_one_token() -> None:
    text = "وقعت مـ ـجـ ـزرة هنا"
    assert [text[t.start : t.end] for t in tokens(text)] == ["وقعت", "مـ ـجـ ـزرة", "هنا"]


@given(TEXTS)
def test_tokens_lie_in_order_inside_the_original(text: str) -> None:
    normalised = normalise(text)
    end = 0
    for token in tokenise(normalised):
        assert end <= token.start < token.end <= len(text)
        end = token.end
        start, stop = normalised.map.edited(token.start, token.end)
        read = normalised.text[start:stop]
        assert token.form in ("…", read)
        assert not any(c.isspace() for c in read)


@given(TEXTS)
def test_nothing_but_white_space_and_joints_is_left_out(text: str) -> None:
    normalised = normalise(text)
    covered = set()
    for token in tokenise(normalised):
        covered.update(range(*normalised.map.edited(token.start, token.end)))
    assert all(c.isspace() or c == "_" for i, c in enumerate(normalised.text) if i not in covered)


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "a",
        "a.",
        "a-",
        "a@",
        "1,",
        "1,111",
        "1.",
        "http://",
        "www.(",
        "@",
        "%",
        "_",
        "1-",
        "a/",
        "…",
        "ا_",
    ],
)
def test_one_long_line_takes_linear_time(unit: str) -> None:
    assert isinstance(tokens(unit * 50_000), list)
