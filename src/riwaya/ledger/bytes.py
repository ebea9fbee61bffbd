"""The bytes that reports came as: each file kept once beside the ledger, under the hash of what is in it.

A file lies at ``<first two digits>/<SHA-256>.gz``, so that it can be found and checked without Riwaya:
``zcat FILE | sha256sum`` prints its name.  It is there, and on the disk, before a report of it is
acknowledged.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Protocol
from uuid import uuid4

from riwaya.ledger.errors import LedgerError

FOLDER = "RIWAYA_BYTES"  # names the folder; needed where the ledger is no file
ANSWER = ("address", "media", "charset")
CHUNK = 1024 * 1024
PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"\x28\xb5\x2f\xfd")  # gzip, zip, Parquet, zstd


class ChangedError(OSError):
    """A file that is not what it was a moment ago."""


class Opens(Protocol):
    """An input as sources hand it over: its name, the file it is where it is one, and its bytes."""

    @property
    def where(self) -> str:
        """What to call it."""

    @property
    def path(self) -> Path | None:
        """The file, unless the bytes came some other way."""

    @property
    def passing(self) -> bool:
        """Whether the file is gone once it is read."""

    @property
    def address(self) -> str:
        """Where a server says that it lies; empty where it came from none."""

    @property
    def media(self) -> str:
        """The content type that a server gave."""

    @property
    def charset(self) -> str:
        """The encoding that a server gave."""

    def open(self) -> AbstractContextManager[BinaryIO]:
        """The bytes from the beginning."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as received: its bytes' hash and size, its name, and where it was left if it was not kept."""

    sha256: str
    size: int
    name: str
    answer: str = ""
    left_at: str = ""


class ByteStore:
    """A folder of files by their hashes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the bytes of that hash lie, if they are here."""
        return self.folder / sha256[:2] / f"{sha256}.gz"

    def has(self, sha256: str) -> bool:
        """Whether they are here."""
        return self.path(sha256).is_file()

    @contextmanager
    def open(self, sha256: str) -> Iterator[BinaryIO]:
        """The bytes from the beginning; raises OSError (or EOFError, zlib.error) where they are damaged."""
        with gzip.open(self.path(sha256), "rb") as stream:
            yield stream  # type: ignore[misc]

    def keep(self, stream: IO[bytes], sha256: str, where: str = "") -> None:
        """Keep what a stream gives, whole and on the disk or not at all.

        Raises ``ChangedError`` where it does not give the bytes of that hash, ``LedgerError`` where the
        folder cannot be written.
        """
        if self.has(sha256):
            return
        target = self.path(sha256)
        with self._spoken():
            target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{uuid4().hex}.part")
        try:
            with self._spoken(), aside.open("xb") as out:
                found = pack(stream, out)
                out.flush()
                os.fsync(out.fileno())
            if found != sha256:
                raise ChangedError(f"{where or 'a file'} changed while it was read")
            with self._spoken():
                aside.replace(target)
                settle(target.parent)
                settle(self.folder)
        finally:
            aside.unlink(missing_ok=True)

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = error.strerror or str(error)
            raise LedgerError(
                f"{self.folder}: bytes cannot be kept: {why}", "make room, or add with --no-keep-bytes"
            ) from error


class Files:
    """The files that reports come in, one after the other: each is hashed, and kept, once."""

    def __init__(self, store: ByteStore | None) -> None:
        self.store = store
        self._last: tuple[Opens, File] | None = None

    def file(self, source: Opens) -> File:
        """The facts of a file, which is kept by now if files are."""
        if self._last and self._last[0] is source:
            return self._last[1]
        with source.open() as stream:
            sha256, size = digest(stream)
        if self.store and not self.store.has(sha256):
            with source.open() as stream:
                self.store.keep(stream, sha256, source.where)
        stays = source.path and not source.passing
        left = str(source.path.absolute()) if source.path and stays and not self.store else ""
        found = File(sha256, size, source.where, answer_of(source), left)
        self._last = (source, found)
        return found


def store_of(address: str | Path) -> ByteStore | None:
    """Where the bytes of a ledger lie: as ``$RIWAYA_BYTES`` says, or beside its file; None for a server."""
    if said := os.environ.get(FOLDER):
        return ByteStore(Path(said))
    text = str(address)
    if text.startswith("sqlite:"):
        text = text.removeprefix("sqlite:///")
    return None if "://" in text or text in ("", ":memory:") else ByteStore(Path(f"{text}.bytes"))


def answer_of(source: Opens) -> str:
    """What a server said of a file, as JSON; empty where no server did."""
    said = {name: getattr(source, name) for name in ANSWER}
    return json.dumps(said, ensure_ascii=False, sort_keys=True) if any(said.values()) else ""


def digest(stream: BinaryIO) -> tuple[str, int]:
    """The SHA-256 and the size of what a stream gives."""
    found, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        found.update(chunk)
        size += len(chunk)
    return found.hexdigest(), size


def pack(stream: IO[bytes], out: IO[bytes]) -> str:
    """Compress a stream (what is compressed already only in name); gives the SHA-256 of what it gave."""
    found = hashlib.sha256()
    chunk = stream.read(CHUNK)
    level = 0 if chunk.startswith(PACKED) else 6
    with gzip.GzipFile(filename="", mode="wb", compresslevel=level, fileobj=out, mtime=0) as packed:
        while chunk:
            found.update(chunk)
            packed.write(chunk)
            chunk = stream.read(CHUNK)
    return found.hexdigest()


def settle(folder: Path) -> None:
    """Have a folder's new names on the disk, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    except OSError:
        pass  # some network disks refuse; the file itself is there
    finally:
        os.close(handle)
