"""Counts, each with its bounds and the noun it counts.

``words = 12 noun`` is exactly 12, ``20..99`` a range, ``300..`` at least, ``..100`` at most, ``!`` a
running total; rows without anything must give no count.
"""

from __future__ import annotations

import pickle
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import riwaya
from riwaya.mentions.quantities import NumberWords, QuantityHit, find_quantities
from riwaya.mentions.times import TimeWords, find_times
from riwaya.packs.schema import PackError
from riwaya.text.normalise import fold, normalise
from riwaya.text.tokens import tokenise

PACK = Path(riwaya.__file__).parent / "packs" / "ar"

# A lexicon as small as these tables: lemma, dual, plural.
NOUNS = """
قتيل قتيلان قتلى
جريح جريحان جرحى
شهيد شهيدان شهداء
مصاب مصابان مصابين
جندي جنديان جنود
مدني مدنيان مدنيين
مواطن مواطنان مواطنين
مسلح مسلحان مسلحين
شخص شخصان أشخاص
طفل طفلان أطفال
امرأة امرأتان نساء
عائلة عائلتان عائلات
أسرة أسرتان أسر
نازح نازحان نازحين
سجين سجينان سجناء
معتقل معتقلان معتقلين
محتجز محتجزان محتجزين
عنصر عنصران عناصر
مقاتل مقاتلان مقاتلين
ضابط ضابطان ضباط
قائد قائدان قادة
مهندس مهندسان مهندسي
طالب طالبان طلاب
صاروخ صاروخان صواريخ
قذيفة قذيفتان قذائف
غارة غارتان غارات
هجمة هجمتان هجمات
عملية عمليتان عمليات
آلية آليتان آليات
عبوة عبوتان عبوات
شاحنة شاحنتان شاحنات
منزل منزلان منازل
مبنى مبنيان مبان
قرية قريتان قرى
أهل أهلان أهالي
سيدة سيدتان سيدات
مصدر مصدران مصادر
"""


@cache
def lexicon() -> dict[str, tuple[str, str]]:
    known: dict[str, tuple[str, str]] = {}
    for line in NOUNS.strip().splitlines():
        singular, dual, plural = line.split()
        oblique = dual.removesuffix("ان") + "ين"
        for form, number in (
            (singular, "s"),
            (singular + "ا", "s"),
            (dual, "d"),
            (oblique, "d"),
            (plural, "p"),
        ):
            known[fold(form)] = known[fold("ال" + form)] = (fold(singular), number)
    known[fold("مدنيين")] = (fold("مدني"), "p")
    return known


def noun(form: str) -> tuple[str, str] | None:
    """As a real lexicon does, this one also knows nouns with clitics before them."""
    for rest in (form, form[1:], "ال" + form[2:]):
        if rest in lexicon() and (rest == form or form[0] in "وفبلك"):
            return lexicon()[rest]
    return None


@cache
def data(name: str) -> Any:
    return yaml.safe_load((PACK / f"{name}.yaml").read_text("utf-8"))


@cache
def words() -> NumberWords:
    return NumberWords.from_data(data("numbers"))


@cache
def time_words() -> TimeWords:
    return TimeWords.from_data(data("time"), data("numbers"))


def find(text: str) -> list[tuple[str, str, QuantityHit]]:
    """Counts outside the times of a text: the words, the noun, the hit."""
    tokens = tokenise(normalise(text))
    times = find_times(tokens, 0, len(tokens), date(2024, 12, 11), time_words())
    skip = {k for hit in times for k in range(hit.i, hit.j)}
    hits = find_quantities(tokens, 0, len(tokens), words(), skip, noun)
    return [
        (
            text[tokens[hit.i].start : tokens[hit.j - 1].end],
            "" if hit.noun is None else text[tokens[hit.noun].start : tokens[hit.noun].end],
            hit,
        )
        for hit in hits
    ]


def shown(name: str, hit: QuantityHit) -> str:
    low, high = ("" if value is None else f"{value:g}" for value in (hit.min, hit.max))
    if max(hit.min or 0, hit.max or 0) >= 1_000_000:
        low, high = ("" if value is None else f"{value:.0f}" for value in (hit.min, hit.max))
    bounds = low if hit.min == hit.max else f"{low}..{high}"
    return f"{'!' if hit.cumulative else ''}{bounds} {name}".strip()


