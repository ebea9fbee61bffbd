"""What leaves the desk: the selection on the screen, in any format the exports know."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from riwaya import exports
from riwaya.exports import Asked, Export
from riwaya.questions import leaving
from riwaya.web.access import Reader, address_of, house
from riwaya.web.answers import attachment
from riwaya.web.params import Chosen, Words, found
from riwaya.web.problems import ProblemError

router = APIRouter(tags=["export"])
CHUNK = 1 << 16


@router.get(
    "/export/{name}",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}},
)
def export(
    request: Request,
    person: Reader,
    name: str,
    chosen: Chosen,
    table: Words = "",
    hxl: Annotated[bool, Query(description="A second header row of HXL tags.")] = False,
    bom: Annotated[bool, Query(description="A byte order mark, so that Excel reads UTF-8.")] = False,
) -> Response:
    """Write what is on the screen in a format that other programs read."""
    here = house(request)
    format = checked(found(exports.export_named(name), "format"), table, hxl=hxl, bom=bom)
    ledger, query, concluded = leaving.narrowed(here.now(), chosen)
    asked = Asked(
        ledger,
        query,
        concluded,
        exports.Names.of(here.pack),
        at=chosen.at,
        table=table or next(iter(format.tables), ""),
        hxl=hxl,
        bom=bom,
    )
    stream: Any = TemporaryFile()  # noqa: SIM115 -- closed when the last of it has left
    try:
        format.write(asked, stream)
    except BaseException:
        stream.close()
        raise
    stream.seek(0)
    here.state.note(person.name, person.role, "export", name, {"table": table}, address_of(request))
    headers = attachment(f"riwaya-{name}{f'-{table}' if table else ''}{format.ending}")
    return StreamingResponse(chunks(stream), media_type="application/octet-stream", headers=headers)


def checked(format: Export, table: str, *, hxl: bool, bom: bool) -> Export:
    """A format that can do what is asked of it."""
    if table and table not in format.tables:
        raise ProblemError(422, f"{format.name} has no table {table!r}")
    if (hxl and not format.hxl) or (bom and not format.bom):
        raise ProblemError(422, f"{format.name} takes no {'hxl' if hxl and not format.hxl else 'bom'}")
    if not format.ready:
        raise ProblemError(503, f"{format.name} needs the extra {format.extra}", kind="extra")
    return format


def chunks(stream: Any) -> Iterator[bytes]:
    """A file piece by piece; gone once it is read."""
    with stream:
        while chunk := stream.read(CHUNK):
            yield chunk
