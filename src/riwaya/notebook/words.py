"""In which words a notebook speaks: a language, and the neutral names that the packs give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "ar")


@cache
def said(language: str) -> Mapping[str, str]:
    """The words of a language."""
    import yaml

    return dict(yaml.safe_load(Path(__file__).with_name("words.yaml").read_text("utf-8"))[language])


@dataclass(frozen=True, slots=True)
class Words:
    """A language, with names of actors and places by their ids, and of claim types."""

    language: str = "en"
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"{self.language!r} is not one of {', '.join(LANGUAGES)}")

    def __getitem__(self, key: str) -> str:
        """A word; one that nobody translated stays as it is."""
        return said(self.language).get(key, key)

    def name(self, id: str, else_: str = "") -> str:
        """The neutral name of an actor, a source or a place."""
        ar, en = self.labels.get(id, ("", ""))
        return (ar if self.language == "ar" else en) or else_ or id

    def voice(self, id: str) -> str:
        """An origin: by its neutral name, or by the words in an id such as ``unnamed:the words:outlet:…``."""
        kind, colon, rest = id.partition(":")
        return self.name(rest.partition(":")[0]) if colon else self.name(kind)

    def named(self, mention: Mapping[str, Any]) -> str:
        """What to call whom a mention means."""
        own = str(mention.get(f"label_{self.language}") or "")
        return own or self.name(str(mention.get("id") or ""), str(mention.get("name") or ""))

    def type(self, id: str) -> str:
        """A claim type."""
        return str(self.types.get(id, {}).get(self.language) or id)
