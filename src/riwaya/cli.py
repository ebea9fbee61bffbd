"""One command per question or act; heavy things are imported where they are used."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riwaya import console
from riwaya.commands import archive as archiving
from riwaya.commands import bundle, conclusions, custody, keeping, queue, redact, search, serve, watch
from riwaya.commands.options import command_line, masked, moment, point, reader_named
from riwaya.commands.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from riwaya.exports import Export
    from riwaya.pipeline import Reading
    from riwaya.sources import Given, Problem

DEFAULT_LEDGER = "riwaya.sqlite"
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

Paths = Annotated[
    list[str],
    typer.Argument(help="Files, folders or web addresses; - reads what comes through the pipe."),
]
Private = Annotated[
    bool, typer.Option("--allow-private", help="Fetch addresses in your own network too, on any port.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout, one object a line.")]
Day = Annotated[
    str, typer.Option("--published", help="Day or moment of publication where a report has none.")
]
Outlet = Annotated[str, typer.Option("--outlet", help="Who published it, where a report does not say.")]
Where = Annotated[
    str, typer.Option("--ledger", envvar="RIWAYA_LEDGER", help="The ledger: a file or address.")
]
KnownBy = Annotated[
    str, typer.Option(help="Only what was published by then: a day (its evening) or a moment.")
]
Which = Annotated[str, typer.Option("--reader", help="Which reader; the first of the list by default.")]

KeepBytes = Annotated[
    bool,
    typer.Option(
        envvar="RIWAYA_KEEP_BYTES",
        help="Keep each file as received beside the ledger (or in $RIWAYA_BYTES), or leave it where it is.",
    ),
]


@app.command()
def read(
    paths: Paths,
    published: Day = "",
    outlet: Outlet = "",
    allow_private: Private = False,
    json: Json = False,
    why: Annotated[bool, typer.Option("--why", help="With --json: the rule behind every slot.")] = False,
    reader: Which = "",
) -> None:
    """Read reports and print their claims, keeping nothing."""
    from riwaya import pipeline
    from riwaya.packs.pack import load_packs

    results = receive(paths, published, outlet, allow_private=allow_private)
    outcomes = console.progress(pipeline.read(results, reader_named(reader), load_packs()), "reports")
    tally = Tally()
    console.show_readings(told(outcomes, tally), json=json, why=why)
    finish(tally.skipped)


@app.command()
def add(
    paths: Paths,
    ledger: Where = DEFAULT_LEDGER,
    published: Day = "",
    outlet: Outlet = "",
    keep_bytes: KeepBytes = True,
    allow_private: Private = False,
    json: Json = False,
    reader: Which = "",
) -> None:
    """Read reports and keep them with their claims; what is there already is not read again."""
    from riwaya import pipeline
    from riwaya.ledger import Files, open_ledger, store_of
    from riwaya.packs.pack import load_packs

    store = store_of(ledger) if keep_bytes else None
    if keep_bytes and store is None:
        console.say("bytes are left where they are; a folder named in $RIWAYA_BYTES would keep them")
    new = known = claims = 0
    tally = Tally()
    with open_ledger(ledger) as opened:
        results = receive(paths, published, outlet, allow_private=allow_private)
        command = command_line()
        chosen, pack, files = reader_named(reader), load_packs(), Files(store)
        added = pipeline.add(results, opened, chosen, pack, command=command, files=files)
        try:
            for result in console.progress(added, "reports"):
                if not isinstance(result, pipeline.Added):
                    tally.problem(result)
                    continue
                tally.received(result.received)
                new, known, claims = new + result.new, known + (not result.new), claims + result.claims
                if json:
                    told = {"report": result.received.report.id, "new": result.new, "claims": result.claims}
                    print(console.dump(told), flush=True)
        except KeyboardInterrupt:
            console.say(f"stopped after {new + known} reports; what was added is safe, add again to go on")
            raise
    for line in tally.lines():
        console.say(line)
    if not json:
        counts = f"{new} reports added with {claims} claims, {known} were there, {tally.skipped} skipped"
        print(f"{masked(ledger)}: {counts}")
    finish(tally.skipped)


@app.command()
def claims(
    ledger: Where = DEFAULT_LEDGER,
    place: Annotated[str, typer.Option(help="A place, by its id or its name.")] = "",
    actor: Annotated[str, typer.Option(help="Who acts or is acted upon, by id or name.")] = "",
    type: Annotated[list[str] | None, typer.Option(help="A claim type; may be given more than once.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="happened, ongoing, planned …")] = None,
    origin: Annotated[str, typer.Option(help="On whose word, by id or name.")] = "",
    day: Annotated[
        str, typer.Option(help="The day it is about: 2024-12-08, or 2024-12-01..2024-12-08.")
    ] = "",
    known_by: KnownBy = "",
    near: Annotated[str, typer.Option(help="Only near a point: latitude,longitude.")] = "",
    within: Annotated[float, typer.Option(help="With --near: how many kilometres.", min=0.0)] = 10.0,
    voices: Annotated[bool, typer.Option("--voices", help="Grouped by who claims to know.")] = False,
    json: Json = False,
) -> None:
    """List the claims of a ledger, oldest first."""
    from riwaya import views
    from riwaya.ledger import Query, open_ledger

    first, last = days(day)
    query = Query(
        place=place,
        actor=actor,
        type=tuple(type or ()),
        status=tuple(status or ()),
        origin=origin,
        first=first,
        last=last,
        known_by=until(known_by),
        near=(*point(near), within) if near else None,
    )
    with open_ledger(ledger, create=False) as opened:
        if voices:
            console.show_voices(views.who_said(opened, query), json=json)
        else:
            console.show_told(views.claims(opened, query), json=json)


conclusions.register(app)
serve.register(app)
search.register(app)
keeping.register(app)
queue.register(app)
custody.register(app)
bundle.register(app)
archiving.register(app)
redact.register(app)
watch.register(app)


@app.command()
def export(
    format: Annotated[str, typer.Argument(help="Which format; without one they are listed.")] = "",
    ledger: Where = DEFAULT_LEDGER,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The file; stdout by default.")] = None,
    at: Annotated[str, typer.Option(help="The day asked about: nothing that happened after it.")] = "",
    known_by: KnownBy = "",
    place: Annotated[str, typer.Option(help="A place, by its id or its name.")] = "",
    actor: Annotated[str, typer.Option(help="Who acts or is acted upon, by id or name.")] = "",
    type: Annotated[list[str] | None, typer.Option(help="A claim type; may be given more than once.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="happened, ongoing, planned …")] = None,
    origin: Annotated[str, typer.Option(help="On whose word, by id or name.")] = "",
    day: Annotated[str, typer.Option(help="The days it is about: 2024-12-01..2024-12-08.")] = "",
    table: Annotated[str, typer.Option(help="Which table, where a format can hold several.")] = "",
    hxl: Annotated[bool, typer.Option("--hxl", help="A second header row of HXL tags.")] = False,
    bom: Annotated[bool, typer.Option("--bom", help="A byte order mark, so that Excel reads UTF-8.")] = False,
    json: Json = False,
) -> None:
    """Write a ledger in a format that other programs read."""
    from riwaya import exports, pipeline
    from riwaya.kept import Found
    from riwaya.ledger import Query, open_ledger
    from riwaya.packs.pack import load_packs

    if not format:
        console.show_exports(exports.EXPORTS, json=json)
        return
    chosen = format_named(format, table, hxl=hxl, bom=bom)
    (first, last), (_, evening) = days(day), days(at, "--at")
    query = Query(
        place=place,
        actor=actor,
        type=tuple(type or ()),
        status=tuple(status or ()),
        origin=origin,
        first=first,
        last=min((d for d in (last, evening) if d), default=None),
        known_by=until(known_by),
    )
    pack = load_packs()
    with open_ledger(ledger, create=False) as opened:
        concluded = Found.of(opened, pipeline.sides(pack), query.known_by)
        asked = exports.Asked(opened, query, concluded, exports.Names.of(pack), at=evening)
        asked = replace(asked, table=table or next(iter(chosen.tables), ""), hxl=hxl, bom=bom)
        with console.written(out) as stream:
            rows = chosen.write(asked, stream)
    if out:
        console.show_export(chosen.name, out, rows, json=json)


def format_named(name: str, table: str, *, hxl: bool, bom: bool) -> Export:
    """The format of that name, if it can do what is asked of it."""
    from riwaya.exports import EXPORTS, export_named

    found = export_named(name)
    if found is None:
        known = ", ".join(export.name for export in EXPORTS)
        raise typer.BadParameter(f"there is no format {name!r}; there are: {known}", param_hint="FORMAT")
    if table and table not in found.tables:
        known = ", ".join(filter(None, found.tables)) or "none"
        raise typer.BadParameter(f"{name} has no table {table!r}; there are: {known}", param_hint="--table")
    if (hxl and not found.hxl) or (bom and not found.bom):
        raise typer.BadParameter(f"{name} takes no {'--hxl' if hxl and not found.hxl else '--bom'}")
    if not found.ready:
        raise typer.BadParameter(f"{name} needs an extra: pip install 'riwaya[{found.extra}]'")
    return found


@app.command()
def labelled(
    path: Annotated[Path, typer.Argument(help="What Label Studio or doccano exported.", exists=True)],
) -> None:
    """Read back what people marked: claims, one object a line, as evaluate takes them."""
    from riwaya.exports import labels

    with path.open("rb") as stream:
        try:
            for claim in labels.read(stream):
                print(console.dump(claim))
        except labels.NoLabelsError as error:
            raise typer.BadParameter(f"{path}: {error}", param_hint="PATH") from None


@app.command()
def explain(
    report: Annotated[str, typer.Argument(help="A file, or the id of a report in the ledger.")],
    claim: Annotated[str, typer.Argument(help="A claim's id or the beginning of it; all by default.")] = "",
    ledger: Where = DEFAULT_LEDGER,
    published: Day = "",
    outlet: Outlet = "",
    json: Json = False,
    reader: Which = "",
) -> None:
    """Show why each claim of a report was read: the words, the frame, the cue and rule for every slot."""
    from riwaya import pipeline
    from riwaya.packs.pack import load_packs

    reports, skipped = found_reports(report, ledger, published, outlet)
    for reading in pipeline.read(reports, reader_named(reader), load_packs()):
        if not isinstance(reading, pipeline.Reading):
            skipped += complain(reading)
            continue
        for each in reading.claims:
            if each.id.startswith(claim):
                console.show_why(each, reading.received.report, json=json)
    finish(skipped)


def found_reports(report: str, ledger: str, published: str, outlet: str) -> tuple[list[Any], int]:
    """The reports in a file, or the one of that id in the ledger; and how many were skipped."""
    from riwaya.sources import Problem
    from riwaya.sources.received import receive as received

    if report == "-" or Path(report).exists():
        results = list(receive([report], published, outlet))
        return [r for r in results if not isinstance(r, Problem)], sum(
            complain(r) for r in results if isinstance(r, Problem)
        )
    from riwaya.ledger import open_ledger

    with open_ledger(ledger, create=False) as opened:
        kept = opened.report(report)
    if kept is None:
        raise typer.BadParameter(
            f"no file and no report in {masked(ledger)} is called {report!r}", param_hint="REPORT"
        )
    return [received(kept, b"", ledger, "ledger")], 0


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="The folder for the ledger and the page.")] = Path("demo-out"),
    desk: Annotated[
        bool | None,
        typer.Option("--desk/--no-desk", help="Open the desk on them; the default on a terminal."),
    ] = None,
    json: Json = False,
    reader: Which = "",
) -> None:
    """Read the bundled reports, say who holds what on 8 December 2024, draw the map, and open the desk."""
    from riwaya import pipeline
    from riwaya.demo.show import run
    from riwaya.packs.pack import load_packs

    pack = load_packs()
    shown = run(out, reader_named(reader), pack)
    console.show_demo(shown, pipeline.labels(pack), json=json)
    if desk or (desk is None and not json and sys.stdin.isatty() and sys.stdout.isatty()):
        serve.open_on(str(shown.ledger))
    finish(sum(map(complain, shown.problems)))


packs = typer.Typer(no_args_is_help=True, help="List what the reader knows, or check it.")
app.add_typer(packs, name="packs")


@packs.command("list")
def packs_list(json: Json = False) -> None:
    """List the packs: each conflict, and how much is known of it."""
    from riwaya import pipeline
    from riwaya.packs.pack import load_packs

    pack = load_packs()
    console.show_packs(pack.digest, pipeline.inventory(pack), json=json)


@packs.command("check")
def packs_check(json: Json = False, reader: Which = "") -> None:
    """Check every pack file, and read the packs' own examples."""
    from riwaya.packs.examples import check
    from riwaya.packs.pack import load_packs

    pack, chosen = load_packs(), reader_named(reader)
    outcomes = list(check(lambda report: chosen.read(report, pack)))
    console.show_outcomes(outcomes, json=json)
    finish(sum(not outcome.right for outcome in outcomes))


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


