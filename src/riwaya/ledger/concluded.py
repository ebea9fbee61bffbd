"""Answers kept in the derived tables: where claims fall, which blocks there are, what was concluded of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select

from riwaya.ledger.derived import (
    AT_ONCE,
    BLOCKS,
    CONTROL,
    DIRTY,
    DISPUTED,
    DISPUTES,
    EVENTS,
    SPOKEN,
    UNITS,
    pieces,
    put,
)

STREAM = {"yield_per": AT_ONCE}
FARTHEST = timedelta(hours=15)  # that a clock on a wall can be from UTC


class Block(NamedTuple):
    """A run of days of one family under one root."""

    family: str
    root: str
    low: date
    high: date


class Group(NamedTuple):
    """What is still to be concluded: a kind of answer, of what, and of which days."""

    root: str
    kind: str
    name: str
    bucket: int


def mark(connection: Connection, groups: Collection[Group]) -> None:
    """Note what is to be concluded again."""
    for some in pieces(sorted(groups)):
        roots = {group.root for group in some}
        here = {Group(*row) for row in connection.execute(select(DIRTY).where(DIRTY.c.root.in_(roots)))}
        put(connection, DIRTY, [group._asdict() for group in some if group not in here])


def unmark(connection: Connection, groups: Collection[Group]) -> None:
    """Note what has been concluded."""
    columns = (DIRTY.c.root, DIRTY.c.kind, DIRTY.c.name, DIRTY.c.bucket)
    if groups:
        done = DIRTY.delete().where(and_(*(column == bindparam(f"b_{column.name}") for column in columns)))
        rows = [{f"b_{name}": value for name, value in group._asdict().items()} for group in groups]
        connection.execute(done, rows)


def marked(connection: Connection, limit: int, kind: str | None = None) -> list[Group]:
    """Some of what is to be concluded, root by root: blocks before what rests on several."""
    last = (DIRTY.c.kind == "same").label("last")
    asked = select(DIRTY).order_by(last, DIRTY.c.root, DIRTY.c.kind, DIRTY.c.name, DIRTY.c.bucket)
    if kind is not None:
        asked = asked.where(DIRTY.c.kind == kind)
    return [Group(row.root, row.kind, row.name, row.bucket) for row in connection.execute(asked.limit(limit))]


def marks(connection: Connection) -> int:
    """How much there is to be concluded."""
    return connection.scalar(select(func.count()).select_from(DIRTY)) or 0


def take_units(connection: Connection, claims: Iterable[int]) -> list[Any]:
    """Take away the units of claims, and say where they were."""
    found: list[Any] = []
    for some in pieces(claims):
        inside = UNITS.c.claim.in_(some)
        found += connection.execute(select(UNITS).where(inside))
        connection.execute(UNITS.delete().where(inside))
    return found


def units_where(connection: Connection, *conditions: Any) -> list[Any]:
    """The units that fit, without their events."""
    columns = (UNITS.c.claim, UNITS.c.place, UNITS.c.root, UNITS.c.family, UNITS.c.likely, UNITS.c.speaking)
    return list(connection.execute(select(*columns).where(*conditions)))


def of_block(connection: Connection, block: Block, known: Any = None) -> list[Any]:
    """The units of a block: claim, place, event, and when each was known."""
    columns = (UNITS.c.claim, UNITS.c.place, UNITS.c.event, UNITS.c.known_wall, UNITS.c.known_utc)
    asked = select(*columns).where(
        UNITS.c.family == block.family,
        UNITS.c.root == block.root,
        UNITS.c.likely.between(block.low, block.high),
    )
    return list(connection.execute(asked.where(known(UNITS)) if known else asked))


def of_places(
    connection: Connection, places: Sequence[str], first: date, last: date, known: Any = None
) -> list[Any]:
    """The units of some days that bear on who holds some places."""
    columns = (UNITS.c.claim, UNITS.c.place, UNITS.c.likely, UNITS.c.known_wall, UNITS.c.known_utc)
    found: list[Any] = []
    for some in pieces(places):
        asked = select(*columns).where(
            UNITS.c.place.in_(some), UNITS.c.likely.between(first, last), UNITS.c.speaking
        )
        found += connection.execute(asked.where(known(UNITS)) if known else asked)
    return found


def days_of(
    connection: Connection, family: str, root: str, first: date, last: date, known: Any = None
) -> list[date]:
    """The days, of some, on which units of a family under a root fall."""
    asked = select(UNITS.c.likely).where(
        UNITS.c.family == family, UNITS.c.root == root, UNITS.c.likely.between(first, last)
    )
    return sorted(connection.scalars((asked.where(known(UNITS)) if known else asked).distinct()))


def speaking_days(
    connection: Connection,
    places: Sequence[str],
    first: date = date.min,
    last: date = date.max,
    known: Any = None,
) -> list[date]:
    """The days, of some, on which somebody says who holds one of these places."""
    found: set[date] = set()
    for some in pieces(places):
        asked = select(UNITS.c.likely).where(
            UNITS.c.place.in_(some), UNITS.c.speaking, UNITS.c.likely.between(first, last)
        )
        found.update(connection.scalars((asked.where(known(UNITS)) if known else asked).distinct()))
    return sorted(found)


def blocks_near(connection: Connection, family: str, root: str, first: date, last: date) -> list[Any]:
    """The blocks of a family under a root that share days with some."""
    return list(
        connection.execute(
            select(BLOCKS).where(
                BLOCKS.c.family == family, BLOCKS.c.root == root, BLOCKS.c.low <= last, BLOCKS.c.high >= first
            )
        )
    )


def blocks_after(connection: Connection, moment: datetime, by: Any) -> Iterator[Any]:
    """The blocks of which something was told after a moment."""
    asked = select(BLOCKS).where(BLOCKS.c.last_wall > moment.replace(tzinfo=None) - FARTHEST)
    for row in connection.execute(asked.order_by(BLOCKS.c.family, BLOCKS.c.root, BLOCKS.c.low)):
        if not by(row.last_wall, row.last_utc):
            yield row


def clear_block(connection: Connection, block: Block) -> None:
    """Forget the answers of a block."""
    for table in (EVENTS, DISPUTES, DISPUTED):
        connection.execute(
            table.delete().where(
                table.c.family == block.family, table.c.root == block.root, table.c.low == block.low
            )
        )
    connection.execute(
        BLOCKS.delete().where(
            BLOCKS.c.family == block.family, BLOCKS.c.root == block.root, BLOCKS.c.low == block.low
        )
    )


def set_events(connection: Connection, events: Sequence[tuple[int, str, str | None]]) -> None:
    """Note the events that units fall in, by claim and place."""
    if events:
        update = (
            UNITS.update()
            .where(UNITS.c.claim == bindparam("b_claim"), UNITS.c.place == bindparam("b_place"))
            .values(event=bindparam("b_event"))
        )
        connection.execute(
            update, [{"b_claim": claim, "b_place": place, "b_event": event} for claim, place, event in events]
        )


def events_of_claims(connection: Connection, seqs: Iterable[int]) -> list[Any]:
    """Where claims are, and the events they fall in: claim, event, and its block."""
    found: list[Any] = []
    for some in pieces(seqs):
        asked = (
            select(UNITS.c.claim, UNITS.c.place, UNITS.c.event, EVENTS.c.family, EVENTS.c.root, EVENTS.c.low)
            .select_from(UNITS)
            .join(EVENTS, EVENTS.c.id == UNITS.c.event)
            .where(UNITS.c.claim.in_(some))
        )
        found += connection.execute(asked)
    return found


def events(
    connection: Connection,
    *,
    places: Iterable[str] | None = None,
    types: Iterable[str] = (),
    first: date | None = None,
    last: date | None = None,
    ids: Iterable[str] | None = None,
    block: Block | None = None,
    known: Any = None,
) -> Iterator[Any]:
    """Events that fit, oldest first, as rows with their bodies and blocks."""
    asked = select(EVENTS).order_by(EVENTS.c.first_day, EVENTS.c.last_day, EVENTS.c.id)
    if places is not None:
        asked = asked.where(EVENTS.c.place.in_(list(places)))
    if ids is not None:
        asked = asked.where(EVENTS.c.id.in_(list(ids)))
    if block is not None:
        asked = asked.where(
            EVENTS.c.family == block.family, EVENTS.c.root == block.root, EVENTS.c.low == block.low
        )
    if known is not None:
        asked = asked.where(known(EVENTS))
    if wanted := list(types):
        asked = asked.where(EVENTS.c.type.in_(wanted))
    if first:
        asked = asked.where(EVENTS.c.last_day >= first)
    if last:
        asked = asked.where(EVENTS.c.first_day <= last)
    yield from connection.execute(asked, execution_options=STREAM)


def disputes(
    connection: Connection,
    *,
    places: Iterable[str] | None = None,
    open_only: bool = False,
    first: date | None = None,
    last: date | None = None,
) -> Iterator[Any]:
    """Disputes that fit, in the order in which they began, as rows with their bodies and blocks."""
    asked = select(DISPUTES).order_by(DISPUTES.c.since, DISPUTES.c.id)
    if places is not None:
        asked = asked.where(DISPUTES.c.place.in_(list(places)))
    if open_only:
        asked = asked.where(DISPUTES.c.settled.is_(False))
    if first:
        asked = asked.where(DISPUTES.c.day >= first)
    if last:
        asked = asked.where(DISPUTES.c.day <= last)
    yield from connection.execute(asked, execution_options=STREAM)


def disputed(connection: Connection, claims: Iterable[str]) -> set[str]:
    """Which of these claims an open dispute is about."""
    found: set[str] = set()
    for some in pieces(claims):
        found.update(connection.scalars(select(DISPUTED.c.claim).where(DISPUTED.c.claim.in_(some))))
    return found


def windows_of(connection: Connection, place: str, *conditions: Any) -> list[Any]:
    """What is kept of the windows of a place, in their order."""
    asked = select(CONTROL).where(CONTROL.c.place == place, *conditions).order_by(CONTROL.c.window)
    return list(connection.execute(asked))


def windows_at(connection: Connection, at: date, places: Sequence[str] | None) -> Iterator[tuple[Any, Any]]:
    """For every place that had been spoken of by a day: its window of that day, and the one that follows."""
    then = CONTROL.alias("later")
    here = (
        select(CONTROL.c.place, func.max(CONTROL.c.low).label("low"))
        .where(CONTROL.c.low <= at)
        .group_by(CONTROL.c.place)
        .subquery()
    )
    after = (
        select(CONTROL.c.place, func.min(CONTROL.c.low).label("low"))
        .where(CONTROL.c.low > at)
        .group_by(CONTROL.c.place)
        .subquery()
    )
    asked = (
        select(CONTROL.c.place, CONTROL.c.body, then.c.body.label("then"))
        .select_from(CONTROL)
        .join(here, and_(here.c.place == CONTROL.c.place, here.c.low == CONTROL.c.low))
        .join(SPOKEN, and_(SPOKEN.c.place == CONTROL.c.place, SPOKEN.c.first_day <= at))
        .outerjoin(after, after.c.place == CONTROL.c.place)
        .outerjoin(then, and_(then.c.place == after.c.place, then.c.low == after.c.low))
        .order_by(CONTROL.c.place)
    )
    if places is not None:
        asked = asked.where(CONTROL.c.place.in_(list(places)))
    for row in connection.execute(asked, execution_options=STREAM):
        yield row.body, row.then


def spoken_places(
    connection: Connection, root: str | None = None, before: date | None = None
) -> dict[str, str]:
    """The places of which somebody says who holds them, each with its root."""
    asked = select(SPOKEN.c.place, SPOKEN.c.root).order_by(SPOKEN.c.place)
    if root is not None:
        asked = asked.where(SPOKEN.c.root == root)
    if before is not None:
        asked = asked.where(SPOKEN.c.first_day <= before)
    return {row.place: row.root for row in connection.execute(asked)}


def spoken_after(connection: Connection, moment: datetime, by: Any) -> set[str]:
    """The places of which something was told after a moment that bears on who holds them."""
    asked = select(UNITS.c.place, UNITS.c.known_wall, UNITS.c.known_utc).where(
        UNITS.c.known_wall > moment.replace(tzinfo=None) - FARTHEST, UNITS.c.speaking
    )
    return {
        row.place
        for row in connection.execute(asked, execution_options=STREAM)
        if not by(row.known_wall, row.known_utc)
    }


def range_of(rows: Iterable[Any]) -> dict[str, datetime]:
    """When the first and the last of some units were known, by both clocks."""
    said = list(rows)
    walls, utcs = [row.known_wall for row in said], [row.known_utc for row in said]
    return {
        "first_wall": min(walls),
        "last_wall": max(walls),
        "first_utc": min(utcs),
        "last_utc": max(utcs),
    }


def replace(connection: Connection, table: Any, key: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """One row in the place of the one with its key."""
    connection.execute(table.delete().where(and_(*(table.c[name] == value for name, value in key.items()))))
    put(connection, table, [{**key, **row}])

