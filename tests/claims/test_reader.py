"""What the reader must make of constructions, each beside a near-miss that it must not take for one."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import pytest

from riwaya.claims import READERS
from riwaya.model import Claim, Report
from riwaya.packs.pack import load_packs

packs = cache(load_packs)


def read(text: str) -> list[Claim]:
    report = Report(text, published=datetime(2024, 12, 8))
    return list(READERS[0].read(report, packs()))


def short(claim: Claim) -> tuple[str, str, list[str], list[str]]:
    return str(claim.type), str(claim.status), [m.id for m in claim.actor], [m.id for m in claim.place]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "ما زالت قوات سوريا الديمقراطية تسيطر على الرقة.",
            ("control_held", "happened", ["sdf"], ["sy-raqqa"]),
        ),
        ("دخلت فصائل المعارضة السورية مدينة حماة.", ("entered", "happened", ["sy-opposition"], ["sy-hama"])),
        (
            "لم تدخل فصائل المعارضة السورية مدينة حماة.",
            ("entered", "denied", ["sy-opposition"], ["sy-hama"]),
        ),
        (
            "ستدخل فصائل المعارضة السورية مدينة حماة غدا.",
            ("entered", "planned", ["sy-opposition"], ["sy-hama"]),
        ),
        (
            "عبر مئات اللاجئين من معبر فيشخابور.",
            ("crossed_border", "happened", ["civilians"], ["iq-faysh-khabur"]),
        ),
        (
            "أعلن حزب الله أن مقاتليه قصفوا قاعدة ميرون بالصواريخ.",
            ("shelling", "happened", ["hezbollah"], ["il-meron-base"]),
        ),
        (
            "أعلن المتحدث العسكري باسم الحوثيين يحيى سريع السيطرة على مديرية رحبة.",
            ("control_gained", "happened", ["houthis"], ["ye-rahabah"]),
        ),
    ],
)
def test_one_claim(text: str, wanted: tuple[str, str, list[str], list[str]]) -> None:
    assert [short(claim) for claim in read(text)] == [wanted]


def test_who_holds_what_is_struck_is_the_target() -> None:
    (claim,) = read("قصفت الطائرات التركية مواقع لحزب العمال الكردستاني في جبل كارة.")
    assert [m.id for m in claim.target] == ["pkk"]
    assert str(claim.type) == "air_strike"


def test_the_place_in_the_same_sentence_is_the_city() -> None:
    text = (
        "انسحبت قوات النظام السوري من مدينتي طرطوس واللاذقية.\n"
        "وقال الجيش الوطني السوري إنه سيطر على منبج، بينما نفت قوات سوريا الديمقراطية سيطرته على المدينة."
    )
    denied = [claim for claim in read(text) if str(claim.status) == "denied"]
    assert [m.id for claim in denied for m in claim.place] == ["sy-manbij"]


@pytest.mark.parametrize(
    "text",
    [
        "سيطر القلق على سكان مدينة حمص.",
        "سيطر الفريق الضيف على مجريات الشوط الأول في مباراة حلب.",
        "هاجم الناقد فيلما عُرض في دمشق.",
        "انسحب اللاعب من بطولة بيروت للتنس.",
        "أصيب ثلاثة أشخاص في حادث سير على طريق بغداد.",
        "يحاصر الملل تلاميذ المدرسة في صنعاء.",
    ],
)
def test_silence(text: str) -> None:
    assert read(text) == []


def test_an_endless_sentence_is_read_in_pieces() -> None:
    """A page without stops costs time by its length, and no claim carries all of it as evidence."""
    text = "سيطرت قوات المعارضة السورية على مدينة حمص وقصفت قوات النظام السوري بلدة داريا " * 60
    claims = read(text)
    assert len(claims) > 100
    assert max(len(claim.evidence_text) for claim in claims) < len(text) / 2


def test_who_announces_the_dead_did_not_kill_them() -> None:
    text = "أعلنت وزارة الصحة اللبنانية مقتل أربعة أشخاص في غارة إسرائيلية استهدفت منزلا في بلدة الخيام."
    dead = next(claim for claim in read(text) if str(claim.type) == "casualties")
    assert [m.id for m in dead.actor] == ["israel"]
    assert dead.quantity is not None
    assert dead.quantity.min == dead.quantity.max == 4


def test_a_weapon_with_its_article_takes_no_place_with_it() -> None:
    (claim,) = read("قصفت قوات الدعم السريع بالمدفعية الثقيلة مخيم أبو شوك.")
    assert [m.id for m in claim.place] == ["sd-abu-shouk"]


def test_a_plural_behind_a_happening_is_no_adjective_of_it() -> None:
    (claim,) = read("نفى المتحدث باسم قوات الدعم السريع استهداف المدنيين.")
    assert [m.id for m in claim.target] == ["civilians"]
    assert str(claim.status) == "denied"
