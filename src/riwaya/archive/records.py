"""The records of a piece one at a time: each is named before it is taken, so that one that kills is known."""

from __future__ import annotations

import gzip
import io
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO, cast

from riwaya.archive.errors import InputError
from riwaya.archive.inputs import MEMBER, unpacked
from riwaya.archive.shards import CRAWL, OTHER, PACKED, ROWS, TEXT, Piece
from riwaya.archive.stores import filesystem
from riwaya.sources import Given, Problem, Received, jsonl, kinds, warc
from riwaya.sources import parquet as table
from riwaya.sources.received import Input

LONGEST = 64 * 1024 * 1024  # bytes of one line
HEAD = 4096
LEFT = 1024 * 1024
Results = Iterable[Received | Problem]


@dataclass(frozen=True, slots=True)
class Record:
    """One record: where it stands, and how it is taken."""

    where: str
    take: Callable[[], Results]


def records(piece: Piece, given: Given) -> Iterator[Record]:
    """The records of a piece, in order; what is damaged is a last record that says so.

    Raises InputError where the input cannot be had now: the network, a missing file, no permission.
    """
    count = 0
    try:
        for record in KINDS[piece.kind](piece, given):
            count += 1
            yield record
    except Exception as error:
        if not is_damage(error):
            raise InputError(f"{piece.url}: {error}") from error
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        problem = Problem(piece.url, f"damaged after {count} records: {said}", "what came before is read")
        yield Record(piece.url, partial(list, [problem]))


def is_damage(error: Exception) -> bool:
    """Whether an error lies in the bytes themselves, and not in getting hold of them.

    Libraries stumble over damaged bytes in every way there is; what is left are the errors of systems,
    which have a number, and those of the libraries that object storage is reached with.
    """
    if isinstance(error, gzip.BadGzipFile):
        return True
    if isinstance(error, OSError):
        return not error.errno and not isinstance(error, ConnectionError | TimeoutError | FileNotFoundError)
    plain = isinstance(error, ValueError | LookupError | TypeError | AttributeError | EOFError | zlib.error)
    return plain or type(error).__module__.startswith(("warcio", "pyarrow"))


def opened(piece: Piece) -> Any:
    """The file of a piece."""
    fs, path = filesystem(piece.url)
    return fs.open(path, "rb")


class Run(io.RawIOBase):
    """A run of bytes of a file, as a file of its own."""

    def __init__(self, stream: Any, start: int, stop: int) -> None:
        self.stream, self.start, self.size, self.at = stream, start, stop - start, 0
        stream.seek(start)

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def seekable(self) -> bool:
        """Any place in it can be gone to."""
        return True

    def tell(self) -> int:
        """How far it was read."""
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        self.at = min(max(base + offset, 0), self.size)
        self.stream.seek(self.start + self.at)
        return self.at

    def readinto(self, buffer: Any) -> int:
        """The next bytes; none where the run ends."""
        data = self.stream.read(min(len(buffer), self.size - self.at))
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)


@contextmanager
def run_of(piece: Piece) -> Iterator[BinaryIO]:
    """The bytes of a piece."""
    with opened(piece) as stream:
        yield cast(BinaryIO, io.BufferedReader(Run(stream, piece.start, piece.stop), 1024 * 1024))


def lines(piece: Piece, given: Given) -> Iterator[Record]:
    """Lines, packed or not; named by their number where a file was not cut, else by their first byte."""
    with run_of(piece) as run:
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=run)) if piece.kind == PACKED else run
        offset, number = piece.start, 0
        whole = piece.first == 0
        while line := stream.readline(LONGEST + 1):
            number += 1
            where = f"{piece.url}:{number}" if whole else f"{piece.url}@{offset}"
            offset += len(line)
            if len(line) > LONGEST:
                while not line.endswith(b"\n") and (line := stream.readline(LONGEST)):
                    offset += len(line)
                problem = Problem(where, f"a line of more than {LONGEST // 2**20} MB; not read")
                yield Record(where, partial(list, [problem]))
                continue
            line = line.removeprefix(b"\xef\xbb\xbf") if whole and number == 1 else line
            if line.strip():
                yield Record(where, partial(line_taken, line.rstrip(b"\r\n"), where, given))


