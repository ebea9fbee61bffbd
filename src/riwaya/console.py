"""What a person at a keyboard sees: tables on a terminal, tab-separated lines in a pipe, JSON on request."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

if TYPE_CHECKING:
    from pathlib import Path

    from riwaya.demo.show import Demo
    from riwaya.events.control import Holding
    from riwaya.exports import Export
    from riwaya.ledger import Told
    from riwaya.model import Claim, Link, Mention, PlaceMention, Report
    from riwaya.packs.examples import Outcome
    from riwaya.pipeline import Reading
    from riwaya.scoring import Score
    from riwaya.views import Voice

T = TypeVar("T")

# Each Arabic cell is isolated, so that a terminal that reorders text keeps the columns in place.
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
PATIENCE = 2.0  # seconds before progress is worth showing


def prepare() -> None:
    """UTF-8 everywhere, a lone surrogate as JSON's escape for it; a closed pipe ends us quietly."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
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
    except Exception as error:
        return known(error)
    return 0


def known(error: Exception) -> int:
    """The code for a failure that has a name; anything else is a mistake of ours and shows itself."""
    from riwaya.packs.schema import PackError

    if isinstance(error, PackError):
        say(f"a pack is wrong: {error}")
        return 5
    from riwaya.ledger.errors import LedgerError

    if not isinstance(error, LedgerError):
        raise error
    say(str(error))
    return 3


def leave(end: SystemExit) -> int:
    """The code a command leaves with, once what it printed has left as well."""
    try:
        sys.stdout.flush()
    except OSError as error:
        return failed(error)
    return end.code if isinstance(end.code, int) else 0 if end.code is None else 1


def failed(error: OSError) -> int:
    """A full disk deserves its name."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the exit would try to flush again
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


CLAIM: tuple[tuple[str, int], ...] = (
    ("claim", 2),
    ("what", 3),
    ("who", 4),
    ("where", 4),
    ("when", 2),
    ("on whose word", 4),
    ("words", 7),
)


def show_readings(readings: Iterable[Reading], *, json: bool, why: bool = False) -> None:
    """The claims of each report: JSON, a table per report on a terminal, or one table in a pipe."""
    if json:
        for reading in readings:
            for claim in reading.claims:
                print(dump(claim.to_json(why=why)))
    elif sys.stdout.isatty():
        for reading in readings:
            about = reading.received.report
            heading = " · ".join(filter(None, (about.outlet, about.title, str(about.day or ""))))
            rows = (cells(claim.to_json(), about.origin) for claim in reading.claims)
            print_rows(CLAIM, rows, heading or about.id)
    else:
        told = ((claim, reading.received.report.origin) for reading in readings for claim in reading.claims)
        print_rows(CLAIM, (cells(claim.to_json(), origin) for claim, origin in told))


def show_told(found: Iterable[Told], *, json: bool) -> None:
    """Claims out of a ledger, each with where it was published."""
    if json:
        for told in found:
            print(dump(told.to_json()))
        return
    columns = (("day", 2), ("outlet", 3), *CLAIM)
    print_rows(
        columns, ((str(told.day or ""), told.outlet, *cells(told.claim, told.origin)) for told in found)
    )


def show_voices(voices: Sequence[Voice], *, json: bool) -> None:
    """Who claims to know, each with the claims that rest on their word."""
    for voice in voices:
        if json:
            about = {"id": voice.id, "name": voice.name, "kind": voice.kind}
            print(dump(about | {"claims": [told.to_json() for told in voice.claims]}))
        else:
            heading = f"{voice.name or voice.id or '?'} · {voice.kind} · {len(voice.claims)}"
            print_rows(CLAIM, (cells(told.claim, told.origin) for told in voice.claims), heading)


def show_control(states: Sequence[Holding], labels: Mapping[str, str], *, json: bool) -> None:
    """Who holds which place."""
    if json:
        for state in states:
            print(dump(state.to_json()))
        return
    columns = (("place", 4), ("holder", 4), ("contested", 2), ("support", 2), ("since", 2), ("claims", 1))
    print_rows(columns, (holding(state, labels) for state in states))


def holding(state: Holding, labels: Mapping[str, str]) -> tuple[str, ...]:
    """A place's state as one row."""
    place = state.place.get("label_ar") or state.place["name"]
    holder = labels.get(state.holder, state.holder) if state.holder else "?"
    rivals = [labels.get(actor, actor) for actor, share in state.standing.items() if share >= 0.1]
    return (
        f"{place} {state.place['id']}",
        holder,
        " / ".join(rivals) if state.contested else "",
        f"{state.support:.2f}",
        str(state.since or ""),
        str(len(state.claims)),
    )