FIGURES = """
مقتل 12 قتيلا = 12 قتيلا
١٢ قتيلا و٣٠ جريحا = 12 قتيلا, 30 جريحا
أصيب 8 أشخاص = 8 أشخاص
وصول 3,500 عائلة = 3500 عائلة
وصول ٣٬٥٠٠ عائلة = 3500 عائلة
وصول 3.500 عائلة = 3500 عائلة
نزوح 16 ألف شخص = 16000 شخص
نزوح ١٢٫٥ ألف شخص = 12500 شخص
نزوح 1.5 مليون شخص = 1500000 شخص
نزوح 3 آلاف و500 شخص = 3500 شخص
نزوح 2 مليون و200 ألف نازح = 2200000 نازح
استشهاد 37 داعشيا = 37 داعشيا
أصيب 91 آخرون = 91
أصيب 17 شخصا آخرين = 17 شخصا
قتل 12 = 12
قتل (12) شخصا = 12 شخصا
بـ12 صاروخا = 12 صاروخا
قتل 4 من عناصر الشرطة = 4 عناصر
وقتل 1 مدني = 1 مدني
42 ألفًا و519 شهيدا، و99 ألفا و637 جريحا = 42519 شهيدا, 99637 جريحا
ما يقارب الـ 50 جريحا = 50 جريحا
سيطروا على 10 من أصل 14 قرية = 10
"""

WORDS = """
مقتل ثلاثة جنود = 3 جنود
مقتل ثلاث نساء = 3 نساء
مقتل عشرة جنود = 10 جنود
جرح عشرة في القصف = 10
مقتل أحد عشر جنديا = 11 جنديا
مقتل اثني عشر جنديا = 12 جنديا
إصابة اثنتي عشرة امرأة = 12 امرأة
مقتل خمسة عشر شخصا = 15 شخصا
أصيب سبعة عشر آخرون بجروح = 17
مقتل عشرين جنديا = 20 جنديا
مقتل خمسة وعشرين جنديا = 25 جنديا
مقتل ثمانية وأربعين شخصا = 48 شخصا
مقتل مئة جندي = 100 جندي
مقتل مائة جندي = 100 جندي
مقتل مئتي جندي = 200 جندي
مقتل مئة وخمسة وعشرين شخصا = 125 شخصا
مقتل مئة وخمسة أشخاص = 105 أشخاص
نزوح ثلاثمئة عائلة = 300 عائلة
نزوح ثلاث مئة عائلة = 300 عائلة
نزوح ثمانمائة وخمسين عائلة = 850 عائلة
نزوح ألف شخص = 1000 شخص
نزوح ألفي شخص = 2000 شخص
نزوح ألفا شخص = 2000 شخص
نزوح ثلاثة آلاف شخص = 3000 شخص
نزوح ثلاثة آلاف وخمسمئة شخص = 3500 شخص
نزوح ثلاثة آلاف وخمسمئة وعشرين شخصا = 3520 شخصا
نزوح أحد عشر ألف شخص = 11000 شخص
نزوح مئة ألف شخص = 100000 شخص
نزوح مئة وخمسين ألف شخص = 150000 شخص
نزوح مليون شخص = 1000000 شخص
نزوح مليون ونصف المليون شخص = 1500000 شخص
نزوح مليوني شخص = 2000000 شخص
نزوح نصف مليون شخص = 500000 شخص
استشهد خمسة وأصيب أربعة = 5, 4
ستة آخرون = 6
وأربعة جرحى = 4 جرحى
أسر ثلاثة منهم = 3
مقتل ثلاثة من طاقم التلفزيون = 3
مقتل اثنين من مهندسي الألغام = 2 مهندسي
ست هجمات = 6 هجمات
أربع عمليات قنص = 4 عمليات
سبعة محتجزين = 7 محتجزين
"""

FUZZY = """
عشرات المعتقلين = 20..99 المعتقلين
بعشرات الصواريخ = 20..99 الصواريخ
قتل العشرات = 20..99
عشرات من أهالي المدينة = 20..99 أهالي
خرج المئات إلى الشوارع = 200..999
مئات العائلات = 200..999 العائلات
آلاف العائلات = 2000..9999 العائلات
نزح الآلاف = 2000..9999
عشرات الآلاف من النازحين = 20000..99999 النازحين
مئات الآلاف من الأشخاص = 200000..999999 الأشخاص
ملايين النازحين = 2000000..9999999 النازحين
عشرات الملايين من الأشخاص = 20000000..99999999 الأشخاص
بضعة جنود = 3..9 جنود
بضع عشرات من الجنود = 30..99 الجنود
بضعة آلاف نازح = 3000..9999 نازح
"""