def line_taken(raw: bytes, where: str, given: Given) -> Results:
    """A line as a report with what in it could not be understood, or as a problem."""
    try:
        received, notes = jsonl.read_line(raw, where, given)
    except jsonl.BrokenLineError as error:
        return [Problem(where, str(error))]
    return [received, *notes]


def rows(piece: Piece, given: Given) -> Iterator[Record]:
    """Rows of Parquet, numbered as they stand in the file."""
    from pyarrow import parquet

    with opened(piece) as stream, parquet.ParquetFile(stream, pre_buffer=False, buffer_size=1 << 20) as file:
        names = [name for name in file.schema_arrow.names if name in table.COLUMNS]
        groups = list(range(*piece.groups)) if piece.rows else None
        seen, stop = 0, piece.skip + piece.rows if piece.rows else 2**62
        for batch in file.iter_batches(table.BATCH, columns=names, row_groups=groups):
            low, high = max(piece.skip - seen, 0), min(stop - seen, len(batch))
            for at, row in enumerate(batch.slice(low, max(0, high - low)).to_pylist(), low):
                where = f"{piece.url}:{piece.first - piece.skip + seen + at + 1}"
                yield Record(where, partial(table.read_row, row, where, given))
            seen += len(batch)
            if seen >= stop:
                return


def pages(piece: Piece, given: Given) -> Iterator[Record]:
    """The pages of a crawl; behind a damaged record the next that is whole goes on."""
    about = Input(piece.url, b"")
    last: Any = None
    damaged = False
    with run_of(piece) as run:
        for last in warc.records(run):
            if isinstance(last, str):
                damaged = True
                problem = Problem(piece.url, f"a damaged record: {last}", "what is whole around it is read")
                yield Record(piece.url, partial(list, [problem]))
            elif warc.is_page(last):
                where = f"{piece.url}#{last.rec_headers.get_header('WARC-Target-URI') or ''}"
                yield Record(where, partial(warc.read_page, last, about, given))
        # warcio ends quietly where a file was cut.
        if not damaged and (bool(getattr(last.raw_stream, "limit", None)) if last else True):
            raise ValueError("the last record is cut short")
        if not damaged and not ends_well(run):
            raise ValueError("it is cut short behind the last whole record")


def ends_well(run: BinaryIO) -> bool:
    """Whether a crawl ends where a record of it does."""
    end = run.seek(0, io.SEEK_END)
    run.seek(0)
    if run.read(2) != b"\x1f\x8b":
        run.seek(max(0, end - 4))
        return run.read() == b"\r\n\r\n"
    reach = LEFT
    while True:
        start = max(0, end - reach)
        run.seek(start)
        tail = run.read()
        at = tail.rfind(MEMBER)
        while at >= 0:
            if unpacked(tail[at : at + HEAD]).startswith(b"WARC/1."):
                return is_member(tail[at:])
            at = tail.rfind(MEMBER, 0, at)
        if start == 0:
            return False
        reach *= 8


def is_member(data: bytes) -> bool:
    """Whether these bytes are one packed record, whole, and nothing else."""
    member = zlib.decompressobj(31)
    member.decompress(data)
    return member.eof and not member.unused_data.strip(b"\0")


def whole(piece: Piece, given: Given) -> Iterator[Record]:
    """Any other kind of input that ``riwaya add`` takes, as a whole; fetched beside where it is far away."""
    with tempfile.TemporaryDirectory(prefix="riwaya-") as folder, opened(piece) as stream:
        near = Path(getattr(stream, "name", "") or "")
        if not near.is_absolute() or not near.is_file():
            near = Path(folder) / "input"
            with near.open("wb") as out:
                copyfileobj(stream, out)
        with near.open("rb") as begun:
            source = Input(piece.url, begun.read(HEAD), path=near)
        for result in kinds.read_one(source, given):
            yield Record(result.where, partial(list, [result]))


KINDS: dict[str, Callable[[Piece, Given], Iterator[Record]]] = {
    TEXT: lines,
    PACKED: lines,
    ROWS: rows,
    CRAWL: pages,
    OTHER: whole,
}
