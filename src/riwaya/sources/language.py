"""Which language a text is in: a glance at its letters, and the classifier only where that leaves doubt."""

from __future__ import annotations

import re

GLANCE = 4000
ARABIC = re.compile("[\u0621-\u064a\u0671-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")
# Letters that Persian, Urdu, Kurdish, Uighur or Pashto write and Arabic does not. Persian yaa and kaf are
# left out: Arabic typed on a Persian keyboard has them too.
NEIGHBOURS = re.compile(
    "[\u067e\u0686\u0698\u06af\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2\u06d5\u06c6\u06ce]"
)


def language(text: str) -> str:
    """A two-letter code; ``ar`` where there are too few letters to tell."""
    sample = text[:GLANCE]
    letters = sum(char.isalpha() for char in sample)
    arabic = len(ARABIC.findall(sample))
    neighbours = len(NEIGHBOURS.findall(sample))
    if letters < 20 or (arabic > 0.3 * letters and neighbours < 0.01 * arabic):
        return "ar"
    return classified(sample)


def classified(sample: str) -> str:
    """What the language classifier says."""
    import py3langid

    return str(py3langid.classify(sample)[0])
