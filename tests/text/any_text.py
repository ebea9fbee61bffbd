"""Texts of everything a str may hold, with the characters that matter here coming up often."""

from __future__ import annotations

from hypothesis import strategies as st

from riwaya.text.normalise import COMPATIBLE, DIGITS, INVISIBLE, LETTERS, MARKS, TATWEEL

SPECIAL = sorted(
    COMPATIBLE | INVISIBLE | MARKS | LETTERS.keys() | DIGITS.keys() | set(TATWEEL + " \r\n.,*،٫٬")
)
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from(SPECIAL),
        st.sampled_from("ابتسلمنقe12 \x00\ud83d"),
        st.sampled_from('\n\n  .؟…:،"“”«»()-–_#@/🔴'),
        st.characters(exclude_categories=()),
    ),
    max_size=40,
)
