from __future__ import annotations

import unicodedata

import pytest
from any_text import SPECIAL, TEXTS
from hypothesis import example, given

from riwaya.text.normalise import ACCENTS, COMPATIBLE, MARKS, STEPS, TATWEEL, fold, normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("أحمد إلى آخر ٱلشام", "احمد الي اخر الشام"),
        ("مسؤول رئيس جزء", "مسوول رييس جزء"),
        ("ا\u0654حمد مسو\u0654ول", "احمد مسوول"),  # hamza as a separate mark
        ("هيئة على", "هييه علي"),
        ("الجیش في کردفان وگاوه", "الجيش في كردفان وكاوه"),  # Persian keyboards
        ("قُتِلَ مُسَلَّحٌ", "قتل مسلح"),
        ("هٰذا", "هذا"),
        ("الــخـرطـوم", "الخرطوم"),
        ("ﺍﻟﺠﻴﺶ ﻓﻲ ﺣﻼﻳﺐ", "الجيش في حلايب"),  # as copied from a PDF file
        ("عبد ﷲ ﷴ", "عبد الله محمد"),
        ("قال ﷺ", "قال ﷺ"),
        ("مـ ـجـ ـزرة", "مجزره"),
        ("مقـ.ـتل جنديين", "مقتل جنديين"),
        ("إعـ*ـدام أسـ ـ ـرى", "اعدام اسري"),
        ("قال ـ ـ ثم", "قال   ثم"),  # strokes on their own hold no word together
        ("ق.ت.ل", "ق.ت.ل"),  # initials are not a broken word
        ("عام 1446 هـ. وقال", "عام 1446 ه. وقال"),
        ("١٢٫٥ ألف و٣٬٥٠٠ و٪١٠", "12.5 الف و3,500 و%10"),
        ("۳۷ و۴۵", "37 و45"),
        ("3،500 و 3،5 و 7,5 و 5,6,7", "3,500 و 3،5 و 7.5 و 5,6,7"),
        ("ألوية\u00a0العمالقة\u2003تقدمت", "الويه العمالقه تقدمت"),
        ("\u200fقال\u200f إن\u200c\ufeff ال\u00adجيش", "قال ان الجيش"),
        ("أ\r\nب\u2028ت\x85ث", "ا\r\nب\nت\nث"),
        ("\ud800أ\x00ب", "\ufffdا ب"),
        ("BBC Élysée e\u0301", "bbc élysée é"),
        ("𝐁𝐫𝐞𝐚𝐤 ＡＢＣ ﬁn", "break abc fin"),
        ("⚠️ 1️⃣ ②", "⚠ 1 2"),
    ],
)
def test_one_spelling(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "قال: «نعم»، ثم مضى…",
        "“هكذا” و”هكذا“ (لا) – نعم؟!",
        "ء سماء بناء",
        "https://example.org/a_b?c=1",
        "½ m² 5° €3",
    ],
)
def test_signs_stay(text: str) -> None:
    signs = [c for c in text if not c.isalpha()]
    assert [c for c in normalise(text).text if not c.isalpha()] == signs


@given(TEXTS)
@example("\ud800\x00\u0640\u0640 .\u0640")
@example("ﻼ\u064b\u0640\u064eﻼ")
def test_any_text_can_be_read(text: str) -> None:
    folded = normalise(text)
    where = folded.map
    assert where.original(len(folded.text)) == len(text)
    assert not where.identity or len(folded.text) == len(text)
    ends = [0]
    for i in range(len(folded.text)):
        start, end = where.span(i, i + 1)
        assert 0 <= start < end <= len(text)
        assert start >= ends[-1] or (start, end) == where.span(i - 1, i)
        ends.append(end)


@given(TEXTS)
def test_folding_twice_adds_nothing(text: str) -> None:
    once = fold(text)
    touched = set().union(*(step.touches for step in STEPS[1:5])) - set(ACCENTS)
    assert not touched & set(once)
    assert TATWEEL not in once


@given(TEXTS)
def test_line_ends_stay_where_they_are(text: str) -> None:
    folded = normalise(text)
    for i, c in enumerate(folded.text):
        if c in "\r\n":
            start, end = folded.map.span(i, i + 1)
            assert text[start] in "\r\n\v\f\x85\u2028\u2029"
            assert end == start + 1 or not set(text[start + 1 : end]) - MARKS - {TATWEEL}


def test_a_step_is_skipped_only_where_it_would_change_nothing() -> None:
    for c in SPECIAL + list("AÉéа5"):
        text = f"ب{c}ب"
        whole = text
        for step in STEPS:
            whole = step.change(whole).text
        assert normalise(text).text == whole, unicodedata.name(c, hex(ord(c)))


def test_no_shape_stands_for_several_words() -> None:
    assert not [c for c in COMPATIBLE - MARKS if " " in fold(c)]


def test_stretched_words_point_at_all_their_characters() -> None:
    text = "اسـتـعـــادَ الـجيـش"
    folded = normalise(text)
    assert folded.text == "استعاد الجيش"
    start, end = folded.map.span(0, 6)
    assert text[start:end] == "اسـتـعـــادَ"
    start, end = folded.map.span(7, 12)
    assert text[start:end] == "الـجيـش"


@pytest.mark.parametrize("unit", ["1", "ـ", "ـ ", "بـ ـ", "\u064e", "\u200f", "1,", "1٫", "e\u0301", "ﻼ"])
def test_one_long_line_takes_linear_time(unit: str) -> None:
    assert normalise(unit * 100_000).map is not None
