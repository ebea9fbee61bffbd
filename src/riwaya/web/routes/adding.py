"""Adding reports, and trying a text without keeping it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from time import perf_counter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from riwaya import pipeline
from riwaya.model import Report
from riwaya.sources import Given, Problem, Received
from riwaya.sources.kinds import HEAD, read_one
from riwaya.sources.received import Input, receive
from riwaya.web.access import Person, Reader, Reviewer, address_of, house
from riwaya.web.answers import answer
from riwaya.web.bodies import Address, Pasted, Tried
from riwaya.web.jobs import FullError, Job, Results
from riwaya.web.params import Words, found
from riwaya.web.problems import ProblemError
from riwaya.web.shapes import JSON, Items, JobAnswer

router = APIRouter(tags=["adding"])
BINARY = {
    "requestBody": {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    }
}


@router.post("/uploads", status_code=202, response_model=JobAnswer, openapi_extra=BINARY)
async def upload(
    request: Request,
    person: Reviewer,
    name: Annotated[str, Query(min_length=1, max_length=300, description="The file's name.")],
    published: Words = "",
    outlet: Words = "",
) -> Response:
    """Take a file, as the body and nothing else; read it, and keep what it holds that is new."""
    here = house(request)
    given = given_of(published, outlet)
    path = here.jobs.file()
    size = 0
    try:
        with path.open("xb") as out:
            async for chunk in request.stream():
                size += len(chunk)
                out.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    plain = PurePath(name.replace("\\", "/")).name.replace("\0", "") or "upload"

    def results() -> Iterator[Received | Problem]:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        yield from read_one(Input(plain, head, path=path), given)

    return await run_in_threadpool(
        queued, request, person, plain, results, {"size": size}, lambda: path.unlink(missing_ok=True)
    )


@router.post("/texts", status_code=202, response_model=JobAnswer)
def paste(request: Request, person: Reviewer, body: Pasted) -> Response:
    """Take a text; read it, and keep it if it is new."""
    report = report_of(body.text, body.title, body.outlet, body.published, body.url)
    raw = body.text.encode("utf-8", "surrogatepass")
    return queued(
        request,
        person,
        body.title or "pasted text",
        lambda: [receive(report, raw, "pasted text", "text")],
        {"size": len(raw)},
    )


@router.post("/addresses", status_code=202, response_model=JobAnswer)
def fetch(request: Request, person: Reviewer, body: Address) -> Response:
    """Fetch a page, read it, and keep it if it is new; only where the desk was started with --fetch."""
    if not house(request).settings.fetch:
        raise ProblemError(403, "this desk fetches nothing; start it with --fetch", kind="offline")
    from riwaya.sources import reports

    given = given_of(body.published or "", body.outlet)
    return queued(request, person, body.url, lambda: reports([body.url], given), {"url": body.url})


def queued(
    request: Request, person: Person, name: str, results: Results, detail: Any, after: Any = lambda: None
) -> Response:
    """Something put into the queue, noted in the log of acts."""
    here = house(request)
    if here.read_only:
        after()
        raise ProblemError(503, "this ledger may only be read", kind="ledger")
    try:
        job: Job = here.jobs.put(name, person.name, results, after)
    except FullError:
        raise ProblemError(429, "too much is waiting to be read") from None
    here.state.note(person.name, person.role, "add", name, {**detail, "job": job.id}, address_of(request))
    return answer({"job": job.to_json()}, 202)


@router.get("/jobs", response_model=Items)
def jobs(request: Request, person: Reader) -> Response:
    """List what was added lately and what is being added, the latest first."""
    latest = list(house(request).jobs.jobs.values())[::-1][:50]
    return answer({"items": [job.to_json() for job in latest]})


@router.get("/jobs/{id}", response_model=JSON)
def job(request: Request, person: Reader, id: str) -> Response:
    """Say how far something that is being added has come, and what was skipped."""
    return answer(found(house(request).jobs.jobs.get(id), "job").to_json())


@router.post("/try", response_model=JSON)
def attempt(request: Request, person: Reviewer, body: Tried) -> Response:
    """Read a text and show its claims; nothing is kept."""
    here = house(request)
    began = perf_counter()
    report = report_of(body.text, body.title, body.outlet, body.published, "")
    received = receive(report, body.text.encode("utf-8", "surrogatepass"), "pasted text", "text")
    reading = pipeline.read_one(received, here.reader, here.pack)
    problems = []
    claims = []
    if isinstance(reading, Problem):
        problems = [{"where": reading.where, "what": reading.what, "hint": reading.hint}]
    else:
        claims = [claim.to_json(why=True) for claim in reading.claims]
    return answer(
        {
            "report": report_json(report),
            "claims": claims,
            "problems": problems,
            "milliseconds": round((perf_counter() - began) * 1000, 1),
        }
    )


def report_of(text: str, title: str, outlet: str, published: str | None, url: str) -> Report:
    """A pasted text as a report, in the language it is in."""
    from riwaya.sources.language import language

    return Report(
        text,
        title=title,
        outlet=outlet,
        published=given_of(published or "", "").published,
        url=url,
        language=language(text),
    )


def report_json(report: Report) -> dict[str, Any]:
    """A report as a page shows it."""
    return {
        "id": report.id,
        "title": report.title,
        "outlet": report.outlet,
        "published": report.published.isoformat() if report.published else None,
        "url": report.url,
        "language": report.language,
        "text": report.text,
    }


def given_of(published: str, outlet: str) -> Given:
    """What a person said about reports that do not say it themselves."""
    try:
        moment = datetime.fromisoformat(published) if published else None
    except ValueError:
        raise ProblemError(422, "published: write 2024-12-08, or a moment") from None
    return Given(moment, outlet)
