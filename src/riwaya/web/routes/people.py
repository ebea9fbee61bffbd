"""Who may come in: sessions, accounts, and the log of what was done."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from riwaya.web.access import (
    Admin,
    Overseer,
    Person,
    address_of,
    check_token,
    house,
    known_person,
    session_json,
    session_of,
    set_cookie,
)
from riwaya.web.answers import answer, page
from riwaya.web.bodies import ChangedUser, NewUser, Rename, SignIn
from riwaya.web.params import Cursor, Limit, start_of
from riwaya.web.problems import ProblemError
from riwaya.web.settings import ACCOUNTS, LOCAL
from riwaya.web.shapes import Items, Listing, SessionAnswer
from riwaya.web.state import AccountError, User, check_name

router = APIRouter(tags=["people"])


@router.get("/session", response_model=SessionAnswer)
def session(request: Request) -> Response:
    """Say who you are here and what you may do; the first answer brings the cookie that the rest needs."""
    here = house(request)
    known, person = session_of(request), known_person(request)
    opened = known or here.state.open_session("", signed_in=False)
    told = answer(session_json(request, person, opened))
    if known is None:
        set_cookie(told, opened, secure=here.settings.secure)
    return told


@router.post("/session", response_model=SessionAnswer)
def sign_in(request: Request, body: SignIn) -> Response:
    """Sign in with a name and a password."""
    here = house(request)
    if here.settings.mode != ACCOUNTS:
        raise ProblemError(409, "this desk has no accounts", kind="mode")
    before = session_of(request)
    check_token(request, before)
    client = f"{address_of(request)}\n{body.name}"
    if not here.attempts.allows(client) or not here.attempts_from.allows(address_of(request)):
        raise ProblemError(429, "too many attempts; wait a minute")
    if not here.state.right_password(body.name, body.password):
        here.state.note(body.name[:64], "", "sign-in failed", "", {}, address_of(request))
        raise ProblemError(401, "that name and password do not fit")
    user = here.state.user(body.name)
    assert user
    if before:
        here.state.close_session(before.token)  # a new token: one that was planted is worth nothing
    opened = here.state.open_session(user.name, signed_in=True)
    person = Person(user.name, user.role, opened)
    here.state.note(user.name, user.role, "sign-in", "", {}, address_of(request))
    told = answer(session_json(request, person, opened))
    set_cookie(told, opened, secure=here.settings.secure)
    return told


@router.put("/session", response_model=SessionAnswer)
def rename(request: Request, body: Rename) -> Response:
    """Say who sits at this computer: the author of what is decided from here on."""
    here = house(request)
    known = session_of(request)
    check_token(request, known)
    if here.settings.mode != LOCAL or known is None:
        raise ProblemError(409, "who you are is not yours to say here", kind="mode")
    name = body.name.strip()
    try:
        check_name(name)
    except AccountError as error:
        raise ProblemError(422, str(error)) from None
    here.state.rename_session(known.token, name)
    return answer(session_json(request, Person(name, "admin", known), known))


@router.delete("/session", status_code=204)
def sign_out(request: Request) -> Response:
    """Sign out."""
    here = house(request)
    known = session_of(request)
    check_token(request, known)
    if known:
        here.state.close_session(known.token)
    return Response(status_code=204)


@router.get("/users", response_model=Items)
def users(request: Request, person: Overseer) -> Response:
    """List accounts."""
    return answer({"items": [user.to_json() for user in house(request).state.users()]})


@router.post("/users", status_code=201, response_model=Items)
def add(request: Request, person: Admin, body: NewUser) -> Response:
    """Make an account."""
    return changed(
        request,
        person,
        "users add",
        body.name,
        lambda: house(request).state.add_user(body.name, body.password, body.role),
        201,
    )


@router.put("/users/{name}", response_model=Items)
def change(request: Request, person: Admin, name: str, body: ChangedUser) -> Response:
    """Give an account another password or role."""
    known(request, name)
    return changed(
        request,
        person,
        "users change",
        name,
        lambda: house(request).state.change_user(name, password=body.password, role=body.role),
        200,
    )


@router.delete("/users/{name}", response_model=Items)
def remove(request: Request, person: Admin, name: str) -> Response:
    """Take an account away; what it decided stays under its name."""
    known(request, name)
    return changed(request, person, "users remove", name, lambda: house(request).state.remove_user(name), 200)


def known(request: Request, name: str) -> User:
    """An account that is there."""
    user = house(request).state.user(name)
    if user is None:
        raise ProblemError(404, "there is no such account")
    return user


def changed(request: Request, person: Person, act: str, name: str, do: Any, status: int) -> Response:
    """Accounts after a change, which is noted."""
    here = house(request)
    try:
        do()
    except AccountError as error:
        raise ProblemError(422, str(error)) from None
    here.state.note(person.name, person.role, act, name, {}, address_of(request))
    return answer({"items": [user.to_json() for user in here.state.users()]}, status)


@router.get("/audit", response_model=Listing)
def audit(
    request: Request,
    person: Overseer,
    cursor: Cursor = "",
    limit: Annotated[Limit, Query()] = 100,
) -> Response:
    """List every writing act, the latest first."""
    start = start_of(cursor, None, ["audit"])
    items, total = house(request).state.audit(start, limit)
    return answer(page(items, total, start, ["audit"]))
