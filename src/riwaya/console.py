"""What a person at a keyboard sees: tables on a terminal, tab-separated lines in a pipe, JSON on request."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from riwaya.model import Claim, Report
    from riwaya.scoring import Score

T = TypeVar("T")

# Each Arabic cell is isolated, so that a terminal that reorders text keeps the columns in place.
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
PATIENCE = 2.0  # seconds before progress is worth showing


def prepare() -> None:
    """UTF-8 everywhere; a lone surrogate leaves as the escape that JSON has for it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def guarded(command: Callable[[], object]) -> int:
    """Run a command and turn what can go wrong outside the program into one line and a code."""
    try:
        command()
        sys.stdout.flush()
    except SystemExit as end:
        return leave(end)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        return failed(error)
    except ValueError as error:
        return known(error)
    return 0


def known(error: ValueError) -> int:
    """The code for a failure that has a name; anything else is a mistake of ours and shows itself."""
    from riwaya.packs.schema import PackError

    if not isinstance(error, PackError):
        raise error
    say(f"a pack is wrong: {error}")
    return 5


def leave(end: SystemExit) -> int:
    """The code a command leaves with, once what it printed has left as well."""
    try:
        sys.stdout.flush()
    except OSError as error:
        return failed(error)
    return end.code if isinstance(end.code, int) else 0 if end.code is None else 1


def failed(error: OSError) -> int:
    """A closed pipe is no failure; a full disk is one that deserves its name."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the exit would try to flush again
    if isinstance(error, BrokenPipeError):
        return 0
    what = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error))
    say(f"cannot write{f' {error.filename}' if error.filename else ''}: {what}")
    return 4


def say(line: str) -> None:
    """One line for the person, on stderr."""
    print(f"riwaya: {line}", file=sys.stderr)


def progress(things: Iterable[T], noun: str) -> Iterator[T]:
    """Pass things on; on a terminal, count them on stderr once it takes longer than two seconds."""
    if not sys.stderr.isatty():
        yield from things
        return
    start = shown = time.monotonic()
    for count, thing in enumerate(things, 1):
        now = time.monotonic()
        if now - start > PATIENCE and now - shown > 0.5:
            print(f"\r{count:,} {noun}, {count / (now - start):,.0f} a second ", end="", file=sys.stderr)
            shown = now
        yield thing
    if shown > start:
        print("\r\x1b[K", end="", file=sys.stderr)


def dump(thing: Any) -> str:
    """One object as one line of JSON, Arabic readable."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))


COLUMNS: tuple[tuple[str, int], ...] = (
    ("what", 3),
    ("who", 4),
    ("where", 4),
    ("when", 2),
    ("on whose word", 4),
    ("words", 7),
)


class Claims:
    """Claims in the form asked for: JSON, a table per report, or tab-separated lines."""

    def __init__(self, *, json: bool, why: bool = False) -> None:
        self.json, self.why = json, why
        self.table = sys.stdout.isatty()
        if not json and not self.table:
            print("\t".join(("report", "id", *(name for name, _ in COLUMNS))))

    def show(self, claims: Sequence[Claim], report: Report) -> None:
        """The claims of one report."""
        if self.json:
            for claim in claims:
                print(dump(claim.to_json(why=self.why)))
        elif self.table:
            heading = " · ".join(filter(None, (report.outlet, report.title, str(report.day or ""))))
            print_table(heading or report.id, COLUMNS, [cells(claim.to_json()) for claim in claims])
        else:
            for claim in claims:
                row = (claim.report, claim.id, *cells(claim.to_json()))
                print("\t".join(" ".join(cell.split()) for cell in row))


def cells(claim: dict[str, Any]) -> tuple[str, ...]:
    """A claim as one row."""
    status = "" if claim["status"] == "happened" else f" ({claim['status']})"
    who = names(claim["actor"]) + (f" ← {names(claim['target'])}" if claim["target"] else "")
    where = names(claim["place"]) + (f" → {names(claim['toward'])}" if claim["toward"] else "")
    extent = f" [{claim['extent']}]" if claim["extent"] else ""
    when = "–".join(dict.fromkeys(claim["when"] or ()))
    quantity = f" · {claim['quantity']['text']}" if claim["quantity"] else ""
    chain = " → ".join(link["name"] for link in claim["chain"]) + (" ?" if claim["hedged"] else "")
    return (claim["type"] + status + quantity, who, where + extent, when, chain, claim["evidence"]["text"])


def names(mentions: Sequence[dict[str, Any]]) -> str:
    """The outlet's words for each."""
    return "، ".join(mention["name"] for mention in mentions)


def print_table(heading: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> None:
    """A table on the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(heading), title_justify="left", box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
    for name, ratio in columns:
        table.add_column(name, ratio=ratio, overflow="fold")
    for row in rows:
        table.add_row(*(Text(isolated(cell)) for cell in row))
    Console().print(table)


def isolated(cell: str) -> str:
    """A cell that keeps its Arabic to itself."""
    return cell if cell.isascii() else f"{ISOLATE}{' '.join(cell.split())}{END_ISOLATE}"


def show_score(score: Score, *, json: bool) -> None:
    """Scores overall, by field and by type, then what was missed, extra and wrongly filled."""
    found = score.to_json()
    if json:
        print(dump(found))
        return
    for name in ("claims", "full"):
        rate = found[name]
        print(
            f"{name:8} F1 {rate['f1']:.3f}   precision {rate['precision']:.3f}   recall {rate['recall']:.3f}"
            f"   ({rate['right']} right, {rate['gold']} wanted, {rate['read']} read)"
        )
    print("\n" + "   ".join(f"{name} {share:.3f}" for name, share in found["fields"].items()))
    print("\ntype                        F1     precision recall  right wanted read")
    for name, rate in found["types"].items():
        print(
            f"{name:27} {rate['f1']:.3f}  {rate['precision']:.3f}     {rate['recall']:.3f}"
            f"   {rate['right']:5} {rate['gold']:6} {rate['read']:4}"
        )
    for name in ("missed", "extra"):
        print(f"\n{name} ({len(found[name])})")
        for unit in found[name]:
            print(unit_line(unit))
    print(f"\nwrong fields ({len(found['wrong'])})")
    for unit in found["wrong"]:
        print(unit_line(unit))
        for name, both in unit["fields"].items():
            print(f"      {name}: wanted {both['gold']}, read {both['read']}")


def unit_line(unit: dict[str, Any]) -> str:
    """A missed or extra unit on two lines: what it is, and the line it stands on."""
    what = f"{unit['type']} {unit['status']} @{unit['place']} [{unit['trigger']}]"
    return f"  {unit['report']}:{unit['start']} {what} {unit['claim']}\n      {unit['line']}"
