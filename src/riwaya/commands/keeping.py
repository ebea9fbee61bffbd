"""Commands that keep a ledger whole: check, backup, restore, and the move from one database to another."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riwaya import console
from riwaya.commands.conclusions import DEFAULT_LEDGER, Json, Where, known
from riwaya.commands.options import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from riwaya.ledger import Ledger
    from riwaya.ledger.check import Finding
    from riwaya.ledger.move import Moved

MOST_SHOWN = 1000  # findings; a damaged disk has no end of them


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (check, backup, restore, migrate):
        app.command()(command)


def check(
    ledger: Where = DEFAULT_LEDGER,
    derived: Annotated[
        bool, typer.Option("--derived", help="Also make every conclusion again elsewhere, and compare.")
    ] = False,
    mend: Annotated[
        bool, typer.Option("--mend", help="Make again what can be made: search index, conclusions.")
    ] = False,
    json: Json = False,
) -> None:
    """Verify a ledger: hashes, claims against their texts, orphans, index, bytes; and say how to mend it."""
    from riwaya.kept import Kept
    from riwaya.ledger import check as checking
    from riwaya.ledger import open_ledger, store_of

    with open_ledger(ledger, create=False) as opened:
        found = list(told(checking.check(opened, store_of(ledger), counted("reports checked")), json=json))
        if derived and not all(one.mendable for one in found):
            console.say("conclusions are not compared: the rows they are made of are damaged")
        elif derived:
            found += told(conclusions_alike(opened), json=json)
        if mend and any(one.mendable for one in found):
            checking.mend(opened, counted("reports indexed"))
            if any(one.about == "conclusions" for one in found):
                Kept(opened, known()).rebuild(counted("reports concluded"))
            found = list(told(checking.check(opened, store_of(ledger)), json=json))
        if not json:
            reports = opened.count()
            well = "all well" if not found else f"{len(found)} findings"
            print(f"{masked(ledger)}: {reports['reports']} reports, {reports['claims']} claims: {well}")
    if found:
        raise typer.Exit(1)


def told(findings: Iterable[Finding], *, json: bool) -> Iterator[Finding]:
    """Say each finding as it comes, up to a number of them."""
    for number, one in enumerate(findings):
        if number < MOST_SHOWN:
            print(
                console.dump(one.to_json()) if json else f"{one.about}: {one.what} ({one.mend})", flush=True
            )
        yield one


def conclusions_alike(ledger: Ledger) -> Iterator[Finding]:
    """Whether what is kept of conclusions is what the same rows give in an empty ledger."""
    from itertools import zip_longest
    from tempfile import TemporaryDirectory

    from riwaya.kept import Kept
    from riwaya.ledger import open_ledger
    from riwaya.ledger.check import MEND, Finding
    from riwaya.ledger.move import move

    kept = Kept(ledger, known())
    kept.refresh()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "again.sqlite"
        with open_ledger(path, half_moved=True) as copy:
            move(ledger, copy, counted("reports copied"))
            again = Kept(copy, known())
            again.refresh(counted("reports concluded again"))
            for what, here, there in (
                ("events", kept.events(), again.events()),
                ("disputes", kept.disputes(), again.disputes()),
            ):
                unlike = sum(one != other for one, other in zip_longest(here, there))
                if unlike:
                    yield Finding("conclusions", f"{unlike} {what} are not what the rows give", MEND)


def backup(
    out: Annotated[Path, typer.Argument(help="The file to write; there may be none of that name.")],
    ledger: Where = DEFAULT_LEDGER,
    json: Json = False,
) -> None:
    """Write a whole copy of a ledger, as it is now, while others go on writing; one SQLite file."""
    from riwaya.ledger import open_ledger, store_of
    from riwaya.ledger.backup import back_up, carry_bytes

    with open_ledger(ledger, create=False) as opened:
        back_up(opened, out, counted("copied"))
    files = carry_bytes(store_of(ledger), store_of(out), counted("files copied"))
    with open_ledger(out, create=False) as copy:
        counts = copy.count()
    done = {"backup": str(out), **counts, "files": files}
    print(
        console.dump(done)
        if json
        else f"{out}: {counts['reports']} reports, {counts['claims']} claims, {files} files"
    )


def restore(
    backup: Annotated[Path, typer.Argument(help="The file that riwaya backup wrote.")],
    ledger: Annotated[str, typer.Argument(help="The ledger to make: a file or address with nothing there.")],
    json: Json = False,
) -> None:
    """Make a ledger out of a backup, where there is none."""
    from riwaya.ledger import open_ledger, store_of
    from riwaya.ledger.backup import carry_bytes
    from riwaya.ledger.backup import restore as bring_back

    bring_back(backup, ledger, counted("restored"))
    files = carry_bytes(store_of(backup), store_of(ledger), counted("files copied"))
    with open_ledger(ledger, create=False) as opened:
        counts = opened.count()
    done = {"ledger": masked(ledger), **counts, "files": files}
    print(
        console.dump(done)
        if json
        else f"{masked(ledger)}: {counts['reports']} reports, {counts['claims']} claims, {files} files"
    )


def migrate(
    source: Annotated[str, typer.Argument(help="The ledger to move: a file or address.")],
    target: Annotated[str, typer.Argument(help="An empty ledger: a file or address.")],
    json: Json = False,
) -> None:
    """Move a ledger into another database, hashes verified; where it was interrupted it goes on."""
    from riwaya.ledger import open_ledger, store_of
    from riwaya.ledger.backup import carry_bytes
    from riwaya.ledger.move import move

    with (
        open_ledger(source, create=False) as old,
        open_ledger(target, half_moved=True) as new,
    ):
        moved = move(old, new, counted("reports moved"))
    old_bytes, new_bytes = store_of(source), store_of(target)
    files = carry_bytes(old_bytes, new_bytes, counted("files copied"))
    if old_bytes and old_bytes.folder.is_dir() and new_bytes is None:
        console.say(f"the bytes reports came as stay in {old_bytes.folder}; name it in $RIWAYA_BYTES")
    show_moved(target, moved, files, json=json)


def show_moved(target: str, moved: Moved, files: int, *, json: bool) -> None:
    """What was moved."""
    from riwaya.ledger.engines import shown

    done = {"reports": moved.reports, "claims": moved.claims, "decisions": moved.decisions, "new": moved.new}
    if json:
        print(console.dump({"ledger": shown(target), **done, "files": files}))
    else:
        rows = ", ".join(f"{count} {name}" for name, count in done.items() if name != "new")
        print(f"{shown(target)}: {rows}; every row read back")


def counted(noun: str) -> Callable[[int, int], None]:
    """Say on a terminal how far something long has come."""
    start = time.monotonic()
    last = start

    def say(done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - start > console.PATIENCE and (now - last > 0.5 or done == of) and sys.stderr.isatty():
            print(f"\r{done:,} of {of:,} {noun} ", end="\n" if done == of else "", file=sys.stderr)
            last = now

    return say
