"""What guards every request before it reaches a route, and every answer before it leaves.

Plain ASGI: the name the desk is called by (DNS rebinding), where a page that asks came from, how large and
how frequent requests may be; then the headers by which a browser keeps the page to itself.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from riwaya.web.problems import problem
from riwaya.web.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MINUTE = 60.0
MOST_CLIENTS = 5000


def policy(tiles: str = "") -> str:
    """The content security policy: nothing from anywhere else, nothing inline, in nobody's frame."""
    parts = urlsplit(tiles)
    other = f" {parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{other}; "
        f"font-src 'self'; connect-src 'self'{other}; worker-src 'self' blob:; child-src 'self' blob:; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def headers_of(settings: Settings) -> dict[str, str]:
    """What every answer carries."""
    found = {
        "Content-Security-Policy": policy(settings.tiles),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }
    if settings.secure:
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found


class TooLargeError(HTTPException):
    """More was sent than is taken."""

    def __init__(self) -> None:
        super().__init__(413, "more was sent than is taken")


class Limiter:
    """How many requests each client has made in the last minute."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, client: str) -> bool:
        """Count one more; False where there were too many."""
        now = time.monotonic()
        seen = self._seen.setdefault(client, deque())
        self._seen.move_to_end(client)
        while seen and now - seen[0] > MINUTE:
            seen.popleft()
        while len(self._seen) > MOST_CLIENTS:
            self._seen.popitem(last=False)
        if len(seen) >= self.most:
            return False
        seen.append(now)
        return True


class Guard:
    """The middleware around everything."""

    def __init__(self, app: ASGIApp, settings: Settings, uploads: Iterable[str]) -> None:
        self.app = app
        self.settings = settings
        self.uploads = frozenset(uploads)
        self.headers = headers_of(settings)
        self.reads = Limiter(settings.reads_a_minute)
        self.writes = Limiter(settings.writes_a_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or say why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refused = self.refused(scope)
        if refused:
            status, kind, detail = refused
            headers = {"Retry-After": "30"} if status == 429 else {}
            answer = problem(status, detail, kind=kind, headers=headers)
            await answer(scope, receive, sending)
            return
        await self.app(scope, self.bounded(scope, receive), sending)

    def refused(self, scope: Scope) -> tuple[int, str, str] | None:
        """Why a request is not let through: status, kind and words."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self.settings.hosts and name_of(host) not in self.settings.hosts:
            return 421, "host", "this desk does not answer to that name"
        if scope["method"] not in SAFE:
            origin = headers.get("origin", "")
            if origin and urlsplit(origin).netloc != host:
                return 403, "csrf", "asked from another page"
            if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
                return 403, "csrf", "asked from another page"
        client = (scope.get("client") or ("", 0))[0]
        limiter = self.reads if scope["method"] in SAFE else self.writes
        if not limiter.allows(client):
            return 429, "too-many", "too many requests in a minute"
        length = headers.get("content-length", "")
        if length and (not length.isdecimal() or int(length) > self.largest(scope)):
            return 413, "too-large", f"at most {self.largest(scope)} bytes are taken"
        return None

    def largest(self, scope: Scope) -> int:
        """How many bytes a request may bring."""
        if scope["path"] in self.uploads:
            return self.settings.largest_upload
        return self.settings.largest_body

    def bounded(self, scope: Scope, receive: Receive) -> Receive:
        """The body, as long as it is not too large: a length may be missing, or a lie."""
        most, got = self.largest(scope), 0

        async def receiving() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > most:
                raise TooLargeError
            return message

        return receiving


def name_of(host: str) -> str:
    """The name in a Host header, without the port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
