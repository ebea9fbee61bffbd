"""What a watch tells: a line per report on stdout, and metrics in Prometheus' text format."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riwaya import console
from riwaya.commands.options import masked

if TYPE_CHECKING:
    from http.server import ThreadingHTTPServer

    from riwaya.pipeline import Added
    from riwaya.sources.polls import Poll

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Log:
    """Lines on stdout: text for a person, JSON for a program."""

    def __init__(self, json: bool) -> None:
        self.json = json

    def line(self, event: str, text: str, **facts: Any) -> None:
        """One line, at once."""
        moment = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        if self.json:
            print(console.dump({"time": moment, "event": event, **facts}), flush=True)
        elif text:
            print(f"{moment} {text}", flush=True)

    def begin(self, ledger: str, feeds: int, folders: int) -> None:
        """That the watch begins."""
        self.line(
            "begin",
            f"watching {feeds} feeds and {folders} folders into {masked(ledger)}",
            feeds=feeds,
            folders=folders,
        )

    def end(self) -> None:
        """That the watch ends."""
        self.line("end", "stopped")

    def report(self, added: Added, source: str) -> None:
        """A report that is in the ledger now."""
        report = added.received.report
        name = " ".join((report.title or report.text[:60]).split())
        day = str(report.day or "no day")
        text = f"added {report.id} {added.claims} claims · {report.outlet or '?'} · {day} · {name}"
        self.line(
            "report",
            text,
            report=report.id,
            claims=added.claims,
            outlet=report.outlet,
            title=report.title,
            published=report.published.isoformat() if report.published else None,
            dated=added.received.dated,
            language=report.language,
            url=report.url,
            source=source,
        )

    def poll(self, done: Poll) -> None:
        """How asking a feed went; a program is told of each, a person only of what came."""
        due = datetime.fromtimestamp(done.due, UTC).isoformat(timespec="seconds") if done.due else None
        self.line(
            "poll",
            "",
            feed=done.feed.url,
            outcome=done.outcome,
            status=done.status,
            entries=done.entries,
            next=due,
        )


class Metrics:
    """Counts since the start, kept in a file or given to whoever asks on the loopback."""

    def __init__(self, where: str) -> None:
        self.counts: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()
        self.gauges: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
        self.started = time.time()
        self._lock = threading.Lock()
        self._file = Path(where) if where and not is_endpoint(where) else None
        self._server = serve(where, self) if where and self._file is None else None

    def __enter__(self) -> Metrics:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def count(self, name: str, by: float = 1, **labels: str) -> None:
        """Count something."""
        with self._lock:
            self.counts[name, tuple(sorted(labels.items()))] += by  # type: ignore[assignment]

    def set(self, name: str, value: float, **labels: str) -> None:
        """Note a value."""
        with self._lock:
            self.gauges[name, tuple(sorted(labels.items()))] = value

    def report(self, source: str, *, new: bool, claims: int) -> None:
        """A report that came in."""
        self.count("riwaya_watch_reports_total", source=source, new="true" if new else "false")
        self.count("riwaya_watch_claims_total", claims, source=source)
        self.set("riwaya_watch_last_report_timestamp_seconds", time.time(), source=source)

    def problem(self, source: str, *, lost: bool) -> None:
        """Something that was skipped, or read with a remark."""
        self.count("riwaya_watch_problems_total", source=source, kind="skipped" if lost else "remark")

    def poll(self, done: Poll) -> None:
        """A feed that was asked."""
        self.count("riwaya_watch_polls_total", feed=done.feed.url, outcome=done.outcome)
        self.set("riwaya_watch_up", float(done.outcome != "failed"), feed=done.feed.url)
        self.set("riwaya_watch_next_poll_timestamp_seconds", done.due, feed=done.feed.url)
        if done.outcome != "failed":
            self.set("riwaya_watch_last_success_timestamp_seconds", time.time(), feed=done.feed.url)

    def text(self) -> str:
        """Everything in Prometheus' text format."""
        with self._lock:
            gauges = {("riwaya_watch_start_timestamp_seconds", ()): self.started, **self.gauges}
            told: list[tuple[Any, float, str]] = [
                (key, value, "counter") for key, value in self.counts.items()
            ]
            told += [(key, value, "gauge") for key, value in gauges.items()]
        lines, last = [], ""
        for (name, labels), value, kind in sorted(told, key=lambda one: one[0]):
            if name != last:
                lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} {kind}"]
                last = name
            inside = ",".join(f'{key}="{escaped(said)}"' for key, said in labels)
            lines.append(
                f"{name}{{{inside}}} {value:g}" if value < 1e6 else f"{name}{{{inside}}} {value:.3f}"
            )
        return "\n".join(lines).replace("{} ", " ") + "\n"

    def write(self) -> None:
        """Keep the file whole: it is put in the place of the old one."""
        if self._file is None:
            return
        aside = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        try:
            aside.write_text(self.text(), "utf-8")
            aside.replace(self._file)
        except OSError as error:
            console.say(f"{self._file}: metrics cannot be written: {error.strerror or error}")


HELP = {
    "riwaya_watch_start_timestamp_seconds": "When this watch began.",
    "riwaya_watch_reports_total": "Reports that came in, by whether the ledger had them.",
    "riwaya_watch_claims_total": "Claims in new reports.",
    "riwaya_watch_last_report_timestamp_seconds": "When the last report came in.",
    "riwaya_watch_problems_total": "Things skipped, or read with a remark.",
    "riwaya_watch_polls_total": "How often a feed was asked, by how it went.",
    "riwaya_watch_up": "Whether a feed answered when it was last asked.",
    "riwaya_watch_next_poll_timestamp_seconds": "When a feed is asked next.",
    "riwaya_watch_last_success_timestamp_seconds": "When a feed last answered.",
}


def escaped(label: str) -> str:
    """A label's value as Prometheus writes it."""
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def is_endpoint(where: str) -> bool:
    """Whether metrics are to be asked for: a host and a port."""
    host, colon, port = where.rpartition(":")
    return bool(colon and host and port.isdigit() and "/" not in host and "\\" not in host)


def serve(where: str, metrics: Metrics) -> ThreadingHTTPServer:
    """Answer on the loopback only: what is watched is nobody else's business."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    host, _, port = where.rpartition(":")
    if host not in LOOPBACK:
        raise ValueError("metrics are given on the loopback only; write 127.0.0.1:9187")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """The metrics, whatever is asked."""
            found = self.path in ("/", "/metrics")
            body = metrics.text().encode() if found else b"ask for /metrics\n"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()
    return server
