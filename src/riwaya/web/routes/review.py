"""Review: what to look at next, deciding, taking back, and what people's decisions say of the reader."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from riwaya.questions import deciding, gold, review
from riwaya.questions.deciding import GoneError, Outcome, RefusedError, UnseenError
from riwaya.web.access import Person, Reader, Reviewer, address_of, house
from riwaya.web.answers import answer, lines, page
from riwaya.web.bodies import NewDecision, Withdrawal
from riwaya.web.params import Chosen, Cursor, Limit, Offset, Words, filters_of, start_of
from riwaya.web.problems import ProblemError
from riwaya.web.shapes import JSON, JSON_LINES, Decided, Listing

router = APIRouter(tags=["review"])


@router.get("/review", response_model=Listing)
def queue(
    request: Request,
    person: Reader,
    chosen: Chosen,
    kind: Literal["all", "disputed", "consequential", "uncertain"] = "all",
    cursor: Cursor = "",
    offset: Offset = None,
    limit: Limit = 50,
) -> Response:
    """List the claims to look at next: what is disputed, what much rests on, what is uncertain."""
    filters = filters_of(chosen, "review", kind)
    start = start_of(cursor, offset, filters)

    def made(standing: Any) -> dict[str, Any]:
        items, total = review.queue(standing, chosen, kind=kind, offset=start, limit=limit)
        return page(items, total, start, filters, counts=review.counts(standing))

    return house(request).told(request, made)


@router.get("/decisions", response_model=Listing)
def decisions(
    request: Request,
    person: Reader,
    claim: Words = "",
    author: Words = "",
    all: Annotated[bool, Query(description="With those that were withdrawn.")] = False,
    cursor: Cursor = "",
    offset: Offset = None,
    limit: Limit = 100,
) -> Response:
    """List decisions, the latest first."""
    filters = ["decisions", claim, author, all]
    start = start_of(cursor, offset, filters)

    def made(standing: Any) -> dict[str, Any]:
        log = standing.log
        rows = log.touching.get(claim, ()) if claim else log.rows
        fitting = [
            row
            for row in reversed(rows)
            if (not author or row.author == author)
            and (all or not (row.withdraws or row.id in log.withdrawn))
        ]
        items = [log.to_json(row) for row in fitting[start : start + limit]]
        return page(items, len(fitting), start, filters)

    return house(request).told(request, made)


@router.post("/decisions", status_code=201, response_model=Decided)
def decide(request: Request, person: Reviewer, body: NewDecision) -> Response:
    """Keep a decision about claims; refused where somebody decided about one of them since it was seen."""
    changes = body.changes.said() if body.changes else None
    return kept(
        request,
        person,
        body.kind,
        lambda: deciding.decide(
            house(request).desk,
            body.kind,
            body.claims,
            author=person.name,
            changes=changes,
            note=body.note,
            seen=body.seen,
        ),
        201,
    )


@router.post("/decisions/{id}/withdraw", response_model=Decided)
def withdraw(request: Request, person: Reviewer, id: str, body: Withdrawal) -> Response:
    """Take a decision back."""
    return kept(
        request,
        person,
        "withdraw",
        lambda: deciding.withdraw(house(request).desk, id, author=person.name, note=body.note),
        200,
    )


def kept(request: Request, person: Person, act: str, decide: Any, status: int) -> Response:
    """What came of a decision, noted in the log of acts."""
    try:
        outcome: Outcome = decide()
    except RefusedError as error:
        raise ProblemError(422, str(error)) from None
    except GoneError as error:
        raise ProblemError(404, str(error)) from None
    except UnseenError as error:
        raise ProblemError(409, str(error), more={"conflicts": error.conflicts}) from None
    done = outcome.to_json()
    about = {"claims": done["decision"]["claims"], "changes": done["decision"]["changes"]}
    house(request).state.note(
        person.name, person.role, f"decide {act}", done["decision"]["id"], about, address_of(request)
    )
    return answer(done, status)


@router.get("/corrections", response_class=Response, responses=JSON_LINES)
def corrections(request: Request, person: Reader) -> Response:
    """Hand over claims as people left them, as `riwaya evaluate` takes them."""
    return lines(gold.claims(house(request).now()), "gold.jsonl")


@router.get("/corrections/reports", response_class=Response, responses=JSON_LINES)
def corrected_reports(request: Request, person: Reader) -> Response:
    """Hand over the reports that those claims are of."""
    found = gold.reports(house(request).now())
    return lines((gold.report_json(report) for report in found), "reports.jsonl")


@router.get("/corrections/score", response_model=JSON)
def score(request: Request, person: Reader) -> Response:
    """Score the reader against what people left of its claims."""
    return house(request).kept(request, "score", gold.score)
