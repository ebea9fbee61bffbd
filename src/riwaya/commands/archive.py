"""``riwaya archive`` and ``riwaya load``: millions of pages by shard, and from there into a ledger."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riwaya import console
from riwaya.commands.options import command_line, masked, moment

if TYPE_CHECKING:
    from riwaya.archive.plan import Finished, Plan
    from riwaya.archive.run import Asked, Summary
    from riwaya.sources import Problem

MEGABYTE = 1024 * 1024
NAMED = 20  # missing shards that are named one by one

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
In = Annotated[list[str] | None, typer.Argument(metavar="IN…", help="Files, folders, patterns or addresses.")]
Out = Annotated[str, typer.Argument(metavar="OUT", help="A folder, or an address such as s3://….")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(archive)
    app.command()(load)


def archive(
    given: In = None,
    out: Out = ...,  # type: ignore[assignment]
    text: Annotated[bool, typer.Option("--text", help="Keep the reports' texts with them.")] = False,
    workers: Annotated[int, typer.Option(help="Reading processes; one for each core by default.")] = 0,
    scheduler: Annotated[str, typer.Option(help="A Dask scheduler: tcp://host:8786.")] = "",
    shard: Annotated[str, typer.Option(help="Only this slice: 0/64 is the first of 64.")] = "",
    plan: Annotated[bool, typer.Option("--plan", help="Only make the plan that slices work by.")] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="Only check that all slices are there, and write the manifest.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="As --finish, and hash every part again.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Read again what was set aside.")] = False,
    shard_size: Annotated[float, typer.Option(min=0.001, help="MB of input in one shard, about.")] = 8,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds of computing for one report.")] = 60,
    memory: Annotated[int, typer.Option(min=0, help="MB for one reading process; 0 for no limit.")] = 2048,
    published: Annotated[str, typer.Option(help="Day of publication where a report has none.")] = "",
    outlet: Annotated[str, typer.Option(help="Who published it, where a report does not say.")] = "",
    reader: Annotated[str, typer.Option("--reader", help="Which reader; the first by default.")] = "",
    json: Json = False,
) -> None:
    """Read an archive of any size into Parquet claims; goes on where it was stopped."""
    from riwaya.archive import run
    from riwaya.archive.errors import ArchiveError

    try:
        if finish or check:
            show_finished(*run.finish(out, thorough=check), out, json=json)
            return
        if not given:
            raise typer.BadParameter("name what to read, then the output", param_hint="IN…")
        asked = run.Asked(
            tuple(absolute(one) for one in given),
            absolute(out),
            settings(reader, text, timeout, memory, published, outlet),
            int(shard_size * MEGABYTE),
            part_of(shard),
            retry,
            workers,
            scheduler,
        )
        if plan:
            show_plan(*run.plan_only(asked), json=json)
            return
        show(run.archive(asked), asked, json=json)
    except ArchiveError as error:
        console.say(str(error))
        raise typer.Exit(4) from None


def load(
    out: Annotated[str, typer.Argument(metavar="OUT", help="What riwaya archive wrote.")],
    ledger: Annotated[
        str, typer.Option("--ledger", envvar="RIWAYA_LEDGER", help="The ledger: a file or address.")
    ] = "riwaya.sqlite",
    conclude: Annotated[
        bool, typer.Option(help="Conclude events and control at once, or leave it to who asks first.")
    ] = True,
    json: Json = False,
) -> None:
    """Bring a finished archive into a ledger in bulk; what is there already stays as it is."""
    from riwaya.archive.errors import ArchiveError
    from riwaya.archive.loading import load as loading
    from riwaya.ledger import open_ledger

    began = time.monotonic()
    with open_ledger(ledger) as opened:
        command = command_line()
        try:
            loaded = loading(out, opened, command, Told("loaded"))
        except ArchiveError as error:
            console.say(str(error))
            raise typer.Exit(4) from None
        seconds = {"seconds_loading": round(time.monotonic() - began, 1)}
        if conclude:
            from riwaya.commands.conclusions import known
            from riwaya.kept import Kept

            began = time.monotonic()
            Kept(opened, known()).refresh(Told("concluded"))
            seconds["seconds_concluding"] = round(time.monotonic() - began, 1)
    if json:
        print(console.dump({**loaded.to_json(), **seconds}))
        return
    print(
        f"{masked(ledger)}: {loaded.new:,} reports added with {loaded.claims:,} claims, "
        f"{loaded.known:,} were there; {loaded.shards:,} shards "
        f"({loaded.shards_known:,} were in), {sum(seconds.values()):,.1f} s"
    )


class Told:
    """How far a long step has come, on stderr once it takes longer than two seconds."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.began = self.shown = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        """So many reports of so many."""
        now, tty = time.monotonic(), sys.stderr.isatty()
        if now - self.began < 2 or now - self.shown < (0.5 if tty else 30):
            return
        self.shown = now
        left = (now - self.began) / max(done, 1) * (of - done)
        line = f"{done:,} of {of:,} reports {self.what}, {done / (now - self.began):,.0f} a second"
        line += f", {left:,.0f} s left"
        print(f"\r{line}\x1b[K" if tty else f"riwaya: {line}", end="" if tty else "\n", file=sys.stderr)


def settings(reader: str, text: bool, timeout: float, memory: int, published: str, outlet: str) -> Any:
    """How it is read, with the packs that are here."""
    from riwaya.archive.shards import Settings
    from riwaya.claims import READERS
    from riwaya.packs.pack import load_packs

    names = [one.name for one in READERS]
    if reader and reader not in names:
        known = ", ".join(names)
        raise typer.BadParameter(f"there is no reader {reader!r}; there are: {known}", param_hint="--reader")
    day = moment(published, "--published")
    return Settings(
        reader or names[0],
        load_packs().digest,
        text,
        timeout,
        memory,
        day.isoformat() if day else "",
        outlet,
    )


def absolute(one: str) -> str:
    """A path from the root, so that every machine means the same by it; an address as it is."""
    from pathlib import Path

    return one if "://" in one else str(Path(one).absolute())


def part_of(shard: str) -> tuple[int, int] | None:
    """A slice as ``i/N``."""
    if not shard:
        return None
    found = re.fullmatch(r"(\d+)/(\d+)", shard)
    if not found or int(found[1]) >= int(found[2]):
        raise typer.BadParameter(f"{shard!r} is no slice; the first of 64 is 0/64", param_hint="--shard")
    return int(found[1]), int(found[2])


def show(summary: Summary, asked: Asked, *, json: bool) -> None:
    """What a run did; leaves with 1 where something was left out."""
    complain(summary.problems)
    for failed in summary.failed:
        console.say(f"shard {failed.shard.number}: {failed.why}; not read (the next run tries again)")
    counts = summary.counts
    if counts["problems"]:
        console.say(
            f"{counts['problems']:,} problems ({counts['set_aside']:,} reports that stopped a reader)"
            f" are named in {asked.out}/quarantine"
        )
    if json:
        print(console.dump(summary.to_json()))
    else:
        rate = f", {counts['reports'] / summary.seconds:,.0f} a second" if not summary.before else ""
        print(
            f"{asked.out}: {counts['claims']:,} claims of {counts['reports']:,} reports in {summary.shards:,}"
            f" shards ({summary.before:,} done before), {summary.seconds:,.1f} s{rate}"
        )
    if not summary.whole:
        raise typer.Exit(1)


def show_plan(plan: Plan, problems: list[Problem], *, json: bool) -> None:
    """What a plan comes to."""
    complain(problems)
    if json:
        print(console.dump({"shards": len(plan.shards), "bytes": plan.size}))
    else:
        print(f"{len(plan.shards):,} shards, {plan.size / MEGABYTE:,.0f} MB")
    if problems:
        raise typer.Exit(1)


def show_finished(plan: Plan, finished: Finished, out: str, *, json: bool) -> None:
    """Whether an archive is whole."""
    for shard in finished.missing[:NAMED]:
        console.say(f"shard {shard.number} is not read yet: {shard.where}")
    if len(finished.missing) > NAMED:
        console.say(f"and {len(finished.missing) - NAMED:,} more")
    for name in finished.damaged:
        console.say(f"{name}: missing or not as it was written; the next run reads it again")
    row = {"shards": len(plan.shards), "missing": [shard.number for shard in finished.missing]}
    row |= {"damaged": list(finished.damaged), **finished.totals, "manifest_sha256": finished.manifest}
    if json:
        print(console.dump(row))
    elif finished.manifest:
        print(f"{out}: whole, {finished.totals['claims']:,} claims in {len(plan.shards):,} shards")
    if not finished.manifest:
        raise typer.Exit(1)


def complain(problems: list[Problem]) -> None:
    """Say on stderr what could not be planned."""
    for problem in problems:
        console.say(str(problem))
