"""Bytes to text: an encoding is taken at its word, recognised where it says nothing, or refused.

The text itself is never changed: line ends, NULs and marks stay as they came.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

# The longer mark first: UTF-32's little-endian mark begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>|&#?\w+;", re.S | re.I)
CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class NotTextError(ValueError):
    """Bytes that are no text in any encoding we know; says what they seem to be."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was in, and how many bytes made no sense in it (shown as U+FFFD)."""

    text: str
    encoding: str
    damaged: int = 0


def decode(data: bytes, *, markup: bool = False, declared: str = "") -> Decoded:
    """The text in ``data``; with ``markup`` a charset that the page declares counts, after the server's."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return checked(data[len(mark) :], encoding)
    named = [encoding_of(declared), declared_charset(data) if markup else None]
    try:
        return checked(data, "utf-8", errors="strict")
    except UnicodeDecodeError as error:
        if wide := utf16_without_mark(data):
            return checked(data, wide)
        for encoding in filter(None, named):
            if encoding not in ("utf-8", "ascii") and not mistaken(data, encoding, markup):
                return checked(data, encoding)
        if mostly_utf8(data, error.start):
            return checked(data, "utf-8")
    if not is_arabic(data, markup):
        raise NotTextError("neither UTF-8 nor Arabic in windows-1256")
    return checked(data, "cp1256")


def is_arabic(data: bytes, markup: bool) -> bool:
    """Whether bytes are Arabic if they are windows-1256; of a page its words are looked at, not its tags."""
    text = data.decode("cp1256", "replace")
    if markup:
        text = MARKUP.sub(" ", text)
    return len(ARABIC.findall(text)) * 2 >= sum(char.isalpha() for char in text)


def mistaken(data: bytes, encoding: str, markup: bool) -> bool:
    """Whether a declared encoding is wrong: no place for bytes, or Latin where windows-1256 has Arabic."""
    if encoding == "cp1256":
        return False
    sample = data[:262_144]
    try:
        text = sample.decode(encoding, "replace")
    except (LookupError, ValueError):
        return True
    damaged = text.count("\ufffd") > len(text) // 500 + 4  # a cut sample ends in half a letter
    return (damaged or not ARABIC.search(text)) and is_arabic(sample, markup)


def checked(data: bytes, encoding: str, *, errors: str = "replace") -> Decoded:
    """Decode, and refuse what turns out to be no text."""
    text = data.decode(encoding, errors)
    if wide := utf16_without_mark(data) if encoding == "utf-8" else None:
        return checked(data, wide)
    sample = text[:65536]
    if len(CONTROL.findall(sample)) > max(8, len(sample) // 100):
        raise NotTextError("binary data, not text")
    return Decoded(text, encoding, text.count("\ufffd") - data.count(b"\xef\xbf\xbd"))


def declared_charset(data: bytes) -> str | None:
    """The charset a page names in its first bytes, where Python knows it."""
    found = CHARSET.search(data[:4096])
    return encoding_of(found[1].decode("ascii")) if found else None


def encoding_of(name: str) -> str | None:
    """Python's name for a text encoding; UTF-16 cannot be declared by a text that is read as bytes."""
    try:
        found = codecs.lookup(name.strip()) if name else None
    except (LookupError, ValueError):
        return None
    if found is None or not getattr(found, "_is_text_encoding", True) or found.name.startswith("utf-16"):
        return None
    return found.name


def utf16_without_mark(data: bytes) -> str | None:
    """Arabic or Latin in UTF-16 shows the high byte, 06 or 00, at every second place."""
    sample = data[:4096]
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if high and b"\0" in sample and sum(byte in (0, 6, 0x20) for byte in high) > 0.9 * len(high):
            return encoding
    return None


def mostly_utf8(data: bytes, first: int) -> bool:
    """A cut or scratched UTF-8 file rather than one in another encoding."""
    text = data.decode("utf-8", "replace")
    wide = sum(char > "\x7f" and char != "\ufffd" for char in text[: 65536 + first])
    return wide > 20 * text[: 65536 + first].count("\ufffd")
