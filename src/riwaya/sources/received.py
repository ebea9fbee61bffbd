"""What a source hands over: a report as it came in, or a problem in words a person can act on."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from riwaya.model import Report

LONGEST = 300  # characters of what is told about one problem


@dataclass(frozen=True, slots=True)
class Received:
    """A report and the facts of its custody: the bytes it came as, their hash and size, and from where.

    ``dated`` says what gave the day of publication (``JSON-LD``, ``address``, ``dateline: …``); empty
    where there is none.  ``raw`` are the bytes of the record; ``file`` is the file that it came in, whole:
    the outermost, of an archive.
    """

    report: Report
    where: str
    kind: str
    sha256: str
    size: int
    dated: str = ""
    raw: bytes = field(default=b"", repr=False, compare=False)
    file: Input | None = field(default=None, compare=False, repr=False)


def on_one_line(words: str, longest: int) -> str:
    """Words of a file or a library's, fit for a terminal: one line, no control characters, not endless."""
    line = "".join(char if char.isprintable() else " " for char in words[: longest + 1])
    return line if len(words) <= longest else line[:longest] + "…"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was not taken as it should be: where, what is wrong, and what to do about it.

    ``lost`` is False for a remark about something that was read all the same.
    """

    where: str
    what: str
    hint: str = ""
    lost: bool = True

    def __str__(self) -> str:
        said = f"{on_one_line(self.where, 500)}: {on_one_line(self.what, LONGEST)}"
        return said + (f" ({self.hint})" if self.hint else "")


Result = Received | Problem

OPENING = 2048
WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What servers call the kinds of input. Types that say nothing (octet-stream, plain text, XML) are left to the
# name and the first bytes.
MEDIA_ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/rdf+xml": ".rss",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What the person said about all reports of an input; a report's own word goes before it."""

    published: datetime | None = None
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A named run of bytes: a file, a member of an archive, an answer, what came through a pipe.

    ``depth`` counts the archives around it; ``address``, ``media`` and ``charset`` are what a server said
    of it: where it lies, its content type, its encoding.  ``passing`` says that its file is gone once it is
    read.
    """

    where: str
    head: bytes
    path: Path | None = None
    data: bytes = b""
    depth: int = 0
    address: str = ""
    media: str = ""
    charset: str = ""
    passing: bool = False

    @property
    def suffix(self) -> str:
        """The ending that says what it is, in lower case: of the name, or for the content type."""
        if self.address:
            return MEDIA_ENDINGS.get(self.media) or Path(urlsplit(self.address).path).suffix.lower()
        return Path(self.where).suffix.lower()

    @property
    def opening(self) -> str:
        """How it begins, in lower case, without marks and white space, whatever its encoding."""
        head = self.head[:OPENING]
        for mark, encoding in WIDE:
            if head.startswith(mark):
                head = head[: len(head) // 4 * 4]
                return head.decode(encoding, "replace").lstrip("\ufeff \t\r\n\0").lower()
        if head[1:2] == b"\0" and head[:1] not in (b"", b"\0"):
            return head.decode("utf-16-le", "replace").lstrip().lower()
        if head[:1] == b"\0" and head[1:2] not in (b"", b"\0"):
            return head.decode("utf-16-be", "replace").lstrip().lower()
        return head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n").lower()

    def open(self) -> AbstractContextManager[BinaryIO]:
        """The bytes from the beginning."""
        return self.path.open("rb") if self.path else BytesIO(self.data)

    def bytes(self) -> bytes:
        """All of the bytes at once."""
        with self.open() as stream:
            return stream.read()


def receive(report: Report, raw: bytes, where: str, kind: str, dated: str = "") -> Received:
    """A report with the custody facts of the bytes it came as."""
    return Received(report, where, kind, hashlib.sha256(raw).hexdigest(), len(raw), dated, raw)


Results = Iterator[Result]
