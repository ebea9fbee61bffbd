"""The laws that hold for any text whatever, tried on the whole reader."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riwaya.claims import READERS
from riwaya.demo.show import REPORTS
from riwaya.model import Claim, Report
from riwaya.packs.pack import load_packs

PUBLISHED = datetime(2024, 12, 8)


@cache
def sentences() -> list[str]:
    rows = [json.loads(line) for line in REPORTS.read_text("utf-8").splitlines()]
    return [line for row in rows for line in row["text"].splitlines()]


# Letters, marks and signs that Arabic news is written with, and a few it should not be.
LETTERS = "ابتسيطرعلىحمصةهوفقلمنأإآٱىئؤء ـًُِّْﷲﻻ"
SIGNS = '،؛؟.:«»"()-–…\n\r\t٠١٢٣۴۵1234567890%/#@aZ\u200c\u200f\u2067\ufeff\0\ud800🔴'
ARABIC = st.text(st.sampled_from(LETTERS + SIGNS))
# True sentences, cut, joined and damaged.
NEWS = st.lists(
    st.one_of(st.deferred(lambda: st.sampled_from(sentences())), st.text(max_size=8), ARABIC),
    min_size=1,
    max_size=6,
).map(lambda parts: "".join(parts))


packs = cache(load_packs)


def read(text: str) -> list[Claim]:
    report = Report(text or " ", published=PUBLISHED)
    return [claim for reader in READERS for claim in reader.read(report, packs())]


def check(text: str) -> None:
    text = text or " "
    claims = read(text)
    for claim in claims:
        assert claim.trigger_text == claim.trigger.of(text) != ""
        assert claim.evidence_text == claim.evidence.of(text)
        assert claim.evidence.covers(claim.trigger)
        for mention in (*claim.actor, *claim.target, *claim.place, *claim.toward, *claim.chain):
            assert text[mention.start : mention.end] == mention.name != ""
        for words in filter(None, (claim.time, claim.quantity)):
            assert text[words.start : words.end] == words.text != ""
        if claim.when:
            assert claim.when[0] <= claim.when[1]
        json.loads(json.dumps(claim.to_json(why=True)))
    ids = [claim.id for claim in claims]
    assert len(ids) == len(set(ids))
    assert ids == [claim.id for claim in read(text)]


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), ARABIC))
def test_any_text_can_be_read(text: str) -> None:
    check(text)


@settings(max_examples=400, deadline=None)
@given(NEWS, st.integers(0, 400), st.integers(0, 400))
def test_damaged_news_can_be_read(text: str, start: int, end: int) -> None:
    check(text)
    check(text[start : len(text) - end])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "\ud800",
        "سيطر" * 5000,
        "و" * 20000,
        "(" * 5000,
        "«" * 5000 + "سيطرت القوات على حمص",
        "ـ" * 20000,
        "سيطرت القوات على " + "حمص و" * 2000,
        "\n" * 20000,
        "١" * 20000,
        "قال إن " * 3000,
        "\u202e\u2066سيطرت القوات على حمص",
        "س\u0651\u064f" * 5000,
    ],
)
def test_extremes_can_be_read(text: str) -> None:
    check(text)


def test_what_stands_around_a_sentence_does_not_move_its_offsets() -> None:
    for sentence in sentences():
        for claim in read(f"\u200f{sentence}\r\n\r\n"):
            assert claim.trigger_text in sentence
