"""What a source hands over: a report as it came in, or a problem in words a person can act on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from riwaya.model import Report


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
        return f"{self.where}: {self.what}" + (f" ({self.hint})" if self.hint else "")


Result = Received | Problem


@dataclass(frozen=True, slots=True)
class Given:
    """What the person said about all reports of an input; a report's own word goes before it."""

    published: datetime | None = None
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A named run of bytes: a file, or what came through a pipe; ``depth`` counts the archives around it."""

    where: str
    head: bytes
    path: Path | None = None
    data: bytes = b""
    depth: int = 0

    @property
    def suffix(self) -> str:
        """The ending of the name, in lower case: ``.html``."""
        return Path(self.where).suffix.lower()

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