BOUNDS = """
أكثر من 300 عائلة = 300.. عائلة
أكثر من 3500 سجين = 3500.. سجين
أكثر من ألف جندي = 1000.. جندي
وأكثر من مئة جندي = 100.. جندي
أصيب أكثر من 200 في أحياء المدينة = 200..
مقتل أكثر من 150 منهم = 150..
نزوح أكثر من 16 ألف شخص خلال اليومين الماضيين = 16000.. شخص
ما لا يقل عن 70 مواطنا = 70.. مواطنا
بما لا يقل عن 70 مواطنا = 70.. مواطنا
ما لا يقل عن عشرة أشخاص = 10.. أشخاص
ما يزيد على 400 عائلة = 400.. عائلة
ما يزيد عن 400 عائلة = 400.. عائلة
عدد يفوق 400 عائلة = 400.. عائلة
نزوح أزيد من 400 عائلة = 400.. عائلة
عددهم تجاوز 400 شخص = 400.. شخص
مقتل 12 شخصا على الأقل = 12.. شخصا
مقتل خمسة جنود إسرائيليين على الأقل = 5.. جنود
قتل 12 على الأقل = 12..
على الأقل 12 قتيلا = 12.. قتيلا
مقتل 12 شخصا أو أكثر = 12.. شخصا
أقل من 100 مقاتل = ..100 مقاتل
لا يتجاوز 100 مقاتل = ..100 مقاتل
لا يزيد عن 100 مقاتل = ..100 مقاتل
100 مقاتل على الأكثر = ..100 مقاتل
نحو 20 صاروخا = 20 صاروخا
بنحو 150 ألفا = 150000
حوالي 40 شخصا = 40 شخصا
قرابة 800 نازح = 800 نازح
زهاء ألفي نازح = 2000 نازح
ما يقارب 40 شخصا = 40 شخصا
ما يقرب من 40 شخصا = 40 شخصا
40 شخصا تقريبا = 40 شخصا
استشهاد اثنين منهم على الأقل = 2..
أنباء عن 5 شهداء آخرين على الأقل = 5.. شهداء
إصابة أكثر من خمسين آخرين = 50..
"""

RANGES = """
بين 10 و15 قتيلا = 10..15 قتيلا
ما بين 10 و15 قتيلا = 10..15 قتيلا
بين عشرة وخمسة عشر جنديا = 10..15 جنديا
من 10 إلى 15 قتيلا = 10..15 قتيلا
10-15 قتيلا = 10..15 قتيلا
10 – 15 قتيلا = 10..15 قتيلا
خمسة أو ستة جنود = 5..6 جنود
20 أو 30 جنديا = 20..30 جنديا
بين 10 و15 ألف نازح = 10000..15000 نازح
بين 5 و7 آلاف نازح = 5000..7000 نازح
بين 500 وألف نازح = 500..1000 نازح
"""

DUALS = """
مقتل جنديين = 2 جنديين
قتيلان وأربعة جرحى = 2 قتيلان, 4 جرحى
سقوط شهيدين مدنيين = 2 شهيدين
مدنيان قتلا = 2 مدنيان
إصابة طفلين = 2 طفلين
أطلق صاروخين = 2 صاروخين
شن غارتين = 2 غارتين
غارتان على القرية = 2 غارتان
وعبوتان ناسفتان = 2 وعبوتان
مقتل جنديين اثنين = 2 جنديين
مقتل مدنيين اثنين = 2 مدنيين
مقتل شخص واحد = 1 شخص
سقوط قتيل واحد = 1 قتيل
مقتل امرأة واحدة = 1 امرأة
مقتل الجنود الثلاثة = 3 الجنود
أفرجوا عن المعتقلين الخمسة عشر = 15 المعتقلين
مقتل أحد الجنود = 1 الجنود
إصابة إحدى السيدات = 1 السيدات
قتل عنصران بالأمن = 2 عنصران
مقتل الجنود الثمانية = 8 الجنود
"""

