from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from any_text import TEXTS
from hypothesis import given

import riwaya.packs
from riwaya.text.normalise import fold, normalise
from riwaya.text.segment import Layout, build_furniture, segment
from riwaya.text.tokens import tokenise

LISTS = yaml.safe_load((Path(riwaya.packs.__file__).parent / "ar" / "furniture.yaml").read_text("utf-8"))
FURNITURE = build_furniture(LISTS)


def layout(text: str) -> Layout:
    normalised = normalise(text)
    return segment(text, normalised, tokenise(normalised), FURNITURE)


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in layout(text).sentences]


def kinds(text: str) -> str:
    """One letter a sentence: h, b or f."""
    return "".join(s.kind[0] for s in layout(text).sentences)


def quotes(text: str) -> list[str]:
    found = layout(text)
    return [text[found.tokens[i].start : found.tokens[j - 1].end] for i, j in found.quotes]


@pytest.mark.parametrize(
    "marked",  # a bar where one sentence ends and the next begins
    [
        "دخلت القوات البلدة.| ثم خرجت منها!| لماذا؟| لا أحد يعلم…| ربما...| انتهى",
        "قتل 12.5 في المئة من القطيع.| وبقي 3.",
        "زار د. سامر وم. رامي المشفى.| وغادرا",
        "حدث ذلك عام 2011 م.| ثم توقف",
        "قالت أ.ف.ب إن المعبر أغلق؛ ولم تعلق السلطات؛ كالعادة.",
        "قال: «انسحبنا.»| ثم صمت",
        "قال “لن نعود.” |ثم صمت",
        "قال: «انسحبنا.| وسنعود».| وهذا كل شيء",
        "سأل «أين الجيش؟»| ثم مضى",
        "يقولون إنهم (ثوار!) وإنهم (؟) كثر.",
        "دخلوا أجزاء منها .| وتراجعوا",
        "مسألة وقت. “| وأضاف",
        "سقطت البلدة.|وقال الأهالي إنهم بخير",  # a forgotten space
        "1. سقوط البلدة القديمة",
        "وصل العدد إلى 300.| وقال",
        "تقدموا.. ثم تراجعوا",
        "ماذا يبقى للمدينة؟ (تحليل)",
        "ماذا يبقى للمدينة؟| (وكالات)",
        "سطر أول بلا نقطة\n|سطر ثان",
        "سطر أول\r\n|سطر ثان\r|سطر ثالث\u2028|سطر رابع",
    ],
)
def test_sentences_end(marked: str) -> None:
    expected = [part.strip() for part in marked.split("|")]
    assert sentences(marked.replace("|", "")) == expected


LONG = "وقال " + "كلمة " * 25 + "أخيرة"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("سقوط البلدة بيد الفصائل\nسقطت البلدة بيد الفصائل أمس.", "hb"),
        ("هل سقطت البلدة؟\nسقطت البلدة أمس.", "hb"),
        (f"{LONG}\n{LONG}.", "bb"),
        ("1- سقوط البلدة\n2- هل يعود الجيش؟ (تحليل)\n10) نزوح الأهالي", "hhh"),
        ("14:05 – قصف على البلدة\n13:40 – نزوح الأهالي", "bb"),
        ("🔴 قصف على البلدة\n📌 نزوح الأهالي\n• قتيل\n- جريح", "bbbb"),
        ("وجاء في البيان:\nأولا،\nتم...", "bbb"),
        ("انسحب الجيش. ودخلت الفصائل", "bb"),
        ("ماذا بعد؟ أسئلة المعركة", "hh"),
        ("بيان «النصر»\nانتصرنا.", "hb"),
        ("", ""),
        (" \n\t\n", ""),
    ],
)
def test_headlines(text: str, expected: str) -> None:
    assert kinds(text) == expected


