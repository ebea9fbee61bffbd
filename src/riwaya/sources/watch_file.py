"""The settings of ``riwaya watch``: which feeds and folders, how often and how politely.

A mistake is named with file, line and key; a key that nobody reads is a mistake.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from riwaya.sources.guard import PORTS, Guard, RefusedError

TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)?")
UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
SHORTEST = 60.0  # seconds between two askings of one feed
REMEMBER, MOVE = "remember", "move"


class SettingsError(ValueError):
    """A settings file that cannot be used: says the file, the line and what to mend."""


@dataclass(frozen=True, slots=True)
class Feed:
    """An address to be asked again and again; ``full`` fetches the page behind each entry."""

    url: str
    outlet: str = ""
    interval: float = 900.0
    full: bool = False


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder into which files are dropped; what is read is remembered, or moved to another folder."""

    path: Path
    outlet: str = ""
    then: str = REMEMBER
    to: Path | None = None
    settle: float = 5.0
    """Seconds for which a file must not have changed."""


@dataclass(frozen=True, slots=True)
class Watch:
    """All of a settings file."""

    file: Path
    ledger: str = ""
    feeds: tuple[Feed, ...] = ()
    folders: tuple[Folder, ...] = ()
    contact: str = ""
    pause: float = 2.0
    """Seconds between two requests to one host."""
    seconds: float = 60.0
    size: int = 64
    """Megabytes of one answer."""
    robots: bool = True
    allow_private: bool = False
    ports: frozenset[int] = field(default=PORTS)
    metrics: str = ""

    @property
    def guard(self) -> Guard:
        """Which addresses may be asked."""
        return Guard(private=self.allow_private, ports=self.ports)


TOP = frozenset(
    "ledger contact interval pause seconds size robots allow_private ports metrics feed folder".split()
)
FEED = frozenset({"url", "outlet", "interval", "full"})
FOLDER = frozenset({"path", "outlet", "then", "to", "settle"})