TOTALS = """
ارتفعت الحصيلة إلى 43 شهيدا = !43 شهيدا
ارتفاع عدد القتلى إلى 12 شخصا = !12 شخصا
ارتفاع حصيلة القصف على القرية إلى 12 قتيلا و30 جريحا = !12 قتيلا, !30 جريحا
ليرتفع عدد الشهداء إلى أكثر من 43 ألفا = !43000..
وصلت حصيلة القصف إلى 12 قتيلا = !12 قتيلا
ارتفعت الحصيلة من 10 إلى 12 قتيلا = !12 قتيلا
إجمالي 43 ألف شهيد = !43000 شهيد
استشهد 43 ألف شخص منذ بداية الحرب = !43000 شخص
منذ اندلاع الحرب قتل 43 ألف شخص = !43000 شخص
قتل 5 جنود في غارة، ليرتفع عدد القتلى إلى 12 جنديا = 5 جنود, !12 جنديا
12 قتيلا و30 جريحا حتى الآن = !12 قتيلا, !30 جريحا
استشهاد 19 شخصا في حصيلة غير نهائية = 19 شخصا
والحصيلة قتيلان وأربعة جرحى = 2 قتيلان, 4 جرحى
ارتفع عدد ضحايا القصف من قوات النظام، والقوات الروسية، على إدلب، إلى 25 قتيلا و90 جريحا = !25 قتيلا, !90 جريحا
"""

NO_COUNTS = """
على بعد 5 كيلومترات
الشريط الحدودي البالغ 620 كيلومترا
على مسافة 12 كم
بعمق 12 كلم
بارتفاع 300 متر
مئات الكيلومترات
أقل من 10٪ من السكان
20% من السكان
نحو 20 في المئة
تراجع أربعة في المئة
15 مليون دولار
$500 للشخص
ملايين الدولارات
45 طنا من الطحين
بالغ من العمر 12 عاما
طفلة في 12 من العمر عاما
منذ سبع سنوات
ثلاثة أيام
ست ساعات
ألف ليلة
خمس مرات
مرتين
للمرة الثالثة
آلاف السنين
اللواء 47
اللواء السادس والعشرون
الفرقة الرابعة
الفرقة 25
الكتيبة 101
بيان رقم 41
بيان رقم (41)
بيانها رقم ٤١٢ إنها فجرت
المادة 5
القرار 2254
قرار مجلس الأمن 1701
القرار الدولي 1559
في عام 2018
سنة 2011
قبل 2011
خريطة 1967
عند الساعة 13:45
الساعة 5 عصرا
5/11/2024
27 نوفمبر
السابع من أكتوبر
طائرة F-16
صواريخ إس-300
مسيرة شاهد 136
مسيرة شاهد-136
كوفيد-19
دبابة تي 72
القناة 12
مجموعة العشرين
القرن العشرين
اليوم الـ34
النقلة الثامنة والثلاثين
الدقيقة الأربعين
على خمس المبيعات
عشر القرآن
الست فيروز
السبع المثاني
قسم سبع الأرض
واحد من أهم الأسباب
من أسرة واحدة
من جهة واحدة
مرة واحدة
عدد من الجنود
مجموعة من الجنود
كميات كبيرة من الأسلحة
كمية
من مسافة صفر
أحدهم قتل
لم يصب أحد
أحد الأسباب
هاتف 0912345678
اتصل على 0096650000000
هزمه 3-2
1- الجيش انسحب
2) الجيش انسحب
ألف كتابا
نحو دمشق
بين حلب وإدلب
أكثر من ذلك
على الأقل
نصف السكان
ربع المدينة
بين الجنود
لا أكثر
والثلاثين
العدوان
الميدان
لبنان
قتل الفتى (16 عاما)
الواقعة على بعد (75 كم)
قائد اللواء 28 بالمنطقة
تقدموا 1500 متر
ثورة 17 تشرين
في الفترة 2011-2018
في 5-12
"""

TABLES = (FIGURES, WORDS, FUZZY, BOUNDS, RANGES, DUALS, TOTALS)


def rows(table: str) -> list[tuple[str, str]]:
    pairs = (line.partition("=") for line in table.strip().splitlines())
    return [(text.strip(), wanted.strip()) for text, _, wanted in pairs]


@pytest.mark.parametrize(("text", "wanted"), [row for table in TABLES for row in rows(table)])
def test_counts(text: str, wanted: str) -> None:
    assert ", ".join(shown(name, hit) for _, name, hit in find(text)) == wanted


@pytest.mark.parametrize("text", [text for text, _ in rows(NO_COUNTS)])
def test_what_is_no_count_stays_silent(text: str) -> None:
    assert [(quoted, hit) for quoted, _, hit in find(text)] == []


