"""What answers look like, as far as OpenAPI says it; objects are those that ``--json`` prints."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, RootModel


class Open(BaseModel):
    """More than what is named may be there."""

    model_config = ConfigDict(extra="allow")


class JSON(RootModel[dict[str, Any]]):
    """An object; docs/desk.md has its fields."""


class Items(Open):
    """Everything at once."""

    items: list[Any]


class Listing(Open):
    """A page of a list: go on with ``cursor=next`` while there is one."""

    items: list[dict[str, Any]]
    next: str | None
    total: int


class Problem(Open):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


class Health(BaseModel):
    """Whether the desk can answer."""

    status: str
    ledger: bool
    version: str


class Version(BaseModel):
    """How far the ledger has come."""

    version: str
    reports: int
    decisions: int


class Who(BaseModel):
    """A name and a role."""

    name: str
    role: str


class SessionAnswer(BaseModel):
    """Who you are here, what you may do, and the token that writing requests carry."""

    mode: str
    user: Who | None
    csrf: str
    can: dict[str, bool]


class JobAnswer(BaseModel):
    """Something put into the queue."""

    job: dict[str, Any]


class Decided(BaseModel):
    """A decision that was kept, the claims as they stand, and what it touched."""

    decision: dict[str, Any]
    claims: list[dict[str, Any]]
    touched: dict[str, list[str]]
    version: str


JSON_LINES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}
}
