"""A server on the loopback for the tests: what each path answers is a function of the request."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = tuple[int, Mapping[str, str], bytes]


@dataclass
class Site:
    """What a server answers, and what it was asked."""

    port: int = 0
    answers: dict[str, Answer | Callable[[Any], Answer | None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def page(
        self, path: str, body: bytes | str, media: str = "text/html; charset=utf-8", **more: str
    ) -> None:
        headers = {"Content-Type": media} | {name.replace("_", "-"): value for name, value in more.items()}
        self.answers[path] = (200, headers, body if isinstance(body, bytes) else body.encode())

    def moved(self, path: str, to: str, status: int = 302) -> None:
        self.answers[path] = (status, {"Location": to}, b"")

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def serving(certified: tuple[Path, Path] | None = None) -> Iterator[Site]:
    """A site on a port of its own, gone at the end; encrypted with a key and its certificate."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append((self.path, headers))
            answer = site.answers.get(self.path, (404, {}, b"gone"))
            said = answer(self) if callable(answer) else answer
            if said is None:
                return
            status, more, body = said
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            if "Content-Length" not in more:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    if certified:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certified[1], certified[0])
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
