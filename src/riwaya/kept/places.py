"""Who holds places, window by window: a new word touches its windows, and what follows while beliefs differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from riwaya.events.control import (
    AROUND,
    SPEAKING,
    Carried,
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

NEVER = datetime.min


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
        rows = concluded.of_places(
            connection, related_places(place, self.knowledge), first, last, self.known
        )
        told = self.units.load(connection, (row.claim for row in rows))
        found: dict[str, list[Unit]] = defaultdict(list)
        for row in rows:
            found[row.place] += [
                unit
                for unit in told.get(row.claim, ())
                if unit.place == row.place and unit.likely == row.likely and unit.type in SPEAKING
            ]
        return found, rows

    def held_by(
        self, connection: Any, place: str, at: date, before: int | None = None
    ) -> Holding | None:
        """Who held a place on a day by what was known, from the last window that was all known.

        ``before`` is a window from which on nothing that is kept is to be used.
        """
        conditions = [CONTROL.c.window < window_of(at)]
        if before is not None:
            conditions.append(CONTROL.c.window < before)
        asked = (
            select(CONTROL.c.body)
            .where(CONTROL.c.place == place, self.known(CONTROL), *conditions)
            .order_by(CONTROL.c.window.desc())
            .limit(1)
        )
        body = connection.scalar(asked)
        base = Stretch.of_json(body) if body else None
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

    def fold(self, windows: Collection[int]) -> None:
        """Forwards while what is carried differs; then back to the windows that look ahead at these."""
        ahead, done = set(windows), set[int]()
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
            self.now[window] = Stretch.of_json(self.connection.scalar(select(CONTROL.c.body).where(*where)))
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
        units, rows = places.near(self.connection, self.place, first - AROUND, last + AROUND)
        fold = folding(self.place, window, units, places.knowledge, carried, rulings=places.rulings)
        walls, utcs = [row.known_wall for row in rows], [row.known_utc for row in rows]
        return fold, (max(walls, default=NEVER), max(utcs, default=NEVER))

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
        for window in sorted(self.known):
            wall, utc = max(wall, self.known[window][0]), max(utc, self.known[window][1])
            known = {"known_wall": wall, "known_utc": utc}
            where = (CONTROL.c.place == self.place, CONTROL.c.window == window)
            if window in touched:
                stretch = self._stretch(window)
                row = {"root": self.root, "low": stretch.low, **known, "body": stretch.to_json()}
                concluded.replace(self.connection, CONTROL, {"place": self.place, "window": window}, row)
            elif self.old[window] != (wall, utc):
                self.connection.execute(CONTROL.update().where(*where).values(**known))


def held_at(
    connection: Any, at: date, knowledge: Knowledge, places: Collection[str] | None = None
) -> Iterator[Holding]:
    """Who held what on a day, from what is kept."""
    for body, then in concluded.windows_at(connection, at, None if places is None else sorted(places)):
        history = [Stretch.of_json(one) for one in (body, then) if one]
        found = holding_at(history, at, knowledge)
        if found:
            yield found