def show_why(claim: Claim, report: Report, *, json: bool) -> None:
    """One claim with the words it stands on, the rule for every slot, and the places it could have meant."""
    if json:
        rivals = [
            {"id": place.id, "name": place.name, "score": place.score, "reason": place.reason}
            | {"rivals": [{"id": id, "score": score} for id, score in place.rivals]}
            for place in (*claim.place, *claim.toward)
        ]
        print(dump(claim.to_json(why=True) | {"places": rivals}))
        return
    status = "" if claim.status == "happened" else f" ({claim.status})"
    print(f"{claim.id}  {claim.type}{status}\n  {isolated(marked(claim, report.text))}")
    for role, mention in roles(claim):
        print(f"  {role:9} {isolated(mention.name)} {mention.id or '(nobody known)'}")
    for slot, reason in claim.why:
        print(f"  why {slot}: {reason}")
    for place in (*claim.place, *claim.toward):
        others = ", ".join(f"{id} {score:.2f}" for id, score in place.rivals) or "no other"
        print(f"  place {isolated(place.name)}: {place.id} {place.score:.2f} ({place.reason}); {others}")
    print()


def roles(claim: Claim) -> Iterator[tuple[str, Mention | PlaceMention | Link]]:
    """Every mention of a claim with the role it plays."""
    for role in ("actor", "target", "place", "toward", "chain"):
        for mention in getattr(claim, role):
            yield role, mention


def marked(claim: Claim, text: str) -> str:
    """The claim's sentence with every span in square brackets."""
    spans = {(claim.trigger.start, claim.trigger.end)} | {(m.start, m.end) for _, m in roles(claim)}
    shown = claim.evidence
    edges = sorted(
        [(end, "]") for start, end in spans if shown.start <= start < end <= shown.end]
        + [(start, "[") for start, end in spans if shown.start <= start < end <= shown.end],
        reverse=True,
    )
    out = text[shown.start : shown.end]
    for at, mark in edges:
        out = out[: at - shown.start] + mark + out[at - shown.start :]
    return out


def cells(claim: Mapping[str, Any], forwarded: str = "") -> tuple[str, ...]:
    """A claim as one row; whom its report was forwarded from is the first link of its chain."""
    status = "" if claim["status"] == "happened" else f" ({claim['status']})"
    who = names(claim["actor"]) + (f" ← {names(claim['target'])}" if claim["target"] else "")
    where = names(claim["place"]) + (f" → {names(claim['toward'])}" if claim["toward"] else "")
    extent = f" [{claim['extent']}]" if claim["extent"] else ""
    when = "–".join(dict.fromkeys(claim["when"] or ()))
    quantity = f" · {claim['quantity']['text']}" if claim["quantity"] else ""
    links = [forwarded] * bool(forwarded) + [link["name"] for link in claim["chain"]]
    chain = " → ".join(links) + (" ?" if claim["hedged"] else "")
    words = claim["evidence"]["text"]
    return (claim["id"], claim["type"] + status + quantity, who, where + extent, when, chain, words)


def names(mentions: Sequence[Mapping[str, Any]]) -> str:
    """The outlet's words for each."""
    return "، ".join(mention["name"] for mention in mentions)


def print_rows(columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]], heading: str = "") -> None:
    """A table on a terminal; in a pipe a line per row with tabs between, the first naming the columns."""
    if sys.stdout.isatty():
        print_table(columns, rows, heading)
        return
    print_line(name for name, _ in columns)
    for row in rows:
        print_line(row)


def print_line(cells: Iterable[str]) -> None:
    """One row with tabs between."""
    print("\t".join(" ".join(cell.split()) for cell in cells))


def print_table(columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]], heading: str) -> None:
    """A table as wide as the terminal."""
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
    """A cell that keeps its Arabic to itself; in a pipe it stays as it is."""
    if cell.isascii() or not sys.stdout.isatty():
        return cell
    return f"{ISOLATE}{' '.join(cell.split())}{END_ISOLATE}"


