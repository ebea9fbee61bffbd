"""Claims, reports, and looking for words in both."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from riwaya.ledger import store_of
from riwaya.questions import claims, names, reports
from riwaya.web.access import Reader, house
from riwaya.web.answers import attachment, page
from riwaya.web.params import Chosen, Cursor, Limit, Offset, Words, filters_of, found, start_of
from riwaya.web.problems import ProblemError
from riwaya.web.shapes import JSON, Listing

router = APIRouter(tags=["claims"])
Sort = Annotated[Literal["day", "-day", "known", "-known"], Query()]
Fields = Annotated[Literal["all", "brief"], Query(description="`brief` for the rows of a table.")]
MOST_NAMES = 8  # bodies and places offered with what a search finds


@router.get("/claims", response_model=Listing)
def listed(
    request: Request,
    person: Reader,
    chosen: Chosen,
    sort: Sort = "day",
    fields: Fields = "all",
    cursor: Cursor = "",
    offset: Offset = None,
    limit: Limit = 100,
) -> Response:
    """List claims, with where each stands in review."""
    filters = filters_of(chosen, sort)
    start = start_of(cursor, offset, filters)

    def made(standing: Any) -> dict[str, Any]:
        items, total = claims.listed(
            standing, chosen, sort=sort, offset=start, limit=limit, brief=fields == "brief"
        )
        return page(items, total, start, filters)

    return house(request).told(request, made)


@router.get("/claims/{id}", response_model=JSON)
def one(request: Request, person: Reader, id: str) -> Response:
    """Show a claim: why it was read so, what was decided about it, how it stands."""
    return house(request).told(request, lambda standing: found(claims.one(standing, id), "claim"))


@router.get("/reports", response_model=Listing)
def report_list(
    request: Request,
    person: Reader,
    chosen: Chosen,
    cursor: Cursor = "",
    offset: Offset = None,
    limit: Limit = 100,
) -> Response:
    """List reports, the newest first; those that hold the words, where words are asked for."""
    filters = filters_of(chosen, "reports")
    start = start_of(cursor, offset, filters)

    def made(standing: Any) -> dict[str, Any]:
        items, total = reports.listed(standing, chosen, offset=start, limit=limit)
        return page(items, total, start, filters)

    return house(request).told(request, made)


@router.get("/reports/{id}", response_model=JSON)
def report(request: Request, person: Reader, id: str) -> Response:
    """Show a report as it came, with its claims and their spans, its custody and its copies."""
    here = house(request)

    def made(standing: Any) -> dict[str, Any]:
        shown: dict[str, Any] = found(reports.one(standing, id), "report")
        if shown["custody"]:
            shown["custody"]["original"] = original_of(here.address, shown["custody"]) is not None
        return shown

    return here.told(request, made)


def original_of(address: str, custody: Any) -> tuple[Any, str] | None:
    """Where the bytes of a report are kept, and their hash."""
    store, file = store_of(address), custody.get("file") or custody["sha256"]
    return (store, file) if store and store.has(file) else None


@router.get(
    "/reports/{id}/original",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}},
)
def original(request: Request, person: Reader, id: str) -> Response:
    """Hand over the file a report came in, byte for byte."""
    here = house(request)
    custody = found(reports.custody(here.now(), id), "report")
    kept = original_of(here.address, custody)
    if kept is None:
        raise ProblemError(404, "the bytes of this report were not kept")
    store, file = kept

    def chunks() -> Any:
        with store.open(file) as stream:
            while chunk := stream.read(1 << 16):
                yield chunk

    return StreamingResponse(
        chunks(), media_type="application/octet-stream", headers=attachment(f"{file[:16]}.bin")
    )


@router.get("/search", response_model=JSON)
def search(request: Request, person: Reader, chosen: Chosen, limit: Limit = 20) -> Response:
    """Look for words in claims and reports, and for bodies and places of that name."""
    here = house(request)

    def made(standing: Any) -> dict[str, Any]:
        said, claims_total = (
            claims.listed(standing, chosen, sort="-day", offset=0, limit=limit, brief=True)
            if chosen.q
            else ([], 0)
        )
        texts, reports_total = (
            reports.listed(standing, chosen, offset=0, limit=limit) if chosen.q else ([], 0)
        )
        return {
            "q": chosen.q,
            "claims": {"total": claims_total, "items": said},
            "reports": {"total": reports_total, "items": texts},
            "places": names.looked_up(standing, here.names, chosen.q, None, MOST_NAMES),
            "actors": here.names.bodies_named(chosen.q, MOST_NAMES),
        }

    return here.told(request, made)


@router.get("/places", response_model=Listing)
def places(
    request: Request,
    person: Reader,
    q: Words = "",
    near: Annotated[str, Query(max_length=60, description="A point: latitude,longitude.")] = "",
    limit: Limit = 20,
) -> Response:
    """Look up places of the gazetteer, for whoever corrects one."""
    here = house(request)
    point = point_of(near)

    def made(standing: Any) -> dict[str, Any]:
        items = names.looked_up(standing, here.names, q, point, limit)
        return {"items": items, "next": None, "total": len(items)}

    return here.told(request, made)


def point_of(near: str) -> tuple[float, float] | None:
    """A point out of its two numbers; none where they are not."""
    lat, _, lon = near.partition(",")
    try:
        point = float(lat), float(lon)
    except ValueError:
        return None
    return point if -90 <= point[0] <= 90 and -180 <= point[1] <= 180 else None
