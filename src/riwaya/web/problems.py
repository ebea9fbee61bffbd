"""What goes wrong, as ``application/problem+json``: a type to act on, and a sentence; no traceback."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from riwaya.ledger import LedgerError
from riwaya.web.answers import dumped

log = logging.getLogger("riwaya.web")
TITLES = {
    400: "This cannot be asked so",
    401: "Sign in first",
    403: "Not allowed",
    404: "There is no such thing",
    405: "Not done to this",
    409: "Decided by somebody else in the meantime",
    413: "Too large",
    415: "Of another kind than expected",
    421: "Not the name of this desk",
    422: "This cannot be asked so",
    429: "Too many at once",
    500: "A mistake of ours",
    503: "Not now",
}
KINDS = {
    400: "bad-request",
    401: "signin",
    403: "role",
    404: "not-found",
    405: "method",
    409: "conflict",
    413: "too-large",
    421: "host",
    422: "bad-request",
    429: "too-many",
    500: "server",
    503: "busy",
}


class ProblemError(Exception):
    """A request that is not done: the status, why, and what else the page should know."""

    def __init__(
        self, status: int, detail: str, *, kind: str = "", more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.kind = kind
        self.more = more or {}


def problem(
    status: int,
    detail: str,
    *,
    kind: str = "",
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem as an answer."""
    body = {
        "type": f"riwaya:{kind or KINDS.get(status, 'other')}",
        "title": TITLES.get(status, "It cannot be done"),
        "status": status,
        "detail": detail,
        **(more or {}),
    }
    return Response(dumped(body), status, media_type="application/problem+json", headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Have every failure leave as a problem."""

    @app.exception_handler(ProblemError)
    def ours(request: Request, error: ProblemError) -> Response:
        headers = {"Retry-After": "30"} if error.status == 429 else None
        return problem(error.status, error.detail, kind=error.kind, more=error.more, headers=headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        found = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors()]
        said = "; ".join(f"{one['where']}: {one['what']}" for one in found[:5])
        return problem(422, said, more={"errors": found[:50]})

    @app.exception_handler(HTTPException)
    def plain(request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, str(error.detail), headers=error.headers)

    @app.exception_handler(LedgerError)
    def ledger(request: Request, error: LedgerError) -> Response:
        return problem(503, str(error), kind="ledger")

    @app.exception_handler(SQLAlchemyError)
    def database(request: Request, error: SQLAlchemyError) -> Response:
        log.error("%s %s: %s", request.method, request.url.path, error)
        return problem(503, "the ledger does not answer", kind="ledger")

    @app.exception_handler(Exception)
    def mistake(request: Request, error: Exception) -> Response:
        log.error("%s %s", request.method, request.url.path, exc_info=error)
        return problem(500, "something went wrong here; what it was is in the log of the server")
