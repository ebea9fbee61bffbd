"""Fetching an address: bounded in time, size and reach, and honest about who asks.

The size is counted while it streams, before and after unpacking; redirects are followed one by one, each
checked anew; proxies of the environment are not used, for they would connect to what was not checked.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpcore
import httpx

from riwaya.sources.guard import Guard, RefusedError, Resolve, in_time, looked_up

HOPS = 5
CHUNK = 1 << 16
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What may hold reports; a type that says nothing is judged by its bytes.
ACCEPTED = (
    "text/",
    "application/xhtml+xml",
    "application/xml",
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/json",
    "application/feed+json",
    "application/x-ndjson",
    "application/jsonl",
    "application/zip",
    "application/x-zip",
    "application/gzip",
    "application/x-gzip",
    "application/x-tar",
    "application/warc",
    "application/wacz",
    "application/vnd.apache.parquet",
    "application/octet-stream",
    "binary/octet-stream",
    "multipart/related",
)
ACCEPT = (
    "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is fetched at most and for how long; ``contact`` is added to how we name ourselves."""

    guard: Guard = field(default_factory=Guard)
    seconds: float = 60.0
    pause: float = 20.0
    """Seconds without a byte."""
    size: int = 64 * 1024 * 1024
    contact: str = ""
    resolve: Resolve = looked_up

    @property
    def agent(self) -> str:
        """Who asks."""
        from riwaya import __version__

        return f"Riwaya/{__version__}" + (f" (+{self.contact})" if self.contact else " (news reader)")


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its status and headers (names in lower case), where it came from in the end, its file."""

    status: int
    url: str
    headers: Mapping[str, str]
    path: Path
    moved: str = ""
    """Where the address has moved for good."""

    @property
    def media(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The encoding that the server says it is in."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip(" \"'")
        return ""


class FetchError(Exception):
    """An address that could not be fetched; says why. ``status`` is the server's, 0 where it gave none."""

    def __init__(self, what: str, status: int = 0, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(what)
        self.status = status
        self.headers = headers or {}


def fetch(
    url: str,
    to: Path,
    limits: Limits,
    *,
    headers: Mapping[str, str] | None = None,
    stop: Callable[[], bool] = bool,
    check: Callable[[str], None] | None = None,
) -> Fetched:
    """Fetch an address into a file; raises FetchError. ``check`` is asked before every hop."""
    deadline = time.monotonic() + limits.seconds
    first, moved, permanent = url, "", True
    with pool(limits, deadline) as connections:
        for _ in range(HOPS + 1):
            try:
                limits.guard.check(url)
                if check:
                    check(url)
                with sent(connections, url, {**asking(limits), **(headers or {})}, limits) as answer:
                    said = {said_in(name).lower(): said_in(value) for name, value in answer.headers}
                    if answer.status in REDIRECTS and (target := said.get("location")):
                        permanent = permanent and answer.status in (301, 308)
                        url = urljoin(url, target).partition("#")[0]
                        moved = url if permanent else moved
                        continue
                    if answer.status == 200:
                        accept(said)
                        save(body(answer, said, limits), to, limits, deadline, stop)
                    elif answer.status != 304:
                        raise FetchError(f"the server answers {answer.status}", answer.status, said)
                    return Fetched(answer.status, url, said, to, moved if url != first else "")
            except RefusedError as error:
                raise FetchError(str(error)) from None
            except (httpcore.TimeoutException, TimeoutError) as error:
                raise FetchError(f"no answer in time ({str(error) or 'timed out'})") from None
            except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
                raise FetchError(reason(error)) from None
            except (httpx.InvalidURL, ValueError) as error:
                raise FetchError(f"not a web address: {error}") from None
    raise FetchError(f"more than {HOPS} redirects")


def asking(limits: Limits) -> dict[str, str]:
    """The headers of every request."""
    return {
        "User-Agent": limits.agent,
        "Accept": ACCEPT,
        "Accept-Language": "ar, *;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }


def accept(headers: Mapping[str, str]) -> None:
    """Stop at a type of content that cannot hold reports."""
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media and not media.startswith(ACCEPTED) and not media.endswith("+xml"):
        raise FetchError(f"{media} is not read; pages, feeds, text, tables and archives are")


def body(answer: httpcore.Response, headers: Mapping[str, str], limits: Limits) -> Iterator[bytes]:
    """What an answer holds, unpacked piece by piece."""
    said = headers.get("content-length", "")
    if said.isdigit() and int(said) > limits.size:
        raise too_large(limits)
    packing = headers.get("content-encoding", "identity").strip().lower() or "identity"
    raw = answer.iter_stream()
    if packing in ("gzip", "x-gzip", "deflate"):
        return inflated(raw, packing == "deflate")
    if packing != "identity":
        raise FetchError(f"packed with {packing}, which was not asked for")
    return raw


def inflated(raw: Iterable[bytes], deflate: bool) -> Iterator[bytes]:
    """Unpacked pieces, none larger than a few chunks: a bomb is noticed before it fills the memory."""
    unpacker: Any = None
    for piece in raw:
        if unpacker is None:
            wrapped = not deflate or piece[:1] == b"\x78"
            unpacker = zlib.decompressobj((47 if not deflate else 15) if wrapped else -15)
        while piece:
            try:
                yield unpacker.decompress(piece, 4 * CHUNK)
            except zlib.error as error:
                raise FetchError(f"damaged in its packing: {error}") from None
            piece = unpacker.unconsumed_tail
    if unpacker is not None and not unpacker.eof:
        raise FetchError("the answer is cut short")


def save(
    pieces: Iterable[bytes], to: Path, limits: Limits, deadline: float, stop: Callable[[], bool]
) -> None:
    """Write an answer to its file, until it is too large or takes too long."""
    size = 0
    with to.open("wb") as out:
        for piece in pieces:
            size += len(piece)
            if size > limits.size:
                raise too_large(limits)
            if time.monotonic() > deadline:
                raise FetchError(f"no answer in time (more than {limits.seconds:.0f} s)")
            if stop():
                raise FetchError("stopped")
            out.write(piece)


def too_large(limits: Limits) -> FetchError:
    """What to say of an answer without end."""
    return FetchError(f"larger than {limits.size // 2**20} MB; fetch it yourself and add the file")


def reason(error: Exception) -> str:
    """What went wrong on the way, on one line."""
    told = str(error) or str(error.__cause__ or "") or type(error).__name__
    return f"cannot be fetched: {' '.join(told.split())}"


@contextmanager
def sent(
    connections: httpcore.ConnectionPool, url: str, headers: Mapping[str, str], limits: Limits
) -> Iterator[httpcore.Response]:
    """A request under way, closed whatever happens."""
    parts = httpx.URL(url)  # it knows how names and paths in Arabic are written on the wire
    target = httpcore.URL(
        scheme=parts.raw_scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path
    )
    patience = dict.fromkeys(("read", "write", "pool"), limits.pause) | {"connect": min(limits.pause, 10.0)}
    with connections.stream(
        "GET", target, headers=list(headers.items()), extensions={"timeout": patience}
    ) as answer:
        yield answer


def pool(limits: Limits, deadline: float) -> httpcore.ConnectionPool:
    """Connections that go only where the guard lets them."""
    return httpcore.ConnectionPool(network_backend=GuardedBackend(limits, deadline))


def said_in(value: bytes) -> str:
    """A header as text: some servers write Arabic into them."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to an address that was looked at; the name stays in Host and in the certificate's check."""

    def __init__(self, limits: Limits, deadline: float) -> None:
        self.limits = limits
        self.deadline = deadline
        self.plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address that answers, of those that may be asked."""
        found = self.limits.guard.addresses(host, port, self.resolve)
        failed: Exception | None = None
        for address in found:
            try:
                stream = self.plain.connect_tcp(address, port, left(self.deadline, timeout), local_address)
                return TimedStream(stream, self.deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore.ConnectError(f"{host} cannot be reached")

    def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of a name, in time."""
        try:
            return in_time(self.limits.resolve, host, port, left(self.deadline, self.limits.pause))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from None
        except (OSError, UnicodeError):
            raise httpcore.ConnectError(
                f"{host} has no address; is the name right, is there a network?"
            ) from None

    def connect_unix_socket(self, path: str, timeout: Any = None, socket_options: Any = None) -> Any:
        """Never."""
        raise httpcore.ConnectError("not fetched")


class TimedStream(httpcore.NetworkStream):
    """A connection that ends when its time is over, however slowly it drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream = stream
        self.deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes."""
        return self.stream.read(max_bytes, left(self.deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send some bytes."""
        self.stream.write(buffer, left(self.deadline, timeout))

    def close(self) -> None:
        """Let go of it."""
        self.stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same, encrypted, for the name that was asked."""
        inner = self.stream.start_tls(ssl_context, server_hostname, left(self.deadline, timeout))
        return TimedStream(inner, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self.stream.get_extra_info(info)


def left(deadline: float, timeout: float | None) -> float:
    """The seconds that may still be waited."""
    rest = deadline - time.monotonic()
    if rest <= 0:
        raise httpcore.ReadTimeout("its time is over")
    return min(rest, timeout) if timeout is not None else rest
