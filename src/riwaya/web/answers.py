"""How answers leave: JSON that carries any text, pages with cursors, tags by which a browser asks again."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response


def dumped(thing: Any) -> bytes:
    """JSON in UTF-8, Arabic as it is; lone surrogates leave as JSON's escapes."""
    text = json.dumps(thing, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str)
    return text.encode("utf-8", "backslashreplace")


def answer(thing: Any, status: int = 200) -> Response:
    """An answer made of plain data."""
    return Response(dumped(thing), status, media_type="application/json")


def tagged(request: Request, tag: str, make: Callable[[], Any]) -> Response:
    """An answer that only changes with its tag: made when the browser does not have it."""
    etag = f'W/"{tag}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if etag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    made = make()
    body = made if isinstance(made, bytes) else dumped(made)
    return Response(body, media_type="application/json", headers=headers)


def lines(things: Iterable[Any], name: str) -> Response:
    """JSON Lines as a file to keep."""
    body = b"".join(dumped(one) + b"\n" for one in things)
    return Response(body, media_type="application/x-ndjson", headers=attachment(name))


def attachment(name: str) -> dict[str, str]:
    """The headers of a file to keep; never shown in the desk's own window."""
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
    }


class CursorError(ValueError):
    """A cursor that this list did not give."""


def cursor_of(offset: int, filters: Sequence[Any]) -> str:
    """Where a list goes on: how far it has come, and of which list."""
    raw = json.dumps([offset, list_of(filters)], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def offset_of(cursor: str, filters: Sequence[Any]) -> int:
    """How far a list has come.

    Raises:
        CursorError: it is no cursor, or one of another list.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        offset, of = json.loads(raw)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise CursorError("no cursor of this desk") from error
    if not isinstance(offset, int) or not 0 <= offset < 2**31 or of != list_of(filters):
        raise CursorError("a cursor of another list")
    return offset


def list_of(filters: Sequence[Any]) -> str:
    """Which list is asked for, as a short hash."""
    return hashlib.sha256(repr(filters).encode("utf-8", "backslashreplace")).hexdigest()[:12]


def page(
    items: Sequence[Any], total: int, offset: int, filters: Sequence[Any], **more: Any
) -> dict[str, Any]:
    """A part of a list, and where it goes on."""
    end = offset + len(items)
    goes_on = bool(items) and end < total
    return {
        "items": list(items),
        "next": cursor_of(end, filters) if goes_on else None,
        "total": total,
        **more,
    }
