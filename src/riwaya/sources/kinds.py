"""Reports in: the kinds of input, and which one a file is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from riwaya.sources import archive, feed, html, jsonl, parquet, table, telegram, text, warc
from riwaya.sources.received import Given, Input, Problem, Results

HEAD = 4096


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of input: what it is called, whether an input is of this kind, and how it is read."""

    kind: str
    fits: Callable[[Input], bool]
    read: Callable[[Input, Given], Results]
    about: str


def read_archive(source: Input, given: Given) -> Results:
    """What is in an archive, each by its own kind."""
    for member in archive.members(source):
        if isinstance(member, Problem):
            yield member
        else:
            yield from read_one(member, given)


# In the order in which they are tried; text takes what is left.
SOURCES: tuple[Source, ...] = (
    Source(warc.KIND, warc.fits, warc.read, "WARC files of a crawl"),
    Source(archive.KIND, archive.fits, read_archive, "zip, gzip and WACZ archives of any of these"),
    Source(parquet.KIND, parquet.fits, parquet.read, "Parquet with the columns of JSON Lines"),
    Source(telegram.KIND, telegram.fits, telegram.read, "Telegram Desktop's export (result.json)"),
    Source(table.KIND, table.fits, table.read, "CSV and TSV with the columns of JSON Lines"),
    Source(jsonl.KIND, jsonl.fits, jsonl.read, "JSON Lines with text, id, url, outlet, published, title"),
    Source(feed.KIND, feed.fits, feed.read, "RSS and Atom files"),
    Source(html.KIND, html.fits, html.read, "saved web pages"),
    Source(text.KIND, text.fits, text.read, "plain text in UTF-8, UTF-16 or windows-1256"),
)


def reports(
    paths: Iterable[str | Path], given: Given | None = None, *, stdin: BinaryIO | None = None
) -> Results:
    """Every report in files, folders and, for ``-``, what comes through the pipe."""
    given = given or Given()
    for path in paths:
        if str(path) == "-" and stdin is not None:
            data = stdin.read()
            yield from read_whole(Input("stdin", data[:HEAD], data=data), given)
        else:
            yield from read_path(Path(path), given)


def read_path(path: Path, given: Given) -> Results:
    """A file, a pipe, or every file in a folder in the order of their names; hidden ones are passed over."""
    if path.is_dir():
        results = read_folder(path, given)
        yield next(results, Problem(str(path), "no files in this folder"))
        yield from results
        return
    try:
        if path.exists() and not path.is_file():  # a pipe can be read only once
            data = path.read_bytes()
            source = Input(str(path), data[:HEAD], data=data)
        else:
            with path.open("rb") as stream:
                source = Input(str(path), stream.read(HEAD), path=path)
        yield from read_whole(source, given)
    except OSError as error:
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
    kind = next(kind for kind in SOURCES if kind.fits(source))
    yield from kind.read(source, given)


def reason(error: OSError) -> str:
    """What went wrong, in a few words."""
    words = {
        FileNotFoundError: "no such file or folder",
        PermissionError: "no permission to read it",
        IsADirectoryError: "a folder where a file was expected",
    }
    return words.get(type(error)) or f"cannot be read: {error.strerror or error}"
