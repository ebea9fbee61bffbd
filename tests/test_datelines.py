"""Which days a text gives as its day of publication, and which it only tells of."""

from __future__ import annotations

import pytest

from riwaya.sources import dateline
from riwaya.sources.dates import moment

FOUND = [
    ("دمشق – 7 كانون الأول/ديسمبر 2024 – قالت مصادر إن القوات انسحبت", "2024-12-07"),
    ("الخرطوم، 12 نوفمبر 2023 (سونا) – قال الجيش", "2023-11-12"),
    ("بيروت، دمشق - 7 كانون الأول (ديسمبر) 2024", "2024-12-07"),
    ("صنعاء - السبت ٥ جمادى الآخرة ١٤٤٦هـ الموافق 7 ديسمبر 2024م\nقال", "2024-12-07"),
    ("صنعاء، 5 جمادى الآخرة 1446 هـ - أعلنت", "2024-12-06"),
    ("نُشر في: 2024/12/07 - 14:30\nنص", "2024-12-07"),
    ("عنوان الخبر\nالسبت 07-12-2024\nسيطرت الفصائل", "2024-12-07"),
    ("السابع من ديسمبر 2024\nسيطرت", "2024-12-07"),
    ("الحادي والعشرين من شهر أيار عام 2015\nسيطرت", "2015-05-21"),
    ("غزة (الجزيرة) السبت 7 ديسمبر 2024 - قصفت", "2024-12-07"),
    ("القاهرة في 7 ديسمبر 2024 / أ ش أ /", "2024-12-07"),
    ("مدينة حمص، 12/8/2024", "2024-08-12"),
    ("السبت، 7 كانون الأول، 2024 - أعلن الجيش", "2024-12-07"),
    ("بيان\nقالت القيادة إن قواتها انسحبت.\nصدر في دمشق بتاريخ 7/12/2024", "2024-12-07"),
    ("دمشق - 7 ديسمبر 2024\nقبل عام، في 7 أكتوبر 2023، وقع الهجوم", "2024-12-07"),
]
NOT_FOUND = [
    "في 7 ديسمبر 2024 سيطرت الفصائل على حمص",
    "سقوط حلب - 22 ديسمبر 2016",
    "قبل عام، في 7 أكتوبر 2023، هاجمت",
    "دمشق 7 ديسمبر 2024 قالت المصادر",
    "آخر تحديث: 8 ديسمبر 2024",
    "7 ديسمبر: سيطرت الفصائل",
    "31 فبراير 2024",
    "دمشق – ديسمبر 2024 – قالت",
    "7 ديسمبر 2024\n8 ديسمبر 2024",
    "صنعاء، 5 جمادى الآخرة 1446 هـ الموافق 20 ديسمبر 2024",  # the two calendars disagree
    "سيطرت الفصائل على حمص",
    "",
]


@pytest.mark.parametrize(("text", "day"), FOUND)
def test_a_dateline_is_found(text: str, day: str) -> None:
    found = dateline.find(text)
    assert found
    assert str(found.day) == day
    assert found.reason.startswith("dateline: ")
    assert found.words in " ".join(text.split())


@pytest.mark.parametrize("text", NOT_FOUND)
def test_a_day_that_is_told_of_is_no_dateline(text: str) -> None:
    assert dateline.find(text) is None


def test_a_hijri_day_says_that_it_may_be_a_day_off() -> None:
    found = dateline.find("صنعاء، 5 جمادى الآخرة 1446 هـ")
    assert found
    assert "Umm al-Qura" in found.reason


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024/12/08 10:30 +0300", "2024-12-08T10:30:00+03:00"),
        ("2024-12-08T10:30:00.1234567Z", "2024-12-08T10:30:00.123456+00:00"),
        ("20241208", "2024-12-08T00:00:00"),
        ("1733614200", "2024-12-07T23:30:00+00:00"),
        (1733614200000, "2024-12-07T23:30:00+00:00"),
        ("السبت 7 كانون الأول/ديسمبر 2024", "2024-12-07T00:00:00"),
        ("Sun, 08 Dec 2024 01:30:00 +0300", "2024-12-08T01:30:00+03:00"),
    ],
)
def test_moments_in_their_spellings(written: object, read: str) -> None:
    found = moment(written)
    assert found
    assert found.isoformat() == read


@pytest.mark.parametrize(
    "written",
    ["07/12/2024", "0001-01-01T00:00:00Z", "1970-01-01", "1900-01-01", 0, "ديسمبر 2024", "x" * 5000],
)
def test_what_could_be_two_days_or_means_none_is_no_moment(written: object) -> None:
    assert moment(written) is None
