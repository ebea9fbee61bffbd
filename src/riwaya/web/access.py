"""Who asks, and what they may do."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from riwaya.web.problems import ProblemError
from riwaya.web.settings import ACCOUNTS, LOCAL, PROXY
from riwaya.web.state import ROLES, Session

if TYPE_CHECKING:
    from riwaya.web.house import House

COOKIE = "riwaya_session"
TOKEN = "x-riwaya-csrf"
ROLE = {role: rank for rank, role in enumerate(ROLES)}


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: a name, a role, and the browser's session where there is one."""

    name: str
    role: str
    session: Session | None = None

    def may(self, role: str) -> bool:
        """Whether this person may do what needs a role."""
        return ROLE[self.role] >= ROLE[role]


def house(request: Request) -> House:
    """Everything this desk is made of."""
    found: House = request.app.state.house
    return found


def session_of(request: Request) -> Session | None:
    """The session whose cookie came with a request."""
    return house(request).state.session(request.cookies.get(COOKIE, ""))


def known_person(request: Request) -> Person | None:
    """Who asks, if that is known."""
    here = house(request)
    session, settings = session_of(request), here.settings
    if settings.mode == LOCAL:
        return Person((session.name if session else "") or settings.name, "admin", session)
    if settings.mode == PROXY:
        name = request.headers.get(settings.proxy_header, "").strip()[:64]
        return Person(name, settings.proxy_role, session) if name else None
    if session is None or not session.signed_in:
        return None
    user = here.state.user(session.name)
    return Person(user.name, user.role, session) if user else None


def reader(request: Request) -> Person:
    """Somebody who may read."""
    person = known_person(request)
    if person is None:
        raise ProblemError(401, "sign in first")
    return person


def checked(request: Request, role: str) -> Person:
    """Somebody who may write, whose page said so itself and was not made to by another."""
    person = reader(request)
    check_token(request, person.session)
    if not person.may(role):
        raise ProblemError(403, f"this needs the role {role}")
    return person


def check_token(request: Request, session: Session | None) -> None:
    """Refuse a writing request that does not carry the token of its session."""
    said = request.headers.get(TOKEN, "")
    wanted = house(request).state.csrf(session.token) if session else ""
    if not wanted or not hmac.compare_digest(said.encode("utf-8", "replace"), wanted.encode()):
        raise ProblemError(403, f"the header {TOKEN} is missing or not that of this session", kind="csrf")


def reviewer(request: Request) -> Person:
    """Somebody who may decide and add."""
    return checked(request, "reviewer")


def admin(request: Request) -> Person:
    """Somebody who may change who may come in."""
    return checked(request, "admin")


def overseer(request: Request) -> Person:
    """Somebody who may look at what others did."""
    person = reader(request)
    if not person.may("admin"):
        raise ProblemError(403, "this needs the role admin")
    return person


def address_of(request: Request) -> str:
    """Where a request came from."""
    return request.client.host if request.client else ""


def session_json(request: Request, person: Person | None, session: Session) -> dict[str, Any]:
    """What a page needs to know of its session."""
    here = house(request)
    can = {name: bool(person and person.may(role)) for name, role in CAN.items()}
    can["write"] = can["write"] and not here.read_only
    return {
        "mode": here.settings.mode,
        "user": {"name": person.name, "role": person.role} if person else None,
        "csrf": here.state.csrf(session.token),
        "can": can,
    }


CAN = {"read": "reader", "write": "reviewer", "admin": "admin"}


def set_cookie(response: Response, session: Session, *, secure: bool) -> None:
    """Hand a browser its session."""
    response.set_cookie(COOKIE, session.token, httponly=True, samesite="strict", secure=secure, path="/")


Reader = Annotated[Person, Depends(reader)]
Reviewer = Annotated[Person, Depends(reviewer)]
Admin = Annotated[Person, Depends(admin)]
Overseer = Annotated[Person, Depends(overseer)]

__all__ = ["ACCOUNTS", "Admin", "Overseer", "Person", "Reader", "Reviewer"]