WHOLE = """
أفرجوا عن أكثر من 3500 سجين من السجن = أكثر من 3500 سجين
قتل ما لا يقل عن 70 مواطنا في القصف = ما لا يقل عن 70 مواطنا
أطلق نحو 20 صاروخا على القرية = نحو 20 صاروخا
خروج عشرات المعتقلين من السجن = عشرات المعتقلين
قتل 37 داعشيا بينهم قادة = 37 داعشيا
دخول أكثر من ألف جندي من المعبر = أكثر من ألف جندي
والحصيلة قتيلان = قتيلان
قتل 12 شخصا على الأقل في القصف = 12 شخصا على الأقل
سقوط من 10 إلى 15 قتيلا = من 10 إلى 15 قتيلا
أسر ثلاثة منهم في القرية = ثلاثة منهم
قتل ستة آخرون في القرية = ستة آخرون
مقتل اثنين من مهندسي الألغام = اثنين من مهندسي
سقوط شهيدين مدنيين هناك = شهيدين مدنيين
مقتل شخص واحد هناك = شخص واحد
"""


@pytest.mark.parametrize(("text", "wanted"), rows(WHOLE))
def test_a_count_points_at_bound_number_and_noun(text: str, wanted: str) -> None:
    assert [quoted for quoted, _, _ in find(text)] == [wanted]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("أصيب 12 شخصا", "number noun"),
        ("أصيب 12", "number"),
        ("استهدف ثلاثة مصارف", "number unknown"),
        ("أصيب 12 منهم", "number of them"),
        ("أصيب 12 آخرون", "number others"),
        ("أصيب 12 من الجنود", "number of nouns"),
        ("أصيب أكثر من 12 شخصا", "least noun"),
        ("أصيب بين 10 و12 شخصا", "range noun"),
        ("أصيب عشرات الأشخاص", "fuzzy noun"),
        ("أصيب جنديان", "dual"),
    ],
)
def test_the_rule_says_what_was_read(text: str, rule: str) -> None:
    assert [hit.rule for _, _, hit in find(text)] == [rule]


@pytest.mark.parametrize(
    ("text", "cuts"),
    [("وأربعة جرحى", [1]), ("بنحو 20 صاروخا", [1]), ("و20 صاروخا", [0]), ("وجنديان", [1]), ("للجنديين", [1])],
)
def test_clitics_are_counted(text: str, cuts: list[int]) -> None:
    assert [hit.cut for _, _, hit in find(text)] == cuts


def test_tokens_to_skip_are_no_part_of_a_count() -> None:
    tokens = tokenise(normalise("قتل 12 جنديا و3 مدنيين"))
    assert [hit.i for hit in find_quantities(tokens, 0, len(tokens), words(), {1}, noun)] == [4]
    bare, _ = find_quantities(tokens, 0, len(tokens), words(), {2}, noun)
    assert (bare.j, bare.noun) == (2, None)


def test_words_survive_the_cache() -> None:
    again = pickle.loads(pickle.dumps(words()))
    tokens = tokenise(normalise("مقتل جنديين وثلاثة مدنيين"))
    assert find_quantities(tokens, 0, len(tokens), again, nouns=noun) == find_quantities(
        tokens, 0, len(tokens), words(), nouns=noun
    )


def test_a_section_nobody_reads_stops_the_pack() -> None:
    with pytest.raises(PackError, match=r"numbers.yaml: unknown section 'onse'"):
        NumberWords.from_data({**data("numbers"), "onse": ["ثلاثة"]})
    with pytest.raises(PackError, match=r"time.yaml: section 'months' is missing"):
        TimeWords.from_data({k: v for k, v in data("time").items() if k != "months"}, data("numbers"))


def test_only_the_stretch_asked_for_is_read() -> None:
    tokens = tokenise(normalise("ثلاثة جنود خمسة جنود ستة جنود"))
    assert [(hit.i, hit.j, hit.noun) for hit in find_quantities(tokens, 2, 4, words(), nouns=noun)] == [
        (2, 4, 3)
    ]


ATOMS = sorted({word for table in (*TABLES, NO_COUNTS) for text, _ in rows(table) for word in text.split()})


@given(
    st.lists(st.sampled_from([*ATOMS, "(", ")", "-", "و", "ال", "من", "0", "007", "99", "1e5"])),
    st.sets(st.integers(0, 9)),
)
def test_any_row_of_words(parts: list[str], skip: set[int]) -> None:
    tokens = tokenise(normalise(" ".join(parts)))
    end = 0
    for hit in find_quantities(tokens, 0, len(tokens), words(), skip, noun):
        assert end <= hit.i < hit.j <= len(tokens)
        assert hit.i not in skip
        assert hit.noun is None or hit.i <= hit.noun < hit.j
        assert hit.min is not None or hit.max is not None
        assert hit.min is None or hit.max is None or hit.min <= hit.max
        end = hit.j


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    tokens = tokenise(normalise(text))
    find_quantities(tokens, 0, len(tokens), words(), nouns=noun)