def receive(paths: list[str], published: str, outlet: str, *, allow_private: bool = False) -> Any:
    """Everything in the paths, with what the person said about it."""
    from riwaya.sources import reports

    told = given(published, outlet)
    if not any("://" in path for path in paths):
        return reports(paths, told, stdin=sys.stdin.buffer)
    from riwaya.sources.fetch import Limits
    from riwaya.sources.guard import Guard

    return reports(paths, told, stdin=sys.stdin.buffer, limits=Limits(guard=Guard(private=allow_private)))


def given(published: str, outlet: str) -> Given:
    """What the person said about the reports, checked."""
    from riwaya.sources import Given

    return Given(moment(published, "--published"), outlet)


def days(value: str, option: str = "--day") -> tuple[date | None, date | None]:
    """A day, or a first and a last one with two dots between."""
    first, dots, last = value.partition("..")
    try:
        found = [date.fromisoformat(part) if part else None for part in (first, last if dots else first)]
    except ValueError:
        raise typer.BadParameter(f"{value!r} is no day; write 2024-12-08", param_hint=option) from None
    return found[0], found[1]


def until(value: str) -> datetime | None:
    """A moment; a bare day means its evening."""
    found = moment(value, "--known-by")
    if found is None or len(value) > len("2024-12-08"):
        return found
    from riwaya.views import evening

    return evening(found.date())


def beside(path: Path, name: str) -> Path | None:
    """A file in the same folder, where there is one."""
    other = path.with_name(name)
    return other if other.is_file() else None


def told(outcomes: Iterable[Reading | Problem], tally: Tally) -> Iterator[Reading]:
    """The readings, while each problem is said and counted."""
    from riwaya.sources import Problem

    for outcome in outcomes:
        if isinstance(outcome, Problem):
            tally.problem(outcome)
        else:
            tally.received(outcome.received)
            yield outcome


def complain(problem: Problem) -> int:
    """Say on stderr what was skipped; counts as one if it was."""
    console.say(str(problem))
    return int(problem.lost)


def finish(skipped: int) -> None:
    """Leave with the code that says whether something was skipped."""
    if skipped:
        raise typer.Exit(1)


def main() -> None:
    """Run a command; every expected failure is one line and a code, never a traceback."""
    console.prepare()
    sys.exit(console.guarded(app))
