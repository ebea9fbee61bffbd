"""``riwaya watch``: feeds asked politely, folders looked into, one line of log per report."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riwaya import console
from riwaya.commands.options import command_line, reader_named
from riwaya.commands.tally import Tally
from riwaya.commands.watch_log import Log, Metrics

if TYPE_CHECKING:
    from riwaya.ledger import Files, Ledger
    from riwaya.pipeline import Reader
    from riwaya.sources.drop import Drop
    from riwaya.sources.polls import Poller
    from riwaya.sources.received import Result
    from riwaya.sources.watch_file import Feed, Watch

DEFAULT_LEDGER = "riwaya.sqlite"
KeepBytes = Annotated[
    bool,
    typer.Option(
        envvar="RIWAYA_KEEP_BYTES",
        help="Keep each answer and file as received beside the ledger (or in $RIWAYA_BYTES), or do not.",
    ),
]
GLANCE = 2.0  # seconds between two looks into a folder
LONGEST_NAP = 30.0


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(watch)


def watch(
    settings: Annotated[
        Path, typer.Argument(help="Which feeds and folders: a TOML file, see docs/watch.md.")
    ],
    ledger: Annotated[
        str,
        typer.Option("--ledger", envvar="RIWAYA_LEDGER", help="The ledger; else what the settings say."),
    ] = "",
    once: Annotated[
        bool, typer.Option("--once", help="Ask each feed and look into each folder once, then end.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check the settings.")] = False,
    metrics: Annotated[
        str, typer.Option(help="Where to keep metrics: a file, or 127.0.0.1:PORT to be asked for them.")
    ] = "",
    keep_bytes: KeepBytes = True,
    json: Annotated[bool, typer.Option("--json", help="JSON on stdout, one object a line.")] = False,
    reader: Annotated[str, typer.Option("--reader", help="Which reader; the first by default.")] = "",
) -> None:
    """Ask feeds and look into folders until stopped; what is new is read and kept."""
    from riwaya.sources.watch_file import SettingsError, read_settings

    try:
        found = read_settings(settings)
    except SettingsError as error:
        console.say(str(error))
        raise typer.Exit(2) from None
    if check:
        feeds, folders = len(found.feeds), len(found.folders)
        print(
            console.dump({"feeds": feeds, "folders": folders})
            if json
            else f"{settings}: {feeds} feeds, {folders} folders"
        )
        return
    skipped = run(
        found,
        where(ledger, found),
        once=once,
        json=json,
        metrics=metrics or found.metrics,
        reader=reader,
        keep_bytes=keep_bytes,
    )
    if once and skipped:
        raise typer.Exit(1)


def where(ledger: str, settings: Watch) -> str:
    """Which ledger: as the option says, or the settings, beside them."""
    if ledger or not settings.ledger:
        return ledger or str(settings.file.parent / DEFAULT_LEDGER)
    return settings.ledger if "://" in settings.ledger else str(settings.file.parent / settings.ledger)


def state_beside(ledger: str, settings: Watch) -> Path:
    """Where the watch keeps its memory: beside a ledger that is a file, else beside the settings."""
    if "://" in ledger and not ledger.startswith("sqlite:///"):
        return settings.file.with_name(settings.file.name + ".watch")
    return Path(ledger.removeprefix("sqlite:///") + ".watch")


def run(
    settings: Watch, ledger: str, *, once: bool, json: bool, metrics: str, reader: str, keep_bytes: bool
) -> int:
    """Watch; says how many things were skipped."""
    from riwaya.ledger import Files, open_ledger, store_of
    from riwaya.packs.pack import load_packs
    from riwaya.sources.drop import Drop
    from riwaya.sources.fetch import Limits
    from riwaya.sources.polite import Hosts
    from riwaya.sources.polls import Poller
    from riwaya.sources.watch_state import State, StateError

    chosen = reader_named(reader)
    store = store_of(ledger) if keep_bytes else None
    if keep_bytes and store is None:
        console.say("bytes are left where they are; a folder named in $RIWAYA_BYTES would keep them")
    files = Files(store)
    stop = threading.Event()
    limits = Limits(
        settings.guard, seconds=settings.seconds, size=settings.size * 2**20, contact=settings.contact
    )
    hosts = Hosts(limits, pause=settings.pause, robots=settings.robots, stop=stop.is_set, sleep=stop.wait)
    try:
        told = Metrics(metrics)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{metrics}: {error}", param_hint="--metrics") from None
    with told, open_ledger(ledger) as opened:
        try:
            state = State(state_beside(ledger, settings))
        except StateError as error:
            console.say(str(error))
            raise typer.Exit(3) from None
        with state:
            if not opened.count()["reports"]:
                state.forget()
            keeping = Keeping(opened, chosen, load_packs(), files, Log(json), told)
            drops = [Drop(folder, state) for folder in settings.folders]
            watcher = Watcher(settings, Poller(state, hosts), drops, keeping, stop)
            restore = stopped_by_signals(stop)
            try:
                watcher.run(once=once)
            finally:
                restore()
            for line in keeping.tally.lines():
                console.say(line)
            return keeping.tally.skipped


def stopped_by_signals(stop: threading.Event) -> Any:
    """Stop when asked, once the report in hand is kept; when asked twice, at once. Returns the undoing."""
    before: dict[signal.Signals, Any] = {}

    def asked(number: int, frame: object) -> None:
        stop.set()
        console.say("stopping once the report in hand is kept; again stops at once")
        signal.signal(number, before[signal.Signals(number)])

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.getsignal(number)
    try:
        for number in before:
            signal.signal(number, asked)
    except ValueError:  # not the main thread: whoever runs us stops us
        return lambda: None
    return lambda: [signal.signal(number, old) for number, old in before.items()]


@dataclass
class Keeping:
    """What becomes of what comes in: it is read and kept, told in the log, and counted."""

    ledger: Ledger
    reader: Reader
    pack: Any
    files: Files
    log: Log
    metrics: Metrics
    tally: Tally = field(default_factory=Tally)

    def take(self, results: Generator[Result], source: str, stop: threading.Event) -> None:
        """Keep each result before the next is asked for; between two, a stop is heeded."""
        from riwaya import pipeline

        command = command_line()
        added = pipeline.add(results, self.ledger, self.reader, self.pack, command=command, files=self.files)
        for result in added:
            if isinstance(result, pipeline.Added):
                self.metrics.report(source, new=result.new, claims=result.claims)
                if result.new:
                    self.tally.received(result.received)
                    self.log.report(result, source)
            else:
                self.tally.problem(result)
                self.metrics.problem(source, lost=result.lost)
            if stop.is_set():
                break
        results.close()  # what is under way ends here: files beside are removed


@dataclass
class Watcher:
    """Goes round feeds and folders."""

    settings: Watch
    poller: Poller
    drops: list[Drop]
    keeping: Keeping
    stop: threading.Event

    def run(self, *, once: bool) -> None:
        """Until stopped, or once round."""
        self.keeping.log.begin(self.keeping.ledger.where, len(self.settings.feeds), len(self.drops))
        while not self.stop.is_set():
            for feed in self.due(once):
                self.ask(feed)
                if self.stop.is_set():
                    break
            self.look()
            if once:
                self.settle()
                break
            self.keeping.metrics.write()
            self.stop.wait(self.nap())
        self.keeping.metrics.write()
        self.keeping.log.end()

    def due(self, once: bool) -> list[Feed]:
        """The feeds to be asked now, the longest due first; with ``once`` all that do not back off."""
        now = time.time()
        known = [(self.poller.state.feed(feed.url), feed) for feed in self.settings.feeds]
        due = [(state.due, feed) for state, feed in known if state.due <= now or once and not state.failures]
        return [feed for _, feed in sorted(due, key=lambda pair: pair[0])]

    def ask(self, feed: Feed) -> None:
        """Ask one feed."""
        from riwaya.sources.polls import Poll

        done = Poll(feed)
        results = self.poller.poll(feed, done)
        self.keeping.take(results, feed.url, self.stop)
        self.keeping.metrics.poll(done)
        self.keeping.log.poll(done)

    def look(self) -> None:
        """Read what is complete in the folders."""
        for drop in self.drops:
            for path in drop.complete():
                if self.stop.is_set():
                    return
                self.keeping.take(drop.read(path), str(drop.folder.path), self.stop)

    def settle(self) -> None:
        """Before ending after one round: wait for files that are just being written, and look again."""
        wait = max((drop.settling() for drop in self.drops), default=0.0)
        if wait and not self.stop.wait(wait + 0.1):
            self.look()

    def nap(self) -> float:
        """Seconds until there may be something to do."""
        now = time.time()
        waits = [self.poller.state.feed(feed.url).due - now for feed in self.settings.feeds]
        longest = GLANCE if self.drops else LONGEST_NAP
        return max(0.05, min([longest, *waits]))
