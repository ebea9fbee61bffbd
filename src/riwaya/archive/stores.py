"""Where an archive's output lies: a folder, or object storage by an ``fsspec`` address.

A file appears whole or not at all.  In a folder it is written beside, flushed to the disk and renamed.  In
object storage a file is visible once all of it was sent, which is how those stores work; elsewhere
(SFTP, SMB …) it is sent under another name and moved.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from riwaya.archive.errors import ArchiveError, BusyError

ASIDE = ".aside"  # where files are written before they appear
LOCK = ".lock"
# Stores in which a file is there whole once it is there.
WHOLE = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "oci", "memory"})


def filesystem(url: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it."""
    try:
        import fsspec
    except ModuleNotFoundError as error:
        raise ArchiveError("archives need an extra", "pip install 'riwaya[archive]'") from error
    try:
        fs, path = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise ArchiveError(f"{url}: {error}") from error
    return fs, str(path)


class Store:
    """The files of one output, by names such as ``claims/x.parquet``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.fs, self.root = filesystem(url)
        protocol = self.fs.protocol if isinstance(self.fs.protocol, str) else self.fs.protocol[0]
        self.folder = Path(self.root) if protocol in ("file", "local") else None
        self.whole = protocol in WHOLE

    def path(self, name: str) -> str:
        """Where a file is in its file system."""
        return f"{self.root.rstrip('/')}/{name}"

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where there is none."""
        try:
            return bytes(self.fs.cat_file(self.path(name)))
        except FileNotFoundError:
            return None

    def read_all(self, folder: str) -> dict[str, bytes]:
        """Every file of a folder by its name; many at once where the store can."""
        paths = [self.path(f"{folder}/{name}") for name in self.sizes(folder)]
        found = self.fs.cat(paths, on_error="omit") if paths else {}
        if isinstance(found, bytes):
            found = {paths[0]: found}
        return {path.rsplit("/", 1)[-1]: data for path, data in found.items()}

    def sizes(self, folder: str) -> dict[str, int]:
        """The files of a folder and how large they are, by name."""
        self.fs.invalidate_cache()
        try:
            rows = self.fs.ls(self.path(folder), detail=True)
        except FileNotFoundError:
            return {}
        return {
            row["name"].rsplit("/", 1)[-1]: int(row["size"] or 0)
            for row in sorted(rows, key=lambda row: str(row["name"]))
            if row["type"] == "file"
        }

    def open(self, name: str) -> Any:
        """A file to read from."""
        return self.fs.open(self.path(name), "rb")

    def put(self, name: str, data: bytes) -> None:
        """Let a file appear with these bytes."""
        with self.aside() as path:
            path.write_bytes(data)
            self.move(path, name)

    @contextmanager
    def aside(self) -> Iterator[Path]:
        """A file of its own to write beside; gone afterwards unless it was moved in."""
        if self.folder:
            folder = self.folder / ASIDE
            folder.mkdir(parents=True, exist_ok=True)
        else:
            folder = Path(tempfile.gettempdir())
        path = folder / f"riwaya-{uuid.uuid4().hex}"
        try:
            yield path
        finally:
            with suppress(OSError):
                path.unlink()

    def move(self, path: Path, name: str) -> None:
        """Let a file that was written beside appear: flushed first, then renamed or sent."""
        if self.folder:
            target = self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
            path.replace(target)
            flush(target.parent)
            return
        self.fs.makedirs(self.path(name).rsplit("/", 1)[0], exist_ok=True)
        if self.whole:
            self.fs.put_file(str(path), self.path(name))
            return
        beside = self.path(f"{ASIDE}/{path.name}")
        self.fs.makedirs(self.path(ASIDE), exist_ok=True)
        self.fs.put_file(str(path), beside)
        self.fs.mv(beside, self.path(name))

    def remove(self, names: Iterable[str]) -> None:
        """Take files away; those that are gone already are."""
        for name in names:
            with suppress(FileNotFoundError):
                self.fs.rm_file(self.path(name))

    def tidy(self) -> None:
        """Take away what killed writers left beside."""
        if self.folder:
            shutil.rmtree(self.folder / ASIDE, ignore_errors=True)

    @contextmanager
    def held(self, *names: str, shared: bool = False) -> Iterator[None]:
        """Keep other runs out of a folder while this one works, or out of one slice of it.

        The operating system lets go of the lock when the process ends, however it ends.  Object storage
        has no such locks; two runs there do the same work twice and write the same bytes.
        """
        if not self.folder:
            yield
            return
        import fcntl

        self.folder.mkdir(parents=True, exist_ok=True)
        streams = [(self.folder / name).open("ab") for name in (LOCK, *(f"{LOCK}-{name}" for name in names))]
        try:
            for stream, kind in zip(
                streams,
                (fcntl.LOCK_SH if shared else fcntl.LOCK_EX, *[fcntl.LOCK_EX] * len(names)),
                strict=True,
            ):
                try:
                    fcntl.flock(stream, kind | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise BusyError(
                        f"{self.url}: another riwaya archive is at work there", "let it end, or stop it"
                    ) from None
            yield
        finally:
            for stream in streams:
                stream.close()


def flush(folder: Path) -> None:
    """Make a folder's names outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
