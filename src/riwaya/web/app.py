"""The application: routes under one roof, guarded, with every failure in the same words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from riwaya import __version__
from riwaya.web import page, problems
from riwaya.web.house import House
from riwaya.web.routes import adding, claims, desk, events, leaving, map, people, review
from riwaya.web.safety import Guard
from riwaya.web.shapes import Problem

API = "/api/v1"
UPLOADS = (f"{API}/uploads",)
ROUTES: tuple[APIRouter, ...] = (
    desk.router,
    people.router,
    map.router,
    claims.router,
    events.router,
    review.router,
    adding.router,
    leaving.router,
)
THREADS = 12  # questions answered at once: each holds a connection of the ledger's
FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}, "description": text}
    for status, text in (
        (304, "Nothing has changed"),
        (400, "A bad cursor"),
        (401, "Sign in first"),
        (403, "Not allowed, or without the token"),
        (404, "There is no such thing"),
        (409, "Decided by somebody else in the meantime"),
        (413, "Too large"),
        (421, "Not the name of this desk"),
        (422, "It cannot be asked so"),
        (429, "Too many at once"),
        (503, "Not now"),
    )
}
FAILURES[304] = {"description": "Nothing has changed"}


def create_app(house: House) -> FastAPI:
    """The application over a ledger; it closes the ledger when it ends."""

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        from anyio.to_thread import current_default_thread_limiter

        current_default_thread_limiter().total_tokens = THREADS
        yield
        await run_in_threadpool(house.close)

    app = FastAPI(
        title="Riwaya",
        version=__version__,
        summary="Who says that who did what, to whom, where and when; and who holds what on whose word.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=living,
    )
    app.state.house = house
    problems.install(app)
    for router in ROUTES:
        app.include_router(router, prefix=API, responses=FAILURES)

    @app.get(f"{API}/{{path:path}}", include_in_schema=False)
    def unknown(path: str) -> Response:
        """Nothing under the API but what is named above."""
        return problems.problem(404, "there is no such address")

    @app.get("/{path:path}", include_in_schema=False)
    def shown(path: str) -> Response:
        """The page."""
        return page.served(house.settings.assets, path)

    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=5)
    app.add_middleware(Guard, settings=house.settings, uploads=UPLOADS)
    return app