def read_settings(path: Path) -> Watch:
    """A settings file, checked; raises SettingsError."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: not UTF-8; save it as UTF-8") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        what = re.sub(r" \(at [^)]*\)", "", str(error))
        raise SettingsError(f"{path}:{found[1] if found else 1}: not TOML: {what}") from None
    return _Reader(path, text).watch(data)


@dataclass(frozen=True, slots=True)
class _Reader:
    """A file that is being checked."""

    path: Path
    text: str

    def watch(self, data: Mapping[str, Any]) -> Watch:
        self.known(data, TOP, "", 0)
        interval = self.time(data, "interval", 900.0, least=SHORTEST)
        feeds = tuple(self.feed(row, n, interval) for n, row in enumerate(self.tables(data, "feed")))
        folders = tuple(self.folder(row, n) for n, row in enumerate(self.tables(data, "folder")))
        if not feeds and not folders:
            raise SettingsError(f"{self.path}: nothing to watch; write a [[feed]] with a url or a [[folder]]")
        watch = Watch(
            self.path,
            ledger=self.word(data, "ledger"),
            feeds=feeds,
            folders=folders,
            contact=self.word(data, "contact"),
            pause=self.time(data, "pause", 2.0),
            seconds=self.time(data, "seconds", 60.0, least=1.0),
            size=self.number(data, "size", 64),
            robots=self.flag(data, "robots", True),
            allow_private=self.flag(data, "allow_private", False),
            ports=self.numbers(data, "ports"),
            metrics=self.word(data, "metrics"),
        )
        if any(char in watch.contact for char in "\r\n"):
            raise self.wrong("contact", "must be one line")
        for number, feed in enumerate(feeds):
            self.address(feed, watch.guard, number)
            if feed.url in {before.url for before in feeds[:number]}:
                raise self.wrong("url", f"{feed.url!r} is there twice", "feed", number)
        return watch

    def feed(self, row: Mapping[str, Any], number: int, interval: float) -> Feed:
        self.known(row, FEED, "feed", number)
        at = ("feed", number)
        url = self.word(row, "url", *at)
        if not url:
            raise self.wrong("url", "is missing", *at)
        every = self.time(row, "interval", interval, *at, least=SHORTEST)
        return Feed(url, self.word(row, "outlet", *at), every, self.flag(row, "full", False, *at))

    def folder(self, row: Mapping[str, Any], number: int) -> Folder:
        self.known(row, FOLDER, "folder", number)
        at = ("folder", number)
        named = self.word(row, "path", *at)
        if not named:
            raise self.wrong("path", "is missing", *at)
        then = self.word(row, "then", *at) or REMEMBER
        if then not in (REMEMBER, MOVE):
            raise self.wrong("then", f"{then!r} is neither {REMEMBER} nor {MOVE}", *at)
        path = self.path.parent / named
        to = self.path.parent / (self.word(row, "to", *at) or f"{named.rstrip('/')}-read")
        if then == MOVE and (path == to or to in path.parents):
            raise self.wrong("to", "what is read cannot be moved to where it is", *at)
        settle = self.time(row, "settle", 5.0, *at)
        return Folder(path, self.word(row, "outlet", *at), then, to if then == MOVE else None, settle)

    def address(self, feed: Feed, guard: Guard, number: int) -> None:
        try:
            guard.check(feed.url)
        except RefusedError as error:
            raise self.wrong("url", f"{feed.url!r}: {error}", "feed", number) from None

    def known(self, row: Mapping[str, Any], keys: frozenset[str], table: str, number: int) -> None:
        for key in row:
            if key not in keys:
                raise self.wrong(key, f"is not known; known here: {', '.join(sorted(keys))}", table, number)

    def tables(self, data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        found = data.get(name, [])
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise self.wrong(name, f"is written [[{name}]], once for each")
        return found

    def word(self, row: Mapping[str, Any], key: str, table: str = "", number: int = 0) -> str:
        value = row.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "must be text in quotation marks", table, number)
        return value.strip()

    def flag(self, row: Mapping[str, Any], key: str, default: bool, table: str = "", number: int = 0) -> bool:
        value = row.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "must be true or false", table, number)
        return value

    def number(self, row: Mapping[str, Any], key: str, default: int) -> int:
        value = row.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.wrong(key, "must be a whole number, 1 or more")
        return value

    def numbers(self, row: Mapping[str, Any], key: str) -> frozenset[int]:
        value = row.get(key, list(PORTS))
        if not isinstance(value, list) or not all(
            isinstance(one, int) and not isinstance(one, bool) and 0 < one < 65536 for one in value
        ):
            raise self.wrong(key, "must be a list of ports, such as [80, 443]")
        return frozenset(value)

    def time(
        self,
        row: Mapping[str, Any],
        key: str,
        default: float,
        table: str = "",
        number: int = 0,
        *,
        least: float = 0.0,
    ) -> float:
        """A time such as "15m", or seconds as a number."""
        value = row.get(key, default)
        found = TIME.fullmatch(value.strip()) if isinstance(value, str) else None
        if found:
            seconds = float(found[1]) * UNITS[found[2] or "s"]
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = float(value)
        else:
            raise self.wrong(key, f"{value!r} is no time; write 30s, 15m or 2h", table, number)
        if not least <= seconds <= 366 * UNITS["d"]:
            raise self.wrong(key, f"must be {least:.0f} seconds or more, a year at most", table, number)
        return seconds

    def wrong(self, key: str, what: str, table: str = "", number: int = 0) -> SettingsError:
        inside = f"[[{table}]] " if table else ""
        return SettingsError(f"{self.path}:{self.line(key, table, number)}: {inside}{key} {what}")

    def line(self, key: str, table: str, number: int) -> int:
        """The line on which a key stands, or its table where it is missing."""
        here, count, start = "", -1, 1
        for line, words in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[+\s*([\w.\"-]+)\s*\]+", words):
                here = header[1].strip('"')
                count += here == table
                if here == table and count == number:
                    start = line
                if not table and here == key:
                    return line
            inside = here == table and (not table or count == number)
            if inside and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", words):
                return line
        return start
