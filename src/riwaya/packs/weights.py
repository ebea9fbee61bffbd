"""What words weigh: numbers with their reasons, read once and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from riwaya.packs.schema import Keys, Many, Named, Number, Text, load_yaml
from riwaya.text.normalise import fold

FILE = Path(__file__).with_name("weights.yaml")
SECTIONS = tuple("prior origin interest speech doubt control link telling disputes record".split())
WEIGHT = Keys({"value": Number(), "why": Text()}, frozenset({"value", "why"}))
SHAPE = Keys(
    {**dict.fromkeys(SECTIONS, Named(WEIGHT)), "words": Named(Many(Text()))}, frozenset({*SECTIONS, "words"})
)


@dataclass(frozen=True, slots=True)
class Weights:
    """Each number by section and name, why it is what it is, and the words that change how a claim counts."""

    numbers: Mapping[str, Mapping[str, float]]
    reasons: Mapping[str, Mapping[str, str]]
    words: Mapping[str, tuple[str, ...]]

    def __call__(self, section: str, name: str) -> float:
        """One number."""
        return self.numbers[section][name]


@lru_cache(maxsize=2)
def load_weights(path: Path = FILE) -> Weights:
    """The weights of a file; raises PackError with file, line and key."""
    data = load_yaml(path, SHAPE)
    return Weights(
        numbers={s: {name: float(row["value"]) for name, row in data[s].items()} for s in SECTIONS},
        reasons={s: {name: row["why"] for name, row in data[s].items()} for s in SECTIONS},
        words={name: tuple(fold(word) for word in words) for name, words in data["words"].items()},
    )