BODY = "سقطت البلدة بيد الفصائل أمس."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{BODY}\nتعليقات الزوار\nلا تعليقات", "bff"),
        (f"{BODY}\nالتعليقات (3)\nسمير: سقطت البلدة وانتهى الأمر.", "bff"),
        (f"التعليقات\n{BODY}", "fb"),  # a menu above the report is no end of it
        (f"{BODY}\nاقرأ أيضًا: سقوط بلدة أخرى\n{BODY}", "bfb"),
        (f"{BODY}\nاقرأ أيضاً\nسقوط بلدة أخرى\nهجوم على ثالثة\n{BODY}", "bfffb"),
        (f"{BODY}\nمواضيع ذات صلة:\n\nسقوط بلدة أخرى\n\nعنوان فرعي\n{BODY}", "bffhb"),
        (f"{BODY} للمزيد من التفاصيل اضغط هنا", "bf"),
        (f"{BODY} (يتبع)", "bf"),
        (f"المصدر: الجزيرة\n{BODY}", "fb"),
        (f"{BODY}\nالمصدر : وكالات", "bf"),
        ("المصدر نفى سقوط البلدة.", "b"),
        ("وكالات\n(أ ف ب)\nرويترز + وكالات", "fff"),
        ("وكالات الإغاثة تنسحب", "h"),
        ("(صورة: أرشيف)\nصور: غارة على المدينة", "fh"),
        ("السبت 7 ديسمبر/كانون الأول 2024 - 14:05", "f"),
        ("٢٠٢٤/١٢/٠٧", "f"),
        ("السبت 7 ديسمبر: سقوط البلدة", "h"),
        ("رابط الخبر: https://example.org/1\nhttps://example.org\n@war_room t.me/war/1", "fff"),
        ("— — —\n…\n🔴🔴", "fff"),
        ("تابعونا على تلغرام", "f"),
        ("تابعنا تقدم القوات أمس.", "b"),
        ("جميع الحقوق محفوظة © 2024", "f"),
    ],
)
def test_furniture(text: str, expected: str) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('قال: «نعم» ثم “لا” ثم "ربما".', ["نعم", "لا", "ربما"]),
        ("قال ”نعم“ وعناصر بـ”الشبيحة” وبـ“الثوار”", ["نعم", "الشبيحة", "الثوار"]),
        ("قال »نعم« ومضى", ["نعم"]),
        ("قال “ نعم “ ومضى", ["نعم"]),
        ("قال « نعم » ومضى", ["نعم"]),
        ("إنها “مسألة وقت “.", ["مسألة وقت"]),
        ("قال “…نعم… ثم لا”", ["…نعم… ثم لا"]),
        ('قال “نعم" ومضى', ["نعم"]),
        ("احتفل عناصر الفصائل”.", []),  # a mark that closes what nobody opened
        ('قال: «سمعت "نعم" أمس» ومضى', ['سمعت "نعم" أمس', "نعم"]),
        ("قال “سمعت «نعم» أمس” ومضى", ["سمعت «نعم» أمس", "نعم"]),
        ('قال:"نعم"، ثم مضى', ["نعم"]),
        ("قال: «نعم. وسنعود\nثم مضى «أمس» وعاد", ["نعم. وسنعود", "أمس"]),
        ("قال: «نعم.\nوسنعود» ثم مضى", ["نعم.\nوسنعود"]),
        ("قال: «نعم.\n\nوسنعود» ثم مضى", ["نعم."]),
        ("قال: «نعم", ["نعم"]),
        ("«»", []),
    ],
)
def test_quotations(text: str, expected: list[str]) -> None:
    assert quotes(text) == expected


def test_lines_and_blocks_are_counted_as_they_stand() -> None:
    text = "\nأول.\nثان. ثالث.\n  \nـــــ\nرابع.\r\n\r\nخامس."
    assert [(s.line, s.para) for s in layout(text).sentences] == [(1, 0), (2, 0), (2, 0), (5, 1), (7, 2)]


@given(TEXTS)
def test_sentences_share_out_the_tokens(text: str) -> None:
    found = layout(text)
    assert [k for s in found.sentences for k in range(s.i, s.j)] == list(range(len(found.tokens)))
    for s in found.sentences:
        assert s.start == found.tokens[s.i].start
        assert s.end == found.tokens[s.j - 1].end
        assert not set("\r\n\v\f\x85\u2028\u2029") & set(text[s.start : s.end])
    assert [s.line for s in found.sentences] == sorted(s.line for s in found.sentences)


@given(TEXTS)
def test_quotations_lie_within_blocks_and_nest(text: str) -> None:
    found = layout(text)
    block = {k: s.para for s in found.sentences for k in range(s.i, s.j)}
    for i, j in found.quotes:
        assert 0 < i < j <= len(found.tokens)
        assert block[i - 1] == block[j - 1]
    for n, (_, end) in enumerate(found.quotes):
        for i, j in found.quotes[n + 1 :]:
            assert j <= end or i >= end


@pytest.mark.parametrize("role", ["whole", "opening", "heading", "rest"])
def test_every_piece_of_furniture_is_known_once(role: str) -> None:
    words = LISTS[role]
    assert len({fold(entry) for entry in words}) == len(words)
    for entry in words:
        assert kinds(f"{entry} {'كذا' if role == 'opening' else ''}") == "f", entry


def test_a_misspelt_list_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown key 'headings'"):
        build_furniture({"headings": ["اقرأ أيضا"]})


def test_lists_hold_words() -> None:
    assert LISTS.keys() == {"whole", "opening", "heading", "rest", "dates", "credits"}
    for words in LISTS.values():
        assert all(isinstance(entry, str) and entry for entry in words)
    for entry in LISTS["dates"] + LISTS["credits"]:
        assert len(tokenise(normalise(entry))) == 1, entry


@pytest.mark.parametrize("unit", ["نعم. ", "« ", '"ا ', "(.", "1. ", ",\n", "\n", "«ا\n", ". "])
def test_one_long_text_takes_linear_time(unit: str) -> None:
    assert layout(unit * 20_000).tokens is not None
