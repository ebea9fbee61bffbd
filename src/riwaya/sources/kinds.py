"""Reports in: the kinds of input, and which one a file is."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from riwaya.sources import (
    archive,
    feed,
    foreign,
    html,
    jsonl,
    mhtml,
    parquet,
    table,
    telegram,
    text,
    warc,
)
from riwaya.sources.received import Given, Input, Problem, Results

if TYPE_CHECKING:
    from riwaya.sources.fetch import Fetched, Limits

HEAD = 4096
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of input: what it is called, how it shows itself, and how it is read.

    ``shows`` says by the first bytes that an input is of this kind, ``fits`` by its name; what the bytes
    show goes before what the name says.
    """

    kind: str
    shows: Callable[[Input], bool]
    fits: Callable[[Input], bool]
    read: Callable[[Input, Given], Results]
    about: str


def never(source: Input) -> bool:
    """A kind that has no such sign."""
    return False


def read_archive(source: Input, given: Given) -> Results:
    """What is in an archive, each by its own kind."""
    for member in archive.members(source):
        if isinstance(member, Problem):
            yield member
        else:
            yield from read_one(member, given)


# In the order in which they are tried, first by their bytes, then by their names; text takes what is left.
SOURCES: tuple[Source, ...] = (
    Source(warc.KIND, warc.shows, warc.fits, warc.read, "WARC files of a crawl"),
    Source(
        archive.KIND, archive.shows, never, read_archive, "zip, tar, gzip and WACZ archives of any of these"
    ),
    Source(parquet.KIND, parquet.shows, never, parquet.read, "Parquet with the columns of JSON Lines"),
    Source(telegram.KIND, telegram.shows, never, telegram.read, "Telegram Desktop's export (result.json)"),
    Source(feed.KIND, feed.shows, feed.fits, feed.read, "RSS and Atom files"),
    Source(mhtml.KIND, mhtml.shows, mhtml.fits, mhtml.read, "web pages saved in one file (MHTML)"),
    Source(html.KIND, html.shows, html.fits, html.read, "saved web pages"),
    Source(
        jsonl.KIND,
        jsonl.shows,
        jsonl.fits,
        jsonl.read,
        "JSON Lines (or an array) with text, id, url, outlet, published, title",
    ),
    Source(table.KIND, table.shows, table.fits, table.read, "CSV and TSV with the columns of JSON Lines"),
    Source(foreign.KIND, foreign.shows, never, foreign.read, "pictures, PDF and the like: named, not read"),
    Source(text.KIND, never, text.fits, text.read, "plain text in UTF-8, UTF-16 or windows-1256"),
)


def reports(
    paths: Iterable[str | Path],
    given: Given | None = None,
    *,
    stdin: BinaryIO | None = None,
    limits: Limits | None = None,
) -> Results:
    """Every report in files, folders and addresses and, for ``-``, what comes through the pipe.

    An address is fetched within ``limits``; see ``fetch.py``.
    """
    given = given or Given()
    for path in paths:
        if str(path) == "-" and stdin is not None:
            yield from read_pipe(stdin, "stdin", given)
        elif isinstance(path, str) and ADDRESS.match(path):
            yield from read_address(path, given, limits)
        else:
            yield from read_path(Path(path), given)


def read_pipe(stream: BinaryIO, where: str, given: Given) -> Results:
    """What can be read only once: kept beside, so that it may be of any size."""
    with tempfile.TemporaryDirectory(prefix="riwaya-") as folder:
        aside = Path(folder) / "piped"
        with aside.open("wb") as out:
            shutil.copyfileobj(stream, out)
        with aside.open("rb") as again:
            source = Input(where, again.read(HEAD), path=aside, passing=True)
        yield from read_whole(source, given)


def read_address(url: str, given: Given, limits: Limits | None = None) -> Results:
    """What lies at an address, by its own kind."""
    from riwaya.sources.fetch import FetchError, Limits, fetch

    with tempfile.TemporaryDirectory(prefix="riwaya-") as folder:
        try:
            fetched = fetch(url, Path(folder) / "answer", limits or Limits())
        except FetchError as error:
            yield Problem(url, str(error))
            return
        if fetched.status != 200:
            yield Problem(url, f"the server answers {fetched.status}")
            return
        yield from read_whole(answered(url, fetched), given)


def answered(url: str, fetched: Fetched) -> Input:
    """An answer as an input."""
    with fetched.path.open("rb") as stream:
        head = stream.read(HEAD)
    return Input(
        url,
        head,
        path=fetched.path,
        address=fetched.url,
        media=fetched.media,
        charset=fetched.charset,
        passing=True,
    )


def read_path(path: Path, given: Given) -> Results:
    """A file, a pipe, or every file in a folder in the order of their names; hidden ones are passed over."""
    if path.is_dir():
        results = read_folder(path, given)
        yield next(results, Problem(str(path), "no files in this folder"))
        yield from results
        return
    try:
        with path.open("rb") as stream:
            if not path.is_file():
                yield from read_pipe(stream, str(path), given)
                return
            source = Input(str(path), stream.read(HEAD), path=path)
        yield from read_whole(source, given)
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        yield Problem(str(path), reason(error))


def read_folder(folder: Path, given: Given) -> Results:
    """Every file below a folder in a stable order; links to folders are not followed, oddities are named."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield Problem(str(folder), reason(error))
        return
    for entry in entries:
        if entry.name.startswith(".") or (entry.is_dir() and entry.is_symlink()):
            continue
        if entry.is_dir():
            yield from read_folder(entry, given)
        elif entry.exists() and not entry.is_file():
            yield Problem(str(entry), "a device or a pipe, not a file")
        else:
            yield from read_path(entry, given)


def read_whole(source: Input, given: Given) -> Results:
    """An input that is in nothing else; each report of it knows the file it came in."""
    for result in read_one(source, given):
        yield result if isinstance(result, Problem) else replace(result, file=source)


def read_one(source: Input, given: Given) -> Results:
    """An input by the first kind that it fits."""
    if not source.head:
        yield Problem(source.where, "empty: there is nothing to read")
        return
    yield from kind_of(source).read(source, given)


def kind_of(source: Input) -> Source:
    """The kind that an input shows itself to be, or is called."""
    if source.where.lower().endswith(warc.ENDINGS):  # packed, it looks like any gzip
        return SOURCES[0]
    for kind in SOURCES:
        if kind.shows(source):
            return kind
    return next(kind for kind in SOURCES if kind.fits(source))


def reason(error: OSError | ValueError) -> str:
    """What went wrong, in a few words."""
    words: dict[type, str] = {
        FileNotFoundError: "no such file or folder",
        PermissionError: "no permission to read it",
        IsADirectoryError: "a folder where a file was expected",
    }
    told = error.strerror if isinstance(error, OSError) else None
    return words.get(type(error)) or f"cannot be read: {told or error}"
