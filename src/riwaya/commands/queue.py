"""Commands of the queue: what is to be added by workers, what failed, and the workers themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riwaya import console
from riwaya.commands.conclusions import DEFAULT_LEDGER, Json, Where
from riwaya.commands.options import reader_named

queue = typer.Typer(no_args_is_help=True, help="Have workers add reports, through PostgreSQL.")

Ids = Annotated[list[int] | None, typer.Argument(help="The jobs' numbers; all that failed by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(queue, name="queue")
    app.command()(worker)


@queue.command("add")
def add(
    paths: Annotated[
        list[str], typer.Argument(help="Files, folders or addresses that every worker can reach.")
    ],
    ledger: Where = DEFAULT_LEDGER,
    published: Annotated[
        str, typer.Option("--published", help="Day or moment of publication where a report has none.")
    ] = "",
    outlet: Annotated[
        str, typer.Option("--outlet", help="Who published it, where a report does not say.")
    ] = "",
    json: Json = False,
) -> None:
    """Queue files, folders or addresses to be added; what waits already is not queued again."""
    from riwaya import queue as queued
    from riwaya.commands.options import moment

    moment(published, "--published")
    put = queued.put(ledger, map(absolute, paths), published=published, outlet=outlet)
    for path, new in put:
        if json:
            print(console.dump({"path": path, "queued": new}))
    if not json:
        count = sum(new for _, new in put)
        print(f"{count} queued, {len(put) - count} were waiting already")


def absolute(path: str) -> str:
    """A path as another process finds it, too."""
    return path if "://" in path else str(Path(path).absolute())


@queue.command("status")
def status(ledger: Where = DEFAULT_LEDGER, json: Json = False) -> None:
    """How many jobs wait, run, are done and failed."""
    from riwaya import queue as queued

    counts = queued.status(ledger)
    print(console.dump(counts) if json else ", ".join(f"{count} {name}" for name, count in counts.items()))


@queue.command("failed")
def failed(ledger: Where = DEFAULT_LEDGER, json: Json = False) -> None:
    """List the jobs that failed as often as they may, each with its reason."""
    from riwaya import queue as queued

    found = queued.failed(ledger)
    if json:
        for one in found:
            print(console.dump(one.to_json()))
        return
    columns = (("job", 1), ("what", 6), ("attempts", 1), ("reason", 8), ("at", 3))
    console.print_rows(columns, ((str(o.id), o.what, str(o.attempts), o.reason, o.at) for o in found))


@queue.command("retry")
def retry(ids: Ids = None, ledger: Where = DEFAULT_LEDGER, json: Json = False) -> None:
    """Queue failed jobs again."""
    from riwaya import queue as queued

    for id in queued.retry(ledger, ids or ()):
        print(console.dump({"job": id}) if json else id)


@queue.command("forget")
def forget(ids: Ids = None, ledger: Where = DEFAULT_LEDGER, json: Json = False) -> None:
    """Take failed jobs out of the queue."""
    from riwaya import queue as queued

    for id in queued.forget(ledger, ids or ()):
        print(console.dump({"job": id}) if json else id)


@queue.command("watch")
def watch(
    address: Annotated[
        str, typer.Argument(help="A feed or folder; without one, what is watched is listed.")
    ] = "",
    ledger: Where = DEFAULT_LEDGER,
    every: Annotated[int, typer.Option(help="Minutes between two looks; 0 ends the watching.", min=0)] = 15,
    outlet: Annotated[
        str, typer.Option("--outlet", help="Who publishes it, where a report does not say.")
    ] = "",
    json: Json = False,
) -> None:
    """Have workers add a feed or a folder again and again; one of them at a time."""
    from riwaya import queue as queued

    if address:
        queued.watch(ledger, absolute(address), every=every, outlet=outlet)
    for one in queued.watched(ledger):
        print(console.dump(one) if json else f"{one['address']} every {one['every']} minutes")


def worker(
    ledger: Where = DEFAULT_LEDGER,
    once: Annotated[bool, typer.Option("--once", help="End when nothing waits.")] = False,
    jobs: Annotated[int, typer.Option(help="Jobs at once; one worker a core is better.", min=1)] = 1,
    attempts: Annotated[int, typer.Option(help="How often a job is tried.", min=1)] = 5,
    back_off: Annotated[
        int, typer.Option(help="Seconds; the wait before attempt n is this to the power of n.", min=0)
    ] = 5,
    reader: Annotated[str, typer.Option("--reader", help="Which reader; the first by default.")] = "",
    json: Json = False,
) -> None:
    """Add what is queued until told to stop; what has begun is ended first."""
    from riwaya.queue import QueueError
    from riwaya.queue.jobs import conninfo_of
    from riwaya.queue.worker import Work, run

    conninfo_of(ledger)
    try:
        import procrastinate  # noqa: F401
    except ImportError:
        raise QueueError("a worker needs an extra", "pip install 'riwaya[queue]'") from None
    done = run(Work(ledger, reader_named(reader), attempts, back_off), until_empty=once, jobs=jobs)
    if json:
        print(console.dump(done))
    else:
        print(", ".join(f"{count} {name}" for name, count in done.items()))
