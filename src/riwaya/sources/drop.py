"""A folder into which files are dropped: each is read once it is complete, then remembered or moved."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from riwaya.sources.kinds import read_path, reason
from riwaya.sources.received import Given, Problem, Result
from riwaya.sources.watch_file import Folder
from riwaya.sources.watch_state import State

# What programs call files that they have not finished.
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", "~")


@dataclass
class Drop:
    """A folder that is looked into again and again."""

    folder: Folder
    state: State
    clock: Callable[[], float] = time.time

    def complete(self) -> Iterator[Path]:
        """Files that are new and have not changed for a while, in the order of their names."""
        for path, changed in self.files():
            if self.clock() - changed >= self.folder.settle:
                yield path

    def settling(self) -> float:
        """Seconds until the files that are there now may be complete; 0 where there are none."""
        waits = [self.folder.settle - (self.clock() - changed) for _, changed in self.files()]
        return max([0.0, *(wait for wait in waits if wait > 0)])

    def files(self) -> Iterator[tuple[Path, float]]:
        """New files with the moment at which they last changed."""
        for path in walked(self.folder.path):
            try:
                now = path.stat()
            except OSError:
                continue
            if not self.state.has_read(str(path), now.st_size, now.st_mtime_ns):
                # The time of the last write to its entry: a copy may bring an old time of its content along.
                yield path, max(now.st_mtime if now.st_mtime <= self.clock() else 0.0, now.st_ctime)

    def read(self, path: Path) -> Generator[Result]:
        """What is in a file; whoever takes a report keeps it before asking for the next."""
        try:
            before = path.stat()
            yield from read_path(path, Given(outlet=self.folder.outlet))
            after = path.stat()
        except OSError as error:
            yield Problem(str(path), reason(error))
            return
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            yield Problem(str(path), "it changed while it was read; it is read again", lost=False)
        elif self.folder.to:
            yield from self.move(path)
        else:
            self.state.keep_file(str(path), after.st_size, after.st_mtime_ns)

    def move(self, path: Path) -> Iterator[Problem]:
        """Move what is read, under a name that is free."""
        assert self.folder.to
        target = self.folder.to / path.relative_to(self.folder.path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            count = 1
            while os.path.lexists(target):
                count += 1
                target = target.with_name(f"{path.stem}-{count}{path.suffix}")
            shutil.move(path, target)
        except OSError as error:
            found = path.stat()
            self.state.keep_file(str(path), found.st_size, found.st_mtime_ns)
            yield Problem(str(path), f"read, but cannot be moved: {error.strerror or error}", lost=False)


def walked(folder: Path) -> Iterator[Path]:
    """Every plain file below a folder, except hidden and unfinished ones."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from walked(entry)
        elif entry.is_file():
            yield entry
