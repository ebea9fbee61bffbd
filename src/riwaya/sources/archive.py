"""Zip (also WACZ), tar and gzip: what is in them, within limits, never under a name of their choosing."""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from riwaya.sources.received import Input, Problem

KIND = "archive"
GZIP, ZIP, EMPTY_ZIP, TAR = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", b"ustar"
HEAD = 4096
DEEPEST = 4  # archives within archives; a .tar.gz is two
MOST = 100_000  # members of one archive
LARGEST = 2 * 1024**3  # bytes of one member, unpacked
LARGEST_ALL = 8 * 1024**3  # bytes of all members of one archive
RATIO, RATIO_FROM = 200, 16 * 1024**2  # text shrinks to a fifth or a tenth; a bomb to a thousandth
CHUNK = 1024 * 1024


class BombError(ValueError):
    """An archive that would unpack to more than anybody means to read; says by how much."""


def shows(source: Input) -> bool:
    """By its first bytes."""
    return source.head.startswith((GZIP, ZIP, EMPTY_ZIP)) or source.head[257:262] == TAR


def members(source: Input) -> Iterator[Input | Problem]:
    """Everything in an archive, one after the other; each can be read until the next is asked for."""
    if source.depth >= DEEPEST:
        yield Problem(source.where, f"more than {DEEPEST} archives within one another; not opened")
        return
    with tempfile.TemporaryDirectory(prefix="riwaya-") as folder:
        aside = Path(folder) / "member"
        if source.head.startswith(GZIP):
            yield from gzipped(source, aside)
        elif source.head[257:262] == TAR:
            yield from tarred(source, aside)
        else:
            yield from zipped(source, aside)


def gzipped(source: Input, aside: Path) -> Iterator[Input | Problem]:
    """The one thing in a gzip file, under the file's name without its ending."""
    where = source.where
    for ending, whole in ((".tgz", ".tar"), (".gz", "")):
        if where.lower().endswith(ending):
            where = where[: -len(ending)] + whole
            break
    else:
        where += "!"
    try:
        size = source.path.stat().st_size if source.path else len(source.data)
        with source.open() as packed, gzip.GzipFile(fileobj=packed) as stream:
            unpack(stream, aside, size, LARGEST)  # type: ignore[arg-type]
    except BombError as error:
        yield Problem(source.where, f"{error}; not read")
    except (OSError, EOFError, zlib.error) as error:
        yield Problem(source.where, f"damaged gzip: {error}", "fetch it again")
    else:
        yield unpacked(where, aside, source)


def tarred(source: Input, aside: Path) -> Iterator[Input | Problem]:
    """The plain files in a tar, in its order; links and devices are not followed."""
    left = LARGEST_ALL
    try:
        with source.open() as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
            for number, member in enumerate(archive):
                where = f"{source.where}!{shown(member.name)}"
                if number >= MOST:
                    yield Problem(source.where, f"more than {MOST} files in it; the rest is not read")
                    return
                if member.isdir() or hidden(member.name):
                    continue
                packed = archive.extractfile(member) if member.isfile() else None
                if packed is None:
                    yield Problem(where, "a link or a device; not followed")
                    continue
                with problems(where) as found:
                    left -= unpack(packed, aside, member.size, min(left, LARGEST))  # type: ignore[arg-type]
                yield found[0] if found else unpacked(where, aside, source)
                if left <= 0:
                    yield Problem(source.where, f"more than {LARGEST_ALL // 2**30} GB in it; stopped there")
                    return
    except (tarfile.TarError, OSError, EOFError, ValueError, OverflowError) as error:
        yield Problem(source.where, f"damaged tar: {error}", "fetch it again")


def zipped(source: Input, aside: Path) -> Iterator[Input | Problem]:
    """The files in a zip, in its order; hidden ones and a Mac's notes are passed over."""
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as archive:
            if "[Content_Types].xml" in archive.namelist():
                yield Problem(source.where, "an Office file; not read", "save it as text, a page or CSV")
                return
            left = LARGEST_ALL
            members = wanted(archive)
            if not members:
                yield Problem(source.where, "an archive without files: there is nothing to read")
            for number, member in enumerate(members):
                where = f"{source.where}!{shown(member.filename)}"
                if number >= MOST:
                    yield Problem(source.where, f"more than {MOST} files in it; the rest is not read")
                    return
                with problems(where) as found:
                    left -= take(archive, member, aside, left)
                yield found[0] if found else unpacked(where, aside, source)
                if left <= 0:
                    yield Problem(source.where, f"more than {LARGEST_ALL // 2**30} GB in it; stopped there")
                    return
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        yield Problem(source.where, f"damaged zip: {error}", "fetch it again")


def wanted(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members that may hold reports; of a WACZ, the crawl in it."""
    names = {member.filename for member in archive.infolist()}
    crawl = "datapackage.json" in names and any(name.startswith("archive/") for name in names)
    found = []
    for member in archive.infolist():
        if (
            member.is_dir()
            or hidden(member.filename)
            or (crawl and not member.filename.startswith("archive/"))
        ):
            continue
        found.append(member)
    return found


def hidden(name: str) -> bool:
    """Whether a member is a hidden file or a Mac's notes."""
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in parts)


def shown(name: str) -> str:
    """A member's name on one line: it is the archive's word, and may be anything."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)[:500]


def take(archive: zipfile.ZipFile, member: zipfile.ZipInfo, aside: Path, left: int) -> int:
    """Unpack one member beside; says how large it is."""
    if member.flag_bits & 1:
        raise BombError("locked with a password")
    with archive.open(member) as stream:
        return unpack(stream, aside, member.compress_size, min(left, LARGEST))  # type: ignore[arg-type]


def unpack(stream: BinaryIO, aside: Path, packed: int, limit: int) -> int:
    """Copy what a stream gives until it gives too much, whatever the archive says of its size."""
    size = 0
    with aside.open("wb") as out:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise BombError(f"unpacks to more than {limit // 2**20} MB")
            if size > RATIO_FROM and size > RATIO * max(packed, 1):
                raise BombError(f"unpacks to more than {RATIO} times its size")
            out.write(chunk)
    return size


@contextmanager
def problems(where: str) -> Iterator[list[Problem]]:
    """Collect what is wrong with one member, so that the others are read."""
    found: list[Problem] = []
    try:
        yield found
    except BombError as error:
        found.append(Problem(where, f"{error}; not read"))
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, RuntimeError, NotImplementedError) as error:
        found.append(Problem(where, f"damaged in its archive: {error}"))


def unpacked(where: str, aside: Path, source: Input) -> Input:
    """A member as an input of its own."""
    with aside.open("rb") as stream:
        return Input(where, stream.read(HEAD), path=aside, depth=source.depth + 1)
