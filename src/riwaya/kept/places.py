"""Who holds places, window by window: a word touches its windows, and later ones while beliefs differ."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from riwaya.events.control import (
    AROUND,
    SPEAKING,
    Folding,
    Holding,
    Stretch,
    days_of_window,
    folding,
    holding_at,
    related_places,
    stretches,
    window_of,
)
from riwaya.events.knowledge import Knowledge
from riwaya.events.link import Rulings
from riwaya.events.units import Unit
from riwaya.kept.told import Units
from riwaya.ledger import concluded, derived
from riwaya.ledger.derived import CONTROL, SPOKEN, UNITS

NEVER, DAY = datetime.min, timedelta(days=1)


class Places:
    """What is concluded of places; with ``known`` only from what was known (and nothing is kept then)."""

    def __init__(self, knowledge: Knowledge, rulings: Rulings, units: Units, known: Any = None) -> None:
        self.knowledge, self.rulings, self.units, self.known = knowledge, rulings, units, known

    def concerned(
        self, connection: Any, said: Iterable[tuple[str, str, int]]
    ) -> dict[tuple[str, str], set[int]]:
        """The places, by root, with their windows, that words about others (root, place, window) concern."""
        windows: dict[str, set[int]] = defaultdict(set)
        found: dict[tuple[str, str], set[int]] = defaultdict(set)
        for root, place, window in said:
            windows[place].add(window)
            found[root, place].add(window)
        wide = [place for place in windows if self.knowledge.levels.get(place) == "region"]
        roots = {root for root, _ in found}
        spoken = [concluded.spoken_places(connection, None if wide else root) for root in sorted(roots)]
        for place, root in {place: root for some in spoken for place, root in some.items()}.items():
            for other in related_places(place, self.knowledge):
                if other in windows:
                    found[root, place] |= windows[other]
        return found

    def answer(self, connection: Any, place: str, root: str, windows: Collection[int]) -> None:
        """Fold some windows of a place again, and those after them that begin otherwise now."""
        since = connection.scalar(
            select(func.min(UNITS.c.likely)).where(UNITS.c.place == place, UNITS.c.listing)
        )
        if since is None:
            for table in (CONTROL, SPOKEN):
                connection.execute(table.delete().where(table.c.place == place))
            return
        had = connection.execute(select(SPOKEN).where(SPOKEN.c.place == place)).first()
        if had is None:
            days = concluded.speaking_days(connection, related_places(place, self.knowledge))
            windows = {window_of(day) for day in days}
        if had is None or had.first_day != since:
            row = {"root": root, "first_day": since}
            concluded.replace(connection, SPOKEN, {"place": place}, row)
        Folder(self, connection, place, root).fold(windows)

    def near(
        self, connection: Any, place: str, first: date, last: date
    ) -> tuple[dict[str, list[Unit]], list[Any]]:
        """What was said, on some days, of a place and of those around it; and the rows of that."""
        rows = concluded.of_places(connection, related_places(place, self.knowledge), first, last, self.known)
        told = self.units.load(connection, (row.claim for row in rows))
        return said_at(rows, told), rows

    def held_by(self, connection: Any, place: str, at: date, turned: Mapping[str, date]) -> Holding | None:
        """Who held a place on a day by what was known, from the last window that was all known.

        ``turned`` has the first days of which something seemed to be of another origin then, by place.
        """
        ends = [turned[other] for other in related_places(place, self.knowledge) if other in turned]
        row = concluded.last_window(connection, place, at, self.known)
        base = opened(row.body) if row else None
        while base and ends and days_of_window(base.window)[1] + AROUND >= min(ends):
            row = concluded.last_window(connection, place, days_of_window(base.window)[0] - DAY, self.known)
            base = opened(row.body) if row else None
        if base and base.days[-1] <= at and not concluded.window_after(connection, place, base.window, at):
            return holding_at([base], at, self.knowledge, smooth=False)
        if base and base.window == window_of(at):
            row = concluded.last_window(connection, place, days_of_window(base.window)[0] - DAY, self.known)
            base = opened(row.body) if row else None
        first = days_of_window(base.window + 1)[0] - AROUND if base else date.min
        last = days_of_window(window_of(at))[1] + AROUND
        units, _ = self.near(connection, place, first, last)
        later = stretches(
            place,
            units,
            self.knowledge,
            at,
            self.rulings,
            base.carried if base else None,
            base.window if base else None,
        )
        return holding_at([*([base] if base else []), *later], at, self.knowledge, smooth=False)

    def unlisted(self, connection: Any, place: str, at: date) -> Holding | None:
        """Who held a place of which nobody says so itself: only what was said around it is known."""
        units, _ = self.near(connection, place, date.min, date.max)
        smooth = self.known is None
        history = stretches(place, units, self.knowledge, None if smooth else at, self.rulings)
        return holding_at(history, at, self.knowledge, smooth=smooth)


class Folder:
    """Folds windows of one place again; of the others it reads no more than it needs."""

    def __init__(self, places: Places, connection: Any, place: str, root: str) -> None:
        self.places, self.connection, self.place, self.root = places, connection, place, root
        asked = select(CONTROL.c.window, CONTROL.c.known_wall, CONTROL.c.known_utc)
        rows = connection.execute(asked.where(CONTROL.c.place == place))
        self.old = {row.window: (row.known_wall, row.known_utc) for row in rows}
        self.known = dict(self.old)
        self.now: dict[int, Stretch] = {}
        self.folds: dict[int, Folding] = {}
        self.rows: list[Any] = []
        self.loaded: tuple[int, int] = (0, -1)

    def fold(self, windows: Collection[int]) -> None:
        """Forwards while what is carried differs; then back to the windows that look ahead at these."""
        ahead, done = set(windows), set[int]()
        if ahead:
            self._load(min(ahead), max(ahead))
        while ahead:
            window = min(ahead)
            ahead.remove(window)
            done.add(window)
            following = self._after(window)
            if self._again(window) and following is not None and following not in done:
                ahead.add(following)
        touched = done | {before for window in done if (before := self._before(window)) is not None}
        for window in sorted(touched & self.known.keys(), reverse=True):
            self._look_ahead(window)
        self._keep(touched)

    def _stretch(self, window: int) -> Stretch:
        """A window as it is now."""
        if window not in self.now:
            where = (CONTROL.c.place == self.place, CONTROL.c.window == window)
            self.now[window] = opened(self.connection.scalar(select(CONTROL.c.body).where(*where)))
        return self.now[window]

    def _before(self, window: int) -> int | None:
        return max((other for other in self.known if other < window), default=None)

    def _after(self, window: int) -> int | None:
        return min((other for other in self.known if other > window), default=None)

    def _again(self, window: int) -> bool:
        """Fold a window; says whether it hands on something else than before."""
        had = self._stretch(window).carried if window in self.known else None
        fold, known = self._folding(window)
        if fold is None:
            self.known.pop(window, None)
            self.now.pop(window, None)
            return had is not None
        self.folds[window], self.now[window], self.known[window] = fold, fold.stretch(), known
        return had != self.now[window].carried

    def _folding(self, window: int) -> tuple[Folding | None, tuple[datetime, datetime]]:
        before = self._before(window)
        carried = None if before is None else self._stretch(before).carried
        first, last = days_of_window(window)
        places = self.places
        low, high = first - AROUND, last + AROUND
        rows = [row for row in self._load(window, window) if low <= row.likely <= high]
        units = said_at(rows, places.units.load(self.connection, (row.claim for row in rows)))
        fold = folding(self.place, window, units, places.knowledge, carried, rulings=places.rulings)
        walls, utcs = [row.known_wall for row in rows], [row.known_utc for row in rows]
        return fold, (max(walls, default=NEVER), max(utcs, default=NEVER))

    def _load(self, first: int, last: int) -> list[Any]:
        """The units of some windows, and of the days around them."""
        if not self.loaded[0] <= first <= last <= self.loaded[1]:
            self.loaded = (first, last)
            low, high = days_of_window(first)[0] - AROUND, days_of_window(last)[1] + AROUND
            near = related_places(self.place, self.places.knowledge)
            self.rows = concluded.of_places(self.connection, near, low, high)
        return self.rows

    def _look_ahead(self, window: int) -> None:
        """Let a window know what was told in the next."""
        after = self._after(window)
        fold = self.folds.get(window)
        if fold is None:
            fold, _ = self._folding(window)
        if fold is not None:
            self.now[window] = fold.stretch(self._stretch(after) if after is not None else None)

    def _keep(self, touched: set[int]) -> None:
        """Write what differs; a window rests on all before it, so it was known when the last of them was."""
        for window in sorted(self.old.keys() - self.known.keys()):
            where = (CONTROL.c.place == self.place, CONTROL.c.window == window)
            self.connection.execute(CONTROL.delete().where(*where))
        wall = utc = NEVER
        new: list[dict[str, Any]] = []
        for window in sorted(self.known):
            wall, utc = max(wall, self.known[window][0]), max(utc, self.known[window][1])
            known = {"known_wall": wall, "known_utc": utc}
            where = (CONTROL.c.place == self.place, CONTROL.c.window == window)
            if window in touched:
                stretch = self._stretch(window)
                row = {"place": self.place, "window": window, "root": self.root, "low": stretch.low}
                new.append({**row, **known, "body": derived.stored(stretch.to_json())})
            elif self.old[window] != (wall, utc):
                self.connection.execute(CONTROL.update().where(*where).values(**known))
        if gone := [row["window"] for row in new if row["window"] in self.old]:
            where = (CONTROL.c.place == self.place, CONTROL.c.window.in_(gone))
            self.connection.execute(CONTROL.delete().where(*where))
        derived.put(self.connection, CONTROL, new)


def said_at(rows: Iterable[Any], told: Mapping[int, Sequence[Unit]]) -> dict[str, list[Unit]]:
    """The units of rows, by place."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for row in rows:
        found[row.place] += [
            unit
            for unit in told.get(row.claim, ())
            if unit.place == row.place and unit.likely == row.likely and unit.type in SPEAKING
        ]
    return found


def opened(body: str) -> Stretch:
    """A window out of what is kept."""
    return Stretch.of_json(json.loads(body))


def held_at(
    connection: Any, at: date, knowledge: Knowledge, places: Collection[str] | None = None
) -> Iterator[Holding]:
    """Who held what on a day, from what is kept."""
    for bodies in concluded.windows_at(connection, at, None if places is None else sorted(places)):
        found = holding_at([opened(body) for body in bodies], at, knowledge)
        if found:
            yield found
