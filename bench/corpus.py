"""Varied reports by the thousand: the demo's sentences with their places exchanged; the same every time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from riwaya.demo.show import REPORTS
from riwaya.model import Report
from riwaya.packs.pack import load_packs

# Sentences that say nothing of the kind we read: most of a newspaper.
QUIET = (
    "وقال الوزير في مؤتمر صحفي إن الموازنة الجديدة ستعرض على البرلمان قبل نهاية العام.",
    "وارتفعت أسعار الخضار في الأسواق خلال الأسبوع الماضي بسبب موجة البرد التي ضربت المنطقة.",
    "وتعد المدينة من أقدم المدن المأهولة في المنطقة وتشتهر بأسواقها القديمة وصناعاتها اليدوية.",
    "ومن المقرر أن تبدأ الامتحانات النهائية في الجامعات مطلع الشهر المقبل وفق التقويم المعتمد.",
    "وأوضح الخبير أن تراجع منسوب المياه في السدود يعود إلى قلة الأمطار خلال العامين الماضيين.",
    "وفاز الفريق على ضيفه بثلاثة أهداف مقابل هدف في مباراة أقيمت على ملعبه أمام جمهور كبير.",
)
SWAPPED = (
    "حلب",
    "حمص",
    "حماة",
    "دمشق",
    "درعا",
    "منبج",
    "الرستن",
    "تلبيسة",
    "سراقب",
    "دير الزور",
    "الرقة",
    "داريا",
)
WORDS = 300


def sentences() -> list[str]:
    """Every sentence of the bundled reports."""
    rows = [json.loads(line) for line in REPORTS.read_text("utf-8").splitlines()]
    return [line for row in rows for line in row["text"].splitlines() if line]


def place_names() -> list[str]:
    """Names of Syrian towns to put in the place of others."""
    return sorted(
        place.name_ar for place in load_packs().places if place.country == "sy" and place.level == "place"
    )


def texts(words: int = WORDS, seed: int = 8) -> Iterator[str]:
    """Endless texts of about so many words."""
    chance = random.Random(seed)
    known, names = sentences(), place_names()
    while True:
        lines: list[str] = []
        count = 0
        while count < words:
            line = (
                chance.choice(QUIET)
                if chance.random() < 0.35
                else swapped(chance.choice(known), names, chance)
            )
            lines.append(line)
            count += len(line.split())
        yield "\n".join(lines)


def swapped(line: str, names: list[str], chance: random.Random) -> str:
    """A sentence with its places exchanged."""
    for name in SWAPPED:
        if name in line:
            line = line.replace(name, chance.choice(names))
    return line


def reports(count: int) -> list[Report]:
    """So many reports of ten days."""
    start = datetime(2024, 11, 28)
    return [
        Report(text, outlet=f"outlet {n % 40}", published=start + timedelta(minutes=7 * n))
        for n, text in enumerate(islice(texts(), count))
    ]
