"""What is no text and cannot become one here: named for what it is, with what to do about it."""

from __future__ import annotations

from riwaya.sources.received import Given, Input, Problem, Results

KIND = "foreign"
TEXT_OF_IT = "save its text and add that"
PICTURE = "a picture has no text to read"
UNPACK = "unpack it and add the folder"
# How they begin, where, what they are, and what helps.
MAGIC: tuple[tuple[bytes, int, str, str], ...] = (
    (b"%PDF", 0, "a PDF", TEXT_OF_IT),
    (b"{\\rtf", 0, "an RTF document", TEXT_OF_IT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "an older Office file", TEXT_OF_IT),
    (b"\x89PNG\r\n", 0, "a PNG picture", PICTURE),
    (b"\xff\xd8\xff", 0, "a JPEG picture", PICTURE),
    (b"GIF8", 0, "a GIF picture", PICTURE),
    (b"WEBP", 8, "a WebP picture", PICTURE),
    (b"ftyp", 4, "a video", "a video has no text to read"),
    (b"\x1aE\xdf\xa3", 0, "a video", "a video has no text to read"),
    (b"ID3", 0, "a sound recording", "a recording has no text to read"),
    (b"OggS", 0, "a sound recording", "a recording has no text to read"),
    (b"RIFF", 0, "a sound recording or a video", "it has no text to read"),
    (b"7z\xbc\xaf\x27\x1c", 0, "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", 0, "a RAR archive", UNPACK),
    (b"BZh", 0, "a bzip2 file", UNPACK),
    (b"\xfd7zXZ\0", 0, "an xz file", UNPACK),
    (b"\x28\xb5\x2f\xfd", 0, "a zstd file", UNPACK),
    (b"SQLite format 3\0", 0, "a database", "a ledger of riwaya's is opened with --ledger"),
    (b"\x7fELF", 0, "a program", ""),
    (b"MZ\x90\0", 0, "a program", ""),
)


def shows(source: Input) -> bool:
    """By its first bytes."""
    return named(source.head) is not None


def read(source: Input, given: Given) -> Results:
    """Only its name."""
    what, hint = named(source.head) or ("no text", "")
    yield Problem(source.where, f"{what}; not read", hint)


def named(head: bytes) -> tuple[str, str] | None:
    """What a file is by its first bytes, and what helps."""
    for magic, at, what, hint in MAGIC:
        if head[at : at + len(magic)] == magic:
            return what, hint
    return None
