"""Asking feeds: what is new in each, and remembering it once it is safe."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from riwaya.sources.fetch import Fetched, FetchError
from riwaya.sources.kinds import answered, read_whole
from riwaya.sources.page import is_address
from riwaya.sources.polite import Hosts, after_failure, after_success
from riwaya.sources.received import Given, Problem, Received, Result
from riwaya.sources.watch_file import Feed
from riwaya.sources.watch_state import Remembered, State

NEW, UNCHANGED, FAILED = "new", "unchanged", "failed"
TRIES = 3  # for the page behind an entry, before the entry itself is taken
GONE = 410
WEEK = 7 * 24 * 3600.0


@dataclass
class Poll:
    """How asking a feed went: new, unchanged or failed, the server's status, entries that were new."""

    feed: Feed
    outcome: str = NEW
    status: int = 0
    entries: int = 0
    due: float = 0.0
    waiting: bool = False
    """Whether pages behind entries could not be had yet, so that the whole feed is asked for again."""


@dataclass
class Poller:
    """Asks feeds, one after the other."""

    state: State
    hosts: Hosts
    clock: Callable[[], float] = time.time
    tries: Counter[tuple[str, str]] = field(default_factory=Counter)

    def poll(self, feed: Feed, done: Poll) -> Generator[Result]:
        """What is new in a feed; whoever takes a report keeps it before asking for the next.

        ``done`` is filled with how it went. What is not asked for to the end is asked for again.
        """
        known = self.state.feed(feed.url)
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        with tempfile.TemporaryDirectory(prefix="riwaya-") as folder:
            try:
                fetched = self.hosts.fetch(
                    feed.url, Path(folder) / "feed", {name: said for name, said in headers.items() if said}
                )
            except FetchError as error:
                yield from self.failed(feed, known, error, done)
                return
            done.status = fetched.status
            if fetched.status == 304:
                done.outcome = UNCHANGED
                self.answered(feed, known.etag, known.modified, done)
                return
            if fetched.moved:
                what = f"moved for good to {fetched.moved}"
                yield Problem(feed.url, what, "write that into the settings", lost=False)
            yield from self.entries(feed, fetched, Path(folder) / "page", done)
            self.state.prune(feed.url)
            said = {} if done.waiting else fetched.headers
            self.answered(feed, said.get("etag", ""), said.get("last-modified", ""), done)

    def entries(self, feed: Feed, fetched: Fetched, aside: Path, done: Poll) -> Iterator[Result]:
        """The entries that were not seen as they are now."""
        for result in read_whole(answered(feed.url, fetched), Given(outlet=feed.outlet)):
            if isinstance(result, Problem):
                yield result
                continue
            entry, mark = result.report.id, result.sha256
            if self.state.has_seen(feed.url, entry, mark):
                continue
            whole = list(self.whole(result, feed, aside)) if feed.full else [result]
            if not whole:  # the page behind it could not be had just now
                done.waiting = True
                continue
            done.entries += 1
            yield from whole
            self.state.see(feed.url, entry, mark)

    def whole(self, entry: Received, feed: Feed, aside: Path) -> Iterator[Result]:
        """The page behind an entry; nothing where it should be tried again, the entry after a few tries."""
        url = entry.report.url
        if not is_address(url):
            yield entry
            return
        again = (feed.url, entry.report.id)
        try:
            page = answered(url, self.hosts.fetch(url, aside))
        except FetchError as error:
            self.tries[again] += 1
            if may_pass(error) and self.tries[again] < TRIES:
                return
            yield Problem(url, f"{error}; its entry in the feed is read", lost=False)
            yield entry
            return
        results = list(read_whole(page, Given(outlet=feed.outlet)))
        read = [result for result in results if isinstance(result, Received)]
        yield from (result for result in results if isinstance(result, Problem) and not result.lost)
        if len(read) == 1:
            yield joined(read[0], entry)
        else:
            yield Problem(url, "no article found in the page; its entry in the feed is read", lost=False)
            yield entry

    def answered(self, feed: Feed, etag: str, modified: str, done: Poll) -> None:
        """Remember that a feed answered."""
        done.due = self.clock() + after_success(feed.interval)
        self.state.keep_feed(feed.url, Remembered(etag, modified, done.due))

    def failed(self, feed: Feed, known: Remembered, error: FetchError, done: Poll) -> Iterator[Problem]:
        """Remember that a feed failed, and ask it less."""
        done.outcome, done.status = FAILED, error.status
        if str(error) == "stopped":
            return
        now = self.clock()
        wait = after_failure(feed.interval, known.failures + 1, error.headers, now)
        if error.status == GONE:
            wait = WEEK
        done.due = now + wait
        self.state.keep_feed(feed.url, Remembered(known.etag, known.modified, done.due, known.failures + 1))
        hint = "it is gone for good; take it out of the settings" if error.status == GONE else ""
        yield Problem(feed.url, f"{error}; asked again in {spoken(wait)}", hint)


def may_pass(error: FetchError) -> bool:
    """Whether a failure may be over soon."""
    return error.status in (0, 408, 425, 429) or error.status >= 500


def joined(page: Received, entry: Received) -> Received:
    """A page's article under its entry's name, with what the entry knows and the page does not say."""
    report = page.report
    return replace(
        page,
        dated=page.dated if report.published else entry.dated,
        report=replace(
            report,
            id=entry.report.id,
            title=report.title or entry.report.title,
            outlet=report.outlet or entry.report.outlet,
            published=report.published or entry.report.published,
            url=report.url or entry.report.url,
        ),
    )


def spoken(seconds: float) -> str:
    """A time for a person."""
    for size, unit in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