def show_demo(demo: Demo, labels: Mapping[str, str], *, json: bool) -> None:
    """Who holds what, with the latest words behind it, and where the ledger and the map lie."""
    if json:
        print(dump({"ledger": str(demo.ledger), "page": str(demo.page)} | demo.added))
        return
    columns = (("place", 4), ("holder", 4), ("since", 2), ("on whose word", 4), ("words", 8))
    print_rows(columns, (behind(state, demo.claims, labels) for state in demo.states), "8 December 2024")
    print(f"\n{demo.added['reports']} reports, {demo.added['claims']} claims")
    print(f"ledger  {demo.ledger}    ask it: riwaya claims --ledger {demo.ledger} --place حمص")
    print(f"map     {demo.page}    open it in a browser")
    print(f"desk    riwaya serve --ledger {demo.ledger} --open")


def behind(state: Holding, claims: Mapping[str, Told], labels: Mapping[str, str]) -> tuple[str, ...]:
    """A place's state with the last claim that speaks of its holder, or else the last of all."""
    place, holder, contested, _, since, _ = holding(state, labels)
    bearing = [claims[id] for id in state.claims]
    of_holder = [told for told in bearing if state.holder in {actor["id"] for actor in told.claim["actor"]}]
    told = (of_holder or bearing)[-1]
    chain = " → ".join(
        filter(None, [told.outlet, told.origin, *(link["name"] for link in told.claim["chain"])])
    )
    return (
        place,
        f"contested: {contested}" if contested else holder,
        since,
        chain,
        told.claim["evidence"]["text"],
    )


def show_packs(digest: str, packs: Sequence[Mapping[str, Any]], *, json: bool) -> None:
    """The packs and how much each knows."""
    if json:
        print(dump({"digest": digest, "packs": packs}))
        return
    counted = ("actors", "persons", "operations", "sources", "places")
    columns = (("pack", 2), ("name", 4), *((name, 2) for name in counted))
    named = (f"{pack['label_ar']} {pack['label_en']}" for pack in packs)
    print_rows(
        columns,
        (
            (pack["id"], name, *(str(pack[key]) for key in counted))
            for pack, name in zip(packs, named, strict=True)
        ),
    )


def show_outcomes(outcomes: Sequence[Outcome], *, json: bool) -> None:
    """The examples that were read otherwise than they say, and how many were read as they say."""
    for outcome in outcomes:
        extra = [claim.to_json() for claim in outcome.extra]
        if json:
            about = {"file": outcome.file, "text": outcome.text, "right": outcome.right}
            print(dump(about | {"missing": outcome.missing, "extra": extra}))
        elif not outcome.right:
            print(f"{outcome.file}: {isolated(outcome.text)}")
            for wanted in outcome.missing:
                print(f"    missing {wanted}")
            for claim in extra:
                print(f"    extra   {isolated(' | '.join(cells(claim)[1:-1]))}")
    if not json:
        print(
            f"{sum(outcome.right for outcome in outcomes)} of {len(outcomes)} examples are read as they say"
        )


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


def show_exports(exports: Sequence[Export], *, json: bool) -> None:
    """The formats that a ledger can leave in."""
    if json:
        for export in exports:
            said = {
                "format": export.name,
                "ending": export.ending,
                "about": export.about,
                "ready": export.ready,
            }
            print(dump(said | {"tables": list(filter(None, export.tables))}))
        return
    columns = (("format", 2), ("ending", 2), ("what it is", 8), ("tables", 3), ("needs", 3))
    print_rows(
        columns,
        (
            (
                export.name,
                export.ending,
                export.about,
                ", ".join(filter(None, export.tables)),
                f"riwaya[{export.extra}]{'' if export.ready else ' (not installed)'}" if export.extra else "",
            )
            for export in exports
        ),
    )


def show_export(format: str, path: Path, rows: int, *, json: bool) -> None:
    """What was written where."""
    if json:
        print(dump({"format": format, "file": str(path), "rows": rows}))
    else:
        print(f"{path}: {rows} rows")


@contextmanager
def written(path: Path | None) -> Iterator[BinaryIO]:
    """Where to write: stdout, or a file that appears whole or not at all."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as stream:
            yield stream
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
