"""Manners: a host is asked seldom, never where its robots.txt says no, and less after it failed."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from riwaya.sources.fetch import Fetched, FetchError, Limits, fetch
from riwaya.sources.guard import RefusedError

NAME = "Riwaya"  # as robots.txt calls us
RULES_FOR = 24 * 3600.0  # seconds for which a robots.txt holds
RULES_AGAIN = 3600.0  # and after which one that could not be had is asked for again
RULES_SIZE = 512 * 1024
LONGEST_DELAY = 60.0
LONGEST_WAIT = 24 * 3600.0
JITTER = 0.1


class Rules(NamedTuple):
    """What a host's robots.txt says: until when it holds, its rules, and why none may be asked."""

    until: float
    parser: RobotFileParser | None
    refused: str = ""


class Hosts:
    """Requests to hosts, one at a time and never too soon after one another."""

    def __init__(
        self,
        limits: Limits,
        *,
        pause: float,
        robots: bool,
        stop: Callable[[], bool] = bool,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.limits = limits
        self.pause = pause
        self.robots = robots
        self.stop = stop
        self.sleep = sleep
        self._asked: dict[str, float] = {}
        self._rules: dict[str, Rules] = {}

    def fetch(self, url: str, to: Path, headers: Mapping[str, str] | None = None) -> Fetched:
        """Fetch an address when its host may be asked; raises FetchError."""
        try:
            self.allowed(url)
        except RefusedError as error:
            raise FetchError(str(error)) from None
        first = [url]

        def hop(next: str) -> None:
            if first and next == first.pop():
                return
            self.allowed(next)

        return fetch(url, to, self.limits, headers=headers, stop=self.stop, check=hop)

    def allowed(self, url: str) -> None:
        """Wait until a host may be asked; raises RefusedError where its robots.txt says no."""
        self.limits.guard.check(url)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        rules = self.rules(origin) if self.robots else Rules(0, None)
        if rules.refused:
            raise RefusedError(rules.refused)
        if rules.parser and not rules.parser.can_fetch(NAME, url):
            raise RefusedError(f"{origin}/robots.txt does not let us")
        self.wait(origin, rules.parser)

    def wait(self, origin: str, parser: RobotFileParser | None = None) -> None:
        """Wait for a host's turn."""
        said = parser.crawl_delay(NAME) if parser else None
        delay = max(self.pause, min(float(said or 0), LONGEST_DELAY))
        rest = self._asked.get(origin, -delay) + delay - time.monotonic()
        if rest > 0:
            self.sleep(rest)
        if self.stop():
            raise RefusedError("stopped")
        self._asked[origin] = time.monotonic()

    def rules(self, origin: str) -> Rules:
        """What a host's robots.txt says, asked for once a day."""
        known = self._rules.get(origin)
        if known is None or known.until < time.monotonic():
            known = self._rules[origin] = self._fetch_rules(origin)
        return known

    def _fetch_rules(self, origin: str) -> Rules:
        """Nothing there means that all may be asked, a server in trouble that nothing may (RFC 9309)."""
        now = time.monotonic()
        self.wait(origin)
        with tempfile.TemporaryDirectory(prefix="riwaya-") as folder:
            limits = Limits(
                self.limits.guard,
                min(self.limits.seconds, 20.0),
                self.limits.pause,
                RULES_SIZE,
                self.limits.contact,
                self.limits.resolve,
            )
            try:
                fetched = fetch(f"{origin}/robots.txt", Path(folder) / "robots", limits, stop=self.stop)
                lines = fetched.path.read_bytes().decode("utf-8", "replace").splitlines()
            except FetchError as error:
                if 400 <= error.status < 500 and error.status != 429:
                    return Rules(now + RULES_FOR, None)
                return Rules(now + RULES_AGAIN, None, f"{origin}/robots.txt cannot be had: {error}")
            except OSError as error:
                return Rules(now + RULES_AGAIN, None, f"{origin}/robots.txt cannot be had: {error}")
        parser = RobotFileParser()
        parser.parse(lines)
        return Rules(now + RULES_FOR, parser)


def after_success(interval: float) -> float:
    """Seconds until a feed is asked again; not all feeds in the same second."""
    return interval * random.uniform(1, 1 + JITTER)


def after_failure(interval: float, failures: int, headers: Mapping[str, str], now: float) -> float:
    """Seconds until a feed that failed is asked again: twice as long each time, a day at most."""
    wait = min(interval * 2.0 ** min(failures, 20), LONGEST_WAIT)
    return max(wait * random.uniform(1, 1 + JITTER), retry_after(headers, now))


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """How long a server asks to be left alone, in seconds; 0 where it does not."""
    said = headers.get("retry-after", "").strip()
    if said.isdigit():
        return min(float(said[:9]), LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return 0.0
    ahead = (when if when.tzinfo else when.replace(tzinfo=UTC)) - datetime.fromtimestamp(now, UTC)
    return min(max(ahead.total_seconds(), 0.0), LONGEST_WAIT)
