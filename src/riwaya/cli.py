"""One command per question or act; heavy things are imported where they are used."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riwaya import console

if TYPE_CHECKING:
    from riwaya.pipeline import Reader
    from riwaya.sources import Given, Problem

CODES = """Exit codes: 0 all well · 1 something was skipped (said on stderr) · 2 the command was misused ·
3 the ledger cannot be opened or written · 4 the output cannot be written · 5 a pack is wrong"""

app = typer.Typer(
    name="riwaya",
    help="Reads Arabic conflict news and keeps accounts: who says that who did what, where and when.",
    epilog=CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)

Paths = Annotated[list[str], typer.Argument(help="Files or folders; - reads what comes through the pipe.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout, one object a line.")]
Day = Annotated[
    str, typer.Option("--published", help="Day or moment of publication where a report has none.")
]
Outlet = Annotated[str, typer.Option("--outlet", help="Who published it, where a report does not say.")]
Which = Annotated[str, typer.Option("--reader", help="Which reader; the first of the list by default.")]


@app.command()
def read(
    paths: Paths,
    published: Day = "",
    outlet: Outlet = "",
    json: Json = False,
    why: Annotated[bool, typer.Option("--why", help="With --json: the rule behind every slot.")] = False,
    reader: Which = "",
) -> None:
    """Read reports and print their claims, keeping nothing."""
    from riwaya import pipeline
    from riwaya.packs.pack import load_packs

    results = receive(paths, published, outlet)
    rows = console.Claims(json=json, why=why)
    skipped = 0
    for reading in console.progress(pipeline.read(results, reader_named(reader), load_packs()), "reports"):
        if isinstance(reading, pipeline.Reading):
            rows.show(reading.claims, reading.received.report)
        else:
            skipped += complain(reading)
    finish(skipped)


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(help="Claims read by hand, one JSON object a line.", exists=True)],
    reports: Annotated[
        str, typer.Option(help="The reports read; reports.jsonl beside GOLD by default.")
    ] = "",
    places: Annotated[Path | None, typer.Option(help="What GOLD's place ids stand for (CSV).")] = None,
    actors: Annotated[Path | None, typer.Option(help="What GOLD's actor ids stand for (CSV).")] = None,
    claims: Annotated[Path | None, typer.Option(help="Score these claims instead of reading.")] = None,
    published: Day = "",
    outlet: Outlet = "",
    json: Json = False,
    reader: Which = "",
) -> None:
    """Score the reader against claims read by hand."""
    from riwaya import pipeline, scoring
    from riwaya.sources import Problem

    received = list(receive([reports or str(gold.with_name("reports.jsonl"))], published, outlet))
    skipped = sum(complain(result) for result in received if isinstance(result, Problem))
    texts = {result.report.id: result.report.text for result in received if not isinstance(result, Problem)}
    if claims:
        read_claims = scoring.load_claims(claims, only=texts)
    else:
        from riwaya.packs.pack import load_packs

        readings = pipeline.read(received, reader_named(reader), load_packs())
        read_claims = [c.to_json() for r in readings if isinstance(r, pipeline.Reading) for c in r.claims]
    score = scoring.score(
        scoring.load_claims(gold, only=texts),
        read_claims,
        texts,
        places=scoring.load_rows(places or beside(gold, "places.csv")),
        actors=scoring.load_rows(actors or beside(gold, "actors.csv")),
    )
    console.show_score(score, json=json)
    finish(skipped)


def receive(paths: list[str], published: str, outlet: str) -> Any:
    """Everything in the paths, with what the person said about it."""
    from riwaya.sources import reports

    return reports(paths, given(published, outlet), stdin=sys.stdin.buffer)


def given(published: str, outlet: str) -> Given:
    """What the person said about the reports, checked."""
    from riwaya.sources import Given

    return Given(moment(published, "--published"), outlet)


def moment(value: str, option: str) -> datetime | None:
    """A moment as an option gives it."""
    if not value:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"{value!r} is no date; write 2024-12-08", param_hint=option) from None


def reader_named(name: str) -> Reader:
    """The reader of that name, or the first of the list."""
    from riwaya.claims import READERS

    if not name:
        return READERS[0]
    for reader in READERS:
        if name in (reader.name, reader.name.split("/")[0]):
            return reader
    known = ", ".join(reader.name for reader in READERS)
    raise typer.BadParameter(f"there is no reader {name!r}; there are: {known}", param_hint="--reader")


def beside(path: Path, name: str) -> Path | None:
    """A file in the same folder, where there is one."""
    other = path.with_name(name)
    return other if other.is_file() else None


def complain(problem: Problem) -> int:
    """Say on stderr what was skipped; counts as one."""
    console.say(str(problem))
    return 1


def finish(skipped: int) -> None:
    """Leave with the code that says whether something was skipped."""
    if skipped:
        raise typer.Exit(1)


def main() -> None:
    """Run a command; every expected failure is one line and a code, never a traceback."""
    console.prepare()
    sys.exit(console.guarded(app))
