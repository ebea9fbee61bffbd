"""What can be said in the address of a question."""

from __future__ import annotations

import re
from dataclasses import astuple
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from riwaya.questions.decisions import STATES
from riwaya.questions.selection import Selection
from riwaya.views import evening
from riwaya.web.answers import CursorError, offset_of
from riwaya.web.problems import ProblemError

LONGEST = 300
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT = re.compile(rf"{DAY.pattern}[T ]\d{{2}}:\d{{2}}.*", re.ASCII)
MOST = 500
LAST_OFFSET = 10_000_000


def nothing(value: Any) -> Any:
    """What is empty is not said."""
    return None if value == "" else value


def plain(value: str) -> str:
    """Text without what no database takes."""
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()


def whole_day(value: Any) -> Any:
    """A day as people write it; numbers are no days here."""
    if value in (None, ""):
        return None
    if isinstance(value, str) and not DAY.fullmatch(value):
        raise ValueError("write 2024-12-08")
    return value


def whole_moment(value: Any) -> Any:
    """A moment; of a day its evening."""
    if value in (None, ""):
        return None
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return evening(date.fromisoformat(value))
        except ValueError:
            return value
    if isinstance(value, str) and not MOMENT.fullmatch(value):  # numbers are no moments here
        raise ValueError("write 2024-12-08, or 2024-12-08T18:00")
    return value


def sane(moment: datetime | None) -> datetime | None:
    """A moment that can be told in UTC; at the ends of the calendar by its own wall."""
    try:
        return moment.astimezone().astimezone(moment.tzinfo) if moment and moment.tzinfo else moment
    except (OverflowError, ValueError):
        return moment.replace(tzinfo=None) if moment else None


DAY_SCHEMA = {"type": "string", "format": "date"}
EMPTY_SCHEMA = {"type": "string", "maxLength": 0}
Day = Annotated[
    date | None, BeforeValidator(whole_day), WithJsonSchema({"anyOf": [DAY_SCHEMA, EMPTY_SCHEMA]})
]
Moment = Annotated[
    datetime | None,
    BeforeValidator(whole_moment),
    AfterValidator(sane),
    WithJsonSchema({"anyOf": [DAY_SCHEMA, {"type": "string", "format": "date-time"}, EMPTY_SCHEMA]}),
]
Words = Annotated[str, Query(max_length=LONGEST), AfterValidator(plain)]
Flag = Annotated[Literal["", "true", "false"], Query()]
State = Annotated[Literal["", "open", "accepted", "rejected", "corrected", "noted"], Query()]
assert set(STATES) == {"open", "accepted", "rejected", "corrected", "noted"}


def selected(
    at: Annotated[Day, Query(description="A day: nothing that happened after it.")] = None,
    known_by: Annotated[
        Moment, Query(description="Only what was published by then: a day (its evening) or a moment.")
    ] = None,
    first: Annotated[Day, Query(description="The first day that counts.")] = None,
    last: Annotated[Day, Query(description="The last day that counts.")] = None,
    place: Annotated[Words, Query(description="A place, by its id or its name.")] = "",
    area: Annotated[Words, Query(description="Everything inside a governorate or a city.")] = "",
    actor: Annotated[Words, Query(description="Who acts or is acted upon, by id or name.")] = "",
    type: Annotated[list[Words], Query(description="A type; may be given more than once.")] = [],  # noqa: B006
    status: Annotated[list[Words], Query(description="A status; may be given more than once.")] = [],  # noqa: B006
    origin: Annotated[Words, Query(description="On whose word, by id or name.")] = "",
    outlet: Annotated[Words, Query(description="Who published it.")] = "",
    q: Annotated[Words, Query(description='Words, "phrases", beginnings*, -without.')] = "",
    review: Annotated[State, Query(description="Where it stands in review.")] = "",
    disputed: Annotated[Flag, Query(description="Only what is in dispute, or is not.")] = "",
    report: Annotated[Words, Query(description="Only what this report says.")] = "",
) -> Selection:
    """The filters that every list of the desk takes."""
    return Selection(
        at=at,
        known_by=known_by,
        first=first,
        last=last,
        place=place,
        area=area,
        actor=actor,
        type=tuple(sorted({one for one in type if one})),
        status=tuple(sorted({one for one in status if one})),
        origin=origin,
        outlet=outlet,
        q=q,
        review=review,
        disputed={"": None, "true": True, "false": False}[disputed],
        report=report,
    )


Chosen = Annotated[Selection, Depends(selected)]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Offset = Annotated[
    Annotated[int, Field(ge=0, le=LAST_OFFSET)] | None,
    BeforeValidator(nothing),
    Query(description="The row to begin at, instead of a cursor."),
]
Cursor = Annotated[str, Query(max_length=200, description="The `next` of the page before.")]


def start_of(cursor: str, offset: int | None, filters: list[Any]) -> int:
    """Where a page begins: after the one before, or at a row."""
    if not cursor:
        return offset or 0
    try:
        return offset_of(cursor, filters)
    except CursorError as error:
        raise ProblemError(400, str(error), kind="cursor") from None


def filters_of(selection: Selection, *more: Any) -> list[Any]:
    """What a list is of, so that a cursor of another is known."""
    return [*astuple(selection), *more]


def found(thing: Any, what: str) -> Any:
    """Something that was asked for, or a problem that says it is not there."""
    if thing is None:
        raise ProblemError(404, f"there is no such {what}")
    return thing


__all__ = ["Chosen", "Cursor", "Limit", "Moment", "Offset", "filters_of", "found", "start_of"]
